//! Each way to spoil a plan is refused by its name, where it was spoiled.

use super::{MAX_COST, MAX_HOLIDAYS, VerifiedPlan};
use crate::fixture::{Builder, field, support, tiny};
use crate::model::{
    Article, AttrId, ConstId, DAY_MS, Expr, ExprId, FieldWords, Handlers, Holiday, Hours, HoursId,
    IdleHandler, Input, Instruction, ListId, Nth, Opening, Pipe, Plan, PushId, Recurs, Required,
    SPOKEN, Section, Space, StepId, Target, Weekdays, Workflow, WorkflowId,
};
use crate::value::{Value, ValueType};

mod starts;

fn refusal(plan: Plan) -> String {
    match VerifiedPlan::new(plan) {
        Ok(_) => "accepted".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// The support plan with one thing changed.
fn spoiled(change: impl FnOnce(&mut Plan)) -> String {
    let mut plan = support();
    change(&mut plan);
    refusal(plan)
}

/// A plan of one workflow with this code, none of which needs a table.
fn code(instructions: &[Instruction], defaults: Handlers) -> String {
    let mut b = Builder::new();
    b.text("text");
    let always = b.expr(Expr::PersonVerified);
    assert_eq!(always, ExprId(1));
    let entry = b.at();
    for (at, instruction) in instructions.iter().enumerate() {
        b.code(&format!("w/{at}"), instruction.clone());
    }
    b.workflow("w", entry, defaults);
    refusal(b.build())
}

fn say() -> Instruction {
    Instruction::Say { text: ExprId(0) }
}

fn ask(own: Handlers) -> Instruction {
    Instruction::Ask { own }
}

fn jump(target: u32) -> Instruction {
    Instruction::Jump { target: Target(target) }
}

fn again(head: u32, up_to: u32) -> Instruction {
    Instruction::Again { head: Target(head), up_to }
}

/// Repeats within each other, and the end.
fn nested(up_to: &[u32]) -> Vec<Instruction> {
    let heads = up_to.iter().map(|_| Instruction::Repeat);
    let mut ends: Vec<Instruction> =
        (0u32..).zip(up_to).map(|(head, up_to)| again(head, *up_to)).collect();
    ends.reverse();
    heads.chain([say()]).chain(ends).chain([END]).collect()
}

fn branch(otherwise: u32) -> Instruction {
    Instruction::Branch { condition: ExprId(1), otherwise: Target(otherwise) }
}

fn idle(arms: &[(u64, u32)]) -> Handlers {
    let idle = arms
        .iter()
        .map(|(after_ms, target)| IdleHandler { after_ms: *after_ms, target: Target(*target) });
    Handlers { idle: idle.collect(), ..Handlers::default() }
}

fn human(target: u32) -> Handlers {
    Handlers { human: Some(Target(target)), ..Handlers::default() }
}

const END: Instruction = Instruction::End { because: None };

fn snapshot(lines: &[(&str, String)]) -> String {
    let lines: Vec<String> =
        lines.iter().map(|(what, said)| format!("{what}\n    {said}")).collect();
    lines.join("\n")
}

/// A plan in which something crosses from `now` to a time zone.
fn moment(pipe: fn(ConstId) -> Pipe, zone: &str) -> String {
    spoiled(|plan| {
        let expression = |at: usize| ExprId(u32::try_from(at).expect("few"));
        plan.constants.push(Value::Text(zone.to_owned()));
        let zone = ConstId(u32::try_from(plan.constants.len() - 1).expect("few"));
        plan.expressions.push(Expr::Now);
        let now = expression(plan.expressions.len() - 1);
        plan.expressions.push(Expr::Pipe(pipe(zone), now));
    })
}

#[test]
fn a_sound_plan_is_accepted() {
    assert_eq!(refusal(support()), "accepted");
    assert_eq!(refusal(tiny()), "accepted");
}

#[test]
fn facts_for_the_engine() {
    let plan = VerifiedPlan::new(support()).expect("sound");
    assert_eq!(plan.session("email"), Some(AttrId(1)));
    assert!(plan.wants_summary(PushId(0)) && !plan.wants_summary(PushId(1)));
    let arms: Vec<bool> =
        plan.workflows[2].defaults.idle.iter().map(|arm| plan.resumes(arm.target)).collect();
    assert_eq!(arms, [true, false]);
    assert!(plan.form_pattern(crate::model::FormId(0), 0).expect("one").is_match("123456"));
    assert!(!plan.form_pattern(crate::model::FormId(0), 0).expect("one").is_match("1234567"));
}

#[test]
fn tables_are_checked() {
    let list = [
        ("an index of an attribute", spoiled(|p| p.expressions.push(Expr::Attr(AttrId(99))))),
        ("an index of a constant", spoiled(|p| p.expressions.push(Expr::Const(ConstId(999))))),
        ("a list", spoiled(|p| p.attributes[0].list = Some(ListId(9)))),
        ("a default's type", spoiled(|p| p.attributes[7].default = Some(ConstId(0)))),
        ("empty text", spoiled(|p| p.constants.push(Value::Text(String::new())))),
        ("a source", spoiled(|p| p.steps[1].span.source.0 = 7)),
        ("a span", spoiled(|p| p.steps[1].span.start = 5)),
        ("two steps of one id", spoiled(|p| p.steps[3].id = p.steps[1].id.clone())),
        (
            "a form's attribute twice",
            spoiled(|p| {
                let again = p.forms[0].fields[0].clone();
                p.forms[0].fields.push(again);
            }),
        ),
        (
            "a form that sets the session",
            spoiled(|p| {
                p.forms[0].fields.push(field(AttrId(2), "Name", false, Input::Line));
            }),
        ),
        ("a rating without a scale", spoiled(|p| p.forms[0].fields[1].input = Input::Rating)),
        ("a form's input", spoiled(|p| p.forms[0].fields[0].input = Input::Number)),
        ("a form's limit", spoiled(|p| p.forms[0].fields[1].min = Some(ConstId(0)))),
        (
            "a pattern",
            spoiled(|p| p.forms[0].fields[0].matches = Some(("a)(b".into(), String::new()))),
        ),
        (
            "a huge pattern",
            spoiled(|p| {
                p.forms[0].fields[0].matches = Some((r"(\w{500}){500}".into(), String::new()));
            }),
        ),
        ("an owner without the last", spoiled(|p| drop(p.pushes[0].owner.pop()))),
        ("a carried attribute", spoiled(|p| p.pushes[0].carry[0].1 = AttrId(50))),
        (
            "two lines for a field",
            spoiled(|p| {
                let again = p.pushes[0].fields[0].clone();
                p.pushes[0].fields.push(again);
            }),
        ),
        (
            "a requirement left out",
            spoiled(|p| {
                p.requirements.retain(|one| !matches!(one.what, Required::RecordType(..)));
            }),
        ),
        (
            "a synced field of the conversation",
            spoiled(|p| {
                p.person.as_mut().expect("one").synced.push(AttrId(8));
            }),
        ),
    ];
    insta::assert_snapshot!(snapshot(&list));
}

#[test]
fn expressions_are_checked() {
    let added = |expression: Expr| spoiled(|plan| plan.expressions.push(expression));
    let text = ExprId(0);
    let deep = spoiled(|plan| {
        for _ in 0..300 {
            let below = ExprId(u32::try_from(plan.expressions.len() - 1).expect("few"));
            plan.expressions.push(Expr::IsBlank(below));
        }
    });
    let wide = spoiled(|plan| {
        for _ in 0..MAX_COST.ilog2() + 2 {
            let below = ExprId(u32::try_from(plan.expressions.len() - 1).expect("few"));
            plan.expressions.push(Expr::Join(vec![below, below]));
        }
    });
    let list = [
        ("an operand behind its user", added(Expr::Not(ExprId(500)))),
        ("an operand that is itself", added(Expr::Not(ExprId(u32::MAX)))),
        ("not of text", added(Expr::Not(text))),
        ("a rounded text", added(Expr::Pipe(Pipe::Round(2), text))),
        ("a day of a text", added(Expr::Pipe(Pipe::DateIn(ConstId(0)), text))),
        ("a zone that is none", moment(Pipe::DateIn, "Europe/Berlni")),
        ("a date at an instant", moment(Pipe::DateTimeIn, "Europe/Berlin")),
        ("a label of no list", added(Expr::Pipe(Pipe::Label(ListId(9)), text))),
        ("too deep", deep),
        ("too wide", wide),
    ];
    insta::assert_snapshot!(snapshot(&list));
}

#[test]
fn control_flow_is_checked() {
    let none = Handlers::default;
    let list = [
        ("time that does not pass", code(&[Instruction::Wait { ms: 0 }, END], none())),
        ("falls off behind time", code(&[Instruction::Wait { ms: 1 }], none())),
        (
            "an idle arm that lets time pass",
            code(
                &[ask(idle(&[(1, 2)])), END, Instruction::Wait { ms: 1 }, Instruction::ResumeWait],
                none(),
            ),
        ),
        ("a jump outside", code(&[jump(7)], none())),
        ("falls off the end", code(&[say()], none())),
        ("waits at the end", code(&[ask(none())], none())),
        ("a circle", code(&[say(), branch(3), jump(0), END], none())),
        ("a circle with a wait", code(&[ask(none()), branch(3), jump(0), END], none())),
        ("back to no wait", code(&[Instruction::ResumeWait], none())),
        ("an arm outside", code(&[ask(human(9)), END], none())),
        ("idle arms out of order", code(&[ask(idle(&[(2, 1), (1, 1)])), END], none())),
        (
            "an idle arm that returns to its wait",
            code(&[ask(idle(&[(1, 2)])), END, say(), Instruction::ResumeWait], none()),
        ),
        (
            "an idle arm that waits",
            code(&[ask(idle(&[(1, 2)])), END, ask(none()), Instruction::ResumeWait], none()),
        ),
        (
            "a wait behind which lies a resume",
            code(&[ask(none()), Instruction::ResumeWait], none()),
        ),
        (
            "an arm of defaults that returns",
            code(&[ask(none()), END, say(), Instruction::Return], human(2)),
        ),
        (
            "an own arm that returns",
            code(&[ask(human(2)), END, say(), Instruction::Return], none()),
        ),
        (
            "a workflow that runs itself",
            code(&[Instruction::Run { workflow: WorkflowId(0) }, END], none()),
        ),
        ("an unknown workflow", code(&[Instruction::Run { workflow: WorkflowId(4) }, END], none())),
    ];
    insta::assert_snapshot!(snapshot(&list));
}

#[test]
fn rounds_are_counted() {
    let none = Handlers::default;
    let list = [
        ("a repeat", code(&[Instruction::Repeat, say(), branch(4), again(0, 3), END], none())),
        ("no round", code(&[Instruction::Repeat, say(), again(0, 0), END], none())),
        ("too many rounds", code(&[Instruction::Repeat, say(), again(0, 5_000), END], none())),
        ("back to no head", code(&[say(), say(), again(0, 3), END], none())),
        (
            "a head for two",
            code(&[Instruction::Repeat, say(), again(0, 3), again(0, 3), END], none()),
        ),
        (
            "repeats that cross",
            code(
                &[Instruction::Repeat, Instruction::Repeat, say(), again(0, 3), again(1, 3), END],
                none(),
            ),
        ),
        (
            "a jump that begins to count anew",
            code(&[Instruction::Repeat, say(), branch(4), jump(0), again(0, 3), END], none()),
        ),
        (
            "a jump that goes round without counting",
            code(&[Instruction::Repeat, say(), branch(4), jump(1), again(0, 3), END], none()),
        ),
        ("rounds of rounds of rounds", code(&nested(&[90, 90, 90]), none())),
        ("rounds of rounds", code(&nested(&[90, 90]), none())),
    ];
    insta::assert_snapshot!(snapshot(&list));
}

#[test]
fn code_belongs_to_workflows() {
    let list = [
        ("a gap", spoiled(|p| p.workflows[0].end = Target(1))),
        ("an overlap", spoiled(|p| p.workflows[0].end = Target(3))),
        ("no step", spoiled(|p| p.code_steps.truncate(17))),
        ("an unknown step", spoiled(|p| p.code_steps[2] = StepId(99))),
        ("on open", spoiled(|p| p.on_open = Some(WorkflowId(3)))),
        ("on message", spoiled(|p| p.on_message = Some(WorkflowId(3)))),
        ("a message that starts nothing", spoiled(|p| p.code[7] = Instruction::AwaitMessage)),
        (
            "a slot set to another type",
            spoiled(|p| {
                let amount = AttrId(7);
                assert_eq!(p.attributes[7].ty, ValueType::Number);
                p.code[7] = Instruction::Set { attr: amount, value: ExprId(0) };
            }),
        ),
        ("the session set", spoiled(|p| p.code[7] = Instruction::Clear { attr: AttrId(1) })),
    ];
    insta::assert_snapshot!(snapshot(&list));
}

#[test]
fn lines_begin_one_behind_another() {
    let lines = |lines: &[u32]| spoiled(|plan| plan.sources[0].lines = lines.to_vec());
    assert_eq!(lines(&[]), "accepted");
    assert_eq!(lines(&[4, 5]), "accepted");
    for wrong in [&[0, 4][..], &[4, 4], &[5, 4]] {
        assert!(lines(wrong).starts_with("plan.source"), "{wrong:?}: {}", lines(wrong));
    }
}

#[test]
fn languages_are_checked() {
    let words = |language: &str| FieldWords {
        language: language.into(),
        label: Some("Nummer".into()),
        help: None,
        message: None,
    };
    let unknown = spoiled(|p| p.forms[0].fields[0].words.push(words("de")));
    let no_list = spoiled(|p| p.attributes[2].name = SPOKEN.into());
    insta::assert_snapshot!(format!("{unknown}\n{no_list}"));
}

fn article() -> Article {
    Article {
        name: "knowledge/invoices.md".into(),
        title: "Invoices".into(),
        url: Some("https://help.example.com/invoices".into()),
        language: Some("en".into()),
        sections: vec![Section {
            heading: String::new(),
            text: "Below *Billing*.\n\nAlways.".into(),
        }],
    }
}

#[test]
fn articles_are_plain_text_within_limits() {
    let with = |change: fn(&mut Article)| {
        spoiled(|plan| {
            let mut article = article();
            change(&mut article);
            plan.articles.push(article);
        })
    };
    let list = [
        ("a right one", with(|_| {})),
        ("no title", with(|article| article.title = " ".into())),
        ("a title of two lines", with(|article| article.title = "a\nb".into())),
        (
            "an address that is code",
            with(|article| article.url = Some("javascript:alert(1)".into())),
        ),
        ("an address with a blank", with(|article| article.url = Some("https://a b".into()))),
        ("no language", with(|article| article.language = Some("German".into()))),
        ("no section", with(|article| article.sections.clear())),
        ("a section without a text", with(|article| article.sections[0].text.clear())),
        ("a text that moves the cursor", with(|article| article.sections[0].text.push('\u{1b}'))),
        ("a text that turns around", with(|article| article.sections[0].text.push('\u{202e}'))),
        ("a text of two lines in one", with(|article| article.sections[0].text.push('\u{2028}'))),
        ("a text with hidden tags", with(|article| article.sections[0].text.push('\u{e0041}'))),
        ("a text that can't be seen", with(|article| article.sections[0].text = "\u{200d}".into())),
        (
            "a heading that can't be seen",
            with(|article| article.sections[0].heading = "\u{200c}\u{3164}".into()),
        ),
        ("a joined sign", with(|article| article.title = "A \u{1f468}\u{200d}\u{1f4bb}".into())),
        ("a long section", with(|article| article.sections[0].text = "x".repeat((64 << 10) + 1))),
        (
            "a long article",
            with(|article| {
                let section = Section { text: "x".repeat(60 << 10), ..article.sections[0].clone() };
                article.sections = vec![section; 18];
            }),
        ),
        ("too much", with(|article| article.sections[0].text = "x".repeat(17 << 20))),
        ("a name twice", spoiled(|plan| plan.articles = vec![article(), article()])),
        ("too many", spoiled(|plan| plan.articles = vec![article(); 5_001])),
    ];
    insta::assert_snapshot!(snapshot(&list));
}

#[test]
fn first_words_are_awaited_only_where_a_conversation_opens() {
    // An opening that runs workflow 0 or awaits them.
    let awaiting = |spoil: &dyn Fn(&mut Plan)| {
        spoiled(|plan| {
            plan.on_open = Some(starts::runs_or_awaits(plan, "on open"));
            plan.on_message = Some(WorkflowId(0));
            spoil(plan);
        })
    };
    assert_eq!(awaiting(&|_| {}), "accepted");
    let last = |plan: &Plan| plan.code.len() - 1;
    let list = [
        ("nothing that a message starts", awaiting(&|plan| plan.on_message = None)),
        ("not what opens", awaiting(&|plan| plan.on_open = Some(WorkflowId(0)))),
        (
            "run by another",
            awaiting(&|plan| {
                let own = WorkflowId(u32::try_from(plan.workflows.len() - 1).unwrap());
                let at = last(plan) - 2;
                plan.code[at] = Instruction::Run { workflow: own };
            }),
        ),
        (
            "a wait before",
            awaiting(&|plan| {
                let at = last(plan) - 1;
                plan.code[at] = Instruction::Wait { ms: 1000 };
            }),
        ),
        (
            "once more",
            awaiting(&|plan| {
                let at = last(plan) - 1;
                plan.code[at] = Instruction::AwaitMessage;
            }),
        ),
    ];
    insta::assert_snapshot!(snapshot(&list));
}

/// Business hours with one thing changed, asked for by a plan.
fn hours(change: impl FnOnce(&mut Hours)) -> String {
    spoiled(|plan| {
        let part = Opening { from: 0, to: DAY_MS };
        let first = jiff::civil::date(2020, 12, 25);
        let name = "Christmas Day".to_owned();
        let christmas =
            Holiday { name, part, recurs: Recurs::Yearly(12, 25), first, last: Some(first) };
        let mut hours = Hours {
            name: "office".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            week: vec![Some(part), None, None, None, None, None, None],
            holidays: vec![christmas],
        };
        change(&mut hours);
        plan.hours.push(hours);
        let now = ExprId(u32::try_from(plan.expressions.len()).unwrap());
        plan.expressions.extend([Expr::Now, Expr::InHours(now, HoursId(0))]);
    })
}

#[test]
fn hours_that_cannot_be_are_refused() {
    let recurs = |recurs: Recurs| hours(|its| its.holidays[0].recurs = recurs);
    let none = Weekdays(0);
    insta::assert_snapshot!(snapshot(&[
        ("as they are", hours(|_| {})),
        ("six days", hours(|its| its.week.truncate(6))),
        ("an hour too many", hours(|its| its.week[0] = Some(Opening { from: 0, to: DAY_MS + 1 }))),
        ("closed before it opens", hours(|its| its.week[1] = Some(Opening { from: 9, to: 9 }))),
        ("another zone", hours(|its| its.zone.push('!'))),
        ("each zeroth day", recurs(Recurs::Daily(0))),
        ("no day of the week", recurs(Recurs::Weekly(1, none))),
        ("an eighth day", recurs(Recurs::MonthlyNth(1, Nth::Last, Weekdays(128)))),
        ("a day of some months", recurs(Recurs::Monthly(1, 29))),
        ("a thirteenth month", recurs(Recurs::Yearly(13, 1))),
        ("a month before the first", recurs(Recurs::YearlyNth(0, Nth::First, Weekdays::ALL))),
        ("a holiday of no time", hours(|its| its.holidays[0].part.to = 0)),
        ("too many", hours(|its| its.holidays = vec![its.holidays[0].clone(); MAX_HOLIDAYS + 1])),
        ("of nothing", spoiled(|plan| plan.expressions.push(Expr::InHours(ExprId(0), HoursId(0))))),
        (
            "of a text",
            spoiled(|plan| {
                plan.hours.push(Hours {
                    name: "office".to_owned(),
                    zone: "GMT".to_owned(),
                    week: vec![None; 7],
                    holidays: Vec::new(),
                });
                plan.constants.push(Value::Text("noon".to_owned()));
                let text = ConstId(u32::try_from(plan.constants.len() - 1).unwrap());
                let at = ExprId(u32::try_from(plan.expressions.len()).unwrap());
                plan.expressions.extend([Expr::Const(text), Expr::InHours(at, HoursId(0))]);
            })
        ),
    ]));
}

#[test]
fn hours_are_read_as_they_were_written() {
    let mut plan = support();
    plan.hours.push(Hours {
        name: "office".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        week: vec![None, Some(Opening { from: 1, to: DAY_MS }), None, None, None, None, None],
        holidays: [
            Recurs::Once,
            Recurs::Daily(3),
            Recurs::Weekly(2, Weekdays(5)),
            Recurs::Monthly(1, 28),
            Recurs::MonthlyNth(1, Nth::Fourth, Weekdays::ALL),
            Recurs::Yearly(2, 29),
            Recurs::YearlyNth(5, Nth::Last, Weekdays(1)),
        ]
        .into_iter()
        .map(|recurs| Holiday {
            name: "off".to_owned(),
            part: Opening { from: 0, to: DAY_MS },
            recurs,
            first: jiff::civil::date(2020, 2, 29),
            last: (recurs == Recurs::Once).then_some(jiff::civil::date(2030, 1, 1)),
        })
        .collect(),
    });
    assert_eq!(Plan::decode(&plan.encode()).unwrap(), plan);
    let listed = crate::listing::listing(&VerifiedPlan::new(plan).unwrap());
    let hours = listed.split("\nhours\n").nth(1).unwrap();
    insta::assert_snapshot!(hours.split("\n\n").next().unwrap());
}

#[test]
fn what_a_reply_starts_only_sets_data() {
    // A reply runs a workflow that sets something, by way of another.
    let replied = |spoil: &dyn Fn(&mut Plan, usize)| {
        spoiled(|plan| {
            let begin = plan.code.len();
            let at = |more: usize| Target(u32::try_from(begin + more).unwrap());
            let first = WorkflowId(u32::try_from(plan.workflows.len()).unwrap());
            let note = plan.attributes.iter().position(|its| its.space == Space::Conversation);
            let attr = AttrId(u32::try_from(note.unwrap()).unwrap());
            plan.code.extend([
                Instruction::Run { workflow: WorkflowId(first.0 + 1) },
                Instruction::Return,
                Instruction::Clear { attr },
                Instruction::Return,
            ]);
            plan.code_steps.extend([StepId(0); 4]);
            for (name, entry, end) in [("on agent reply", at(0), at(2)), ("set", at(2), at(4))] {
                let (name, defaults) = (name.to_owned(), Handlers::default());
                plan.workflows.push(Workflow { name, entry, end, defaults });
            }
            plan.on_agent_reply = Some(first);
            plan.requirements = crate::requirements::of(plan)
                .into_iter()
                .map(|what| crate::model::Requirement { what, span: crate::fixture::SPAN })
                .collect();
            spoil(plan, begin + 2);
        })
    };
    assert_eq!(replied(&|_, _| {}), "accepted");
    let text = |plan: &Plan| {
        let mut texts = plan.code.iter().filter_map(|one| match one {
            Instruction::Say { text } => Some(*text),
            _ => None,
        });
        texts.next_back().unwrap()
    };
    let own = Handlers::default;
    let list = [
        ("none", replied(&|plan, _| plan.on_agent_reply = Some(WorkflowId(99)))),
        ("says", replied(&|plan, at| plan.code[at] = Instruction::Say { text: text(plan) })),
        ("asks", replied(&|plan, at| plan.code[at] = Instruction::Ask { own: own() })),
        ("waits", replied(&|plan, at| plan.code[at] = Instruction::Wait { ms: 1_000 })),
        (
            "records",
            replied(&|plan, at| plan.code[at] = Instruction::RecordCase { push: PushId(0) }),
        ),
        ("ends", replied(&|plan, at| plan.code[at] = Instruction::End { because: None })),
        ("opens", replied(&|plan, _| plan.on_agent_reply = plan.on_open)),
    ];
    insta::assert_snapshot!(snapshot(&list));
}

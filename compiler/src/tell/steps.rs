//! Steps in plain words.

use crate::flow::starts::Order;
use crate::hir::{
    AttrId, ChannelId, CollectField, Expr, FileLine, Literal, MatchArm, Once, Other, Outcome,
    OutcomeArm, Program, PushId, Space, Step, StepKind, Trigger, Type, Workflow, WorkflowId,
};

use super::falls::Falls;
use super::story::{Arm, Kind, Starts, Story, Then, Told, Way};
use super::words::{self, Words, counted, listed, quoted, time};

/// Values of a list that a form's line names at most.
const NAMED_VALUES: usize = 6;

/// Tells the workflows of one program.
pub(super) struct Teller<'p> {
    pub(super) program: &'p Program,
    pub(super) words: Words<'p>,
    falls: Falls,
}

impl<'p> Teller<'p> {
    pub(super) fn new(program: &'p Program) -> Self {
        Self { program, words: Words { program }, falls: Falls::of(program) }
    }

    /// A workflow as a tree.
    pub(super) fn story(&self, workflow: &Workflow) -> Story {
        let runs = |other: &&std::sync::Arc<Workflow>| {
            let mut callees = crate::resolve::cycles::runs(other).into_iter();
            callees.any(|(callee, _)| self.workflow(callee) == workflow.name)
        };
        let run_by = self.program.workflows.iter().filter(runs).map(|its| its.name.clone());
        Story {
            workflow: workflow.name.clone(),
            starts: self.starts(workflow),
            run_by: run_by.collect(),
            steps: self.block(&workflow.body, ""),
            comes_to_end: self.falls.block(&workflow.body),
            defaults: self.outcomes(&workflow.defaults, "", Then::Ends),
        }
    }

    /// When a workflow starts by itself.
    pub(super) fn starts(&self, workflow: &Workflow) -> Option<Starts> {
        let event = match workflow.on? {
            Trigger::Visit(0) => "a visitor takes up what a page shows them of this".to_owned(),
            Trigger::Visit(after) => {
                format!("a visitor takes up what they are shown of this after {} on a page", time(after))
            }
            Trigger::Open => "a customer opens the Messenger".to_owned(),
            Trigger::Message => "a customer writes and nothing has begun yet".to_owned(),
            Trigger::AgentReply => {
                "an agent writes to whom the conversation was handed off, and the records were read again"
                    .to_owned()
            }
        };
        let order = Order::of(self.program);
        let all = || (0u32..).map(WorkflowId).zip(&self.program.workflows);
        let own = all().find(|(_, its)| its.name == workflow.name).map(|(id, _)| id);
        let earlier = all().filter(|(id, its)| {
            its.on == workflow.on && own.is_some_and(|own| order.is_before(*id, own))
        });
        let earlier: Vec<String> = earlier.map(|(_, its)| quoted(&its.name)).collect();
        let when = workflow.when.as_ref();
        let when = when.map(|when| format!("if {}", self.words.condition(when)));
        let begins = if earlier.len() == 1 { "begins" } else { "begin" };
        let unless =
            (!earlier.is_empty()).then(|| format!("unless {} {begins}", listed(&earlier, "or")));
        let once = workflow.once.as_ref().map(|once| match once {
            Once::Visit => "once in a visit".to_owned(),
            Once::Day(zone) => format!("once a day, by the time of {zone}"),
            Once::Person => "once for each visitor".to_owned(),
        });
        let only: Vec<String> = when.into_iter().chain(once).chain(unless).collect();
        let only = (!only.is_empty()).then(|| only.join(", "));
        let background = workflow.on == Some(Trigger::AgentReply);
        Some(Starts { event, only, background })
    }

    pub(super) fn workflow(&self, id: WorkflowId) -> &'p str {
        self.program.workflows.get(id.0 as usize).map_or("?", |workflow| &workflow.name)
    }

    fn push(&self, id: PushId) -> String {
        let push = self.program.pushes.get(id.0 as usize);
        push.map_or_else(|| "?".to_owned(), |push| push.name.clone())
    }

    /// The steps of a block; numbers begin with the branch's own.
    fn block(&self, steps: &[Step], branch: &str) -> Vec<Told> {
        // `go on` says that nothing is done.
        let steps = steps.iter().filter(|step| !matches!(step.kind, StepKind::GoOn));
        let before = if branch.is_empty() { String::new() } else { format!("{branch}.") };
        (1..).zip(steps).map(|(at, step)| self.step(step, format!("{before}{at}"))).collect()
    }

    fn step(&self, step: &Step, number: String) -> Told {
        let (kind, sentence, about) = self.told(&step.kind);
        let lines = match &step.kind {
            StepKind::Collect { fields, files, .. } => {
                fields.iter().map(|line| self.line(line)).chain(files.iter().map(file)).collect()
            }
            StepKind::Answer { .. } => self.terms(&step.kind),
            _ => Vec::new(),
        };
        let arms = self.arms(&step.kind, &number);
        let (id, goes_on) = (step.id.clone(), self.falls.step(step));
        Told { number, id, kind, sentence, about, lines, arms, goes_on }
    }

    /// The kind of a step, the step as a sentence, and what it is about.
    fn told(&self, kind: &StepKind) -> (Kind, String, String) {
        let words = self.words;
        match kind {
            StepKind::Say(text) => about(Kind::Says, "Says", words.text(text)),
            StepKind::Note(text) => about(Kind::Notes, "Notes for colleagues", words.text(text)),
            StepKind::Wait(millis) => about(Kind::Pauses, "Lets time pass", time(*millis)),
            StepKind::Ask { .. } => itself(Kind::Asks, "Waits for the customer to write"),
            StepKind::Verify { .. } => {
                let text = "Asks the visitor to sign in, unless they have".to_owned();
                (Kind::Verifies, text.clone(), "unless they have".to_owned())
            }
            StepKind::Detect { attr, again, of_type, .. } => {
                let of_type = of_type.as_ref().map(|its| its.record_type.as_str());
                self.detection(*attr, *again, of_type)
            }
            StepKind::Answer { turns, .. } => {
                let turns = format!("up to {}", counted(u64::from(*turns), "time"));
                (Kind::Answers, format!("Lets the AI answer, {turns}"), turns)
            }
            StepKind::HandOff { push, up_to, .. } => self.hand_off(*push, *up_to),
            StepKind::Choose { prompt, .. } => {
                about(Kind::Offers, "Asks with buttons", words.text(prompt))
            }
            StepKind::Collect { title, fields, .. } => self.form(title.as_ref(), fields),
            StepKind::Set { attr, value } if self.is_language(*attr) => {
                let language = words.value(value);
                (Kind::Data, format!("Goes on in the language {language}"), language)
            }
            StepKind::Set { attr, value } => {
                let (name, value) = (words.name(*attr), words.value(value));
                (Kind::Data, format!("Sets {name} to {value}"), format!("{name} = {value}"))
            }
            StepKind::Let { attr, value } => {
                let name = words.attribute(*attr).map_or("?", |its| its.name.as_str());
                let text = format!("{} as {}", words.value(value), quoted(name));
                (Kind::Data, format!("Remembers {text}"), text)
            }
            StepKind::Clear { attr } => {
                let name = words.name(*attr);
                (Kind::Data, format!("Makes {name} blank"), format!("{name} = nothing"))
            }
            StepKind::If { branches, .. } => self.condition(branches),
            StepKind::Match { subject, .. } => {
                let subject = words.value(subject);
                (Kind::Decides, format!("Depending on {subject}"), subject)
            }
            StepKind::Repeat { up_to, .. } => {
                let times = format!("up to {}", counted(u64::from(*up_to), "time"));
                (Kind::Repeats, format!("Repeats {times}"), times)
            }
            StepKind::LeaveRepeat => itself(Kind::Leaves, "Goes on behind the repeated steps"),
            StepKind::Run(callee) => self.run(*callee),
            StepKind::CreateCase { push, .. } => self.case(*push, Kind::Case),
            StepKind::RecordCase { push } => self.case(*push, Kind::Records),
            StepKind::End(because) => self.end(because.as_ref()),
            StepKind::GoOn | StepKind::Error => itself(Kind::Leaves, "Goes on"),
        }
    }

    fn detection(
        &self,
        attr: AttrId,
        again: bool,
        of_type: Option<&str>,
    ) -> (Kind, String, String) {
        let name = self.words.name(attr);
        let from = of_type.map(|its| format!(" among what the record type {} offers", quoted(its)));
        let from = from.unwrap_or_default();
        let what = if again { "" } else { ", unless it was given already" };
        (Kind::Detects, format!("Lets the AI choose {name}{from}{what}"), name)
    }

    fn hand_off(&self, push: ChannelId, up_to: u64) -> (Kind, String, String) {
        let push = self.program.channels.get(push.0 as usize);
        let channel = push.map_or("?", |push| push.channel.as_str()).to_owned();
        let name = quoted(push.map_or("?", |push| push.name.as_str()));
        let sentence = format!(
            "Hands off to agents of {} with the values of {name}, and waits for one up to {}",
            quoted(&channel),
            time(up_to)
        );
        (Kind::HandsOff, sentence, channel)
    }

    /// The language of the conversation is all of the session that steps set.
    fn is_language(&self, attr: AttrId) -> bool {
        self.words.attribute(attr).is_some_and(|its| its.space == Space::Session)
    }

    fn case(&self, push: PushId, kind: Kind) -> (Kind, String, String) {
        let push = self.push(push);
        let then = if kind == Kind::Case { "ends the conversation" } else { "goes on" };
        (kind, format!("Creates a Case by {}, and {then}", quoted(&push)), push)
    }

    fn end(&self, because: Option<&Expr>) -> (Kind, String, String) {
        let because = because.map(|because| self.words.text(because)).unwrap_or_default();
        let reason = if because.is_empty() { "" } else { " because " };
        (Kind::Ends, format!("Ends the conversation{reason}{because}"), because)
    }

    fn form(&self, title: Option<&Expr>, fields: &[CollectField]) -> (Kind, String, String) {
        let title = title.map(|title| self.words.text(title));
        if let [CollectField { rating: true, label, .. }] = fields {
            let scale = fields.first().and_then(|line| self.limits(line)).unwrap_or_default();
            let label = quoted(label);
            return (Kind::Rates, format!("Asks for a rating {scale}: {label}"), label);
        }
        match title {
            Some(title) => about(Kind::Form, "Shows a form", title),
            None => (Kind::Form, "Shows a form".into(), String::new()),
        }
    }

    fn condition(&self, branches: &[(Expr, Vec<Step>)]) -> (Kind, String, String) {
        let text = match branches {
            [(condition, _)] => self.words.condition(condition),
            _ => "the first of these that holds".to_owned(),
        };
        (Kind::Decides, "Depending on what holds".to_owned(), text)
    }

    fn run(&self, callee: WorkflowId) -> (Kind, String, String) {
        let name = self.workflow(callee);
        let sentence = if self.falls.returns(callee) {
            format!("Goes through {}, and comes back", quoted(name))
        } else {
            format!("Goes on with {}", quoted(name))
        };
        (Kind::Runs, sentence, name.to_owned())
    }

    /// What the AI is told, and what silence means.
    fn terms(&self, answer: &StepKind) -> Vec<String> {
        let StepKind::Answer { knowing, check_in, assume, .. } = answer else { return Vec::new() };
        let names: Vec<String> = knowing.iter().map(|(attr, _)| self.words.name(*attr)).collect();
        let told = match names.as_slice() {
            [] => "It is told the conversation, and no data".to_owned(),
            _ => format!("It is told the conversation, {}", listed(&names, "and")),
        };
        let asked = check_in.iter().map(|(after, text)| {
            format!("After {} without a word it asks: {}", time(*after), self.words.text(text))
        });
        let over = format!("After {} without a word nobody waits any longer", time(*assume));
        std::iter::once(told).chain(asked).chain([over]).collect()
    }

    /// A line of a form.
    fn line(&self, line: &CollectField) -> String {
        let ty = self.words.attribute(line.attr).map(|attribute| &attribute.ty);
        let mut said = Vec::new();
        if line.required {
            said.push("required".to_owned());
        }
        said.extend(ty.and_then(offered));
        said.extend(self.limits(line));
        if let Some((_, otherwise)) = &line.matches {
            said.push(format!("what is written otherwise is refused with {}", quoted(otherwise)));
        }
        said.extend(line.help.as_ref().map(|help| format!("with the hint {}", quoted(help))));
        let label = quoted(&line.label);
        for words in &line.words {
            let parts = [&words.label, &words.help, &words.otherwise];
            let parts: Vec<String> = parts.into_iter().flatten().map(|part| quoted(part)).collect();
            said.push(format!("in “{}” {}", words.language, parts.join(", ")));
        }
        if said.is_empty() { label } else { format!("{label}: {}", said.join("; ")) }
    }

    fn limits(&self, line: &CollectField) -> Option<String> {
        let ty = &self.words.attribute(line.attr)?.ty;
        let is_text = matches!(ty, Type::Text(_) | Type::Email(_) | Type::Phone(_) | Type::Url(_));
        let what = if is_text { " characters" } else { "" };
        let limit = |limit: &Literal| self.words.literal(limit, ty);
        match (&line.min, &line.max) {
            (Some(min), Some(max)) => Some(format!("from {} to {}{what}", limit(min), limit(max))),
            (Some(min), None) => Some(format!("at least {}{what}", limit(min))),
            (None, Some(max)) => Some(format!("at most {}{what}", limit(max))),
            (None, None) => None,
        }
    }

    /// The branches of a step, numbered by letters.
    fn arms(&self, kind: &StepKind, number: &str) -> Vec<Arm> {
        let mut arms = Arms { teller: self, number, found: Vec::new() };
        match kind {
            StepKind::Ask { arms: own }
            | StepKind::Verify { arms: own }
            | StepKind::Collect { arms: own, .. }
            | StepKind::Detect { arms: own, .. }
            | StepKind::HandOff { arms: own, .. }
            | StepKind::Answer { arms: own, .. } => {
                arms.outcomes(own, Then::GoesOn);
            }
            StepKind::Choose { options, other, arms: own, .. } => {
                for (label, body) in options {
                    let text = self.words.text(label);
                    arms.add(Way::Button, format!("If the customer presses {text}"), text, body);
                }
                if let Some(body) = other {
                    let when = "If the customer writes something else".to_owned();
                    arms.add(Way::OtherWords, when, "other words".to_owned(), body);
                }
                arms.outcomes(own, Then::GoesOn);
            }
            StepKind::If { branches, otherwise } => {
                for (at, (condition, body)) in branches.iter().enumerate() {
                    let clause = self.words.condition(condition);
                    let when = if at == 0 { "If" } else { "Otherwise, if" };
                    let label = if branches.len() == 1 { "yes".to_owned() } else { clause.clone() };
                    arms.add(Way::If, format!("{when} {clause}"), label, body);
                }
                let label = if branches.len() == 1 { "no" } else { "otherwise" };
                arms.add(Way::Otherwise, "Otherwise".to_owned(), label.to_owned(), otherwise);
            }
            StepKind::Match { subject, arms: own } => {
                for arm in own {
                    let (when, label) = self.values(arm, &subject.ty);
                    arms.add(Way::Value, when, label, &arm.body);
                }
            }
            StepKind::Repeat { up_to, body, exhausted } => {
                arms.add_then(
                    Way::Round,
                    "Each time".into(),
                    "each time".into(),
                    body,
                    Then::Again,
                );
                let when = format!("After {}", counted(u64::from(*up_to), "time"));
                arms.add(Way::Exhausted, when.clone(), when.to_lowercase(), exhausted);
            }
            StepKind::CreateCase { arms: own, .. } => arms.outcomes(own, Then::Ends),
            _ => {}
        }
        arms.found
    }

    /// The values for which an arm of a `match` stands.
    fn values(&self, arm: &MatchArm, ty: &Type) -> (String, String) {
        let mut values: Vec<String> =
            arm.values.iter().map(|(value, _)| self.words.literal(value, ty)).collect();
        values.extend(arm.blank.map(|_| "blank".to_owned()));
        values.extend(arm.otherwise.map(|_| "anything else".to_owned()));
        let label = listed(&values, "or");
        (format!("If it is {label}"), label)
    }

    /// Arms for outcomes, each outcome with one of its own.
    fn outcomes(&self, own: &[OutcomeArm], number: &str, human: Then) -> Vec<Arm> {
        let mut arms = Arms { teller: self, number, found: Vec::new() };
        arms.outcomes(own, human);
        arms.found
    }
}

/// The branches of one step.
struct Arms<'t, 'p> {
    teller: &'t Teller<'p>,
    number: &'t str,
    found: Vec<Arm>,
}

impl Arms<'_, '_> {
    fn add(&mut self, way: Way, when: String, label: String, body: &[Step]) {
        self.add_then(way, when, label, body, Then::GoesOn);
    }

    fn add_then(&mut self, way: Way, when: String, label: String, body: &[Step], then: Then) {
        let number = format!("{}{}", self.number, letter(self.found.len()));
        let steps = self.teller.block(body, &number);
        let then = if self.teller.falls.block(body) { then } else { Then::Nothing };
        self.found.push(Arm { number, way, when, label, steps, then });
    }

    fn outcomes(&mut self, own: &[OutcomeArm], human: Then) {
        let mut all: Vec<(Outcome, &OutcomeArm)> = own
            .iter()
            .flat_map(|arm| arm.outcomes.iter().map(move |outcome| (*outcome, arm)))
            .collect();
        all.sort_by_key(|(outcome, _)| *outcome);
        for (outcome, arm) in all {
            let (way, then) = match outcome {
                Outcome::Human => (Way::Human, human),
                Outcome::Other(Other::Unavailable) => (Way::Unavailable, human),
                Outcome::Other(Other::Refused) => (Way::Refused, human),
                Outcome::Other(Other::Confirmed | Other::Assumed | Other::Unresolved) => {
                    (Way::Answered, human)
                }
                Outcome::Other(Other::Ended | Other::NoAgent | Other::Failed | Other::Lost) => {
                    (Way::Agents, human)
                }
                Outcome::Idle(_) => (Way::Idle, Then::WaitsAgain),
                Outcome::Created | Outcome::Delayed | Outcome::Rejected => {
                    (Way::Answer, Then::Ends)
                }
            };
            let (when, label) = outcome_words(outcome);
            self.add_then(way, when, label, &arm.body, then);
        }
    }
}

/// When an outcome comes, and the same in few words.
fn outcome_words(outcome: Outcome) -> (String, String) {
    match outcome {
        Outcome::Human => {
            ("If the customer asks for a person".to_owned(), "wants a person".to_owned())
        }
        Outcome::Idle(millis) => {
            let silence = format!("{} of silence", time(millis));
            (format!("After {silence}"), silence)
        }
        Outcome::Other(Other::Unavailable) => ("If no AI answers".to_owned(), "no AI".to_owned()),
        Outcome::Other(Other::Refused) => {
            ("If the visitor does not want to sign in".to_owned(), "not signed in".to_owned())
        }
        Outcome::Other(Other::Confirmed) => {
            ("If the customer says that it helped".to_owned(), "it helped".to_owned())
        }
        Outcome::Other(Other::Assumed) => {
            ("If the customer does not come back".to_owned(), "no word more".to_owned())
        }
        Outcome::Other(Other::Unresolved) => {
            ("If the AI can't help".to_owned(), "it can't help".to_owned())
        }
        Outcome::Other(Other::Ended) => {
            ("When the agent ends the chat".to_owned(), "agent ends".to_owned())
        }
        Outcome::Other(Other::NoAgent) => {
            ("If no agent accepts in time".to_owned(), "no agent".to_owned())
        }
        Outcome::Other(Other::Failed) => ("If the hand-off fails".to_owned(), "fails".to_owned()),
        Outcome::Other(Other::Lost) => ("If the chat breaks off".to_owned(), "lost".to_owned()),
        Outcome::Created => ("When it is there".to_owned(), "created".to_owned()),
        Outcome::Delayed => {
            ("When Salesforce does not answer in time".to_owned(), "delayed".to_owned())
        }
        Outcome::Rejected => ("When Salesforce refuses it".to_owned(), "refused".to_owned()),
    }
}

/// `a` to `z`, then `aa`, `ab` and so on.
fn letter(at: usize) -> String {
    let last = char::from(b'a' + u8::try_from(at % 26).unwrap_or(0));
    if at < 26 { last.to_string() } else { format!("{}{last}", letter(at / 26 - 1)) }
}

/// A step whose sentence says what it is about.
fn itself(kind: Kind, text: &str) -> (Kind, String, String) {
    (kind, text.to_owned(), text.to_owned())
}

/// A step that is a word and what it is about.
fn about(kind: Kind, word: &str, what: String) -> (Kind, String, String) {
    (kind, format!("{word}: {what}"), what)
}

/// What a form offers for a list.
fn offered(ty: &Type) -> Option<String> {
    let (Type::List(list) | Type::MultiList(list)) = ty else { return None };
    let how = if matches!(ty, Type::List(_)) { "one of" } else { "some of" };
    let active: Vec<String> = list
        .values
        .iter()
        .filter(|value| value.active)
        .map(|value| words::list_value(list, &value.value))
        .collect();
    if active.len() > NAMED_VALUES {
        return Some(format!("{how} {} values", active.len()));
    }
    Some(format!("{how} {}", listed(&active, "or")))
}

/// A line of a form that asks for a file.
fn file(line: &FileLine) -> String {
    let mut said = vec!["a file".to_owned()];
    if line.required {
        said.push("required".to_owned());
    }
    said.push("goes to the next Case that is asked for".to_owned());
    said.extend(line.help.as_ref().map(|help| format!("with the hint {}", quoted(help))));
    for words in &line.words {
        let parts = [&words.label, &words.help].into_iter().flatten();
        let parts: Vec<String> = parts.map(|part| quoted(part)).collect();
        said.push(format!("in “{}” {}", words.language, parts.join(", ")));
    }
    format!("{}: {}", quoted(&line.label), said.join("; "))
}

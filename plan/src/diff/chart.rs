//! A plan's steps, each with what it does and where its outcomes lead.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_diagnostics::Span;

use super::said::Said;
use super::{Area, Side};
use crate::listing::{constant, expression};
use crate::model::{
    FieldWords, Form, FormFile, Handlers, Input, Instruction, ListId, Plan, Space, Target,
};
use crate::value::duration_text;

/// A step.
#[derive(Debug, Clone)]
pub(super) struct ChartStep {
    /// Its id.
    pub(super) id: String,
    /// The workflow that it belongs to.
    pub(super) workflow: String,
    /// Where it stands.
    pub(super) span: Span,
    /// The word for what it is; a workflow's own instructions have none.
    pub(super) word: &'static str,
    /// What it does, by name.
    pub(super) facts: BTreeMap<String, Fact>,
    /// Where its outcomes lead, by name.
    pub(super) leads: BTreeMap<String, To>,
}

/// Something that a step does.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    /// What it is about.
    pub(super) area: Area,
    /// What it is.
    pub(super) said: Said,
}

/// Where an outcome leads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum To {
    /// To a step.
    Step(String),
    /// Back to the workflows that run this one.
    Back,
    /// To the wait that was interrupted.
    Waits,
    /// To the end of the conversation.
    End,
    /// To the customer's first message.
    Message,
    /// To the opening of the Messenger.
    Opening,
}

impl To {
    pub(super) fn words(&self) -> String {
        match self {
            Self::Step(id) => id.clone(),
            Self::Back => "the end of the workflow".to_owned(),
            Self::Waits => "waiting again".to_owned(),
            Self::End => "the end of the conversation".to_owned(),
            Self::Message => "the customer's first message".to_owned(),
            Self::Opening => "the opening".to_owned(),
        }
    }
}

/// The steps of a plan, by their ids.
pub(super) fn chart(side: &Side<'_>) -> BTreeMap<String, ChartStep> {
    let plan: &Plan = side.plan;
    let mut steps: BTreeMap<String, ChartStep> = BTreeMap::new();
    for workflow in &plan.workflows {
        let range = workflow.entry.index()..workflow.end.index();
        for at in range {
            let step = &plan.steps[plan.code_steps[at].index()];
            let entry = steps.entry(step.id.clone()).or_insert_with(|| ChartStep {
                id: step.id.clone(),
                workflow: workflow.name.clone(),
                span: step.span,
                word: "",
                facts: BTreeMap::new(),
                leads: BTreeMap::new(),
            });
            Noting { side, at, step: entry }.note();
        }
        let head = steps.entry(workflow.name.clone());
        let head = head.or_insert_with(|| ChartStep {
            id: workflow.name.clone(),
            workflow: workflow.name.clone(),
            span: plan.steps.iter().find(|step| step.id == workflow.name).map_or_else(
                || plan.steps[plan.code_steps[workflow.entry.index()].index()].span,
                |step| step.span,
            ),
            word: "",
            facts: BTreeMap::new(),
            leads: BTreeMap::new(),
        });
        head.leads.insert("beginning".to_owned(), to(plan, workflow.entry));
        handlers(plan, &workflow.defaults, &mut head.leads);
    }
    steps
}

/// Where a target leads: jumps are gone, and what belongs to a workflow itself is an end.
fn to(plan: &Plan, target: Target) -> To {
    let mut at = target.index();
    let mut gone = BTreeSet::new();
    while let Some(Instruction::Jump { target }) = plan.code.get(at) {
        if !gone.insert(at) {
            break;
        }
        at = target.index();
    }
    match plan.code.get(at) {
        None | Some(Instruction::Return) => To::Back,
        Some(Instruction::ResumeWait) => To::Waits,
        Some(Instruction::AwaitMessage) if of_visit(plan, at) => To::Opening,
        Some(Instruction::AwaitMessage) => To::Message,
        Some(Instruction::End { .. }) if is_head(plan, at) => To::End,
        Some(Instruction::End { because: None }) if !begins(plan, at) => To::End,
        Some(_) => To::Step(plan.steps[plan.code_steps[at].index()].id.clone()),
    }
}

/// Whether an instruction stands where a visit starts something.
fn of_visit(plan: &Plan, at: usize) -> bool {
    let mut visits = plan.visits.iter().map(|visit| &plan.workflows[visit.workflow.index()]);
    visits.any(|its| (its.entry.index()..its.end.index()).contains(&at))
}

fn is_head(plan: &Plan, at: usize) -> bool {
    let id = &plan.steps[plan.code_steps[at].index()].id;
    plan.workflows.iter().any(|workflow| workflow.name == *id)
}

/// Whether the step of an instruction begins with it: else it is what its arm ends with.
fn begins(plan: &Plan, at: usize) -> bool {
    let step = plan.code_steps[at];
    plan.code_steps.iter().position(|its| *its == step) == Some(at)
}

fn handlers(plan: &Plan, handlers: &Handlers, leads: &mut BTreeMap<String, To>) {
    if let Some(target) = handlers.human {
        leads.insert("a person is wanted".to_owned(), to(plan, target));
    }
    for idle in &handlers.idle {
        leads.insert(format!("silence of {}", time(idle.after_ms)), to(plan, idle.target));
    }
    for other in &handlers.others {
        leads.insert(other.outcome.name().to_owned(), to(plan, other.target));
    }
}

fn time(ms: u64) -> String {
    duration_text(i64::try_from(ms).unwrap_or(i64::MAX))
}

/// Notes what one instruction adds to its step.
struct Noting<'s, 'p> {
    side: &'s Side<'p>,
    at: usize,
    step: &'s mut ChartStep,
}

impl Noting<'_, '_> {
    fn fact(&mut self, area: Area, name: impl Into<String>, say: impl Fn(&Plan) -> String) {
        let said = Said::of(self.side, say);
        self.step.facts.insert(name.into(), Fact { area, said });
    }

    fn lead(&mut self, name: impl Into<String>, target: Target) {
        let to = to(self.side.plan, target);
        // What goes on within the step is no outcome of it.
        if to != To::Step(self.step.id.clone()) {
            self.step.leads.insert(name.into(), to);
        }
    }

    fn next(&mut self, name: &str) {
        self.lead(name, Target(u32::try_from(self.at + 1).unwrap_or(u32::MAX)));
    }

    fn own(&mut self, own: &Handlers) {
        let (plan, leads): (&Plan, _) = (self.side.plan, &mut self.step.leads);
        handlers(plan, own, leads);
    }

    fn word(&mut self, word: &'static str) {
        if self.step.word.is_empty() {
            self.step.word = word;
        }
    }

    fn note(mut self) {
        let plan = self.side.plan;
        match &plan.code[self.at] {
            Instruction::Say { .. }
            | Instruction::Note { .. }
            | Instruction::Wait { .. }
            | Instruction::Set { .. }
            | Instruction::Clear { .. } => self.plain(),
            Instruction::Ask { own } => {
                self.word("ask");
                self.own(own);
                self.next("next");
            }
            Instruction::Collect { form, own } => {
                self.word("collect");
                self.form(&plan.forms[form.index()]);
                self.own(own);
                self.next("next");
            }
            Instruction::Detect { .. } => self.detection(),
            Instruction::Verify { own } => {
                self.word("verify");
                self.own(own);
                self.next("next");
            }
            Instruction::Answer { .. } => self.answer(),
            Instruction::HandOff { push, up_to_ms, own } => {
                self.word("hand off");
                let push = &plan.channels[push.index()];
                self.fact(Area::Led, "push", |_| push.name.clone());
                let up_to = i64::try_from(*up_to_ms).unwrap_or(i64::MAX);
                self.fact(Area::Led, "waits up to", |_| crate::value::duration_text(up_to));
                self.own(own);
            }
            Instruction::Choose { .. } => self.choose(),
            Instruction::Branch { .. } | Instruction::Match { .. } => self.decision(),
            Instruction::Run { workflow } => {
                self.word("run");
                let name = &plan.workflows[workflow.index()].name;
                self.fact(Area::Led, "workflow", |_| name.clone());
                self.next("next");
            }
            Instruction::Repeat => {
                self.word("repeat");
                self.next("each time");
            }
            Instruction::Again { up_to, .. } => {
                self.fact(Area::Led, "times", |_| up_to.to_string());
                self.next("no time left");
            }
            Instruction::CreateCase { .. } | Instruction::RecordCase { .. } => self.case(),
            Instruction::End { because } => self.end(*because),
            // Where these lead is where those lead that lead to them.
            Instruction::Jump { .. }
            | Instruction::Return
            | Instruction::ResumeWait
            | Instruction::AwaitMessage => {}
        }
    }

    fn detection(mut self) {
        let Instruction::Detect { attr, again, own, among } = &self.side.plan.code[self.at] else {
            return;
        };
        self.word("detect");
        self.fact(Area::Data, "data", |plan| plan.attributes[attr.index()].path());
        let what = if *again { "anew" } else { "unless it was given" };
        self.fact(Area::Data, "decides", |_| what.to_owned());
        if let Some(values) = among {
            self.fact(Area::Data, "chooses from", |_| values.join(", "));
        }
        self.own(own);
        self.next("next");
    }

    /// What is said, noted or set, and time that passes: all of it goes on behind itself.
    fn plain(mut self) {
        let plan = self.side.plan;
        match &plan.code[self.at] {
            Instruction::Say { text } => {
                self.word("say");
                self.fact(Area::Said, "text", |plan| expression(plan, *text));
            }
            Instruction::Note { text } => {
                self.word("note");
                self.fact(Area::Said, "note", |plan| expression(plan, *text));
            }
            Instruction::Wait { ms } => {
                self.word("wait");
                self.fact(Area::Led, "time", |_| time(*ms));
            }
            Instruction::Set { attr, value } => {
                let is_let = plan.attributes[attr.index()].space == Space::Let;
                self.word(if is_let { "let" } else { "set" });
                self.fact(Area::Data, "data", |plan| plan.attributes[attr.index()].path());
                self.fact(Area::Data, "value", |plan| expression(plan, *value));
            }
            Instruction::Clear { attr } => {
                self.word("clear");
                self.fact(Area::Data, "data", |plan| plan.attributes[attr.index()].path());
            }
            _ => {}
        }
        self.next("next");
    }

    fn end(mut self, because: Option<crate::model::ExprId>) {
        if is_head(self.side.plan, self.at) || !begins(self.side.plan, self.at) {
            return;
        }
        self.word("end");
        if let Some(because) = because {
            self.fact(Area::Led, "reason", |plan| expression(plan, because));
        }
    }

    fn case(mut self) {
        let plan = self.side.plan;
        match &plan.code[self.at] {
            Instruction::CreateCase { push, created, delayed, rejected } => {
                self.word("create case");
                let name = &plan.pushes[push.index()].name;
                self.fact(Area::Cases, "push", |_| name.clone());
                let arms = [("created", created), ("delayed", delayed), ("rejected", rejected)];
                for (name, target) in arms {
                    target.iter().for_each(|target| self.lead(name, *target));
                }
            }
            Instruction::RecordCase { push } => {
                self.word("record case");
                let name = &plan.pushes[push.index()].name;
                self.fact(Area::Cases, "push", |_| name.clone());
                self.next("next");
            }
            _ => {}
        }
    }

    fn answer(mut self) {
        let plan = self.side.plan;
        let Instruction::Answer { turns, knowing, check_in, assume_ms, own } = &plan.code[self.at]
        else {
            return;
        };
        self.word("answer");
        self.fact(Area::Led, "turns", |_| turns.to_string());
        for attr in knowing {
            let same = self.side.same.attributes[attr.index()].path();
            self.fact(Area::Data, format!("the AI is told {same}"), |plan| {
                plan.attributes[attr.index()].path()
            });
        }
        if let Some(check_in) = check_in {
            self.fact(Area::Led, "checks in after", |_| time(check_in.after_ms));
            self.fact(Area::Said, "check-in", |plan| expression(plan, check_in.text));
        }
        self.fact(Area::Led, "assumes after", |_| time(*assume_ms));
        self.own(own);
    }

    fn choose(mut self) {
        let plan = self.side.plan;
        let Instruction::Choose { prompt, options, other, own } = &plan.code[self.at] else {
            return;
        };
        self.word("choose");
        self.fact(Area::Asked, "question", |plan| expression(plan, *prompt));
        self.fact(Area::Asked, "buttons", |plan| {
            let labels: Vec<String> =
                options.iter().map(|option| expression(plan, option.label)).collect();
            labels.join(", ")
        });
        for option in options {
            let name = format!("button {}", expression(plan, option.label));
            self.lead(name, option.target);
        }
        other.iter().for_each(|target| self.lead("other words", *target));
        self.own(own);
    }

    /// The conditions of a step in their order, and the values of a `match`.
    fn decision(mut self) {
        let plan = self.side.plan;
        match &plan.code[self.at] {
            Instruction::Branch { condition, otherwise } => {
                self.word("if");
                let number = self.step.facts.len() + 1;
                self.fact(Area::Led, format!("condition {number}"), |plan| {
                    expression(plan, *condition)
                });
                self.next(&format!("condition {number} holds"));
                self.lead("otherwise", *otherwise);
            }
            Instruction::Match { subject, arms, blank, otherwise } => {
                self.word("match");
                self.fact(Area::Led, "value", |plan| expression(plan, *subject));
                for (value, target) in arms {
                    self.lead(constant(&plan.constants[value.index()]), *target);
                }
                self.lead("blank", *blank);
                self.lead("anything else", *otherwise);
            }
            _ => {}
        }
    }

    fn form(&mut self, form: &Form) {
        if let Some(title) = form.title {
            self.fact(Area::Asked, "title", |plan| expression(plan, title));
        }
        let order = |plan: &Plan| {
            let paths = form.fields.iter().map(|line| plan.attributes[line.attr.index()].path());
            let files = form.files.iter().map(|file| format!("file {}", file.name));
            paths.chain(files).collect::<Vec<_>>().join(", ")
        };
        self.fact(Area::Asked, "lines", order);
        for line in &form.fields {
            let same = self.side.same.attributes[line.attr.index()].path();
            let name = |what: &str| format!("line {same}: {what}");
            self.fact(Area::Asked, name("label"), |_| line.label.clone());
            let required = if line.required { "required" } else { "may be left empty" };
            self.fact(Area::Asked, name("needed"), |_| required.to_owned());
            self.fact(Area::Asked, name("widget"), |_| widget(line.input).to_owned());
            if let Some(help) = &line.help {
                self.fact(Area::Asked, name("hint"), |_| help.clone());
            }
            if let Some((pattern, message)) = &line.matches {
                self.fact(Area::Asked, name("pattern"), |_| format!("'{pattern}'"));
                self.fact(Area::Asked, name("refusal"), |_| message.clone());
            }
            self.line_words(&same, &line.words);
            for (limit, what) in [(line.min, "least"), (line.max, "most")] {
                if let Some(limit) = limit {
                    self.fact(Area::Asked, name(what), |plan| {
                        constant(&plan.constants[limit.index()])
                    });
                }
            }
            if let Some(list) = self.side.plan.attributes[line.attr.index()].list {
                self.fact(Area::Asked, name("values"), |plan| offered(plan, list));
            }
        }
        form.files.iter().for_each(|file| self.file(file));
    }

    fn file(&mut self, file: &FormFile) {
        let same = format!("file {}", file.name);
        let name = |what: &str| format!("line {same}: {what}");
        self.fact(Area::Asked, name("label"), |_| file.label.clone());
        let required = if file.required { "required" } else { "may be left empty" };
        self.fact(Area::Asked, name("needed"), |_| required.to_owned());
        if let Some(help) = &file.help {
            self.fact(Area::Asked, name("hint"), |_| help.clone());
        }
        self.line_words(&same, &file.words);
    }

    /// What a line says in other languages.
    fn line_words(&mut self, line: &str, words: &[FieldWords]) {
        for words in words {
            let parts =
                [("label", &words.label), ("hint", &words.help), ("refusal", &words.message)];
            for (what, said) in parts {
                if let Some(said) = said {
                    let what = format!("line {line}: {what} in {}", words.language);
                    self.fact(Area::Asked, what, |_| said.clone());
                }
            }
        }
    }
}

fn widget(input: Input) -> &'static str {
    crate::listing::input_name(input)
}

/// What a form offers for a list, as customers read it.
fn offered(plan: &Plan, list: ListId) -> String {
    let Some(list) = plan.lists.get(list.index()) else { return String::new() };
    let values = list.values.iter().map(|value| match &value.valid_for {
        None => value.label.clone(),
        Some(fits) => format!("{} (with {})", value.label, fits.join(", ")),
    });
    values.collect::<Vec<_>>().join("; ")
}

//! What a test has to expect: everything that the customer or the org would notice.

use tidegate_plan::model::{AttrId, PushId, StepId};
use tidegate_plan::rehearsal::{Expectation, LineName};
use tidegate_plan::verify::VerifiedPlan;

use crate::effect::{Action, CaseRequest, TraceEntry};
use crate::message::{Message, Speaker};
use crate::step::control::{ANSWERED, ASKED_BACK, NOTED, SAID};
use crate::transition::Transition;

/// One thing that happened, and that a line of the test must expect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Output {
    pub(super) kind: OutputKind,
    /// The step that did it, where one did.
    pub(super) step: Option<StepId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum OutputKind {
    Said(String),
    /// By the AI.
    Answered(String),
    Noted(String),
    Choices {
        prompt: String,
        labels: Vec<String>,
    },
    Form {
        title: Option<String>,
        lines: Vec<String>,
    },
    Case(Box<CaseRequest>),
    HandOff {
        channel: String,
        routing: Vec<(String, String)>,
    },
    Ended {
        because: Option<String>,
    },
}

/// What is told before the reason of an end, in the trace.
const ENDED_BECAUSE: &str = "ended because ";

/// What one transition gives to expect, in the order in which it came: a Case before what is said
/// once it is asked for, and nothing is said between.
pub(super) fn outputs(transition: &Transition, waits_at: Option<StepId>) -> Vec<Output> {
    let told = |what: &'static str| transition.trace.iter().filter(move |its| its.what == what);
    let (mut said, mut noted) = (told(SAID), told(NOTED));
    let mut found = Vec::new();
    for message in &transition.messages {
        let (kind, step) = match message {
            Message::Said { from: Speaker::Assistant, text, notice, .. } => {
                let own = notice.is_none().then(|| said.next()).flatten();
                (OutputKind::Said(text.clone()), own.and_then(|entry| entry.step))
            }
            Message::Said { from: Speaker::Ai, text, .. } => {
                let spoke = |entry: &&TraceEntry| matches!(&*entry.what, ANSWERED | ASKED_BACK);
                let step = transition.trace.iter().find(spoke).and_then(|entry| entry.step);
                (OutputKind::Answered(text.clone()), step)
            }
            Message::Noted { text } => {
                (OutputKind::Noted(text.clone()), noted.next().and_then(|entry| entry.step))
            }
            Message::Choices { prompt, choices, .. } => {
                let kind = OutputKind::Choices { prompt: prompt.clone(), labels: choices.clone() };
                (kind, waits_at)
            }
            Message::Form { title, fields, .. } => {
                let lines = fields.iter().map(|line| line.name.clone()).collect();
                (OutputKind::Form { title: title.clone(), lines }, waits_at)
            }
            Message::Ended => ended(transition),
            Message::Said {
                from: Speaker::Customer | Speaker::Agent | Speaker::Bot | Speaker::System,
                ..
            }
            | Message::File { .. }
            | Message::Agents { .. }
            | Message::Speaks { .. }
            | Message::Asked { .. }
            | Message::Verify { .. }
            | Message::Closed { .. }
            | Message::CaseCreated { .. } => continue,
        };
        found.push(Output { kind, step });
    }
    let mut asked = said_before_cases(transition);
    for effect in &transition.effects {
        if let Action::CreateCase(request) = &effect.action {
            let kind = OutputKind::Case(Box::new(request.clone()));
            let at = asked.next().map_or(found.len(), |said| behind(said, &found));
            found.insert(at, Output { kind, step: effect.step });
        }
    }
    for effect in &transition.effects {
        if let Action::OpenChat { channel, routing, .. } = &effect.action {
            let (channel, routing) = (channel.clone(), routing.clone());
            found
                .push(Output { kind: OutputKind::HandOff { channel, routing }, step: effect.step });
        }
    }
    found
}

fn ended(transition: &Transition) -> (OutputKind, Option<StepId>) {
    let last = transition.trace.last();
    let because = last.and_then(|entry| entry.what.strip_prefix(ENDED_BECAUSE));
    let because = because.map(str::to_owned);
    (OutputKind::Ended { because }, last.and_then(|entry| entry.step))
}

/// For each Case how many texts were said and noted before it was asked for: the trace has both in order.
fn said_before_cases(transition: &Transition) -> impl Iterator<Item = usize> {
    let mut said = 0;
    transition.trace.iter().filter_map(move |entry| {
        said += usize::from(entry.what == SAID || entry.what == NOTED);
        let asks = entry.what.starts_with("asks for a ") && entry.what.contains(" by ");
        asks.then_some(said)
    })
}

/// Where a Case belongs: behind so many texts and the Cases behind them, before all else.
fn behind(said: usize, found: &[Output]) -> usize {
    let mut passed = 0;
    let later = |output: &Output| match output.kind {
        OutputKind::Said(_) | OutputKind::Noted(_) if output.step.is_some() => {
            passed += 1;
            passed > said
        }
        OutputKind::Case(_) => false,
        _ => true,
    };
    found.iter().position(later).unwrap_or(found.len())
}

impl OutputKind {
    /// The line that expects it.
    pub(super) fn expectation(&self, plan: &VerifiedPlan) -> Expectation {
        match self {
            Self::Said(text) => Expectation::Say { text: text.clone(), part: false },
            Self::Answered(text) => Expectation::Answer { text: text.clone(), part: false },
            Self::Noted(text) => Expectation::Note { text: text.clone(), part: false },
            Self::Choices { prompt, labels } => {
                Expectation::Choices { prompt: Some(prompt.clone()), labels: Some(labels.clone()) }
            }
            Self::Form { title, lines } => {
                let name = |line: &String| {
                    let at = plan.attributes.iter().position(|its| its.path() == *line);
                    match at.and_then(|at| u32::try_from(at).ok()) {
                        Some(at) => LineName::Attribute(AttrId(at)),
                        None => LineName::File(line.clone()),
                    }
                };
                let lines = Some(lines.iter().map(name).collect());
                Expectation::Form { title: title.clone(), lines }
            }
            Self::Case(request) => {
                let push = Some(PushId(request.push));
                Expectation::Case { push, owner: None, fields: Vec::new() }
            }
            Self::HandOff { channel, .. } => {
                Expectation::HandOff { channel: Some(channel.clone()), routing: None }
            }
            Self::Ended { because } => Expectation::Ended { because: because.clone() },
        }
    }

    /// What happens, for a message about a test that expected otherwise.
    pub(super) fn words(&self, plan: &VerifiedPlan) -> String {
        match self {
            Self::Said(text) => format!("the customer reads `{}`", shown(text)),
            Self::Answered(text) => format!("the AI says `{}`", shown(text)),
            Self::Noted(text) => format!("`{}` is noted for agents", shown(text)),
            Self::Choices { prompt, labels } => {
                format!("the buttons {} are shown below `{}`", quoted(labels), shown(prompt))
            }
            Self::Form { title: Some(title), lines } => {
                format!("the form `{}` asks for {}", shown(title), quoted(lines))
            }
            Self::Form { title: None, lines } => format!("a form asks for {}", quoted(lines)),
            Self::Case(request) => {
                let push = plan.pushes.get(request.push as usize);
                let name = push.map_or("a push", |push| push.name.as_str());
                format!("a Case is asked for by `{name}`")
            }
            Self::HandOff { channel, .. } => {
                format!("the conversation is handed off to `{channel}`")
            }
            Self::Ended { because: Some(because) } => {
                format!("the conversation ends because `{}`", shown(because))
            }
            Self::Ended { because: None } => "the conversation ends".to_owned(),
        }
    }
}

/// A text on one line.
pub(super) fn shown(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn quoted(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| format!("`{}`", shown(text))).collect();
    match texts.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => texts.concat(),
    }
}

//! Plays a conversation with no network: feeds events, keeps time, answers effects, and writes down
//! what happens so that people can read it.

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::{SignedDuration, Timestamp};
use tidegate_plan::model::Owner;
use tidegate_plan::value::duration_text;
use tidegate_plan::verify::VerifiedPlan;
use uuid::Uuid;

use crate::effect::{Action, CaseRequest, Effect, Timer, TraceEntry};
use crate::event::{Event, Opened, PersonFound};
use crate::form;
use crate::message::{FormLine, Message, Speaker};
use crate::state::{Conversation, Position};
use crate::step;
use crate::transition::{Reception, Transition};

/// One rehearsed conversation.
#[derive(Debug)]
pub struct Player<'p> {
    plan: &'p VerifiedPlan,
    /// The conversation as it is now.
    pub conversation: Conversation,
    /// The time in the rehearsal.
    pub now: Timestamp,
    /// All effects asked for so far.
    pub effects: Vec<Effect>,
    timers: Vec<Timer>,
    log: String,
}

impl<'p> Player<'p> {
    /// A conversation before its first event.
    pub fn new(plan: &'p VerifiedPlan, id: Uuid, now: Timestamp) -> Self {
        let conversation = Conversation::new(id, plan.hash());
        let (effects, timers) = (Vec::new(), Vec::new());
        Self { plan, conversation, now, effects, timers, log: String::new() }
    }

    /// What has happened, to be read.
    pub fn log(&self) -> &str {
        &self.log
    }

    /// Feeds one event.
    pub fn play(&mut self, event: &Event) -> Transition {
        self.note(&format!("> {}", event_words(event)));
        let transition = step(self.plan, &self.conversation, event, self.now);
        self.conversation = transition.next.clone();
        self.effects.extend(transition.effects.iter().cloned());
        self.timers.retain(|old| transition.timers.iter().all(|new| new.key != old.key));
        self.timers.extend(transition.timers.iter().cloned());
        self.record(&transition);
        transition
    }

    /// The customer opens the Messenger.
    pub fn opens(&mut self, opened: Opened) -> Transition {
        self.play(&Event::Opened(opened))
    }

    /// The customer writes.
    pub fn writes(&mut self, text: &str) -> Transition {
        self.play(&Event::Message { text: text.to_owned() })
    }

    /// The customer presses a button of the wait that is open.
    pub fn presses(&mut self, choice: u32) -> Transition {
        self.play(&Event::ChoiceMade { wait: self.conversation.waits, choice })
    }

    /// The customer fills in the form that is open.
    ///
    /// # Errors
    ///
    /// The mistakes in it, or that no form is open; the conversation stays as it is.
    pub fn submits(&mut self, texts: &[(&str, &str)]) -> Result<Transition, Reception> {
        let texts: BTreeMap<String, String> =
            texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        match form::submitted(self.plan, &self.conversation, self.conversation.waits, &texts) {
            Ok(event) => Ok(self.play(&event)),
            Err(refused) => {
                self.note(&format!("> form refused: {}", reception_words(&refused)));
                Err(refused)
            }
        }
    }

    /// Salesforce answers the look-up of the person.
    pub fn finds(&mut self, found: PersonFound) -> Transition {
        let key = self.latest(|action| matches!(action, Action::SyncPerson { .. }));
        self.play(&Event::PersonSynced { key, found })
    }

    /// The summary comes.
    pub fn summarises(&mut self, summary: Option<&str>) -> Transition {
        let key = self.latest(|action| matches!(action, Action::Summarise { .. }));
        self.play(&Event::Summarised { key, summary: summary.map(str::to_owned) })
    }

    /// The org creates the Case that was asked for last.
    pub fn creates_case(&mut self, id: &str, number: Option<&str>) -> Transition {
        let key = self.latest(|action| matches!(action, Action::CreateCase(_)));
        let (id, number) = (id.to_owned(), number.map(str::to_owned));
        self.play(&Event::CaseCreated { key, id, number, differs: Vec::new() })
    }

    /// The org refuses the Case that was asked for last.
    pub fn refuses_case(&mut self, code: &str) -> Transition {
        let key = self.latest(|action| matches!(action, Action::CreateCase(_)));
        self.play(&Event::CaseRefused { key, code: code.to_owned() })
    }

    /// Time passes; what falls due comes in its order.
    pub fn passes(&mut self, time: SignedDuration) {
        let until = self.now.checked_add(time).unwrap_or(Timestamp::MAX);
        self.note(&format!("> {} pass", duration_text(millis(time))));
        loop {
            let next = self.timers.iter().enumerate().min_by_key(|(_, timer)| timer.due);
            let Some((at, due)) = next.map(|(at, timer)| (at, timer.due)) else { break };
            if due > until {
                break;
            }
            let timer = self.timers.remove(at);
            self.now = self.now.max(due);
            self.play(&timer.event);
        }
        self.now = until;
    }

    /// The key of the latest effect of a kind; of none, a key that nobody awaits.
    fn latest(&self, kind: impl Fn(&Action) -> bool) -> Uuid {
        let found = self.effects.iter().rev().find(|effect| kind(&effect.action));
        found.map_or_else(Uuid::nil, |effect| effect.key)
    }

    fn note(&mut self, line: &str) {
        self.log.push_str(line);
        self.log.push('\n');
    }

    fn record(&mut self, transition: &Transition) {
        for TraceEntry { step, what } in &transition.trace {
            let id = step.and_then(|step| self.plan.steps.get(step.index()));
            match id {
                Some(step) => self.note(&format!("    {}: {what}", step.id)),
                None => self.note(&format!("    {what}")),
            }
        }
        for message in &transition.messages {
            self.note(&message_words(message));
        }
        for effect in &transition.effects {
            self.note(&effect_words(&effect.action));
        }
        for timer in &transition.timers {
            let after = millis(timer.due.duration_since(self.now));
            self.note(&format!("  @ in {}: {}", duration_text(after), event_words(&timer.event)));
        }
        if transition.reception != Reception::Taken {
            self.note(&format!("  = {}", reception_words(&transition.reception)));
        }
    }
}

fn millis(time: SignedDuration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

fn event_words(event: &Event) -> String {
    match event {
        Event::Opened(opened) => match &opened.verified_claim {
            Some(claim) => format!("opened by {claim}, verified"),
            None => "opened".to_owned(),
        },
        Event::PersonSynced { found, .. } => match found {
            PersonFound::One { id, .. } => format!("person found: {id}"),
            PersonFound::Nobody => "person not found".to_owned(),
            PersonFound::Several => "several persons found".to_owned(),
            PersonFound::Unavailable => "person could not be looked for".to_owned(),
        },
        Event::Message { text } => format!("customer writes: {}", indented(text)),
        Event::FormSubmitted { wait, values } => {
            format!("customer submits {} values to wait {wait}", values.len())
        }
        Event::ChoiceMade { wait, choice } => format!("customer presses {choice} at wait {wait}"),
        Event::AnsweredLate { .. } => "customer answers what is not asked any more".to_owned(),
        Event::HumanRequested => "customer asks for a person".to_owned(),
        Event::Summarised { summary, .. } => match summary {
            Some(summary) => format!("summary: {summary}"),
            None => "no summary".to_owned(),
        },
        Event::CaseCreated { id, number, .. } => {
            format!("case {} created: {id}", number.as_deref().unwrap_or("without number"))
        }
        Event::CaseRefused { code, .. } => format!("case refused: {code}"),
        Event::IdleFired { wait, ordinal } => {
            format!("silence {} at wait {wait}", u64::from(*ordinal) + 1)
        }
        Event::DeadlinePassed { .. } => "deadline".to_owned(),
    }
}

fn message_words(message: &Message) -> String {
    match message {
        Message::Said { from: Speaker::Customer, text, .. } => {
            format!("  customer: {}", indented(text))
        }
        Message::Said { from: Speaker::Assistant, text, .. } => {
            format!("  assistant: {}", indented(text))
        }
        Message::Noted { text } => format!("  note: {}", indented(text)),
        Message::Asked { wait, human } => format!("  [{wait}: words{}]", human_words(*human)),
        Message::Choices { wait, prompt, choices, other, human } => {
            let other = if *other { " | other words" } else { "" };
            let choices = choices.join(" | ");
            format!("  [{wait}: {prompt} {choices}{other}{}]", human_words(*human))
        }
        Message::Form { wait, title, fields, human } => {
            let title = title.as_deref().unwrap_or("form");
            let mut text = format!("  [{wait}: {title}{}]", human_words(*human));
            for line in fields {
                let _ = write!(text, "\n      {}", line_words(line));
            }
            text
        }
        Message::Closed { wait, answers } => {
            let answers: Vec<String> =
                answers.iter().map(|(label, text)| format!("{label}: {text}")).collect();
            format!("  [{wait} closed] {}", answers.join(", ")).trim_end().to_owned()
        }
        Message::CaseCreated { number } => {
            format!("  [case {}]", number.as_deref().unwrap_or("without number"))
        }
        Message::Ended => "  [ended]".to_owned(),
    }
}

/// A text of several lines, so that each stands under its first.
fn indented(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join("\n      ")
}

fn human_words(human: bool) -> &'static str {
    if human { ", or a person" } else { "" }
}

fn line_words(line: &FormLine) -> String {
    let mut text = format!("{} `{}` {}", line.label, line.name, line.input);
    if line.required {
        text.push_str(" required");
    }
    if let Some(value) = &line.value {
        let _ = write!(text, " = {value}");
    }
    if !line.options.is_empty() {
        let options: Vec<&str> = line.options.iter().map(|one| one.label.as_str()).collect();
        let _ = write!(text, " ({})", options.join(" | "));
    }
    text
}

fn effect_words(action: &Action) -> String {
    match action {
        Action::SyncPerson { claim } => format!("  ! look for person {claim}"),
        Action::Summarise { through } => format!("  ! summarise up to message {through}"),
        Action::CreateCase(request) => case_words(request),
        Action::AttachTranscript { case_id, through, as_file } => {
            let how = if *as_file { "file" } else { "comments" };
            format!("  ! attach transcript up to message {through} to {case_id} as {how}")
        }
        Action::Unreadable { .. } => "  ! something unreadable".to_owned(),
    }
}

fn case_words(request: &CaseRequest) -> String {
    let mut text = format!("  ! create {}", request.object);
    if let Some(record_type) = &request.record_type {
        let _ = write!(text, ", type {record_type}");
    }
    if let Some(owner) = &request.owner {
        let owner = match owner {
            Owner::Queue(name) => format!("queue {name}"),
            Owner::User(name) => format!("user {name}"),
            Owner::AssignmentRules => "by assignment rules".to_owned(),
        };
        let _ = write!(text, ", owner {owner}");
    }
    for (field, value) in &request.fields {
        let _ = write!(text, "\n      {field} = {:?}", value.to_text());
    }
    if let Some(transcript) = &request.transcript {
        let _ = write!(text, "\n      {} = transcript", transcript.field);
    }
    text
}

fn reception_words(reception: &Reception) -> String {
    match reception {
        Reception::Taken => "taken".to_owned(),
        Reception::Stale => "stale".to_owned(),
        Reception::Over => "the conversation is over".to_owned(),
        Reception::Invalid { fields } => {
            let fields: Vec<String> =
                fields.iter().map(|(name, what)| format!("{name}: {what}")).collect();
            fields.join("; ")
        }
    }
}

impl Player<'_> {
    /// Whether the conversation is over.
    pub fn ended(&self) -> bool {
        self.conversation.position == Position::Ended
    }
}

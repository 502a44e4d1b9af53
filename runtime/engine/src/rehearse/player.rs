//! Plays a conversation event by event, and writes down what happens so that people can read it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use tidegate_plan::model::Target;
use tidegate_plan::value::duration_text;
use tidegate_plan::verify::VerifiedPlan;
use uuid::Uuid;

use super::words::{effect_words, event_words, message_words, millis, reception_words};
use crate::effect::{Action, Effect, Timer, TraceEntry};
use crate::event::{Event, Opened, PersonFound};
use crate::form;
use crate::state::{Conversation, Position};
use crate::step::watched;
use crate::transition::{Reception, Transition};

/// One rehearsed conversation.
#[derive(Debug, Clone)]
pub struct Player<'p> {
    plan: &'p VerifiedPlan,
    /// The conversation as it is now.
    pub conversation: Conversation,
    /// The time in the rehearsal.
    pub now: Timestamp,
    /// All effects asked for so far.
    pub effects: Vec<Effect>,
    /// The instructions done so far, in order.
    pub(super) seen: Vec<Target>,
    pub(super) timers: Vec<Timer>,
    log: String,
}

impl<'p> Player<'p> {
    /// A conversation before its first event.
    pub fn new(plan: &'p VerifiedPlan, id: Uuid, now: Timestamp) -> Self {
        let conversation = Conversation::new(id, plan.hash());
        let (effects, seen, timers) = (Vec::new(), Vec::new(), Vec::new());
        Self { plan, conversation, now, effects, seen, timers, log: String::new() }
    }

    /// What has happened, to be read.
    pub fn log(&self) -> &str {
        &self.log
    }

    /// Feeds one event.
    pub fn play(&mut self, event: &Event) -> Transition {
        self.note(&format!("> {}", event_words(event)));
        let transition = self.feed(event);
        self.effects.extend(transition.effects.iter().cloned());
        self.record(&transition);
        transition
    }

    /// Feeds one event, and writes nothing down.
    pub(super) fn feed(&mut self, event: &Event) -> Transition {
        let transition = watched(self.plan, &self.conversation, event, self.now, &mut self.seen);
        self.conversation = transition.next.clone();
        self.timers.retain(|old| transition.timers.iter().all(|new| new.key != old.key));
        self.timers.extend(transition.timers.iter().cloned());
        transition
    }

    /// The event that falls due next, up to a time; the clock is set to it.
    pub(super) fn next_due(&mut self, until: Timestamp) -> Option<Event> {
        let next = self.timers.iter().enumerate().min_by_key(|(_, timer)| timer.due);
        let at = next.filter(|(_, timer)| timer.due <= until).map(|(at, _)| at)?;
        let timer = self.timers.remove(at);
        self.now = self.now.max(timer.due);
        Some(timer.event)
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
        match form::submitted(self.plan, &self.conversation, self.conversation.waits, &texts, &[]) {
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
        while let Some(event) = self.next_due(until) {
            self.play(&event);
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

impl Player<'_> {
    /// Whether the conversation is over.
    pub fn ended(&self) -> bool {
        self.conversation.position == Position::Ended
    }
}

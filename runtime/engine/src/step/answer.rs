//! `answer`: the AI answers, the customer says something to that, and so on, a number of times.
//!
//! Each turn is one effect. The AI answers, or asks back what it needs to know; words of the customer
//! begin the next turn. Silence behind an answer first brings the check-in, if the step has one, and then
//! counts as resolved; silence anywhere else leaves the step unresolved. Every way out is an outcome.
//! What the AI says of the customer is not trusted: nothing is confirmed that was not answered.

use tidegate_plan::model::{AttrId, CheckIn, Handlers, Instruction, Outcome, Target};
use tidegate_plan::value;
use uuid::Uuid;

use super::control::{ANSWERED, ASKED_BACK, SAID};
use super::{Flow, Machine};
use crate::effect::Action;
use crate::event::{LONGEST_ANSWER, Reply};
use crate::message::{Message, Notice, Speaker};
use crate::state::{Position, Resolved, Said, Turns};
use crate::transition::{Fault, Reception};

/// How long the customer waits for an answer, in milliseconds.
const ANSWER_DEADLINE_MS: i64 = 60_000;

/// What an `answer` says of itself.
struct Answering<'p> {
    turns: u32,
    knowing: &'p [AttrId],
    check_in: Option<&'p CheckIn>,
    assume_ms: u64,
    own: &'p Handlers,
}

impl<'p> Machine<'p> {
    fn answering(&self, at: Target) -> Option<Answering<'p>> {
        match self.plan.code.get(at.index())? {
            Instruction::Answer { turns, knowing, check_in, assume_ms, own } => Some(Answering {
                turns: *turns,
                knowing,
                check_in: check_in.as_ref(),
                assume_ms: *assume_ms,
                own,
            }),
            _ => None,
        }
    }

    fn turns(&self) -> Turns {
        self.out.next.turns.unwrap_or_default()
    }

    pub(super) fn answer(&mut self, at: Target) -> Flow {
        self.out.next.turns = Some(Turns::default());
        // What came meanwhile is in the transcript, which the AI reads.
        self.out.next.inbox.clear();
        if self.out.next.said.iter().any(|said| matches!(said, Said::Words(_))) {
            self.take_turn(at);
        } else {
            self.await_customer(at);
        }
        Flow::Stop
    }

    /// Asks the AI; once it has had its turns, only whether the customer was helped.
    pub(super) fn take_turn(&mut self, at: Target) {
        let (Some(its), Some(step)) = (self.answering(at), self.step_of(at)) else {
            return self.fail(Some(at), Fault::ImpossibleState);
        };
        let closing = self.turns().taken >= its.turns;
        let knowing = its.knowing.iter().filter_map(|attr| self.known(*attr)).collect();
        let occurrence = self.count(step);
        let key = self.key_of_step(step, occurrence, "answer");
        self.trace(Some(at), if closing { "asks whether it helped" } else { "asks for an answer" });
        let through = self.out.next.messages;
        self.effect(key, Some(step), Action::Answer { knowing, closing, through });
        self.deadline(key, ANSWER_DEADLINE_MS);
        self.out.next.position = Position::Answering { at, key };
    }

    fn known(&self, attr: AttrId) -> Option<(String, String)> {
        let slot = self.out.next.slots.get(attr.index())?.as_ref()?;
        let attribute = &self.plan.attributes[attr.index()];
        Some((attribute.label.clone(), slot.value.to_text().into_owned()))
    }

    fn await_customer(&mut self, at: Target) {
        let Some(its) = self.answering(at) else {
            return self.fail(Some(at), Fault::ImpossibleState);
        };
        let wait = self.begin_wait(at, its.own);
        self.trace(Some(at), format!("wait {wait}: for words"));
        let (human, helped) = (self.has_human(its.own), self.turns().offered);
        self.emit(Message::Asked { wait, human, helped });
    }

    pub(super) fn answered(&mut self, key: Uuid, reply: &Reply) {
        let at = match self.out.next.position {
            Position::Answering { at, key: awaited } if awaited == key => at,
            _ => return self.trace(None, "ignored a late answer of the AI"),
        };
        let turns = self.turns();
        let left = self.answering(at).is_some_and(|its| turns.taken < its.turns);
        match reply {
            Reply::Answer { text, from } if left && !text.trim().is_empty() => {
                let its = from
                    .iter()
                    .find_map(|name| self.plan.articles.iter().find(|its| its.name == *name));
                if let Some(article) = its {
                    self.trace(Some(at), format!("quotes {}", article.name));
                }
                self.speak(at, text, Turns { answered: true, offered: true, ..turns });
            }
            Reply::Question { text } if left && !text.trim().is_empty() => {
                self.speak(at, text, Turns { offered: false, ..turns });
            }
            // Who has gone on writing may not have been helped after all.
            Reply::Confirmed if turns.answered && !self.out.next.inbox.is_empty() => {
                self.take_words(at);
            }
            Reply::Confirmed if turns.answered => self.resolve(at, Outcome::Confirmed),
            Reply::Human => self.wants_human(at),
            Reply::Unavailable => self.resolve(at, Outcome::Unavailable),
            Reply::Answer { .. }
            | Reply::Question { .. }
            | Reply::Confirmed
            | Reply::Unresolved => self.resolve(at, Outcome::Unresolved),
        }
    }

    /// The AI says something, and the customer is awaited.
    fn speak(&mut self, at: Target, text: &str, turns: Turns) {
        self.out.next.turns = Some(Turns { taken: turns.taken.saturating_add(1), ..turns });
        self.trace(Some(at), if turns.offered { ANSWERED } else { ASKED_BACK });
        let text = value::cut(text.trim(), LONGEST_ANSWER).into_owned();
        self.emit(Message::Said { from: Speaker::Ai, text, masked: None, notice: None });
        if self.out.next.inbox.is_empty() {
            return self.await_customer(at);
        }
        self.take_words(at);
    }

    /// The next turn, with what the customer wrote meanwhile.
    fn take_words(&mut self, at: Target) {
        self.out.next.inbox.clear();
        self.trace(Some(at), "took the words that had come");
        self.take_turn(at);
    }

    /// The customer's words want a person; where that leads nowhere, the AI can't help.
    fn wants_human(&mut self, at: Target) {
        let arm = self.own_handlers(at).and_then(|own| self.human_arm(own));
        let Some((depth, target)) = arm else { return self.resolve(at, Outcome::Unresolved) };
        self.trace(Some(at), "the customer asks for a person");
        self.out.next.turns = None;
        self.out.next.frames.truncate(depth);
        self.run(target);
    }

    /// The customer presses *That helped*.
    pub(super) fn helped(&mut self, wait: u64) {
        let Some(at) = self.answers(wait) else { return };
        if self.answering(at).is_none() || !self.turns().offered {
            self.out.reception = Reception::Stale;
            return self.trace(Some(at), "nothing was answered that could have helped");
        }
        let text = self.own_words(Notice::Helped, None);
        let (from, notice) = (Speaker::Customer, Some(Notice::Helped));
        self.emit(Message::Said { from, text, masked: None, notice });
        self.close(wait, Vec::new());
        self.resolve(at, Outcome::Confirmed);
    }

    /// Leaves the step in one of its outcomes.
    fn resolve(&mut self, at: Target, outcome: Outcome) {
        let Some(its) = self.answering(at) else {
            return self.fail(Some(at), Fault::ImpossibleState);
        };
        self.trace(Some(at), outcome.name());
        self.out.next.resolved = match outcome {
            Outcome::Confirmed => Some(Resolved::Confirmed),
            Outcome::Assumed => Some(Resolved::Assumed),
            Outcome::Unresolved => Some(Resolved::Unresolved),
            Outcome::Unavailable
            | Outcome::Refused
            | Outcome::Ended
            | Outcome::NoAgent
            | Outcome::Failed
            | Outcome::Lost => None,
        };
        self.out.next.turns = None;
        if !self.leave_step(its.own, outcome) {
            // Plans of the compiler handle each of them.
            let step = self.step_of(at);
            self.finish(step, &format!("ended: no arm for `{}`", outcome.name()));
        }
    }

    /// The silences of an `answer` that waits for the customer, by growing time.
    pub(super) fn silences_of_answer(&self, at: Target) -> Option<Vec<u64>> {
        let its = self.answering(at)?;
        let check_in = its.check_in.filter(|_| self.turns().offered);
        Some(check_in.iter().map(|check| check.after_ms).chain([its.assume_ms]).collect())
    }

    /// Silence at an `answer`: asks whether it helped, or waits no longer.
    pub(super) fn silent_at_answer(&mut self, at: Target, wait: u64, ordinal: u32) {
        let offered = self.turns().offered;
        let check_in = self.answering(at).and_then(|its| its.check_in);
        let Some(check) = check_in.filter(|_| offered && ordinal == 0) else {
            self.close(wait, Vec::new());
            let outcome = if offered { Outcome::Assumed } else { Outcome::Unresolved };
            return self.resolve(at, outcome);
        };
        match self.scope().text(check.text).map(|text| text.into_owned()) {
            Ok(text) if !text.trim().is_empty() => {
                self.trace(Some(at), SAID);
                self.assistant(text, None);
            }
            Ok(_) => self.trace(Some(at), "had nothing to say"),
            Err(fault) => return self.fail(Some(at), fault),
        }
        if let Position::Waiting { idled, .. } = &mut self.out.next.position {
            *idled = ordinal.saturating_add(1);
        }
    }
}

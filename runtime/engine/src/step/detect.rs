//! `detect`: the AI decides which value of its list an attribute has.
//!
//! It decides what is blank and what it decided itself before; what anybody else wrote stays, unless
//! the step says `again`. Its answer is not trusted: it counts where it is one of the values that were
//! offered, and those are the ones that the controller's value allows.

use tidegate_plan::model::{AttrId, Instruction, Outcome, Target};
use tidegate_plan::value::Value;
use uuid::Uuid;

use super::{Flow, Machine, behind};
use crate::effect::Action;
use crate::event::Detection;
use crate::list::allows;
use crate::state::{Position, Writer};
use crate::transition::Fault;

/// Reasons in the trace at most.
const MOST_REASONS: usize = 8;
/// How long the customer waits for the AI, in milliseconds.
const DETECT_DEADLINE_MS: i64 = 15_000;

impl Machine<'_> {
    pub(super) fn detect(
        &mut self,
        at: Target,
        attr: AttrId,
        again: bool,
        among: Option<&[String]>,
    ) -> Flow {
        let name = self.plan.attributes[attr.index()].path();
        let slot = self.out.next.slots[attr.index()].as_ref();
        if !again && slot.is_some_and(|slot| slot.by != Writer::Detection) {
            self.trace(Some(at), format!("kept {name}, which was not detected"));
            return Flow::Next;
        }
        let values = self.detectable(attr, among);
        if values.is_empty() {
            self.decide(at, attr, None);
            return Flow::Next;
        }
        let Some(step) = self.step_of(at) else {
            self.fail(Some(at), Fault::ImpossibleState);
            return Flow::Stop;
        };
        let occurrence = self.count(step);
        let key = self.key_of_step(step, occurrence, "detect");
        self.trace(Some(at), format!("asks which value {name} has"));
        let through = self.out.next.messages;
        self.effect(key, Some(step), Action::Detect { attr, values, through });
        self.deadline(key, DETECT_DEADLINE_MS);
        self.out.next.position = Position::Detecting { at, key };
        Flow::Stop
    }

    /// The values of an attribute's list that fit now, of some or of all of them.
    fn detectable(&self, attr: AttrId, among: Option<&[String]>) -> Vec<String> {
        let list = self.plan.attributes[attr.index()].list;
        let Some(list) = list.and_then(|list| self.plan.lists.get(list.index())) else {
            return Vec::new();
        };
        let slots = &self.out.next.slots;
        let controller = list.controller.and_then(|attr| slots.get(attr.index())?.as_ref());
        let controller = controller.map(|slot| &slot.value);
        let fits = |value: &&String| allows(list, &Value::Text((*value).clone()), controller);
        let offered = |value: &&String| among.is_none_or(|among| among.contains(*value));
        let values = list.values.iter().map(|one| &one.value);
        values.filter(offered).filter(fits).cloned().collect()
    }

    pub(super) fn detected(&mut self, key: Uuid, found: &Detection) {
        let at = match self.out.next.position {
            Position::Detecting { at, key: awaited } if awaited == key => at,
            _ => return self.trace(None, "ignored a late detection"),
        };
        let Some(Instruction::Detect { attr, own, among, .. }) = self.plan.code.get(at.index())
        else {
            return self.fail(Some(at), Fault::ImpossibleState);
        };
        let (value, because) = match found {
            Detection::Value { value, because } => (Some(value), because.as_slice()),
            Detection::Nothing => (None, &[][..]),
            Detection::Unavailable => {
                self.trace(Some(at), "unavailable");
                if !self.leave_step(own, Outcome::Unavailable) {
                    self.trace(Some(at), "no arm for that");
                    self.run(behind(at));
                }
                return;
            }
        };
        let offered =
            value.filter(|value| self.detectable(*attr, among.as_deref()).contains(value));
        if value.is_some() && offered.is_none() {
            self.trace(Some(at), "ignored a value that was not offered");
        }
        self.decide(at, *attr, offered.map(|value| (value.clone(), because)));
        self.run(behind(at));
    }

    fn decide(&mut self, at: Target, attr: AttrId, found: Option<(String, &[String])>) {
        let name = self.plan.attributes[attr.index()].path();
        let what = match &found {
            Some((value, because)) => {
                let reasons = self.reasons(attr, value, because);
                let by =
                    if reasons.is_empty() { "" } else { ", by what the list says of the value: " };
                format!("detected {name}{by}{}", reasons.join(", "))
            }
            None => format!("nothing fits {name}"),
        };
        let value = found.map(|(value, _)| value);
        self.trace(Some(at), what);
        self.write(attr, value.map(Value::Text), Writer::Detection);
    }

    /// The reasons that are words of what the list says of a value: anything else might be the
    /// customer's. Of a private attribute none, for they tell its value.
    fn reasons<'r>(&self, attr: AttrId, value: &str, because: &'r [String]) -> Vec<&'r str> {
        let attribute = &self.plan.attributes[attr.index()];
        if attribute.private {
            return Vec::new();
        }
        let list = attribute.list;
        let list = list.and_then(|list| self.plan.lists.get(list.index()));
        let its = list.and_then(|list| list.values.iter().find(|one| one.value == value));
        let Some(its) = its else { return Vec::new() };
        let said = [Some(&its.value), Some(&its.label), its.description.as_ref()];
        // A word ends in its reason as it does in the list, with an apostrophe or a mark in it or not.
        let stands = |word: &&str| said.iter().flatten().any(|text| is_word_of(word, text));
        because.iter().map(String::as_str).filter(stands).take(MOST_REASONS).collect()
    }
}

/// Whether a text has this word, whole.
fn is_word_of(word: &str, text: &str) -> bool {
    let lone = word.chars().any(char::is_alphanumeric) && !word.chars().any(char::is_whitespace);
    lone && text.match_indices(word).any(|(at, _)| {
        let parted = |beside: Option<char>| beside.is_none_or(|one| !one.is_alphanumeric());
        parted(text[..at].chars().next_back()) && parted(text[at + word.len()..].chars().next())
    })
}

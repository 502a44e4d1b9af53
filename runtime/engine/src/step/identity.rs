//! `verify`: who the visitor is, found out while the conversation runs.
//!
//! A conversation's visitor is verified at its beginning or becomes so once, and is the same person
//! from then on: whoever proves to be somebody else has a conversation of their own.

use tidegate_plan::model::{AttrId, Handlers, Instruction, Target};
use tidegate_plan::value::Value;
use uuid::Uuid;

use super::{Flow, Machine, behind};
use crate::effect::Action;
use crate::event::Signed;
use crate::message::Message;
use crate::state::{Person, Position, Writer};
use crate::transition::{Fault, Reception};

impl<'p> Machine<'p> {
    pub(super) fn verify(&mut self, at: Target, own: &'p Handlers) -> Flow {
        if self.out.next.person != Person::Unverified {
            self.trace(Some(at), "the visitor is verified already");
            return Flow::Next;
        }
        let wait = self.begin_wait(at, own);
        self.trace(Some(at), format!("wait {wait}: for the visitor to sign in"));
        let human = self.has_human(own);
        self.emit(Message::Verify { wait, human });
        Flow::Stop
    }

    pub(super) fn signed_in(&mut self, signed: &Signed) {
        let Position::Waiting { at, wait, .. } = self.out.next.position else {
            self.out.reception = Reception::Stale;
            return;
        };
        let asked = matches!(self.plan.code.get(at.index()), Some(Instruction::Verify { .. }));
        let (true, Some(step)) = (asked, self.step_of(at)) else {
            self.out.reception = Reception::Stale;
            return;
        };
        self.trace(Some(at), "the visitor is verified");
        self.close(wait, Vec::new());
        self.out.next.person = Person::Verified;
        self.out.next.claim.clone_from(&signed.claim);
        let (Some(claim), Some(_)) = (&signed.claim, &self.plan.person) else {
            return self.run(behind(at));
        };
        let occurrence = self.count(step);
        let key = self.key_of_step(step, occurrence, "person");
        self.trace(Some(at), "looks for the visitor's record");
        self.effect(key, Some(step), Action::SyncPerson { claim: claim.clone() });
        self.deadline(key, super::opening::SYNC_DEADLINE_MS);
        self.out.next.position = Position::Reading { at, key };
    }

    pub(super) fn sign_in_refused(&mut self, number: u64) {
        let Some(at) = self.answers(number) else { return };
        let Some(Instruction::Verify { own }) = self.plan.code.get(at.index()) else {
            self.out.reception = Reception::Stale;
            return;
        };
        let Some((depth, target)) = self.refused_arm(own) else {
            return self.fail(Some(at), Fault::ImpossibleState);
        };
        self.trace(Some(at), "the visitor does not want to sign in");
        self.leave_wait(number, depth, target);
    }

    /// Whom the org has found. What the conversation itself has put into a field stays there.
    pub(super) fn read_person(&mut self, id: &str, values: &[(AttrId, Value)]) {
        self.out.next.person = Person::Known { id: id.to_owned() };
        let synced = self.plan.person.as_ref().map_or(&[][..], |map| &map.synced);
        for (attr, value) in values.iter().filter(|(attr, _)| synced.contains(attr)) {
            let slot = self.out.next.slots.get(attr.index()).and_then(Option::as_ref);
            if !slot.is_some_and(|slot| slot.by.is_conversation()) {
                self.receive_value(*attr, value.clone(), Writer::Salesforce);
            }
        }
        self.trace(None, "found the visitor's record");
    }

    /// Goes on behind the `verify` that waits for this answer, whatever it was.
    pub(super) fn has_read(&mut self, key: Uuid) -> bool {
        match self.out.next.position {
            Position::Reading { at, key: awaited } if awaited == key => {
                self.run(behind(at));
                true
            }
            _ => false,
        }
    }
}

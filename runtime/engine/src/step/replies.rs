//! An agent replies: the visitor's record and the conversation's Case are read again, and then a
//! workflow runs in the background.
//!
//! The reply itself has reached the customer by then. One reading is under way at a time; what agents
//! write meanwhile leads to one more behind it, for they may have changed the records between. An
//! answer that comes too late is known by its key and ignored. What can't be read stays as it was.

use tidegate_plan::model::AttrId;
use tidegate_plan::value::Value;
use uuid::Uuid;

use super::Machine;
use super::opening::SYNC_DEADLINE_MS;
use crate::effect::Action;
use crate::event::PersonFound;
use crate::state::{Frame, Person, Position, Refresh, Slot, Writer};
use crate::transition::Fault;

/// What was there before a workflow began to run in the background.
pub(super) struct Background {
    /// All that a workflow can change there.
    slots: Vec<Option<Slot>>,
}

impl Machine<'_> {
    /// An agent has written in a chat.
    pub(super) fn agent_replied(&mut self, chat: Uuid) {
        if self.plan.on_agent_reply.is_none() {
            return;
        }
        if let Some(refresh) = &mut self.out.next.refresh {
            refresh.again = true;
            return self.trace(None, "reads the records once more behind what is read now");
        }
        self.refresh(chat);
    }

    fn refresh(&mut self, chat: Uuid) {
        // Each message has a number of its own, so no two readings share a key.
        let key = self.derived_key(chat, &format!("refresh {}", self.out.next.messages));
        let claim = self.out.next.claim.clone().filter(|_| self.plan.person.is_some());
        let case =
            self.out.next.case_id.clone().filter(|_| self.plan.fields_of_case().next().is_some());
        if claim.is_none() && case.is_none() {
            return self.run_background();
        }
        self.trace(None, "reads the records again");
        let person = claim.map(|claim| (self.derived_key(key, "person"), claim));
        let case = case.map(|case_id| (self.derived_key(key, "case"), case_id));
        let refresh = Refresh {
            key,
            chat,
            person: person.as_ref().map(|(key, _)| *key),
            case: case.as_ref().map(|(key, _)| *key),
            again: false,
        };
        if let Some((key, claim)) = person {
            self.effect(key, None, Action::SyncPerson { claim });
        }
        if let Some((key, case_id)) = case {
            self.effect(key, None, Action::SyncCase { case_id });
        }
        self.deadline(key, SYNC_DEADLINE_MS);
        self.out.next.refresh = Some(refresh);
    }

    /// Takes an answer about the visitor's record that a reading waits for; whether one does.
    pub(super) fn person_refreshed(&mut self, key: Uuid, found: &PersonFound) -> bool {
        let Some(refresh) = &mut self.out.next.refresh else { return false };
        if refresh.person != Some(key) {
            return false;
        }
        refresh.person = None;
        match found {
            PersonFound::One { id, values } => self.reread_person(id, values),
            PersonFound::Nobody => self.trace(None, "finds the visitor's record no more"),
            PersonFound::Several => self.trace(None, "finds several records of the visitor"),
            PersonFound::Unavailable => {
                self.trace(None, "could not read the visitor's record again");
            }
        }
        self.has_refreshed();
        true
    }

    pub(super) fn case_synced(&mut self, key: Uuid, values: Option<&[(AttrId, Value)]>) {
        let Some(refresh) = self.out.next.refresh.as_mut().filter(|one| one.case == Some(key))
        else {
            return self.trace(None, "ignored a late answer about the Case");
        };
        refresh.case = None;
        match values {
            Some(values) => {
                let fields: Vec<AttrId> =
                    self.plan.fields_of_case().map(|(attr, _)| attr).collect();
                self.reread(&fields, values);
                self.trace(None, "read the Case again");
            }
            None => self.trace(None, "could not read the Case again"),
        }
        self.has_refreshed();
    }

    /// Goes on without what has not come by now; whether a reading waited for it.
    pub(super) fn refresh_is_late(&mut self, key: Uuid) -> bool {
        let Some(refresh) = self.out.next.refresh.as_mut().filter(|one| one.key == key) else {
            return false;
        };
        (refresh.person, refresh.case) = (None, None);
        self.trace(None, "the records did not come in time");
        self.has_refreshed();
        true
    }

    fn has_refreshed(&mut self) {
        let Some(refresh) = self.out.next.refresh.clone() else { return };
        if refresh.person.is_some() || refresh.case.is_some() {
            return;
        }
        self.out.next.refresh = None;
        self.run_background();
        if refresh.again {
            self.refresh(refresh.chat);
        }
    }

    /// The conversation's visitor stays who they were; a record that was not found at the opening may
    /// be found now.
    fn reread_person(&mut self, id: &str, values: &[(AttrId, Value)]) {
        if matches!(&self.out.next.person, Person::Known { id: known } if known != id) {
            return self.trace(None, "finds another record of the visitor, and leaves this one");
        }
        self.out.next.person = Person::Known { id: id.to_owned() };
        let plan = self.plan;
        let synced = plan.person.as_ref().map_or(&[][..], |map| &map.synced);
        self.reread(synced, values);
        self.trace(None, "read the visitor's record again");
    }

    /// Fields are as the org has them now. What the conversation itself has put into one stays there.
    fn reread(&mut self, fields: &[AttrId], values: &[(AttrId, Value)]) {
        for attr in fields {
            let Some(slot) = self.out.next.slots.get_mut(attr.index()) else { continue };
            if slot.as_ref().is_some_and(|slot| slot.by.is_conversation()) {
                continue;
            }
            *slot = None;
            if let Some((_, value)) = values.iter().find(|(its, _)| its == attr) {
                self.receive_value(*attr, value.clone(), Writer::Salesforce);
            }
        }
    }

    /// Runs what a reply starts. The workflow that waits in the hand-off notices nothing but what was
    /// set.
    fn run_background(&mut self) {
        let id = self
            .plan
            .on_agent_reply
            .filter(|_| matches!(self.out.next.position, Position::HandedOff { .. }));
        let Some((id, workflow)) =
            id.and_then(|id| Some((id, self.plan.workflows.get(id.index())?)))
        else {
            return;
        };
        let own = vec![Frame { workflow: id, return_to: None, interrupted: None }];
        let frames = std::mem::replace(&mut self.out.next.frames, own);
        self.background = Some(Background { slots: self.out.next.slots.clone() });
        self.trace(None, format!("the reply starts workflow {}", workflow.name));
        self.run(workflow.entry);
        self.background = None;
        self.out.next.frames = frames;
    }

    /// What faults in the background changes nothing, and the customer goes on talking with the agent;
    /// whether it was there that it faulted.
    pub(super) fn fault_in_background(&mut self, fault: Fault) -> bool {
        let Some(Background { slots }) = self.background.take() else { return false };
        self.out.next.slots = slots;
        self.out.fault = Some(fault);
        true
    }
}

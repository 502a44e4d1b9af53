//! The beginning: what the Messenger knows, who the visitor is, and the first workflow.

use tidegate_plan::model::{AttrId, Attribute, Origin, SPOKEN, Space, WorkflowId};
use tidegate_plan::value::{self, Value, ValueType};
use uuid::Uuid;

use super::Machine;
use super::data::as_stored;
use crate::effect::Action;
use crate::event::{Opened, PersonFound};
use crate::form;
use crate::language;
use crate::message::Message;
use crate::state::{Frame, Person, Position, Slot, Writer};
use crate::transition::Fault;

/// How long a workflow waits for the visitor's record, in milliseconds.
pub(super) const SYNC_DEADLINE_MS: i64 = 3_000;
/// How long a conversation waits for its first words, in milliseconds.
const FIRST_WORDS_MS: i64 = 24 * 60 * 60 * 1_000;

impl Machine<'_> {
    pub(super) fn opened(&mut self, opened: &Opened, visit: Option<u64>) {
        if self.out.next.position != Position::New {
            return;
        }
        self.trace(None, if visit.is_some() { "opened after a visit" } else { "opened" });
        self.out.next.visit = visit;
        self.fill_defaults();
        for (attr, value) in &opened.values {
            if self.opener_may_give(*attr) {
                self.receive_value(*attr, value.clone(), Writer::Session);
            }
        }
        self.choose_language(&opened.values);
        let Some(signed) = &opened.signed else { return self.start() };
        self.out.next.person = Person::Verified;
        self.out.next.claim.clone_from(&signed.claim);
        match (&signed.claim, &self.plan.person) {
            (Some(claim), Some(_)) => self.sync_person(claim.clone()),
            _ => self.start(),
        }
    }

    /// The language that serves the visitor best, unless whoever opens says another; the plan's usual
    /// one stands there already.
    fn choose_language(&mut self, given: &[(AttrId, Value)]) {
        let Some(spoken) = self.plan.session(SPOKEN) else { return };
        if given.iter().all(|(attr, _)| *attr != spoken) {
            let list = self.plan.attributes[spoken.index()].list;
            let list = list.and_then(|list| self.plan.lists.get(list.index()));
            let values = list.map_or(&[][..], |list| &list.values);
            let languages: Vec<&str> = values.iter().map(|value| value.value.as_str()).collect();
            let wanted = self.plan.session("language");
            let wanted = wanted.and_then(|attr| self.out.next.slots[attr.index()].as_ref());
            let best = wanted.and_then(|slot| match &slot.value {
                Value::Text(wanted) => language::best(wanted, &languages),
                _ => None,
            });
            if let Some(best) = best {
                let value = Value::Text(best.to_owned());
                self.out.next.slots[spoken.index()] = Some(Slot { value, by: Writer::Session });
            }
        }
        self.tell_language();
    }

    /// Tells the Messenger which language is spoken.
    pub(super) fn tell_language(&mut self) {
        if let Some(language) = language::language(self.plan, &self.out.next) {
            let language = language.to_owned();
            self.emit(Message::Speaks { language });
        }
    }

    fn fill_defaults(&mut self) {
        self.out.next.slots = self
            .plan
            .attributes
            .iter()
            .map(|attribute| {
                let value = self.plan.constants.get(attribute.default?.index())?.clone();
                let value = as_stored(value, attribute).or_blank()?;
                Some(Slot { value, by: Writer::Default })
            })
            .collect();
    }

    /// The Messenger gives what it collects and lasting data of the person, nothing else.
    fn opener_may_give(&self, attr: AttrId) -> bool {
        self.plan.attributes.get(attr.index()).is_some_and(|attribute| {
            attribute.space == Space::Session
                || (attribute.space == Space::Person && attribute.origin == Origin::Own)
        })
    }

    fn sync_person(&mut self, claim: String) {
        let key = self.key("", 1, "person");
        self.trace(None, "looks for the visitor's record");
        self.effect(key, None, Action::SyncPerson { claim });
        self.deadline(key, SYNC_DEADLINE_MS);
        self.out.next.position = Position::Syncing { key };
    }

    pub(super) fn person_synced(&mut self, key: Uuid, found: &PersonFound) {
        if self.person_refreshed(key, found) {
            return;
        }
        let begins = self.out.next.position == Position::Syncing { key };
        let reads =
            matches!(self.out.next.position, Position::Reading { key: its, .. } if its == key);
        if !begins && !reads {
            return self.trace(None, "ignored a late answer about the visitor's record");
        }
        match found {
            PersonFound::One { id, values } => self.read_person(id, values),
            PersonFound::Nobody => self.trace(None, "found no record of the visitor"),
            PersonFound::Several => self.trace(None, "found several records, which counts as none"),
            PersonFound::Unavailable => self.trace(None, "could not look for the visitor's record"),
        }
        if !self.has_read(key) {
            self.start();
        }
    }

    /// Starts what the visit starts; where that is nothing, what the opening starts; where that is
    /// nothing, the customer's first words start something.
    pub(super) fn start(&mut self) {
        match self.out.next.visit.map(|after| self.plan.on_visit(after)) {
            Some(Some(workflow)) => return self.start_with(workflow),
            Some(None) => self.out.next.visit = None,
            None => {}
        }
        match self.plan.on_open {
            Some(workflow) => self.start_with(workflow),
            None => self.await_message(),
        }
    }

    fn start_with(&mut self, id: WorkflowId) {
        let Some(workflow) = self.plan.workflows.get(id.index()) else {
            return self.fail(None, Fault::ImpossibleState);
        };
        self.out.next.frames = vec![Frame { workflow: id, return_to: None, interrupted: None }];
        self.trace(None, format!("starts workflow {}", workflow.name));
        self.run(workflow.entry);
    }

    /// Nothing starts with this event: a visit is an opening then, and an opening awaits the first words.
    pub(super) fn starts_nothing(&mut self) {
        match self.out.next.visit.take() {
            Some(_) => self.start(),
            None => self.await_message(),
        }
    }

    /// Waits for the customer's first words, unless they have come already.
    fn await_message(&mut self) {
        self.out.next.frames.clear();
        if self.plan.on_message.is_none() {
            return self.finish(None, "ended: no workflow starts");
        }
        if !self.out.next.inbox.is_empty() {
            return self.first_message();
        }
        self.trace(None, "waits for the customer's first words");
        let key = self.key("", 1, "first words");
        self.deadline(key, FIRST_WORDS_MS);
        self.out.next.position = Position::AwaitingMessage { key };
    }

    /// The customer's first words start what a message starts.
    pub(super) fn first_message(&mut self) {
        self.out.next.inbox.clear();
        self.trace(None, "took the customer's first words");
        match self.plan.on_message {
            Some(workflow) => self.start_with(workflow),
            None => self.fail(None, Fault::ImpossibleState),
        }
    }

    pub(super) fn nobody_wrote(&mut self) {
        self.finish(None, "ended: the customer did not write");
    }

    /// Stores a value that comes from outside, if its shape is the slot's.
    pub(super) fn receive_value(&mut self, attr: AttrId, value: Value, by: Writer) {
        let Some(attribute) = self.plan.attributes.get(attr.index()) else { return };
        if !value.ty().fits(attribute.ty) {
            return self.trace(None, format!("ignored {}: another type", attribute.path()));
        }
        if !self.may_hold(attribute, &value) {
            return self.trace(None, format!("ignored {}: it can't hold it", attribute.path()));
        }
        let value = match (value, attribute.max_length) {
            (Value::Text(text), Some(max)) => {
                Value::Text(value::cut(&text, max as usize).into_owned())
            }
            (Value::Number(number), _) if attribute.decimals.is_some() => {
                Value::Number(value::plain_number(number, attribute.decimals))
            }
            (value, _) => value,
        };
        self.out.next.slots[attr.index()] = value.or_blank().map(|value| Slot { value, by });
    }

    /// Whether the plan knows what to do with a value. What an earlier plan stored, or a page made
    /// up, need not be one of a list or an address that Salesforce takes; what the org itself gave
    /// is its own.
    fn may_hold(&self, attribute: &Attribute, value: &Value) -> bool {
        if matches!(attribute.origin, Origin::Field(_)) {
            return true;
        }
        let list = attribute.list.and_then(|list| self.plan.lists.get(list.index()));
        match (value, list) {
            (Value::Text(_) | Value::Many(_), Some(list)) => crate::list::allows(list, value, None),
            (Value::Text(text), None) if attribute.ty == ValueType::Email => {
                let max = attribute.max_length.map_or(usize::MAX, |max| max as usize);
                value::salesforce_length(text) <= max && form::is_email(text)
            }
            (Value::Number(number), _) => {
                attribute.decimals.is_none_or(|decimals| value::fits_digits(*number, decimals))
            }
            _ => true,
        }
    }
}

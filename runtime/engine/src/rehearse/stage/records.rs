//! What a test's org holds of the visitor and of the conversation's Case.

use std::collections::BTreeMap;

use tidegate_plan::model::{AttrId, Origin, Space};
use tidegate_plan::value::{Value, ValueType};

use super::{CONTACT, Finds, Stage};
use crate::event::{Event, PersonFound};

impl Stage<'_> {
    /// Whom the org finds, with what it holds of them.
    pub(super) fn found(&self) -> PersonFound {
        match self.finds {
            Finds::Nobody => PersonFound::Nobody,
            Finds::Several => PersonFound::Several,
            Finds::TheContact => {
                let mut values: BTreeMap<AttrId, Value> = self.contact.iter().cloned().collect();
                values.extend(self.person.iter().cloned());
                self.change(Space::Person, &mut values);
                let is_id = |attr: &AttrId| {
                    let attribute = &self.plan.attributes[attr.index()];
                    attribute.space == Space::Person
                        && attribute.name == "Id"
                        && attribute.ty == ValueType::Id
                };
                let id = values.iter().find(|(attr, _)| is_id(attr));
                let id = id.map_or(CONTACT.to_owned(), |(_, id)| id.to_text().into_owned());
                PersonFound::One { id, values: values.into_iter().collect() }
            }
        }
    }

    /// What the org holds of the conversation's Case.
    fn case(&self) -> Vec<(AttrId, Value)> {
        let mut values = self.case.clone();
        self.change(Space::Conversation, &mut values);
        values.into_iter().collect()
    }

    fn change(&self, space: Space, values: &mut BTreeMap<AttrId, Value>) {
        let of = |attr: AttrId| self.plan.attributes[attr.index()].space == space;
        for (attr, value) in self.changed.iter().filter(|(attr, _)| of(**attr)) {
            match value {
                Some(value) => drop(values.insert(*attr, value.clone())),
                None => drop(values.remove(attr)),
            }
        }
    }

    /// Notes what a Case is created with, as far as the conversation knows its fields.
    pub(super) fn writes_case(&mut self, fields: &[(String, Value)]) {
        for (attr, attribute) in (0u32..).map(AttrId).zip(&self.plan.attributes) {
            let (Space::Conversation, Origin::Field(path)) = (attribute.space, &attribute.origin)
            else {
                continue;
            };
            let own = fields.iter().find(|(field, _)| *path == [field.as_str()]);
            if let Some((_, value)) = own {
                self.case.insert(attr, value.clone());
            }
        }
    }

    /// Lets the org answer what is read again since an agent has replied.
    pub(super) fn rereads(&mut self) {
        let Some(refresh) = self.player.conversation.refresh.clone() else { return };
        if self.down {
            self.deadline_of(refresh.key);
        } else if let Some(key) = refresh.person {
            let found = self.found();
            self.play(&Event::PersonSynced { key, found });
        } else if let Some(key) = refresh.case {
            let values = Some(self.case());
            self.play(&Event::CaseSynced { key, values });
        }
    }
}

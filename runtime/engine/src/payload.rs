//! What a Case is created with.
//!
//! A field takes the first of: the push's line, the value that the conversation set for the mapped
//! attribute, what fills it by itself. A line that gives blank leaves its field out. Texts that
//! would not fit are cut visibly: Salesforce would refuse the whole Case.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tidegate_plan::model::{Fill, Owner, Push, PushId, TranscriptTo};
use tidegate_plan::value::{self, Value};
use tidegate_plan::verify::VerifiedPlan;

use crate::effect::{CaseRequest, TranscriptField};
use crate::eval::Scope;
use crate::state::{Conversation, Person, Said};

/// Builds the request. Also gives notes for the trace, which name fields and no values.
pub(crate) fn case_request(
    plan: &VerifiedPlan,
    conversation: &Conversation,
    id: PushId,
    push: &Push,
    now: Timestamp,
) -> (CaseRequest, Vec<String>) {
    let scope = Scope::new(plan, conversation, now);
    let mut builder = Builder { plan, conversation, push, fields: BTreeMap::new(), notes: vec![] };
    builder.lines(&scope);
    builder.carried();
    builder.filled();
    builder.summary();
    builder.cut();
    let owner = builder.owner(&scope);
    let transcript = builder.transcript();
    let Builder { fields, notes, .. } = builder;
    let request = CaseRequest {
        push: id.0,
        object: push.object.clone(),
        record_type: push.record_type.clone(),
        owner,
        key_field: push.key_field.clone(),
        fields: fields.into_iter().collect(),
        transcript,
    };
    (request, notes)
}

struct Builder<'a> {
    plan: &'a VerifiedPlan,
    conversation: &'a Conversation,
    push: &'a Push,
    fields: BTreeMap<String, Value>,
    notes: Vec<String>,
}

impl Builder<'_> {
    fn lines(&mut self, scope: &Scope<'_>) {
        for line in &self.push.fields {
            match scope.value(line.value) {
                Ok(value) => {
                    if let Some(value) = value.and_then(|value| value.into_value()) {
                        self.fields.insert(line.field.clone(), value);
                    }
                }
                Err(fault) => self.notes.push(format!("left out {}: {}", line.field, fault.name())),
            }
        }
    }

    /// Whether a line of the push decides the field, be it with blank.
    fn has_line(&self, field: &str) -> bool {
        self.push.fields.iter().any(|line| line.field == field)
    }

    fn carried(&mut self) {
        for (field, attr) in &self.push.carry {
            let slot = self.conversation.slots.get(attr.index()).and_then(Option::as_ref);
            let set = slot.filter(|slot| slot.by.is_conversation());
            if let Some(slot) = set.filter(|_| !self.has_line(field)) {
                self.fields.insert(field.clone(), slot.value.clone());
            }
        }
    }

    fn filled(&mut self) {
        for (field, fill) in &self.push.fill {
            if self.has_line(field) || self.fields.contains_key(field) {
                continue;
            }
            if let Some(value) = self.fill(*fill).and_then(|text| Value::Text(text).or_blank()) {
                self.fields.insert(field.clone(), value);
            }
        }
    }

    fn fill(&self, fill: Fill) -> Option<String> {
        let known = match &self.conversation.person {
            Person::Known { id } => Some(id),
            _ => None,
        };
        match fill {
            Fill::Subject => {
                let said = &self.conversation.said;
                let words = said.iter().find(|said| matches!(said, Said::Words(_)));
                let first = words.or(said.first())?.text();
                Some(first.split_whitespace().collect::<Vec<_>>().join(" "))
            }
            Fill::Description => {
                let said: Vec<&str> = self.conversation.said.iter().map(Said::text).collect();
                Some(said.join("\n"))
            }
            Fill::SuppliedEmail if known.is_none() => self.session("email"),
            Fill::SuppliedName if known.is_none() => self.session("name"),
            Fill::SuppliedEmail | Fill::SuppliedName => None,
            Fill::ContactId => known.cloned(),
        }
    }

    fn session(&self, name: &str) -> Option<String> {
        let slot = self.conversation.slots.get(self.plan.session(name)?.index())?.as_ref()?;
        Some(slot.value.to_text().into_owned())
    }

    fn summary(&mut self) {
        let Some(field) = &self.push.summary_to else { return };
        let Some(summary) = self.conversation.summary.as_deref() else { return };
        if self.has_line(field) {
            return;
        }
        let text = match self.fields.get(field) {
            Some(below) if self.is_told_below(summary, &below.to_text()) => return,
            Some(below) => format!("{summary}\n\n{}", below.to_text()),
            None => summary.to_owned(),
        };
        self.fields.insert(field.clone(), Value::Text(text));
    }

    /// Whether a summary saves no reading: it is made of the text below it, and of more than half
    /// of what the customer wrote.
    fn is_told_below(&self, summary: &str, below: &str) -> bool {
        let written: usize = self
            .conversation
            .said
            .iter()
            .filter(|said| matches!(said, Said::Words(_)))
            .map(|said| words(said.text()).count())
            .sum();
        let mut below = words(below);
        words(summary).count() * 2 > written
            && words(summary).all(|word| below.any(|other| other == word))
    }

    fn length(&self, field: &str) -> Option<u32> {
        self.push.lengths.iter().find(|(name, _)| name == field).map(|(_, length)| *length)
    }

    fn cut(&mut self) {
        for (field, max) in &self.push.lengths {
            let Some(Value::Text(text)) = self.fields.get_mut(field) else { continue };
            let cut = value::cut(text, *max as usize).into_owned();
            if cut != *text {
                *text = cut;
                self.notes.push(format!("cut {field} to {max} characters"));
            }
        }
    }

    fn owner(&mut self, scope: &Scope<'_>) -> Option<Owner> {
        for choice in &self.push.owner {
            match choice.when.map_or(Ok(true), |when| scope.holds(when)) {
                Ok(true) => return Some(choice.owner.clone()),
                Ok(false) => {}
                Err(fault) => self.notes.push(format!("passed an owner: {}", fault.name())),
            }
        }
        None
    }

    fn transcript(&self) -> Option<TranscriptField> {
        match &self.push.transcript {
            TranscriptTo::Field(field) => Some(TranscriptField {
                field: field.clone(),
                through: self.conversation.messages,
                max_length: self.length(field),
            }),
            _ => None,
        }
    }
}

/// Words without what stands around them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

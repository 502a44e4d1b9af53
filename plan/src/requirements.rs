//! What a plan relies on in the org.

use std::collections::BTreeSet;
use std::fmt;

use crate::model::{CASE, Origin, Owner, Plan, Push, Required, TranscriptTo};

/// What the tables of a plan rely on by themselves: the person's object and its fields, and for
/// each push its object, fields, record type, owners and key; and the fields of Cases where they are
/// read again. A plan must list all of it, with
/// places; what its expressions rely on, such as values of lists, it lists beside.
///
/// A field reached by a lookup is named by its path from the mapped object: `Account.Industry` of
/// `Contact`.
pub fn of(plan: &Plan) -> BTreeSet<Required> {
    let mut needed = BTreeSet::new();
    if let Some(person) = &plan.person {
        needed.insert(Required::Object(person.object.clone()));
        needed.insert(Required::ReadField(person.object.clone(), person.find_by.clone()));
        for attr in &person.synced {
            if let Some(Origin::Field(path)) = plan.attributes.get(attr.index()).map(|a| &a.origin)
            {
                needed.insert(Required::ReadField(person.object.clone(), path.join(".")));
            }
        }
    }
    if plan.on_agent_reply.is_some() {
        let read = |path: &[String]| Required::ReadField(CASE.to_owned(), path.join("."));
        needed.extend(plan.fields_of_case().map(|(_, path)| read(path)));
    }
    for push in &plan.pushes {
        of_push(push, &mut needed);
    }
    needed
}

fn of_push(push: &Push, needed: &mut BTreeSet<Required>) {
    let object = || push.object.clone();
    needed.insert(Required::Object(object()));
    needed.insert(Required::UniqueKey(object(), push.key_field.clone()));
    let lines = push.fields.iter().map(|line| &line.field);
    let carried = push.carry.iter().map(|(field, _)| field);
    let filled = push.fill.iter().map(|(field, _)| field);
    let transcript = match &push.transcript {
        TranscriptTo::Field(field) => Some(field),
        _ => None,
    };
    let fields = lines.chain(carried).chain(filled).chain(&push.summary_to).chain(transcript);
    needed.extend(fields.map(|field| Required::CreateField(object(), field.clone())));
    if let Some(record_type) = &push.record_type {
        needed.insert(Required::RecordType(object(), record_type.clone()));
    }
    for choice in &push.owner {
        match &choice.owner {
            Owner::Queue(name) => needed.insert(Required::Queue(object(), name.clone())),
            Owner::User(name) => needed.insert(Required::User(name.clone())),
            Owner::AssignmentRules => false,
        };
    }
}

impl fmt::Display for Required {
    /// In words, for operators: "field Case.Reason, to be set on create".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object(object) => write!(f, "object {object}"),
            Self::ReadField(object, field) => write!(f, "field {object}.{field}, to be read"),
            Self::CreateField(object, field) => {
                write!(f, "field {object}.{field}, to be set on create")
            }
            Self::ListValue(object, field, value) => {
                write!(f, "value \"{value}\" of {object}.{field}")
            }
            Self::RecordType(object, name) => write!(f, "record type {name} of {object}"),
            Self::Queue(object, name) => write!(f, "queue {name} for {object}"),
            Self::User(name) => write!(f, "user {name}"),
            Self::UniqueKey(object, field) => {
                write!(f, "unique external id {object}.{field}")
            }
            Self::Type(object, field, name) => write!(f, "field {object}.{field} of type {name}"),
            Self::Room(object, field, length) => {
                write!(f, "field {object}.{field}, to take {length} characters")
            }
            Self::Digits(object, field, precision, scale) => {
                write!(
                    f,
                    "field {object}.{field}, to take {precision} digits, {scale} behind the point"
                )
            }
            Self::Optional(object, field) => write!(f, "field {object}.{field}, to be left out"),
            Self::Filter(object, field) => write!(f, "field {object}.{field}, to find records by"),
            Self::Repeatable(object, field) => {
                write!(f, "field {object}.{field}, to hold a value several times")
            }
        }
    }
}

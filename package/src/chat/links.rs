//! What routing values are: ids of records that the chat belongs to, or texts.

use std::collections::BTreeMap;

use tidegate_plan::model::{AttrId, Expr, ExprId, Origin, Pipe, Plan, Routed, Space};

use super::Target;

/// What pushes send to one channel, by key.
#[derive(Debug)]
pub(super) struct Linked<'p> {
    keys: BTreeMap<&'p str, Sent>,
}

#[derive(Debug)]
struct Sent {
    length: u32,
    /// The record of which it is the id, where all pushes send that.
    record: Option<Target>,
}

impl<'p> Linked<'p> {
    pub(super) fn of(plan: &Plan, entries: &[&'p Routed]) -> Self {
        let mut keys: BTreeMap<&str, Sent> = BTreeMap::new();
        for entry in entries {
            let record = record(plan, entry.value);
            let sent = keys
                .entry(&entry.key)
                .or_insert_with(|| Sent { length: entry.max_length, record: record.clone() });
            sent.length = sent.length.max(entry.max_length);
            if sent.record != record {
                sent.record = None;
            }
        }
        Self { keys }
    }

    /// Keys that are sent, with the most characters.
    pub(super) fn lengths(&self) -> impl Iterator<Item = (&'p str, u32)> {
        self.keys.iter().map(|(key, sent)| (*key, sent.length))
    }

    /// Whether a key is sent, and then the record of which it is the id.
    pub(super) fn target(&self, key: &str) -> Option<Option<Target>> {
        let sent = self.keys.get(key)?;
        // A record is linked by one key alone; others of the same value stay texts.
        let mut before = self.keys.iter().take_while(|(other, _)| **other < key);
        let first = !before.any(|(_, other)| other.record == sent.record);
        Some(sent.record.clone().filter(|_| first))
    }
}

/// The record of which a value is the id.
fn record(plan: &Plan, value: ExprId) -> Option<Target> {
    let attribute = plan.attributes.get(attribute(plan, value)?.index())?;
    let id = matches!(&attribute.origin, Origin::Field(path) if path.as_slice() == ["Id"]);
    match attribute.space {
        Space::Conversation if id => Some(Target::Case),
        Space::Person if id => Some(Target::Contact),
        _ => None,
    }
}

fn attribute(plan: &Plan, value: ExprId) -> Option<AttrId> {
    match plan.expressions.get(value.index())? {
        Expr::Attr(attr) => Some(*attr),
        Expr::Pipe(Pipe::Text, inner) => attribute(plan, *inner),
        _ => None,
    }
}

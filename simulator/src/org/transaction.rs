//! Writes that are saved together or not at all.

use std::sync::{Arc, MutexGuard};

use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

use super::draft::Draft;
use super::ids::RecordId;
use super::records::{Records, Row};
use super::refusal::Refusal;
use super::schema::{FieldType, ObjectSchema};
use super::write::Call;
use super::{Known, Org, State};
use crate::ledger::{Action, Entry, Outcome};

/// Writes under way. The org is held still until it ends; what is not committed is undone.
pub(crate) struct Transaction<'o> {
    pub(super) org: &'o Org,
    /// The metadata that it holds rows to.
    pub(super) known: Arc<Known>,
    state: MutexGuard<'o, State>,
    entries: Vec<Entry>,
    /// The rows that were replaced, with what stood there before.
    replaced: Vec<(Row, Option<Row>)>,
}

/// A point that a transaction can return to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Savepoint {
    entries: usize,
    replaced: usize,
}

impl Org {
    /// Begins to write.
    pub(crate) fn begin(&self) -> Transaction<'_> {
        let state = self.state();
        let known = self.known();
        Transaction { org: self, known, state, entries: Vec::new(), replaced: Vec::new() }
    }
}

impl Transaction<'_> {
    /// The rows as this transaction has them.
    pub(crate) fn records(&self) -> &Records {
        &self.state.records
    }

    /// Where the transaction stands.
    pub(crate) fn savepoint(&self) -> Savepoint {
        Savepoint { entries: self.entries.len(), replaced: self.replaced.len() }
    }

    /// Undoes what was saved since; the ledger will say that it was refused, and why.
    pub(crate) fn roll_back_to(&mut self, point: Savepoint, why: &Refusal) {
        self.undo(point.replaced);
        for entry in self.entries.iter_mut().skip(point.entries) {
            if matches!(entry.outcome, Outcome::Saved(_)) {
                entry.outcome = Outcome::Refused(why.errors().to_vec());
            }
        }
    }

    /// Writes everything into the ledger, refusals included. On an error nothing was saved.
    pub(crate) fn commit(mut self) -> Result<(), Refusal> {
        let mut entries = std::mem::take(&mut self.entries);
        let last = entries.len().saturating_sub(1);
        for entry in entries.iter_mut().take(last) {
            entry.continues = true;
        }
        // An error undoes everything when the transaction is dropped.
        log(&mut self.state, entries)?;
        self.replaced.clear();
        Ok(())
    }

    /// Drafts one write and applies it; a refused one changes nothing.
    pub(super) fn attempt(
        &mut self,
        call: &Call,
        (action, object, id): (Action, &ObjectSchema, Option<&RecordId>),
        body: &Map<String, Json>,
        plan: impl FnOnce(&mut Draft<'_>) -> Result<RecordId, Refusal>,
    ) -> Result<RecordId, Refusal> {
        let state = &*self.state;
        let mut draft = Draft::new(&self.known.schema, &state.records).held_to(&state.active_rules);
        let planned = plan(&mut draft);
        let rows = draft.into_rows();
        let outcome = match &planned {
            Ok(_) => Outcome::Saved(rows.iter().map(Row::stored).collect()),
            Err(refusal) => Outcome::Refused(refusal.errors().to_vec()),
        };
        self.entries.push(Entry {
            sequence: state.ledger.next_sequence() + self.entries.len() as u64,
            at: Timestamp::now(),
            user: call.username.clone(),
            action,
            object: object.name.clone(),
            id: planned.as_ref().ok().or(id).cloned(),
            values: without_bytes(object, body),
            headers: call.headers.clone(),
            continues: false,
            outcome,
        });
        let id = planned?;
        for row in rows {
            let before = self.state.records.apply(row.clone());
            self.replaced.push((row, before));
        }
        Ok(id)
    }

    fn undo(&mut self, from: usize) {
        for (row, before) in self.replaced.drain(from..).rev() {
            match before {
                Some(before) => drop(self.state.records.apply(before)),
                None => self.state.records.forget(&row),
            }
        }
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        self.undo(0);
    }
}

/// Adds entries to the ledger, all or none.
pub(super) fn log(state: &mut State, entries: Vec<Entry>) -> Result<(), Refusal> {
    state.ledger.append(entries).map_err(|problem| {
        tracing::error!(%problem, "nothing was saved: the ledger can't be written");
        Refusal::internal("ledger")
    })
}

/// The body without files, which the saved rows hold.
fn without_bytes(object: &ObjectSchema, body: &Map<String, Json>) -> Map<String, Json> {
    let mut values = body.clone();
    for (name, value) in &mut values {
        let bytes = object.field(name).is_some_and(|f| f.field_type == FieldType::Base64);
        if let (true, Json::String(encoded)) = (bytes, &*value) {
            *value = json!({ "base64_characters": encoded.len() });
        }
    }
    values
}

//! Creates, updates and deletes: drafted, written into the ledger, then applied.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

use super::body::{self, Saving};
use super::defaults::{self, Stamp};
use super::draft::Draft;
use super::ids::RecordId;
use super::records::{Records, Row};
use super::refusal::{ErrorCode, Refusal};
use super::schema::{Ability, FieldSchema, FieldType, ObjectSchema};
use super::value::Value;
use super::{Org, State, side_effects, validate};
use crate::ledger::{Action, Entry, Outcome};

/// Who writes, and what the request's headers ask for.
#[derive(Debug, Clone)]
pub struct Call {
    /// The user's id.
    pub user: RecordId,
    /// The user's login name.
    pub username: String,
    /// `Sforce-Auto-Assign`.
    pub auto_assign: AutoAssign,
    /// The headers that the ledger keeps.
    pub headers: BTreeMap<String, String>,
}

/// Whether assignment rules run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AutoAssign {
    /// They run, also where the header is absent.
    Active,
    /// They don't.
    Off,
}

impl Org {
    /// Makes a record.
    pub fn create(
        &self,
        call: &Call,
        object: &str,
        body: &Map<String, Json>,
    ) -> Result<RecordId, Refusal> {
        let object = self.object_that_can(object, Ability::Create, "POST")?;
        self.save(call, (Action::Create, object, None), body, |draft| {
            let mut row = Row::new(object, draft.next_id(object));
            let values = body::read(draft, object, body, Saving::New)?;
            let touched = touch_row(&mut row, values);
            self.finish(draft, call, row, (object, &touched, Saving::New))
        })
    }

    /// Changes a record; a field that is absent stays, one that is null is cleared.
    pub fn update(
        &self,
        call: &Call,
        object: &str,
        id: &RecordId,
        body: &Map<String, Json>,
    ) -> Result<(), Refusal> {
        let object = self.object_that_can(object, Ability::Update, "PATCH")?;
        let what = (Action::Update, object, Some(id));
        let saved = self.save(call, what, body, |draft| {
            let mut row = existing(draft.base(), object, id)?.clone();
            let values = body::read(draft, object, body, Saving::Existing)?;
            let touched = touch_row(&mut row, values);
            defaults::refill(object, &mut row);
            self.finish(draft, call, row, (object, &touched, Saving::Existing))
        });
        saved.map(|_| ())
    }

    /// Moves a record to the recycle bin, and with it what can't be without it.
    pub fn delete(&self, call: &Call, object: &str, id: &RecordId) -> Result<(), Refusal> {
        let object = self.object_that_can(object, Ability::Delete, "DELETE")?;
        let stamp = stamp(call);
        let what = (Action::Delete, object, Some(id));
        let saved = self.save(call, what, &Map::new(), |draft| {
            existing(draft.base(), object, id)?;
            bury(draft, id, &stamp);
            Ok(id.clone())
        });
        saved.map(|_| ())
    }

    /// Returns to the seed. The ledger keeps what came before, and says that this happened.
    pub fn reset(&self) -> Result<u64, Refusal> {
        let mut state = self.state();
        let mut entry = entry(&state, None, Action::Reset, Outcome::Saved(Vec::new()));
        let sequence = entry.sequence;
        entry.user = "operator".to_owned();
        log(&mut state, entry)?;
        state.records = self.shared.planted.clone();
        Ok(sequence)
    }

    fn object_that_can(
        &self,
        name: &str,
        ability: Ability,
        method: &str,
    ) -> Result<&ObjectSchema, Refusal> {
        let object = self.schema().object(name).ok_or_else(Refusal::not_found)?;
        if object.can(ability) { Ok(object) } else { Err(Refusal::method(method)) }
    }

    fn finish(
        &self,
        draft: &mut Draft<'_>,
        call: &Call,
        mut row: Row,
        (object, touched, saving): (&ObjectSchema, &[&FieldSchema], Saving),
    ) -> Result<RecordId, Refusal> {
        let stamp = stamp(call);
        if saving == Saving::New {
            defaults::fill(draft, object, &mut row, &stamp);
            side_effects::publish_file(draft, &mut row, &stamp)?;
        }
        validate::check(draft, object, &mut row, touched, saving)?;
        side_effects::move_comment(draft, &mut row, &stamp)?;
        if call.auto_assign == AutoAssign::Active {
            let rules = &self.schema().rules().assignment_rules;
            if let Some(owner) = defaults::assigned_owner(rules, &row, self.seeds()) {
                row.set("OwnerId", Value::Id(owner));
            }
        }
        defaults::touch(object, &mut row, &stamp);
        let id = row.id.clone();
        draft.put(row);
        Ok(id)
    }

    /// Drafts under the lock; what is drafted becomes real once the ledger has it.
    fn save(
        &self,
        call: &Call,
        (action, object, id): (Action, &ObjectSchema, Option<&RecordId>),
        body: &Map<String, Json>,
        plan: impl FnOnce(&mut Draft<'_>) -> Result<RecordId, Refusal>,
    ) -> Result<RecordId, Refusal> {
        let mut state = self.state();
        let mut draft = Draft::new(self.schema(), &state.records);
        let planned = plan(&mut draft);
        let rows = draft.into_rows();
        let outcome = match &planned {
            Ok(_) => Outcome::Saved(rows.iter().map(Row::stored).collect()),
            Err(refusal) => Outcome::Refused(refusal.errors().to_vec()),
        };
        let mut entry = entry(&state, Some(call), action, outcome);
        entry.object.clone_from(&object.name);
        entry.id = planned.as_ref().ok().or(id).cloned();
        entry.values = without_bytes(object, body);
        log(&mut state, entry)?;
        let id = planned?;
        for row in rows {
            state.records.apply(row);
        }
        Ok(id)
    }
}

fn stamp(call: &Call) -> Stamp {
    let now = Timestamp::now();
    let at = Timestamp::from_second(now.as_second()).unwrap_or(now);
    Stamp { user: call.user.clone(), at }
}

fn touch_row<'a>(row: &mut Row, values: body::Values<'a>) -> Vec<&'a FieldSchema> {
    let set = |(field, value): (&'a FieldSchema, Value)| {
        row.set(&field.name, value);
        field
    };
    values.into_iter().map(set).collect()
}

fn existing<'a>(
    records: &'a Records,
    object: &ObjectSchema,
    id: &RecordId,
) -> Result<&'a Row, Refusal> {
    match records.get_any(&object.name, id) {
        Some(row) if row.deleted => {
            Err(Refusal::request(ErrorCode::EntityIsDeleted, "entity is deleted"))
        }
        Some(row) => Ok(row),
        None => Err(Refusal::not_found()),
    }
}

/// Deletes a row and what hangs on it; other references to it become blank.
fn bury(draft: &mut Draft<'_>, id: &RecordId, stamp: &Stamp) {
    let mut doomed = vec![id.clone()];
    while let Some(id) = doomed.pop() {
        let schema = draft.schema;
        let Some(object) = schema.object_of_prefix(id.key_prefix()) else { continue };
        let Some(mut row) = draft.get(&object.name, &id).cloned() else { continue };
        row.deleted = true;
        defaults::touch(object, &mut row, stamp);
        draft.put(row);
        for child in schema.objects() {
            let pointers = child.fields.iter().filter(|field| field.to.contains(&object.name));
            for field in pointers {
                doomed.extend(unhook(draft, child, field, &id, stamp));
            }
        }
    }
}

/// Blanks a reference to a deleted row, or names the rows that go with it.
fn unhook(
    draft: &mut Draft<'_>,
    child: &ObjectSchema,
    field: &FieldSchema,
    id: &RecordId,
    stamp: &Stamp,
) -> Vec<RecordId> {
    let pointing = draft.base().rows(&child.name);
    let pointing: Vec<_> =
        pointing.filter(|row| row.get(&field.name).as_id() == Some(id)).cloned().collect();
    if field.cascade {
        return pointing.into_iter().map(|row| row.id).collect();
    }
    for row in pointing {
        let Some(mut row) = draft.get(&child.name, &row.id).cloned() else { continue };
        row.set(&field.name, Value::Null);
        defaults::touch(child, &mut row, stamp);
        draft.put(row);
    }
    Vec::new()
}

fn entry(state: &State, call: Option<&Call>, action: Action, outcome: Outcome) -> Entry {
    Entry {
        sequence: state.ledger.next_sequence(),
        at: Timestamp::now(),
        user: call.map(|call| call.username.clone()).unwrap_or_default(),
        action,
        object: String::new(),
        id: None,
        values: Map::new(),
        headers: call.map(|call| call.headers.clone()).unwrap_or_default(),
        outcome,
    }
}

fn log(state: &mut State, entry: Entry) -> Result<(), Refusal> {
    state.ledger.append(entry).map_err(|problem| {
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

//! Creates, updates and deletes: drafted, written into the ledger, then applied.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use super::body::{self, Saving};
use super::defaults::{self, Stamp};
use super::draft::Draft;
use super::ids::RecordId;
use super::records::{Records, Row};
use super::refusal::{ErrorCode, Refusal};
use super::schema::{Ability, FieldSchema, ObjectSchema};
use super::transaction::{Transaction, log};
use super::value::Value;
use super::{Known, Org, side_effects, validate};
use crate::ledger::{Action, Entry, Outcome};

/// Who writes, and what the request's headers ask for.
#[derive(Debug, Clone)]
pub(crate) struct Call {
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
pub(crate) enum AutoAssign {
    /// They run, also where the header is absent.
    Active,
    /// They don't.
    Off,
}

impl Transaction<'_> {
    /// Makes a record.
    pub(crate) fn create(
        &mut self,
        call: &Call,
        object: &str,
        body: &Map<String, Json>,
    ) -> Result<RecordId, Refusal> {
        let org = self.org;
        let known = Arc::clone(&self.known);
        let (object, seen) = object_that_can(&known, call, object, (Ability::Create, "POST"))?;
        self.attempt(call, (Action::Create, object, None), body, |draft| {
            let mut row = Row::new(object, draft.next_id(object));
            let values = body::read(draft, seen, body, Saving::New)?;
            let touched = touch_row(&mut row, values);
            finish(org, draft, call, row, (object, &touched, Saving::New))
        })
    }

    /// Changes a record; a field that is absent stays, one that is null is cleared.
    pub(crate) fn update(
        &mut self,
        call: &Call,
        object: &str,
        id: &RecordId,
        body: &Map<String, Json>,
    ) -> Result<(), Refusal> {
        let org = self.org;
        let known = Arc::clone(&self.known);
        let (object, seen) = object_that_can(&known, call, object, (Ability::Update, "PATCH"))?;
        let what = (Action::Update, object, Some(id));
        let saved = self.attempt(call, what, body, |draft| {
            let mut row = existing(draft.base(), object, id)?.clone();
            let values = body::read(draft, seen, body, Saving::Existing)?;
            let touched = touch_row(&mut row, values);
            defaults::refill(object, &mut row);
            finish(org, draft, call, row, (object, &touched, Saving::Existing))
        });
        saved.map(|_| ())
    }

    /// Moves a record to the recycle bin, and with it what can't be without it.
    pub(crate) fn delete(
        &mut self,
        call: &Call,
        object: &str,
        id: &RecordId,
    ) -> Result<(), Refusal> {
        let known = Arc::clone(&self.known);
        let (object, _) = object_that_can(&known, call, object, (Ability::Delete, "DELETE"))?;
        let stamp = stamp(call);
        let what = (Action::Delete, object, Some(id));
        let saved = self.attempt(call, what, &Map::new(), |draft| {
            existing(draft.base(), object, id)?;
            bury(draft, id, &stamp);
            Ok(id.clone())
        });
        saved.map(|_| ())
    }
}

impl Org {
    /// Returns to the seed and to the metadata of the beginning. The ledger keeps what came before, and says that this happened.
    pub fn reset(&self) -> Result<u64, Refusal> {
        let mut state = self.state();
        let sequence = state.ledger.next_sequence();
        let entry = Entry {
            sequence,
            at: Timestamp::now(),
            user: "operator".to_owned(),
            action: Action::Reset,
            object: String::new(),
            id: None,
            values: Map::new(),
            headers: BTreeMap::new(),
            continues: false,
            outcome: Outcome::Saved(Vec::new()),
        };
        log(&mut state, vec![entry])?;
        self.replace_known(Arc::clone(&self.shared.initial));
        state.records = self.shared.planted.clone();
        state.active_rules = self.schema().rules().initially_active();
        Ok(sequence)
    }
}

/// The object as it is, and as the user sees it.
fn object_that_can<'o>(
    known: &'o Known,
    call: &Call,
    name: &str,
    (ability, method): (Ability, &str),
) -> Result<(&'o ObjectSchema, &'o ObjectSchema), Refusal> {
    let object = known.schema.object(name).ok_or_else(Refusal::not_found)?;
    let seen = known.seen_by(&call.username).object(name).ok_or_else(Refusal::not_found)?;
    if object.can(ability) { Ok((object, seen)) } else { Err(Refusal::method(method)) }
}

/// Fills, checks and drafts a row that a body has been written into.
fn finish(
    org: &Org,
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
        let rules = &draft.schema.rules().assignment_rules;
        if let Some(owner) = defaults::assigned_owner(rules, &row, org.seeds()) {
            row.set("OwnerId", Value::Id(owner));
        }
    }
    defaults::touch(object, &mut row, &stamp);
    let id = row.id.clone();
    draft.put(row);
    Ok(id)
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

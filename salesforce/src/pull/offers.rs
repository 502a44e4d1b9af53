//! Which values of its lists each record type offers: a describe has those of all of them.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_schemas::catalog::{List, MASTER, Object, Offered, Offers};

use super::Progress;
use crate::client::{Call, Client};
use crate::error::Error;
use crate::wire::{OfferedLists, RecordTypeInfo};

/// Asks for each record type with which this user may create records, with the master: a call each.
/// Of one that the org refuses to tell nothing is known, which is no reason to pull nothing.
pub(super) async fn read(
    client: &Client,
    object: &Object,
    types: &[RecordTypeInfo],
    progress: &mut impl FnMut(Progress),
) -> Result<BTreeMap<String, Offers>, Error> {
    let mut found = BTreeMap::new();
    if object.record_types.is_empty() {
        return Ok(found);
    }
    let asked: Vec<(&str, &str)> = types.iter().filter_map(usable).collect();
    for (at, (record_type, id)) in asked.iter().enumerate() {
        let names = || (object.name.clone(), (*record_type).to_owned());
        match lists(client, &object.name, id).await {
            Ok(lists) => {
                found.insert((*record_type).to_owned(), offers(object, &lists));
                let ((object, record_type), done, of) = (names(), at + 1, asked.len());
                progress(Progress::Offers { object, record_type, done, of });
            }
            Err(error) if is_an_answer(&error) => {
                let ((object, record_type), why) = (names(), error.to_string());
                progress(Progress::OffersNotKnown { object, record_type, why });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// The developer name and the id of a record type that this user may use.
fn usable(info: &RecordTypeInfo) -> Option<(&str, &str)> {
    let id = info.record_type_id.as_str();
    if info.master || id == RecordTypeInfo::MASTER_ID {
        return Some((MASTER, RecordTypeInfo::MASTER_ID));
    }
    let name = info.developer_name.as_deref().unwrap_or(&info.name);
    (info.active && info.available && !id.is_empty()).then_some((name, id))
}

async fn lists(client: &Client, object: &str, record_type: &str) -> Result<OfferedLists, Error> {
    let path = ["ui-api", "object-info", object, "picklist-values", record_type];
    let address = client.data(&path).await?;
    client.send(Call::get(address)).await?.json()
}

/// Whether the org has answered, though not with what was asked for: asking again changes nothing.
fn is_an_answer(error: &Error) -> bool {
    match error {
        Error::Refused(_) => true,
        Error::Unclear { status, .. } => status.is_some_and(|status| status < 500),
        _ => false,
    }
}

fn offers(object: &Object, answer: &OfferedLists) -> Offers {
    let lists = object.fields.values().filter_map(|field| {
        let offered = match answer.picklist_field_values.get(&field.name) {
            Some(answer) => only(field.kind.list()?, answer.values.iter().map(|it| &*it.value))?,
            None => field.kind.list().map(|_| Offered::NotKnown)?,
        };
        Some((field.name.clone(), offered))
    });
    Offers { lists: lists.collect() }
}

/// What is offered of a list; `None` where that is all that can be chosen of it.
fn only<'a>(list: &List, offered: impl Iterator<Item = &'a str>) -> Option<Offered> {
    let offered: BTreeSet<&str> = offered.collect();
    let mut active: Vec<&str> = Vec::new();
    for value in list.values.iter().filter(|value| value.active) {
        // Under several values of its controller a value stands several times.
        if !active.contains(&value.value.as_str()) {
            active.push(&value.value);
        }
    }
    if active.iter().all(|value| offered.contains(value)) {
        return None;
    }
    let some = active.into_iter().filter(|value| offered.contains(value));
    Some(Offered::Only(some.map(str::to_owned).collect()))
}

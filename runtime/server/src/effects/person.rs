//! Finding a verified visitor's record and reading it.

use std::time::Duration;

use serde_json::Value as Json;
use tidegate_engine::event::{Event, PersonFound};
use tidegate_plan::model::{AttrId, Origin, PersonMap, Plan};
use tidegate_plan::value::Value;
use uuid::Uuid;

use super::gate::Asked;
use super::org::{CallError, Find, Record};
use super::values::from_wire;
use super::{Performed, guard};
use crate::app::App;

/// The conversation goes on without the person long before; an org that hangs must not hold up
/// what waits behind.
const PATIENCE: Duration = Duration::from_secs(10);

/// One request: the fields of whichever records match, of which there must be exactly one.
pub(crate) async fn sync(app: &App, plan: &Plan, key: Uuid, claim: &str) -> Performed {
    let Some(map) = &plan.person else {
        return Performed::Answered(Event::PersonSynced { key, found: PersonFound::Nobody });
    };
    let find = Find {
        object: map.object.clone(),
        fields: fields(plan, map),
        equal: vec![(map.find_by.clone(), claim.to_owned())],
        limit: 2,
    };
    let asking = async {
        guard::right_org(app, plan).await?;
        app.org.find(find).await
    };
    let asked = tokio::time::timeout(PATIENCE, asking).await;
    let asked = asked.unwrap_or_else(|_| {
        // The request was let go, and nobody else learns how it went.
        let silence = CallError::silence();
        app.gate.observe(Asked::Read, Err(&silence));
        Err(silence)
    });
    let found = match asked {
        Ok(records) => match records.as_slice() {
            [] => PersonFound::Nobody,
            [record] => one(plan, map, record),
            _ => {
                tracing::warn!(
                    object = map.object,
                    field = map.find_by,
                    "several records match a verified visitor, who counts as not known"
                );
                PersonFound::Several
            }
        },
        Err(error) => {
            tracing::warn!(why = error.reason(), "a person could not be read");
            PersonFound::Unavailable
        }
    };
    Performed::Answered(Event::PersonSynced { key, found })
}

/// The org is spared, or does not serve: nobody is asked, and the customer does not wait.
pub(crate) fn not_now(key: Uuid) -> Performed {
    tracing::debug!(effect = %key, "a person is not looked up now");
    Performed::Answered(Event::PersonSynced { key, found: PersonFound::Unavailable })
}

fn fields(plan: &Plan, map: &PersonMap) -> Vec<String> {
    let mut fields = vec!["Id".to_owned()];
    for path in synced(plan, map).map(|(_, path)| path.join(".")) {
        if !fields.contains(&path) {
            fields.push(path);
        }
    }
    fields
}

fn synced<'a>(plan: &'a Plan, map: &'a PersonMap) -> impl Iterator<Item = (AttrId, &'a [String])> {
    map.synced.iter().filter_map(|attr| match &plan.attributes.get(attr.index())?.origin {
        Origin::Field(path) => Some((*attr, path.as_slice())),
        Origin::Own | Origin::Session | Origin::Let => None,
    })
}

fn one(plan: &Plan, map: &PersonMap, record: &Record) -> PersonFound {
    let Some(Json::String(id)) = record.get("Id") else { return PersonFound::Unavailable };
    let values =
        synced(plan, map).filter_map(|(attr, path)| Some((attr, read(plan, record, attr, path)?)));
    PersonFound::One { id: id.clone(), values: values.collect() }
}

fn read(plan: &Plan, record: &Record, attr: AttrId, path: &[String]) -> Option<Value> {
    let (first, rest) = path.split_first()?;
    let mut json = record.get(first)?;
    for part in rest {
        json = json.get(part)?;
    }
    from_wire(plan.attributes.get(attr.index())?.ty, json)
}

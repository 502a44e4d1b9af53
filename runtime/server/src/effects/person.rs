//! Finding a verified visitor's record and reading it, and reading a conversation's Case again.

use std::time::Duration;

use serde_json::Value as Json;
use tidegate_engine::event::{Event, PersonFound};
use tidegate_plan::model::{AttrId, CASE, Origin, PersonMap, Plan};
use tidegate_plan::value::Value;
use uuid::Uuid;

use super::gate::{Admission, Asked};
use super::org::{CallError, Find, Record};
use super::values::from_wire;
use super::{Performed, guard};
use crate::app::App;

/// The conversation goes on without the person long before; an org that hangs must not hold up
/// what waits behind.
const PATIENCE: Duration = Duration::from_secs(10);

/// One request: the fields of whichever records match, of which there must be exactly one.
pub(crate) async fn sync(app: &App, plan: &Plan, key: Uuid, claim: &str) -> Performed {
    let found = search(app, plan, claim).await;
    Performed::Answered(Event::PersonSynced { key, found })
}

/// The same for whoever has not asked for anything: only while nothing else waits for the org.
pub(crate) async fn if_spare(app: &App, plan: &Plan, claim: &str) -> PersonFound {
    if app.gate.waiting_for().is_some() || app.gate.admit_person() != Admission::Go {
        return PersonFound::Unavailable;
    }
    search(app, plan, claim).await
}

async fn search(app: &App, plan: &Plan, claim: &str) -> PersonFound {
    let Some(map) = &plan.person else { return PersonFound::Nobody };
    let find = Find {
        object: map.object.clone(),
        fields: names(synced(plan, map).map(|(_, path)| path)),
        equal: vec![(map.find_by.clone(), claim.to_owned())],
        limit: 2,
    };
    match records(app, plan, find).await {
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
    }
}

/// One request: the synced fields of the Case that the conversation has.
pub(crate) async fn read_case(app: &App, plan: &Plan, key: Uuid, case_id: &str) -> Performed {
    let fields: Vec<(AttrId, &[String])> = plan.fields_of_case().collect();
    let find = Find {
        object: CASE.to_owned(),
        fields: names(fields.iter().map(|(_, path)| *path)),
        equal: vec![("Id".to_owned(), case_id.to_owned())],
        limit: 1,
    };
    let values = match records(app, plan, find).await {
        Ok(records) => records.first().map(|record| {
            let read = |(attr, path): &(AttrId, &[String])| {
                Some((*attr, read(plan, record, *attr, path)?))
            };
            fields.iter().filter_map(read).collect()
        }),
        Err(error) => {
            tracing::warn!(why = error.reason(), "a Case could not be read again");
            None
        }
    };
    Performed::Answered(Event::CaseSynced { key, values })
}

/// The records that match, if the org gives them in time.
async fn records(app: &App, plan: &Plan, find: Find) -> Result<Vec<Record>, CallError> {
    let asking = async {
        guard::right_org(app, plan).await?;
        app.org.find(find).await
    };
    let asked = tokio::time::timeout(PATIENCE, asking).await;
    asked.unwrap_or_else(|_| {
        // The request was let go, and nobody else learns how it went.
        let silence = CallError::silence();
        app.gate.observe(Asked::Read, Err(&silence));
        Err(silence)
    })
}

/// The org is spared, or does not serve: what is known of the Case stays as it was.
pub(crate) fn case_not_now(key: Uuid) -> Performed {
    tracing::debug!(effect = %key, "a Case is not read again now");
    Performed::Answered(Event::CaseSynced { key, values: None })
}

/// The org is spared, or does not serve: nobody is asked, and the customer does not wait.
pub(crate) fn not_now(key: Uuid) -> Performed {
    tracing::debug!(effect = %key, "a person is not looked up now");
    Performed::Answered(Event::PersonSynced { key, found: PersonFound::Unavailable })
}

fn names<'a>(paths: impl Iterator<Item = &'a [String]>) -> Vec<String> {
    let mut fields = vec!["Id".to_owned()];
    for path in paths.map(|path| path.join(".")) {
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

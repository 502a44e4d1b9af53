//! `/composite/sobjects`: up to 200 rows in one request, each with its own result.

use axum::body::Bytes;
use axum::extract::{Path, Query};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::answer::Answer;
use super::asker::Asker;
use super::rows::{parsed, reading, saving};
use crate::org::{ErrorCode, RecordId, Records, Refusal, Transaction};

const MOST_ROWS: usize = 200;

/// A body with rows.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rows {
    #[serde(default)]
    all_or_none: bool,
    records: Vec<Map<String, Json>>,
}

/// A query string with ids.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Ids {
    ids: String,
    fields: Option<String>,
    #[serde(default)]
    all_or_none: bool,
}

/// A body with ids.
#[derive(Debug, Deserialize)]
pub(super) struct Listed {
    ids: Vec<String>,
    fields: Vec<String>,
}

/// What is done with each row of a body.
#[derive(Debug, Clone)]
pub(super) enum Write {
    Create,
    Update,
    /// By this object's key field.
    Upsert(String, String),
}

pub(super) async fn create(asker: Asker, body: Bytes) -> Result<Answer, Refusal> {
    let rows: Rows = parsed(&asker.headers, &body)?;
    asker.write(move |asker, writes| write(asker, writes, &Write::Create, rows)).await
}

pub(super) async fn update(asker: Asker, body: Bytes) -> Result<Answer, Refusal> {
    let rows: Rows = parsed(&asker.headers, &body)?;
    asker.write(move |asker, writes| write(asker, writes, &Write::Update, rows)).await
}

pub(super) async fn upsert(
    asker: Asker,
    Path((_, object, field)): Path<(String, String, String)>,
    body: Bytes,
) -> Result<Answer, Refusal> {
    let rows: Rows = parsed(&asker.headers, &body)?;
    let kind = Write::Upsert(object, field);
    asker.write(move |asker, writes| write(asker, writes, &kind, rows)).await
}

pub(super) async fn remove(asker: Asker, Query(ids): Query<Ids>) -> Result<Answer, Refusal> {
    asker.write(move |asker, writes| delete(asker, writes, &ids)).await
}

pub(super) async fn retrieve(
    asker: Asker,
    Path((_, object)): Path<(String, String)>,
    Query(ids): Query<Ids>,
) -> Result<Answer, Refusal> {
    let fields = ids.fields.unwrap_or_default();
    let ids: Vec<&str> = ids.ids.split(',').collect();
    asker.read(|asker, records| read(asker, records, &object, &ids, &fields))
}

pub(super) async fn retrieve_listed(
    asker: Asker,
    Path((_, object)): Path<(String, String)>,
    body: Bytes,
) -> Result<Answer, Refusal> {
    let listed: Listed = parsed(&asker.headers, &body)?;
    let ids: Vec<&str> = listed.ids.iter().map(String::as_str).collect();
    let fields = listed.fields.join(",");
    asker.read(|asker, records| read(asker, records, &object, &ids, &fields))
}

/// Creates, changes or upserts rows.
pub(super) fn write(
    asker: &Asker,
    writes: &mut Transaction<'_>,
    kind: &Write,
    rows: Rows,
) -> Result<Answer, Refusal> {
    check_count(rows.records.len())?;
    let mut results = Results::new(writes, rows.all_or_none);
    for row in rows.records {
        let saved = write_one(asker, results.writes, kind, row);
        results.add(saved);
    }
    Ok(results.end())
}

/// Deletes rows.
pub(super) fn delete(
    asker: &Asker,
    writes: &mut Transaction<'_>,
    ids: &Ids,
) -> Result<Answer, Refusal> {
    let all: Vec<&str> = ids.ids.split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
    check_count(all.len())?;
    let mut results = Results::new(writes, ids.all_or_none);
    for id in all {
        let object = object_of(asker, id);
        let deleted =
            object.and_then(|object| saving::delete(asker, results.writes, (&object, id)));
        results.add(deleted.map(|_| json!({ "id": long(id), "success": true, "errors": [] })));
    }
    Ok(results.end())
}

fn read(
    asker: &Asker,
    records: &Records,
    object: &str,
    ids: &[&str],
    fields: &str,
) -> Result<Answer, Refusal> {
    let object = asker.object(object)?;
    let row = |id: &&str| {
        let row = RecordId::parse(id.trim()).ok().and_then(|id| records.get(&object.name, &id));
        row.map_or(Ok(Json::Null), |row| {
            reading::row_json(asker, object, row, records, Some(fields))
        })
    };
    let rows = ids.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    Ok(Answer::ok(Json::Array(rows)))
}

fn write_one(
    asker: &Asker,
    writes: &mut Transaction<'_>,
    kind: &Write,
    mut row: Map<String, Json>,
) -> Result<Json, Refusal> {
    let named = row.get("attributes").and_then(|attributes| attributes.get("type"));
    let object = named.and_then(Json::as_str).map(str::to_owned).ok_or_else(|| {
        Refusal::request(ErrorCode::InvalidType, "Must send attributes.type for each record")
    })?;
    let answer = match kind {
        Write::Create => saving::create(asker, writes, &object, &row)?,
        Write::Update => {
            let id = take(&mut row, "Id");
            let id = id.ok_or_else(|| missing("Id"))?;
            saving::update(asker, writes, (&object, &id), &row)?;
            return Ok(json!({ "id": long(&id), "success": true, "errors": [] }));
        }
        Write::Upsert(expected, field) if expected.eq_ignore_ascii_case(&object) => {
            let value = take(&mut row, field).ok_or_else(|| missing(field))?;
            saving::upsert(asker, writes, (&object, field, &value), row, false)?
        }
        Write::Upsert(..) => {
            let message = format!("{object} is not the type that the request is for");
            return Err(Refusal::request(ErrorCode::InvalidType, message));
        }
    };
    if answer.status == axum::http::StatusCode::MULTIPLE_CHOICES {
        let message = "more than one record found for external id field";
        return Err(Refusal::request(ErrorCode::DuplicateExternalId, message));
    }
    Ok(answer.body.unwrap_or_default())
}

/// The results so far, and whether all of them must be good.
struct Results<'t, 'o> {
    writes: &'t mut Transaction<'o>,
    start: crate::org::Savepoint,
    all_or_none: bool,
    results: Vec<Result<Json, Refusal>>,
}

impl<'t, 'o> Results<'t, 'o> {
    fn new(writes: &'t mut Transaction<'o>, all_or_none: bool) -> Results<'t, 'o> {
        let start = writes.savepoint();
        Results { writes, start, all_or_none, results: Vec::new() }
    }

    fn add(&mut self, result: Result<Json, Refusal>) {
        self.results.push(result);
    }

    fn end(self) -> Answer {
        let rolled_back = Refusal::request(
            ErrorCode::AllOrNoneOperationRolledBack,
            "Record rolled back because not all records were valid and the request was using \
             AllOrNone header",
        );
        let all_lost = self.all_or_none && self.results.iter().any(Result::is_err);
        if all_lost {
            self.writes.roll_back_to(self.start, &rolled_back);
        }
        let results = self.results.into_iter().map(|result| match result {
            Ok(_) if all_lost => failure(&rolled_back),
            Ok(result) => result,
            Err(refusal) => failure(&refusal),
        });
        Answer::ok(results.collect())
    }
}

/// A refusal in the shape that it has inside a list of results.
fn failure(refusal: &Refusal) -> Json {
    let errors = refusal.errors().iter().map(|error| {
        json!({
            "statusCode": error.error_code,
            "message": error.message,
            "fields": error.fields.clone().unwrap_or_default(),
        })
    });
    json!({ "success": false, "errors": errors.collect::<Vec<_>>() })
}

fn check_count(rows: usize) -> Result<(), Refusal> {
    if rows <= MOST_ROWS {
        return Ok(());
    }
    let message = "record limit reached. cannot submit more than 200 records into this call";
    Err(Refusal::request(ErrorCode::ExceededIdLimit, message))
}

/// Takes a value of a key out of a row, in whatever case it is named.
fn take(row: &mut Map<String, Json>, name: &str) -> Option<String> {
    let key = row.keys().find(|key| key.eq_ignore_ascii_case(name))?.clone();
    match row.shift_remove(&key)? {
        Json::String(text) => Some(text),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn missing(field: &str) -> Refusal {
    Refusal::request(ErrorCode::MissingArgument, format!("{field} not specified"))
}

fn object_of(asker: &Asker, id: &str) -> Result<String, Refusal> {
    let object = RecordId::parse(id).ok();
    let object = object.and_then(|id| asker.schema().object_of_prefix(id.key_prefix()));
    object
        .map(|object| object.name.clone())
        .ok_or_else(|| Refusal::request(ErrorCode::MalformedId, format!("malformed id {id}")))
}

/// The 18-character form of an id that is known to be one.
fn long(id: &str) -> String {
    RecordId::parse(id).map_or_else(|_| id.to_owned(), |id| id.to_string())
}

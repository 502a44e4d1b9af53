//! `/composite`: several requests in one, which may build on one another.

mod reference;

use axum::body::Bytes;
use axum::extract::Query;
use axum::http::{HeaderName, HeaderValue, Uri};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json, json};

use self::reference::Results;
use super::answer::Answer;
use super::asker::Asker;
use super::collections::{self, Write};
use super::query::Asked;
use super::rows::{Wanted, parsed, reading, saving};
use super::{describe, query, versions};
use crate::org::{ErrorCode, Refusal, Transaction};

const MOST_PARTS: usize = 25;
/// Queries and collections.
const MOST_HEAVY_PARTS: usize = 5;
/// What clients leave unescaped in the addresses of parts, though an address may not hold it.
const UNESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'}');

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Composite {
    #[serde(default)]
    all_or_none: bool,
    composite_request: Vec<Part>,
}

/// One request among several.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    method: String,
    url: String,
    reference_id: String,
    #[serde(default)]
    body: Json,
    #[serde(default)]
    http_headers: Map<String, Json>,
}

pub(super) async fn all(asker: Asker, body: Bytes) -> Result<Answer, Refusal> {
    let composite: Composite = parsed(&asker.headers, &body)?;
    check(&composite)?;
    asker.write(move |asker, writes| Ok(perform(asker, writes, &composite))).await
}

fn check(composite: &Composite) -> Result<(), Refusal> {
    let parts = &composite.composite_request;
    let heavy = parts.iter().filter(|part| {
        ["/query", "/composite/sobjects"].iter().any(|resource| part.url.contains(resource))
    });
    let (count, heavy) = (parts.len(), heavy.count());
    if count > MOST_PARTS || heavy > MOST_HEAVY_PARTS {
        let message = format!(
            "Limit exceeded: {count} subrequests, of which {heavy} are queries or collections; \
             {MOST_PARTS} and {MOST_HEAVY_PARTS} are allowed"
        );
        return Err(Refusal::request(ErrorCode::LimitExceeded, message));
    }
    for (index, part) in parts.iter().enumerate() {
        let id = &part.reference_id;
        let named = id.starts_with(|first: char| first.is_ascii_alphanumeric())
            && id.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        if !named || parts[..index].iter().any(|earlier| earlier.reference_id == *id) {
            let message = format!("Invalid or duplicate reference id: {id}");
            return Err(Refusal::request(ErrorCode::InvalidField, message));
        }
    }
    Ok(())
}

fn perform(asker: &Asker, writes: &mut Transaction<'_>, composite: &Composite) -> Answer {
    let halted = Refusal::request(
        ErrorCode::ProcessingHalted,
        "The transaction was rolled back since another operation in the same transaction failed.",
    );
    let start = writes.savepoint();
    let mut results = Results::default();
    let mut failed = None;
    for part in &composite.composite_request {
        let answer = match failed {
            Some(_) => Answer::from(halted.clone()),
            None => perform_part(asker, writes, part, &results),
        };
        let fails = answer.status.is_client_error() || answer.status.is_server_error();
        if composite.all_or_none && fails && failed.is_none() {
            failed = Some(part.reference_id.clone());
        }
        results.add(&part.reference_id, answer);
    }
    if let Some(failed) = failed {
        writes.roll_back_to(start, &halted);
        results.replace_others(&failed, &Answer::from(halted));
    }
    Answer::ok(json!({ "compositeResponse": results.into_json() }))
}

fn perform_part(
    asker: &Asker,
    writes: &mut Transaction<'_>,
    part: &Part,
    results: &Results,
) -> Answer {
    let done = results.fill(part).and_then(|part| {
        let mut asker = asker.clone();
        for (name, value) in &part.http_headers {
            let name = name.parse::<HeaderName>().ok();
            let value = value.as_str().and_then(|text| HeaderValue::from_str(text).ok());
            if let Some((name, value)) = name.zip(value) {
                asker.headers.insert(name, value);
            }
        }
        dispatch(asker, writes, part)
    });
    done.unwrap_or_else(Answer::from)
}

/// Gives a part to what would have answered it alone.
fn dispatch(mut asker: Asker, writes: &mut Transaction<'_>, part: Part) -> Result<Answer, Refusal> {
    let uri: Uri = utf8_percent_encode(&part.url, UNESCAPED)
        .to_string()
        .parse()
        .map_err(|_| Refusal::not_found())?;
    let path = uri.path().strip_prefix("/services/data/").ok_or_else(Refusal::not_found)?;
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    let segments: Vec<String> =
        segments.map(|text| percent_decode_str(text).decode_utf8_lossy().into_owned()).collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let (version, path) = segments.split_first().ok_or_else(Refusal::not_found)?;
    versions::check(version)?;
    asker.version = (*version).to_owned();
    let asker = &asker;
    match (part.method.as_str(), path) {
        ("GET", _) => look_up(asker, writes, path, &uri),
        ("POST", ["sobjects", object]) => saving::create(asker, writes, object, &body(part.body)?),
        ("PATCH", ["sobjects", object, id]) => {
            saving::update(asker, writes, (object, id), &body(part.body)?)
        }
        ("DELETE", ["sobjects", object, id]) => saving::delete(asker, writes, (object, id)),
        ("PATCH", ["sobjects", object, field, value]) => {
            let wanted: Wanted = query_of(&uri)?;
            let key = (*object, *field, *value);
            saving::upsert(asker, writes, key, body(part.body)?, wanted.update_only)
        }
        ("POST", ["composite", "sobjects"]) => {
            collections::write(asker, writes, &Write::Create, body(part.body)?)
        }
        ("PATCH", ["composite", "sobjects"]) => {
            collections::write(asker, writes, &Write::Update, body(part.body)?)
        }
        ("PATCH", ["composite", "sobjects", object, field]) => {
            let kind = Write::Upsert((*object).to_owned(), (*field).to_owned());
            collections::write(asker, writes, &kind, body(part.body)?)
        }
        ("DELETE", ["composite", "sobjects"]) => {
            collections::delete(asker, writes, &query_of(&uri)?)
        }
        (method, ["sobjects" | "query" | "composite" | "limits", ..]) => {
            Err(Refusal::method(method))
        }
        _ => Err(Refusal::not_found()),
    }
}

fn look_up(
    asker: &Asker,
    writes: &Transaction<'_>,
    path: &[&str],
    uri: &Uri,
) -> Result<Answer, Refusal> {
    let records = writes.records();
    match path {
        ["limits"] => Ok(versions::limits_of(&asker.served)),
        ["sobjects"] => Ok(describe::of_the_org(asker)),
        ["sobjects", object] => describe::outline(asker, object),
        ["sobjects", object, "describe"] => describe::of_an_object(asker, records, object),
        ["sobjects", object, id] => reading::row(asker, records, (object, id), &query_of(uri)?),
        ["sobjects", object, field, value] => {
            let key = (*object, *field, *value);
            reading::row_by_key(asker, records, key, &query_of(uri)?)
        }
        ["query"] => {
            let asked: Asked = query_of(uri)?;
            query::begin(asker, records, asked)
        }
        ["query", locator] => query::page(asker, locator),
        _ => Err(Refusal::not_found()),
    }
}

fn query_of<T: DeserializeOwned>(uri: &Uri) -> Result<T, Refusal> {
    let query = Query::try_from_uri(uri)
        .map_err(|problem| Refusal::request(ErrorCode::MissingArgument, problem.to_string()))?;
    Ok(query.0)
}

fn body<T: DeserializeOwned>(body: Json) -> Result<T, Refusal> {
    serde_json::from_value(body)
        .map_err(|problem| Refusal::request(ErrorCode::JsonParserError, problem.to_string()))
}

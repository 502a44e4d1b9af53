//! Describes: of the whole org, and of one object.

mod field;
mod object;

use axum::extract::Path;
use axum::http::header::{ETAG, IF_MODIFIED_SINCE, LAST_MODIFIED};
use axum::http::{HeaderMap, StatusCode};
use httpdate::{HttpDate, fmt_http_date, parse_http_date};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use std::time::SystemTime;

pub(super) use self::object::MASTER;
use self::object::{global_entry, object_describe};
use super::answer::Answer;
use super::asker::Asker;
use crate::org::schema::ObjectSchema;
use crate::org::{Records, Refusal};

/// What one describe call may carry in one batch, as the real one says.
const MAX_BATCH: u32 = 200;

pub(super) async fn global(asker: Asker) -> Answer {
    of_the_org(&asker)
}

pub(super) async fn object(
    asker: Asker,
    Path((_, name)): Path<(String, String)>,
) -> Result<Answer, Refusal> {
    asker.read(|asker, records| of_an_object(asker, records, &name))
}

pub(super) async fn basic(
    asker: Asker,
    Path((_, name)): Path<(String, String)>,
) -> Result<Answer, Refusal> {
    outline(&asker, &name)
}

/// Every object that there is.
pub(super) fn of_the_org(asker: &Asker) -> Answer {
    conditional(asker, asker.schema().rules().modified, || {
        let objects = asker.schema().objects();
        let objects = objects.map(|object| json!(global_entry(object, &asker.version)));
        let objects: Vec<Json> = objects.chain(asker.schema().others().iter().cloned()).collect();
        json!({ "encoding": "UTF-8", "maxBatchSize": MAX_BATCH, "sobjects": objects })
    })
}

/// One object, with its fields.
pub(super) fn of_an_object(
    asker: &Asker,
    records: &Records,
    name: &str,
) -> Result<Answer, Refusal> {
    let object = asker.object(name)?;
    let modified = object.modified.unwrap_or(asker.schema().rules().modified);
    Ok(conditional(asker, modified, || match &object.describe {
        Some(real) => as_seen(real, object),
        None => json!(object_describe(asker, records, object)),
    }))
}

/// One object, without its fields.
pub(super) fn outline(asker: &Asker, name: &str) -> Result<Answer, Refusal> {
    let entry = global_entry(asker.object(name)?, &asker.version);
    Ok(Answer::ok(json!({ "objectDescribe": entry, "recentItems": [] })))
}

/// A real org's describe, with what this user doesn't see or may not write.
fn as_seen(real: &Json, object: &ObjectSchema) -> Json {
    let mut describe = real.clone();
    if let Some(Json::Array(fields)) = describe.get_mut("fields") {
        fields.retain_mut(|described| {
            let field = described["name"].as_str().and_then(|name| object.field(name));
            let Some(field) = field else { return false };
            described["createable"] = Json::Bool(field.createable());
            described["updateable"] = Json::Bool(field.updateable());
            true
        });
    }
    describe
}

/// Answers 304 where the client has seen the metadata as they are.
fn conditional(asker: &Asker, modified: Timestamp, body: impl FnOnce() -> Json) -> Answer {
    let modified = SystemTime::from(modified);
    let answer = if is_fresh(&asker.headers, modified) {
        Answer::empty(StatusCode::NOT_MODIFIED)
    } else {
        let body = body();
        let tag = entity_tag(&body);
        Answer::ok(body).with(ETAG, tag)
    };
    answer.with(LAST_MODIFIED, fmt_http_date(modified))
}

/// Whether the client's copy is as new as what was last modified then.
pub(super) fn is_fresh(headers: &HeaderMap, modified: SystemTime) -> bool {
    let since = headers.get(IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
    let since = since.and_then(|text| parse_http_date(text).ok());
    since.is_some_and(|since| HttpDate::from(since) >= HttpDate::from(modified))
}

/// An instant as HTTP headers have it.
pub(super) fn http_date(instant: Timestamp) -> String {
    fmt_http_date(SystemTime::from(instant))
}

/// Eight hexadecimal digits in quotes, as a describe carries.
pub(super) fn entity_tag(body: &impl Serialize) -> String {
    let digest = Sha256::digest(serde_json::to_vec(body).unwrap_or_default());
    let digits: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{digits}\"")
}

//! `/query`, and the pages after the first.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Path, Query};
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::answer::Answer;
use super::asker::Asker;
use crate::org::{ErrorCode, RecordId, Records, Refusal};
use crate::soql;

const DEFAULT_PAGE: usize = 2000;
const SMALLEST_PAGE: usize = 200;
/// Older cursors are forgotten, as the real ones are after two days.
const MOST_CURSORS: usize = 100;
const CURSOR_PREFIX: &str = "0r8";

/// Results of which not every page has been asked for.
#[derive(Debug, Default)]
pub(super) struct Cursors {
    open: Mutex<(u64, VecDeque<Cursor>)>,
}

#[derive(Debug, Clone)]
struct Cursor {
    id: String,
    records: Arc<Vec<Json>>,
    page: usize,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    pub(super) q: Option<String>,
}

pub(super) async fn first(asker: Asker, Query(asked): Query<Asked>) -> Result<Answer, Refusal> {
    asker.read(|asker, records| begin(asker, records, asked))
}

pub(super) async fn next(
    asker: Asker,
    Path((_, locator)): Path<(String, String)>,
) -> Result<Answer, Refusal> {
    page(&asker, &locator)
}

/// The first page of what a query finds.
pub(super) fn begin(asker: &Asker, records: &Records, asked: Asked) -> Result<Answer, Refusal> {
    let text = asked.q.ok_or_else(|| {
        Refusal::request(ErrorCode::MalformedQuery, "SOQL query must be given as parameter q")
    })?;
    let found = soql::run(asker.schema(), records, &text, &asker.version)?;
    let page = page_size(&asker.headers);
    if found.records.len() <= page {
        let body = json!({ "totalSize": found.total, "done": true, "records": found.records });
        return Ok(Answer::ok(body));
    }
    let cursor = asker.served.cursors.open(found.records, page);
    Ok(cursor.answer(0, &asker.version))
}

/// A later page.
pub(super) fn page(asker: &Asker, locator: &str) -> Result<Answer, Refusal> {
    let found = locator.rsplit_once('-').and_then(|(id, offset)| {
        let cursor = asker.served.cursors.find(id)?;
        let offset = offset.parse().ok().filter(|&offset| offset < cursor.records.len())?;
        Some(cursor.answer(offset, &asker.version))
    });
    found.ok_or_else(|| Refusal::request(ErrorCode::InvalidQueryLocator, "invalid query locator"))
}

/// `Sforce-Query-Options: batchSize=n`; the org takes it as a hint within its bounds.
fn page_size(headers: &HeaderMap) -> usize {
    let options = headers.get("sforce-query-options").and_then(|value| value.to_str().ok());
    let size = options.and_then(|options| {
        options.split(',').find_map(|option| {
            let (name, value) = option.split_once('=')?;
            let named = name.trim().eq_ignore_ascii_case("batchSize");
            named.then(|| value.trim().parse().ok()).flatten()
        })
    });
    size.unwrap_or(DEFAULT_PAGE).clamp(SMALLEST_PAGE, DEFAULT_PAGE)
}

impl Cursors {
    fn open(&self, records: Vec<Json>, page: usize) -> Cursor {
        let mut open = self.lock();
        open.0 += 1;
        let id = RecordId::numbered(CURSOR_PREFIX, open.0).to_string();
        let cursor = Cursor { id, records: Arc::new(records), page };
        open.1.push_back(cursor.clone());
        if open.1.len() > MOST_CURSORS {
            open.1.pop_front();
        }
        cursor
    }

    fn find(&self, id: &str) -> Option<Cursor> {
        self.lock().1.iter().find(|cursor| cursor.id == id).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, (u64, VecDeque<Cursor>)> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cursor {
    fn answer(&self, offset: usize, version: &str) -> Answer {
        let total = self.records.len();
        let end = (offset + self.page).min(total);
        let records = &self.records[offset..end];
        let body = if end == total {
            json!({ "totalSize": total, "done": true, "records": records })
        } else {
            let next = format!("/services/data/{version}/query/{}-{end}", self.id);
            json!({ "totalSize": total, "done": false, "nextRecordsUrl": next, "records": records })
        };
        Answer::ok(body)
    }
}

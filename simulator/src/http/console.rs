//! The org's pages for people: plain HTML, nothing that runs. Everything shown is hostile until it is escaped.

mod cases;
mod chats;
mod contacts;
mod html;
mod ledger;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use self::html::Html;
use super::{Served, Shared, files};
use crate::org::RecordId;

const STYLE: &str = include_str!("console/console.css");
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; \
     frame-ancestors 'none'; base-uri 'none'",
);
/// Of what stands within a page.
const FRAME_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; form-action 'none'; frame-ancestors 'self'; \
     base-uri 'none'",
);
/// Enough to look through; the rest is a question for the operator's addresses.
const MOST_SHOWN: usize = 100;
const SECONDS_BETWEEN_VIEWS: u32 = 5;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Page {
    Cases,
    Chats,
    Contacts,
    Ledger,
}

#[derive(Deserialize)]
struct View {
    /// `off` keeps the page still.
    refresh: Option<String>,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(cases))
        .route("/contacts", get(contacts))
        .route("/ledger", get(ledger))
        .route("/chats", get(all_chats))
        .route("/chats/{id}", get(chats::one))
        .route("/chats/{id}/transcript", get(chats::transcript))
        .route("/chats/{id}/file", post(chats::send_file))
        .route("/chats/{id}/{act}", post(chats::act))
        .route("/files/{id}", get(file))
        .route("/console.css", get(style))
}

async fn cases(State(served): State<Shared>, Query(view): Query<View>) -> Response {
    page(&served, Page::Cases, &view, cases::write)
}

async fn contacts(State(served): State<Shared>, Query(view): Query<View>) -> Response {
    page(&served, Page::Contacts, &view, contacts::write)
}

async fn ledger(State(served): State<Shared>, Query(view): Query<View>) -> Response {
    page(&served, Page::Ledger, &view, ledger::write)
}

async fn all_chats(State(served): State<Shared>, Query(view): Query<View>) -> Response {
    page(&served, Page::Chats, &view, chats::write)
}

async fn file(State(served): State<Shared>, Path(id): Path<String>) -> Response {
    let state = served.org.state();
    let version = RecordId::parse(&id).ok().and_then(|id| state.records.get("ContentVersion", &id));
    let answer = version.and_then(files::for_browser);
    answer.unwrap_or_else(|| (StatusCode::NOT_FOUND, "no such file").into_response())
}

async fn style() -> Response {
    ([(CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"))], STYLE).into_response()
}

fn page(
    served: &Served,
    page: Page,
    view: &View,
    write: impl FnOnce(&Served, &mut Html),
) -> Response {
    let still = view.refresh.as_deref() == Some("off");
    let mut html = Html::default();
    let name = served.org.schema().rules().name.clone();
    head(&mut html, (!still).then_some(SECONDS_BETWEEN_VIEWS), &name);
    html.raw("<header><div class=\"brand\"><strong>");
    html.text(&name);
    html.raw("</strong><span>Simulated Salesforce org</span></div><nav>");
    for (known, path, name) in [
        (Page::Cases, "/", "Cases"),
        (Page::Chats, "/chats", "Chats"),
        (Page::Contacts, "/contacts", "Contacts"),
        (Page::Ledger, "/ledger", "Ledger"),
    ] {
        let current = if known == page { " aria-current=\"page\"" } else { "" };
        html.raw(&format!("<a href=\"{path}\"{current}>{name}</a>"));
    }
    let (link, name) = if still { ("?", "Follow") } else { ("?refresh=off", "Hold still") };
    html.raw(&format!("<a class=\"quiet\" href=\"{link}\">{name}</a></nav></header><main>"));
    write(served, &mut html);
    html.raw("</main></body></html>");
    sent(html, POLICY)
}

/// What stands within a page, and is looked at again by itself.
fn frame(seconds: u32, write: impl FnOnce(&mut Html)) -> Response {
    let mut html = Html::default();
    head(&mut html, Some(seconds), "Conversation");
    html.raw("<main>");
    write(&mut html);
    html.raw("</main></body></html>");
    sent(html, FRAME_POLICY)
}

fn head(html: &mut Html, refresh: Option<u32>, title: &str) {
    html.raw("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    if let Some(seconds) = refresh {
        html.raw(&format!("<meta http-equiv=\"refresh\" content=\"{seconds}\">"));
    }
    html.raw("<link rel=\"stylesheet\" href=\"/console.css\"><title>");
    html.text(title);
    html.raw("</title></head><body>");
}

fn sent(html: Html, policy: HeaderValue) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (HeaderName::from_static("content-security-policy"), policy),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, html.finish()).into_response()
}

//! The chat page, its bundle and the embed script, out of this program.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{Embed, EmbeddedFile};
use serde::Deserialize;

use super::problem::Problem;
use crate::app::App;

#[derive(Embed)]
#[folder = "../../messenger/dist/"]
struct Bundle;

#[derive(Debug, Deserialize)]
pub(super) struct ChatQuery {
    #[serde(default)]
    messenger: Option<String>,
}

/// The chat page. Only pages of the Messenger's origins may show it in a frame.
pub(super) async fn chat(
    State(app): State<Arc<App>>,
    Query(query): Query<ChatQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let name = query.messenger.as_deref().unwrap_or("web");
    let messenger = app.messengers.get(name).ok_or_else(Problem::not_found)?;
    let policy = policy(&messenger.origins);
    let policy = HeaderValue::from_str(&policy).map_err(|_| Problem::not_found())?;
    let mut response = embedded("index.html", &headers)?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// Nothing but our own scripts and styles, no inline script, and frames by the allowed only.
fn policy(origins: &[String]) -> String {
    let ancestors: Vec<&str> =
        std::iter::once("'self'").chain(origins.iter().map(String::as_str)).collect();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors {}",
        ancestors.join(" ")
    )
}

/// A file of the bundle.
pub(super) async fn file(
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if name == "index.html" {
        return Err(Problem::not_found());
    }
    let mut response = embedded(&name, &headers)?;
    let headers = response.headers_mut();
    // Other sites' pages load the embed script; nothing here is anybody's secret.
    let anyone = HeaderValue::from_static("cross-origin");
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), anyone);
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    );
    Ok(response)
}

fn embedded(name: &str, request: &HeaderMap) -> Result<Response, Problem> {
    let file = Bundle::get(name).ok_or_else(Problem::not_found)?;
    let tag = tag(&file);
    let known = request.get(header::IF_NONE_MATCH).is_some_and(|known| known == tag.as_str());
    let mut response = match known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => file.data.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(name)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let referrer = HeaderValue::from_static("strict-origin-when-cross-origin");
    headers.insert(header::REFERRER_POLICY, referrer);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    Ok(response)
}

fn tag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    let hex: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}\"")
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

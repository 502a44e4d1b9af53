//! Which pages may ask: exact origins, and the server's own pages.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use crate::app::App;

/// Headers that a page may send.
const ALLOWED: &str = "authorization, content-type, content-disposition, last-event-id";

pub(super) const REFUSED: &str = "this Messenger is not for pages of that origin";

/// Refuses foreign origins, answers preflights, and adds the CORS headers. An origin is compared,
/// never reflected unknown; which of the Messengers it may use is looked at where one is named.
pub(super) async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let Some(origin) = headers.get(header::ORIGIN).cloned() else {
        return hardened(next.run(request).await);
    };
    let origins = app.messengers.values().flat_map(|messenger| &messenger.origins);
    if !same(headers, &origin) && !origins.into_iter().any(|known| equal(&origin, known)) {
        return hardened(Problem::new(StatusCode::FORBIDDEN, REFUSED).into_response());
    }
    let preflight = request.method() == Method::OPTIONS
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = match preflight {
        true => StatusCode::NO_CONTENT.into_response(),
        false => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    let readable = HeaderValue::from_static("Retry-After");
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, readable);
    if preflight {
        let known = [
            (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED),
            (header::ACCESS_CONTROL_MAX_AGE, "600"),
        ];
        headers.extend(known.map(|(name, value)| (name, HeaderValue::from_static(value))));
    }
    hardened(response)
}

/// Whether a request comes from one of these origins, from the server's own pages, or from no page
/// at all.
pub(super) fn allowed(headers: &HeaderMap, origins: &[String]) -> bool {
    match headers.get(header::ORIGIN) {
        None => true,
        Some(origin) => same(headers, origin) || origins.iter().any(|known| equal(origin, known)),
    }
}

/// The same, or why not.
pub(super) fn check(headers: &HeaderMap, origins: &[String]) -> Result<(), Problem> {
    match allowed(headers, origins) {
        true => Ok(()),
        false => Err(Problem::new(StatusCode::FORBIDDEN, REFUSED)),
    }
}

fn equal(origin: &HeaderValue, known: &str) -> bool {
    origin.as_bytes() == known.as_bytes()
}

/// Whether the origin is the server's own as the browser sees it. Behind a proxy the scheme differs
/// from ours; the host, which a page can't set, is what counts.
fn same(headers: &HeaderMap, origin: &HeaderValue) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let authority = origin.to_str().ok().and_then(|origin| {
        origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"))
    });
    host.is_some() && host == authority
}

fn hardened(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

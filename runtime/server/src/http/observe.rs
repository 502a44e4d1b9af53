//! What is told of a request: its route, never its path, and how it went.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

use crate::app::App;
use crate::metrics::Answered;

/// Counts a request, and logs it for whoever wants to see each.
pub(super) async fn observe(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = name(request.method());
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let route = matched.as_ref().map_or("other", MatchedPath::as_str);
    let (status, taken) = (response.status().as_u16(), begun.elapsed());
    app.metrics.answered(Answered { method, route: route.to_owned(), status }, taken);
    tracing::debug!(method, route, status, ?taken, "answered");
    response
}

/// A method's name, if it is one that anybody has heard of.
fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        Method::HEAD => "HEAD",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        _ => "other",
    }
}

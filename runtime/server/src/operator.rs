//! What operators ask a running server, on a listener of their own.

mod ai;
mod dead_letters;
mod drift;
mod scrape;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::http::Method;
use axum::middleware;

use crate::app::App;
use crate::health;
use crate::http::route::{Guard, Route, RouteInfo, closed, router as with};

pub(crate) use token::OperatorToken;

/// Every route; what is added here stands behind the token, unless it says otherwise.
pub(crate) fn routes() -> Vec<Route> {
    use Guard::{Nobody, Operator};
    const GET: Method = Method::GET;
    const POST: Method = Method::POST;
    vec![
        Route::operator(GET, "/healthz", Nobody, health::alive),
        Route::operator(GET, "/readyz", Nobody, health::ready),
        Route::operator(GET, "/metrics", Operator, scrape::metrics),
        Route::operator(GET, "/v1/ai", Operator, ai::ai),
        Route::operator(GET, "/v1/drift", Operator, drift::drift),
        Route::operator(GET, "/v1/dead-letters", Operator, dead_letters::list),
        Route::operator(GET, "/v1/dead-letters/{id}", Operator, dead_letters::show),
        Route::operator(POST, "/v1/dead-letters/{id}/mend", Operator, dead_letters::mend),
        Route::operator(POST, "/v1/dead-letters/{id}/resend", Operator, dead_letters::resend),
        Route::operator(POST, "/v1/dead-letters/{id}/drop", Operator, dead_letters::drop),
    ]
}

/// The operators' router.
pub(crate) fn router(app: Arc<App>, token: Option<OperatorToken>) -> Router {
    let guarded = |info: &RouteInfo| info.guard == Guard::Operator;
    let (guarded, open): (Vec<_>, Vec<_>) =
        routes().into_iter().partition(|route| guarded(&route.info));
    let guard = middleware::from_fn_with_state(token.map(Arc::new), token::guard);
    closed(with(guarded).layer(guard).merge(with(open)), app)
}

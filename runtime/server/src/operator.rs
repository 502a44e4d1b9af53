//! What operators ask a running server, on a listener of their own.

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
    vec![
        Route::operator(Method::GET, "/healthz", Nobody, health::alive),
        Route::operator(Method::GET, "/readyz", Nobody, health::ready),
        Route::operator(Method::GET, "/metrics", Operator, scrape::metrics),
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

//! The Messenger API, as `API.md` states it, and the pages.

pub(crate) mod body;
pub(crate) mod file_places;
pub(crate) mod identity;
pub(crate) mod problem;

mod agent;
mod events;
pub(crate) mod file_kind;
pub(crate) mod file_name;
pub(crate) mod files;
mod forms;
#[doc(hidden)]
pub mod fuzzing;
mod late;
mod logout;
mod messages;
mod open;
mod origin;
mod pages;
mod profile;
mod seen;
mod shape;
pub(crate) mod streams;
mod typing;
mod visitor;
mod visits;

use std::sync::Arc;

use axum::Router;
use axum::http::Method;
use axum::middleware;

use crate::app::App;
use crate::health;
use crate::http::route::{Guard, Pace, Route, closed, router as with};

/// The API, for pages of the Messengers' origins.
fn api() -> Vec<Route> {
    use Guard::{Admission, Bearer, Nobody, Owner};
    const GET: Method = Method::GET;
    const POST: Method = Method::POST;
    vec![
        Route::public(POST, "/v1/open", Admission, open::open),
        Route::public(GET, "/v1/visits", Nobody, visits::times),
        Route::public(POST, "/v1/visits", Admission, visits::visit),
        Route::public(GET, "/v1/conversations/{id}/events", Owner, events::events),
        Route::public(POST, "/v1/conversations/{id}/messages", Owner, messages::message),
        Route::public(POST, "/v1/conversations/{id}/forms", Owner, forms::form),
        Route::public(POST, "/v1/conversations/{id}/files", Owner, files::upload),
        Route::public(GET, "/v1/conversations/{id}/files/{file}", Owner, files::download),
        Route::public(POST, "/v1/conversations/{id}/attachments", Owner, files::send),
        Route::public(POST, "/v1/conversations/{id}/choices", Owner, forms::choice),
        Route::public(POST, "/v1/conversations/{id}/refusals", Owner, messages::refusal),
        Route::public(POST, "/v1/conversations/{id}/human", Owner, messages::human),
        Route::public(POST, "/v1/conversations/{id}/helped", Owner, messages::helped),
        Route::public(POST, "/v1/conversations/{id}/typing", Owner, typing::typing)
            .at(Pace::Typing),
        Route::public(POST, "/v1/conversations/{id}/seen", Owner, seen::seen).at(Pace::Typing),
        Route::public(POST, "/v1/logout", Bearer, logout::logout),
    ]
}

/// The chat page, and what load balancers ask.
fn pages() -> Vec<Route> {
    use Guard::Nobody;
    const GET: Method = Method::GET;
    vec![
        Route::public(GET, "/messenger/", Nobody, pages::chat),
        Route::public(GET, "/messenger/{file}", Nobody, pages::file),
        Route::public(GET, "/healthz", Nobody, health::alive),
        Route::public(GET, "/readyz", Nobody, health::ready_untold),
    ]
}

/// Every public route.
pub(crate) fn routes() -> Vec<Route> {
    let mut routes = api();
    routes.extend(pages());
    routes
}

/// The router for customers.
pub(crate) fn router(app: Arc<App>) -> Router {
    let guard = middleware::from_fn_with_state(Arc::clone(&app), origin::guard);
    closed(with(api()).layer(guard).merge(with(pages())), app)
}

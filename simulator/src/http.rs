//! The org over HTTP.

mod answer;
mod api;
mod asker;
mod chat;
mod collections;
mod composite;
mod console;
mod describe;
mod fault;
mod files;
mod held;
mod oauth;
mod operator;
mod query;
mod rows;
mod session;
mod ui_api;
mod versions;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, patch, post};

use crate::chat::Chat;
use crate::faults::Faults;
use crate::org::Org;

use self::held::Holds;
pub use self::oauth::ConnectedApp;
use self::query::Cursors;
use self::session::Sessions;

/// What a request may carry: a file's JSON body is at most this long.
const LARGEST_BODY: usize = 52 * 1024 * 1024;
/// What a developer org may be asked in a day.
const DAILY_REQUESTS: u64 = 15_000;

/// What all handlers share.
#[derive(Debug)]
pub(crate) struct Served {
    /// The org.
    pub org: Org,
    /// Who may log in.
    pub apps: Vec<ConnectedApp>,
    /// Where the org is reached, without a slash at the end.
    pub url: String,
    /// Who is logged in.
    pub sessions: Sessions,
    /// What goes wrong on purpose.
    pub faults: Faults,
    /// Live chat.
    pub chat: Chat,
    holds: Holds,
    cursors: Cursors,
    requests: AtomicU64,
}

type Shared = Arc<Served>;

impl Served {
    /// An org that nobody has logged in to yet.
    pub(crate) fn new(org: Org, apps: Vec<ConnectedApp>, url: String) -> Served {
        Served {
            org,
            apps,
            url,
            sessions: Sessions::default(),
            faults: Faults::default(),
            chat: Chat::default(),
            holds: Holds::default(),
            cursors: Cursors::default(),
            requests: AtomicU64::new(0),
        }
    }

    fn used_requests(&self) -> u64 {
        if self.faults.daily_limit_reached() {
            return DAILY_REQUESTS;
        }
        self.requests.load(Ordering::Relaxed)
    }

    fn count_request(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// `Sforce-Limit-Info`; at its maximum where the day's requests are said to be used up.
    fn limit_info(&self, exhausted: bool) -> String {
        let used = if exhausted { DAILY_REQUESTS } else { self.used_requests() };
        format!("api-usage={used}/{DAILY_REQUESTS}")
    }
}

/// Every address of the org.
pub(crate) fn router(served: Shared) -> Router {
    Router::new()
        .nest("/services/data/{version}", api_routes(&served))
        .route("/services/data", get(versions::list))
        .route("/services/data/", get(versions::list))
        .route("/services/oauth2/token", post(oauth::token))
        .route("/services/oauth2/userinfo", get(oauth::userinfo).post(oauth::userinfo))
        .route("/services/oauth2/revoke", post(oauth::revoke))
        .route("/id/{org}/{user}", get(oauth::userinfo))
        .route("/services/{*rest}", axum::routing::any(api::nothing_here))
        .merge(operator::routes())
        .merge(chat::routes(&served))
        .merge(console::routes())
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(served)
}

fn api_routes(served: &Shared) -> Router<Shared> {
    Router::new()
        .route("/", get(versions::resources))
        .route("/limits", get(versions::limits))
        .route("/limits/", get(versions::limits))
        .route("/sobjects", get(describe::global))
        .route("/sobjects/", get(describe::global))
        .route("/sobjects/{object}", get(describe::basic).post(rows::create))
        .route("/sobjects/{object}/", post(rows::create))
        .route("/sobjects/{object}/describe", get(describe::object))
        .route("/sobjects/{object}/describe/", get(describe::object))
        .route("/sobjects/{object}/{id}", get(rows::read).patch(rows::update).delete(rows::delete))
        .route("/sobjects/{object}/{field}/{value}", get(rows::read_by_key).patch(rows::upsert))
        .route("/composite", post(composite::all))
        .route("/composite/", post(composite::all))
        .route("/composite/sobjects", collections_routes())
        .route("/composite/sobjects/", collections_routes())
        .route(
            "/composite/sobjects/{object}",
            get(collections::retrieve).post(collections::retrieve_listed),
        )
        .route("/composite/sobjects/{object}/{field}", patch(collections::upsert))
        .route("/ui-api/object-info/{object}/picklist-values/{type}", get(ui_api::all_lists))
        .route("/ui-api/object-info/{object}/picklist-values/{type}/{field}", get(ui_api::one_list))
        .route("/query", get(query::first))
        .route("/query/", get(query::first))
        .route("/query/{locator}", get(query::next))
        .fallback(api::nothing_here)
        .method_not_allowed_fallback(api::wrong_method)
        .layer(from_fn_with_state(Arc::clone(served), api::guard))
}

fn collections_routes() -> MethodRouter<Shared> {
    post(collections::create).patch(collections::update).delete(collections::remove)
}

//! Routes as data: what the routers, the metrics and the tests are made from.

use std::fmt::{self, Debug};
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware;
use axum::routing::{MethodFilter, MethodRouter};
use axum::{Extension, Router};

use super::observe;
use crate::app::App;
use crate::messenger::problem::Problem;

/// Bytes at most in a request's body.
const MAX_BODY: usize = 64 << 10;

/// One route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RouteInfo {
    /// Which listener has it.
    pub listener: Listener,
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Its path, names in braces.
    pub path: &'static str,
    /// Who may.
    pub guard: Guard,
    /// How often a visitor may.
    pub pace: Pace,
}

/// Which listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Listener {
    /// The Messenger's.
    Public,
    /// The operators'.
    Operator,
}

/// Who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guard {
    /// Anybody.
    Nobody,
    /// Anybody; a visitor's token is looked at, and one is given.
    Admission,
    /// Whoever bears a visitor's token.
    Bearer,
    /// The visitor whose conversation the path names.
    Owner,
    /// Who bears the operators' token.
    Operator,
}

/// How often one visitor may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pace {
    /// As often as the guard lets them.
    Free,
    /// As often as they may say something.
    Messages,
    /// As often as they may type. Who types has not said anything yet, and is to be able to.
    Typing,
}

/// A route with what it does.
pub(crate) struct Route {
    pub(crate) info: RouteInfo,
    handler: MethodRouter<Arc<App>>,
}

impl Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.info.fmt(f)
    }
}

impl Route {
    /// Of the listener for customers.
    pub(crate) fn public<H, T>(method: Method, path: &'static str, guard: Guard, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        Self::new(Listener::Public, &method, path, guard, handler)
    }

    /// At a pace of its own.
    pub(crate) fn at(mut self, pace: Pace) -> Self {
        self.info.pace = pace;
        self
    }

    /// Of the listener for operators.
    pub(crate) fn operator<H, T>(
        method: Method,
        path: &'static str,
        guard: Guard,
        handler: H,
    ) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        Self::new(Listener::Operator, &method, path, guard, handler)
    }

    fn new<H, T>(
        listener: Listener,
        method: &Method,
        path: &'static str,
        guard: Guard,
        handler: H,
    ) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        let (method, filter) = match *method {
            Method::POST => ("POST", MethodFilter::POST),
            Method::DELETE => ("DELETE", MethodFilter::DELETE),
            Method::PUT => ("PUT", MethodFilter::PUT),
            _ => ("GET", MethodFilter::GET),
        };
        let handler = MethodRouter::new().on(filter, handler);
        let says = guard == Guard::Owner && method == "POST";
        let pace = if says { Pace::Messages } else { Pace::Free };
        Self { info: RouteInfo { listener, method, path, guard, pace }, handler }
    }
}

/// A router that has these routes, and no other.
pub(crate) fn router(routes: Vec<Route>) -> Router<Arc<App>> {
    let add = |router: Router<_>, Route { info, handler }| {
        router.route(info.path, handler.layer(Extension(info.pace)))
    };
    // Set here, so that whatever is laid around these routes is laid around this too.
    let refused = async || Problem::method_not_allowed();
    routes.into_iter().fold(Router::new(), add).method_not_allowed_fallback(refused)
}

/// Refuses what no route takes, and tells of every request by its route.
pub(crate) fn closed(router: Router<Arc<App>>, app: Arc<App>) -> Router {
    router
        .fallback(async || Problem::not_found())
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), observe::observe))
        .with_state(app)
}

//! What every call of the live-chat API passes: browsers of other origins, and faults.

use std::time::Duration;

use axum::extract::connect_info::ConnectInfo;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::{Shared, refused};
use crate::chat::problem::Problem;
use crate::connection::Cut;
use crate::faults::{FaultKind, Moment, Target};
use crate::http::fault;

const ALLOWED: [(&str, &str); 4] = [
    ("access-control-allow-origin", "*"),
    ("access-control-allow-methods", "GET, POST, DELETE, OPTIONS"),
    ("access-control-allow-headers", "Authorization, Content-Type, X-Org-Id, Last-Event-Id"),
    ("access-control-max-age", "600"),
];

pub(super) async fn guard(State(served): State<Shared>, request: Request, next: Next) -> Response {
    let cors = served.chat.look(|state| state.switches.cors);
    let mut response = if request.method() == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        serve(&served, request, next).await
    };
    if cors {
        let allowed = ALLOWED
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        response.headers_mut().extend(allowed);
    }
    response
}

async fn serve(served: &Shared, request: Request, next: Next) -> Response {
    let faults = &served.chat.faults;
    let target = target(&request);
    if let Some(pause) = faults.take_delay(&target) {
        tokio::time::sleep(pause).await;
    }
    let cut = request.extensions().get::<ConnectInfo<Cut>>().cloned();
    if let Some((kind, _)) = faults.take(Moment::Arrival, &target) {
        if let (FaultKind::DropBeforeCommit, Some(ConnectInfo(cut))) = (kind, &cut) {
            cut.now();
        }
        return struck(served, kind);
    }
    let response = next.run(request).await;
    let fault = response.status().is_success().then(|| faults.take(Moment::Commit, &target));
    match fault.flatten() {
        Some((FaultKind::HoldAfterCommit, hold)) => {
            served.holds.hold(&target, Duration::from_millis(hold.milliseconds)).await;
        }
        Some(_) => {
            if let Some(ConnectInfo(cut)) = cut {
                cut.now();
            }
        }
        None => {}
    }
    response
}

/// What is called: the last name in the path that is no id.
fn target(request: &Request) -> Target {
    let mut names = request.uri().path().rsplit('/');
    let named = names.find(|name| !name.is_empty() && name.parse::<uuid::Uuid>().is_err());
    Target { method: request.method().to_string(), object: named.map(str::to_owned) }
}

fn struck(served: &Shared, kind: FaultKind) -> Response {
    let unavailable = || Problem::internal("The service is unavailable").with_status(503);
    let problem = match kind {
        FaultKind::SessionExpired => Problem::unauthorized(),
        FaultKind::Forbidden => Problem::forbidden(),
        FaultKind::TooManyRequests | FaultKind::DailyLimit => Problem::throttled(),
        FaultKind::Refused => Problem::bad("The request was refused"),
        FaultKind::UnknownException => Problem::internal("An unexpected error occurred"),
        FaultKind::HtmlOk => return fault::page(StatusCode::OK),
        FaultKind::HtmlUnavailable => return fault::page(StatusCode::SERVICE_UNAVAILABLE),
        FaultKind::Unavailable
        | FaultKind::Delay
        | FaultKind::RowLock
        | FaultKind::DropBeforeCommit
        | FaultKind::HoldAfterCommit
        | FaultKind::DropAfterCommit => unavailable(),
    };
    refused(served, &problem)
}

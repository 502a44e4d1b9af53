//! How a fault that was asked for shows over HTTP.

use axum::extract::connect_info::ConnectInfo;
use axum::extract::{Query, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use super::Served;
use super::query::Asked;
use crate::connection::Cut;
use crate::faults::{FaultKind, Moment, Strikes, Target};
use crate::org::{ErrorCode, Refusal};
use crate::soql;

/// What stands before the org while it is away, whatever was asked.
const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Down for Maintenance</title></head>\n\
                    <body><h1>Stay tuned. We will be back shortly.</h1></body></html>\n";

/// What faults need to know of a request.
pub(super) fn target(request: &Request) -> Target {
    let mut segments = request.uri().path().split('/').filter(|segment| !segment.is_empty());
    let object = match segments.next() {
        Some("sobjects") => segments.next().map(str::to_owned),
        Some("composite") if segments.next() == Some("sobjects") => {
            segments.next().map(str::to_owned)
        }
        Some("query") => {
            let asked = Query::<Asked>::try_from_uri(request.uri()).ok();
            asked.and_then(|asked| soql::object_of(asked.0.q.as_deref()?))
        }
        _ => None,
    };
    Target { method: request.method().to_string(), object }
}

/// The answer in place of the real one, where a fault strikes on arrival.
pub(super) fn on_arrival(served: &Served, request: &Request, target: &Target) -> Option<Response> {
    let struck = served.faults.take(Moment::Arrival, target)?;
    match struck.0 {
        FaultKind::SessionExpired => served.sessions.end(request.headers()),
        FaultKind::DropBeforeCommit => cut(request),
        _ => {}
    }
    Some(answer(struck.0, &struck.1))
}

fn cut(request: &Request) {
    if let Some(ConnectInfo(cut)) = request.extensions().get::<ConnectInfo<Cut>>() {
        cut.now();
    }
}

fn answer(kind: FaultKind, strikes: &Strikes) -> Response {
    let code = |usual| strikes.code.unwrap_or(usual);
    let refusal = match kind {
        FaultKind::SessionExpired => Refusal::usual(code(ErrorCode::InvalidSessionId)),
        FaultKind::Forbidden => Refusal::usual(code(ErrorCode::ApiDisabledForOrg)).with_status(403),
        FaultKind::TooManyRequests => Refusal::usual(ErrorCode::TooManyRequests),
        FaultKind::DailyLimit => Refusal::usual(ErrorCode::RequestLimitExceeded),
        FaultKind::Refused => Refusal::usual(code(ErrorCode::QueryTimeout)),
        FaultKind::UnknownException => Refusal::usual(ErrorCode::UnknownException),
        FaultKind::HtmlOk => return page(StatusCode::OK),
        FaultKind::HtmlUnavailable => return page(StatusCode::SERVICE_UNAVAILABLE),
        FaultKind::Unavailable
        | FaultKind::Delay
        | FaultKind::DropBeforeCommit
        | FaultKind::RowLock
        | FaultKind::HoldAfterCommit
        | FaultKind::DropAfterCommit => Refusal::usual(ErrorCode::ServerUnavailable),
    };
    refusal.into_response()
}

pub(super) fn page(status: StatusCode) -> Response {
    (status, [(CONTENT_TYPE, "text/html;charset=UTF-8")], PAGE).into_response()
}

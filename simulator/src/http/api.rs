//! What every request under `/services/data/vXX.X` passes: version, login, usage, faults.

use std::collections::HashMap;
use std::time::Duration;

use axum::extract::connect_info::ConnectInfo;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::{Shared, fault, versions};
use crate::connection::Cut;
use crate::faults::{FaultKind, Moment, Target};
use crate::org::{ErrorCode, Refusal};

/// Of an address, in bytes.
const LONGEST_ADDRESS: usize = 16_384;

pub(super) async fn guard(
    State(served): State<Shared>,
    Path(parameters): Path<HashMap<String, String>>,
    mut request: Request,
    next: Next,
) -> Response {
    let version = parameters.get("version").map_or("", String::as_str);
    if let Err(refusal) = versions::check(version) {
        return refusal.into_response();
    }
    if request.uri().to_string().len() > LONGEST_ADDRESS {
        let message = format!("The URI is longer than {LONGEST_ADDRESS} bytes");
        return Refusal::request(ErrorCode::UriTooLong, message).into_response();
    }
    let session = match served.sessions.of(request.headers()) {
        Ok(session) => session,
        Err(refusal) => return refusal.into_response(),
    };
    request.extensions_mut().insert(session);
    served.count_request();
    let target = fault::target(&request);
    if let Some(pause) = served.faults.take_delay(&target) {
        tokio::time::sleep(pause).await;
    }
    let exhausted = served.faults.daily_limit_reached();
    let mut response = match fault::on_arrival(&served, &request, &target) {
        Some(response) => response,
        None => serve(&served, request, next, &target).await,
    };
    if let Ok(info) = HeaderValue::from_str(&served.limit_info(exhausted)) {
        response.headers_mut().insert("sforce-limit-info", info);
    }
    response
}

/// Serves the request, and loses the answer or holds it back where that was asked for.
async fn serve(served: &Shared, request: Request, next: Next, target: &Target) -> Response {
    let connection = request.extensions().get::<ConnectInfo<Cut>>().cloned();
    let response = next.run(request).await;
    let saved = response.status().is_success() && target.method != "GET";
    let struck = if saved { served.faults.take(Moment::Commit, target) } else { None };
    match struck {
        Some((FaultKind::HoldAfterCommit, hold)) => {
            served.holds.hold(target, Duration::from_millis(hold.milliseconds)).await;
        }
        Some(_) => {
            if let Some(ConnectInfo(cut)) = connection {
                cut.now();
            }
        }
        None => {}
    }
    response
}

pub(super) async fn nothing_here() -> Refusal {
    Refusal::not_found()
}

pub(super) async fn wrong_method(method: Method) -> Refusal {
    Refusal::method(method.as_str())
}

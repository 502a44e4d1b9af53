//! Each fault once: what the client sees, what the org kept, and that it ends.

use std::time::{Duration, Instant};

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value as Json, json};

use super::{Stage, case, login};

impl Stage {
    async fn plan(&self, next: Json) {
        let planned = self.operator("faults", json!({ "next": next })).await;
        assert!(planned["next"].is_object(), "{planned}");
    }

    async fn asked_for(&self, what: &str) -> Json {
        let url = format!("{}/__org/{what}", self.org.url());
        self.client.get(url).send().await.expect("an answer").json().await.expect("JSON")
    }

    async fn post_case(&self) -> reqwest::Result<Response> {
        self.request(Method::POST, "/sobjects/Case").json(&case(json!({}))).send().await
    }

    /// The status, code and message that a create meets; it saves nothing.
    async fn refused(&self) -> (u16, String, String) {
        let entries = self.ledger().await.len();
        let response = self.post_case().await.expect("an answer");
        let status = response.status().as_u16();
        let body: Json = response.json().await.expect("JSON");
        let text = |key: &str| body[0][key].as_str().unwrap_or_default().to_owned();
        assert_eq!(self.ledger().await.len(), entries, "nothing may be saved: {body}");
        (status, text("errorCode"), text("message"))
    }

    async fn is_well(&self) {
        self.created("Case", case(json!({}))).await;
    }
}

#[tokio::test]
async fn a_session_expires_and_a_new_login_goes_on() {
    let mut stage = Stage::new().await;
    stage.plan(json!({ "session_expired": 1 })).await;
    for _ in 0..2 {
        let (status, code, message) = stage.refused().await;
        assert_eq!((status, code.as_str()), (401, "INVALID_SESSION_ID"));
        assert_eq!(message, "Session expired or invalid");
    }
    stage.token = login(&stage.client, stage.org.url()).await;
    stage.is_well().await;
}

#[tokio::test]
async fn a_request_is_forbidden_with_the_code_that_was_named() {
    let stage = Stage::new().await;
    stage.plan(json!({ "forbidden": 1 })).await;
    let (status, code, _) = stage.refused().await;
    assert_eq!((status, code.as_str()), (403, "API_DISABLED_FOR_ORG"));
    stage.plan(json!({ "forbidden": { "count": 1, "code": "STORAGE_LIMIT_EXCEEDED" } })).await;
    let (status, code, message) = stage.refused().await;
    assert_eq!((status, code.as_str()), (403, "STORAGE_LIMIT_EXCEEDED"));
    assert_eq!(message, "storage limit exceeded");
    stage.is_well().await;
}

#[tokio::test]
async fn a_request_is_refused_with_any_code_and_the_status_that_goes_with_it() {
    let stage = Stage::new().await;
    for code in [
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
        "CANNOT_EXECUTE_FLOW_TRIGGER",
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        "DUPLICATES_DETECTED",
        "LIMIT_EXCEEDED",
        "QUERY_TIMEOUT",
    ] {
        stage.plan(json!({ "refused": { "count": 1, "code": code } })).await;
        let (status, found, message) = stage.refused().await;
        assert_eq!((status, found.as_str()), (400, code), "{message}");
    }
    stage.is_well().await;
}

#[tokio::test]
async fn requests_come_too_fast() {
    let stage = Stage::new().await;
    stage.plan(json!({ "too_many_requests": 2 })).await;
    assert_eq!(stage.refused().await.0, 429);
    assert_eq!(stage.get("/sobjects").await.status(), StatusCode::TOO_MANY_REQUESTS);
    stage.is_well().await;
}

#[tokio::test]
async fn the_days_requests_are_used_up() {
    let stage = Stage::new().await;
    stage.plan(json!({ "daily_limit": 2 })).await;
    for _ in 0..2 {
        let response = stage.get("/limits").await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        assert_eq!(response.headers()["sforce-limit-info"], "api-usage=15000/15000");
        let body: Json = response.json().await.expect("JSON");
        assert_eq!(body[0]["errorCode"], "REQUEST_LIMIT_EXCEEDED");
        assert_eq!(body[0]["message"], "TotalRequests Limit exceeded.");
    }
    let response = stage.get("/limits").await;
    assert_ne!(response.headers()["sforce-limit-info"], "api-usage=15000/15000");
    let limits: Json = response.json().await.expect("JSON");
    assert_ne!(limits["DailyApiRequests"]["Remaining"], 0);
}

#[tokio::test]
async fn the_limit_stands_at_its_maximum_for_those_who_are_not_struck() {
    let stage = Stage::new().await;
    stage.plan(json!({ "daily_limit": { "count": 1, "method": "POST" } })).await;
    let response = stage.get("/limits").await;
    assert_eq!(response.headers()["sforce-limit-info"], "api-usage=15000/15000");
    let limits: Json = response.json().await.expect("JSON");
    assert_eq!(limits["DailyApiRequests"]["Remaining"], 0);
    assert_eq!(stage.refused().await.1, "REQUEST_LIMIT_EXCEEDED");
}

#[tokio::test]
async fn the_org_fails_within() {
    let stage = Stage::new().await;
    stage.plan(json!({ "unknown_exception": 1 })).await;
    let (status, code, message) = stage.refused().await;
    assert_eq!((status, code.as_str()), (500, "UNKNOWN_EXCEPTION"));
    assert!(message.contains("ErrorId"), "{message}");
    stage.is_well().await;
}

#[tokio::test]
async fn the_org_is_unavailable() {
    let stage = Stage::new().await;
    stage.plan(json!({ "unavailable": 1 })).await;
    let (status, code, _) = stage.refused().await;
    assert_eq!((status, code.as_str()), (503, "SERVER_UNAVAILABLE"));
    stage.is_well().await;
}

#[tokio::test]
async fn a_row_is_locked_but_can_be_read() {
    let stage = Stage::new().await;
    let id = stage.created("Case", case(json!({}))).await;
    stage.plan(json!({ "row_lock": { "count": 1, "object": "case" } })).await;
    assert_eq!(stage.get(&format!("/sobjects/Case/{id}")).await.status(), StatusCode::OK);
    let (status, code, message) = stage.refused().await;
    assert_eq!((status, code.as_str()), (400, "UNABLE_TO_LOCK_ROW"));
    assert!(message.starts_with("unable to obtain exclusive access to this record"), "{message}");
    stage.is_well().await;
}

#[tokio::test]
async fn a_page_for_people_comes_instead_of_json() {
    let stage = Stage::new().await;
    for (kind, status) in [("html_ok", 200), ("html_unavailable", 503)] {
        let entries = stage.ledger().await.len();
        stage.plan(json!({ kind: 1 })).await;
        let response = stage.post_case().await.expect("an answer");
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(response.headers()["content-type"], "text/html;charset=UTF-8");
        assert!(response.text().await.expect("a page").starts_with("<!DOCTYPE html>"));
        assert_eq!(stage.ledger().await.len(), entries);
    }
    stage.is_well().await;
}

#[tokio::test]
async fn requests_wait_and_are_then_served() {
    let stage = Stage::new().await;
    stage.plan(json!({ "delay": { "count": 1, "milliseconds": 80 }, "unavailable": 1 })).await;
    let begun = Instant::now();
    assert_eq!(stage.refused().await.0, 503, "a delay does not keep another fault away");
    assert!(begun.elapsed() >= Duration::from_millis(80));
    stage.is_well().await;
}

#[tokio::test]
async fn a_connection_breaks_before_anything_is_saved() {
    let stage = Stage::new().await;
    stage.plan(json!({ "drop_before_commit": 1 })).await;
    assert_eq!(stage.get("/sobjects").await.status(), StatusCode::OK, "a save is waited for");
    assert!(stage.post_case().await.is_err(), "the answer should be lost");
    assert!(stage.ledger().await.is_empty());
    stage.is_well().await;
}

#[tokio::test]
async fn a_connection_breaks_once_a_change_is_saved() {
    let stage = Stage::new().await;
    let id = stage.created("Case", case(json!({}))).await;
    stage.plan(json!({ "drop_after_commit": { "count": 1, "method": "PATCH" } })).await;
    stage.is_well().await;
    let path = format!("/sobjects/Case/{id}");
    let change = stage.request(Method::PATCH, &path).json(&json!({ "Subject": "changed" }));
    assert!(change.send().await.is_err(), "the answer should be lost");
    let row: Json = stage.get(&path).await.json().await.expect("JSON");
    assert_eq!(row["Subject"], "changed");
}

#[tokio::test]
async fn a_fault_strikes_only_whom_it_is_meant_for_and_says_what_is_left() {
    let stage = Stage::new().await;
    let plan = json!({
        "unavailable": { "count": 2, "method": "GET", "object": "Contact" },
        "row_lock": 3,
    });
    stage.plan(plan).await;
    assert_eq!(stage.get("/sobjects/Case/describe").await.status(), StatusCode::OK);
    assert_eq!(stage.query("SELECT Id FROM Case").await.0, StatusCode::OK);
    assert_eq!(stage.query("SELECT Id FROM contact").await.0, StatusCode::SERVICE_UNAVAILABLE);
    let left = stage.asked_for("faults").await;
    assert_eq!(left["next"]["unavailable"]["count"], 1);
    assert_eq!(left["next"]["row_lock"]["count"], 3);
    let describe = stage.get("/sobjects/Contact/describe").await;
    assert_eq!(describe.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_rate_strikes_its_share_and_the_same_ones_again() {
    let stage = Stage::new().await;
    let mut rounds = Vec::new();
    for _ in 0..2 {
        stage.plan(json!({ "drop_after_commit": { "rate": 0.3, "seed": 7 } })).await;
        let mut lost = Vec::new();
        for number in 0..100 {
            if stage.post_case().await.is_err() {
                lost.push(number);
            }
        }
        rounds.push(lost);
    }
    assert_eq!(rounds[0], rounds[1]);
    assert!((20..=40).contains(&rounds[0].len()), "{rounds:?}");
    assert_eq!(stage.ledger().await.len(), 200, "every one was saved");
    let told = stage.asked_for("faults").await;
    assert_eq!(told["struck"]["drop_after_commit"], 2 * rounds[0].len());
    assert_eq!(told["next"]["drop_after_commit"]["rate"], 0.3);
}

#[tokio::test]
async fn an_answer_is_held_back_once_its_create_is_saved() {
    let stage = Stage::new().await;
    stage.plan(json!({ "hold_after_commit": { "count": 1, "object": "Case" } })).await;
    let (answer, ()) = tokio::join!(stage.post_case(), async {
        while stage.asked_for("held").await["held"] != json!(["Case"]) {
            tokio::task::yield_now().await;
        }
        assert_eq!(stage.ledger().await.len(), 1, "it is saved while its answer is held");
        stage.operator("release", json!({})).await;
    });
    assert_eq!(answer.expect("an answer").status(), StatusCode::CREATED);
    let told = stage.asked_for("held").await;
    assert_eq!(told, json!({ "held": [], "released": 1, "abandoned": 0 }));
}

#[tokio::test]
async fn a_client_that_goes_away_abandons_what_is_held() {
    let stage = Stage::new().await;
    stage.plan(json!({ "hold_after_commit": 1 })).await;
    tokio::select! {
        _ = stage.post_case() => panic!("the answer is held"),
        () = async {
            while stage.asked_for("held").await["held"] != json!(["Case"]) {
                tokio::task::yield_now().await;
            }
        } => {}
    }
    while stage.asked_for("held").await["abandoned"] != 1 {
        tokio::task::yield_now().await;
    }
    assert_eq!(stage.ledger().await.len(), 1);
}

#[tokio::test]
async fn an_answer_is_held_back_for_a_time() {
    let stage = Stage::new().await;
    stage.plan(json!({ "hold_after_commit": { "count": 1, "milliseconds": 80 } })).await;
    let begun = Instant::now();
    stage.is_well().await;
    assert!(begun.elapsed() >= Duration::from_millis(80));
}

//! What is known about a request after each kind of answer, and after none.

use std::time::Duration;

use serde_json::{Map, json};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

use super::org::{Answer, Org, json_answer, own_url, text_answer, token};
use crate::client::{ApiUsage, Client, Settings};
use crate::error::Error;
use crate::name::{ApiName, RecordId};

async fn create(client: &Client) -> Result<RecordId, Error> {
    let case = ApiName::new("Case").expect("a name");
    client.create(&case, &Map::new(), &[]).await
}

fn refusal(status: u16, code: &str, message: &str) -> Answer {
    json_answer(status, &json!([{"message": message, "errorCode": code}]))
}

fn told(result: Result<RecordId, Error>) -> String {
    match result {
        Ok(id) => format!("created {id}"),
        Err(error) => {
            let debug = format!("{error:?}");
            let kind = debug.split([' ', '(']).next().unwrap_or_default();
            let (class, happened) = (error.class().name(), error.may_have_happened());
            format!("{kind}: {error} | {class} | may have happened: {happened}")
        }
    }
}

#[tokio::test]
async fn every_answer_to_a_create_is_told_apart() {
    let id = "500xx0000004AbCAAU";
    let duplicate = |field: &str, id: &str| {
        format!("duplicate value found: {field} duplicates value on record with id: {id}")
    };
    let answers = [
        json_answer(201, &json!({"id": id, "success": true, "errors": []})),
        json_answer(201, &json!({"success": true, "errors": []})),
        json_answer(201, &json!({"id": "../x", "success": true})),
        text_answer(200, "<html>login</html>"),
        refusal(400, "REQUIRED_FIELD_MISSING", "Required fields are missing: [Brand__c]"),
        refusal(400, "DUPLICATE_VALUE", &duplicate("Tidegate_Key__c", id)),
        refusal(400, "DUPLICATE_VALUE", &duplicate("<unknown>", "<unknown>")),
        refusal(400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record"),
        refusal(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
        refusal(403, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access\u{1b}[31m"),
        refusal(400, "BRAND_NEW_CODE", "nobody has told us"),
        json_answer(400, &json!([])),
        json_answer(400, &json!({"message": "an object", "errorCode": "STRING_TOO_LONG"})),
        json_answer(
            200,
            &json!({"success": false, "errors": [{"statusCode": "UNABLE_TO_LOCK_ROW"}]}),
        ),
        text_answer(300, "[\"/services/data/v66.0/sobjects/Case/500\"]"),
        refusal(404, "NOT_FOUND", "The requested resource does not exist"),
        text_answer(400, "<html>bad request</html>"),
        text_answer(429, "[]"),
        refusal(500, "UNKNOWN_EXCEPTION", "An unexpected error occurred."),
        text_answer(503, "<html>maintenance</html>"),
        text_answer(302, "").with("location", "https://evil.example.com/"),
    ];
    let mut lines = Vec::new();
    for answer in answers {
        let org = Org::with_data(move |_| answer.clone()).await;
        lines.push(told(create(&org.client()).await));
        assert_eq!(org.data_calls().len(), 1, "no create is repeated by the client");
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[tokio::test]
async fn no_connection_is_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let nobody = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let org = Org::answering(move |_| token("T", &nobody)).await;
    let error = create(&org.client()).await.expect_err("nobody there");
    assert!(matches!(error, Error::NotSent { .. }), "{error:?}");
}

#[tokio::test]
async fn a_connection_lost_after_the_request_is_unclear() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let closing = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut some = [0; 64];
            let _ = stream.read(&mut some).await;
        }
    });
    let org = Org::answering(move |_| token("T", &closing)).await;
    let error = create(&org.client()).await.expect_err("a lost connection");
    assert!(matches!(error, Error::Unclear { status: None, .. }), "{error:?}");
}

#[tokio::test]
async fn silence_is_unclear() {
    let slow = |_: &_| json_answer(201, &json!({})).after(Duration::from_secs(3));
    let org = Org::with_data(slow).await;
    let settings = Settings { timeout: Duration::from_millis(200), ..org.settings() };
    let error = create(&Client::new(settings).expect("a client")).await.expect_err("silence");
    assert!(matches!(error, Error::Unclear { status: None, .. }), "{error:?}");
}

#[tokio::test]
async fn an_answer_beyond_the_bound_is_unclear() {
    let org = Org::with_data(|_| text_answer(201, " ".repeat(100_000))).await;
    let settings = Settings { max_answer: 50_000, ..org.settings() };
    let error = create(&Client::new(settings).expect("a client")).await.expect_err("too much");
    let what = "an answer of more than 50000 bytes".to_owned();
    assert_eq!(error, Error::unclear(201, what));
}

/// Nothing is unpacked, so nothing small becomes large.
#[tokio::test]
async fn a_packed_answer_is_not_unpacked() {
    let org = Org::with_data(|seen| {
        assert_eq!(seen.header("accept-encoding"), "");
        text_answer(201, "\u{1f}packed").with("content-encoding", "gzip")
    })
    .await;
    let error = create(&org.client()).await.expect_err("packed");
    assert!(matches!(error, Error::Unclear { status: Some(201), .. }), "{error:?}");
}

#[tokio::test]
async fn the_allowance_is_known_after_any_answer_that_tells_it() {
    let org = Org::answering(|seen| {
        if seen.is_login() {
            return token("T", &own_url(seen));
        }
        refusal(400, "X", "no").with("sforce-limit-info", "api-usage=658/15000")
    })
    .await;
    let client = org.client();
    assert_eq!(client.usage(), None);
    create(&client).await.expect_err("refused");
    assert_eq!(client.clone().usage(), Some(ApiUsage { used: 658, allowed: 15_000 }));
}

#[tokio::test]
async fn when_to_come_again_is_told_whoever_asks_for_it() {
    let answers = [
        (refusal(429, "TOO_MANY_REQUESTS", "slowly"), Some(90)),
        (text_answer(429, "<html>slowly</html>"), Some(90)),
        (text_answer(503, "<html>maintenance</html>"), Some(90)),
        (refusal(503, "SERVER_UNAVAILABLE", "maintenance"), Some(90)),
        (refusal(400, "STRING_TOO_LONG", "never"), None),
    ];
    for (answer, expected) in answers {
        let shown = format!("{answer:?}");
        let answer = answer.with("retry-after", "90");
        let org = Org::with_data(move |_| answer.clone()).await;
        let error = create(&org.client()).await.expect_err("no success");
        assert_eq!(error.retry_after().map(|wait| wait.as_secs()), expected, "{shown}");
    }
}

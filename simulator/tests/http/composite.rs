//! Several requests in one: what they take from one another, and what becomes of them when one fails.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::{Stage, case};

const V: &str = "/services/data/v66.0";

async fn composite(stage: &Stage, all_or_none: bool, parts: Json) -> Json {
    let body = json!({ "allOrNone": all_or_none, "compositeRequest": parts });
    let (status, body) = stage.send(Method::POST, "/composite", body).await;
    assert_eq!(status, 200, "{body}");
    body["compositeResponse"].clone()
}

fn make(name: &str, object: &str, body: Json) -> Json {
    json!({ "method": "POST", "url": format!("{V}/sobjects/{object}"), "referenceId": name, "body": body })
}

#[tokio::test]
async fn parts_build_on_the_answers_of_earlier_ones() {
    let stage = Stage::new().await;
    let parts = json!([
        make("newCase", "Case", case(json!({ "Subject": "a \"quoted\" one" }))),
        make("note", "CaseComment", json!({ "ParentId": "@{newCase.id}", "CommentBody": "about @{newCase.id}" })),
        { "method": "GET", "url": format!("{V}/sobjects/Case/@{{newCase.id}}?fields=Id,Subject"), "referenceId": "row" },
        { "method": "GET", "url": format!("{V}/query/?q=SELECT Id, ParentId FROM CaseComment WHERE ParentId = '@{{row.Id}}'"), "referenceId": "found" },
        { "method": "PATCH", "url": format!("{V}/sobjects/Case/@{{found.records[0].ParentId}}"), "referenceId": "change", "body": { "Subject": "changed" } },
        { "method": "GET", "url": format!("{V}/sobjects/Contact/describe"), "referenceId": "describe" },
    ]);
    let answers = composite(&stage, true, parts).await;
    let statuses: Vec<_> =
        answers.as_array().expect("answers").iter().map(|a| a["httpStatusCode"].clone()).collect();
    assert_eq!(statuses, [201, 201, 200, 200, 204, 200], "{answers}");
    let id = answers[0]["body"]["id"].as_str().expect("an id");
    assert_eq!(answers[0]["httpHeaders"]["Location"], format!("{V}/sobjects/Case/{id}"));
    assert_eq!(answers[2]["body"]["Subject"], "a \"quoted\" one");
    assert_eq!(
        answers[4],
        json!({ "body": null, "httpHeaders": {}, "httpStatusCode": 204, "referenceId": "change" })
    );
    assert_eq!(answers[5]["body"]["name"], "Contact");
    let comment = stage.one("SELECT CommentBody FROM CaseComment", "/CommentBody").await;
    assert_eq!(comment, format!("about {id}"));
    let limits: Json = stage.get("/limits").await.json().await.expect("JSON");
    assert_eq!(limits["DailyApiRequests"]["Remaining"], 15_000 - 3, "a composite counts once");
}

#[tokio::test]
async fn one_failure_takes_everything_back_where_all_or_none_was_asked() {
    let stage = Stage::new().await;
    let parts = json!([
        make("good", "Case", case(json!({ "Tidegate_Key__c": "once" }))),
        make("bad", "Case", json!({ "Subject": "no channel" })),
        make("late", "Case", case(json!({}))),
    ]);
    let answers = composite(&stage, true, parts.clone()).await;
    let code = |index: usize| answers[index]["body"][0]["errorCode"].clone();
    assert_eq!(code(0), "PROCESSING_HALTED");
    assert_eq!(code(1), "REQUIRED_FIELD_MISSING");
    assert_eq!(code(2), "PROCESSING_HALTED");
    assert_eq!(stage.count("Case").await, 0);
    let ledger = stage.ledger().await;
    assert_eq!(ledger.len(), 2, "what was never tried is not in the ledger");
    assert_eq!(ledger[0]["outcome"]["refused"][0]["errorCode"], "PROCESSING_HALTED");
    assert_eq!(ledger[0]["continues"], true);

    let answers = composite(&stage, false, parts).await;
    let statuses: Vec<_> =
        answers.as_array().expect("answers").iter().map(|a| a["httpStatusCode"].clone()).collect();
    assert_eq!(statuses, [201, 400, 201]);
    assert_eq!(stage.count("Case").await, 2);
    let numbers = "SELECT CaseNumber FROM Case ORDER BY CaseNumber";
    assert_eq!(stage.one(numbers, "/CaseNumber").await, "00000001", "no number was lost");
}

#[tokio::test]
async fn a_part_that_names_a_failed_one_fails_too() {
    let stage = Stage::new().await;
    let parts = json!([
        make("bad", "Case", json!({})),
        make("note", "CaseComment", json!({ "ParentId": "@{bad.id}", "CommentBody": "x" })),
    ]);
    let answers = composite(&stage, false, parts).await;
    assert_eq!(answers[1]["httpStatusCode"], 400);
    assert_eq!(answers[1]["body"][0]["errorCode"], "PROCESSING_HALTED");
    let message = answers[1]["body"][0]["message"].as_str().expect("a message");
    assert!(message.contains("bad.id"), "{message}");
}

#[tokio::test]
async fn headers_of_a_part_are_its_own_and_a_locked_row_fails_alone() {
    let stage = Stage::new().await;
    stage.operator("faults", json!({ "next": { "row_lock": 1 } })).await;
    let mut unassigned = make("second", "Case", case(json!({})));
    unassigned["httpHeaders"] = json!({ "Sforce-Auto-Assign": "FALSE" });
    let parts = json!([
        make("locked", "Case", case(json!({}))),
        unassigned,
        make("third", "Case", case(json!({})))
    ]);
    let answers = composite(&stage, false, parts).await;
    assert_eq!(answers[0]["body"][0]["errorCode"], "UNABLE_TO_LOCK_ROW");
    let soql = "SELECT Owner.Name FROM Case ORDER BY CaseNumber";
    let (_, found) = stage.query(soql).await;
    let owners: Vec<_> = found["records"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|r| r["Owner"]["Name"].clone())
        .collect();
    assert_eq!(owners, ["Tidegate Integration", "Tier 2"]);
}

#[tokio::test]
async fn what_a_composite_may_not_hold_is_refused_as_a_whole() {
    let stage = Stage::new().await;
    let many: Vec<Json> =
        (0..26).map(|number| make(&format!("c{number}"), "Case", case(json!({})))).collect();
    let queries: Vec<Json> = (0..6)
        .map(|n| json!({ "method": "GET", "url": format!("{V}/query?q=SELECT+Id+FROM+Case"), "referenceId": format!("q{n}") }))
        .collect();
    let twice = json!([make("same", "Case", json!({})), make("same", "Case", json!({}))]);
    for (parts, code) in [
        (json!(many), "LIMIT_EXCEEDED"),
        (json!(queries), "LIMIT_EXCEEDED"),
        (twice, "INVALID_FIELD"),
    ] {
        let body = json!({ "compositeRequest": parts });
        let (status, body) = stage.send(Method::POST, "/composite", body).await;
        assert_eq!((status, &body[0]["errorCode"]), (400, &json!(code)));
    }
    let parts = json!([
        { "method": "PUT", "url": format!("{V}/sobjects/Case"), "referenceId": "method" },
        { "method": "GET", "url": format!("{V}/nowhere"), "referenceId": "address" },
        { "method": "GET", "url": "/services/data/v20.0/sobjects", "referenceId": "version" },
    ]);
    let answers = composite(&stage, false, parts).await;
    let statuses: Vec<_> =
        answers.as_array().expect("answers").iter().map(|a| a["httpStatusCode"].clone()).collect();
    assert_eq!(statuses, [405, 404, 410]);
}

#[tokio::test]
async fn a_crash_in_the_middle_of_a_transaction_leaves_nothing_of_it() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().to_owned();
    let stage = Stage::with(Some(path.clone())).await;
    stage.created("Case", case(json!({ "Subject": "before" }))).await;
    let parts = json!([make("a", "Case", case(json!({}))), make("b", "Case", case(json!({})))]);
    composite(&stage, true, parts).await;
    assert_eq!(stage.count("Case").await, 3);
    stage.org.shutdown().await;

    let file = path.join("ledger.jsonl");
    let ledger = std::fs::read_to_string(&file).expect("the ledger");
    let lines: Vec<&str> = ledger.lines().collect();
    assert_eq!(lines.len(), 3);
    std::fs::write(&file, format!("{}\n{}\n", lines[0], lines[1])).expect("a shorter ledger");

    let stage = Stage::with(Some(path)).await;
    assert_eq!(stage.count("Case").await, 1);
    stage.created("Case", case(json!({}))).await;
    assert_eq!(stage.ledger().await.len(), 2);
}

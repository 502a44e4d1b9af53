//! The calls on records as they go over the wire.

use serde_json::json;

use super::org::{Answer, Org, json_answer, text_answer};
use crate::error::Error;
use crate::name::{ApiName, RecordId};
use crate::record::{Row, SaveOption, Upload};
use crate::soql::{Soql, SoqlText};

fn name(text: &str) -> ApiName {
    ApiName::new(text).expect("a name")
}

fn case_id() -> RecordId {
    RecordId::new("500xx0000004AbCAAU").expect("an id")
}

fn created() -> Answer {
    json_answer(201, &json!({"id": case_id().as_str(), "success": true, "errors": []}))
}

fn row() -> Row {
    Row::from_iter([("Subject".to_owned(), json!("Hi")), ("Reason".to_owned(), json!(null))])
}

/// The requests as lines.
fn told(org: &Org) -> String {
    let lines = org.data_calls().into_iter().map(|seen| {
        let auto_assign = seen.header("sforce-auto-assign");
        let body = String::from_utf8_lossy(&seen.body);
        format!("{} {} auto-assign={auto_assign:?} {body}", seen.method, seen.target)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn the_calls_as_an_org_sees_them() {
    let org = Org::with_data(|seen| match seen.method.as_str() {
        "POST" => created(),
        "PATCH" => text_answer(204, ""),
        _ => json_answer(
            200,
            &json!({"attributes": {"type": "Case"}, "Status": "New", "Reason": null}),
        ),
    })
    .await;
    let (client, case) = (org.client(), name("Case"));
    let fields = [name("Id"), name("Status")];
    let id = client.create(&case, &row(), &[SaveOption::AutoAssign(false)]).await;
    assert_eq!(id, Ok(case_id()));
    client.create(&case, &row(), &[]).await.expect("an id");
    client.update(&case, &case_id(), &row(), &[]).await.expect("no answer is an answer");
    let read = client.read(&case, &case_id(), &fields).await.expect("a row");
    assert_eq!((&read["Status"], read.get("Reason")), (&json!("New"), Some(&json!(null))));
    let found = client.read_by_key(&case, &name("Key__c"), "a/b' ?", &fields).await;
    assert!(found.expect("an answer").is_some());
    let file = Upload {
        parent: &case_id(),
        title: "Transcript",
        file_name: "transcript.txt",
        bytes: b"hello",
    };
    client.upload(&file).await.expect("an id");
    insta::assert_snapshot!(told(&org));
}

#[tokio::test]
async fn a_key_finds_one_record_or_none() {
    let org = Org::with_data(|seen| {
        if seen.target.contains("/many") {
            json_answer(300, &json!(["/services/data/v66.0/sobjects/Case/1", "…/2"]))
        } else {
            json_answer(404, &json!([{"errorCode": "NOT_FOUND", "message": "no such thing"}]))
        }
    })
    .await;
    let (client, case, key) = (org.client(), name("Case"), name("Key__c"));
    assert_eq!(client.read_by_key(&case, &key, "none", &[name("Id")]).await, Ok(None));
    let several = client.read_by_key(&case, &key, "many", &[name("Id")]).await;
    assert_eq!(several, Err(Error::SeveralMatch { key: "Key__c".to_owned() }));
    let climbing = client.read_by_key(&case, &key, "..", &[name("Id")]).await;
    assert!(matches!(climbing, Err(Error::Unaskable { .. })));
    assert_eq!(org.data_calls().len(), 2);
}

#[tokio::test]
async fn a_query_reads_all_pages() {
    let org = Org::with_data(|seen| {
        let next = "/services/data/v66.0/query/0r8xx-2000";
        let record = |id: &str| json!([{"attributes": {"type": "Contact"}, "Id": id}]);
        if seen.target == next {
            json_answer(200, &json!({"totalSize": 2, "done": true, "records": record("2")}))
        } else {
            let page = json!({"totalSize": 2, "done": false, "nextRecordsUrl": next,
                "records": record("1")});
            json_answer(200, &page)
        }
    })
    .await;
    let soql = Soql::new("SELECT Id FROM Contact WHERE Email = ").text(&SoqlText::new("o'b@x.y"));
    let rows = org.client().query(&soql).await.expect("rows");
    let ids: Vec<_> = rows.iter().map(|row| row["Id"].clone()).collect();
    assert_eq!(ids, [json!("1"), json!("2")]);
    insta::assert_snapshot!(told(&org));
}

#[tokio::test]
async fn a_page_elsewhere_is_not_read() {
    let org = Org::with_data(|_| {
        let page = json!({"totalSize": 2, "done": false, "records": [{"Id": "1"}],
            "nextRecordsUrl": "//evil.example.com/services/data/"});
        json_answer(200, &page)
    })
    .await;
    let error = org.client().query(&Soql::new("SELECT Id FROM Case")).await;
    assert!(matches!(error, Err(Error::Unclear { .. })));
    assert_eq!(org.data_calls().len(), 1);
}

#[tokio::test]
async fn without_a_version_the_newest_is_spoken() {
    let org = Org::with_data(|seen| {
        if seen.target != "/services/data" {
            return created();
        }
        let version =
            |v: &str| json!({"label": "", "url": format!("/services/data/v{v}"), "version": v});
        json_answer(200, &json!([version("9.0"), version("100.0"), version("66.0")]))
    })
    .await;
    let settings = crate::client::Settings { api_version: None, ..org.settings() };
    let client = crate::client::Client::new(settings).expect("a client");
    client.create(&name("Case"), &row(), &[]).await.expect("an id");
    client.create(&name("Case"), &row(), &[]).await.expect("an id");
    let targets: Vec<String> = org.data_calls().into_iter().map(|seen| seen.target).collect();
    let create = "/services/data/v100.0/sobjects/Case";
    assert_eq!(targets, ["/services/data", create, create]);
}

#[tokio::test]
async fn what_the_org_would_not_take_is_not_sent() {
    let org = Org::with_data(|_| created()).await;
    let client = org.client();
    let long = SoqlText::new(&"x".repeat(16_000));
    let query = client.query(&Soql::new("SELECT Id FROM Case WHERE Subject = ").text(&long)).await;
    assert!(matches!(query, Err(Error::Unaskable { .. })), "{query:?}");
    let bytes = vec![0; 28_000_001];
    let file = Upload { parent: &case_id(), title: "x", file_name: "x.bin", bytes: &bytes };
    let upload = client.upload(&file).await;
    assert!(matches!(upload, Err(Error::Unaskable { .. })), "{upload:?}");
    assert_eq!(org.data_calls().len(), 0);
}

#[tokio::test]
async fn a_redirect_is_followed_by_no_call_and_no_login() {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = Org::with_data(|_| json_answer(200, &json!({}))).await;
        let target = elsewhere.url.clone();
        let org = Org::with_data(move |_| {
            text_answer(status, "").with("location", format!("{target}/services/data/v66.0/x"))
        })
        .await;
        let client = org.client();
        let described = client.describe(&name("Case"), None).await.expect_err("a redirect");
        assert!(described.to_string().contains("not followed"), "{described}");
        let created = client.create(&name("Case"), &row(), &[]).await.expect_err("a redirect");
        assert!(created.may_have_happened(), "whether it was saved, nobody knows: {created}");

        let target = elsewhere.url.clone();
        let org = Org::answering(move |_| {
            text_answer(status, "").with("location", format!("{target}/services/oauth2/token"))
        })
        .await;
        assert!(org.client().describe(&name("Case"), None).await.is_err());
        assert_eq!(elsewhere.seen().len(), 0, "status {status}: the token stays where it belongs");
    }
}

//! Rows and what the org makes of them.

use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use super::{Stage, case};

#[tokio::test]
async fn a_case_gets_its_defaults_and_mirrors_its_contact() {
    let stage = Stage::new().await;
    let ada = stage.one("SELECT Id FROM Contact WHERE Customer_Tier__c = 'Gold'", "/Id").await;
    let body =
        case(json!({ "ContactId": ada, "Refund_Amount__c": 500.004, "Symptoms__c": "noise;leak" }));
    let id = stage.created("Case", body).await;
    let row: Json = stage.get(&format!("/sobjects/Case/{id}")).await.json().await.expect("JSON");
    for (field, value) in [
        ("CaseNumber", json!("00000001")),
        ("Reference__c", json!("TG-000001")),
        ("Status", json!("New")),
        ("Priority", json!("Medium")),
        ("IsClosed", json!(false)),
        ("ContactEmail", json!("ada@example.com")),
        ("Refund_Amount__c", json!(500.0)),
        ("Refund_Band__c", json!("Automatic")),
        ("Symptoms__c", json!("leak;noise")),
    ] {
        assert_eq!(row[field], value, "{field}");
    }
    assert!(row["AccountId"].is_string(), "the Contact's Account is the Case's");
    let path = format!("/sobjects/Case/{id}");
    let close = stage.request(Method::PATCH, &path).header("sforce-auto-assign", "FALSE");
    let closed = close.json(&json!({ "Status": "closed", "Symptoms__c": null })).send().await;
    assert_eq!(closed.expect("an answer").status(), StatusCode::NO_CONTENT);
    let fields = stage.get(&format!("{path}?fields=Status,IsClosed,ClosedDate,Symptoms__c")).await;
    let row: Json = fields.json().await.expect("JSON");
    assert_eq!((&row["Status"], &row["IsClosed"]), (&json!("Closed"), &json!(true)));
    assert!(row["ClosedDate"].is_string() && row["Symptoms__c"].is_null());
    let gone = stage.request(Method::DELETE, &path).send().await.expect("an answer");
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    let read: Json = stage.get(&path).await.json().await.expect("JSON");
    assert_eq!(read[0]["errorCode"], "ENTITY_IS_DELETED");
}

#[tokio::test]
async fn assignment_rules_replace_the_owner_unless_told_not_to() {
    let stage = Stage::new().await;
    let queue = "SELECT Id FROM Group WHERE DeveloperName = 'Chat_Deflected'";
    let queue = stage.one(queue, "/Id").await;
    for (header, owner) in
        [(None, "Tier_2"), (Some("TRUE"), "Tier_2"), (Some("false"), "Chat_Deflected")]
    {
        let mut request = stage.request(Method::POST, "/sobjects/Case");
        if let Some(header) = header {
            request = request.header("sforce-auto-assign", header);
        }
        let response = request.json(&case(json!({ "OwnerId": queue }))).send().await;
        let made: Json = response.expect("an answer").json().await.expect("JSON");
        let id = made["id"].as_str().expect("an id");
        let soql = format!("SELECT OwnerId FROM Case WHERE Id = '{id}'");
        let found = stage.one(&soql, "/OwnerId").await;
        let group = format!("SELECT DeveloperName FROM Group WHERE Id = {found}").replace('"', "'");
        assert_eq!(stage.one(&group, "/DeveloperName").await, owner, "{header:?}");
    }
}

#[tokio::test]
async fn a_file_is_published_on_its_case_and_can_be_read_back() {
    let stage = Stage::new().await;
    let case = stage.created("Case", case(json!({}))).await;
    let file = json!({
        "PathOnClient": "transcript.txt",
        "VersionData": "SGVsbG8sIDxiPg==",
        "FirstPublishLocationId": case,
    });
    let version = stage.created("ContentVersion", file).await;
    let data = stage.get(&format!("/sobjects/ContentVersion/{version}/VersionData")).await;
    assert_eq!(data.text().await.expect("bytes"), "Hello, <b>");
    let link = format!(
        "SELECT ContentDocument.Title, ContentDocument.LatestPublishedVersionId \
         FROM ContentDocumentLink WHERE LinkedEntityId = '{case}'"
    );
    assert_eq!(stage.one(&link, "/ContentDocument/Title").await, "transcript");
    assert_eq!(
        stage.one(&link, "/ContentDocument/LatestPublishedVersionId").await,
        version.as_str()
    );
    let page = stage.client.get(stage.org.url()).send().await.expect("an answer");
    let page = page.text().await.expect("a page");
    assert!(page.contains(&format!("/files/{version}")) && page.contains("The heater stopped"));
}

#[tokio::test]
async fn rows_are_found_and_upserted_by_an_external_id() {
    let stage = Stage::new().await;
    let path = "/sobjects/Case/Tidegate_Key__c/key%2D7";
    assert_eq!(stage.get(path).await.status(), StatusCode::NOT_FOUND);
    for (status, created) in [(StatusCode::CREATED, true), (StatusCode::OK, false)] {
        let answer = stage.request(Method::PATCH, path).json(&case(json!({}))).send().await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.status(), status);
        let body: Json = answer.json().await.expect("JSON");
        assert_eq!(body["created"], created);
    }
    assert_eq!(stage.get(path).await.status(), StatusCode::OK);
    let shared = stage.get("/sobjects/Contact/Email/hopper.family%40example.com").await;
    assert_eq!(shared.status(), StatusCode::MULTIPLE_CHOICES);
    let urls: Vec<String> = shared.json().await.expect("addresses");
    assert_eq!(urls.len(), 2);
}

#[tokio::test]
async fn customer_text_is_escaped_on_the_pages() {
    let stage = Stage::new().await;
    stage.created("Case", case(json!({ "Subject": "<script>alert(1)</script>" }))).await;
    for path in ["/", "/contacts", "/ledger"] {
        let url = format!("{}{path}", stage.org.url());
        let page = stage.client.get(url).send().await.expect("an answer").text().await;
        assert!(!page.expect("a page").contains("<script"), "{path}");
    }
}

//! An org made from the describes of a real one.

use std::path::{Path, PathBuf};

use reqwest::Method;
use serde_json::{Value as Json, json};
use tidegate_simulator::{ConnectedApp, Metadata, Schema, Told};

use super::Stage;

/// Names a directory with the describes of a real org: Case, Contact, Account and the whole org.
const REAL: &str = "TIDEGATE_DESCRIBES";

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/http/describes_of_an_org")
}

async fn stage(directory: &Path) -> Stage {
    let metadata = Metadata::Describes(directory.to_owned());
    Stage::from(metadata, None, ConnectedApp::INTEGRATION_USER).await
}

fn file(directory: &Path, name: &str) -> Json {
    let text = std::fs::read(directory.join(name)).expect("a file");
    serde_json::from_slice(&text).expect("JSON")
}

#[tokio::test]
async fn a_describe_is_served_as_it_is_and_the_whole_org_lists_what_else_there_is() {
    let stage = stage(&sample()).await;
    let describe: Json = stage.get("/sobjects/Case/describe").await.json().await.expect("JSON");
    assert_eq!(describe, file(&sample(), "Case.json"));
    let global: Json = stage.get("/sobjects").await.json().await.expect("JSON");
    let named = |name: &str| {
        let objects = global["sobjects"].as_array().expect("objects").iter();
        objects.filter(|object| object["name"] == name).count()
    };
    assert_eq!((named("Case"), named("Contact"), named("Campaign")), (1, 1, 1));
    assert_eq!(stage.get("/sobjects/Campaign/describe").await.status(), 404);
}

#[tokio::test]
async fn rows_are_held_to_the_describe() {
    let stage = stage(&sample()).await;
    let ada = stage.one("SELECT Id FROM Contact WHERE LastName = 'Lovelace'", "/Id").await;
    let good = json!({ "ContactId": ada, "Subject": "x", "Country__c": "MX", "State__c": "AG" });
    let id = stage.created("Case", good).await;
    stage.created("Case", json!({ "Country__c": "IT", "State__c": "AG", "Pieces__c": 999 })).await;
    let path = format!("/sobjects/Case/{id}");
    let row: Json = stage.get(&path).await.json().await.expect("JSON");
    for (field, value) in [
        ("Status", json!("New")),
        ("IsClosed", json!(false)),
        ("ContactEmail", json!("ada@example.com")),
        ("RecordTypeId", json!("0128c000001ABCDAA4")),
        ("Shape__c", Json::Null),
    ] {
        assert_eq!(row[field], value, "{field}");
    }
    for (body, code) in [
        (json!({ "Subject": "x".repeat(41) }), "STRING_TOO_LONG"),
        (json!({ "Country__c": "XX" }), "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        (json!({ "Country__c": "BR", "State__c": "AG" }), "FIELD_INTEGRITY_EXCEPTION"),
        (json!({ "Pieces__c": 1000 }), "NUMBER_OUTSIDE_VALID_RANGE"),
        (json!({ "Closed_Once__c": "x" }), "INVALID_FIELD_FOR_INSERT_UPDATE"),
        (json!({ "Channel__c": "web_chat" }), "INVALID_FIELD"),
    ] {
        let (status, refused) = stage.send(Method::POST, "/sobjects/Case", body).await;
        assert_eq!((status, &refused[0]["errorCode"]), (400, &json!(code)));
    }
    let change = json!({ "Closed_Once__c": "x", "Status": "Closed" });
    assert_eq!(stage.send(Method::PATCH, &path, change).await.0, 204);
    let closed = "SELECT IsClosed FROM Case WHERE Closed_Once__c = 'x'";
    assert_eq!(stage.one(closed, "/IsClosed").await, true);
}

#[tokio::test]
async fn a_record_type_offers_what_the_ui_api_said_of_it() {
    let stage = stage(&sample()).await;
    let path = "/ui-api/object-info/Case/picklist-values/0128c000001ABCDAA4";
    let all: Json = stage.get(path).await.json().await.expect("JSON");
    let values = |field: &str| -> Vec<String> {
        let values = all["picklistFieldValues"][field]["values"].as_array().expect("values");
        values.iter().map(|value| value["value"].as_str().unwrap_or_default().to_owned()).collect()
    };
    // A value may stand twice, for two values of its controller.
    assert_eq!(values("Status"), ["New"]);
    assert_eq!(values("State__c"), ["AG", "AG"]);
    let refused = json!({ "Country__c": "BR", "State__c": "AC" });
    let (status, refused) = stage.send(Method::POST, "/sobjects/Case", refused).await;
    assert_eq!(refused[0]["errorCode"], "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST");
    assert_eq!(status, 400);
    stage
        .created("Case", json!({ "Country__c": "IT", "State__c": "AG", "Status": "Closed" }))
        .await;
}

#[test]
fn a_directory_without_describes_says_so() {
    let empty = tempfile::tempdir().expect("a directory");
    let problem = Schema::from_describes(empty.path()).expect_err("nothing is there").to_string();
    assert!(problem.contains("holds no describe of an object"), "{problem}");
    std::fs::write(empty.path().join("Case.json"), "{").expect("a file");
    let problem = Schema::from_describes(empty.path()).expect_err("no JSON").to_string();
    assert!(problem.contains("Case.json"), "{problem}");
}

#[tokio::test]
async fn the_describes_of_a_real_org_make_an_org() {
    let Some(directory) = std::env::var_os(REAL).map(PathBuf::from) else {
        eprintln!("skipped: {REAL} names no directory with the describes of a real org");
        return;
    };
    let stage = stage(&directory).await;
    for name in ["Case", "Contact", "Account"] {
        let path = format!("/sobjects/{name}/describe");
        let describe: Json = stage.get(&path).await.json().await.expect("JSON");
        assert_eq!(describe, file(&directory, &format!("{name}.json")), "{name}");
    }
    let account =
        json!({ "Name": "Lovelace", "BillingCountryCode": "IT", "BillingStateCode": "AG" });
    let account = stage.created("Account", account).await;
    let body = json!({ "Name": "x", "BillingCountryCode": "BR", "BillingStateCode": "AG" });
    let (_, refused) = stage.send(Method::POST, "/sobjects/Account", body).await;
    assert_eq!(refused[0]["errorCode"], "FIELD_INTEGRITY_EXCEPTION");
    let (_, refused) = stage.send(Method::POST, "/sobjects/Contact", json!({})).await;
    assert_eq!(refused[0]["fields"], json!(["LastName"]));
    let contact = json!({ "LastName": "Hopper", "AccountId": account, "Email": "g@example.com" });
    let contact = stage.created("Contact", contact).await;
    let case = stage.created("Case", json!({ "ContactId": contact, "Status": "Closed" })).await;
    let soql = format!("SELECT IsClosed, Contact.Account.Name FROM Case WHERE Id = '{case}'");
    assert_eq!(stage.one(&soql, "/IsClosed").await, true);
    assert_eq!(stage.one(&soql, "/Contact/Account/Name").await, "Lovelace");
}

#[tokio::test]
async fn what_no_org_lacks_is_there_though_nobody_told_of_it() {
    let built_in = Stage::new().await;
    let mut describe: Json =
        built_in.get("/sobjects/Case/describe").await.json().await.expect("JSON");
    let fields = describe["fields"].as_array_mut().expect("fields");
    fields.retain(|field| ["Id", "Subject"].iter().any(|its| field["name"] == *its));
    let told = Told { describes: vec![describe], ..Told::default() };
    let stage = Stage::from(Metadata::Told(told), None, ConnectedApp::INTEGRATION_USER).await;
    let types = stage.query("SELECT Id FROM RecordType WHERE DeveloperName = 'Support'").await.1;
    let case = json!({
        "Subject": "A chat",
        "OwnerId": stage.query("SELECT Id FROM Group").await.1["records"][0]["Id"],
        "RecordTypeId": types["records"][0]["Id"],
    });
    stage.created("Case", case).await;
    let row = stage.query("SELECT CaseNumber, CreatedDate FROM Case").await.1;
    assert!(row["records"][0]["CaseNumber"].is_string(), "{row}");
    assert_eq!(stage.query("SELECT SuppliedEmail FROM Case").await.0, 400);
}

//! Queries: what they find, and how they are refused.

use serde_json::json;

use super::{Stage, case};

async fn names(stage: &Stage, condition: &str) -> Vec<String> {
    let soql =
        format!("SELECT LastName FROM Contact WHERE {condition} ORDER BY LastName, FirstName");
    let (status, body) = stage.query(&soql).await;
    assert_eq!(status, 200, "{condition}: {body}");
    let records = body["records"].as_array().expect("records").iter();
    records.map(|row| row["LastName"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn conditions_are_typed_and_combine() {
    let stage = Stage::new().await;
    for (condition, expected) in [
        ("Email = 'ADA@example.com'", vec!["Lovelace"]),
        ("Customer_Tier__c IN ('Gold', 'Silver')", vec!["Hopper", "Lovelace"]),
        ("Customer_Tier__c NOT IN ('Gold', 'Silver')", vec!["Hopper", "Nguyen"]),
        ("Phone = null AND (NOT FirstName LIKE 'v%')", vec!["Nguyen"]),
        ("Loyalty_Points__c >= 310 AND Newsletter__c = false", vec!["Hopper"]),
        ("Customer_Since__c < 2020-01-01", vec!["Lovelace"]),
        ("Products_Owned__c INCLUDES ('HP200;GC5060', 'nothing')", vec!["Lovelace"]),
        (
            "Account.Industry = 'manufacturing' OR LastName LIKE 'Ng_yen'",
            vec!["Lovelace", "Nguyen"],
        ),
        ("LastName = 'O\\'Neill \\\\ x'", vec![]),
        ("CreatedDate > 2020-01-01T00:00:00Z AND Owner.Username LIKE '%lindt%'", vec!["Lovelace"]),
    ] {
        assert_eq!(names(&stage, condition).await, expected, "{condition}");
    }
}

#[tokio::test]
async fn what_can_not_be_asked_is_refused_by_name() {
    let stage = Stage::new().await;
    let mut answers = String::new();
    for soql in [
        "SELECT Id FROM Casse",
        "SELECT Nope FROM Case",
        "SELECT Boss.Name FROM Case",
        "SELECT Id FROM Case WHERE Description = 'x'",
        "SELECT Id FROM Case ORDER BY Description",
        "SELECT Id FROM Case WHERE CreatedDate > 'yesterday'",
        "SELECT Id FROM Case WHERE Subject = 5",
        "SELECT Id FROM Case WHERE ContactId = 'ada'",
        "SELECT Id FROM Case WHERE CreatedDate = TODAY",
        "SELECT Id FROM Case WHERE Subject = :name",
        "SELECT Id FROM Case WHERE Subject = 'a' AND Subject = 'b' OR Subject = 'c'",
        "SELECT Id FROM Case GROUP BY Id",
        "SELECT Id, (SELECT Id FROM CaseComments) FROM Case",
        "SELECT MAX(CreatedDate) FROM Case",
        "SELECT Id FROM Case WHERE ContactId IN (SELECT Id FROM Contact)",
        "SELECT Id, id FROM Case",
        "SELECT Id FROM Case WHERE Subject = 'open",
        "SELECT Id FROM ContentDocumentLink",
        "SELECT Id",
    ] {
        let (status, body) = stage.query(soql).await;
        let (code, message) = (&body[0]["errorCode"], &body[0]["message"]);
        answers.push_str(&format!("{soql}\n  {} {code} {message}\n", status.as_u16()));
    }
    insta::assert_snapshot!(answers);
}

#[tokio::test]
async fn long_results_come_in_pages() {
    let stage = Stage::new().await;
    for number in 0..205 {
        stage.created("Case", case(json!({ "Subject": format!("case {number}") }))).await;
    }
    let request = stage.request(reqwest::Method::GET, "/query");
    let request = request.query(&[("q", "SELECT Subject FROM Case ORDER BY CaseNumber")]);
    let request = request.header("sforce-query-options", "batchSize=200");
    let first: serde_json::Value =
        request.send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!((&first["totalSize"], &first["done"]), (&json!(205), &json!(false)));
    let next = first["nextRecordsUrl"].as_str().expect("a next page");
    let next = next.strip_prefix("/services/data/v66.0").expect("an address of this version");
    let last: serde_json::Value = stage.get(next).await.json().await.expect("JSON");
    assert_eq!(last["done"], true);
    assert_eq!(last["records"][4]["Subject"], "case 204");
    assert!(last.get("nextRecordsUrl").is_none());
}

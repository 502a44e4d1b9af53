//! Pulling a whole catalog.

use serde_json::{Value, json};
use tidegate_schemas::catalog::Catalog;
use tidegate_schemas::codec;

use super::org::{Answer, Org, Seen, json_answer};
use crate::name::ApiName;
use crate::pull::{Progress, PullError, pull};

fn page(records: &Value) -> Answer {
    json_answer(200, &json!({"totalSize": 0, "done": true, "records": records}))
}

fn queried(seen: &Seen) -> Answer {
    let query = |word: &str| seen.target.contains(&format!("FROM+{word}+"));
    if query("Group") {
        page(&json!([
            {"Id": "00Gxx0000000002AAA", "DeveloperName": "Tier_2", "Name": "Tier 2"},
            {"Id": "00Gxx0000000001AAA", "DeveloperName": "Tier_1", "Name": "Tier 1"},
        ]))
    } else if query("User") && seen.target.contains("WHERE+Id") {
        page(&json!([{"Username": "fallback@acme.example"}]))
    } else if query("User") {
        page(&json!([{"Username": "ada@acme.example", "Name": "Ada Lovelace"}]))
    } else if query("BusinessHours") || seen.target.ends_with("FROM+BusinessHours") {
        business_hours()
    } else if seen.target.ends_with("FROM+Holiday") {
        holidays()
    } else {
        page(&json!([
            {"QueueId": "00Gxx0000000001AAA", "SobjectType": "Lead"},
            {"QueueId": "00Gxx0000000001AAA", "SobjectType": "Case"},
        ]))
    }
}

fn business_hours() -> Answer {
    let row = |name: &str, end: Value| {
        json!({"Name": name, "IsActive": true, "IsDefault": name == "Default",
            "TimeZoneSidKey": "Europe/Berlin", "MondayStartTime": "08:00:00.000Z",
            "MondayEndTime": end, "SundayStartTime": null, "SundayEndTime": null})
    };
    page(&json!([row("Support", json!("17:30:00.000Z")), row("Half a day", Value::Null)]))
}

fn holidays() -> Answer {
    page(&json!([
        {"Name": "New Year", "ActivityDate": "2027-01-01", "IsAllDay": true, "IsRecurrence": true,
            "RecurrenceType": "RecursYearly", "RecurrenceStartDate": "2020-01-01",
            "RecurrenceDayOfMonth": 1, "RecurrenceMonthOfYear": "January"},
        {"Name": "Moving", "ActivityDate": "2026-05-04", "IsAllDay": false, "IsRecurrence": false,
            "StartTimeInMinutes": 720, "EndTimeInMinutes": 1020},
    ]))
}

fn answer(seen: &Seen, tells_user: bool) -> Answer {
    if seen.target == "/services/oauth2/userinfo" {
        let user = json!({"organization_id": "00Dxx0000000001EAA",
            "user_id": "005xx000001SvABAA0", "preferred_username": "tidegate@acme.example"});
        return if tells_user {
            json_answer(200, &user)
        } else {
            json_answer(403, &json!("Bad_Id"))
        };
    }
    if seen.target.starts_with("/services/data/v66.0/query?") {
        return queried(seen);
    }
    let object = seen.target.split('/').nth(5).unwrap_or_default();
    if object == "Nothing__c" {
        let message = "The requested resource does not exist";
        return json_answer(404, &json!([{"errorCode": "NOT_FOUND", "message": message}]));
    }
    let id = json!({"name": "Id", "label": "ID", "type": "id"});
    json_answer(200, &json!({"name": object, "label": object, "fields": [id]}))
}

#[tokio::test]
async fn a_pull_reads_objects_queues_users_and_who_pulled() {
    let org = Org::with_data(|seen| answer(seen, true)).await;
    let asset = ApiName::new("Asset").expect("a name");
    let again = ApiName::new("case").expect("a name");
    let mut steps = Vec::new();
    let besides = [asset, again];
    let catalog = pull(&org.client(), &besides, |step| steps.push(step)).await.expect("a catalog");
    let names: Vec<&String> = catalog.objects.keys().collect();
    assert_eq!(names, ["Account", "Asset", "Case", "Contact", "User"]);
    insta::assert_snapshot!(codec::to_files(&catalog)["org.toml"]);
    let org_id = "00Dxx0000000001EAA".to_owned();
    let username = "tidegate@acme.example".to_owned();
    assert_eq!(steps.first(), Some(&Progress::LoggedIn { username, org_id }));
    let last_object = Progress::Described { object: "User".to_owned(), done: 5, of: 5 };
    let what = "business hours Half a day".to_owned();
    let why = "a time or the time zone is missing, or none".to_owned();
    let hours =
        [Progress::HoursNotKnown { what, why }, Progress::Hours { business_hours: 1, holidays: 2 }];
    assert_eq!(steps[5..8], [last_object, Progress::Queues(2), Progress::Users(1)]);
    assert_eq!(steps[8..], hours);
    insta::assert_snapshot!("the_hours_of_the_org", codec::to_files(&catalog)["hours.toml"]);
    let second = pull(&org.client(), &besides, |_| {}).await.expect("a catalog");
    assert_eq!(catalog.hash(), second.hash());
}

#[tokio::test]
async fn an_org_that_does_not_show_its_hours_has_none_and_that_is_told() {
    let org = Org::with_data(|seen| {
        if seen.target.ends_with("FROM+BusinessHours") || seen.target.ends_with("FROM+Holiday") {
            let message = "sObject type is not supported";
            return json_answer(400, &json!([{"errorCode": "INVALID_TYPE", "message": message}]));
        }
        answer(seen, true)
    })
    .await;
    let mut told = Vec::new();
    let catalog = pull(&org.client(), &[], |step| {
        if let Progress::HoursNotKnown { what, .. } = step {
            told.push(what);
        }
    })
    .await
    .expect("a catalog");
    assert_eq!(told, ["BusinessHours", "Holiday"]);
    assert!(catalog.business_hours.is_empty() && catalog.holidays.is_empty());
    assert!(!codec::to_files(&catalog).contains_key("hours.toml"));
}

#[tokio::test]
async fn who_pulled_is_known_without_the_right_to_ask_directly() {
    let org = Org::with_data(|seen| answer(seen, false)).await;
    let catalog = pull(&org.client(), &[], |_| {}).await.expect("a catalog");
    assert_eq!(catalog.origin.org_id, "00Dxx0000000001EAA");
    assert_eq!(catalog.origin.pulled_by, "fallback@acme.example");
}

#[tokio::test]
async fn an_object_that_cannot_be_seen_is_named() {
    let org = Org::with_data(|seen| answer(seen, true)).await;
    let nothing = ApiName::new("Nothing__c").expect("a name");
    let error = pull(&org.client(), &[nothing], |_| {}).await.expect_err("no such object");
    let expected = PullError::NoSuchObject {
        object: "Nothing__c".to_owned(),
        username: "tidegate@acme.example".to_owned(),
    };
    assert_eq!(error, expected);
}

/// A Case with a list of each kind, and four record types beside the master.
fn case_with_types() -> Answer {
    let list = |name: &str, kind: &str, values: &[&str]| {
        let values: Vec<Value> = values
            .iter()
            .map(|value| json!({"active": *value != "Gone", "label": value, "value": value}))
            .collect();
        json!({"name": name, "label": name, "type": kind, "picklistValues": values})
    };
    let record_type = |name: &str, id: &str, active: bool, available: bool| {
        json!({"active": active, "available": available, "developerName": name, "master": false,
            "name": name, "recordTypeId": id, "defaultRecordTypeMapping": name == "Support"})
    };
    let master = json!({"active": true, "available": true, "developerName": "Master", "master": true,
        "name": "Master", "recordTypeId": "012000000000000AAA"});
    let fields = [
        json!({"name": "Id", "label": "ID", "type": "id"}),
        list("Reason", "picklist", &["Bill", "Gone", "Repair", "Other"]),
        list("Tags__c", "multipicklist", &["a", "b"]),
        list("Twice__c", "picklist", &["AG", "RM", "AG"]),
    ];
    let types = [
        record_type("Support", "012xx0000000001AAA", true, true),
        record_type("Returns", "012xx0000000002AAA", true, true),
        record_type("Silent", "012xx0000000003AAA", true, true),
        record_type("Legacy", "012xx0000000004AAA", false, true),
        record_type("Others", "012xx0000000005AAA", true, false),
        master,
    ];
    json_answer(
        200,
        &json!({"name": "Case", "label": "Case", "fields": fields, "recordTypeInfos": types}),
    )
}

fn offered(seen: &Seen) -> Answer {
    let values = |all: &[&str]| -> Value {
        let entry = |value: &&str| json!({"attributes": null, "label": value, "validFor": [], "value": value});
        json!({"controllerValues": {}, "defaultValue": null, "eTag": "", "url": "",
            "values": all.iter().map(entry).collect::<Vec<Value>>()})
    };
    let every = json!({"Reason": values(&["Bill", "Repair", "Other"]),
        "Tags__c": values(&["a", "b"]), "Twice__c": values(&["AG", "RM"])});
    let some = json!({"Reason": values(&["Other", "Bill"]), "Tags__c": values(&[])});
    match seen.target.rsplit('/').next().unwrap_or_default() {
        "012xx0000000001AAA" | "012000000000000AAA" => {
            json_answer(200, &json!({"eTag": "x", "picklistFieldValues": every}))
        }
        "012xx0000000002AAA" => {
            json_answer(200, &json!({"eTag": "x", "picklistFieldValues": some}))
        }
        id => {
            let message = "The requested resource does not exist";
            assert_eq!(id, "012xx0000000003AAA", "it was not to be asked for");
            json_answer(404, &json!([{"errorCode": "NOT_FOUND", "message": message}]))
        }
    }
}

async fn with_types(told: impl FnMut(Progress)) -> Catalog {
    let org = Org::with_data(|seen| match seen.target.split('/').nth(5) {
        Some("Case") if seen.target.contains("/sobjects/") => case_with_types(),
        _ if seen.target.contains("/ui-api/") => offered(seen),
        _ => answer(seen, true),
    })
    .await;
    pull(&org.client(), &[], told).await.expect("a catalog")
}

#[tokio::test]
async fn what_record_types_offer_is_read_for_those_that_can_be_used() {
    let mut told = Vec::new();
    let catalog = with_types(|step| {
        if matches!(step, Progress::Offers { .. } | Progress::OffersNotKnown { .. }) {
            told.push(format!("{step:?}"));
        }
    })
    .await;
    insta::assert_snapshot!(codec::to_files(&catalog)["objects/Case.toml"]);
    insta::assert_snapshot!(told.join("\n"));
}

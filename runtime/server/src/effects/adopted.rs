//! Whether a Case that an earlier attempt created is what was asked for.

use rust_decimal::Decimal;
use serde_json::Value as Json;
use tidegate_plan::value::ValueType;

use super::org::{Find, Insert, Org, Record};
use super::values::from_wire;

/// The fields that differ, by name; `None` where the org does not let them be read.
pub(crate) async fn differing(org: &dyn Org, insert: &Insert, id: &str) -> Option<Vec<String>> {
    let fields: Vec<String> = insert.fields.keys().cloned().collect();
    let find = Find {
        object: insert.object.clone(),
        fields,
        equal: vec![("Id".into(), id.into())],
        limit: 1,
    };
    let found = org.find(find).await.ok()?;
    Some(compare(&insert.fields, found.first()?))
}

fn compare(asked: &Record, there: &Record) -> Vec<String> {
    let differs = |(name, asked): &(&String, &Json)| !same(asked, there.get(*name));
    asked.iter().filter(differs).map(|(name, _)| name.clone()).collect()
}

/// Equal, but for how an org writes things: blanks around a text, line ends, digits, the order of
/// several values, an id's last three characters.
fn same(asked: &Json, there: Option<&Json>) -> bool {
    let blank = |json: &Json| json.is_null() || json.as_str().is_some_and(|t| t.trim().is_empty());
    let Some(there) = there.filter(|there| !blank(there)) else { return blank(asked) };
    if let (Some(one), Some(other)) = (number(asked), number(there)) {
        return one == other;
    }
    match (asked, there) {
        (Json::String(one), Json::String(other)) => {
            plain(one) == plain(other) || same_id(one, other) || same_time(asked, there)
        }
        _ => asked == there,
    }
}

fn plain(text: &str) -> Vec<String> {
    let mut lines: Vec<String> =
        text.trim().lines().map(|line| line.trim_end().to_owned()).collect();
    if let [line] = lines.as_slice()
        && line.contains(';')
    {
        lines = line.split(';').map(str::to_owned).collect();
        lines.sort_unstable();
    }
    lines
}

fn number(json: &Json) -> Option<Decimal> {
    match json {
        Json::Number(number) => number.to_string().parse().ok(),
        Json::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn same_id(one: &str, other: &str) -> bool {
    let short = |id: &str| match id.len() {
        15 | 18 if id.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            id.get(..15).map(str::to_owned)
        }
        _ => None,
    };
    short(one).is_some_and(|one| short(other).as_ref() == Some(&one))
}

fn same_time(one: &Json, other: &Json) -> bool {
    let time = |json| from_wire(ValueType::DateTime, json);
    time(one).is_some_and(|one| time(other).as_ref() == Some(&one))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::compare;

    #[test]
    fn only_what_means_something_else_differs() {
        let asked = json!({
            "Subject": "My bill ", "Description": "one\ntwo", "OwnerId": "00G000000000001AAA",
            "Refund__c": 12.50, "Points__c": "12345678901234567.5", "When__c": "2026-11-22T10:00:00.000Z",
            "Symptoms__c": "b;a", "Urgent__c": true, "Fax__c": "", "Priority": "High",
        });
        let there = json!({
            "Subject": "My bill", "Description": "one\r\ntwo", "OwnerId": "00G000000000001",
            "Refund__c": 12.5, "Points__c": 12345678901234567.5, "When__c": "2026-11-22T10:00:00.000+0000",
            "Symptoms__c": "a;b", "Urgent__c": true, "Fax__c": null, "Priority": "High",
        });
        let record = |json: &serde_json::Value| json.as_object().unwrap().clone();
        assert_eq!(compare(&record(&asked), &record(&asked)), [""; 0]);
        let mut other = record(&there);
        other.remove("Points__c");
        assert_eq!(compare(&record(&asked), &other), ["Points__c"]);
        other.insert("Points__c".into(), asked["Points__c"].clone());
        assert_eq!(compare(&record(&asked), &other), [""; 0]);
        for (field, value) in [
            ("Subject", json!("Another bill")),
            ("OwnerId", json!("00G000000000002AAA")),
            ("Refund__c", json!(12.51)),
            ("When__c", json!("2026-11-22T10:00:01.000+0000")),
            ("Urgent__c", json!(false)),
            ("Priority", json!(null)),
        ] {
            let mut changed = other.clone();
            changed.insert(field.into(), value);
            assert_eq!(compare(&record(&asked), &changed), [field]);
        }
    }
}

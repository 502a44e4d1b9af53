//! Changing what a dead letter would send.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tidegate_engine::effect::CaseRequest;
use tidegate_plan::model::Owner;
use tidegate_plan::value::Value;
use tidegate_salesforce::ApiName;

/// Fields to be set or left out, by API name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Changes {
    /// Values by field: a text, a number or a truth value. A text becomes what the field has held.
    pub set: BTreeMap<String, Json>,
    /// Fields to be left out.
    pub unset: Vec<String>,
}

impl Changes {
    /// Makes the changes; gives the names of the fields.
    pub(super) fn apply(&self, request: &mut CaseRequest) -> Result<Vec<String>, String> {
        if self.set.is_empty() && self.unset.is_empty() {
            return Err("name a field to set or to leave out".to_owned());
        }
        let mut changed = Vec::new();
        for (field, json) in &self.set {
            let field = self.field(field, request)?;
            if self.unset.iter().any(|other| other.eq_ignore_ascii_case(&field)) {
                return Err(format!("`{field}` is both set and left out"));
            }
            let before = position(request, &field);
            let held = before.and_then(|at| request.fields.get(at)).map(|(_, value)| value);
            let value = value(&field, json, held)?;
            if standing(&field, &value, request)? {
                request.fields.retain(|(name, _)| *name != field);
                changed.push(field);
                continue;
            }
            match before.and_then(|at| request.fields.get_mut(at)) {
                Some(slot) => slot.1 = value,
                None => request.fields.push((field.clone(), value)),
            }
            // It would take the field over again.
            drop(request.transcript.take_if(|to| to.field == field));
            changed.push(field);
        }
        for field in &self.unset {
            let field = self.field(field, request)?;
            let held = position(request, &field).map(|at| request.fields.remove(at)).is_some();
            let named = match field.as_str() {
                "OwnerId" => request.owner.take().is_some(),
                "RecordTypeId" => request.record_type.take().is_some(),
                _ => false,
            };
            let transcript = request.transcript.take_if(|to| to.field == field).is_some();
            if !held && !named && !transcript {
                return Err(format!("`{field}` is not sent in any case"));
            }
            changed.push(field);
        }
        request.fields.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(changed)
    }

    /// The field as it is written in the request, if it may be changed.
    fn field(&self, name: &str, request: &CaseRequest) -> Result<String, String> {
        if ApiName::new(name).is_err() {
            return Err(format!("`{}` is no field's name", name.escape_debug()));
        }
        if name.eq_ignore_ascii_case(&request.key_field) {
            return Err(format!(
                "`{name}` is what makes this exactly one {}; it stays as it is",
                request.object
            ));
        }
        let standing = ["OwnerId", "RecordTypeId"];
        let transcript = request.transcript.iter().map(|to| to.field.as_str());
        let fields = request.fields.iter().map(|(name, _)| name.as_str());
        let mut known = fields.chain(standing.iter().copied()).chain(transcript);
        let same = known.find(|known| known.eq_ignore_ascii_case(name));
        Ok(same.unwrap_or(name).to_owned())
    }
}

/// Takes an owner or a record type by its name, as it is shown; false where the field is any other,
/// or the value is an id.
fn standing(field: &str, value: &Value, request: &mut CaseRequest) -> Result<bool, String> {
    let forms: &[&str] = match field {
        "OwnerId" => &["queue", "user"],
        "RecordTypeId" => &["record type"],
        _ => return Ok(false),
    };
    let Value::Text(text) = value else { return Ok(false) };
    let named = forms.iter().find_map(|form| Some((*form, text.strip_prefix(form)?)));
    let named =
        named.filter(|(_, name)| name.starts_with(' ')).map(|(form, name)| (form, name.trim()));
    match named.filter(|(_, name)| !name.is_empty()) {
        Some(("queue", name)) => request.owner = Some(Owner::Queue(name.to_owned())),
        Some(("user", name)) => request.owner = Some(Owner::User(name.to_owned())),
        Some((_, name)) => request.record_type = Some(name.to_owned()),
        None if is_id(text) => return Ok(false),
        None => {
            let forms: Vec<String> = forms.iter().map(|form| format!("`{form} NAME`")).collect();
            return Err(format!("`{field}` takes {} or an id", forms.join(", ")));
        }
    }
    Ok(true)
}

fn is_id(text: &str) -> bool {
    matches!(text.len(), 15 | 18) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn position(request: &CaseRequest, field: &str) -> Option<usize> {
    request.fields.iter().position(|(name, _)| name == field)
}

/// The value, of the type that the field has held.
fn value(field: &str, json: &Json, held: Option<&Value>) -> Result<Value, String> {
    let misfit = |what: &str| format!("`{field}` holds {what}, which this is not");
    let value = match (json, held) {
        (Json::String(text), Some(Value::Number(_))) => {
            Value::Number(text.trim().parse().map_err(|_| misfit("a number"))?)
        }
        (Json::String(text), Some(Value::Bool(_))) => {
            Value::Bool(text.trim().parse().map_err(|_| misfit("`true` or `false`"))?)
        }
        (Json::String(text), Some(Value::Date(_))) => {
            let what = "a date such as 2026-11-22";
            Value::Date(text.trim().parse().map_err(|_| misfit(what))?)
        }
        (Json::String(text), Some(Value::DateTime(_))) => {
            let what = "an instant such as 2026-11-22T10:00:00Z";
            Value::DateTime(text.trim().parse().map_err(|_| misfit(what))?)
        }
        (Json::String(text), Some(Value::Time(_))) => {
            Value::Time(text.trim().parse().map_err(|_| misfit("a time such as 10:30"))?)
        }
        (Json::String(text), Some(Value::Many(_))) => {
            let values = text.split(';').map(|value| value.trim().to_owned());
            Value::Many(values.filter(|value| !value.is_empty()).collect())
        }
        (Json::String(text), _) => Value::Text(text.clone()),
        (Json::Bool(truth), None | Some(Value::Bool(_))) => Value::Bool(*truth),
        (Json::Number(number), None | Some(Value::Number(_))) => {
            let text = number.to_string();
            let number: Result<Decimal, _> =
                text.parse().or_else(|_| Decimal::from_scientific(&text));
            Value::Number(number.map_err(|_| misfit("a number"))?)
        }
        _ => return Err(format!("`{field}` takes another kind of value than this")),
    };
    value.or_blank().ok_or_else(|| format!("`{field}` would be blank; leave it out instead"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tidegate_engine::effect::{CaseRequest, TranscriptField};
    use tidegate_plan::model::Owner;
    use tidegate_plan::value::Value;

    use super::Changes;

    fn request() -> CaseRequest {
        CaseRequest {
            push: 0,
            object: "Case".into(),
            record_type: Some("Support".into()),
            owner: Some(Owner::Queue("Tier_1".into())),
            key_field: "Tidegate_Key__c".into(),
            fields: vec![
                ("Amount__c".into(), Value::Number("12.50".parse().unwrap())),
                ("Origin".into(), Value::Text("Chat".into())),
                ("Urgent__c".into(), Value::Bool(true)),
            ],
            transcript: None,
        }
    }

    fn told(set: serde_json::Value, unset: &[&str]) -> String {
        let set = serde_json::from_value(set).unwrap();
        let unset = unset.iter().map(|&field| field.to_owned()).collect();
        let mut request = request();
        match (Changes { set, unset }).apply(&mut request) {
            Ok(fields) => format!(
                "{}: {:?} {:?} {:?}",
                fields.join(", "),
                request.fields,
                request.owner,
                request.record_type
            ),
            Err(why) => format!("refused: {why}"),
        }
    }

    #[test]
    fn the_transcript_leaves_a_field_that_an_operator_changes() {
        let unset = Changes { unset: vec!["description".into()], ..Changes::default() };
        let text = json!("too long");
        let set = Changes { set: [("description".into(), text)].into(), ..Changes::default() };
        for changes in [unset, set] {
            let field = "Description".to_owned();
            let transcript = Some(TranscriptField { field, through: 7, max_length: None });
            let mut request = CaseRequest { transcript, ..request() };
            assert_eq!(changes.apply(&mut request), Ok(vec!["Description".into()]));
            assert_eq!(request.transcript, None);
        }
    }

    #[test]
    fn fields_are_set_and_left_out() {
        let lines = [
            told(json!({"origin": "Web", "Region__c": "EU"}), &["Urgent__c"]),
            told(json!({"Amount__c": "13.00", "Urgent__c": "false"}), &["OwnerId", "RecordTypeId"]),
            told(json!({"OwnerId": "00G000000000001AAA", "Amount__c": 7}), &[]),
            told(json!({"OwnerId": "queue Tier_2", "RecordTypeId": "record type Billing"}), &[]),
            told(json!({"ownerid": "user desk_lead"}), &[]),
            told(json!({"OwnerId": "Tier_2"}), &[]),
            told(json!({"OwnerId": "queue "}), &[]),
            told(json!({"RecordTypeId": "queue Tier_2"}), &[]),
            told(json!({}), &[]),
            told(json!({"Amount__c": "a lot"}), &[]),
            told(json!({"Urgent__c": "maybe"}), &[]),
            told(json!({"Origin": true}), &[]),
            told(json!({"Origin": " "}), &[]),
            told(json!({"Origin": [1]}), &[]),
            told(json!({"tidegate_key__c": "x"}), &[]),
            told(json!({"Origin, Id FROM": "x"}), &[]),
            told(json!({"Origin": "Web"}), &["origin"]),
            told(json!({}), &["Priority"]),
        ];
        insta::assert_snapshot!(lines.join("\n"));
    }
}

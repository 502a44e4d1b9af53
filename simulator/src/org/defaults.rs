//! What the org fills in: defaults, numbers, stamps, owners.

use jiff::Timestamp;

use super::derive::is_closed;
use super::draft::Draft;
use super::ids::RecordId;
use super::records::Row;
use super::schema::{AssignmentRule, FieldType, ObjectSchema};
use super::seed::SeedIds;
use super::value::Value;

/// Who saves, and when.
#[derive(Debug, Clone)]
pub(super) struct Stamp {
    /// The user that the client is logged in as.
    pub user: RecordId,
    /// To the second, as the org keeps it.
    pub at: Timestamp,
}

/// Fills what a new row lacks.
pub(super) fn fill(draft: &Draft<'_>, object: &ObjectSchema, row: &mut Row, stamp: &Stamp) {
    let number = draft.next_number(object);
    for field in &object.fields {
        if let Some(format) = &field.auto_number {
            row.set(&field.name, Value::Text(numbered(format, number)));
        }
        if !row.get(&field.name).is_null() {
            continue;
        }
        match (&field.default, field.field_type) {
            (Some(literal), _) => row.set(&field.name, Value::Text(literal.clone())),
            (None, FieldType::Boolean) if field.derive.is_none() && field.name != "IsDeleted" => {
                row.set(&field.name, Value::Flag(false));
            }
            _ => {}
        }
    }
    if object.field("OwnerId").is_some() && row.get("OwnerId").is_null() {
        row.set("OwnerId", Value::Id(stamp.user.clone()));
    }
    fill_record_type(draft, object, row);
    if object.name == "Case" && row.get("AccountId").is_null() {
        let contact = row.get("ContactId").as_id().and_then(|id| draft.get("Contact", id));
        let account = contact.map(|contact| contact.get("AccountId").clone());
        row.set("AccountId", account.unwrap_or_default());
    }
    set_if_known(object, row, "CreatedDate", Value::Instant(stamp.at));
    set_if_known(object, row, "CreatedById", Value::Id(stamp.user.clone()));
}

/// Fills again what an existing row may not lose.
pub(super) fn refill(object: &ObjectSchema, row: &mut Row) {
    for field in &object.fields {
        if let (Some(literal), true) = (&field.default, row.get(&field.name).is_null()) {
            row.set(&field.name, Value::Text(literal.clone()));
        }
    }
}

/// Writes who saved the row last, and when; and when its Case was closed.
pub(super) fn touch(object: &ObjectSchema, row: &mut Row, stamp: &Stamp) {
    for name in ["LastModifiedDate", "SystemModstamp"] {
        set_if_known(object, row, name, Value::Instant(stamp.at));
    }
    set_if_known(object, row, "LastModifiedById", Value::Id(stamp.user.clone()));
    if object.name == "Case" {
        match (is_closed(object, row), row.get("ClosedDate").is_null()) {
            (true, true) => row.set("ClosedDate", Value::Instant(stamp.at)),
            (false, false) => row.set("ClosedDate", Value::Null),
            _ => {}
        }
    }
}

/// The queue that the object's active assignment rule gives the row to.
pub(super) fn assigned_owner(
    rules: &[AssignmentRule],
    row: &Row,
    seeds: &SeedIds,
) -> Option<RecordId> {
    let rule = rules.iter().find(|rule| rule.active && rule.object == row.object)?;
    let entry = rule.entries.iter().find(|entry| match (&entry.field, &entry.equals) {
        (Some(field), Some(value)) => row.get(field).as_text() == Some(value),
        _ => true,
    })?;
    seeds.id(&entry.queue).cloned()
}

fn fill_record_type(draft: &Draft<'_>, object: &ObjectSchema, row: &mut Row) {
    if object.field("RecordTypeId").is_none() || !row.get("RecordTypeId").is_null() {
        return;
    }
    let default = object.record_types.iter().find(|record_type| record_type.default);
    let found = default.and_then(|default| {
        draft.base().rows("RecordType").find(|stored| {
            stored.get("SobjectType").as_text() == Some(&object.name)
                && stored.get("DeveloperName").as_text() == Some(&default.developer_name)
        })
    });
    if let Some(found) = found {
        row.set("RecordTypeId", Value::Id(found.id.clone()));
    }
}

fn set_if_known(object: &ObjectSchema, row: &mut Row, field: &str, value: Value) {
    if object.field(field).is_some() {
        row.set(field, value);
    }
}

/// `TG-{0000}` and 12 give `TG-0012`.
fn numbered(format: &str, number: u64) -> String {
    let (Some(start), Some(end)) = (format.find('{'), format.find('}')) else {
        return number.to_string();
    };
    let width = end.saturating_sub(start + 1);
    format!("{}{number:0width$}{}", &format[..start], &format[end + 1..])
}

#[cfg(test)]
mod tests {
    use super::numbered;

    #[test]
    fn numbers_fill_their_format() {
        assert_eq!(numbered("{00000000}", 1002), "00001002");
        assert_eq!(numbered("TG-{000000}", 7), "TG-000007");
        assert_eq!(numbered("{00}", 12345), "12345");
    }
}

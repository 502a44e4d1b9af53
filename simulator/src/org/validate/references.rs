//! References: the right kind, existing, and for owners and record types more than that.

use crate::org::draft::Draft;
use crate::org::ids::RecordId;
use crate::org::records::Row;
use crate::org::refusal::{ApiError, ErrorCode};
use crate::org::schema::{FieldSchema, ObjectSchema};
use crate::org::value::Value;

pub(super) fn check(
    draft: &Draft<'_>,
    object: &ObjectSchema,
    field: &FieldSchema,
    id: &RecordId,
) -> Result<(), ApiError> {
    let target = draft.schema.object_of_prefix(id.key_prefix());
    let Some(target) = target.filter(|target| field.to.contains(&target.name)) else {
        let message = format!("{}: id value of incorrect type: {id}", field.label);
        return Err(ApiError::at(ErrorCode::MalformedId, &field.name, message));
    };
    let Some(row) = draft.get(&target.name, id) else {
        let message = "invalid cross reference id".to_owned();
        return Err(ApiError::of(ErrorCode::InvalidCrossReferenceKey, Vec::new(), message));
    };
    match (field.name.as_str(), target.name.as_str()) {
        ("OwnerId", "User") => check_user(object, row),
        ("OwnerId", "Group") => check_queue(draft, object, row),
        ("RecordTypeId", _) => check_record_type(object, row),
        _ => Ok(()),
    }
}

fn check_user(object: &ObjectSchema, user: &Row) -> Result<(), ApiError> {
    if *user.get("IsActive") == Value::Flag(true) {
        return Ok(());
    }
    let message = format!(
        "operation performed with inactive user [{}] as owner of {}",
        user.id.short(),
        object.name.to_lowercase()
    );
    Err(ApiError::at(ErrorCode::InactiveOwnerOrUser, "OwnerId", message))
}

fn check_queue(draft: &Draft<'_>, object: &ObjectSchema, group: &Row) -> Result<(), ApiError> {
    let may_own = draft.base().rows("QueueSobject").any(|link| {
        link.get("QueueId").as_id() == Some(&group.id)
            && link.get("SobjectType").as_text() == Some(&object.name)
    });
    if may_own && group.get("Type").as_text() == Some("Queue") {
        return Ok(());
    }
    let message = "Queue not associated with this SObject type".to_owned();
    Err(ApiError::at(ErrorCode::InvalidOperation, "OwnerId", message))
}

fn check_record_type(object: &ObjectSchema, record_type: &Row) -> Result<(), ApiError> {
    let usable = record_type.get("SobjectType").as_text() == Some(&object.name)
        && *record_type.get("IsActive") == Value::Flag(true);
    if usable {
        return Ok(());
    }
    let message =
        format!("Record Type ID: this ID value isn't valid for the user: {}", record_type.id);
    Err(ApiError::at(ErrorCode::InvalidCrossReferenceKey, "RecordTypeId", message))
}

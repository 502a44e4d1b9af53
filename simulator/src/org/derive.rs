//! Fields that are computed when they are read.

use rust_decimal::Decimal;
use serde_json::{Map, Value as Json};

use super::records::{Records, Row};
use super::schema::{Derivation, FieldSchema, FieldType, ObjectSchema};
use super::value::Value;

/// Refunds above this need a person.
const AUTOMATIC_REFUND: Decimal = Decimal::from_parts(500, 0, 0, false, 0);

/// What a field of a row reads as: stored, computed, or the row itself.
pub(crate) fn read(
    records: &Records,
    object: &ObjectSchema,
    field: &FieldSchema,
    row: &Row,
) -> Value {
    match (field.derive, field.field_type) {
        (Some(derivation), _) => derive(derivation, records, object, row),
        (None, FieldType::Id) => Value::Id(row.id.clone()),
        (None, FieldType::Boolean) if field.name == "IsDeleted" => Value::Flag(row.deleted),
        (None, FieldType::Boolean) if row.get(&field.name).is_null() => Value::Flag(false),
        (None, _) => row.get(&field.name).clone(),
    }
}

fn derive(derivation: Derivation, records: &Records, object: &ObjectSchema, row: &Row) -> Value {
    match derivation {
        Derivation::FullName => full_name(row),
        Derivation::MailingAddress => address("Mailing", row),
        Derivation::OtherAddress => address("Other", row),
        Derivation::BillingAddress => address("Billing", row),
        Derivation::ShippingAddress => address("Shipping", row),
        Derivation::IsEmailBounced => Value::Flag(!row.get("EmailBouncedReason").is_null()),
        Derivation::IsClosed => Value::Flag(is_closed(object, row)),
        Derivation::ContactPhone => of_contact(records, row, "Phone"),
        Derivation::ContactMobile => of_contact(records, row, "MobilePhone"),
        Derivation::ContactEmail => of_contact(records, row, "Email"),
        Derivation::ContactFax => of_contact(records, row, "Fax"),
        Derivation::RefundBand => refund_band(row),
    }
}

/// Whether a Case's status is one that closes it.
pub(super) fn is_closed(object: &ObjectSchema, row: &Row) -> bool {
    let list = object.field("Status").and_then(|status| object.list(status));
    let status = row.get("Status").as_text();
    list.zip(status).and_then(|(list, status)| list.entry(status)).is_some_and(|e| e.closed)
}

fn full_name(row: &Row) -> Value {
    let parts = ["FirstName", "LastName"];
    let parts: Vec<_> = parts.iter().filter_map(|part| row.get(part).as_text()).collect();
    if parts.is_empty() { Value::Null } else { Value::Text(parts.join(" ")) }
}

fn address(prefix: &str, row: &Row) -> Value {
    const PARTS: [(&str, &str); 8] = [
        ("city", "City"),
        ("country", "Country"),
        ("geocodeAccuracy", "GeocodeAccuracy"),
        ("latitude", "Latitude"),
        ("longitude", "Longitude"),
        ("postalCode", "PostalCode"),
        ("state", "State"),
        ("street", "Street"),
    ];
    let part = |&(key, suffix): &(&str, &str)| {
        (key.to_owned(), row.get(&format!("{prefix}{suffix}")).to_json())
    };
    let parts: Map<String, Json> = PARTS.iter().map(part).collect();
    if parts.values().all(Json::is_null) { Value::Null } else { Value::Compound(parts) }
}

fn of_contact(records: &Records, row: &Row, field: &str) -> Value {
    let contact = row.get("ContactId").as_id().and_then(|id| records.get("Contact", id));
    contact.map_or(Value::Null, |contact| contact.get(field).clone())
}

fn refund_band(row: &Row) -> Value {
    match row.get("Refund_Amount__c") {
        Value::Number(amount) if *amount > AUTOMATIC_REFUND => Value::Text("Review".to_owned()),
        Value::Number(_) => Value::Text("Automatic".to_owned()),
        _ => Value::Null,
    }
}

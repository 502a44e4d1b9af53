//! What goes over the wire, as serde types that read and write it.
//!
//! Orgs and API versions differ in the keys that they send, so reading takes every key as
//! optional, `null` as absent, and ignores the unknown. Writing gives the full key set in the
//! order of the real API, so that a local org can answer with the same types.

mod answer;
mod describe;
mod fault;
mod field;
mod offered;
mod valid_for;

pub use answer::{CreateAnswer, Identity, QueryPage, TokenAnswer, TokenRefusal, Version};
pub use describe::{
    ChildRelationship, GlobalDescribe, GlobalEntry, ObjectDescribe, RecordTypeInfo, Scope,
};
pub use fault::{Fault, FaultBody};
pub use field::{Field, FilteredLookup, PicklistValue};
pub use offered::{OfferedList, OfferedLists, OfferedValue};
pub use valid_for::ValidFor;

use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads a body, taking members that are `null` as absent.
///
/// # Errors
///
/// The body is not JSON, or not of the shape.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, serde_json::Error> {
    let mut value: Value = serde_json::from_slice(body)?;
    drop_nulls(&mut value);
    serde_json::from_value(value)
}

/// Removes `null` members of objects, at any depth; `serde_json` bounds the depth.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

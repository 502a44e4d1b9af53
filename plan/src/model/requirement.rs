//! What a plan relies on in the org.

use minicbor::{Decode, Encode};
use tidegate_diagnostics::Span;

/// Something the plan relies on in the org, and where it says so.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Requirement {
    /// What.
    #[n(0)]
    pub what: Required,
    /// The first place that relies on it.
    #[cbor(n(1), with = "crate::codec::span")]
    pub span: Span,
}

/// What a plan can rely on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(flat)]
pub enum Required {
    /// The object can be read.
    #[n(0)]
    Object(#[n(0)] String),
    /// The field can be read.
    #[n(1)]
    ReadField(#[n(0)] String, #[n(1)] String),
    /// The field can be set on create.
    #[n(2)]
    CreateField(#[n(0)] String, #[n(1)] String),
    /// The value of the field's list is active.
    #[n(3)]
    ListValue(#[n(0)] String, #[n(1)] String, #[n(2)] String),
    /// The record type is active and available.
    #[n(4)]
    RecordType(#[n(0)] String, #[n(1)] String),
    /// The queue exists and may own the object's records.
    #[n(5)]
    Queue(#[n(0)] String, #[n(1)] String),
    /// The user exists and is active.
    #[n(6)]
    User(#[n(0)] String),
    /// The field is unique and an external id.
    #[n(7)]
    UniqueKey(#[n(0)] String, #[n(1)] String),
    /// The field that is written or read has this type, in the describe's word.
    #[n(8)]
    Type(#[n(0)] String, #[n(1)] String, #[n(2)] String),
    /// The text field that is written takes so many characters.
    #[n(9)]
    Room(#[n(0)] String, #[n(1)] String, #[n(2)] u32),
    /// The number field that is written takes so many digits in all, and so many behind the point.
    #[n(10)]
    Digits(#[n(0)] String, #[n(1)] String, #[n(2)] u32, #[n(3)] u32),
    /// A create may leave the field out.
    #[n(11)]
    Optional(#[n(0)] String, #[n(1)] String),
    /// Records can be found by the field.
    #[n(12)]
    Filter(#[n(0)] String, #[n(1)] String),
    /// Several records may have the same value in the field.
    #[n(13)]
    Repeatable(#[n(0)] String, #[n(1)] String),
}

//! How Cases are created.

use minicbor::{Decode, Encode};
use tidegate_diagnostics::Span;

use super::{AttrId, ExprId};

/// How a Case is created.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Push {
    /// Its name in Tide.
    #[n(0)]
    pub name: String,
    /// `Case`.
    #[n(1)]
    pub object: String,
    /// The developer name of the record type.
    #[n(2)]
    pub record_type: Option<String>,
    /// Who owns it: the first whose condition holds; the last has none.
    #[n(3)]
    pub owner: Vec<OwnerChoice>,
    /// What the push says, by API name. A blank value leaves the field out.
    #[n(4)]
    pub fields: Vec<PushField>,
    /// Fields that go along where the conversation set their attribute and no line above names
    /// them.
    #[n(5)]
    pub carry: Vec<(String, AttrId)>,
    /// What fills a field that neither of the above did.
    #[n(6)]
    pub fill: Vec<(String, Fill)>,
    /// Where the summary goes, unless a line says so; put before what the field holds.
    #[n(7)]
    pub summary_to: Option<String>,
    /// How the transcript goes along, once the Case has an id.
    #[n(8)]
    pub transcript: TranscriptTo,
    /// The unique external-id field that carries the effect's key.
    #[n(9)]
    pub key_field: String,
    /// Lengths of the text fields written, so that automatic values are cut visibly.
    #[n(10)]
    pub lengths: Vec<(String, u32)>,
}

/// One field of a push.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PushField {
    /// API name.
    #[n(0)]
    pub field: String,
    /// The value.
    #[n(1)]
    pub value: ExprId,
    /// Where it stands.
    #[cbor(n(2), with = "crate::codec::span")]
    pub span: Span,
}

/// One possible owner.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct OwnerChoice {
    /// When it owns the Case.
    #[n(0)]
    pub when: Option<ExprId>,
    /// The owner.
    #[n(1)]
    pub owner: Owner,
}

/// Who owns a Case.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    Encode,
    Decode,
)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
#[cbor(flat)]
pub enum Owner {
    /// A queue by developer name.
    #[n(0)]
    Queue(#[n(0)] String),
    /// A user by the name that the manifest binds.
    #[n(1)]
    User(#[n(0)] String),
    /// The org's assignment rules decide.
    #[n(2)]
    AssignmentRules,
}

/// What fills a field by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Fill {
    /// The customer's first words, one line.
    #[n(0)]
    Subject,
    /// What the customer wrote.
    #[n(1)]
    Description,
    /// The claimed e-mail address, where the person is not known.
    #[n(2)]
    SuppliedEmail,
    /// The claimed name, where the person is not known.
    #[n(3)]
    SuppliedName,
    /// The Contact, where the person is known.
    #[n(4)]
    ContactId,
}

/// How a transcript goes along.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum TranscriptTo {
    /// A file on the Case.
    #[n(0)]
    File,
    /// Comments on the Case.
    #[n(1)]
    Comment,
    /// A text field of the Case, written at its creation.
    #[n(2)]
    Field(#[n(0)] String),
    /// Not at all.
    #[n(3)]
    Nowhere,
}

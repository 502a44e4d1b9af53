//! Forms.

use minicbor::{Decode, Encode};

use super::{AttrId, ConstId, ExprId};

/// A form of `collect`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Form {
    /// What stands above it.
    #[n(0)]
    pub title: Option<ExprId>,
    /// Its lines.
    #[n(1)]
    pub fields: Vec<FormField>,
}

/// One line of a form.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct FormField {
    /// What it sets; type, length and list come from the attribute.
    #[n(0)]
    pub attr: AttrId,
    /// What the customer reads.
    #[n(1)]
    pub label: String,
    /// The admin's or author's hint.
    #[n(2)]
    pub help: Option<String>,
    /// Whether it must be filled in.
    #[n(3)]
    pub required: bool,
    /// The form widget and validation, beyond the attribute's type.
    #[n(4)]
    pub input: Input,
    /// A pattern that the whole text must match, and what to say where it does not.
    #[n(5)]
    pub matches: Option<(String, String)>,
    /// The smallest value (numbers, dates) or length (text).
    #[n(6)]
    pub min: Option<ConstId>,
    /// The largest value (numbers, dates) or length (text).
    #[n(7)]
    pub max: Option<ConstId>,
}

/// How a form line is shown and checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Input {
    /// One line of text.
    #[n(0)]
    Line,
    /// Several lines of text.
    #[n(1)]
    Area,
    /// An e-mail address.
    #[n(2)]
    Email,
    /// A telephone number.
    #[n(3)]
    Phone,
    /// A web address.
    #[n(4)]
    Url,
    /// A number.
    #[n(5)]
    Number,
    /// A checkbox.
    #[n(6)]
    Checkbox,
    /// A day.
    #[n(7)]
    Date,
    /// A day and a time in the customer's zone.
    #[n(8)]
    DateTime,
    /// A time of day.
    #[n(9)]
    Time,
    /// One value of the attribute's list.
    #[n(10)]
    Select,
    /// Several values of the attribute's list.
    #[n(11)]
    SelectMany,
    /// A whole number, chosen from a scale between the line's limits.
    #[n(12)]
    Rating,
}

//! One difference between two catalogs, as small as it can be made by itself.

use tidegate_schemas::catalog::Catalog;

use super::{apply, words};

/// One difference between two catalogs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// An object is there in one of them only.
    Object(String),
    /// Whether the user may create its records.
    ObjectCreateable(String),
    /// What people read, or its ids' first characters: nothing that a program relies on.
    ObjectLabel(String),
    /// A record type.
    RecordType {
        /// The object.
        object: String,
        /// The developer name.
        name: String,
    },
    /// What a record type offers: of one list, or whether that is known at all.
    Offers {
        /// The object.
        object: String,
        /// The record type's developer name.
        record_type: String,
        /// The list.
        field: Option<String>,
    },
    /// Something about one field.
    Field {
        /// The object.
        object: String,
        /// The field.
        field: String,
        /// What about it.
        what: FieldChange,
    },
    /// A queue, by developer name.
    Queue(String),
    /// A user, by username.
    User(String),
    /// Business hours, by name.
    Hours(String),
    /// The holidays of a name.
    Holiday(String),
}

/// What differs about a field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldChange {
    /// It is there in one of them only.
    Presence,
    /// Its type.
    Type,
    /// Characters or digits at most, what it points to, whether it holds HTML.
    Size,
    /// Whether a create must give it, or it may be blank.
    Required,
    /// Whether the user may write it, or the org alone does.
    Access,
    /// Whether it can be a key: unique, an external id, usable in an address.
    Key,
    /// Whether it can be searched by.
    Filterable,
    /// Label, help text or origin: what only people read.
    Label,
    /// Whether its list takes other values.
    Restricted,
    /// What its list depends on.
    Controller,
    /// The whole list, where a value stands in it several times.
    Values,
    /// The order of its list's values.
    Order,
    /// One value of its list.
    Value {
        /// The API value.
        value: String,
        /// What about it.
        what: ValueChange,
    },
}

/// What differs about a list's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ValueChange {
    /// It is there in one of them only.
    Presence,
    /// Whether it can be chosen.
    Active,
    /// What people read.
    Label,
    /// Whether the org chooses it where nobody does.
    Default,
    /// With which values of its controller it fits.
    Fits,
}

impl Change {
    /// What the other catalog says otherwise, in words: "value `Refund` of `Case.Reason` is
    /// deactivated".
    pub fn told(&self, reference: &Catalog, other: &Catalog) -> String {
        words::change(self, reference, other)
    }

    /// Makes this change in a catalog, and no other.
    pub(super) fn make(&self, catalog: &mut Catalog, other: &Catalog) {
        apply::change(self, catalog, other);
    }

    /// The object it is about; none for queues and users.
    pub(super) fn object(&self) -> Option<&str> {
        match self {
            Self::Object(object)
            | Self::ObjectCreateable(object)
            | Self::ObjectLabel(object)
            | Self::RecordType { object, .. }
            | Self::Offers { object, .. }
            | Self::Field { object, .. } => Some(object),
            Self::Queue(_) | Self::User(_) | Self::Hours(_) | Self::Holiday(_) => None,
        }
    }
}

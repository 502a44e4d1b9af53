//! The pulled metadata of one org, as one user of it sees it.
//!
//! Plain data: [`crate::codec`] alone knows how it is written to files.

mod hours;

use std::collections::BTreeMap;

pub use hours::{BusinessHours, DAYS, Holiday, Opening, Recurrence, TimeOfDay};

/// Everything pulled from one org.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalog {
    /// Who pulled what from where.
    pub origin: Origin,
    /// Objects by API name.
    pub objects: BTreeMap<String, Object>,
    /// Queues by developer name.
    pub queues: BTreeMap<String, Queue>,
    /// Users that may own records, by username.
    pub users: BTreeMap<String, User>,
    /// Business hours by name.
    pub business_hours: BTreeMap<String, BusinessHours>,
    /// Holidays, sorted.
    pub holidays: Vec<Holiday>,
}

/// Which org the metadata came from, and through whose eyes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The org's 18-character id.
    pub org_id: String,
    /// The username that pulled; field-level security hides what this user may not see.
    pub pulled_by: String,
    /// The API version of the describes, such as `66.0`.
    pub api_version: String,
}

/// One object (a table).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Object {
    /// API name.
    pub name: String,
    /// What users of Salesforce see.
    pub label: String,
    /// The first three characters of its records' ids.
    pub key_prefix: String,
    /// Whether the pulling user may create records.
    pub createable: bool,
    /// Fields by API name.
    pub fields: BTreeMap<String, Field>,
    /// Record types by developer name, without the master.
    pub record_types: BTreeMap<String, RecordType>,
    /// What record types offer, by developer name, with [`MASTER`]; nothing is known of one that
    /// is not there.
    pub offers: BTreeMap<String, Offers>,
}

/// The developer name of the record type of records for which no other one is chosen.
pub const MASTER: &str = "Master";

impl Object {
    /// The record type that a record gets where a create names none.
    pub fn default_record_type(&self) -> &str {
        let default = self.record_types.values().find(|its| its.default);
        default.map_or(MASTER, |its| its.developer_name.as_str())
    }

    /// Which of the active values of a list a record type offers.
    pub fn offer(&self, record_type: &str, field: &str) -> Offer<'_> {
        match self.offers.get(record_type).map(|offers| offers.lists.get(field)) {
            // Without record types there is nothing that could keep a value back.
            None if self.record_types.is_empty() => Offer::Every,
            None | Some(Some(Offered::NotKnown)) => Offer::NotKnown,
            Some(None) => Offer::Every,
            Some(Some(Offered::Only(values))) => Offer::Only(values),
        }
    }
}

/// What a record type offers of each list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offers {
    /// By field, for the lists of which it does not offer every active value.
    pub lists: BTreeMap<String, Offered>,
}

/// What a record type offers of one list, where that is not all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offered {
    /// These values, in the list's order.
    Only(Vec<String>),
    /// The org did not say.
    NotKnown,
}

/// Which of the active values of a list can be chosen with a record type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer<'a> {
    /// Every one.
    Every,
    /// These.
    Only(&'a [String]),
    /// Nobody knows.
    NotKnown,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// API name.
    pub name: String,
    /// What users of Salesforce see.
    pub label: String,
    /// The admin's help text.
    pub help: Option<String>,
    /// Its type, with what belongs to that type.
    pub kind: FieldKind,
    /// Whether it may be blank.
    pub nillable: bool,
    /// Whether the pulling user may set it on create.
    pub createable: bool,
    /// Whether the pulling user may change it.
    pub updateable: bool,
    /// Whether the org fills it where a create does not.
    pub defaulted_on_create: bool,
    /// A formula or roll-up.
    pub calculated: bool,
    /// Numbered by the org.
    pub auto_number: bool,
    /// No two records may share a value.
    pub unique: bool,
    /// Marked as an external id.
    pub external_id: bool,
    /// Usable as a key in a row's address.
    pub id_lookup: bool,
    /// Made by the org's admins or by a package.
    pub custom: bool,
    /// Whether SOQL can filter by it.
    pub filterable: bool,
}

impl Field {
    /// A field that may be blank, read, created and updated, as most are.
    pub fn plain(name: &str, label: &str, kind: FieldKind) -> Self {
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            help: None,
            kind,
            nillable: true,
            createable: true,
            updateable: true,
            defaulted_on_create: false,
            calculated: false,
            auto_number: false,
            unique: false,
            external_id: false,
            id_lookup: false,
            custom: name.ends_with("__c"),
            filterable: true,
        }
    }

    /// Whether the org refuses a create that leaves it out.
    ///
    /// Salesforce does not say so directly; it follows from the describe.
    pub fn required_on_create(&self) -> bool {
        self.createable && !self.nillable && !self.defaulted_on_create
    }

    /// Whether the org alone fills it.
    pub fn read_only(&self) -> bool {
        !self.createable && !self.updateable
    }
}

/// The type of a field, with what belongs to that type.
///
/// The tag is the describe's own `type`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// The record's own id.
    Id,
    /// One line of text.
    String {
        /// Characters at most.
        length: u32,
    },
    /// Several lines of text.
    TextArea {
        /// Characters at most.
        length: u32,
        /// Holds HTML.
        rich: bool,
    },
    /// A checkbox; never blank.
    Boolean,
    /// A whole number.
    Int {
        /// Digits at most.
        digits: u32,
    },
    /// A decimal number.
    Double(Decimals),
    /// An amount of money.
    Currency(Decimals),
    /// A percentage: 25 means 25 %.
    Percent(Decimals),
    /// A day.
    Date,
    /// An instant.
    DateTime,
    /// A time of day.
    Time,
    /// An e-mail address.
    Email {
        /// Characters at most.
        length: u32,
    },
    /// A telephone number; letters are allowed.
    Phone {
        /// Characters at most.
        length: u32,
    },
    /// A web address.
    Url {
        /// Characters at most.
        length: u32,
    },
    /// One value of a list.
    Picklist(List),
    /// Several values of a list.
    MultiPicklist(List),
    /// Text with suggestions.
    Combobox {
        /// Characters at most.
        length: u32,
    },
    /// The id of another record.
    Reference {
        /// The objects it may point to.
        to: Vec<String>,
        /// The name for following it in a path, such as `Account`.
        relationship: Option<String>,
    },
    /// Classic encrypted text; reads are masked.
    EncryptedString {
        /// Characters at most.
        length: u32,
    },
    /// A compound address; only its parts can be written.
    Address,
    /// A compound position; only its parts can be written.
    Location,
    /// A file's bytes.
    Base64,
    /// A type that this version does not know; read only.
    Opaque {
        /// The describe's word for it.
        described_as: String,
    },
}

impl FieldKind {
    /// The describe's word for it.
    pub fn described_as(&self) -> &str {
        match self {
            Self::Id => "id",
            Self::String { .. } => "string",
            Self::TextArea { .. } => "textarea",
            Self::Boolean => "boolean",
            Self::Int { .. } => "int",
            Self::Double(_) => "double",
            Self::Currency(_) => "currency",
            Self::Percent(_) => "percent",
            Self::Date => "date",
            Self::DateTime => "datetime",
            Self::Time => "time",
            Self::Email { .. } => "email",
            Self::Phone { .. } => "phone",
            Self::Url { .. } => "url",
            Self::Picklist(_) => "picklist",
            Self::MultiPicklist(_) => "multipicklist",
            Self::Combobox { .. } => "combobox",
            Self::Reference { .. } => "reference",
            Self::EncryptedString { .. } => "encryptedstring",
            Self::Address => "address",
            Self::Location => "location",
            Self::Base64 => "base64",
            Self::Opaque { described_as } => described_as,
        }
    }

    /// The values, where it is a list.
    pub fn list(&self) -> Option<&List> {
        match self {
            Self::Picklist(list) | Self::MultiPicklist(list) => Some(list),
            _ => None,
        }
    }

    /// Digits in all and behind the point, for numbers.
    pub fn digits(&self) -> Option<(u32, u32)> {
        match self {
            Self::Int { digits } => Some((*digits, 0)),
            Self::Double(its) | Self::Currency(its) | Self::Percent(its) => {
                Some((its.precision, its.scale))
            }
            _ => None,
        }
    }

    /// Characters at most, where it holds text that is written as such.
    pub fn text_length(&self) -> Option<u32> {
        match self {
            Self::String { length }
            | Self::TextArea { length, .. }
            | Self::Email { length }
            | Self::Phone { length }
            | Self::Url { length }
            | Self::Combobox { length }
            | Self::EncryptedString { length } => Some(*length),
            _ => None,
        }
    }
}

/// How many digits a decimal number has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimals {
    /// Digits in all.
    pub precision: u32,
    /// Digits behind the point.
    pub scale: u32,
}

/// A list (picklist): its values, and what they depend on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List {
    /// Whether the org refuses values that are not of the list.
    pub restricted: bool,
    /// The field that decides which values fit.
    pub controller: Option<String>,
    /// In the org's order.
    pub values: Vec<ListValue>,
}

/// One value of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListValue {
    /// The API value: what is stored and compared.
    pub value: String,
    /// What users of Salesforce see.
    pub label: String,
    /// Whether it can still be chosen.
    pub active: bool,
    /// Whether the org chooses it where nobody does.
    pub default: bool,
    /// The controller's values (or `true`, `false`) with which it fits; absent where it fits all.
    pub valid_for: Option<Vec<String>>,
}

/// One record type of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordType {
    /// What code calls it.
    pub developer_name: String,
    /// What users of Salesforce see.
    pub label: String,
    /// Whether it is active.
    pub active: bool,
    /// Whether the pulling user may use it.
    pub available: bool,
    /// Whether the org chooses it where nobody does.
    pub default: bool,
}

impl RecordType {
    /// Whether the pulling user may create records with it.
    pub fn usable(&self) -> bool {
        self.active && self.available
    }
}

/// One queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// What code calls it.
    pub developer_name: String,
    /// What users of Salesforce see.
    pub label: String,
    /// The objects whose records it may own.
    pub objects: Vec<String>,
}

/// One user that may own records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The login name.
    pub username: String,
    /// What users of Salesforce see.
    pub label: String,
    /// Whether the user can still log in and own records.
    pub active: bool,
}

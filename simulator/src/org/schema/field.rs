//! One field of an object, and what a describe derives from its type.

pub(super) mod described;

use serde::Deserialize;

use super::list::Derivation;

/// Text longer than this is stored apart, and can't be filtered or sorted.
const LONGEST_INDEXED_TEXT: u32 = 255;

/// One field, as its object's file has it; what is absent follows from the type.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldSchema {
    /// API name.
    pub name: String,
    /// What users see.
    pub label: String,
    /// The describe's `type`.
    #[serde(rename = "type")]
    pub field_type: FieldType,
    /// Characters at most.
    #[serde(default)]
    pub length: u32,
    /// Decimal digits in all.
    #[serde(default)]
    pub precision: u32,
    /// Decimal digits behind the point.
    #[serde(default)]
    pub scale: u32,
    /// Digits of a whole number.
    #[serde(default)]
    pub digits: u32,
    /// Who may write it.
    #[serde(default)]
    pub access: Access,
    nillable: Option<bool>,
    defaulted: Option<bool>,
    filterable: Option<bool>,
    sortable: Option<bool>,
    groupable: Option<bool>,
    aggregatable: Option<bool>,
    permissionable: Option<bool>,
    /// The literal that the org fills in.
    pub default: Option<String>,
    /// The objects that it may point to.
    #[serde(default)]
    pub to: Vec<String>,
    /// The name for following it.
    pub relationship: Option<String>,
    /// The name for following it backwards, from the object pointed to.
    pub child: Option<String>,
    /// Whether deleting the record pointed to deletes this one.
    #[serde(default)]
    pub cascade: bool,
    /// The field that decides which values of its list fit.
    pub controller: Option<String>,
    /// No two records may share a value.
    #[serde(default)]
    pub unique: bool,
    /// Marked as an external id.
    #[serde(default)]
    pub external_id: bool,
    #[serde(default)]
    id_lookup: bool,
    /// How the org numbers it, such as `TG-{000000}`.
    pub auto_number: Option<String>,
    /// Whether it stands for the record in lists.
    #[serde(default)]
    pub name_field: bool,
    /// The compound field that it is a part of.
    pub compound: Option<String>,
    /// The describe's `extraTypeInfo`.
    pub extra: Option<String>,
    /// Holds HTML.
    #[serde(default)]
    pub html: bool,
    /// The admin's help text.
    pub help: Option<String>,
    /// How it is computed, where it isn't stored.
    pub derive: Option<Derivation>,
    /// The formula's text, as a describe shows it.
    pub formula: Option<String>,
    /// The describe's `searchPrefilterable`.
    #[serde(default)]
    pub search_prefilterable: bool,
    /// The describe's `queryByDistance`.
    #[serde(default)]
    pub query_by_distance: bool,
    /// Whether this user may only read it, though others may write it.
    #[serde(skip)]
    pub(super) locked: bool,
}

/// The describe's word for a field's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldType {
    /// The record's own id.
    Id,
    /// One line of text.
    String,
    /// Several lines of text.
    Textarea,
    /// A checkbox.
    Boolean,
    /// A whole number.
    Int,
    /// A decimal number.
    Double,
    /// Money.
    Currency,
    /// A percentage.
    Percent,
    /// A day.
    Date,
    /// An instant.
    Datetime,
    /// A time of day.
    Time,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A web address.
    Url,
    /// One value of a list.
    Picklist,
    /// Several values of a list.
    Multipicklist,
    /// The id of another record.
    Reference,
    /// A compound address.
    Address,
    /// A file's bytes.
    Base64,
    /// A type that this org knows by name only: always blank, and nobody writes it.
    #[serde(skip)]
    Opaque,
}

impl FieldType {
    /// The describe's word for it.
    pub fn described_as(self) -> &'static str {
        match self {
            FieldType::Id => "id",
            FieldType::String => "string",
            FieldType::Textarea => "textarea",
            FieldType::Boolean => "boolean",
            FieldType::Int => "int",
            FieldType::Double => "double",
            FieldType::Currency => "currency",
            FieldType::Percent => "percent",
            FieldType::Date => "date",
            FieldType::Datetime => "datetime",
            FieldType::Time => "time",
            FieldType::Email => "email",
            FieldType::Phone => "phone",
            FieldType::Url => "url",
            FieldType::Picklist => "picklist",
            FieldType::Multipicklist => "multipicklist",
            FieldType::Reference => "reference",
            FieldType::Address => "address",
            FieldType::Base64 => "base64",
            FieldType::Opaque => "anyType",
        }
    }

    /// The type's name in the older API's schema, which describes still carry.
    pub fn soap_type(self) -> &'static str {
        match self {
            FieldType::Id | FieldType::Reference => "tns:ID",
            FieldType::Boolean => "xsd:boolean",
            FieldType::Int => "xsd:int",
            FieldType::Double | FieldType::Currency | FieldType::Percent => "xsd:double",
            FieldType::Date => "xsd:date",
            FieldType::Datetime => "xsd:dateTime",
            FieldType::Time => "xsd:time",
            FieldType::Address => "urn:address",
            FieldType::Base64 => "xsd:base64Binary",
            FieldType::Opaque => "xsd:anyType",
            FieldType::String
            | FieldType::Textarea
            | FieldType::Email
            | FieldType::Phone
            | FieldType::Url
            | FieldType::Picklist
            | FieldType::Multipicklist => "xsd:string",
        }
    }
}

/// Who may write a field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Nobody but the org.
    Read,
    /// Once, when the record is made.
    Create,
    /// Only once the record is there.
    Update,
    /// At any time.
    #[default]
    Write,
}

impl FieldSchema {
    /// Makes a create give it, or no longer.
    pub(in crate::org) fn require(&mut self, required: bool) {
        self.nillable = Some(!required);
        self.defaulted = Some(false);
    }

    /// Whether a create may set it.
    pub fn createable(&self) -> bool {
        !self.locked && matches!(self.access, Access::Create | Access::Write)
    }

    /// Whether an update may set it.
    pub fn updateable(&self) -> bool {
        !self.locked && matches!(self.access, Access::Update | Access::Write)
    }

    /// Whether it may be blank.
    pub fn nillable(&self) -> bool {
        let usual = self.access == Access::Write && self.field_type != FieldType::Boolean;
        self.nillable.unwrap_or(usual)
    }

    /// Whether the org fills it where a create doesn't.
    pub fn defaulted_on_create(&self) -> bool {
        let usual = matches!(self.field_type, FieldType::Boolean | FieldType::Id);
        self.defaulted.unwrap_or(usual)
    }

    /// Whether a create without it is refused.
    pub fn required_on_create(&self) -> bool {
        self.createable() && !self.nillable() && !self.defaulted_on_create()
    }

    /// Made by admins, which the name shows.
    pub fn custom(&self) -> bool {
        self.name.ends_with("__c")
    }

    /// A formula; the org's own computed fields don't count as such in a describe.
    pub fn calculated(&self) -> bool {
        self.formula.is_some()
    }

    /// Whether SOQL can filter by it.
    pub fn filterable(&self) -> bool {
        self.filterable.unwrap_or(self.field_type != FieldType::Base64 && !self.is_long_text())
    }

    /// Whether SOQL can order by it.
    pub fn sortable(&self) -> bool {
        let usual = self.filterable()
            && !matches!(self.field_type, FieldType::Address | FieldType::Multipicklist);
        self.sortable.unwrap_or(usual)
    }

    /// Whether SOQL can group by it.
    pub fn groupable(&self) -> bool {
        let usual = self.sortable()
            && self.auto_number.is_none()
            && !matches!(
                self.field_type,
                FieldType::Datetime | FieldType::Double | FieldType::Currency | FieldType::Percent
            );
        self.groupable.unwrap_or(usual)
    }

    /// Whether SOQL can aggregate it.
    pub fn aggregatable(&self) -> bool {
        self.aggregatable.unwrap_or(self.sortable() && self.field_type != FieldType::Boolean)
    }

    /// Whether admins can hide it from a profile.
    pub fn permissionable(&self) -> bool {
        let may_be_hidden = self.nillable() || self.field_type == FieldType::Boolean;
        let part_of_name = self.compound.as_deref() == Some("Name");
        let usual = self.access == Access::Write && may_be_hidden && !part_of_name;
        self.permissionable.unwrap_or(usual)
    }

    /// Whether a row's address can name the row by it.
    pub fn id_lookup(&self) -> bool {
        self.id_lookup || self.field_type == FieldType::Id
    }

    /// Whether it may point to more than one object.
    pub fn polymorphic(&self) -> bool {
        self.to.len() > 1
    }

    fn is_long_text(&self) -> bool {
        self.field_type == FieldType::Textarea && self.length > LONGEST_INDEXED_TEXT
    }
}

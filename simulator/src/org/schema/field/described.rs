//! A field as a real org's describe has it.

use serde::Deserialize;
use serde_json::Value as Json;

use super::{Access, Derivation, FieldSchema, FieldType};

/// What is read of a field's describe; keys that a version of the API leaves out take their zero.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in crate::org::schema) struct FieldDescription {
    pub(in crate::org::schema) name: String,
    label: String,
    #[serde(rename = "type")]
    kind: String,
    length: u32,
    precision: u32,
    scale: u32,
    /// Old tools write it as text.
    digits: Json,
    createable: bool,
    updateable: bool,
    nillable: bool,
    defaulted_on_create: bool,
    filterable: bool,
    sortable: bool,
    groupable: bool,
    aggregatable: bool,
    permissionable: bool,
    default_value: Json,
    reference_to: Vec<String>,
    relationship_name: Option<String>,
    cascade_delete: bool,
    pub(in crate::org::schema) controller_name: Option<String>,
    unique: bool,
    external_id: bool,
    id_lookup: bool,
    auto_number: bool,
    name_field: bool,
    compound_field_name: Option<String>,
    extra_type_info: Option<String>,
    html_formatted: bool,
    inline_help_text: Option<String>,
    calculated_formula: Option<String>,
    search_prefilterable: bool,
    query_by_distance: bool,
    pub(in crate::org::schema) restricted_picklist: bool,
    pub(in crate::org::schema) picklist_values: Vec<EntryDescription>,
}

/// One value of a list, as a describe has it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in crate::org::schema) struct EntryDescription {
    pub(in crate::org::schema) value: String,
    pub(in crate::org::schema) label: Option<String>,
    pub(in crate::org::schema) active: bool,
    pub(in crate::org::schema) valid_for: Option<String>,
}

impl FieldDescription {
    /// The field. What a describe does not tell, such as how the org computes it, comes from the built-in one.
    pub(in crate::org::schema) fn schema(self, built_in: Option<&FieldSchema>) -> FieldSchema {
        let field_type = self.field_type();
        let text = matches!(field_type, FieldType::String | FieldType::Picklist);
        let default = self.default_value.as_str().filter(|_| text).map(str::to_owned);
        let numbered = built_in.and_then(|field| field.auto_number.clone());
        let numbered = numbered.unwrap_or_else(|| "{00000000}".to_owned());
        let digits = self.digits.as_u64().or_else(|| self.digits.as_str()?.parse().ok());
        FieldSchema {
            field_type,
            access: match (self.createable, self.updateable) {
                (false, false) => Access::Read,
                (true, false) => Access::Create,
                (false, true) => Access::Update,
                (true, true) => Access::Write,
            },
            digits: digits.and_then(|digits| u32::try_from(digits).ok()).unwrap_or_default(),
            default,
            derive: built_in.and_then(|field| field.derive).or_else(|| self.shipping()),
            child: built_in.and_then(|field| field.child.clone()),
            auto_number: self.auto_number.then_some(numbered),
            name: self.name,
            label: self.label,
            length: self.length,
            precision: self.precision,
            scale: self.scale,
            nillable: Some(self.nillable),
            defaulted: Some(self.defaulted_on_create),
            filterable: Some(self.filterable),
            sortable: Some(self.sortable),
            groupable: Some(self.groupable),
            aggregatable: Some(self.aggregatable),
            permissionable: Some(self.permissionable),
            to: self.reference_to,
            relationship: self.relationship_name,
            cascade: self.cascade_delete,
            controller: self.controller_name,
            unique: self.unique,
            external_id: self.external_id,
            id_lookup: self.id_lookup,
            name_field: self.name_field,
            compound: self.compound_field_name,
            extra: self.extra_type_info,
            html: self.html_formatted,
            help: self.inline_help_text,
            formula: self.calculated_formula,
            search_prefilterable: self.search_prefilterable,
            query_by_distance: self.query_by_distance,
            locked: false,
        }
    }

    fn shipping(&self) -> Option<Derivation> {
        (self.name == "ShippingAddress").then_some(Derivation::ShippingAddress)
    }

    fn field_type(&self) -> FieldType {
        match self.kind.as_str() {
            "id" => FieldType::Id,
            "string" | "combobox" | "encryptedstring" => FieldType::String,
            "textarea" => FieldType::Textarea,
            "boolean" => FieldType::Boolean,
            "int" | "long" => FieldType::Int,
            "double" => FieldType::Double,
            "currency" => FieldType::Currency,
            "percent" => FieldType::Percent,
            "date" => FieldType::Date,
            "datetime" => FieldType::Datetime,
            "time" => FieldType::Time,
            "email" => FieldType::Email,
            "phone" => FieldType::Phone,
            "url" => FieldType::Url,
            "picklist" => FieldType::Picklist,
            "multipicklist" => FieldType::Multipicklist,
            "reference" if !self.reference_to.is_empty() => FieldType::Reference,
            "address" => FieldType::Address,
            "base64" => FieldType::Base64,
            _ => FieldType::Opaque,
        }
    }
}

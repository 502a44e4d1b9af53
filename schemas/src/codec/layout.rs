//! The text of the files.

use crate::catalog::{
    Catalog, Decimals, Field, FieldKind, List, ListValue, Object, Offered, Offers, Queue,
    RecordType, User,
};

use super::FORMAT;
use super::literal::{key, string, strings};
use super::shape::{ALL, NOT_KNOWN};

const HEAD: &str = "# Written by `tidegate pull`, which replaces it whole: keep notes elsewhere.\n";

/// The file of origin, queues and users.
pub(super) fn org(catalog: &Catalog) -> String {
    let mut page = Page::default();
    page.line("format", FORMAT);
    page.line("org_id", string(&catalog.origin.org_id));
    page.line("pulled_by", string(&catalog.origin.pulled_by));
    page.line("api_version", string(&catalog.origin.api_version));
    if !catalog.queues.is_empty() {
        page.table(&["queues"]);
        for (name, queue) in &catalog.queues {
            page.line(&key(name), queue_entry(queue));
        }
    }
    if !catalog.users.is_empty() {
        page.table(&["users"]);
        for (name, user) in &catalog.users {
            page.line(&key(name), user_entry(user));
        }
    }
    page.text
}

/// The file of one object.
pub(super) fn object(object: &Object) -> String {
    let mut page = Page::default();
    page.line("name", string(&object.name));
    page.line("label", string(&object.label));
    page.line("key_prefix", string(&object.key_prefix));
    page.flag("createable", object.createable);
    if !object.record_types.is_empty() {
        page.table(&["record_types"]);
        for (name, record_type) in &object.record_types {
            page.line(&key(name), record_type_entry(record_type));
        }
    }
    offers(&mut page, object);
    for (name, entry) in &object.fields {
        page.table(&["fields", name]);
        field(&mut page, entry);
    }
    page.text
}

/// What record types offer: those that offer everything first, for they take a line each.
fn offers(page: &mut Page, object: &Object) {
    let (all, some): (Vec<_>, Vec<_>) =
        object.offers.iter().partition(|(_, offers)| offers.lists.is_empty());
    if !all.is_empty() {
        page.table(&["offers"]);
    }
    for (name, _) in all {
        page.line(&key(name), string(ALL));
    }
    for (name, Offers { lists }) in some {
        page.table(&["offers", name]);
        for (field, offered) in lists {
            match offered {
                Offered::NotKnown => page.line(&key(field), string(NOT_KNOWN)),
                Offered::Only(values) => {
                    page.column(&key(field), values.iter().map(|one| string(one)))
                }
            }
        }
    }
}

fn field(page: &mut Page, field: &Field) {
    page.line("label", string(&field.label));
    if let Some(help) = &field.help {
        page.line("help", string(help));
    }
    page.line("type", string(word(&field.kind)));
    kind(page, &field.kind);
    page.flag("nillable", field.nillable);
    page.flag("createable", field.createable);
    page.flag("updateable", field.updateable);
    page.flag("defaulted_on_create", field.defaulted_on_create);
    page.flag("calculated", field.calculated);
    page.flag("auto_number", field.auto_number);
    page.flag("unique", field.unique);
    page.flag("external_id", field.external_id);
    page.flag("id_lookup", field.id_lookup);
    page.flag("custom", field.custom);
    page.flag("filterable", field.filterable);
    if let FieldKind::Picklist(list) | FieldKind::MultiPicklist(list) = &field.kind {
        values(page, &list.values);
    }
}

/// The word for a type: the describe's own.
pub(super) fn word(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Id => "id",
        FieldKind::String { .. } => "string",
        FieldKind::TextArea { .. } => "textarea",
        FieldKind::Boolean => "boolean",
        FieldKind::Int { .. } => "int",
        FieldKind::Double(_) => "double",
        FieldKind::Currency(_) => "currency",
        FieldKind::Percent(_) => "percent",
        FieldKind::Date => "date",
        FieldKind::DateTime => "datetime",
        FieldKind::Time => "time",
        FieldKind::Email { .. } => "email",
        FieldKind::Phone { .. } => "phone",
        FieldKind::Url { .. } => "url",
        FieldKind::Picklist(_) => "picklist",
        FieldKind::MultiPicklist(_) => "multipicklist",
        FieldKind::Combobox { .. } => "combobox",
        FieldKind::Reference { .. } => "reference",
        FieldKind::EncryptedString { .. } => "encryptedstring",
        FieldKind::Address => "address",
        FieldKind::Location => "location",
        FieldKind::Base64 => "base64",
        FieldKind::Opaque { .. } => "opaque",
    }
}

/// What belongs to the type, but for a list's values, which come last.
fn kind(page: &mut Page, kind: &FieldKind) {
    match kind {
        FieldKind::String { length }
        | FieldKind::Email { length }
        | FieldKind::Phone { length }
        | FieldKind::Url { length }
        | FieldKind::Combobox { length }
        | FieldKind::EncryptedString { length } => page.line("length", length),
        FieldKind::TextArea { length, rich } => {
            page.line("length", length);
            page.flag("rich", *rich);
        }
        FieldKind::Int { digits } => page.line("digits", digits),
        FieldKind::Double(decimals)
        | FieldKind::Currency(decimals)
        | FieldKind::Percent(decimals) => {
            let Decimals { precision, scale } = decimals;
            page.line("precision", precision);
            page.line("scale", scale);
        }
        FieldKind::Picklist(list) | FieldKind::MultiPicklist(list) => {
            let List { restricted, controller, values: _ } = list;
            page.flag("restricted", *restricted);
            if let Some(controller) = controller {
                page.line("controller", string(controller));
            }
        }
        FieldKind::Reference { to, relationship } => {
            page.line("to", strings(to));
            if let Some(relationship) = relationship {
                page.line("relationship", string(relationship));
            }
        }
        FieldKind::Opaque { described_as } => page.line("described_as", string(described_as)),
        FieldKind::Id
        | FieldKind::Boolean
        | FieldKind::Date
        | FieldKind::DateTime
        | FieldKind::Time
        | FieldKind::Address
        | FieldKind::Location
        | FieldKind::Base64 => {}
    }
}

fn values(page: &mut Page, values: &[ListValue]) {
    page.column("values", values.iter().map(value_entry));
}

fn value_entry(value: &ListValue) -> String {
    let mut entry = Inline::default();
    entry.item("value", string(&value.value));
    // A label that repeats its value says nothing, and most do.
    if value.label != value.value {
        entry.item("label", string(&value.label));
    }
    entry.unusual("active", value.active, true);
    entry.unusual("default", value.default, false);
    if let Some(valid_for) = &value.valid_for {
        entry.item("valid_for", strings(valid_for));
    }
    entry.close()
}

fn queue_entry(queue: &Queue) -> String {
    let mut entry = Inline::default();
    entry.item("label", string(&queue.label));
    entry.item("objects", strings(&queue.objects));
    entry.close()
}

fn user_entry(user: &User) -> String {
    let mut entry = Inline::default();
    entry.item("label", string(&user.label));
    entry.unusual("active", user.active, true);
    entry.close()
}

fn record_type_entry(record_type: &RecordType) -> String {
    let mut entry = Inline::default();
    entry.item("label", string(&record_type.label));
    entry.unusual("active", record_type.active, true);
    entry.unusual("available", record_type.available, true);
    entry.unusual("default", record_type.default, false);
    entry.close()
}

/// A file while it is written.
pub(super) struct Page {
    pub(super) text: String,
}

impl Default for Page {
    fn default() -> Self {
        Page { text: HEAD.to_owned() }
    }
}

impl Page {
    pub(super) fn line(&mut self, key: &str, value: impl std::fmt::Display) {
        self.text.push_str(&format!("{key} = {value}\n"));
    }

    /// A flag is written only where it is set.
    pub(super) fn flag(&mut self, key: &str, set: bool) {
        if set {
            self.line(key, true);
        }
    }

    /// Entries, a line each.
    pub(super) fn column(&mut self, key: &str, entries: impl ExactSizeIterator<Item = String>) {
        if entries.len() == 0 {
            return self.line(key, "[]");
        }
        self.text.push_str(&format!("{key} = [\n"));
        for entry in entries {
            self.text.push_str(&format!("  {entry},\n"));
        }
        self.text.push_str("]\n");
    }

    pub(super) fn table(&mut self, path: &[&str]) {
        let path: Vec<String> = path.iter().map(|name| key(name)).collect();
        self.text.push_str(&format!("\n[{}]\n", path.join(".")));
    }
}

/// An inline table while it is written.
#[derive(Default)]
pub(super) struct Inline {
    items: Vec<String>,
}

impl Inline {
    pub(super) fn item(&mut self, key: &str, value: impl std::fmt::Display) {
        self.items.push(format!("{key} = {value}"));
    }

    fn unusual(&mut self, key: &str, value: bool, usual: bool) {
        if value != usual {
            self.item(key, value);
        }
    }

    pub(super) fn close(self) -> String {
        format!("{{ {} }}", self.items.join(", "))
    }
}

//! The smallest permission set with which the runtime does what a plan says.

use std::collections::BTreeMap;

use tidegate_plan::model::{Form, Push, Required, Requirement, TranscriptTo};
use tidegate_schemas::catalog::{Catalog, Field, FieldKind};

use super::xml::{Element, document, flag, leaf, node, root};
use super::{Component, File};

/// Its API name.
pub(crate) const NAME: &str = "Tidegate_Runtime";

/// Fields of standard objects that no permission set takes, in describes of real orgs: whoever sees
/// the record sees them.
const NEVER: [&str; 13] = [
    "Comments",
    "EmailBouncedDate",
    "EmailBouncedReason",
    "FirstName",
    "Id",
    "IndividualId",
    "LastName",
    "MiddleName",
    "Name",
    "OwnerId",
    "RecordTypeId",
    "Salutation",
    "Status",
];

/// Parts of a compound address; a permission set names the whole.
const PARTS: [&str; 10] = [
    "City",
    "Country",
    "CountryCode",
    "GeocodeAccuracy",
    "Latitude",
    "Longitude",
    "PostalCode",
    "State",
    "StateCode",
    "Street",
];

/// What is done with an object.
#[derive(Debug, Default)]
struct Use {
    creates: bool,
    edits: bool,
    /// Fields, each with whether it is written.
    fields: BTreeMap<String, bool>,
}

/// What is relied on, what is created, what customers are asked for, and what an org has.
pub(crate) fn set(
    requirements: &[Requirement],
    pushes: &[Push],
    forms: &[Form],
    catalog: &Catalog,
) -> Component {
    let uses = uses(requirements, pushes, forms, catalog);
    let fields = uses.iter().flat_map(|(object, its)| {
        its.fields.iter().map(move |(name, written)| field(object, name, *written))
    });
    let objects = uses.iter().map(|(name, its)| object(name, its));
    let mut elements =
        vec![leaf("description", "What the Tidegate runtime needs, and nothing else.")];
    elements.extend(fields);
    elements.push(flag("hasActivationRequired", false));
    elements.push(leaf("label", "Tidegate Runtime"));
    elements.extend(objects);
    let api = vec![flag("enabled", true), leaf("name", "ApiEnabled")];
    elements.push(node("userPermissions", api));
    let path = format!("force-app/main/default/permissionsets/{NAME}.permissionset-meta.xml");
    Component {
        kind: "PermissionSet",
        member: NAME.to_owned(),
        file: File { path, text: document(&root("PermissionSet", elements)) },
    }
}

/// What is relied on, by object.
fn uses(
    requirements: &[Requirement],
    pushes: &[Push],
    forms: &[Form],
    catalog: &Catalog,
) -> BTreeMap<String, Use> {
    let mut uses: BTreeMap<String, Use> = BTreeMap::new();
    let mut note = |object: &str, path: &str, written: bool| {
        for (object, field) in along(catalog, object, path) {
            let its = uses.entry(object.to_owned()).or_default();
            its.creates |= written;
            let known = catalog.objects.get(object).and_then(|object| object.fields.get(field));
            if known.is_none_or(is_granted) {
                *its.fields.entry(whole(field)).or_default() |= written;
            }
        }
    };
    for requirement in requirements {
        match &requirement.what {
            Required::ReadField(object, field) | Required::Filter(object, field) => {
                note(object, field, false);
            }
            Required::CreateField(object, field) | Required::UniqueKey(object, field) => {
                note(object, field, true);
            }
            _ => {}
        }
    }
    for requirement in requirements {
        if let Required::Object(object) = &requirement.what {
            uses.entry(object.clone()).or_default();
        }
    }
    // Who shares a file with a record must be allowed to edit the record.
    let files = forms.iter().any(|form| !form.files.is_empty());
    for push in pushes {
        let its = uses.entry(push.object.clone()).or_default();
        its.creates = true;
        its.edits |= files || matches!(push.transcript, TranscriptTo::File | TranscriptTo::Comment);
    }
    uses
}

/// The fields that a path reads, each of its own object: `Account.Industry` of a Contact reads
/// `Contact.AccountId` and `Account.Industry`.
fn along<'a>(catalog: &'a Catalog, object: &'a str, path: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut found = Vec::new();
    let mut at = object;
    for name in path.split('.') {
        let fields = catalog.objects.get(at).map(|object| &object.fields);
        let lookup = fields.into_iter().flat_map(|fields| fields.values()).find_map(|field| {
            match &field.kind {
                FieldKind::Reference { to, relationship: Some(own) } if own == name => {
                    Some((field.name.as_str(), to.first()?.as_str()))
                }
                _ => None,
            }
        });
        match lookup {
            Some((field, next)) => {
                found.push((at, field));
                at = next;
            }
            None => found.push((at, name)),
        }
    }
    found
}

/// The field that a permission set names for one.
fn whole(field: &str) -> String {
    let part = PARTS.iter().filter_map(|part| field.strip_suffix(part)).min_by_key(|it| it.len());
    let address = part.filter(|it| matches!(*it, "Billing" | "Mailing" | "Other" | "Shipping"));
    address.map_or_else(|| field.to_owned(), |address| format!("{address}Address"))
}

/// Whether a permission set takes a field: not what every record must have, nor what Salesforce
/// alone fills. The describes of real orgs agree (Account, Case, Contact).
fn is_granted(field: &Field) -> bool {
    let must = !field.nillable && !matches!(field.kind, FieldKind::Boolean);
    let compound = matches!(field.kind, FieldKind::Address | FieldKind::Location);
    let own = !field.read_only() || field.calculated || compound || field.name == "ClosedDate";
    !must && (field.custom || (own && !NEVER.contains(&field.name.as_str())))
}

fn field(object: &str, name: &str, written: bool) -> Element {
    let elements = vec![
        flag("editable", written),
        leaf("field", format!("{object}.{name}")),
        flag("readable", true),
    ];
    node("fieldPermissions", elements)
}

/// A record that somebody else owns by now must still be found: by its key, or as the visitor's.
fn object(name: &str, its: &Use) -> Element {
    let elements = vec![
        flag("allowCreate", its.creates),
        flag("allowDelete", false),
        flag("allowEdit", its.edits),
        flag("allowRead", true),
        flag("modifyAllRecords", false),
        leaf("object", name),
        flag("viewAllRecords", true),
    ];
    node("objectPermissions", elements)
}

//! Packages as they are written.

use std::collections::BTreeMap;

use tidegate_diagnostics::{SourceId, Span};
use tidegate_plan::model::{Form, FormFile, Push, Required, Requirement, TranscriptTo};
use tidegate_schemas::catalog::{Catalog, Field, FieldKind, Object, Origin};

use super::{File, of_new_org, permissions};

fn shown(files: &[File]) -> String {
    files.iter().map(|file| format!("==> {}\n{}\n", file.path, file.text)).collect()
}

fn field(name: &str, nillable: bool, kind: FieldKind) -> (String, Field) {
    (name.to_owned(), Field { nillable, ..Field::plain(name, name, kind) })
}

fn catalog() -> Catalog {
    let text = || FieldKind::String { length: 80 };
    let fields = BTreeMap::from([
        field("Status", true, text()),
        field("Origin", true, text()),
        field("Must_Have__c", false, text()),
        field("Agreed__c", false, FieldKind::Boolean),
    ]);
    let lookup = FieldKind::Reference {
        to: vec!["Account".to_owned()],
        relationship: Some("Account".to_owned()),
    };
    let mut deleted = field("IsDeleted", false, FieldKind::Boolean);
    (deleted.1.createable, deleted.1.updateable) = (false, false);
    let of_contact = BTreeMap::from([
        field("AccountId", true, lookup),
        field("FirstName", true, text()),
        field("MailingCity", true, text()),
        field("MailingStreet", true, text()),
        deleted,
    ]);
    let contact = Object { name: "Contact".to_owned(), fields: of_contact, ..Object::default() };
    let case = Object { name: "Case".to_owned(), fields, ..Object::default() };
    let origin = Origin { api_version: "66.0".to_owned(), ..Origin::default() };
    let objects = BTreeMap::from([("Case".to_owned(), case), ("Contact".to_owned(), contact)]);
    Catalog { origin, objects, ..Catalog::default() }
}

fn granted(required: Vec<Required>) -> String {
    let span = Span { source: SourceId(0), start: 0, end: 0 };
    let requirements: Vec<Requirement> =
        required.into_iter().map(|what| Requirement { what, span }).collect();
    permissions::set(&requirements, &[], &[], &catalog()).file.text
}

#[test]
fn what_a_plan_reads_and_writes_is_granted_and_nothing_else() {
    let field = |name: &str| Required::CreateField("Case".to_owned(), name.to_owned());
    let read = |object: &str, field: &str| Required::ReadField(object.to_owned(), field.to_owned());
    insta::assert_snapshot!(granted(vec![
        field("Status"),
        field("Origin"),
        field("Must_Have__c"),
        field("Agreed__c"),
        read("Case", "Origin"),
        Required::Object("Contact".to_owned()),
        read("Contact", "Tier__c"),
        read("Contact", "Account.Industry"),
        read("Contact", "FirstName"),
        read("Contact", "IsDeleted"),
        read("Contact", "MailingCity"),
        read("Contact", "MailingStreet"),
    ]));
}

#[test]
fn a_case_that_gets_files_may_be_edited() {
    let push = Push {
        name: "open_case".to_owned(),
        object: "Case".to_owned(),
        record_type: None,
        owner: Vec::new(),
        fields: Vec::new(),
        carry: Vec::new(),
        fill: Vec::new(),
        summary_to: None,
        transcript: TranscriptTo::Nowhere,
        key_field: "Tidegate_Key__c".to_owned(),
        lengths: Vec::new(),
    };
    let file = FormFile {
        name: "damage".to_owned(),
        label: "A photo".to_owned(),
        help: None,
        required: false,
        words: Vec::new(),
    };
    let edits = |files: Vec<FormFile>, transcript: TranscriptTo| {
        let form = Form { title: None, fields: Vec::new(), files };
        let push = Push { transcript, ..push.clone() };
        let set = permissions::set(&[], &[push], &[form], &catalog()).file.text;
        set.contains("<allowEdit>true</allowEdit>")
    };
    assert!(!edits(Vec::new(), TranscriptTo::Nowhere));
    assert!(edits(vec![file], TranscriptTo::Nowhere));
    assert!(edits(Vec::new(), TranscriptTo::File));
}

#[test]
fn an_org_without_the_keys_field_gets_it_first() {
    insta::assert_snapshot!(shown(&of_new_org("66.0").files));
}

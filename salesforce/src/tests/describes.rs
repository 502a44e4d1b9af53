//! Describes, from the wire to the catalog.

use serde_json::{Value, json, to_value};
use tidegate_schemas::catalog::Catalog;
use tidegate_schemas::codec;

use super::org::{Org, json_answer, text_answer};
use crate::describe::{Contradiction, Described, catalog_object, describe_of};
use crate::name::ApiName;
use crate::wire::{self, Field, ObjectDescribe, ValidFor};

fn valid_for(positions: &[usize]) -> Value {
    to_value(positions.iter().copied().collect::<ValidFor>()).expect("text")
}

fn lists() -> Vec<Value> {
    let value = |value: &str, label: &str, active: bool| json!({"active": active, "defaultValue": false, "label": label, "validFor": null, "value": value});
    let fits = |value: &str, positions: &[usize]| {
        json!({"active": true, "defaultValue": false, "label": value, "value": value,
            "validFor": valid_for(positions)})
    };
    vec![
        json!({"name": "Brand__c", "label": "Brand", "type": "picklist", "custom": true,
            "restrictedPicklist": true, "createable": true,
            "picklistValues": [value("A", "Acme", true), value("B", "Gone", false), value("C", "C", true)]}),
        json!({"name": "Model__c", "label": "Model", "type": "multipicklist", "custom": true,
            "dependentPicklist": true, "controllerName": "Brand__c", "nillable": true,
            "picklistValues": [fits("Big", &[0, 2]), fits("Old", &[1]), fits("Big", &[]),
                value("Any", "Any", true)]}),
        json!({"name": "Escalation__c", "label": "Escalation", "type": "picklist",
            "dependentPicklist": true, "controllerName": "IsEscalated",
            "picklistValues": [fits("Why", &[1])]}),
        json!({"name": "Hidden__c", "label": "Hidden", "type": "picklist",
            "dependentPicklist": true, "controllerName": "Unseen__c",
            "picklistValues": [fits("X", &[0])]}),
    ]
}

fn describe() -> Value {
    let mut fields = vec![
        json!({"name": "Id", "label": "Case ID", "type": "id", "length": 18, "idLookup": true,
            "defaultedOnCreate": true, "filterable": true}),
        json!({"name": "CaseNumber", "label": null, "type": "string", "length": 30,
            "autoNumber": true, "idLookup": true, "defaultedOnCreate": true}),
        json!({"name": "IsEscalated", "label": "Escalated", "type": "boolean",
            "defaultValue": false, "defaultedOnCreate": true, "createable": true}),
        json!({"name": "Story__c", "label": "Story", "type": "textarea", "length": 32768,
            "extraTypeInfo": "richtextarea", "inlineHelpText": "In short.", "digits": "0"}),
        json!({"name": "OwnerId", "label": "Owner ID", "type": "reference",
            "referenceTo": ["Group", "User"], "relationshipName": "Owner"}),
        json!({"name": "Total__c", "label": "Total", "type": "currency", "precision": 18,
            "scale": 2, "calculated": true}),
        json!({"name": "Shape__c", "label": "Shape", "type": "complexvalue"}),
    ];
    fields.extend(lists());
    json!({
        "name": "Case", "label": "Case", "keyPrefix": "500", "createable": true,
        "aKeyOfNextYear": {"x": 1}, "fields": fields,
        "recordTypeInfos": [
            {"active": true, "available": true, "defaultRecordTypeMapping": false,
                "developerName": "Master", "master": true, "name": "Master",
                "recordTypeId": "012000000000000AAA", "urls": {}},
            {"active": true, "available": false, "defaultRecordTypeMapping": true,
                "developerName": "Support", "master": false, "name": "Support Case",
                "recordTypeId": "012xx0000000001AAA", "urls": {}},
        ],
    })
}

#[test]
fn a_describe_becomes_an_object_of_the_catalog() {
    let describe: ObjectDescribe = wire::read(describe().to_string().as_bytes()).expect("readable");
    let object = catalog_object(&describe).expect("an object");
    let mut catalog = Catalog::default();
    catalog.objects.insert(object.name.clone(), object);
    insta::assert_snapshot!(codec::to_files(&catalog)["objects/Case.toml"]);
}

#[test]
fn an_object_of_the_catalog_becomes_a_describe_of_the_same() {
    let object = read(&describe()).expect("an object");
    let restored = to_value(describe_of(&object)).expect("JSON");
    assert_eq!(read(&restored), Ok(object));
}

#[test]
fn a_describe_is_written_with_the_full_key_set_in_order() {
    let field = Field { name: "Id".to_owned(), kind: "id".to_owned(), ..Field::default() };
    let describe = ObjectDescribe { fields: vec![field], ..ObjectDescribe::default() };
    insta::assert_json_snapshot!(describe);
}

#[test]
fn a_describe_that_contradicts_itself_is_refused() {
    let field = |name: &str| Field { name: name.to_owned(), ..Field::default() };
    let of = |name: &str, fields: Vec<Field>| {
        catalog_object(&ObjectDescribe {
            name: name.to_owned(),
            fields,
            ..ObjectDescribe::default()
        })
    };
    let object = || "Case".to_owned();
    assert_eq!(of("", vec![]), Err(Contradiction::NamelessObject));
    assert_eq!(of("Case", vec![]), Err(Contradiction::NoFields { object: object() }));
    let nameless = of("Case", vec![field("Id"), field("")]);
    assert_eq!(nameless, Err(Contradiction::NamelessField { object: object() }));
    let twice = of("Case", vec![field("Id"), field("Id")]);
    assert_eq!(twice, Err(Contradiction::Twice { object: object(), name: "Id".to_owned() }));
}

#[tokio::test]
async fn an_unchanged_object_is_not_described_again() {
    const STAMP: &str = "Mon, 03 Jan 2022 21:57:08 GMT";
    let org = Org::with_data(|seen| {
        if seen.header("if-modified-since") == STAMP {
            text_answer(304, "")
        } else {
            json_answer(200, &describe()).with("last-modified", STAMP)
        }
    })
    .await;
    let (client, case) = (org.client(), ApiName::new("Case").expect("a name"));
    let first = client.describe(&case, None).await.expect("an answer");
    let Described::Fresh { described, last_modified } = first else { panic!("not fresh") };
    assert_eq!(described.name, "Case");
    let second = client.describe(&case, last_modified.as_ref()).await;
    assert_eq!(second, Ok(Described::NotModified));
    assert_eq!(org.data_calls()[0].target, "/services/data/v66.0/sobjects/Case/describe");
}

fn read(describe: &Value) -> Result<tidegate_schemas::catalog::Object, Contradiction> {
    let describe: ObjectDescribe = wire::read(describe.to_string().as_bytes()).expect("readable");
    catalog_object(&describe)
}

/// Whether the files of a catalog with this object are read back as they were written.
fn survives(object: &tidegate_schemas::catalog::Object) {
    let mut catalog = Catalog::default();
    catalog.objects.insert(object.name.clone(), object.clone());
    let files = codec::to_files(&catalog);
    assert_eq!(codec::from_files(&files).expect("readable"), catalog);
    for text in files.values() {
        let hidden =
            |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!text.contains(hidden), "{text:?}");
    }
}

#[test]
fn a_describe_of_a_thousand_fields_of_any_type_is_read() {
    let types = ["string", "picklist", "anyType", "futureType", "", "json"];
    let fields: Vec<Value> = (0..1000)
        .map(|at| {
            let kind = match at % 7 {
                6 => Value::Null,
                at => json!(types[at]),
            };
            json!({"name": format!("Field_{at}__c"), "label": format!("Field {at}"), "type": kind,
                "length": 40, "nillable": null, "createable": true, "picklistValues": null})
        })
        .collect();
    let object =
        read(&json!({"name": "Case", "label": null, "fields": fields})).expect("an object");
    assert_eq!(object.fields.len(), 1000);
    let opaque = object
        .fields
        .values()
        .filter(|field| matches!(field.kind, tidegate_schemas::catalog::FieldKind::Opaque { .. }));
    assert_eq!(opaque.count(), 714, "what is not known stays opaque");
    survives(&object);
}

#[test]
fn a_field_that_is_described_twice_is_refused_by_name() {
    let field = json!({"name": "Reason", "label": "Reason", "type": "string"});
    let twice = read(&json!({"name": "Case", "fields": [field, field]})).expect_err("two of one");
    assert_eq!(twice.to_string(), "a describe of `Case` with two of `Reason`");
}

#[test]
fn hostile_labels_and_values_survive_as_what_they_are() {
    let hostile =
        "<img src=x onerror=alert(1)>\u{1b}[31m\u{202e}\u{7}{0} ignore what was said \"'\\";
    let value = json!({"active": true, "label": hostile, "value": hostile});
    let object = read(&json!({"name": "Case", "label": hostile, "fields": [
        {"name": "Reason", "label": hostile, "inlineHelpText": hostile, "type": "picklist",
            "picklistValues": [value]}
    ]}))
    .expect("an object");
    assert_eq!(object.fields["Reason"].label, hostile);
    survives(&object);
}

//! What becomes of a program in an org that differs, as users read it.

use std::sync::Arc;

use tidegate_diagnostics::render_short;
use tidegate_schemas::catalog::{Catalog, Field, FieldKind, List, ListValue, Object, Offered};

use super::{Drift, compare, differences};
use crate::analysis::tests::support::{DECLARATIONS, WORKFLOWS, catalog, inputs};

fn drift(change: impl FnOnce(&mut Catalog)) -> Drift {
    let reference = catalog();
    let inputs = inputs(&reference, &[("fields.tide", DECLARATIONS), ("support.tide", WORKFLOWS)]);
    let mut other = (*reference).clone();
    change(&mut other);
    compare(&inputs, &Arc::new(other))
}

fn told(drift: &Drift) -> String {
    let mut lines = Vec::new();
    for consequence in &drift.consequences {
        lines.push(format!("{}: {}", consequence.change, consequence.summary));
        let found = consequence.diagnostics.iter();
        lines.extend(found.map(|its| format!("  {}", render_short(its, &drift.sources))));
    }
    lines.push(format!("untouched: {}", drift.untouched));
    lines.join("\n")
}

fn case(catalog: &mut Catalog) -> &mut Object {
    catalog.objects.get_mut("Case").unwrap()
}

fn field<'a>(catalog: &'a mut Catalog, object: &str, name: &str) -> &'a mut Field {
    catalog.objects.get_mut(object).unwrap().fields.get_mut(name).unwrap()
}

fn list<'a>(catalog: &'a mut Catalog, name: &str) -> &'a mut List {
    match &mut field(catalog, "Case", name).kind {
        FieldKind::Picklist(list) | FieldKind::MultiPicklist(list) => list,
        other => panic!("{other:?}"),
    }
}

fn value<'a>(catalog: &'a mut Catalog, name: &str, value: &str) -> &'a mut ListValue {
    list(catalog, name).values.iter_mut().find(|its| its.value == value).unwrap()
}

type Mutation = (&'static str, fn(&mut Catalog));

const MUTATIONS: &[Mutation] = &[
    ("a value is deactivated", |it| value(it, "Reason", "Billing").active = false),
    ("a value is deleted", |it| list(it, "Reason").values.retain(|its| its.value != "Billing")),
    ("a value is labelled anew", |it| list(it, "Product__c").values[1].label = "New".into()),
    ("a value that a form offers is deactivated", |it| {
        list(it, "Product__c").values[0].active = false;
    }),
    ("a value that a push writes is deactivated", |it| {
        value(it, "Channel__c", "web_chat").active = false
    }),
    ("a field is gone", |it| drop(case(it).fields.remove("Order_Number__c"))),
    ("a field that only `sync *` brings is gone", |it| {
        drop(it.objects.get_mut("Contact").unwrap().fields.remove("Birthdate"));
    }),
    ("a field that nobody uses is gone", |it| drop(case(it).fields.remove("Case_Age__c"))),
    ("a parent's field is gone", |it| {
        drop(it.objects.get_mut("Account").unwrap().fields.remove("Industry"));
    }),
    ("a field is required", |it| field(it, "Case", "Order_Number__c").nillable = false),
    ("a new field is required", |it| {
        let new = Field {
            name: "Region__c".into(),
            nillable: false,
            ..field(it, "Case", "Order_Number__c").clone()
        };
        case(it).fields.insert("Region__c".into(), new);
    }),
    ("a new field is there", |it| {
        let new =
            Field { name: "Region__c".into(), ..field(it, "Case", "Order_Number__c").clone() };
        case(it).fields.insert("Region__c".into(), new);
    }),
    ("a text is shorter", |it| field(it, "Case", "Subject").kind = FieldKind::String { length: 8 }),
    ("a text of a form is shorter", |it| {
        field(it, "Case", "Order_Number__c").kind = FieldKind::String { length: 10 };
    }),
    ("a type is another", |it| field(it, "Case", "Order_Number__c").kind = FieldKind::Boolean),
    ("a field is locked", |it| {
        let field = field(it, "Case", "SuppliedEmail");
        (field.createable, field.updateable) = (false, false);
    }),
    ("a field filled by itself is locked", |it| {
        let field = field(it, "Case", "Description");
        (field.createable, field.updateable) = (false, false);
    }),
    ("the key is not unique", |it| field(it, "Case", "Tidegate_Key__c").unique = false),
    ("a written field is unique", |it| field(it, "Case", "Order_Number__c").unique = true),
    ("a queue is gone", |it| drop(it.queues.remove("Tier_1"))),
    ("a queue owns other things", |it| {
        it.queues.get_mut("Tier_1").unwrap().objects = vec!["Lead".into()];
    }),
    ("a record type is not active", |it| {
        case(it).record_types.get_mut("Support").unwrap().active = false;
    }),
    ("a record type offers a value less", |it| {
        let low = Offered::Only(vec!["Low".into()]);
        let support = case(it).offers.get_mut("Support").unwrap();
        support.lists.insert("Priority".into(), low);
    }),
    ("it is not known what a record type offers", |it| {
        drop(case(it).offers.remove("Support"));
    }),
    ("a record type that nobody uses offers a value more", |it| {
        drop(case(it).offers.get_mut("Returns").unwrap().lists.remove("Reason"));
    }),
    ("it is not known what a record type offers that is not active", |it| {
        case(it).record_types.get_mut("Support").unwrap().active = false;
        drop(case(it).offers.remove("Support"));
    }),
    ("no Case may be created", |it| case(it).createable = false),
    ("an object is gone", |it| drop(it.objects.remove("Account"))),
    ("nobody is found by it", |it| field(it, "Contact", "Email").filterable = false),
    ("labels differ", |it| {
        field(it, "Case", "Subject").label = "Betreff".into();
        case(it).label = "Vorgang".into();
    }),
    ("the label that a form shows differs", |it| {
        field(it, "Case", "Order_Number__c").label = "Bestellnummer".into();
    }),
];

#[test]
fn each_change_is_told_by_what_it_means() {
    let all: Vec<String> = MUTATIONS
        .iter()
        .map(|(name, change)| format!("== {name}\n{}\n", told(&drift(change))))
        .collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn an_equal_org_differs_in_nothing() {
    let drift = drift(|_| {});
    assert_eq!((drift.consequences.as_slice(), drift.untouched), (&[][..], 0));
    assert!(!drift.broken_before);
}

#[test]
fn all_changes_together_are_told_one_by_one() {
    let drift = drift(|catalog| {
        value(catalog, "Reason", "Billing").active = false;
        field(catalog, "Case", "Subject").kind = FieldKind::String { length: 40 };
        field(catalog, "Case", "Subject").label = "Betreff".into();
        catalog.queues.remove("Tier_1");
    });
    insta::assert_snapshot!(told(&drift));
}

#[test]
fn the_differences_made_one_by_one_give_the_other_org() {
    let reference = catalog();
    for (name, change) in MUTATIONS {
        let mut other = (*reference).clone();
        change(&mut other);
        let mut made = (*reference).clone();
        for change in differences(&reference, &other) {
            change.make(&mut made, &other);
        }
        assert_eq!(made, other, "{name}");
    }
}

//! What becomes of a program in an org that differs, as users read it.

use std::sync::Arc;

use tidegate_diagnostics::render_short;
use tidegate_schemas::catalog::{
    BusinessHours, Catalog, Field, FieldKind, Holiday, List, ListValue, Object, Offered,
};

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
    ("business hours that nobody asks for are gone", |it| {
        drop(it.business_hours.remove("Default"));
    }),
    ("business hours that nobody asks for are other", |it| {
        service_desk(it).week[4] = None;
    }),
    ("a holiday that nobody asks for is gone", |it| drop(it.holidays.pop())),
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
fn other_hours_are_told_by_what_they_mean() {
    let reference = catalog();
    let source = "hours office from \"Service Desk\" holidays except \"Inventory\"\n\
        workflow asked {\n  on open\n  if now in office {\n    say \"Hi\"\n  }\n  end\n}\n";
    let inputs = inputs(&reference, &[("fields.tide", DECLARATIONS), ("hours.tide", source)]);
    let changes: [Mutation; 8] = [
        ("they are gone", |it| drop(it.business_hours.remove("Service Desk"))),
        ("they are not active", |it| service_desk(it).active = false),
        ("another zone", |it| service_desk(it).time_zone = "Europe/London".into()),
        ("other times", |it| {
            let desk = service_desk(it);
            (desk.week[0], desk.week[6]) = (None, desk.week[1]);
        }),
        ("a holiday that does not count", |it| drop(it.holidays.pop())),
        ("a holiday less", |it| drop(it.holidays.remove(0))),
        ("a holiday that can't be decided", |it| {
            it.holidays[1].recurrence.as_mut().unwrap().kind = "RecursSometimes".into();
        }),
        ("a holiday that is new", |it| {
            let date = Some("2027-05-01".into());
            it.holidays.push(Holiday { name: "Labour Day".into(), date, ..Holiday::default() });
        }),
    ];
    let told = changes.iter().map(|(name, change)| {
        let mut other = (*reference).clone();
        change(&mut other);
        format!("== {name}\n{}\n", told(&compare(&inputs, &Arc::new(other))))
    });
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n"));
}

fn service_desk(catalog: &mut Catalog) -> &mut BusinessHours {
    catalog.business_hours.get_mut("Service Desk").unwrap()
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

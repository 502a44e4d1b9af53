//! Writing and reading are inverse, diffs are small, and what is refused is named.

mod arbitrary;
mod faults;

use std::collections::BTreeMap;

use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};

use super::{from_files, object_path, to_files};
use crate::catalog::{
    BusinessHours, Catalog, Decimals, Field, FieldKind, Holiday, List, ListValue, Object, Offered,
    Offers, Opening, Origin, Queue, RecordType, Recurrence, TimeOfDay, User,
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn reading_undoes_writing(catalog in arbitrary::catalog()) {
        let files = to_files(&catalog);
        let back = from_files(&files).map_err(|error| error.to_string());
        prop_assert_eq!(back.as_ref(), Ok(&catalog));
        prop_assert_eq!(back.map(|catalog| catalog.hash()), Ok(catalog.hash()));
    }

    #[test]
    fn written_text_hides_nothing(catalog in arbitrary::catalog()) {
        for (path, text) in to_files(&catalog) {
            for c in path.chars().chain(text.chars()) {
                let hidden = (c.is_control() && c != '\n')
                    || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
                prop_assert_eq!(hidden, false, "{:?} in {}", c, path);
            }
        }
    }

    #[test]
    fn any_name_stays_in_its_folder(name in ".*") {
        let path = object_path(&name);
        let inner = path.strip_prefix("objects/").and_then(|rest| rest.strip_suffix(".toml"));
        prop_assert_eq!(inner.is_some_and(|inner| !inner.contains(['/', '\\', '.'])), true);
    }
}

#[test]
fn the_files_of_a_small_org() {
    let files = to_files(&small_org());
    insta::assert_snapshot!(concatenated(&files));
}

#[test]
fn one_change_in_the_org_is_one_line_in_the_diff() {
    let before = to_files(&small_org());
    let mut org = small_org();
    let reason = org.objects.get_mut("Case").and_then(|case| case.fields.get_mut("Reason"));
    if let Some(FieldKind::Picklist(list)) = reason.map(|field| &mut field.kind) {
        list.values[1].active = false;
    }
    let after = to_files(&org);
    let changed: Vec<(&str, &str)> = before
        .values()
        .flat_map(|text| text.lines())
        .zip(after.values().flat_map(|text| text.lines()))
        .filter(|(old, new)| old != new)
        .collect();
    assert_eq!(
        changed,
        [(
            r#"  { value = "Refund", label = "Wants \"money\" back" },"#,
            r#"  { value = "Refund", label = "Wants \"money\" back", active = false },"#,
        )]
    );
}

#[test]
fn the_hash_tells_catalogs_apart() {
    let mut other = small_org();
    assert_eq!(small_org().hash(), other.hash());
    other.origin.pulled_by.push('x');
    assert_ne!(small_org().hash(), other.hash());
}

fn concatenated(files: &BTreeMap<String, String>) -> String {
    files.iter().map(|(path, text)| format!("==> {path}\n{text}\n")).collect()
}

fn field(name: &str, label: &str, kind: FieldKind) -> (String, Field) {
    (name.to_owned(), Field::plain(name, label, kind))
}

fn value(value: &str, label: &str) -> ListValue {
    ListValue {
        value: value.to_owned(),
        label: label.to_owned(),
        active: true,
        default: false,
        valid_for: None,
    }
}

fn lists() -> [(String, Field); 2] {
    let reason = List {
        restricted: true,
        controller: None,
        values: vec![value("Delivery", "Delivery"), value("Refund", "Wants \"money\" back")],
    };
    let detail = List {
        restricted: false,
        controller: Some("Reason".to_owned()),
        values: vec![
            ListValue {
                valid_for: Some(vec!["Delivery".to_owned()]),
                default: true,
                ..value("Late", "Late")
            },
            ListValue { active: false, ..value("Old", "\u{1b}[31mred\u{202E}\nOld") },
        ],
    };
    [
        field("Reason", "Case Reason", FieldKind::Picklist(reason)),
        field("Detail__c", "Detail", FieldKind::MultiPicklist(detail)),
    ]
}

fn small_org() -> Catalog {
    let amount = FieldKind::Currency(Decimals { precision: 18, scale: 2 });
    let owner = FieldKind::Reference {
        to: vec!["Group".to_owned(), "User".to_owned()],
        relationship: Some("Owner".to_owned()),
    };
    let mut fields = BTreeMap::from([
        field("Amount__c", "Amount", amount),
        field("OwnerId", "Owner ID", owner),
        field("Subject", "Subject", FieldKind::String { length: 255 }),
    ]);
    fields.extend(lists());
    if let Some(subject) = fields.get_mut("Subject") {
        subject.help = Some("One line, please.\nNo names.".to_owned());
    }
    let record_type = RecordType {
        developer_name: "Support".to_owned(),
        label: "Support Case".to_owned(),
        active: true,
        available: false,
        default: true,
    };
    let delivery = Offered::Only(vec!["Delivery".to_owned()]);
    let offered = BTreeMap::from([
        ("Detail__c".to_owned(), Offered::NotKnown),
        ("Reason".to_owned(), delivery),
    ]);
    let case = Object {
        name: "Case".to_owned(),
        label: "Case".to_owned(),
        key_prefix: "500".to_owned(),
        createable: true,
        fields,
        record_types: BTreeMap::from([("Support".to_owned(), record_type)]),
        offers: BTreeMap::from([
            ("Master".to_owned(), Offers::default()),
            ("Support".to_owned(), Offers { lists: offered }),
        ]),
    };
    let queue = Queue {
        developer_name: "Tier_1".to_owned(),
        label: "Tier 1".to_owned(),
        objects: vec!["Case".to_owned()],
    };
    let user = User {
        username: "ada@acme.example".to_owned(),
        label: "Ada Lovelace".to_owned(),
        active: true,
    };
    Catalog {
        origin: Origin {
            org_id: "00Dxx0000000001EAA".to_owned(),
            pulled_by: "tidegate@acme.example".to_owned(),
            api_version: "66.0".to_owned(),
        },
        objects: BTreeMap::from([("Case".to_owned(), case)]),
        queues: BTreeMap::from([(queue.developer_name.clone(), queue)]),
        users: BTreeMap::from([(user.username.clone(), user)]),
        business_hours: BTreeMap::from([("Default".to_owned(), office())]),
        holidays: vec![christmas(), move_of_the_office()],
    }
}

fn office() -> BusinessHours {
    let time = |text: &str| TimeOfDay::parse(text).expect("a time of day");
    let opening = |from: &str, to: &str| Some(Opening { from: time(from), to: time(to) });
    let mut week = [opening("08:00", "17:30"); 7];
    (week[5], week[6]) = (opening("00:00", "00:00"), None);
    let (name, time_zone) = ("Default".to_owned(), "Europe/Berlin".to_owned());
    BusinessHours { name, active: true, default: true, time_zone, week }
}

fn christmas() -> Holiday {
    let recurrence = Recurrence {
        kind: "RecursYearly".to_owned(),
        start: Some("2020-12-25".to_owned()),
        day_of_month: Some(25),
        month: Some("December".to_owned()),
        ..Recurrence::default()
    };
    let name = "Christmas Day".to_owned();
    Holiday {
        name,
        date: Some("2026-12-25".to_owned()),
        minutes: None,
        recurrence: Some(recurrence),
    }
}

fn move_of_the_office() -> Holiday {
    let name = "Moving".to_owned();
    Holiday {
        name,
        date: Some("2026-05-04".to_owned()),
        minutes: Some((720, 1020)),
        recurrence: None,
    }
}

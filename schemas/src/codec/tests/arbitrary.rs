//! Any catalog, with names and labels that mean harm.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::{Just, Strategy, any, prop_oneof};

use crate::catalog::{
    BusinessHours, Catalog, Decimals, Field, FieldKind, Holiday, List, ListValue, Object, Offered,
    Offers, Opening, Origin, Queue, RecordType, Recurrence, TimeOfDay, User,
};

/// Text as a hostile admin would write it.
fn text() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        4 => "[A-Za-z][A-Za-z0-9_]{0,12}",
        2 => any::<String>(),
        1 => vec(prop_oneof![
            Just('"'), Just('\''), Just('\\'), Just('\n'), Just('\r'), Just('\t'), Just('\u{0}'),
            Just('\u{1b}'), Just('\u{7f}'), Just('\u{85}'), Just('\u{202e}'), Just('\u{2066}'),
            Just('\u{200b}'), Just('\u{feff}'), Just('\u{e0041}'), Just('#'), Just(']'), Just('.'),
        ], 0..8).prop_map(|chars| chars.into_iter().collect()),
    ]
}

fn list() -> impl Strategy<Value = List> {
    let value = (text(), text(), any::<bool>(), any::<bool>(), option::of(vec(text(), 0..3)))
        .prop_map(|(value, label, active, default, valid_for)| ListValue {
            value,
            label,
            active,
            default,
            valid_for,
        });
    (any::<bool>(), option::of(text()), vec(value, 0..4))
        .prop_map(|(restricted, controller, values)| List { restricted, controller, values })
}

fn kind() -> impl Strategy<Value = FieldKind> {
    let decimals = (any::<u32>(), any::<u32>())
        .prop_map(|(precision, scale)| Decimals { precision, scale })
        .boxed();
    prop_oneof![
        Just(FieldKind::Id),
        any::<u32>().prop_map(|length| FieldKind::String { length }),
        (any::<u32>(), any::<bool>())
            .prop_map(|(length, rich)| FieldKind::TextArea { length, rich }),
        Just(FieldKind::Boolean),
        any::<u32>().prop_map(|digits| FieldKind::Int { digits }),
        decimals.clone().prop_map(FieldKind::Double),
        decimals.clone().prop_map(FieldKind::Currency),
        decimals.prop_map(FieldKind::Percent),
        Just(FieldKind::Date),
        Just(FieldKind::DateTime),
        Just(FieldKind::Time),
        any::<u32>().prop_map(|length| FieldKind::Email { length }),
        any::<u32>().prop_map(|length| FieldKind::Phone { length }),
        any::<u32>().prop_map(|length| FieldKind::Url { length }),
        list().prop_map(FieldKind::Picklist),
        list().prop_map(FieldKind::MultiPicklist),
        any::<u32>().prop_map(|length| FieldKind::Combobox { length }),
        (vec(text(), 0..3), option::of(text()))
            .prop_map(|(to, relationship)| FieldKind::Reference { to, relationship }),
        any::<u32>().prop_map(|length| FieldKind::EncryptedString { length }),
        Just(FieldKind::Address),
        Just(FieldKind::Location),
        Just(FieldKind::Base64),
        text().prop_map(|described_as| FieldKind::Opaque { described_as }),
    ]
}

fn field() -> impl Strategy<Value = Field> {
    (text(), text(), option::of(text()), kind(), any::<[bool; 11]>()).prop_map(
        |(name, label, help, kind, flags)| {
            let [nillable, createable, updateable, defaulted_on_create, calculated, ..] = flags;
            let [.., auto_number, unique, external_id, id_lookup, custom, filterable] = flags;
            Field {
                name,
                label,
                help,
                kind,
                nillable,
                createable,
                updateable,
                defaulted_on_create,
                calculated,
                auto_number,
                unique,
                external_id,
                id_lookup,
                custom,
                filterable,
            }
        },
    )
}

fn record_type() -> impl Strategy<Value = RecordType> {
    (text(), text(), any::<[bool; 3]>()).prop_map(
        |(developer_name, label, [active, available, default])| RecordType {
            developer_name,
            label,
            active,
            available,
            default,
        },
    )
}

fn offers() -> impl Strategy<Value = Offers> {
    let offered = prop_oneof![Just(Offered::NotKnown), vec(text(), 0..3).prop_map(Offered::Only)];
    btree_map(text(), offered, 0..3).prop_map(|lists| Offers { lists })
}

fn object() -> impl Strategy<Value = Object> {
    let names = (text(), text(), text(), any::<bool>());
    let types = (vec(record_type(), 0..3), btree_map(text(), offers(), 0..3));
    (names, vec(field(), 0..5), types).prop_map(
        |((name, label, key_prefix, createable), fields, (record_types, offers))| Object {
            name,
            label,
            key_prefix,
            createable,
            fields: by(fields, |field| &field.name),
            record_types: by(record_types, |record_type| &record_type.developer_name),
            offers,
        },
    )
}

pub(super) fn catalog() -> impl Strategy<Value = Catalog> {
    let origin = (text(), text(), text()).prop_map(|(org_id, pulled_by, api_version)| Origin {
        org_id,
        pulled_by,
        api_version,
    });
    let queue =
        (text(), text(), btree_set(text(), 0..3)).prop_map(|(developer_name, label, objects)| {
            Queue { developer_name, label, objects: objects.into_iter().collect() }
        });
    let user = (text(), text(), any::<bool>()).prop_map(|(username, label, active)| User {
        username,
        label,
        active,
    });
    let hours = (vec(business_hours(), 0..3), vec(holiday(), 0..3));
    (origin, vec(object(), 0..3), vec(queue, 0..3), vec(user, 0..3), hours).prop_map(
        |(origin, objects, queues, users, (hours, mut holidays))| {
            holidays.sort();
            Catalog {
                origin,
                objects: by(objects, |object| &object.name),
                queues: by(queues, |queue| &queue.developer_name),
                users: by(users, |user| &user.username),
                business_hours: by(hours, |hours| &hours.name),
                holidays,
            }
        },
    )
}

fn business_hours() -> impl Strategy<Value = BusinessHours> {
    let time = || (0u32..86_400_000).prop_map(|at| TimeOfDay::from_millis(at).expect("a time"));
    let opening = (time(), time()).prop_map(|(from, to)| Opening { from, to });
    (text(), any::<[bool; 2]>(), text(), vec(option::of(opening), 7)).prop_map(
        |(name, [active, default], time_zone, days)| BusinessHours {
            name,
            active,
            default,
            time_zone,
            week: std::array::from_fn(|day| days[day]),
        },
    )
}

fn holiday() -> impl Strategy<Value = Holiday> {
    let part = || option::of(text());
    let number = || option::of(any::<u32>());
    let recurrence = (text(), (part(), part()), (number(), number(), number()), (part(), part()))
        .prop_map(|(kind, (start, end), (interval, day_of_month, days_of_week), words)| {
            let (month, instance) = words;
            Recurrence { kind, start, end, interval, day_of_month, days_of_week, month, instance }
        });
    (text(), part(), option::of(any::<(u32, u32)>()), option::of(recurrence))
        .prop_map(|(name, date, minutes, recurrence)| Holiday { name, date, minutes, recurrence })
}

fn by<T>(items: Vec<T>, name: impl Fn(&T) -> &String) -> BTreeMap<String, T> {
    items.into_iter().map(|item| (name(&item).clone(), item)).collect()
}

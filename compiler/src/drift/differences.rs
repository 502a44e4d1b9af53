//! All differences between two catalogs. Made one after the other in the reference, they give the
//! other one, but for where it was pulled from.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::discriminant;

use tidegate_schemas::catalog::{
    Catalog, Field, FieldKind, Holiday, List, MASTER, Object, RecordType,
};

use super::change::{Change, FieldChange, ValueChange};

/// All differences, in a fixed order.
pub fn differences(reference: &Catalog, other: &Catalog) -> Vec<Change> {
    let mut found = Vec::new();
    for name in names(&reference.objects, &other.objects) {
        match (reference.objects.get(name), other.objects.get(name)) {
            (Some(one), Some(two)) => objects(one, two, &mut found),
            _ => found.push(Change::Object(name.clone())),
        }
    }
    found.extend(entries(&reference.queues, &other.queues).map(Change::Queue));
    found.extend(entries(&reference.users, &other.users).map(Change::User));
    found.extend(entries(&reference.business_hours, &other.business_hours).map(Change::Hours));
    let holidays = (by_name(&reference.holidays), by_name(&other.holidays));
    found.extend(entries(&holidays.0, &holidays.1).map(Change::Holiday));
    found
}

fn by_name(holidays: &[Holiday]) -> BTreeMap<String, Vec<&Holiday>> {
    let mut all: BTreeMap<String, Vec<&Holiday>> = BTreeMap::new();
    for holiday in holidays {
        all.entry(holiday.name.clone()).or_default().push(holiday);
    }
    all
}

fn names<'a, T>(
    one: &'a BTreeMap<String, T>,
    other: &'a BTreeMap<String, T>,
) -> BTreeSet<&'a String> {
    one.keys().chain(other.keys()).collect()
}

/// The names under which two tables hold something else.
fn entries<'a, T: PartialEq>(
    one: &'a BTreeMap<String, T>,
    other: &'a BTreeMap<String, T>,
) -> impl Iterator<Item = String> + 'a {
    names(one, other).into_iter().filter(|name| one.get(*name) != other.get(*name)).cloned()
}

fn objects(one: &Object, other: &Object, found: &mut Vec<Change>) {
    let object = || one.name.clone();
    if one.createable != other.createable {
        found.push(Change::ObjectCreateable(object()));
    }
    if one.label != other.label || one.key_prefix != other.key_prefix {
        found.push(Change::ObjectLabel(object()));
    }
    for name in names(&one.fields, &other.fields) {
        let change = |what| Change::Field { object: object(), field: name.clone(), what };
        match (one.fields.get(name), other.fields.get(name)) {
            (Some(one), Some(other)) => found.extend(fields(one, other).into_iter().map(change)),
            _ => found.push(change(FieldChange::Presence)),
        }
    }
    let types = entries(&one.record_types, &other.record_types);
    found.extend(types.map(|name| Change::RecordType { object: object(), name }));
    found.extend(offers(one, other));
}

/// What record types offer otherwise; what comes and goes with one, its own change says.
fn offers(one: &Object, other: &Object) -> Vec<Change> {
    let mut found = Vec::new();
    for name in names(&one.offers, &other.offers) {
        if usable(one, name) != usable(other, name) {
            continue;
        }
        let change = |field: Option<String>| Change::Offers {
            object: one.name.clone(),
            record_type: name.clone(),
            field,
        };
        match (one.offers.get(name), other.offers.get(name)) {
            (Some(one), Some(other)) => {
                found.extend(entries(&one.lists, &other.lists).map(|field| change(Some(field))));
            }
            _ => found.push(change(None)),
        }
    }
    found
}

/// Whether records can be created with a record type; the master is always there.
pub(super) fn usable(object: &Object, record_type: &str) -> bool {
    object.record_types.get(record_type).map_or(record_type == MASTER, RecordType::usable)
}

fn fields(one: &Field, other: &Field) -> Vec<FieldChange> {
    let mut found = Vec::new();
    let mut differ = |differ: bool, what: FieldChange| {
        if differ {
            found.push(what);
        }
    };
    let access = |it: &Field| (it.createable, it.updateable, it.calculated, it.auto_number);
    let key = |it: &Field| (it.unique, it.external_id, it.id_lookup);
    let required = |it: &Field| (it.nillable, it.defaulted_on_create);
    differ(required(one) != required(other), FieldChange::Required);
    differ(access(one) != access(other), FieldChange::Access);
    differ(key(one) != key(other), FieldChange::Key);
    differ(one.filterable != other.filterable, FieldChange::Filterable);
    let read = (&one.label, &one.help, one.custom) == (&other.label, &other.help, other.custom);
    differ(!read, FieldChange::Label);
    found.extend(kinds(&one.kind, &other.kind));
    found.sort();
    found
}

fn kinds(one: &FieldKind, other: &FieldKind) -> Vec<FieldChange> {
    if one == other {
        return Vec::new();
    }
    if discriminant(one) != discriminant(other) {
        return vec![FieldChange::Type];
    }
    match (one.list(), other.list()) {
        (Some(one), Some(other)) => lists(one, other),
        _ => vec![FieldChange::Size],
    }
}

fn lists(one: &List, other: &List) -> Vec<FieldChange> {
    let mut found = Vec::new();
    if one.restricted != other.restricted {
        found.push(FieldChange::Restricted);
    }
    if one.controller != other.controller {
        found.push(FieldChange::Controller);
    }
    let (Some(ones), Some(others)) = (by_value(one), by_value(other)) else {
        if one.values != other.values {
            found.push(FieldChange::Values);
        }
        return found;
    };
    let values = names(&ones, &others);
    for name in &values {
        let change = |what| FieldChange::Value { value: (*name).clone(), what };
        let (Some(its), Some(theirs)) = (ones.get(*name), others.get(*name)) else {
            found.push(change(ValueChange::Presence));
            continue;
        };
        let (its, theirs) = (&one.values[*its], &other.values[*theirs]);
        let differing = [
            (its.active != theirs.active, ValueChange::Active),
            (its.label != theirs.label, ValueChange::Label),
            (its.default != theirs.default, ValueChange::Default),
            // Where the controller is another one, that says it.
            (
                its.valid_for != theirs.valid_for && one.controller == other.controller,
                ValueChange::Fits,
            ),
        ];
        let differing = differing.into_iter().filter(|(differ, _)| *differ);
        found.extend(differing.map(|(_, what)| change(what)));
    }
    let common = |list: &List| -> Vec<String> {
        let names = list.values.iter().map(|its| &its.value);
        names
            .filter(|name| ones.contains_key(*name) && others.contains_key(*name))
            .cloned()
            .collect()
    };
    if common(one) != common(other) {
        found.push(FieldChange::Order);
    }
    found
}

/// Places by value; none where a value stands several times.
fn by_value(list: &List) -> Option<BTreeMap<String, usize>> {
    let places: BTreeMap<String, usize> =
        list.values.iter().enumerate().map(|(at, its)| (its.value.clone(), at)).collect();
    (places.len() == list.values.len()).then_some(places)
}

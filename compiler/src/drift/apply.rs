//! Making one change in a catalog.

use std::collections::BTreeMap;

use tidegate_schemas::catalog::{Catalog, Field, FieldKind, List, ListValue};

use super::change::{Change, FieldChange, ValueChange};
use super::differences::usable;

pub(super) fn change(change: &Change, to: &mut Catalog, other: &Catalog) {
    match change {
        Change::Object(name) => entry(&mut to.objects, &other.objects, name),
        Change::Queue(name) => entry(&mut to.queues, &other.queues, name),
        Change::User(name) => entry(&mut to.users, &other.users, name),
        Change::Hours(name) => entry(&mut to.business_hours, &other.business_hours, name),
        Change::Holiday(name) => {
            to.holidays.retain(|its| its.name != *name);
            to.holidays.extend(other.holidays.iter().filter(|its| its.name == *name).cloned());
            to.holidays.sort();
        }
        Change::ObjectCreateable(name) | Change::ObjectLabel(name) => {
            let (Some(object), Some(from)) = (to.objects.get_mut(name), other.objects.get(name))
            else {
                return;
            };
            if matches!(change, Change::ObjectCreateable(_)) {
                object.createable = from.createable;
            } else {
                object.label.clone_from(&from.label);
                object.key_prefix.clone_from(&from.key_prefix);
            }
        }
        Change::RecordType { object, name } => {
            if let (Some(object), Some(from)) =
                (to.objects.get_mut(object), other.objects.get(object))
            {
                if usable(object, name) != usable(from, name) {
                    entry(&mut object.offers, &from.offers, name);
                }
                entry(&mut object.record_types, &from.record_types, name);
            }
        }
        Change::Offers { object, record_type, field } => {
            let (Some(object), Some(from)) =
                (to.objects.get_mut(object), other.objects.get(object))
            else {
                return;
            };
            match (field, object.offers.get_mut(record_type), from.offers.get(record_type)) {
                (Some(field), Some(offers), Some(from)) => {
                    entry(&mut offers.lists, &from.lists, field);
                }
                _ => entry(&mut object.offers, &from.offers, record_type),
            }
        }
        Change::Field { object, field: name, what } => {
            let (Some(object), Some(from)) =
                (to.objects.get_mut(object), other.objects.get(object))
            else {
                return;
            };
            if *what == FieldChange::Presence {
                entry(&mut object.fields, &from.fields, name);
            } else if let (Some(field), Some(from)) =
                (object.fields.get_mut(name), from.fields.get(name))
            {
                self::field(what, field, from);
            }
        }
    }
}

/// What the other has by a name, or nothing where it has nothing.
fn entry<T: Clone>(to: &mut BTreeMap<String, T>, other: &BTreeMap<String, T>, name: &str) {
    match other.get(name) {
        Some(value) => {
            to.insert(name.to_owned(), value.clone());
        }
        None => {
            to.remove(name);
        }
    }
}

fn field(what: &FieldChange, to: &mut Field, other: &Field) {
    match what {
        FieldChange::Presence => {}
        FieldChange::Type | FieldChange::Size => to.kind = other.kind.clone(),
        FieldChange::Required => {
            to.nillable = other.nillable;
            to.defaulted_on_create = other.defaulted_on_create;
        }
        FieldChange::Access => {
            to.createable = other.createable;
            to.updateable = other.updateable;
            to.calculated = other.calculated;
            to.auto_number = other.auto_number;
        }
        FieldChange::Key => {
            to.unique = other.unique;
            to.external_id = other.external_id;
            to.id_lookup = other.id_lookup;
        }
        FieldChange::Filterable => to.filterable = other.filterable,
        FieldChange::Label => {
            to.label.clone_from(&other.label);
            to.help.clone_from(&other.help);
            to.custom = other.custom;
        }
        FieldChange::Restricted
        | FieldChange::Controller
        | FieldChange::Values
        | FieldChange::Order
        | FieldChange::Value { .. } => {
            if let (Some(list), Some(from)) = (list_mut(&mut to.kind), other.kind.list()) {
                list_change(what, list, from);
            }
        }
    }
}

fn list_mut(kind: &mut FieldKind) -> Option<&mut List> {
    match kind {
        FieldKind::Picklist(list) | FieldKind::MultiPicklist(list) => Some(list),
        _ => None,
    }
}

fn list_change(what: &FieldChange, to: &mut List, other: &List) {
    match what {
        FieldChange::Restricted => to.restricted = other.restricted,
        FieldChange::Values => to.values.clone_from(&other.values),
        FieldChange::Controller => {
            to.controller.clone_from(&other.controller);
            for value in &mut to.values {
                let from = other.values.iter().find(|from| from.value == value.value);
                value.valid_for = from.and_then(|from| from.valid_for.clone());
            }
        }
        FieldChange::Order => {
            let place =
                |value: &ListValue| other.values.iter().position(|from| from.value == value.value);
            to.values.sort_by_key(|value| place(value).unwrap_or(usize::MAX));
        }
        FieldChange::Value { value, what } => value_change(value, *what, to, other),
        _ => {}
    }
}

fn value_change(value: &str, what: ValueChange, to: &mut List, other: &List) {
    let from = other.values.iter().find(|its| its.value == value);
    let at = to.values.iter().position(|its| its.value == value);
    match (what, at, from) {
        (ValueChange::Presence, Some(at), None) => {
            to.values.remove(at);
        }
        (ValueChange::Presence, None, Some(from)) => {
            // Behind the value that it stands behind in the other list, so that order is kept.
            let before = other.values.iter().take_while(|its| its.value != value);
            let behind = before
                .filter_map(|its| to.values.iter().position(|known| known.value == its.value))
                .last();
            to.values.insert(behind.map_or(0, |at| at + 1), from.clone());
        }
        (_, Some(at), Some(from)) => {
            let Some(entry) = to.values.get_mut(at) else { return };
            match what {
                ValueChange::Presence => {}
                ValueChange::Active => entry.active = from.active,
                ValueChange::Label => entry.label.clone_from(&from.label),
                ValueChange::Default => entry.default = from.default,
                ValueChange::Fits => entry.valid_for.clone_from(&from.valid_for),
            }
        }
        _ => {}
    }
}

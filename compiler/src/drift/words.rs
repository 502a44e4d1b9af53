//! What a change is, in words that are right for another org and for the same one later.

use tidegate_schemas::catalog::{
    BusinessHours, Catalog, DAYS, Decimals, Field, FieldKind, Object, Offer, Opening, Queue,
    RecordType,
};

use super::change::{Change, FieldChange, ValueChange};

pub(super) fn change(change: &Change, reference: &Catalog, other: &Catalog) -> String {
    let user = &other.origin.pulled_by;
    match change {
        Change::Object(name) if other.objects.contains_key(name) => {
            format!("the object `{name}` is there besides")
        }
        Change::Object(name) => {
            format!("the object `{name}` is not there, or `{user}` may not see it")
        }
        Change::ObjectCreateable(name) => match other.objects.get(name) {
            Some(object) if object.createable => format!("`{user}` may create records of `{name}`"),
            _ => format!("`{user}` may not create records of `{name}`"),
        },
        Change::ObjectLabel(name) => format!("the object `{name}` has another label"),
        Change::RecordType { object, name } => {
            let of = |catalog: &Catalog| {
                Some(catalog.objects.get(object)?.record_types.get(name)?.clone())
            };
            record_type(object, name, of(reference).as_ref(), of(other).as_ref(), user)
        }
        Change::Offers { object, record_type, field } => {
            let of = |catalog: &'_ Catalog| catalog.objects.get(object).cloned();
            let (Some(one), Some(other)) = (of(reference), of(other)) else {
                return format!("`{record_type}` of `{object}` offers other values");
            };
            offers((&one, &other), record_type, field.as_deref())
        }
        Change::Field { object, field: name, what } => {
            let of = |catalog: &'_ Catalog| catalog.objects.get(object)?.fields.get(name).cloned();
            field(&format!("{object}.{name}"), what, (of(reference), of(other)), user)
        }
        Change::Queue(name) => {
            queue(name, reference.queues.get(name), other.queues.get(name), user)
        }
        Change::User(name) => match other.users.get(name) {
            None => format!("the user `{name}` is not there, or not active"),
            Some(user) if !user.active => format!("the user `{name}` is not active"),
            Some(_) => format!("the user `{name}` is there and active"),
        },
        Change::Hours(name) => {
            let hours = (reference.business_hours.get(name), other.business_hours.get(name));
            business_hours(name, hours)
        }
        Change::Holiday(name) => {
            let has = |catalog: &Catalog| catalog.holidays.iter().any(|its| its.name == *name);
            match (has(reference), has(other)) {
                (_, false) => format!("the holiday `{name}` is not there"),
                (false, true) => format!("the holiday `{name}` is there besides"),
                _ => format!("the holiday `{name}` is on other days or at other times"),
            }
        }
    }
}

fn business_hours(name: &str, hours: (Option<&BusinessHours>, Option<&BusinessHours>)) -> String {
    let what = format!("the business hours `{name}`");
    match hours {
        (_, None) => format!("{what} are not there"),
        (None, Some(_)) => format!("{what} are there besides"),
        (Some(one), Some(other)) if one.active != other.active => {
            format!("{what} are {}", if other.active { "active" } else { "not active" })
        }
        (Some(one), Some(other)) if one.time_zone != other.time_zone => {
            format!("{what} are of the time zone `{}`", other.time_zone)
        }
        (Some(one), Some(other)) => {
            let days = DAYS.iter().zip(one.week.iter().zip(&other.week));
            let changed = days.filter(|(_, (one, other))| one != other);
            let told: Vec<String> = changed.map(|(day, (_, now))| on(day, *now)).collect();
            match told.as_slice() {
                [] => format!("{what} are the org's usual ones, or no longer"),
                told => format!("{what} are other: {}", told.join(", ")),
            }
        }
    }
}

fn on(day: &str, opening: Option<Opening>) -> String {
    let day = day[..1].to_uppercase() + &day[1..];
    match opening {
        None => format!("{day} closed"),
        Some(Opening { from, to }) if from == to && from.millis() == 0 => {
            format!("{day} all day")
        }
        Some(Opening { from, to }) => format!("{day} {from} to {to}"),
    }
}

fn queue(name: &str, one: Option<&Queue>, other: Option<&Queue>, user: &str) -> String {
    match (one, other) {
        (_, None) => format!("the queue `{name}` is not there, or `{user}` may not see it"),
        (None, Some(_)) => format!("the queue `{name}` is there besides"),
        (Some(one), Some(other)) => {
            let lost: Vec<&str> = one
                .objects
                .iter()
                .filter(|object| !other.objects.contains(object))
                .map(String::as_str)
                .collect();
            match lost.as_slice() {
                [] => format!("the queue `{name}` may own other records, or has another label"),
                lost => format!("the queue `{name}` may not own a `{}`", lost.join("`, a `")),
            }
        }
    }
}

fn record_type(
    object: &str,
    name: &str,
    one: Option<&RecordType>,
    other: Option<&RecordType>,
    user: &str,
) -> String {
    let what = format!("the record type `{name}` of `{object}`");
    match (one, other) {
        (_, None) => format!("{what} is not there"),
        (None, Some(_)) => format!("{what} is there besides"),
        (Some(one), Some(other)) if one.active != other.active => {
            format!("{what} is {}", if other.active { "active" } else { "not active" })
        }
        (Some(one), Some(other)) if one.available != other.available => {
            let may = if other.available { "may" } else { "may not" };
            format!("`{user}` {may} use {what}")
        }
        (Some(one), Some(other)) if one.default != other.default => {
            let is = if other.default { "is" } else { "is not" };
            format!("{what} {is} the one that records get by themselves")
        }
        _ => format!("{what} has another label"),
    }
}

fn offers((one, other): (&Object, &Object), record_type: &str, field: Option<&str>) -> String {
    let its = format!("the record type `{record_type}` of `{}`", one.name);
    let Some(field) = field else {
        let known = if other.offers.contains_key(record_type) { "known" } else { "not known" };
        return format!("which values {its} offers is {known}");
    };
    let listed = |values: &[&str]| {
        let quoted: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
        quoted.join(", ")
    };
    match (offered(one, record_type, field), offered(other, record_type, field)) {
        (_, None) => format!("which values of `{field}` {its} offers is not known"),
        (None, Some(_)) => format!("which values of `{field}` {its} offers is known"),
        (Some(before), Some(now)) => {
            let but = |these: &[&str], those: &[&str]| -> String {
                let left: Vec<&str> =
                    these.iter().filter(|value| !those.contains(value)).copied().collect();
                listed(&left)
            };
            let (lost, gained) = (but(&before, &now), but(&now, &before));
            match (lost.as_str(), gained.as_str()) {
                ("", "") => format!("{its} offers `{field}` in another order"),
                ("", gained) => format!("{its} offers {gained} of `{field}` besides"),
                (lost, "") => format!("{its} does not offer {lost} of `{field}`"),
                (lost, gained) => {
                    format!("{its} does not offer {lost} of `{field}`, but {gained}")
                }
            }
        }
    }
}

/// The values of a list that a record type offers, where that is known.
fn offered<'a>(object: &'a Object, record_type: &str, field: &str) -> Option<Vec<&'a str>> {
    match object.offer(record_type, field) {
        Offer::NotKnown => None,
        Offer::Only(values) => Some(values.iter().map(String::as_str).collect()),
        Offer::Every => {
            let list = object.fields.get(field)?.kind.list()?;
            let active = list.values.iter().filter(|value| value.active);
            Some(active.map(|value| value.value.as_str()).collect())
        }
    }
}

fn field(
    name: &str,
    what: &FieldChange,
    (one, other): (Option<Field>, Option<Field>),
    user: &str,
) -> String {
    let (Some(one), Some(other)) = (&one, &other) else {
        return match other {
            None => format!("`{name}` is not there, or `{user}` may not see it"),
            Some(field) if field.required_on_create() => format!("`{name}` is new, and required"),
            Some(_) => format!("`{name}` is there besides"),
        };
    };
    match what {
        FieldChange::Presence => format!("`{name}` is another field"),
        FieldChange::Type => {
            format!("`{name}` is {} instead of {}", kind(&other.kind), kind(&one.kind))
        }
        FieldChange::Size => size(name, &one.kind, &other.kind),
        FieldChange::Required => required(name, one, other),
        FieldChange::Access => access(name, one, other, user),
        FieldChange::Key => key(name, one, other),
        FieldChange::Filterable if other.filterable => format!("`{name}` can be searched by"),
        FieldChange::Filterable => format!("`{name}` can't be searched by"),
        FieldChange::Label => format!("`{name}` has another label or help text"),
        FieldChange::Restricted
        | FieldChange::Controller
        | FieldChange::Values
        | FieldChange::Order
        | FieldChange::Value { .. } => list(name, what, other),
    }
}

fn required(name: &str, one: &Field, other: &Field) -> String {
    if other.required_on_create() && !one.required_on_create() {
        format!("`{name}` is required")
    } else if one.required_on_create() && !other.required_on_create() {
        format!("`{name}` is not required")
    } else if one.nillable != other.nillable {
        format!("`{name}` {} be blank", if other.nillable { "may" } else { "can't" })
    } else {
        let fills = if other.defaulted_on_create { "fills" } else { "does not fill" };
        format!("the org {fills} `{name}` by itself")
    }
}

fn access(name: &str, one: &Field, other: &Field, user: &str) -> String {
    if other.calculated && !one.calculated {
        format!("`{name}` is a formula")
    } else if other.auto_number && !one.auto_number {
        format!("`{name}` is numbered by the org")
    } else if one.createable != other.createable {
        let can = if other.createable { "can" } else { "can't" };
        format!("`{user}` {can} set `{name}`")
    } else {
        let can = if other.updateable { "can" } else { "can't" };
        format!("`{user}` {can} change `{name}` once it is set")
    }
}

fn key(name: &str, one: &Field, other: &Field) -> String {
    if one.unique != other.unique {
        let takes =
            if other.unique { "is unique: it takes each value once" } else { "is not unique" };
        format!("`{name}` {takes}")
    } else if one.external_id != other.external_id {
        format!(
            "`{name}` is {}",
            if other.external_id { "an external id" } else { "no external id" }
        )
    } else {
        format!("`{name}` can{} be a key in addresses", if other.id_lookup { "" } else { "'t" })
    }
}

fn size(name: &str, one: &FieldKind, other: &FieldKind) -> String {
    let digits = |Decimals { precision, scale }: &Decimals| {
        format!("{precision} digits, {scale} of them behind the point")
    };
    match (one, other) {
        (FieldKind::Int { digits: one }, FieldKind::Int { digits: other }) => {
            format!("`{name}` takes {other} digits instead of {one}")
        }
        (
            FieldKind::Double(one) | FieldKind::Currency(one) | FieldKind::Percent(one),
            FieldKind::Double(other) | FieldKind::Currency(other) | FieldKind::Percent(other),
        ) => format!("`{name}` takes {}, instead of {}", digits(other), digits(one)),
        (FieldKind::Reference { .. }, FieldKind::Reference { to, .. }) => {
            format!("`{name}` points to `{}`", to.join("`, `"))
        }
        _ => match (one.text_length(), other.text_length()) {
            (Some(one), Some(other)) if one != other => {
                format!("`{name}` takes {other} characters instead of {one}")
            }
            _ => format!("`{name}` holds text of another kind"),
        },
    }
}

fn list(name: &str, what: &FieldChange, other: &Field) -> String {
    let list = other.kind.list();
    match what {
        FieldChange::Restricted if list.is_some_and(|list| list.restricted) => {
            format!("`{name}` takes no values but those of its list")
        }
        FieldChange::Restricted => format!("`{name}` takes values that its list does not have"),
        FieldChange::Controller => match list.and_then(|list| list.controller.as_deref()) {
            Some(controller) => format!("the values of `{name}` depend on `{controller}`"),
            None => format!("the values of `{name}` depend on no other field"),
        },
        FieldChange::Values => format!("`{name}` has other values"),
        FieldChange::Order => format!("the values of `{name}` stand in another order"),
        FieldChange::Value { value, what } => {
            let entry = list.and_then(|list| list.values.iter().find(|its| its.value == *value));
            let it = format!("value `{value}` of `{name}`");
            match (what, entry) {
                (_, None) => format!("{it} is not there"),
                (ValueChange::Presence, Some(_)) => format!("{it} is there besides"),
                (ValueChange::Active, Some(entry)) if entry.active => format!("{it} is active"),
                (ValueChange::Active, Some(_)) => format!("{it} is deactivated"),
                (ValueChange::Label, Some(entry)) => {
                    format!("{it} is labelled \"{}\"", entry.label)
                }
                (ValueChange::Default, Some(entry)) => {
                    format!(
                        "{it} is {} by itself",
                        if entry.default { "chosen" } else { "not chosen" }
                    )
                }
                (ValueChange::Fits, Some(_)) => {
                    let controller = list.and_then(|list| list.controller.as_deref());
                    format!(
                        "{it} fits other values of `{}`",
                        controller.unwrap_or("its controller")
                    )
                }
            }
        }
        _ => format!("`{name}` has another list"),
    }
}

/// A type with its article.
fn kind(kind: &FieldKind) -> String {
    match kind {
        FieldKind::Id => "the record's id",
        FieldKind::String { .. } => "a text",
        FieldKind::TextArea { rich: false, .. } => "a text area",
        FieldKind::TextArea { rich: true, .. } => "a rich text area",
        FieldKind::Boolean => "a checkbox",
        FieldKind::Int { .. } => "a whole number",
        FieldKind::Double(_) => "a number",
        FieldKind::Currency(_) => "an amount of money",
        FieldKind::Percent(_) => "a percentage",
        FieldKind::Date => "a date",
        FieldKind::DateTime => "a date and time",
        FieldKind::Time => "a time",
        FieldKind::Email { .. } => "an e-mail address",
        FieldKind::Phone { .. } => "a telephone number",
        FieldKind::Url { .. } => "a web address",
        FieldKind::Picklist(_) => "a list",
        FieldKind::MultiPicklist(_) => "a list of which several values are chosen",
        FieldKind::Combobox { .. } => "a text with suggestions",
        FieldKind::Reference { .. } => "a lookup",
        FieldKind::EncryptedString { .. } => "an encrypted text",
        FieldKind::Address => "an address",
        FieldKind::Location => "a position",
        FieldKind::Base64 => "a file",
        FieldKind::Opaque { described_as } => {
            return format!("of the unknown type `{described_as}`");
        }
    }
    .to_owned()
}

//! Lists: whether a value is one of them, and whether two lists go together.

use tidegate_schemas::catalog::ListValue;

use crate::finding::Finding;
use crate::hir::ListType;
use crate::resolve::suggest;
use crate::source::Loc;
use tidegate_diagnostics::codes;

/// Checks a text literal against a list. `quote_at` is the literal with its quotes.
///
/// # Errors
///
/// The finding, with the value to write where one is certain.
pub(crate) fn check_value(list: &ListType, written: &str, at: Loc) -> Result<(), Box<Finding>> {
    let found = list.values.iter().find(|value| value.value == written);
    match found {
        Some(value) if value.active => Ok(()),
        None if list.open && list.values.is_empty() => Ok(()),
        Some(_) => Err(Box::new(inactive(list, written, at))),
        None => Err(Box::new(unknown(list, written, at))),
    }
}

fn inactive(list: &ListType, written: &str, at: Loc) -> Finding {
    Finding::new(
        codes::INACTIVE_LIST_VALUE,
        at,
        format!("`{written}` is no longer an active value of `{}`", list.name),
    )
    .help(format!("choose one of {}, or have it activated and pull again", offered(list)))
}

fn unknown(list: &ListType, written: &str, at: Loc) -> Finding {
    if let Some(value) = active(list).find(|value| value.label == written) {
        return replaced(
            Finding::new(
                codes::LABEL_INSTEAD_OF_VALUE,
                at,
                format!("`{written}` is a label of `{}`, not a value", list.name),
            )
            .label(format!("the value behind this label is `{}`", value.value)),
            at,
            &value.value,
        );
    }
    let finding = Finding::new(
        codes::UNKNOWN_LIST_VALUE,
        at,
        format!("`{written}` is not a value of `{}`", list.name),
    );
    let same_but_case = active(list).find(|value| value.value.eq_ignore_ascii_case(written));
    if let Some(value) = same_but_case {
        return replaced(finding.label("upper and lower case count"), at, &value.value);
    }
    let by_label =
        active(list).find(|value| value.label.to_lowercase() == written.trim().to_lowercase());
    let near = by_label
        .map(|value| value.value.as_str())
        .or_else(|| suggest::closest(written, active(list).map(|value| value.value.as_str())));
    match near {
        Some(value) => replaced(finding, at, value),
        None => finding.help(format!("the values are {}", offered(list))),
    }
}

fn replaced(finding: Finding, at: Loc, value: &str) -> Finding {
    let quoted = quote(value);
    finding.help(format!("write `{quoted}`")).fix(format!("write `{quoted}`"), vec![(at, quoted)])
}

/// A value as a Tide literal.
pub(crate) fn quote(value: &str) -> String {
    let mut quoted = String::with_capacity(value.len() + 2);
    quoted.push('"');
    for character in value.chars() {
        if matches!(character, '"' | '\\' | '{' | '}') {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted.push('"');
    quoted
}

/// The first value that can be chosen.
pub(crate) fn first(list: &ListType) -> Option<&str> {
    active(list).next().map(|value| value.value.as_str())
}

fn active(list: &ListType) -> impl Iterator<Item = &ListValue> {
    list.values.iter().filter(|value| value.active)
}

/// The first values of a list, for a help line.
pub(crate) fn offered(list: &ListType) -> String {
    const SHOWN: usize = 8;
    let values: Vec<String> =
        active(list).take(SHOWN).map(|value| format!("`{}`", quote(&value.value))).collect();
    let more = active(list).count().saturating_sub(SHOWN);
    match (values.len(), more) {
        (0, _) => "none at all".to_owned(),
        (_, 0) => values.join(", "),
        _ => format!("{} and {more} more", values.join(", ")),
    }
}

/// The values of `from` that `to` refuses.
pub(crate) fn misfits<'a>(from: &'a ListType, to: &ListType) -> Vec<&'a str> {
    active(from)
        .map(|value| value.value.as_str())
        .filter(|value| !active(to).any(|other| other.value == *value))
        .collect()
}

/// Whether `to` takes some of the values of `from`.
pub(crate) fn overlap(from: &ListType, to: &ListType) -> bool {
    misfits(from, to).len() < active(from).count()
}

/// Whether two lists have a value in common.
pub(crate) fn meet(one: &ListType, other: &ListType) -> bool {
    one.values.iter().any(|value| other.values.iter().any(|its| its.value == value.value))
}

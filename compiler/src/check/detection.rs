//! What the AI is told of a list that it chooses from: what each value means, and that no two mean
//! the same.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::flow::graph::Op;
use crate::flow::path::Map;
use crate::flow::summary::Kind;
use crate::hir::{AttrId, Attribute, ListType, Narrowed, Origin, Other, Step, StepKind, Type};
use crate::source::Loc;

use super::{Cx, Draft};

/// So many of a message's values are named.
const NAMED: usize = 4;

/// Steps that leave their list as it is, wherever a conversation comes from.
pub(super) fn steps(cx: &Cx<'_, '_>, out: &mut Vec<Draft>) {
    for (at, state) in cx.places() {
        let node = cx.node(at);
        let Op::Detect(Step { kind: StepKind::Detect { attr, .. }, range, .. }) = node.op else {
            continue;
        };
        if cx.env().raised(node, Kind::Other(Other::Unavailable), state).is_live() {
            continue;
        }
        let name = cx.world().name(*attr);
        let message =
            format!("`{name}` has a value here that nobody detected, and such a value stays");
        let finding = Finding::new(codes::DETECT_IN_VAIN, cx.loc(*range), message)
            .label("decides nothing")
            .help(format!("write `detect {name} again` to decide it anew, or take the step out"));
        out.push(Draft::certain(finding));
    }
}

/// What is wrong with the lists that steps detect, once for each list.
pub(super) fn lists(map: &Map<'_, '_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (attr, Detected { places, of_types }) in detected(map) {
        let Some(attribute) = map.around.world.attribute(attr) else { continue };
        let Type::List(list) = &attribute.ty else { continue };
        let Some((first, others)) = places.split_first() else { continue };
        let offered =
            |value: &str| of_types.iter().any(|its| its.is_none_or(|its| its.offers(value)));
        let mut undescribed = undescribed(attribute, list);
        undescribed.retain(|value| offered(value));
        if !undescribed.is_empty() {
            let finding = without_description(attribute, *first, &undescribed);
            let also = |finding: Finding, at: &Loc| finding.also(*at, "and here");
            findings.push(others.iter().fold(finding, also));
        }
        findings.extend(alike(attribute, list).map(|two| much_alike(attribute, *first, two)));
    }
    findings
}

/// The steps that detect a list.
#[derive(Default)]
struct Detected<'p> {
    places: Vec<Loc>,
    /// The record type of each step.
    of_types: Vec<Option<&'p Narrowed>>,
}

/// The lists that steps detect, with the steps.
fn detected<'p>(map: &Map<'_, 'p>) -> BTreeMap<AttrId, Detected<'p>> {
    let mut found: BTreeMap<AttrId, Detected<'p>> = BTreeMap::new();
    for units in map.units {
        for node in units.graphs.iter().flat_map(|graph| &graph.nodes) {
            if let Op::Detect(step) = node.op
                && let StepKind::Detect { attr, of_type, .. } = &step.kind
            {
                let at = Loc { item: units.workflow.item, range: step.range };
                let detected = found.entry(*attr).or_default();
                detected.places.push(at);
                detected.of_types.push(of_type.as_ref());
            }
        }
    }
    for Detected { places, .. } in found.values_mut() {
        places.sort_unstable();
        places.dedup();
    }
    found
}

fn description<'a>(attribute: &'a Attribute, value: &str) -> Option<&'a str> {
    let found = attribute.descriptions.iter().find(|(of, _)| of == value);
    found.map(|(_, text)| text.as_str()).filter(|text| !text.trim().is_empty())
}

fn undescribed<'l>(attribute: &Attribute, list: &'l ListType) -> Vec<&'l str> {
    let active = list.values.iter().filter(|value| value.active);
    let names = active.map(|value| value.value.as_str());
    names.filter(|value| description(attribute, value).is_none()).collect()
}

fn without_description(attribute: &Attribute, at: Loc, undescribed: &[&str]) -> Finding {
    let named: Vec<String> =
        undescribed.iter().take(NAMED).map(|value| format!("`\"{value}\"`")).collect();
    let more = match undescribed.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let (name, first) = (attribute.path(), undescribed.first().copied().unwrap_or_default());
    let message = format!(
        "nothing tells the AI what {}{more} of `{name}` {} for",
        named.join(", "),
        if undescribed.len() == 1 { "stands" } else { "stand" }
    );
    let line = match &attribute.origin {
        Origin::Field { path, .. } if path.join(".") == attribute.name => {
            format!("in the `map`, `sync {} {{ \"{first}\" \"…\" }}`", attribute.name)
        }
        Origin::Field { path, .. } => {
            format!(
                "in the `map`, `sync {} as {} {{ \"{first}\" \"…\" }}`",
                path.join("."),
                attribute.name
            )
        }
        _ => format!("where it is declared, `{}: list {{ \"{first}\" \"…\" }}`", attribute.name),
    };
    let finding = Finding::new(codes::UNDESCRIBED, at, message)
        .label("chooses by the descriptions of the values")
        .help(format!("say it in a few words for each value: {line}"));
    match attribute.declared {
        Some(declared) => finding.also(declared, "the list comes from here"),
        None => finding,
    }
}

/// Two active values, in the order of the list, whose descriptions hardly differ; the first of each
/// that is like an earlier one.
fn alike<'a>(
    attribute: &'a Attribute,
    list: &'a ListType,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    let active = list.values.iter().filter(|value| value.active);
    let described: Vec<(&str, BTreeSet<String>)> = active
        .filter_map(|value| {
            Some((value.value.as_str(), words(description(attribute, &value.value)?)))
        })
        .collect();
    let mut found = Vec::new();
    for (at, (value, its)) in described.iter().enumerate() {
        let earlier = described.iter().take(at).find(|(_, other)| near(its, other));
        found.extend(earlier.map(|(other, _)| (*other, *value)));
    }
    found.into_iter()
}

/// The words of a description, whatever their order and case.
fn words(text: &str) -> BTreeSet<String> {
    let parts = text.split(|letter: char| !letter.is_alphanumeric());
    parts.filter(|part| !part.is_empty()).map(str::to_lowercase).collect()
}

/// Whether three of four words, or more, stand in both.
fn near(one: &BTreeSet<String>, other: &BTreeSet<String>) -> bool {
    let both = one.intersection(other).count();
    let all = one.union(other).count();
    both > 0 && both * 4 >= all * 3
}

fn much_alike(attribute: &Attribute, at: Loc, (one, other): (&str, &str)) -> Finding {
    let name = attribute.path();
    let message = format!(
        "the descriptions of `\"{one}\"` and `\"{other}\"` of `{name}` say nearly the same"
    );
    let finding = Finding::new(codes::DESCRIPTIONS_ALIKE, at, message)
        .label("can hardly tell them apart")
        .help("say of each what the other one is not");
    match attribute.declared {
        Some(declared) => finding.also(declared, "they stand here"),
        None => finding,
    }
}

#[cfg(test)]
mod tests {
    use super::{near, words};

    #[test]
    fn descriptions_are_compared_by_their_words() {
        let alike = |one, other| near(&words(one), &words(other));
        assert!(alike("Invoices, charges, refunds", "invoices, charges and refunds!"));
        assert!(alike("Refunds", "refunds"));
        assert!(!alike("Can wait some days", "Costs the customer money now"));
        assert!(!alike("It works", "It works no longer since yesterday"));
        assert!(!alike("", ""));
    }
}

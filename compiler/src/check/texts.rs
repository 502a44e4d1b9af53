//! A text is there in every language, and shows the same values in each.

use std::collections::BTreeSet;

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::flow::names::read_by;
use crate::hir::{AttrId, Expr, ExprKind, Program, Spoken, SpokenText};
use crate::source::{Loc, Range};

/// What texts lack.
pub(super) fn all(program: &Program) -> Vec<Finding> {
    if program.languages.is_empty() {
        // Said where the texts are read.
        return Vec::new();
    }
    program
        .texts
        .iter()
        .flat_map(|text| lacking(program, text).into_iter().chain(holes(program, text)))
        .collect()
}

fn lacking(program: &Program, text: &SpokenText) -> Option<Finding> {
    let languages = program.languages.iter();
    let lacking: Vec<&String> =
        languages.filter(|language| text.in_language(language).is_none()).collect();
    let named: Vec<String> = lacking.iter().map(|language| format!("`{language}`")).collect();
    let first = lacking.first()?;
    let at = Loc { item: text.item, range: text.head };
    let message = format!("`{}` is not there in {}", text.name, named.join(", "));
    Some(
        Finding::new(codes::LANGUAGE_LACKING, at, message)
            .label("nobody who speaks it could read this")
            .help(format!("add a line for each: `{first} \"…\"`")),
    )
}

/// Values that one language shows and another does not. The first of the project's that stands
/// there says what is to be shown.
fn holes(program: &Program, text: &SpokenText) -> Vec<Finding> {
    let of = |language: &String| text.spoken.iter().find(|its| its.language == *language);
    let mut spoken = program.languages.iter().filter_map(of);
    let Some(first) = spoken.next() else { return Vec::new() };
    let shown = shown(&first.text);
    spoken.filter_map(|other| differs(program, text, (first, &shown), other)).collect()
}

/// What a text shows: an attribute, or the time.
fn shown(expr: &Expr) -> BTreeSet<Option<AttrId>> {
    let mut read = Vec::new();
    read_by(expr, &mut read);
    let mut all: BTreeSet<Option<AttrId>> = read.into_iter().map(Some).collect();
    crate::flow::walk::parts(expr, &mut |part| {
        if matches!(part.kind, ExprKind::Now) {
            all.insert(None);
        }
    });
    all
}

fn differs(
    program: &Program,
    text: &SpokenText,
    (first, shown_first): (&Spoken, &BTreeSet<Option<AttrId>>),
    other: &Spoken,
) -> Option<Finding> {
    if matches!(first.text.kind, ExprKind::Error) || matches!(other.text.kind, ExprKind::Error) {
        return None;
    }
    let shown_other = shown(&other.text);
    let name = |attr: &Option<AttrId>| match attr {
        Some(attr) => {
            program.attributes.get(attr.0 as usize).map_or("?".to_owned(), |its| its.path())
        }
        None => "now".to_owned(),
    };
    let lacks: Vec<String> = shown_first.difference(&shown_other).map(name).collect();
    let more: Vec<String> = shown_other.difference(shown_first).map(name).collect();
    let (what, help) = match (lacks.first(), more.first()) {
        (Some(lacks), _) => (
            format!("does not show `{lacks}`, which `{}` shows", first.language),
            format!("show it here, `{{{lacks}}}`, or take it out there"),
        ),
        (None, Some(more)) => (
            format!("shows `{more}`, which `{}` does not", first.language),
            format!("show it there, `{{{more}}}`, or take it out here"),
        ),
        (None, None) => return None,
    };
    let at = |range: Range| Loc { item: text.item, range };
    let message = format!("`{}` in `{}` {what}", text.name, other.language);
    Some(
        Finding::new(codes::HOLES_DIFFER, at(other.text.range), message)
            .label("other values here")
            .also(at(first.text.range), format!("`{}` stands here", first.language))
            .help(help),
    )
}

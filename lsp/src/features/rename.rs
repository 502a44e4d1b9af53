//! Renaming what a project has named itself.

use gen_lsp_types::WorkspaceEdit;
use tidegate_compiler::analysis::{Analysis, Analyzer, Inputs, Settings};
use tidegate_compiler::edit::is_word;
use tidegate_compiler::hir::Origin;
use tidegate_compiler::mentions::Named;
use tidegate_diagnostics::{Diagnostic, Severity, SourceId, SourceMap, SourceText, Span, codes};

use super::changes::{Changes, Editing};
use super::symbol::{self, Here};
use crate::diagnostics::Places;

/// What stands at the cursor, if it can be renamed.
pub(crate) fn prepare(
    analysis: &Analysis,
    source: SourceId,
    offset: u32,
) -> Result<Here<'_>, String> {
    let nothing = || "there is no name here".to_owned();
    let here = symbol::at(analysis, source, offset).ok_or_else(nothing)?;
    match &here.mention.named {
        Named::Workflow(_)
        | Named::Push(_)
        | Named::ChannelPush(_)
        | Named::Form(_)
        | Named::Text(_)
        | Named::Hours(_)
        | Named::File(_)
        | Named::Given(_) => Ok(here),
        Named::Attribute(_, name) => {
            let (_, attribute) = here
                .attribute(analysis)
                .ok_or_else(|| format!("`{}` is declared nowhere", name))?;
            match &attribute.origin {
                Origin::Field { path, .. } if path.last() == Some(name) => Err(salesforces(name)),
                Origin::Field { .. } | Origin::Own | Origin::Let => Ok(here),
                Origin::Session => Err(format!("`session.{name}` is the Messenger's name")),
            }
        }
        Named::Field(field) => Err(salesforces(field.path.last().map_or("", String::as_str))),
        Named::Parent(_)
        | Named::Object(_)
        | Named::RecordType { .. }
        | Named::Queue(_)
        | Named::BusinessHours(_)
        | Named::Holiday(_)
        | Named::Value(..) => {
            Err("Salesforce gives this name; change it there, and pull".to_owned())
        }
        Named::User(_) | Named::Channel(_) => {
            Err("`tidegate.toml` gives this name; change it there".to_owned())
        }
        Named::Step(_) => {
            Err("a step is known by this name in journals and tests; write another one".to_owned())
        }
        Named::Space(_)
        | Named::Word(_)
        | Named::Language(_)
        | Named::Outcome(_)
        | Named::Target(_)
        | Named::Pipe(_)
        | Named::Type(_) => Err("this is a word of Tide's".to_owned()),
    }
}

fn salesforces(name: &str) -> String {
    format!("`{name}` is Salesforce's name; `sync {name} as …` in the map gives it one of ours")
}

/// The edits that give a thing another name everywhere.
///
/// What would clash is found by trying: a program that is wrong in a new way, or in which the name
/// means something else, is refused.
pub(crate) fn rename(
    analysis: &Analysis,
    places: &Places<'_>,
    settings: &Settings,
    editing: Editing<'_>,
    (source, offset): (SourceId, u32),
    name: &str,
) -> Result<WorkspaceEdit, String> {
    let here = prepare(analysis, source, offset)?;
    if !is_word(name) {
        return Err(format!("`{name}` is no name: write letters, digits and `_`"));
    }
    let everywhere = symbol::places(analysis, &here.symbol());
    let spans: Vec<Span> = everywhere.iter().map(|place| place.span).collect();
    let after = Analyzer::new().check(&Inputs {
        sources: replaced(&analysis.sources, &spans, name),
        catalog: analysis.catalog.clone(),
        settings: settings.clone(),
    });
    if let Some(new) = new_error(analysis, &after) {
        return Err(new.message.clone());
    }
    // The first place stands where it stood, since nothing before it has changed.
    let first = spans.first().ok_or("there is no name here")?;
    let again = symbol::at(&after, first.source, first.start + 1);
    let found = again.map(|again| symbol::places(&after, &again.symbol()).len());
    if found != Some(spans.len()) {
        return Err(format!("`{name}` would mean something else in some places"));
    }
    let mut changes = Changes::default();
    for span in spans {
        changes.put(places, span, name).ok_or("a place lies in no source")?;
    }
    Ok(changes.edit(editing))
}

/// The sources with a text in the place of others; places are in order and don't overlap.
fn replaced(sources: &SourceMap, places: &[Span], name: &str) -> SourceMap {
    let after = sources.iter().map(|(id, source)| {
        let mut text = source.text.clone();
        for place in places.iter().rev().filter(|place| place.source == id) {
            text.replace_range(place.start as usize..place.end as usize, name);
        }
        SourceText { name: source.name.clone(), text }
    });
    SourceMap::new(after.collect())
}

/// An error of a code of which there are more than before: a clash of names, if there is one.
fn new_error<'a>(before: &Analysis, after: &'a Analysis) -> Option<&'a Diagnostic> {
    let is_error = |found: &&Diagnostic| found.severity == Severity::Error;
    let count = |analysis: &Analysis, code: &str| {
        analysis.diagnostics.iter().filter(is_error).filter(|its| its.code.id() == code).count()
    };
    let new = after.diagnostics.iter().filter(is_error).filter(|found| {
        let code = found.code.id();
        count(after, code) > count(before, code)
    });
    new.min_by_key(|found| ![codes::DECLARED_TWICE, codes::SAME_BUT_CASE].contains(&found.code))
}

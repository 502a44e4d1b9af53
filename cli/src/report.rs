//! Showing what an analysis found.

use std::io::IsTerminal;

use clap::ValueEnum;
use tidegate_compiler::analysis::Analysis;
use tidegate_diagnostics::{Severity, render_short};

use crate::render::{self, Style};

/// How diagnostics are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// With the source, for people
    Human,
    /// One line each
    Short,
    /// One JSON array
    Json,
}

/// Writes the diagnostics to standard output, and their count to standard error.
pub(crate) fn show(analysis: &Analysis, format: Format) {
    match format {
        Format::Human => {
            let style = style();
            for found in &analysis.diagnostics {
                anstream::println!("{}", render::graphical(found, &analysis.sources, style));
            }
        }
        Format::Short => {
            for found in &analysis.diagnostics {
                anstream::println!("{}", render_short(found, &analysis.sources));
            }
        }
        Format::Json => match serde_json::to_string_pretty(&located(analysis)) {
            Ok(text) => anstream::println!("{text}"),
            Err(error) => anstream::eprintln!("error: {error}"),
        },
    }
    anstream::eprintln!("{}{}", counted(analysis), pointer(analysis, format));
    if let Some(proved) = proved(analysis) {
        anstream::eprintln!("{proved}");
    }
}

/// A diagnostic with its place as editors count it.
#[derive(serde::Serialize)]
struct Located<'a> {
    path: &'a str,
    line: usize,
    column: usize,
    #[serde(flatten)]
    diagnostic: &'a tidegate_diagnostics::Diagnostic,
}

fn located(analysis: &Analysis) -> Vec<Located<'_>> {
    let place = |diagnostic: &'_ tidegate_diagnostics::Diagnostic| {
        let span = diagnostic.primary.span;
        analysis.sources.line_column(span.source, span.start).unwrap_or((0, 0))
    };
    let name = |diagnostic: &'_ tidegate_diagnostics::Diagnostic| {
        analysis.sources.get(diagnostic.primary.span.source).map_or("", |source| &source.name)
    };
    analysis
        .diagnostics
        .iter()
        .map(|diagnostic| {
            let (line, column) = place(diagnostic);
            Located { path: name(diagnostic), line, column, diagnostic }
        })
        .collect()
}

/// Colours only where somebody watches.
fn style() -> Style {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if std::io::stdout().is_terminal() && !plain { Style::Colour } else { Style::Plain }
}

/// What a check without errors showed about the Cases that the project creates.
fn proved(analysis: &Analysis) -> Option<String> {
    let mut keys: Vec<&str> =
        analysis.program.pushes.iter().filter_map(|push| push.key_field.as_deref()).collect();
    keys.sort_unstable();
    keys.dedup();
    if analysis.has_errors() || keys.is_empty() {
        return None;
    }
    let set = match analysis.stats.required_fields {
        0 => String::new(),
        count => {
            format!("{} set wherever a Case is created; ", plural(count, "required field"))
        }
    };
    Some(format!("proved: {set}created exactly once, by the unique field {}", keys.join(", ")))
}

/// Where more is told about the first thing found.
fn pointer(analysis: &Analysis, format: Format) -> String {
    match analysis.diagnostics.first() {
        Some(first) if format == Format::Human => {
            format!("; `tidegate explain {}` tells more", first.code.id())
        }
        _ => String::new(),
    }
}

/// `2 errors, 1 warning in 4 files`
pub(crate) fn counted(analysis: &Analysis) -> String {
    let count = |severity| analysis.diagnostics.iter().filter(|d| d.severity == severity).count();
    let errors = plural(count(Severity::Error), "error");
    let warnings = plural(count(Severity::Warning), "warning");
    let files = plural(analysis.sources.iter().count(), "file");
    format!("{errors}, {warnings} in {files}")
}

/// `1 file`, `2 files`, `no files`
pub(crate) fn plural(count: usize, what: &str) -> String {
    match count {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

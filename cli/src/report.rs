//! Showing what an analysis found.

use std::io::{IsTerminal, Write as _};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use tidegate_compiler::analysis::Analysis;
use tidegate_compiler::check::Tally;
use tidegate_diagnostics::sarif::{Producer, sarif};
use tidegate_diagnostics::{
    Diagnostic, Severity, SourceMap, located, render_github, render_short, without_secrets,
};

use crate::failure::Failure;
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
    /// Workflow commands of GitHub Actions, which become annotations
    Github,
    /// A SARIF 2.1.0 log, for code scanning
    Sarif,
}

/// Writes the diagnostics for people.
pub(crate) fn show_to_people(analysis: &Analysis) {
    show(analysis, Format::Human, Path::new(""));
}

/// Writes the diagnostics to standard output, and their count to standard error.
pub(crate) fn show(analysis: &Analysis, format: Format, root: &Path) {
    let (found, sources) = (&analysis.diagnostics, &analysis.sources);
    show_as(found, sources, format, root);
    anstream::eprintln!("{}{}", counted(analysis), pointer(analysis, format));
    if let Some(proved) = proved(analysis) {
        anstream::eprintln!("{proved}");
    }
}

/// Writes the diagnostics and their count to standard error, where standard output is for something
/// else.
pub(crate) fn tell(analysis: &Analysis, format: Format) {
    match format {
        Format::Short => tell_short(&analysis.diagnostics, &analysis.sources),
        _ => tell_found(&analysis.diagnostics, &analysis.sources),
    }
    anstream::eprintln!("{}{}", counted(analysis), pointer(analysis, format));
}

/// Writes diagnostics in a form, and nothing else.
pub(crate) fn show_as(found: &[Diagnostic], sources: &SourceMap, format: Format, root: &Path) {
    match format {
        Format::Human => show_found(found, sources),
        Format::Short => lines(found.iter().map(|its| render_short(its, sources))),
        Format::Json => json(&located(found, sources)),
        Format::Github => {
            let base = base(root);
            lines(found.iter().map(|its| render_github(its, sources, &base)));
        }
        Format::Sarif => json(&sarif(found, sources, &base(root), PRODUCER)),
    }
}

/// Writes diagnostics for people, and nothing else.
pub(crate) fn show_found(found: &[Diagnostic], sources: &SourceMap) {
    let (style, sources) = (style(&std::io::stdout()), without_secrets(found, sources));
    lines(found.iter().map(|its| render::graphical(its, &sources, style)));
}

/// Writes diagnostics for people to standard error.
pub(crate) fn tell_found(found: &[Diagnostic], sources: &SourceMap) {
    let (style, sources) = (style(&std::io::stderr()), without_secrets(found, sources));
    for its in found {
        anstream::eprintln!("{}", render::graphical(its, &sources, style));
    }
}

/// Writes diagnostics to standard error, a line each.
pub(crate) fn tell_short(found: &[Diagnostic], sources: &SourceMap) {
    for its in found {
        anstream::eprintln!("{}", render_short(its, sources));
    }
}

/// Writes a text to standard output as it is. Whoever reads may have gone.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let written = std::io::stdout().lock().write_all(text.as_bytes());
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::world(format!("standard output cannot be written: {error}"), ""))
        }
        _ => Ok(()),
    }
}

const PRODUCER: Producer<'_> =
    Producer { version: env!("CARGO_PKG_VERSION"), home: env!("CARGO_PKG_REPOSITORY") };

fn lines(rendered: impl Iterator<Item = String>) {
    for one in rendered {
        anstream::println!("{one}");
    }
}

pub(crate) fn json(form: &impl serde::Serialize) {
    match serde_json::to_string_pretty(form) {
        Ok(text) => anstream::println!("{text}"),
        Err(error) => anstream::eprintln!("error: {error}"),
    }
}

/// The project's folder as seen from the root of its repository: the folder that GitHub Actions
/// names, or else the one that the command runs in.
fn base(root: &Path) -> String {
    let workspace = std::env::var_os("GITHUB_WORKSPACE").map(PathBuf::from);
    let tops = workspace.into_iter().chain(std::env::current_dir());
    let below = tops
        .filter_map(|top| top.canonicalize().ok())
        .find_map(|top| root.strip_prefix(top).ok().map(Path::to_path_buf));
    let parts = below.iter().flat_map(|path| path.iter());
    parts.map(|part| format!("{}/", part.to_string_lossy())).collect()
}

/// Colours only where somebody watches.
fn style(stream: &impl IsTerminal) -> Style {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if stream.is_terminal() && !plain { Style::Colour } else { Style::Plain }
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

/// What came of each proof that had anything to show, a line each.
pub(crate) fn show_proofs(tallies: &[Tally]) {
    for tally in tallies {
        let parts =
            [(tally.proved, "proved"), (tally.refuted, "refuted"), (tally.open, "not proved")];
        let parts = parts.iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts.map(|(count, what)| format!("{count} {what}")).collect();
        if !parts.is_empty() {
            anstream::eprintln!("{}: {}", tally.proof, parts.join(", "));
        }
    }
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

//! Workflow commands of GitHub Actions, which become annotations beside the changed lines.
//!
//! Form and escapes are those of the runner's own toolkit: in a message `%`, CR and LF are written
//! as `%25`, `%0D` and `%0A`; in a property `:` and `,` are written as `%3A` and `%2C` as well.

use std::fmt::Write as _;

use crate::{Diagnostic, Severity, SourceMap, printable};

/// `::error file=…,line=…,title=…::message`, one line.
///
/// `base` is the folder of the sources as seen from the repository's root, with a slash at its end
/// unless it is empty.
pub fn render_github(diagnostic: &Diagnostic, sources: &SourceMap, base: &str) -> String {
    let command = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let title = format!("{}: {}", diagnostic.code.id(), diagnostic.code.title());
    let place = place(diagnostic, sources, base);
    let title = property(&title);
    format!("::{command} {place}title={title}::{}", data(&printable(&message(diagnostic, sources))))
}

fn place(diagnostic: &Diagnostic, sources: &SourceMap, base: &str) -> String {
    let span = diagnostic.primary.span;
    let (Some(source), Some((line, column)), Some((end_line, end_column))) = (
        sources.get(span.source),
        sources.line_column(span.source, span.start),
        sources.line_column(span.source, span.end),
    ) else {
        return String::new();
    };
    let file = property(&format!("{base}{}", source.name));
    // Columns of a range over several lines are refused.
    let columns = if line == end_line {
        format!("col={column},endColumn={end_column},")
    } else {
        String::new()
    };
    format!("file={file},line={line},endLine={end_line},{columns}")
}

fn message(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let mut text = diagnostic.message.clone();
    if !diagnostic.path.is_empty() {
        text.push_str("\none conversation that gets there:");
    }
    for (number, step) in (1..).zip(&diagnostic.path) {
        let name = sources.get(step.span.source).map_or("?", |source| source.name.as_str());
        let (line, _) = sources.line_column(step.span.source, step.span.start).unwrap_or((0, 0));
        // Writing to a String cannot fail.
        let _ = write!(text, "\n{number}. {name}:{line}  {}", step.text);
    }
    if let Some(help) = &diagnostic.help {
        let _ = write!(text, "\nhelp: {help}");
    }
    text
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

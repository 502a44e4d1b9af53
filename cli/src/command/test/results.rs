//! What became of the tests, in each form.

use std::path::Path;

use serde::Serialize;
use tidegate_diagnostics::{Diagnostic, Located, SourceMap, Span, located, printable};

use super::Format;
use crate::rehearsals::Played;
use crate::report::{self, plural};

/// Writes what became of the tests to standard output, and their count to standard error.
pub(super) fn show(played: &[Played<'_>], sources: &SourceMap, format: Format, root: &Path) {
    let failures: Vec<Diagnostic> = played.iter().filter_map(|test| test.failure.clone()).collect();
    match format {
        Format::Human => {
            for test in played {
                anstream::println!("{}", headline(test));
                report::show_found(test.failure.as_slice(), sources);
            }
        }
        Format::Short => report::show_as(&failures, sources, report::Format::Short, root),
        Format::Github => report::show_as(&failures, sources, report::Format::Github, root),
        Format::Json => report::json(&results(played, sources)),
        Format::Junit => anstream::println!("{}", junit(played, sources)),
    }
    anstream::eprintln!("{}", counted(played.len(), failures.len()));
}

/// Writes what became of the tests to standard error, for people.
pub(super) fn tell(played: &[Played<'_>], sources: &SourceMap, format: Format) {
    for test in played {
        match format {
            Format::Short => report::tell_short(test.failure.as_slice(), sources),
            _ => {
                anstream::eprintln!("{}", headline(test));
                report::tell_found(test.failure.as_slice(), sources);
            }
        }
    }
    let failed = played.iter().filter(|test| test.failure.is_some()).count();
    anstream::eprintln!("{}", counted(played.len(), failed));
}

fn headline(test: &Played<'_>) -> String {
    let word = if test.failure.is_some() { "failed" } else { "ok    " };
    format!("{word}  {}", printable(&test.test.name))
}

fn counted(all: usize, failed: usize) -> String {
    match (all, failed) {
        (0, _) => "no tests: write `test \"…\" { … }`".to_owned(),
        (all, 0) => format!("{} passed", plural(all, "test")),
        (all, failed) => format!("{} passed, {failed} failed", plural(all - failed, "test")),
    }
}

/// The JSON form.
#[derive(Serialize)]
struct Results<'a> {
    passed: usize,
    failed: usize,
    tests: Vec<One<'a>>,
}

#[derive(Serialize)]
struct One<'a> {
    name: &'a str,
    file: &'a str,
    line: usize,
    passed: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    diagnostics: Vec<Located<'a>>,
}

fn results<'a>(played: &'a [Played<'a>], sources: &'a SourceMap) -> Results<'a> {
    let failed = played.iter().filter(|test| test.failure.is_some()).count();
    let one = |test: &'a Played<'a>| {
        let (file, line) = place(test.test.span, sources);
        let diagnostics = located(test.failure.as_slice(), sources);
        One { name: &test.test.name, file, line, passed: test.failure.is_none(), diagnostics }
    };
    Results { passed: played.len() - failed, failed, tests: played.iter().map(one).collect() }
}

/// A place as file and line.
pub(super) fn place(span: Span, sources: &SourceMap) -> (&str, usize) {
    let name = sources.get(span.source).map_or("?", |source| source.name.as_str());
    let line = sources.line_column(span.source, span.start).map_or(0, |(line, _)| line);
    (name, line)
}

fn junit(played: &[Played<'_>], sources: &SourceMap) -> String {
    let failed = played.iter().filter(|test| test.failure.is_some()).count();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let counts = format!("tests=\"{}\" failures=\"{failed}\"", played.len());
    out.push_str(&format!("<testsuite name=\"tidegate\" {counts}>\n"));
    for test in played {
        let (file, line) = place(test.test.span, sources);
        let name = escaped(&test.test.name);
        let head =
            format!("  <testcase name=\"{name}\" file=\"{}\" line=\"{line}\"", escaped(file));
        match &test.failure {
            None => out.push_str(&format!("{head}/>\n")),
            Some(failure) => {
                let code = failure.code.id();
                let message = escaped(&failure.message);
                let text = escaped(&whole(failure, sources));
                out.push_str(&format!(
                    "{head}>\n    <failure type=\"{code}\" message=\"{message}\">{text}</failure>\n  </testcase>\n"
                ));
            }
        }
    }
    out.push_str("</testsuite>");
    out
}

/// A failure with its conversation, as plain lines.
fn whole(failure: &Diagnostic, sources: &SourceMap) -> String {
    let line = |span: Span, text: &str| {
        let (file, line) = place(span, sources);
        format!("{file}:{line}  {text}\n")
    };
    let mut text = line(failure.primary.span, &failure.primary.text);
    text.extend(failure.help.iter().map(|help| format!("help: {help}\n")));
    text.push_str("the conversation as it went:\n");
    text.extend(failure.path.iter().map(|label| line(label.span, &label.text)));
    text
}

/// A text for XML, without what XML can't hold.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(letter),
            letter if letter.is_control() || matches!(letter, '\u{FFFE}' | '\u{FFFF}') => {
                out.push('\u{FFFD}');
            }
            letter => out.push(letter),
        }
    }
    out
}

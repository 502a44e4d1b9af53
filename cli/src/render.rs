//! Diagnostics for the terminal. The only place that knows miette.

use std::borrow::Cow;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents,
};
use tidegate_diagnostics::{
    Code, Diagnostic, Label, Severity, SourceMap, SourceText, Span, codes, is_harmful, printable,
};

/// Whether colours and box-drawing characters are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// For a terminal.
    Colour,
    /// For a file, a pipe or `NO_COLOR`.
    Plain,
}

/// A diagnostic as the terminal shows it: the message, the source with labels, the path of a
/// refuted proof, the remedy.
pub fn graphical(diagnostic: &Diagnostic, sources: &SourceMap, style: Style) -> String {
    let theme = match style {
        Style::Colour => GraphicalTheme::unicode(),
        Style::Plain => GraphicalTheme::unicode_nocolor(),
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(100)
        .with_links(false)
        .with_context_lines(1)
        .without_cause_chain();
    let mut out = String::new();
    let report = Report::new(diagnostic, sources);
    if handler.render_report(&mut out, &report).is_err() {
        out = tidegate_diagnostics::render_short(diagnostic, sources);
    }
    out
}

/// One diagnostic in miette's terms.
#[derive(Debug)]
struct Report<'a> {
    diagnostic: &'a Diagnostic,
    source: Option<File<'a>>,
    near: Vec<&'a Label>,
    elsewhere: Vec<Part<'a>>,
    help: Option<String>,
}

impl<'a> Report<'a> {
    fn new(diagnostic: &'a Diagnostic, sources: &'a SourceMap) -> Self {
        let home = diagnostic.primary.span.source;
        let near = diagnostic
            .secondary
            .iter()
            .filter(|label| stands_near(label, &diagnostic.primary, sources))
            .collect();
        let elsewhere = diagnostic
            .secondary
            .iter()
            .filter(|label| !stands_near(label, &diagnostic.primary, sources))
            .map(|label| Part::new(label, sources))
            .collect();
        Self {
            diagnostic,
            source: sources.get(home).map(File::new),
            near,
            elsewhere,
            help: help(diagnostic, sources),
        }
    }
}

fn help(diagnostic: &Diagnostic, sources: &SourceMap) -> Option<String> {
    // The remedy first: it is what the reader came for.
    let mut lines: Vec<String> = diagnostic.help.as_deref().map(printable).into_iter().collect();
    if !diagnostic.path.is_empty() {
        lines.push(path_title(diagnostic.code).to_owned());
        for (number, label) in (1..).zip(&diagnostic.path) {
            let place = place(label.span, sources);
            lines.push(format!("  {number}. {place}  {}", printable(&label.text)));
        }
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// What the conversation of a diagnostic is: the witness of a proof, or what a test saw.
fn path_title(code: Code) -> &'static str {
    let of_a_test =
        [codes::NOT_AS_EXPECTED, codes::NOT_EXPECTED, codes::NOT_POSSIBLE].contains(&code);
    if of_a_test { "the conversation as it went:" } else { "one conversation that gets there:" }
}

/// Lines between two places that are shown in one picture at most.
const NEAR: usize = 8;

/// Whether a place is shown in one picture with the primary one, all lines between them included.
fn stands_near(label: &Label, primary: &Label, sources: &SourceMap) -> bool {
    let line = |span: Span| sources.line_column(span.source, span.start).map(|(line, _)| line);
    label.span.source == primary.span.source
        && line(label.span)
            .zip(line(primary.span))
            .is_some_and(|(one, other)| one.abs_diff(other) <= NEAR)
}

fn place(span: Span, sources: &SourceMap) -> String {
    let name = sources.get(span.source).map_or("?", |source| source.name.as_str());
    let line = sources.line_column(span.source, span.start).map_or(0, |(line, _)| line);
    format!("{name}:{line}")
}

impl std::fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&printable(&self.diagnostic.message))
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        Some(Box::new(self.diagnostic.code.id()))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn std::fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let primary = LabeledSpan::new_primary_with_span(
            label_text(&self.diagnostic.primary),
            range(self.diagnostic.primary.span),
        );
        let others = self
            .near
            .iter()
            .map(|label| LabeledSpan::new_with_span(label_text(label), range(label.span)));
        Some(Box::new(std::iter::once(primary).chain(others)))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        (!self.elsewhere.is_empty()).then(|| {
            Box::new(self.elsewhere.iter().map(|part| part as &dyn miette::Diagnostic))
                as Box<dyn Iterator<Item = _>>
        })
    }
}

fn label_text(label: &Label) -> Option<String> {
    (!label.text.is_empty()).then(|| printable(&label.text))
}

fn range(span: Span) -> SourceSpan {
    let start = span.start as usize;
    let length = span.end.saturating_sub(span.start) as usize;
    SourceSpan::new(start.into(), length)
}

/// A secondary place in another file, or far away.
#[derive(Debug)]
struct Part<'a> {
    label: &'a Label,
    source: Option<File<'a>>,
}

impl<'a> Part<'a> {
    fn new(label: &'a Label, sources: &'a SourceMap) -> Self {
        Self { label, source: sources.get(label.span.source).map(File::new) }
    }
}

impl std::fmt::Display for Part<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&printable(&self.label.text))
    }
}

impl std::error::Error for Part<'_> {}

impl miette::Diagnostic for Part<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(miette::Severity::Advice)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = LabeledSpan::new_primary_with_span(None, range(self.label.span));
        Some(Box::new(std::iter::once(label)))
    }
}

/// A source under its project-relative name, harmless to a terminal.
#[derive(Debug)]
struct File<'a> {
    name: &'a str,
    text: Cow<'a, str>,
}

impl<'a> File<'a> {
    fn new(source: &'a SourceText) -> Self {
        Self { name: &source.name, text: harmless(&source.text) }
    }
}

/// A text in which nothing moves a terminal's cursor or turns its direction, byte for byte as long.
fn harmless(text: &str) -> Cow<'_, str> {
    if !text.replace("\r\n", "\n").contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut letters = text.chars().peekable();
    let mut shown = String::with_capacity(text.len());
    while let Some(letter) = letters.next() {
        let line_end = letter == '\r' && letters.peek() == Some(&'\n');
        shown.push(match letter.len_utf8() {
            _ if line_end || !is_harmful(letter) => letter,
            1 => '?',
            2 => '¿',
            _ => char::REPLACEMENT_CHARACTER,
        });
    }
    Cow::Owned(shown)
}

impl SourceCode for File<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let inner = self.text.as_ref().read_span(span, before, after)?;
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.to_owned(),
            inner.data(),
            *inner.span(),
            inner.line(),
            inner.column(),
            inner.line_count(),
        )))
    }
}

#[cfg(test)]
mod tests {
    use tidegate_diagnostics::codes::UNKNOWN_FIELD;
    use tidegate_diagnostics::{SourceId, SourceText};

    use super::*;

    fn sources() -> SourceMap {
        let text = |name: &str, text: &str| SourceText { name: name.into(), text: text.into() };
        SourceMap::new(vec![
            text("fields.tide", "map Case to conversation {\n  sync Prioritty\n}\n"),
            text("other.tide", "data conversation {\n  Priority: bool\n}\n"),
        ])
    }

    #[test]
    fn a_source_moves_no_cursor() {
        let text = "a\u{1b}[31m\u{202e}b\r\n\u{85}c\t\r";
        let shown = harmless(text);
        assert_eq!(shown, "a?[31m\u{fffd}b\r\n¿c\t?");
        assert_eq!(shown.len(), text.len(), "places stay what they are");
        assert!(matches!(harmless("é\r\n"), Cow::Borrowed(_)));
    }

    fn span(source: u32, start: u32, end: u32) -> Span {
        Span { source: SourceId(source), start, end }
    }

    #[test]
    fn a_diagnostic_with_everything() {
        let diagnostic = Diagnostic::new(
            UNKNOWN_FIELD,
            span(0, 34, 43),
            "`Case` has no field `Prioritty`\u{1b}[31m",
        )
        .label("no such field")
        .also(span(0, 4, 8), "the object mapped here")
        .also(span(1, 22, 30), "an attribute of a like name")
        .path(vec![Label { span: span(0, 0, 3), text: "the customer opens".into() }])
        .help("did you mean `Priority`?");
        insta::assert_snapshot!(graphical(&diagnostic, &sources(), Style::Plain));
    }
}

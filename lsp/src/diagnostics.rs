//! What was found, in the editor's terms.

use std::cell::OnceCell;
use std::sync::Arc;

use gen_lsp_types::{
    Code, CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location,
    Message, Range, Uri,
};
use tidegate_diagnostics as ours;
use tidegate_diagnostics::{Severity, SourceId, SourceMap, Span};

use crate::text::{Encoding, Text};

/// Who says so.
const SOURCE: &str = "tidegate";

/// How what is found in a project is shown.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) encoding: Encoding,
    /// The addresses of the sources, in their order.
    pub(crate) uris: Arc<[Uri]>,
    /// Versions of those that are open.
    pub(crate) versions: Arc<[Option<i32>]>,
}

/// What was found in one source.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub(crate) uri: Uri,
    /// The version of the text that it was found in; none where it was on disk.
    pub(crate) version: Option<i32>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// The places of a project's sources, as the editor counts them.
pub(crate) struct Places<'a> {
    shown: &'a Shown,
    sources: &'a SourceMap,
    texts: Vec<OnceCell<Text>>,
}

impl Shown {
    /// The source of an address.
    pub(crate) fn source(&self, uri: &Uri) -> Option<SourceId> {
        let at = self.uris.iter().position(|its| its == uri)?;
        Some(SourceId(u32::try_from(at).ok()?))
    }

    /// The diagnostics of each source.
    pub(crate) fn found(&self, found: &[ours::Diagnostic], sources: &SourceMap) -> Vec<Found> {
        let places = Places::new(self, sources);
        let mut all: Vec<Found> = self
            .uris
            .iter()
            .zip(self.versions.iter())
            .map(|(uri, version)| Found {
                uri: uri.clone(),
                version: *version,
                diagnostics: Vec::new(),
            })
            .collect();
        for one in found {
            if let Some(of) = all.get_mut(one.primary.span.source.0 as usize) {
                of.diagnostics.extend(places.diagnostic(one));
            }
        }
        all
    }
}

impl<'a> Places<'a> {
    pub(crate) fn new(shown: &'a Shown, sources: &'a SourceMap) -> Self {
        Self { shown, sources, texts: vec![OnceCell::new(); shown.uris.len()] }
    }

    pub(crate) fn range(&self, span: Span) -> Option<Range> {
        let text = self.texts.get(span.source.0 as usize)?;
        let source = self.sources.get(span.source)?;
        let text = text.get_or_init(|| Text::new(source.text.as_str()));
        Some(text.range(span, self.shown.encoding))
    }

    pub(crate) fn location(&self, span: Span) -> Option<Location> {
        let uri = self.shown.uris.get(span.source.0 as usize)?.clone();
        Some(Location { uri, range: self.range(span)? })
    }

    pub(crate) fn diagnostic(&self, one: &ours::Diagnostic) -> Option<Diagnostic> {
        let also = one.secondary.iter().filter_map(|label| self.related(label, &label.text));
        let steps = (1..)
            .zip(&one.path)
            .filter_map(|(step, label)| self.related(label, &format!("{step}. {}", label.text)));
        let related: Vec<_> = also.chain(steps).collect();
        Some(Diagnostic {
            range: self.range(one.primary.span)?,
            severity: Some(severity(one.severity)),
            code: Some(Code::String(one.code.id().to_owned())),
            code_description: Some(CodeDescription { href: page(one.code) }),
            source: Some(SOURCE.to_owned()),
            message: Message::String(message(one)),
            related_information: Some(related).filter(|related| !related.is_empty()),
            ..Diagnostic::default()
        })
    }

    fn related(&self, label: &ours::Label, text: &str) -> Option<DiagnosticRelatedInformation> {
        let location = self.location(label.span)?;
        Some(DiagnosticRelatedInformation { location, message: text.to_owned() })
    }
}

/// What is wrong, what is said at the place, and what to write instead.
fn message(one: &ours::Diagnostic) -> String {
    let mut text = one.message.clone();
    if !one.message.contains(&one.primary.text) {
        text.push_str(&format!(": {}", one.primary.text));
    }
    if let Some(help) = &one.help {
        text.push_str(&format!("\nhelp: {help}"));
    }
    text
}

fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::Error,
        Severity::Warning => DiagnosticSeverity::Warning,
        Severity::Note => DiagnosticSeverity::Information,
    }
}

/// Where a code's page can be read.
fn page(code: ours::Code) -> Uri {
    let home = env!("CARGO_PKG_REPOSITORY");
    Uri(format!("{home}/blob/main/diagnostics/pages/{}.md", code.id()))
}

/// Something wrong with a file as a whole, shown at one of its lines.
pub(crate) fn at_line(line: usize, message: &str, help: &str) -> Diagnostic {
    let help = if help.is_empty() { String::new() } else { format!("\nhelp: {help}") };
    let line = u32::try_from(line).unwrap_or(u32::MAX);
    let end = gen_lsp_types::Position { line: line.saturating_add(1), character: 0 };
    Diagnostic {
        range: Range { start: gen_lsp_types::Position { line, character: 0 }, end },
        severity: Some(DiagnosticSeverity::Error),
        source: Some(SOURCE.to_owned()),
        message: Message::String(format!("{message}{help}")),
        ..Diagnostic::default()
    }
}

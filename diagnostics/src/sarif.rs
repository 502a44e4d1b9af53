//! The Static Analysis Results Interchange Format, version 2.1.0 (an OASIS standard).
//!
//! Only what Tidegate says is modelled. Places are lines and columns counted from 1, columns in
//! UTF-16 code units, ends exclusive; paths are relative to [`SOURCE_ROOT`].

mod log;
mod text;

use std::collections::BTreeMap;

pub use log::{
    ArtifactChange, ArtifactLocation, CodeFlow, Configuration, Content, Driver, FixObject,
    Location, Log, Markdown, Message, PhysicalLocation, Region, Replacement, ResultObject, Rule,
    Run, ThreadFlow, ThreadFlowLocation, Tool,
};

use crate::{Code, Diagnostic, Edit, Fix, Label, Severity, SourceId, SourceMap, Span};

/// What paths are relative to: the root of the repository.
pub const SOURCE_ROOT: &str = "%SRCROOT%";

/// What a log says about the program that wrote it.
#[derive(Debug, Clone, Copy)]
pub struct Producer<'a> {
    /// Its version, as of semantic versioning.
    pub version: &'a str,
    /// Where it is described.
    pub home: &'a str,
}

/// One log with one run. `base` is the folder of the sources as seen from the repository's root,
/// with a slash at its end unless it is empty.
pub fn sarif(
    diagnostics: &[Diagnostic],
    sources: &SourceMap,
    base: &str,
    producer: Producer<'_>,
) -> Log {
    let rules = rules(diagnostics);
    let places = Places { sources, base };
    let results = diagnostics.iter().map(|found| result(found, &rules, &places)).collect();
    let driver = Driver {
        name: "tidegate",
        semantic_version: producer.version.to_owned(),
        information_uri: producer.home.to_owned(),
        rules: rules.iter().map(|code| rule(*code)).collect(),
    };
    Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: vec![Run { tool: Tool { driver }, column_kind: "utf16CodeUnits", results }],
    }
}

/// The codes that a log names, in their order.
fn rules(diagnostics: &[Diagnostic]) -> Vec<Code> {
    let mut rules: Vec<Code> = diagnostics.iter().map(|found| found.code).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

fn rule(code: Code) -> Rule {
    Rule {
        id: code.id(),
        // These are shown as they are: only a result's message has placeholders.
        short_description: Message { text: code.title().to_owned() },
        help: Markdown { text: code.page().to_owned(), markdown: code.page().to_owned() },
        default_configuration: Configuration { level: level(code.severity()) },
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn result(found: &Diagnostic, rules: &[Code], places: &Places<'_>) -> ResultObject {
    let said = match &found.help {
        Some(help) => format!("{} ({help})", found.message),
        None => found.message.clone(),
    };
    let also = (1..).zip(&found.secondary);
    ResultObject {
        rule_id: found.code.id(),
        rule_index: rules.binary_search(&found.code).unwrap_or_default(),
        level: level(found.severity),
        message: text::plain(&said),
        locations: places.location(&found.primary, None).into_iter().collect(),
        related_locations: also
            .filter_map(|(number, label)| places.location(label, Some(number)))
            .collect(),
        code_flows: code_flow(found, places).into_iter().collect(),
        fixes: found.fix.iter().filter_map(|fix| places.fix(fix)).collect(),
    }
}

/// The conversation that refutes a proof.
fn code_flow(found: &Diagnostic, places: &Places<'_>) -> Option<CodeFlow> {
    let locations: Vec<ThreadFlowLocation> = found
        .path
        .iter()
        .filter_map(|step| places.location(step, None))
        .map(|location| ThreadFlowLocation { location })
        .collect();
    (!locations.is_empty()).then(|| CodeFlow { thread_flows: vec![ThreadFlow { locations }] })
}

/// Turns spans into what SARIF counts in.
struct Places<'a> {
    sources: &'a SourceMap,
    base: &'a str,
}

impl Places<'_> {
    fn artifact(&self, source: SourceId) -> Option<ArtifactLocation> {
        let name = &self.sources.get(source)?.name;
        let uri = text::uri_path(&format!("{}{name}", self.base));
        Some(ArtifactLocation { uri, uri_base_id: SOURCE_ROOT })
    }

    fn region(&self, span: Span) -> Option<Region> {
        let (start_line, start_column) = self.sources.line_column_utf16(span.source, span.start)?;
        let (end_line, end_column) = self.sources.line_column_utf16(span.source, span.end)?;
        Some(Region { start_line, start_column, end_line, end_column })
    }

    fn location(&self, label: &Label, id: Option<usize>) -> Option<Location> {
        let physical_location = PhysicalLocation {
            artifact_location: self.artifact(label.span.source)?,
            region: self.region(label.span)?,
        };
        let message = (!label.text.is_empty()).then(|| text::plain(&label.text));
        Some(Location { id, physical_location, message })
    }

    /// A fix of which no edit is lost; a part of one would mend nothing.
    fn fix(&self, fix: &Fix) -> Option<FixObject> {
        let mut by_source: BTreeMap<SourceId, Vec<Replacement>> = BTreeMap::new();
        for Edit { span, text } in &fix.edits {
            let replacement = Replacement {
                deleted_region: self.region(*span)?,
                inserted_content: Content { text: text.clone() },
            };
            by_source.entry(span.source).or_default().push(replacement);
        }
        let artifact_changes = by_source
            .into_iter()
            .map(|(source, replacements)| {
                let artifact_location = self.artifact(source)?;
                Some(ArtifactChange { artifact_location, replacements })
            })
            .collect::<Option<Vec<_>>>()?;
        (!artifact_changes.is_empty())
            .then(|| FixObject { description: text::plain(&fix.title), artifact_changes })
    }
}

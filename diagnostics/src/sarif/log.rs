//! The objects of a SARIF log, under the standard's names.

use serde::Serialize;

/// A whole log file.
#[derive(Debug, Serialize)]
pub struct Log {
    /// Where the format's JSON schema is.
    #[serde(rename = "$schema")]
    pub schema: &'static str,
    /// The format's version.
    pub version: &'static str,
    /// One for each invocation.
    pub runs: Vec<Run>,
}

/// One invocation of the tool.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// Who ran.
    pub tool: Tool,
    /// What columns count.
    pub column_kind: &'static str,
    /// What was found.
    pub results: Vec<ResultObject>,
}

/// Who ran.
#[derive(Debug, Serialize)]
pub struct Tool {
    /// The program itself.
    pub driver: Driver,
}

/// The program itself.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Driver {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub semantic_version: String,
    /// Where it is described.
    pub information_uri: String,
    /// The rules that results name.
    pub rules: Vec<Rule>,
}

/// One code (`reportingDescriptor`).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// The code.
    pub id: &'static str,
    /// Its title.
    pub short_description: Message,
    /// Its page.
    pub help: Markdown,
    /// What it weighs.
    pub default_configuration: Configuration,
}

/// What a rule weighs.
#[derive(Debug, Serialize)]
pub struct Configuration {
    /// `error`, `warning` or `note`.
    pub level: &'static str,
}

/// A text.
#[derive(Debug, Serialize)]
pub struct Message {
    /// The text.
    pub text: String,
}

/// A text that viewers may lay out (`multiformatMessageString`).
#[derive(Debug, Serialize)]
pub struct Markdown {
    /// For viewers that cannot.
    pub text: String,
    /// For those that can.
    pub markdown: String,
}

/// One thing found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResultObject {
    /// The code.
    pub rule_id: &'static str,
    /// Its position among the driver's rules.
    pub rule_index: usize,
    /// `error`, `warning` or `note`.
    pub level: &'static str,
    /// What is wrong, and what to write instead.
    pub message: Message,
    /// Where.
    pub locations: Vec<Location>,
    /// Other places that belong to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related_locations: Vec<Location>,
    /// The path of one conversation that gets there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub code_flows: Vec<CodeFlow>,
    /// What mends it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fixes: Vec<FixObject>,
}

/// A place, and what is said there.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// Tells the related locations of one result apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<usize>,
    /// The place.
    pub physical_location: PhysicalLocation,
    /// What is said there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
}

/// A place in a file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PhysicalLocation {
    /// The file.
    pub artifact_location: ArtifactLocation,
    /// The place in it.
    pub region: Region,
}

/// A file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactLocation {
    /// Its path, as a relative URI reference.
    pub uri: String,
    /// What the path is relative to.
    pub uri_base_id: &'static str,
}

/// A range of text; all counted from 1, the end exclusive.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Region {
    /// The first line.
    pub start_line: usize,
    /// The first column.
    pub start_column: usize,
    /// The last line.
    pub end_line: usize,
    /// The column after the last one.
    pub end_column: usize,
}

/// The way to a result.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeFlow {
    /// One: a conversation does one thing after another.
    pub thread_flows: Vec<ThreadFlow>,
}

/// Steps in order.
#[derive(Debug, Serialize)]
pub struct ThreadFlow {
    /// At least one.
    pub locations: Vec<ThreadFlowLocation>,
}

/// One step.
#[derive(Debug, Serialize)]
pub struct ThreadFlowLocation {
    /// Where, and what happens there.
    pub location: Location,
}

/// A change that mends a result (`fix`).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FixObject {
    /// In the imperative.
    pub description: Message,
    /// One for each file.
    pub artifact_changes: Vec<ArtifactChange>,
}

/// A change of one file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactChange {
    /// The file.
    pub artifact_location: ArtifactLocation,
    /// In the order of the text.
    pub replacements: Vec<Replacement>,
}

/// One replacement.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Replacement {
    /// What goes; an empty one inserts.
    pub deleted_region: Region,
    /// What comes.
    pub inserted_content: Content,
}

/// A text that is put into a file, as it stands (`artifactContent`).
#[derive(Debug, Serialize)]
pub struct Content {
    /// The text.
    pub text: String,
}

//! `tidegate sync add`: a field of Salesforce becomes an attribute.

use std::path::PathBuf;
use std::sync::Arc;

use similar::TextDiff;
use tidegate_compiler::analysis::{Analysis, Analyzer, Inputs};
use tidegate_compiler::edit::{self, FieldName, Refusal};
use tidegate_diagnostics::{Diagnostic, Edit, Severity, SourceText};
use tidegate_project::whole_file;

use crate::failure::Failure;
use crate::opened::Opened;
use crate::report;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    change: Change,
}

#[derive(Debug, clap::Subcommand)]
enum Change {
    /// Write a `sync` line for a field into the map of its object
    Add(Add),
}

#[derive(Debug, clap::Args)]
struct Add {
    /// The field, such as `Case.Priority` or `Contact.Account.Industry`
    field: String,
    /// The word `as`, where the attribute is to have another name than the field
    #[arg(value_enum, value_name = "as", requires = "name", hide_possible_values = true)]
    renamed: Option<As>,
    /// That name
    name: Option<String>,
    /// The project's folder
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    project: PathBuf,
}

/// The word between a field and its other name, as in Tide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum As {
    As,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Change::Add(add) = &arguments.change;
    let field: FieldName = add.field.parse().map_err(|refusal| refused(&refusal))?;
    let opened = Opened::find(&add.project)?;
    let inputs = opened.inputs()?;
    let mut analyzer = Analyzer::new();
    let before = analyzer.check(&inputs);
    let edit = edit::add_sync(&before, &field, add.name.as_deref())
        .map_err(|refusal| refused(&refusal))?;
    let sources = edit::apply(&before.sources, &edit);
    let changed =
        Inputs { sources, catalog: Arc::clone(&inputs.catalog), settings: inputs.settings };
    let after = analyzer.check(&changed);
    keeps_sound(&before, &after)?;
    write(&opened, &before, &after, &edit)
}

fn refused(refusal: &Refusal) -> Failure {
    Failure::input(refusal.to_string(), refusal.help())
}

/// Refuses a line that would be an error, or make one elsewhere.
fn keeps_sound(before: &Analysis, after: &Analysis) -> Result<(), Failure> {
    let same = |one: &Diagnostic, other: &Diagnostic| {
        (one.code, &one.message) == (other.code, &other.message)
    };
    let new: Vec<Diagnostic> = after
        .diagnostics
        .iter()
        .filter(|found| found.severity == Severity::Error)
        .filter(|found| !before.diagnostics.iter().any(|earlier| same(earlier, found)))
        .cloned()
        .collect();
    if new.is_empty() {
        return Ok(());
    }
    report::show_found(&new, &after.sources);
    anstream::eprintln!("with that line there would be the errors above; no file was changed");
    Err(Failure::Problems)
}

fn write(opened: &Opened, before: &Analysis, after: &Analysis, edit: &Edit) -> Result<(), Failure> {
    let source = edit.span.source;
    let (Some(old), Some(new)) = (before.sources.get(source), after.sources.get(source)) else {
        return Err(Failure::usage("the file of the map is gone", ""));
    };
    let path = opened.root.join(&new.name);
    whole_file::write(&path, new.text.as_bytes()).map_err(|error| {
        Failure::world(
            format!("`{}` cannot be written: {error}; no file was changed", path.display()),
            "",
        )
    })?;
    anstream::print!("{}", difference(old, new));
    Ok(())
}

fn difference(old: &SourceText, new: &SourceText) -> String {
    let lines = TextDiff::from_lines(old.text.as_str(), new.text.as_str());
    lines.unified_diff().header(&old.name, &new.name).to_string()
}

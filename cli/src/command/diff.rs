//! `tidegate diff`: what became different in what a project does.

mod side;
mod words;

use std::path::PathBuf;

use clap::ValueEnum;
use tidegate_plan::diff::diff;

use crate::failure::Failure;
use crate::report;

use side::Side;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
OLD and NEW are each a git revision of the project, the folder of a project or the file of a plan; a \
folder or file of that name comes before a revision. Exit code 0 says that both could be compared, \
whatever changed, or, with --exit-code, that no behaviour changed.")]
pub(crate) struct Arguments {
    /// What it was: a git revision, a folder or a plan's file
    old: String,
    /// What it is; the project as it lies there where it is left out
    new: Option<String>,
    /// The project whose revisions are meant
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    project: PathBuf,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// End with exit code 1 where behaviour changed
    #[arg(long)]
    exit_code: bool,
}

/// How changes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text for a terminal
    Text,
    /// Markdown, for a comment on a pull request
    Markdown,
    /// One JSON object
    Json,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let old = Side::open(&arguments.old, &arguments.project)?;
    let new = match &arguments.new {
        Some(named) => Side::open(named, &arguments.project)?,
        None => Side::of_folder(&arguments.project, "the working tree".to_owned())?,
    };
    let mut found = diff(&old.plan, &new.plan);
    for change in &mut found.changes {
        // What is gone has no place any more, and a line of a push has one of its own.
        if change.was.is_none() && !change.what.starts_with("field ") {
            change.place = new.place(&change.subject).or_else(|| change.place.take());
        }
    }
    let told = words::Told { old: &old.name, new: &new.name, diff: &found };
    match arguments.format {
        Format::Text => report::print(&told.text())?,
        Format::Markdown => report::print(&told.markdown())?,
        Format::Json => report::json(&told.document()),
    }
    if arguments.exit_code && !found.changes.is_empty() {
        return Err(Failure::Problems);
    }
    Ok(())
}

//! `tidegate graph`: a workflow as a picture.

mod fragment;
mod layout;
mod measure;
mod svg;

use std::path::PathBuf;

use tidegate_compiler::tell;
use tidegate_project::whole_file;

use crate::failure::Failure;
use crate::opened::Opened;
use crate::report;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The workflow
    workflow: String,
    /// The project's folder
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    project: PathBuf,
    /// Where the picture goes, as SVG; standard output where it is left out
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let built = Opened::find(&arguments.project)?.built()?;
    let story = tell::story(&built.checked, &arguments.workflow)
        .ok_or_else(|| super::no_workflow(&built.checked, &arguments.workflow))?;
    let picture = svg::picture(&story, &layout::layout(&story));
    let Some(path) = &arguments.output else { return report::print(&picture) };
    whole_file::write(path, picture.as_bytes()).map_err(|error| {
        Failure::world(
            format!("`{}` cannot be written: {error}; no file was changed", path.display()),
            "",
        )
    })?;
    report::print(&format!("{}\n", path.display()))
}

#[cfg(test)]
mod tests;

//! `tidegate tell`: a workflow, or the whole project, in plain English.

use std::path::PathBuf;

use tidegate_compiler::tell;

use crate::failure::Failure;
use crate::opened::Opened;
use crate::page::{self, Format};
use crate::report;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The workflow; without one, the whole project is told
    workflow: Option<String>,
    /// The project's folder
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    project: PathBuf,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let opened = Opened::find(&arguments.project)?;
    let built = opened.built()?;
    let page = match &arguments.workflow {
        None => tell::project(&built.checked, &built.plan),
        Some(name) => tell::workflow(&built.checked, &built.plan, name)
            .ok_or_else(|| super::no_workflow(&built.checked, name))?,
    };
    report::print(&page::rendered(&page, arguments.format))
}

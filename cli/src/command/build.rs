//! `tidegate build`: the plan of a project that passes its check.

use std::path::PathBuf;

use tidegate_project::whole_file;

use crate::failure::Failure;
use crate::opened::Opened;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The project's folder
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Where the plan goes; NAME.plan in the project's folder where it is left out
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let opened = Opened::find(&arguments.folder)?;
    let bytes = opened.built()?.plan.encode();
    let name = opened.manifest.project.name.as_str();
    let output =
        arguments.output.clone().unwrap_or_else(|| opened.root.join(format!("{name}.plan")));
    whole_file::write(&output, &bytes).map_err(|error| {
        Failure::world(
            format!("`{}` cannot be written: {error}; no file was changed", output.display()),
            "",
        )
    })?;
    anstream::println!("{}", output.display());
    Ok(())
}

//! `tidegate build`: the plan of a project that passes its check.

use std::path::PathBuf;

use tidegate_compiler::analysis::{Analyzer, Inputs};
use tidegate_plan::verify::VerifiedPlan;
use tidegate_project::whole_file;

use crate::failure::Failure;
use crate::opened::Opened;
use crate::report;

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
    let bytes = plan(&opened.inputs()?)?;
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

/// Checks, and gives the plan's bytes. Our own output is verified like anybody's.
pub(crate) fn plan(inputs: &Inputs) -> Result<Vec<u8>, Failure> {
    let analysis = Analyzer::new().check(inputs);
    let checked = analysis.checked().map_err(|analysis| {
        report::show_to_people(&analysis);
        Failure::Problems
    })?;
    let plan = checked.emit();
    let bytes = plan.encode();
    VerifiedPlan::new(plan).map_err(|error| {
        Failure::usage(
            format!("the compiler wrote a plan that does not verify: {error}"),
            "this is a fault of Tidegate's; please report it with the sources",
        )
    })?;
    Ok(bytes)
}

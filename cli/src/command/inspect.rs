//! `tidegate inspect`: a plan in readable form.

use std::path::{Path, PathBuf};

use tidegate_plan::codec::PlanFile;
use tidegate_plan::verify::VerifiedPlan;

use crate::failure::Failure;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The plan's file
    plan: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let plan = verified(&read(&arguments.plan)?, &arguments.plan)?;
    anstream::print!("{}", tidegate_plan::listing::listing(&plan));
    Ok(())
}

/// The bytes of a plan's file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| {
        Failure::usage(
            format!("the plan `{}` cannot be read: {error}", path.display()),
            "`tidegate build` writes a project's plan",
        )
    })
}

/// Decodes and verifies; nothing of a plan is used before that.
pub(crate) fn verified(bytes: &[u8], path: &Path) -> Result<VerifiedPlan, Failure> {
    let refused = |reason: String| {
        Failure::input(
            format!("`{}` is refused: {reason}", path.display()),
            "build it again with `tidegate build`",
        )
    };
    let plan = PlanFile::read(bytes).map_err(|error| refused(error.to_string()))?;
    plan.verify().map_err(|error| refused(error.to_string()))
}

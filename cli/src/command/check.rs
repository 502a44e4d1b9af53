//! `tidegate check`: everything that is wrong with a project's sources.

mod watch;
mod witness;

use std::path::PathBuf;

use tidegate_compiler::analysis::{Analysis, Analyzer};

use crate::drift;
use crate::failure::Failure;
use crate::opened::Opened;
use crate::report::{self, Format};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The project's folder
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// How diagnostics are written
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Let warnings fail the check too
    #[arg(long)]
    strict: bool,
    /// Say of each proof how much is proved, refuted and neither
    #[arg(long, conflicts_with_all = ["org", "watch"])]
    proofs: bool,
    /// Save conversations that refute a proof as tests in this file of the project
    #[arg(
        long,
        value_name = "FILE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "witnesses.tide",
        value_parser = tide_file,
        conflicts_with_all = ["org", "watch"]
    )]
    save_witness: Option<PathBuf>,
    /// Log in to this org of tidegate.toml, and say what breaks or becomes different there
    #[arg(long, value_name = "NAME", conflicts_with = "strict")]
    org: Option<String>,
    /// Check again at each change, until interrupted
    #[arg(long, conflicts_with_all = ["org", "strict"])]
    watch: bool,
}

fn tide_file(text: &str) -> Result<PathBuf, String> {
    let is_tide = |path: &PathBuf| path.extension().is_some_and(|its| its == "tide");
    Some(PathBuf::from(text))
        .filter(is_tide)
        .ok_or_else(|| "write a name that ends in `.tide`".to_owned())
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    if arguments.watch {
        return watch::run(&arguments.folder, arguments.format);
    }
    let opened = Opened::find(&arguments.folder)?;
    if let Some(name) = &arguments.org {
        return drift::against(&opened, name, arguments.format);
    }
    let analysis = Analyzer::new().check(&opened.inputs()?);
    report::show(&analysis, arguments.format, &opened.root);
    if arguments.proofs {
        report::show_proofs(&analysis.tallies);
    }
    if let Some(file) = &arguments.save_witness {
        witness::save(&analysis, &opened.root, file)?;
    }
    if stops(&analysis, arguments.strict) { Err(Failure::Problems) } else { Ok(()) }
}

fn stops(analysis: &Analysis, strict: bool) -> bool {
    let warned = |analysis: &Analysis| {
        analysis.diagnostics.iter().any(|d| d.severity == tidegate_diagnostics::Severity::Warning)
    };
    analysis.has_errors() || (strict && warned(analysis))
}

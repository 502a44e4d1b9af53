//! `tidegate test`: the project's tests, played with no network.

mod coverage;
mod proposals;
mod results;

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use tidegate_compiler::analysis::{Analyzer, Checked};
use tidegate_engine::rehearse::Reached;
use tidegate_plan::rehearsal::Rehearsal;

use coverage::Coverage;

use crate::failure::Failure;
use crate::opened::Opened;
use crate::rehearsals::Stage;
use crate::report;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The project's folder
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Play only tests whose name has this in it
    filter: Option<String>,
    /// How results are written
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Write what the tests come to: steps, outcomes, arms and pushes
    #[arg(long, value_enum, value_name = "FORM")]
    coverage: Option<coverage::Form>,
    /// Where the coverage goes; standard output where it is left out
    #[arg(long, short, value_name = "FILE", requires = "coverage")]
    output: Option<PathBuf>,
    /// Fail where the tests come to less than so many percent
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    min: Option<f64>,
    /// Write tests, as Tide, for what the tests do not come to
    #[arg(long, conflicts_with_all = ["coverage", "min", "format"])]
    generate: bool,
}

fn percent(text: &str) -> Result<f64, String> {
    let number = text.trim_end_matches('%').trim().parse::<f64>();
    let share = number.ok().filter(|share| (0.0..=100.0).contains(share));
    share.ok_or_else(|| "write a number from 0 to 100".to_owned())
}

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A line for each test, and the conversation of each that fails
    Human,
    /// One line for each failure
    Short,
    /// One JSON object
    Json,
    /// JUnit's XML, which most CI servers read
    Junit,
    /// Workflow commands of GitHub Actions, which become annotations
    Github,
}

impl Format {
    /// How diagnostics of the check are written.
    fn of_diagnostics(self) -> report::Format {
        match self {
            Self::Human | Self::Junit => report::Format::Human,
            Self::Short => report::Format::Short,
            Self::Json => report::Format::Json,
            Self::Github => report::Format::Github,
        }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    arguments.one_document()?;
    let (folder, filter) = arguments.places();
    let opened = Opened::find(folder)?;
    let checked = checked(&opened, arguments)?;
    let stage = Stage::new(&checked).map_err(|error| {
        Failure::usage(
            format!("the compiler wrote a plan that does not verify: {error}"),
            "this is a fault of Tidegate's; please report it with the sources",
        )
    })?;
    let chosen = |test: &Rehearsal| filter.is_none_or(|filter| has(&test.name, filter));
    let mut reached = Reached::nothing(&stage.plan);
    let played = stage.play(chosen, &mut reached);
    if let Some(filter) = filter.filter(|_| played.is_empty() && !stage.rehearsals.tests.is_empty())
    {
        let message = format!("no test has `{}` in its name", filter.escape_debug());
        return Err(Failure::input(message, "`tidegate test` without it plays all of them"));
    }
    let sources = &checked.analysis().sources;
    if arguments.generate {
        return proposals::write(&stage, &played, &mut reached, sources);
    }
    if arguments.asks_for_a_document() {
        results::tell(&played, sources, arguments.format);
    } else {
        results::show(&played, sources, arguments.format, &opened.root);
    }
    let covered = Coverage::of(&stage.rehearsals.points, &reached, sources);
    if let Some(form) = arguments.coverage {
        covered.write(form, arguments.output.as_deref())?;
    }
    if played.iter().any(|test| test.failure.is_some()) {
        return Err(Failure::Problems);
    }
    let told = arguments.coverage == Some(coverage::Form::Text) && arguments.output.is_none();
    arguments.min.map_or(Ok(()), |percent| covered.at_least(percent, told))
}

impl Arguments {
    /// Whether standard output is for something else than the results: for tests or for coverage that
    /// programs read. Then the results go to standard error.
    fn asks_for_a_document(&self) -> bool {
        let coverage = matches!(self.coverage, Some(coverage::Form::Json | coverage::Form::Lcov));
        self.generate || (coverage && self.output.is_none())
    }

    /// What other programs read is one document on standard output.
    fn one_document(&self) -> Result<(), Failure> {
        let both = self.coverage.is_some() && self.output.is_none();
        let results = match self.format {
            Format::Json | Format::Junit => true,
            Format::Github => self.asks_for_a_document(),
            Format::Human | Format::Short => false,
        };
        if both && results {
            let message = "results and coverage can't both go to standard output in this form";
            return Err(Failure::usage(message, "write the coverage to a file: `-o FILE`"));
        }
        Ok(())
    }

    /// One word that names no folder is a filter.
    fn places(&self) -> (&Path, Option<&str>) {
        match (&self.filter, self.folder.to_str()) {
            (None, Some(word)) if !self.folder.exists() && !word.contains(['/', '\\']) => {
                (Path::new("."), Some(word))
            }
            (filter, _) => (&self.folder, filter.as_deref()),
        }
    }
}

fn checked(opened: &Opened, arguments: &Arguments) -> Result<Checked, Failure> {
    let analysis = Analyzer::new().check(&opened.inputs()?);
    analysis.checked().map_err(|analysis| {
        let format = arguments.format.of_diagnostics();
        if arguments.asks_for_a_document() {
            report::tell(&analysis, format);
        } else {
            report::show(&analysis, format, &opened.root);
        }
        Failure::Problems
    })
}

/// Whether a name has a text in it, whatever its case.
fn has(name: &str, text: &str) -> bool {
    name.to_lowercase().contains(&text.to_lowercase())
}

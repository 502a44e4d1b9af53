//! Opening the project that a verb works on.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tidegate_compiler::analysis::{Analyzer, Checked, Inputs, Settings};
use tidegate_diagnostics::SourceMap;
use tidegate_plan::model::Plan;
use tidegate_plan::verify::VerifiedPlan;
use tidegate_project::manifest::Manifest;
use tidegate_project::sources::SourcesError;
use tidegate_project::{root, schema_folder, sources};
use tidegate_schemas::catalog::Catalog;

use crate::failure::Failure;
use crate::report;

/// A project's root and manifest.
#[derive(Debug, Clone)]
pub(crate) struct Opened {
    /// The folder that holds the manifest.
    pub(crate) root: PathBuf,
    /// What it says.
    pub(crate) manifest: Manifest,
}

/// A program that passed its check, and its plan.
#[derive(Debug)]
pub(crate) struct Built {
    /// The program.
    pub(crate) checked: Checked,
    /// Its plan, verified like anybody's.
    pub(crate) plan: VerifiedPlan,
}

impl Built {
    /// Checks and compiles; what is wrong is shown.
    pub(crate) fn of(inputs: &Inputs) -> Result<Self, Failure> {
        let checked = Analyzer::new().check(inputs).checked().map_err(|analysis| {
            report::show_to_people(&analysis);
            Failure::Problems
        })?;
        let plan = verified(checked.emit())?;
        Ok(Self { checked, plan })
    }
}

/// The compiler's own plan, verified like anybody's.
pub(crate) fn verified(plan: Plan) -> Result<VerifiedPlan, Failure> {
    VerifiedPlan::new(plan).map_err(|error| {
        Failure::usage(
            format!("the compiler wrote a plan that does not verify: {error}"),
            "this is a fault of Tidegate's; please report it with the sources",
        )
    })
}

/// Whether a source holds blank lines and comments only.
fn says_nothing(text: &str) -> bool {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with("//"))
}

impl Opened {
    /// The root of the project at or above a folder.
    pub(crate) fn root(folder: &Path) -> Result<PathBuf, Failure> {
        let shown = folder.display();
        let start = folder.canonicalize().map_err(|error| {
            Failure::usage(format!("the folder `{shown}` cannot be opened: {error}"), "")
        })?;
        root::find(&start).ok_or_else(|| {
            Failure::usage(
                format!("there is no `{}` in `{shown}` or above it", root::MANIFEST),
                "name the folder of a project; commands that take something else take it as `--project FOLDER`",
            )
        })
    }

    /// Finds the project at or above a folder, and reads its manifest.
    pub(crate) fn find(folder: &Path) -> Result<Self, Failure> {
        let root = Self::root(folder)?;
        let path = root.join(root::MANIFEST);
        let text = std::fs::read_to_string(&path).map_err(|error| {
            Failure::world(format!("`{}` cannot be read: {error}", path.display()), "")
        })?;
        let manifest = Manifest::parse(&text)
            .map_err(|error| Failure::input(error.to_string(), error.help()))?;
        Ok(Self { root, manifest })
    }

    /// The `.tide` files, and the articles behind them.
    pub(crate) fn sources(&self) -> Result<SourceMap, Failure> {
        let unreadable = |error: SourcesError| Failure::input(error.to_string(), "");
        let sources = sources::read(&self.root).map_err(unreadable)?;
        if sources.iter().next().is_none() {
            return Err(Failure::input(
                format!("there is no `.tide` file in `{}`", self.root.display()),
                "a project has at least one, with a `map`, a `push` and a `workflow`",
            ));
        }
        if sources.iter().all(|(_, source)| says_nothing(&source.text)) {
            return Err(Failure::input(
                format!("the `.tide` files in `{}` are empty", self.root.display()),
                "write a `map`, a `push` and a `workflow`, or begin anew with `tidegate init`",
            ));
        }
        let articles = sources::articles(&self.root).map_err(unreadable)?;
        let written = sources.iter().map(|(_, source)| source.clone());
        Ok(SourceMap::new(written.chain(articles).collect()))
    }

    /// The metadata of the last pull.
    pub(crate) fn catalog(&self) -> Result<Catalog, Failure> {
        schema_folder::read(&self.root)
            .map_err(|error| Failure::input(error.to_string(), error.help()))
    }

    /// What the manifest tells the compiler.
    pub(crate) fn settings(&self) -> Settings {
        self.manifest.settings()
    }

    /// All that a check reads.
    pub(crate) fn inputs(&self) -> Result<Inputs, Failure> {
        Ok(Inputs {
            sources: self.sources()?,
            catalog: Arc::new(self.catalog()?),
            settings: self.settings(),
        })
    }

    /// The project's program and plan.
    pub(crate) fn built(&self) -> Result<Built, Failure> {
        Built::of(&self.inputs()?)
    }
}

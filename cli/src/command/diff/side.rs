//! One of the two that are compared.

use std::collections::BTreeMap;
use std::path::Path;

use tidegate_compiler::analysis::{Analyzer, Checked};
use tidegate_compiler::source::Loc;
use tidegate_diagnostics::printable;
use tidegate_plan::diff::Subject;
use tidegate_plan::verify::VerifiedPlan;
use tidegate_project::revision::{Revision, RevisionError};

use crate::command::inspect;
use crate::failure::Failure;
use crate::opened::{Opened, verified};
use crate::report;

/// A plan, and where the parts of its program stand.
pub(super) struct Side {
    /// What people call it.
    pub(super) name: String,
    /// Its plan.
    pub(super) plan: VerifiedPlan,
    /// Data and pushes by their heads, which a plan alone does not tell.
    places: BTreeMap<Subject, String>,
}

impl Side {
    /// What was named: a file, a folder, or else a revision of the project.
    pub(super) fn open(named: &str, project: &Path) -> Result<Self, Failure> {
        let path = Path::new(named);
        let name = format!("`{}`", printable(named));
        if path.is_dir() {
            return Self::of_folder(path, name);
        }
        if path.is_file() {
            let plan = inspect::verified(&inspect::read(path)?, path)?;
            return Ok(Self { name, plan, places: BTreeMap::new() });
        }
        // What the manifest says now does not matter for what it said.
        let root = Opened::root(project)?;
        let revision = Revision::read(&root, named).map_err(|error| refused(&error))?;
        Self::of_folder(revision.root(), name)
    }

    /// The project of a folder.
    pub(super) fn of_folder(folder: &Path, name: String) -> Result<Self, Failure> {
        let opened = Opened::find(folder)?;
        let analysis = Analyzer::new().check(&opened.inputs().map_err(|its| in_side(its, &name))?);
        let checked = analysis.checked().map_err(|analysis| {
            report::tell_found(&analysis.diagnostics, &analysis.sources);
            let count = report::counted(&analysis);
            Failure::input(
                format!("{name} does not pass its check ({count}), so that it has no behaviour"),
                "compare two that do; `tidegate check` shows what is wrong in a project",
            )
        })?;
        let places = places(&checked);
        Ok(Self { name, plan: verified(checked.emit())?, places })
    }

    /// Where data is declared, or a push begins.
    pub(super) fn place(&self, subject: &Subject) -> Option<String> {
        self.places.get(subject).cloned()
    }
}

fn places(checked: &Checked) -> BTreeMap<Subject, String> {
    let analysis = checked.analysis();
    let place = |at: Loc| {
        let span = analysis.items.span(at);
        let name = &analysis.sources.get(span.source)?.name;
        let (line, _) = analysis.sources.line_column(span.source, span.start)?;
        Some(format!("{name}:{line}"))
    };
    let attributes = analysis.program.attributes.iter();
    let attributes =
        attributes.filter_map(|its| Some((Subject::Attribute(its.path()), place(its.declared?)?)));
    let pushes = analysis.program.pushes.iter().filter_map(|push| {
        let head = Loc { item: push.item, range: push.head };
        Some((Subject::Push(push.name.clone()), place(head)?))
    });
    attributes.chain(pushes).collect()
}

fn in_side(failure: Failure, name: &str) -> Failure {
    match failure {
        Failure::Input { message, help } => Failure::input(format!("{name}: {message}"), help),
        other => other,
    }
}

fn refused(error: &RevisionError) -> Failure {
    match error {
        RevisionError::NoGit(_) => {
            Failure::world(error.to_string(), "revisions are read by git: install it")
        }
        RevisionError::NoRepository(_) => Failure::usage(
            error.to_string(),
            "name folders or plan files instead, or a project in a repository with `--project`",
        ),
        RevisionError::Unknown(_) => Failure::usage(
            error.to_string(),
            "name a branch, a tag, a commit, a folder or a plan's file; a clone may be too shallow: \
             `git fetch` the revision first",
        ),
        RevisionError::NoProject { .. } => {
            Failure::usage(error.to_string(), "the project may have stood in another folder then")
        }
        RevisionError::Git { .. } | RevisionError::Disk { .. } => {
            Failure::world(error.to_string(), "")
        }
    }
}

//! `tidegate emit`: what the plan needs elsewhere.

mod deployed;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tidegate_compiler::analysis::{Analysis, Analyzer};
use tidegate_diagnostics::{Severity, codes};
use tidegate_package::{
    ChannelSetup, Chat, File, Package, Problem, Verification, of_new_org, of_plan,
};
use tidegate_plan::model::Plan;
use tidegate_project::manifest::{ChannelSection, Manifest};
use tidegate_project::whole_file;
use tidegate_schemas::catalog::Catalog;

use crate::failure::Failure;
use crate::opened::{Opened, verified};
use crate::report::{self, plural};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Write metadata in source format for the org's admin: the key's field, permissions, live chat
    Salesforce(Salesforce),
}

#[derive(Debug, clap::Args)]
struct Salesforce {
    /// The project's folder
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// The folder for it; `salesforce` in the project's folder where it is left out
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Write nothing, and fail where the folder has something else than would be written
    #[arg(long)]
    check: bool,
    /// With `--check`: log in to this org of tidegate.toml, and say what of it is deployed there
    #[arg(long, value_name = "NAME", requires = "check", conflicts_with = "output")]
    org: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let What::Salesforce(arguments) = &arguments.what;
    let opened = Opened::find(&arguments.folder)?;
    let output = arguments.output.clone().unwrap_or_else(|| opened.root.join("salesforce"));
    let (package, note) = package_of(Analyzer::new().check(&opened.inputs()?), &opened)?;
    if let Some(org) = &arguments.org {
        return deployed::compare(&opened, org, &package);
    }
    let Package { files, chats, .. } = package;
    if arguments.check {
        return compare(&files, &output);
    }
    for file in &files {
        whole_file::write(&output.join(&file.path), file.text.as_bytes()).map_err(|error| {
            let message = format!("`{}` cannot be written: {error}", output.display());
            Failure::world(message, "files before it in the package were written")
        })?;
    }
    anstream::eprintln!("{} in {}; its README.md says what to do", count(&files), output.display());
    note.into_iter().for_each(|note| anstream::eprintln!("{note}"));
    tell_of_queues(&chats);
    Ok(())
}

fn count(files: &[File]) -> String {
    plural(files.len(), "file")
}

/// What is to be deployed, and what there is to say of it.
fn package_of(
    analysis: Analysis,
    opened: &Opened,
) -> Result<(Package, Option<&'static str>), Failure> {
    let mut errors = analysis.diagnostics.iter().filter(|its| its.severity == Severity::Error);
    if analysis.has_errors() && errors.all(|its| its.code == codes::NO_KEY_FIELD) {
        let note = "the org has no field for the key yet: deploy it, pull, and write this anew for \
                    the permission set";
        return Ok((of_new_org(&analysis.catalog.origin.api_version), Some(note)));
    }
    let catalog = std::sync::Arc::clone(&analysis.catalog);
    let checked = analysis.checked().map_err(|analysis| {
        report::show(&analysis, report::Format::Human, &opened.root);
        Failure::Problems
    })?;
    let plan = verified(checked.emit())?;
    Ok((package(&plan, &catalog, &opened.manifest)?, None))
}

/// Says which queues of the org can't get chats yet.
pub(crate) fn tell_of_queues(chats: &[Chat]) {
    for chat in chats.iter().filter(|chat| !chat.queue.takes_chats) {
        anstream::eprintln!(
            "warning: the org's queue `{}` takes no chats yet: add the object Messaging Session to it in Setup",
            chat.queue.name
        );
    }
}

/// What a plan needs in its org, with the channels of the manifest.
pub(crate) fn package(
    plan: &Plan,
    catalog: &Catalog,
    manifest: &Manifest,
) -> Result<Package, Failure> {
    let setup = |section: &ChannelSection| ChannelSetup {
        deployment: section.deployment.as_ref().map(|its| its.as_str().to_owned()),
        queue: section.queue.as_ref().map(|its| its.as_str().to_owned()),
        parameters: section.lengths(),
        verification: section.user_verification.as_ref().map(|its| Verification {
            issuer: its.issuer.as_str().to_owned(),
            key_id: its.key_id.as_str().to_owned(),
            variable: its.key_env.as_str().to_owned(),
        }),
    };
    let channels = manifest.channel.iter().map(|(name, section)| (name.clone(), setup(section)));
    let channels: BTreeMap<String, ChannelSetup> = channels.collect();
    of_plan(plan, catalog, &channels).map_err(|problems| {
        let mut problems = problems.into_iter();
        let Some(last) = problems.next_back() else { return Failure::Problems };
        for Problem { message, help } in problems {
            anstream::eprintln!("error: {message}\nhelp: {help}");
        }
        Failure::input(last.message, last.help)
    })
}

/// Whether a folder has what would be written.
fn compare(files: &[File], output: &Path) -> Result<(), Failure> {
    let differs = |file: &&File| {
        std::fs::read_to_string(output.join(&file.path)).ok().as_ref() != Some(&file.text)
    };
    let other: Vec<&str> = files.iter().filter(differs).map(|file| file.path.as_str()).collect();
    if other.is_empty() {
        anstream::eprintln!(
            "{} in {} are as they would be written",
            count(files),
            output.display()
        );
        return Ok(());
    }
    other.iter().for_each(|path| anstream::println!("{path}"));
    let message = format!("{} would be written otherwise", plural(other.len(), "file"));
    Err(Failure::input(message, "write them anew with `tidegate emit salesforce`, and deploy them"))
}

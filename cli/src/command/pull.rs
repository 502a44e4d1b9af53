//! `tidegate pull`: the org's metadata into `schema/`.

mod progress;

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use tidegate_diagnostics::printable;
use tidegate_project::manifest::Manifest;
use tidegate_project::schema_folder::{self, Written};
use tidegate_salesforce::client::Client;
use tidegate_salesforce::pull::{self, PullError};
use tidegate_salesforce::{ApiName, Error};
use tidegate_schemas::catalog::Catalog;

use crate::failure::Failure;
use crate::opened::Opened;
use crate::report::Format;
use crate::{drift, org_login};

use progress::Shown;

const KEPT: &str = "schema/ is as it was";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The project's folder
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Write nothing: say what a pull would break or make different
    #[arg(long)]
    check: bool,
    /// How that is written
    #[arg(long, value_enum, default_value_t = Format::Human, requires = "check")]
    format: Format,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let opened = Opened::find(&arguments.folder)?;
    let name = &opened.manifest.project.org;
    if arguments.check {
        return drift::against(&opened, name, arguments.format);
    }
    let client = org_login::named(&opened.manifest, name)?;
    let runtime = crate::command::asynchronous()?;
    let catalog = runtime.block_on(fetch(&client, &opened.manifest))?;
    // Without a schema from before there is nothing to compare with.
    let before = opened.catalog().ok();
    let folder = opened.root.join(schema_folder::FOLDER);
    match write(&opened.root, &catalog)? {
        Written::Changed if before.is_some() => {
            anstream::println!("{} was changed to what the org has now", folder.display());
        }
        Written::Changed => anstream::println!("{} was written", folder.display()),
        Written::Unchanged => anstream::println!("{} is unchanged", folder.display()),
    }
    unknown_users(&opened.manifest, &catalog);
    if let Some(before) = before {
        drift::after_a_pull(&opened, before, catalog);
    }
    Ok(())
}

/// Reads the catalog, telling on standard error how far it has come.
pub(crate) async fn fetch(client: &Client, manifest: &Manifest) -> Result<Catalog, Failure> {
    let besides = besides(manifest)?;
    let shown = Shown::new(std::io::stderr().is_terminal());
    let pulled = pull::pull(client, &besides, |progress| shown.tell(&progress)).await;
    shown.end();
    pulled.map(|catalog| bound(catalog, manifest)).map_err(|error| failed(&error, manifest, KEPT))
}

/// Reads what there is of the catalog, to be compared.
pub(crate) async fn survey(client: &Client, manifest: &Manifest) -> Result<Catalog, Failure> {
    let besides = besides(manifest)?;
    let shown = Shown::new(std::io::stderr().is_terminal());
    let pulled = pull::survey(client, &besides, |progress| shown.tell(&progress)).await;
    shown.end();
    let nothing = "nothing was compared, and schema/ is as it was";
    pulled
        .map(|catalog| bound(catalog, manifest))
        .map_err(|error| failed(&error, manifest, nothing))
}

fn besides(manifest: &Manifest) -> Result<Vec<ApiName>, Failure> {
    let named = manifest.project.objects.iter().map(|object| ApiName::new(object));
    named
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Failure::input(format!("tidegate.toml: project.objects: {error}"), ""))
}

/// Of the org's users only those stay that the manifest binds: the others' names are nobody's
/// business in a repository.
fn bound(mut catalog: Catalog, manifest: &Manifest) -> Catalog {
    catalog.users.retain(|username, _| manifest.user.values().any(|bound| bound == username));
    catalog
}

fn unknown_users(manifest: &Manifest, catalog: &Catalog) {
    for (name, username) in &manifest.user {
        if !catalog.users.contains_key(username) {
            anstream::eprintln!(
                "warning: `user.{name}` in tidegate.toml is `{}`, and the org has no such user that \
                 the login may see",
                printable(username)
            );
        }
    }
}

/// Writes `schema/`: afterwards it is the old one or the new one, never a mix.
pub(crate) fn write(root: &Path, catalog: &Catalog) -> Result<Written, Failure> {
    schema_folder::write(root, catalog)
        .map_err(|error| Failure::world(error.to_string(), error.help()))
}

fn failed(error: &PullError, manifest: &Manifest, kept: &str) -> Failure {
    let help = match error {
        PullError::NoSuchObject { object, .. } if !manifest.project.objects.contains(object) => {
            "every org has this object: either the user who logs in may not read it, or the org does \
             not know the `api_version` in tidegate.toml; left out, it is the org's newest"
        }
        PullError::NoSuchObject { .. } => {
            "the object may be hidden from that user: give the user read access, or take it out of \
             `project.objects`"
        }
        PullError::Call(Error::Login(_)) => "mend the login in the org or in tidegate.toml",
        PullError::Call(Error::NotSent { .. }) => {
            "is the org's address in tidegate.toml right, and is the network there?"
        }
        PullError::Call(Error::Limit(_)) => "pull again when the org's limit is free",
        PullError::Call(_) => "pull again; if it stays, ask the org's admin",
    };
    Failure::world(format!("{error}; {kept}"), help)
}

//! `tidegate pull`: the org's metadata into `schema/`.

mod progress;

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use tidegate_project::manifest::Manifest;
use tidegate_project::schema_folder::{self, Written};
use tidegate_salesforce::client::Client;
use tidegate_salesforce::pull::{self, PullError};
use tidegate_salesforce::{ApiName, Error};
use tidegate_schemas::catalog::Catalog;

use crate::failure::Failure;
use crate::opened::Opened;
use crate::org_login;

use progress::Shown;

const KEPT: &str = "schema/ is as it was";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The project's folder
    #[arg(default_value = ".")]
    folder: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let opened = Opened::find(&arguments.folder)?;
    let name = &opened.manifest.project.org;
    let org = opened.manifest.reference_org().ok_or_else(|| {
        Failure::input(format!("tidegate.toml has no `[org.{name}]`"), "add that section")
    })?;
    let client = org_login::client(org_login::settings(name, org)?)?;
    let runtime = crate::command::asynchronous()?;
    let catalog = runtime.block_on(fetch(&client, &opened.manifest))?;
    let folder = opened.root.join(schema_folder::FOLDER);
    match write(&opened.root, &catalog)? {
        Written::Changed => anstream::println!("{} is new", folder.display()),
        Written::Unchanged => anstream::println!("{} is unchanged", folder.display()),
    }
    Ok(())
}

/// Reads the catalog, telling on standard error how far it has come.
///
/// Of the org's users only those stay that the manifest binds: the others' names are nobody's
/// business in a repository.
pub(crate) async fn fetch(client: &Client, manifest: &Manifest) -> Result<Catalog, Failure> {
    let named = manifest.project.objects.iter().map(|object| ApiName::new(object));
    let besides = named
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Failure::input(format!("tidegate.toml: project.objects: {error}"), ""))?;
    let shown = Shown::new(std::io::stderr().is_terminal());
    let pulled = pull::pull(client, &besides, |progress| shown.tell(&progress)).await;
    shown.end();
    let mut catalog = pulled.map_err(|error| failed(&error))?;
    catalog.users.retain(|username, _| manifest.user.values().any(|bound| bound == username));
    Ok(catalog)
}

/// Writes `schema/`: afterwards it is the old one or the new one, never a mix.
pub(crate) fn write(root: &Path, catalog: &Catalog) -> Result<Written, Failure> {
    schema_folder::write(root, catalog)
        .map_err(|error| Failure::world(error.to_string(), error.help()))
}

fn failed(error: &PullError) -> Failure {
    let help = match error {
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
    Failure::world(format!("{error}; {KEPT}"), help)
}

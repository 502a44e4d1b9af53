//! `tidegate org`: a local Salesforce org, until it is interrupted.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::{fs, io};

use tidegate_simulator::{
    ConnectedApp, Metadata, OpenError, Org, OrgConfig, RunningOrg, StartError,
};

use crate::failure::Failure;

/// What the names of metadata files in source format end with.
const METADATA_ENDING: &str = "-meta.xml";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The port on this machine; 0 takes a free one
    #[arg(long, default_value_t = 7420)]
    port: u16,
    /// Where the ledger is kept, so that the org has its records again when it is restarted
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The RSA public key (PEM) of a client that logs in with JWT bearer
    #[arg(long, value_name = "FILE")]
    public_key: Option<PathBuf>,
    /// A directory with a real org's describes (Case.json, global.json, …), in place of the
    /// built-in Case, Contact and others
    #[arg(long, value_name = "DIR")]
    describe: Option<PathBuf>,
    /// A folder with an admin's metadata (fields, queues, flows, messaging channels, deployments),
    /// which the org has from the beginning
    #[arg(long, value_name = "DIR")]
    deploy: Option<PathBuf>,
    /// The user that clients log in as with the consumer secret
    #[arg(long, value_name = "USERNAME", default_value = ConnectedApp::INTEGRATION_USER)]
    run_as: String,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut app = ConnectedApp { run_as: arguments.run_as.clone(), ..ConnectedApp::local() };
    if let Some(path) = &arguments.public_key {
        let key = std::fs::read_to_string(path);
        app.public_key = Some(key.map_err(|error| {
            let message = format!("could not read `{}`: {error}", path.display());
            Failure::world(message, "`openssl rsa -in KEY.pem -pubout` writes such a file")
        })?);
    }
    let config = OrgConfig {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port)),
        data_dir: arguments.data.clone(),
        connected_apps: vec![app.clone()],
    };
    let metadata = arguments.describe.clone().map_or(Metadata::BuiltIn, Metadata::Describes);
    let files = arguments.deploy.as_deref().map(metadata_files).transpose()?.unwrap_or_default();
    crate::command::asynchronous()?.block_on(serve(metadata, config, &app, &files))
}

async fn serve(
    metadata: Metadata,
    config: OrgConfig,
    app: &ConnectedApp,
    files: &BTreeMap<String, String>,
) -> Result<(), Failure> {
    let org = Org::start_with(metadata, config).await.map_err(|error| failure(&error))?;
    deploy(&org, files)?;
    anstream::println!("the org answers at {}", org.url());
    anstream::println!("  consumer key     {}", app.consumer_key);
    anstream::println!("  consumer secret  {}", app.consumer_secret.as_deref().unwrap_or("-"));
    anstream::println!("  username         {}", app.run_as);
    anstream::eprintln!("its pages for people are there too; ctrl-c stops it");
    let interrupted = tokio::signal::ctrl_c().await;
    org.shutdown().await;
    interrupted.map_err(|error| {
        Failure::usage(format!("the org was stopped: no signals can be received ({error})"), "")
    })
}

/// The metadata files below a folder, by their paths in it.
fn metadata_files(folder: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let unreadable = |path: &Path, error: &io::Error| {
        let message = format!("could not read `{}`: {error}", path.display());
        Failure::world(message, "`--deploy` takes a folder with metadata in source format")
    };
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        let entries = fs::read_dir(&next).map_err(|error| unreadable(&next, &error))?;
        for entry in entries {
            let path = entry.map_err(|error| unreadable(&next, &error))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(METADATA_ENDING) {
                let content = fs::read_to_string(&path).map_err(|it| unreadable(&path, &it))?;
                let name = path.strip_prefix(folder).unwrap_or(&path);
                files.insert(name.to_string_lossy().into_owned(), content);
            }
        }
    }
    Ok(files)
}

fn deploy(org: &RunningOrg, files: &BTreeMap<String, String>) -> Result<(), Failure> {
    if files.is_empty() {
        return Ok(());
    }
    let deployed = org.deploy(files).map_err(|problems| {
        let message = format!("the metadata can't be deployed:\n  {}", problems.join("\n  "));
        Failure::input(message, "nothing was deployed; mend the files and start again")
    })?;
    anstream::eprintln!("deployed {} files of metadata", deployed.deployed.len());
    for note in deployed.notes {
        anstream::eprintln!("warning: {note}");
    }
    Ok(())
}

fn failure(error: &StartError) -> Failure {
    let help = match error {
        StartError::Listen { .. } => "`--port` chooses another port",
        StartError::Open(OpenError::Schema(_)) => {
            "`--describe` takes a directory with the answers of `/sobjects/NAME/describe`, a file \
             an object"
        }
        StartError::Open(_) => {
            "`--data` chooses another directory; nothing was changed in this one"
        }
    };
    Failure::world(error.to_string(), help)
}

//! `tidegate org`: a local Salesforce org, until it is interrupted.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use tidegate_simulator::{ConnectedApp, Metadata, OpenError, Org, OrgConfig, StartError};

use crate::failure::Failure;

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
    crate::command::asynchronous()?.block_on(serve(metadata, config, &app))
}

async fn serve(metadata: Metadata, config: OrgConfig, app: &ConnectedApp) -> Result<(), Failure> {
    let org = Org::start_with(metadata, config).await.map_err(|error| failure(&error))?;
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

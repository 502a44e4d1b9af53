//! `tidegate run`: the Messenger, the conversations, the Cases.

use std::net::SocketAddr;
use std::path::PathBuf;

use tidegate_server::config::{OperatorConfig, ServerConfig};

use crate::failure::Failure;
use crate::opened::Opened;
use crate::serving::Ending;
use crate::{org_login, serving};

use super::inspect;

/// The exit code where somebody did not want to wait: the world's doing.
const AT_ONCE: i32 = 3;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The plan's file
    plan: PathBuf,
    /// The project whose tidegate.toml says where it runs
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    project: PathBuf,
    /// The org's name in tidegate.toml, where it is not `project.org`
    #[arg(long, value_name = "NAME")]
    org: Option<String>,
    /// Let the plan read and write an org whose metadata it was not checked against. Without it
    /// whatever the plan asks of another org waits, and the log says so
    #[arg(long)]
    any_org: bool,
    /// Where to listen, instead of what tidegate.toml says
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Where operators ask, instead of what tidegate.toml says
    #[arg(long, value_name = "ADDRESS")]
    operator_listen: Option<SocketAddr>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let opened = Opened::find(&arguments.project)?;
    let plan = inspect::read(&arguments.plan)?;
    inspect::verified(&plan, &arguments.plan)?;
    let name = arguments.org.as_ref().unwrap_or(&opened.manifest.project.org);
    let client = org_login::named(&opened.manifest, name)?;
    let mut config = serving::config(&opened.root, &opened.manifest, client, plan)?;
    config.listen = arguments.listen.unwrap_or(config.listen);
    if let Some(listen) = arguments.operator_listen {
        let token = config.operator.and_then(|operator| operator.token);
        config.operator = Some(OperatorConfig { listen, chosen: true, token });
    }
    config.any_org = arguments.any_org;
    super::log_to_stderr("warn,tidegate=info,tidegate_server=info,tidegate_store=info");
    tracing::info!(org = name, "starting");
    super::asynchronous()?.block_on(serve(config))
}

async fn serve(config: ServerConfig) -> Result<(), Failure> {
    let mut ending = Ending::new();
    let server = tokio::select! {
        server = serving::start(config) => server?,
        () = ending.asked() => return Ok(()),
    };
    if let Some(address) = server.operator_address() {
        anstream::println!("operators ask at http://{address}");
    }
    anstream::println!("listening on {}", server.url());
    tokio::select! {
        () = ending.asked() => {}
        failure = serving::disk_failed(&server) => {
            std::mem::forget(server);
            return Err(failure);
        }
    }
    anstream::eprintln!("ending: what is under way is finished first; once more ends at once");
    tokio::select! {
        () = server.shutdown() => Ok(()),
        () = ending.asked() => {
            anstream::eprintln!("ended at once; what was acknowledged is kept");
            std::process::exit(AT_ONCE)
        }
    }
}

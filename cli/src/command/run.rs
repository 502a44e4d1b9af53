//! `tidegate run`: the Messenger, the conversations, the Cases.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::failure::Failure;
use crate::opened::Opened;
use crate::{org_login, serving};

use super::inspect;

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
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let opened = Opened::find(&arguments.project)?;
    let plan = inspect::read(&arguments.plan)?;
    inspect::verified(&plan, &arguments.plan)?;
    let name = arguments.org.as_ref().unwrap_or(&opened.manifest.project.org);
    let org = opened.manifest.org.get(name).ok_or_else(|| {
        Failure::usage(format!("tidegate.toml has no `[org.{name}]`"), "name one that it has")
    })?;
    let client = org_login::client(org_login::settings(name, org)?)?;
    let mut config = serving::config(&opened.root, &opened.manifest, client, plan)?;
    config.listen = arguments.listen.unwrap_or(config.listen);
    config.any_org = arguments.any_org;
    super::log_to_stderr("warn,tidegate=info,tidegate_server=info,tidegate_store=info");
    tracing::info!(org = name, "starting");
    super::asynchronous()?.block_on(async {
        let server = serving::start(config).await?;
        anstream::println!("listening on {}", server.url());
        serving::asked_to_end().await;
        anstream::eprintln!("ending: what is under way is finished first; once more ends at once");
        tokio::select! {
            () = server.shutdown() => {}
            () = serving::asked_to_end() => {}
        }
        Ok(())
    })
}

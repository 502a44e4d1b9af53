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
    /// The org, where it is not the one that schema/ is pulled from
    #[arg(long, value_name = "NAME")]
    org: Option<String>,
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
    super::log_to_stderr();
    super::asynchronous()?.block_on(async {
        let server = serving::start(config).await?;
        anstream::println!("listening on {}", server.url());
        serving::asked_to_end().await;
        anstream::eprintln!("ending: what is under way is finished first");
        server.shutdown().await;
        Ok(())
    })
}

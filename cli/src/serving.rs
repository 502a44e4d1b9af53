//! Starting the runtime with what the manifest says.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use secrecy::SecretString;
use tidegate_project::manifest::{Algorithm, Manifest, MessengerSection};
use tidegate_salesforce::client::Client;
use tidegate_server::config::{
    IdentityAlgorithm, IdentityKey, MessengerConfig, ServerConfig, StoreConfig,
};
use tidegate_server::effects::salesforce::SalesforceOrg;
use tidegate_server::{RunningServer, Server};

use crate::failure::Failure;
use crate::org_login::from_environment;

/// What a manifest says about serving.
pub(crate) fn config(
    root: &Path,
    manifest: &Manifest,
    client: Client,
    plan: Vec<u8>,
) -> Result<ServerConfig, Failure> {
    let listen = manifest.server.listen.parse().map_err(|_| {
        Failure::input(
            format!("tidegate.toml: `server.listen` is no address: `{}`", manifest.server.listen),
            "write an address and a port, such as `127.0.0.1:8080`",
        )
    })?;
    let messengers = manifest.messenger.iter().map(|(name, section)| messenger(name, section));
    let path = manifest.server.store.trim_start_matches("sqlite:");
    Ok(ServerConfig {
        listen,
        store: StoreConfig::Sqlite(root.join(path)),
        plan,
        messengers: messengers.collect::<Result<_, _>>()?,
        users: manifest.user.clone(),
        org: Arc::new(SalesforceOrg::new(client)),
        any_org: false,
    })
}

fn messenger(name: &str, section: &MessengerSection) -> Result<MessengerConfig, Failure> {
    let key = |key: &tidegate_project::manifest::IdentityKey| {
        Ok(IdentityKey {
            id: key.key_id.clone(),
            algorithm: match key.algorithm {
                Algorithm::Hs256 => IdentityAlgorithm::Hs256,
                Algorithm::Rs256 => IdentityAlgorithm::Rs256,
                Algorithm::Es256 => IdentityAlgorithm::Es256,
            },
            key: SecretString::from(from_environment(&format!("messenger.{name}"), &key.key_env)?),
        })
    };
    Ok(MessengerConfig {
        name: name.to_owned(),
        origins: section.origins.clone(),
        identity: section.identity.iter().map(key).collect::<Result<_, Failure>>()?,
    })
}

/// Starts it; the folder of the store is made where it is missing.
pub(crate) async fn start(config: ServerConfig) -> Result<RunningServer, Failure> {
    if let StoreConfig::Sqlite(path) = &config.store
        && let Some(folder) = path.parent()
    {
        std::fs::create_dir_all(folder).map_err(|error| {
            Failure::world(format!("`{}` cannot be made: {error}", folder.display()), "")
        })?;
    }
    let listen: SocketAddr = config.listen;
    Server::start(config).await.map_err(|error| {
        Failure::world(format!("the runtime cannot start on {listen}: {error}"), "")
    })
}

/// Waits until somebody wants the process to end.
pub(crate) async fn asked_to_end() {
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

//! Starting the runtime with what the manifest says.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tidegate_project::manifest::{
    self, AiSection, Algorithm, BudgetSection, ChannelSection, FileSize, Limit, Manifest,
    MessengerSection, Protocol, ServerSection,
};
use tidegate_salesforce::BadName;
use tidegate_salesforce::client::Client;
use tidegate_server::chats::channel::Channel;
use tidegate_server::chats::messaging::{Messaging, Vouching};
use tidegate_server::clock::Clock;
use tidegate_server::config::{
    AiConfig, Budget, EdgeConfig, IdentityAlgorithm, IdentityKey, MAX_FILE_MB, MessengerConfig,
    OperatorConfig, Provider, ServerConfig, StoreConfig, Then,
};
use tidegate_server::effects::endpoint::{self, Endpoint};
use tidegate_server::effects::org::Org;
use tidegate_server::effects::salesforce::SalesforceOrg;
use tidegate_server::{RunningServer, Server, StartError};
use tidegate_store::contract::Allowance;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::failure::Failure;
use crate::org_login::from_environment;

/// What a manifest says about serving.
pub(crate) fn config(
    root: &Path,
    manifest: &Manifest,
    client: Client,
    plan: Vec<u8>,
) -> Result<ServerConfig, Failure> {
    let server = &manifest.server;
    let messengers = manifest.messenger.iter().map(|(name, section)| messenger(name, section));
    let path = manifest.server.store.trim_start_matches("sqlite:");
    let org: Arc<dyn Org> = Arc::new(SalesforceOrg::new(client));
    Ok(ServerConfig {
        listen: server.listen.0,
        operator: operator(server)?,
        edge: edge(server),
        store: StoreConfig::Sqlite(root.join(path)),
        plan,
        messengers: messengers.collect::<Result<_, _>>()?,
        users: manifest.user.clone(),
        country_header: manifest.server.country_header.clone(),
        channels: channels(manifest, &org, &Place::Manifest)?,
        org,
        ai: ai(&manifest.ai)?,
        clock: Clock::of_the_machine(),
        any_org: false,
        org_check: Duration::from_secs(u64::from(server.org_check_minutes()) * 60),
    })
}

/// Where channels are.
pub(crate) enum Place {
    /// Where the manifest says, if it does.
    Manifest,
    /// At a local org, all of them.
    Local(String),
}

/// The deployment that a channel has at a local org: the one that it is to have, else one of its name.
pub(crate) fn local_deployment(name: &str, section: &ChannelSection) -> String {
    section.deployment.as_ref().map_or(name, |deployment| deployment.as_str()).to_owned()
}

/// Where agents chat.
pub(crate) fn channels(
    manifest: &Manifest,
    org: &Arc<dyn Org>,
    place: &Place,
) -> Result<BTreeMap<String, Arc<dyn Channel>>, Failure> {
    let gate = Messaging::gate();
    let mut channels: BTreeMap<String, Arc<dyn Channel>> = BTreeMap::new();
    for (name, section) in &manifest.channel {
        let (url, deployment) = match (place, &section.url, &section.deployment) {
            (Place::Local(url), ..) => (url.as_str(), local_deployment(name, section)),
            (Place::Manifest, Some(url), Some(its)) => (url.as_str(), its.as_str().to_owned()),
            (Place::Manifest, ..) => continue,
        };
        let wrong = |error: String| {
            let message = format!("`[channel.{name}]` can't be used: {error}");
            Failure::input(message, "write `url` and `deployment` as Setup shows them")
        };
        let scrt = url.parse().map_err(|error: BadName| wrong(error.to_string()))?;
        let its = deployment.parse();
        let its = its.map_err(|error: BadName| wrong(error.to_string()))?;
        let vouching = match place {
            // The local org does not know the key.
            Place::Local(_) => None,
            Place::Manifest => vouching(name, section)?,
        };
        let messaging = Messaging::new(scrt, its, Arc::clone(org), gate.clone());
        let messaging = messaging.vouching(vouching);
        channels.insert(name.clone(), Arc::new(messaging));
    }
    Ok(channels)
}

/// How customers of a channel are vouched for, where they are.
fn vouching(name: &str, section: &ChannelSection) -> Result<Option<Vouching>, Failure> {
    let Some(its) = &section.user_verification else { return Ok(None) };
    let whose = format!("channel.{name}.user_verification");
    let vouching = Vouching {
        issuer: its.issuer.as_str().to_owned(),
        audience: its.audience.as_ref().map(|audience| audience.as_str().to_owned()),
        key_id: its.key_id.as_str().to_owned(),
        private_key: SecretString::from(from_environment(&whose, &its.key_env)?),
        messengers: its.messengers.iter().cloned().collect(),
    };
    if !vouching.has_key() {
        let variable = its.key_env.as_str();
        return Err(Failure::input(
            format!("`{variable}`, which `{whose}` names, holds no private RSA key"),
            "make one with `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048`, and give the \
             org its public half",
        ));
    }
    Ok(Some(vouching))
}

/// Who does the AI's jobs.
pub(crate) fn ai(section: &AiSection) -> Result<AiConfig, Failure> {
    let provider = |name: &manifest::Provider| match name {
        manifest::Provider::Builtin => Ok(Provider::Builtin),
        manifest::Provider::None => Ok(Provider::Nobody),
        manifest::Provider::Named(name) => named(section, name),
    };
    Ok(AiConfig {
        detect: provider(&section.detect)?,
        answer: provider(&section.answer)?,
        summarise: provider(&section.summarise)?,
        budget: budget(&section.budget),
    })
}

fn budget(section: &BudgetSection) -> Budget {
    let most = |limit: Option<Limit>| limit.map(|limit| u64::from(limit.get().get()));
    Budget {
        conversation: Allowance {
            requests: most(section.requests_per_conversation),
            tokens: most(section.tokens_per_conversation),
        },
        day: Allowance {
            requests: most(section.requests_per_day),
            tokens: most(section.tokens_per_day),
        },
        then: match section.then {
            manifest::Then::Unavailable => Then::Unavailable,
            manifest::Then::Builtin => Then::Builtin,
        },
    }
}

fn named(section: &AiSection, name: &str) -> Result<Provider, Failure> {
    let whose = format!("ai.provider.{name}");
    let Some(its) = section.provider.get(name) else {
        return Err(Failure::input(
            format!("tidegate.toml has no `[{whose}]`"),
            "add that section",
        ));
    };
    let key = its.key_env.as_ref().map(|variable| from_environment(&whose, variable));
    let key = key.transpose()?.map(SecretString::from);
    let timeout = Duration::from_secs(u64::from(its.timeout_seconds()));
    let protocol = match its.speaks {
        Protocol::OpenAi => endpoint::Protocol::OpenAi,
        Protocol::Anthropic => endpoint::Protocol::Anthropic,
    };
    Endpoint::new(protocol, its.url.as_str(), &its.model, key, timeout)
        .map(|ai| if its.drafts == Some(false) { ai.whole_answers_only() } else { ai })
        .map(|ai| Provider::Endpoint(Arc::new(ai)))
        .map_err(|error| Failure::world(error.to_string(), ""))
}

fn operator(server: &ServerSection) -> Result<Option<OperatorConfig>, Failure> {
    let Some(listen) = server.operator_address() else { return Ok(None) };
    let token = server.operator_token_env.as_ref();
    let token = token.map(|variable| from_environment("server", variable)).transpose()?;
    Ok(Some(OperatorConfig {
        listen,
        chosen: server.operator_listen.is_some(),
        token: token.map(SecretString::from),
    }))
}

fn edge(server: &ServerSection) -> EdgeConfig {
    let usual = EdgeConfig::default();
    let limits = &server.limits;
    let size = |limit: Option<Limit>, usual| limit.map_or(usual, |limit| limit.get().get());
    let rate = |limit: Option<Limit>, usual| limit.map_or(usual, Limit::get);
    EdgeConfig {
        trusted_proxies: server.trusted_proxies.iter().map(|network| network.0).collect(),
        connections: size(limits.connections, usual.connections),
        connections_per_address: size(
            limits.connections_per_address,
            usual.connections_per_address,
        ),
        messages_per_minute: rate(limits.messages_per_minute, usual.messages_per_minute),
        conversations_per_minute: rate(
            limits.conversations_per_minute,
            usual.conversations_per_minute,
        ),
        files_mb: size(limits.files_mb, usual.files_mb),
        deadlines: usual.deadlines,
    }
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
        origins: section.origins.iter().map(|origin| origin.as_str().to_owned()).collect(),
        identity: section.identity.iter().map(key).collect::<Result<_, Failure>>()?,
        max_file_mb: section.max_file_mb.map_or(MAX_FILE_MB, FileSize::megabytes),
    })
}

/// Starts it; the folder of the store is made where it is missing.
pub(crate) async fn start(config: ServerConfig) -> Result<RunningServer, Failure> {
    Server::start(config).await.map_err(|error| {
        let help = match &error {
            StartError::Store(error) => error.remedy(),
            StartError::Listen { .. } => "`--listen` and `--operator-listen` take other addresses",
            _ => "",
        };
        let message = format!("the runtime cannot start: {error}");
        match error {
            StartError::Messenger(_) | StartError::Operator(_) => Failure::input(message, help),
            _ => Failure::world(message, help),
        }
    })
}

/// Waits until the disk has failed; says so. The server is not taken down in the usual way, which
/// would write to that disk again.
pub(crate) async fn disk_failed(server: &RunningServer) -> Failure {
    let error = server.broken().await;
    Failure::world(
        format!(
            "{error}\nended at once; what was acknowledged before is kept, and what was under way \
             was not acknowledged: whoever sent it sends it again"
        ),
        error.remedy(),
    )
}

/// What asks a process to end. Made before it begins, so that nothing asked is missed.
pub(crate) struct Ending {
    terminated: Option<Signal>,
    interrupted: Option<Signal>,
}

impl Ending {
    pub(crate) fn new() -> Self {
        // Where a signal can't be waited for, it ends the process as it always does.
        let listen = |kind| signal(kind).ok();
        Self {
            terminated: listen(SignalKind::terminate()),
            interrupted: listen(SignalKind::interrupt()),
        }
    }

    /// Waits until somebody wants the process to end.
    pub(crate) async fn asked(&mut self) {
        tokio::select! {
            () = came(&mut self.terminated) => {}
            () = came(&mut self.interrupted) => {}
        }
    }
}

async fn came(signal: &mut Option<Signal>) {
    let came = match signal {
        Some(signal) => signal.recv().await,
        None => None,
    };
    if came.is_none() {
        std::future::pending().await
    }
}

//! What a server is started with.

use std::collections::BTreeMap;
use std::fmt::{self, Debug};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tidegate_store::contract::Allowance;

use crate::chats::channel::Channel;
use crate::clock::Clock;
use crate::effects::endpoint::Endpoint;
use crate::effects::org::Org;
use crate::effects::purse::Job;

mod edge;

pub use edge::{Deadlines, EdgeConfig, OperatorConfig, Proxies};

/// What a server is started with.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The listener for operators, where there is to be one.
    pub operator: Option<OperatorConfig>,
    /// How much the outside may ask for.
    pub edge: EdgeConfig,
    /// Where conversations are kept.
    pub store: StoreConfig,
    /// The plan's file. New conversations begin with it.
    pub plan: Vec<u8>,
    /// Where customers chat.
    pub messengers: Vec<MessengerConfig>,
    /// Names that pushes use, bound to usernames of the org.
    pub users: BTreeMap<String, String>,
    /// The request header in which the trusted proxies tell the visitor's country; nobody else is
    /// believed.
    pub country_header: Option<String>,
    /// The org.
    pub org: Arc<dyn Org>,
    /// Where agents chat, by the manifest's names.
    pub channels: BTreeMap<String, Arc<dyn Channel>>,
    /// Who does the AI's jobs.
    pub ai: AiConfig,
    /// The time that it goes by.
    pub clock: Clock,
    /// Whether plans may read and write an org whose metadata they were not checked against. Else
    /// what they ask for waits, and the log says so.
    pub any_org: bool,
    /// How often the org is asked whether it still is what the plan relies on; about, so that
    /// several servers do not ask together. Zero: never by itself.
    pub org_check: Duration,
}

/// Where conversations are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreConfig {
    /// In an SQLite file.
    Sqlite(PathBuf),
    /// In memory: everything is gone when the server ends. For tests.
    Memory,
}

/// Who does the AI's jobs.
#[derive(Debug, Clone, Default)]
pub struct AiConfig {
    /// Who says which value a list has.
    pub detect: Provider,
    /// Who answers customers.
    pub answer: Provider,
    /// Who summarises conversations. Where an endpoint can't, what is built in does.
    pub summarise: Provider,
    /// What endpoints may be asked.
    pub budget: Budget,
}

impl AiConfig {
    pub(crate) fn provider(&self, job: Job) -> &Provider {
        match job {
            Job::Detect => &self.detect,
            Job::Answer => &self.answer,
            Job::Summarise => &self.summarise,
        }
    }
}

/// What AIs behind endpoints may be asked, all of them together.
#[derive(Debug, Clone, Copy, Default)]
pub struct Budget {
    /// For one conversation.
    pub conversation: Allowance,
    /// In a day, in UTC.
    pub day: Allowance,
    /// Who does the jobs once that is used up.
    pub then: Then,
}

/// Who does the AI's jobs once a budget is used up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Then {
    /// Nobody: the step is `unavailable`.
    #[default]
    Unavailable,
    /// What is built in.
    Builtin,
}

/// Who does a job of the AI's.
#[derive(Debug, Clone, Default)]
pub enum Provider {
    /// What is built in: no network, no key.
    #[default]
    Builtin,
    /// An AI behind an endpoint.
    Endpoint(Arc<Endpoint>),
    /// Nobody: the step is `unavailable`, and there is no summary.
    Nobody,
}

/// One Messenger.
#[derive(Debug, Clone)]
pub struct MessengerConfig {
    /// Its name: the `messenger` of a request, and the `aud` of its visitors' signed identities.
    pub name: String,
    /// The origins whose pages may embed it, exactly: `https://www.example.com`.
    pub origins: Vec<String>,
    /// Keys that sign visitors in.
    pub identity: Vec<IdentityKey>,
    /// How large a customer's file may be, in units of 1,048,576 bytes.
    pub max_file_mb: u8,
}

/// How large a customer's file may be where nobody says otherwise.
pub const MAX_FILE_MB: u8 = 10;

/// A key with which the site's server signs who a visitor is.
#[derive(Clone)]
pub struct IdentityKey {
    /// The token header's `kid`.
    pub id: String,
    /// The one algorithm that it is good for.
    pub algorithm: IdentityAlgorithm,
    /// The secret, or the public key as PEM.
    pub key: SecretString,
}

impl Debug for IdentityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, algorithm, key: _ } = self;
        f.debug_struct("IdentityKey").field("id", id).field("algorithm", algorithm).finish()
    }
}

/// Signature algorithms for visitors' identities (RFC 7518).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityAlgorithm {
    /// HMAC with SHA-256 and a shared secret.
    Hs256,
    /// RSA with SHA-256.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
}

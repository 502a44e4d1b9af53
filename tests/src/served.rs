//! A server in this process, or in a binary of the tests.

use std::collections::BTreeMap;
use std::path::Path;

use secrecy::SecretString;
use tidegate_salesforce::client::{Client, Settings};
use tidegate_salesforce::oauth::{Grant, Login};
use tidegate_server::clock::Clock;
use tidegate_server::config::{AiConfig, EdgeConfig, MessengerConfig, ServerConfig, StoreConfig};
use tidegate_server::effects::salesforce::SalesforceOrg;

/// A local org behind an address.
///
/// # Panics
/// The address is none.
pub fn org(url: &str, key: &str, secret: &str) -> SalesforceOrg {
    let grant = Grant::ClientCredentials {
        consumer_key: key.to_owned(),
        consumer_secret: SecretString::from(secret.to_owned()),
    };
    let login = Login { url: url.parse().expect("a URL"), grant };
    SalesforceOrg::new(Client::new(Settings::new(login)).expect("a client"))
}

/// A server on a free port, with one Messenger and no limits.
///
/// # Panics
/// The plan can't be read.
pub fn config(
    plan: &Path,
    store: &Path,
    org: impl tidegate_server::effects::org::Org + 'static,
) -> ServerConfig {
    let messenger = MessengerConfig {
        name: "web".to_owned(),
        origins: Vec::new(),
        identity: Vec::new(),
        max_file_mb: 10,
    };
    ServerConfig {
        listen: "127.0.0.1:0".parse().expect("an address"),
        operator: None,
        edge: EdgeConfig::wide(),
        store: StoreConfig::Sqlite(store.to_owned()),
        plan: std::fs::read(plan).expect("a plan"),
        messengers: vec![messenger],
        users: BTreeMap::new(),
        country_header: None,
        org: std::sync::Arc::new(org),
        channels: BTreeMap::new(),
        ai: AiConfig::default(),
        clock: Clock::of_the_machine(),
        any_org: false,
        org_check: std::time::Duration::ZERO,
    }
}

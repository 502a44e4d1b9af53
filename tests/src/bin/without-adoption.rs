//! The server with one protection removed, for a twin of the crash test: a Case that an earlier
//! attempt had created is not adopted.
//!
//! `without-adoption PLAN STORE ORG_URL`

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::SecretString;
use tidegate_salesforce::RetryClass;
use tidegate_salesforce::client::{Client, Settings};
use tidegate_salesforce::oauth::{Grant, Login};
use tidegate_server::Server;
use tidegate_server::clock::Clock;
use tidegate_server::config::{EdgeConfig, MessengerConfig, ServerConfig, StoreConfig};
use tidegate_server::effects::org::{Attach, Call, CallError, Find, Insert, Org, Record};
use tidegate_server::effects::salesforce::SalesforceOrg;

/// Takes "you have it already" for a refusal.
#[derive(Debug)]
struct WithoutAdoption(SalesforceOrg);

impl Org for WithoutAdoption {
    fn id(&self) -> Call<'_, String> {
        self.0.id()
    }

    fn insert(&self, insert: Insert) -> Call<'_, String> {
        Box::pin(async move {
            self.0.insert(insert).await.map_err(|error| match error.class {
                RetryClass::Duplicate => CallError { class: RetryClass::Request, ..error },
                _ => error,
            })
        })
    }

    fn attach(&self, attach: Attach) -> Call<'_, ()> {
        self.0.attach(attach)
    }

    fn find(&self, find: Find) -> Call<'_, Vec<Record>> {
        self.0.find(find)
    }
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [plan, store, org] = arguments.as_slice() else {
        panic!("usage: without-adoption PLAN STORE ORG_URL");
    };
    let read = |name: &str| std::env::var(name).expect("the org's credentials");
    let grant = Grant::ClientCredentials {
        consumer_key: read("CRASH_KEY"),
        consumer_secret: SecretString::from(read("CRASH_SECRET")),
    };
    let login = Login { url: org.parse().expect("a URL"), grant };
    let client = Client::new(Settings::new(login)).expect("a client");
    let messenger =
        MessengerConfig { name: "web".to_owned(), origins: Vec::new(), identity: Vec::new() };
    let config = ServerConfig {
        listen: "127.0.0.1:0".parse().expect("an address"),
        operator: None,
        edge: EdgeConfig::wide(),
        store: StoreConfig::Sqlite(PathBuf::from(store)),
        plan: std::fs::read(plan).expect("a plan"),
        messengers: vec![messenger],
        users: std::collections::BTreeMap::new(),
        country_header: None,
        org: Arc::new(WithoutAdoption(SalesforceOrg::new(client))),
        clock: Clock::of_the_machine(),
        any_org: false,
    };
    let server = Server::start(config).await.expect("the server starts");
    println!("listening on {}", server.url());
    std::future::pending::<()>().await;
}

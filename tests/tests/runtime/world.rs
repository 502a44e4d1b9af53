//! A local org, a runtime on it, and a browser's side of the Messenger API.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::meddled::{Meddled, Meddling};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tidegate_compiler::analysis::{Analysis, Analyzer, Inputs, Settings};
use tidegate_diagnostics::{SourceMap, SourceText};
use tidegate_salesforce::client::{Client, Settings as ClientSettings};
use tidegate_salesforce::oauth::{Grant, Login};
use tidegate_salesforce::pull::pull;
use tidegate_server::chats::channel::Channel;
use tidegate_server::chats::messaging::{Messaging, Vouching};
use tidegate_server::clock::Clock;
use tidegate_server::config::{
    AiConfig, EdgeConfig, IdentityAlgorithm, IdentityKey, MessengerConfig, OperatorConfig,
    Provider, ServerConfig, StoreConfig,
};
use tidegate_server::effects::salesforce::SalesforceOrg;
use tidegate_server::{RunningServer, Server, StartError};
use tidegate_simulator::{ConnectedApp, Org, OrgConfig, RunningOrg};
use tidegate_store::StoreError;

const SECRET: &str = "a secret of the site's server, long enough";
pub(crate) const OPERATOR: &str = "the operators' token, long enough to guess nothing";
pub(crate) const PROGRAM: &str = include_str!("support.tide");
/// Tests ask for a look themselves.
const ORG_CHECK: Duration = Duration::ZERO;
/// Nothing that a test waits for takes so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// An org with a runtime on it.
pub(crate) struct World {
    pub(crate) org: RunningOrg,
    pub(crate) server: Option<RunningServer>,
    pub(crate) http: reqwest::Client,
    pub(crate) plan: Vec<u8>,
    pub(crate) client: Client,
    pub(crate) folder: TempDir,
    pub(crate) meddling: Meddling,
    /// How often the server looks whether the org has changed.
    pub(crate) org_check: Duration,
    pub(crate) any_org: bool,
    pub(crate) channels: BTreeMap<String, Arc<dyn Channel>>,
    pub(crate) ai: AiConfig,
    pub(crate) clock: Clock,
    pub(crate) operator: OperatorConfig,
    pub(crate) edge: EdgeConfig,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Meddling::Not).await
    }

    pub(crate) async fn with(meddling: Meddling) -> Self {
        let app = ConnectedApp {
            consumer_key: "key".into(),
            consumer_secret: Some("secret".into()),
            public_key: None,
            run_as: "integration@warmhaus.example".into(),
        };
        let listen = "127.0.0.1:0".parse().unwrap();
        let config = OrgConfig { listen, data_dir: None, connected_apps: vec![app] };
        let org = Org::start(config).await.unwrap();
        let grant = Grant::ClientCredentials {
            consumer_key: "key".into(),
            consumer_secret: "secret".to_owned().into(),
        };
        let login = Login { url: org.url().parse().unwrap(), grant };
        let client = Client::new(ClientSettings::new(login)).unwrap();
        let plan = compile(&client, PROGRAM).await;
        let folder = tempfile::tempdir().unwrap();
        let http = reqwest::Client::new();
        let operator =
            OperatorConfig { listen, chosen: true, token: Some(OPERATOR.to_owned().into()) };
        let mut world = Self {
            org,
            server: None,
            http,
            plan,
            client,
            folder,
            meddling,
            org_check: ORG_CHECK,
            any_org: false,
            channels: BTreeMap::new(),
            ai: AiConfig::default(),
            clock: Clock::of_the_machine(),
            operator,
            edge: EdgeConfig::wide(),
        };
        world.start().await;
        world
    }

    /// An org with a runtime on it that runs this program.
    pub(crate) async fn running(program: &str) -> Self {
        let world = Self::new().await;
        world.swap(program).await;
        world
    }

    /// The same where nobody does the AI's jobs.
    pub(crate) async fn without_ai(program: &str) -> Self {
        let ai =
            AiConfig { detect: Provider::Nobody, answer: Provider::Nobody, ..AiConfig::default() };
        Self::with_ai(program, ai).await
    }

    /// The same where these do the AI's jobs.
    pub(crate) async fn with_ai(program: &str, ai: AiConfig) -> Self {
        let mut world = Self::new().await;
        world.stop().await;
        world.ai = ai;
        world.start().await;
        world.swap(program).await;
        world
    }

    /// The same where agents sit behind the channel `live`.
    pub(crate) async fn with_agents(program: &str, agents: Arc<dyn Channel>) -> Self {
        let mut world = Self::new().await;
        world.stop().await;
        world.channels.insert("live".into(), agents);
        world.start().await;
        world.swap(program).await;
        world
    }

    /// The same where the org's own agents sit there.
    pub(crate) async fn with_live_chat(program: &str) -> Self {
        Self::with_vouching(program, None).await
    }

    /// The same where customers are vouched for.
    pub(crate) async fn with_vouching(program: &str, vouching: Option<Vouching>) -> Self {
        let mut world = Self::new().await;
        world.stop().await;
        let (scrt, name) = (world.org.url().parse().unwrap(), "Web_Chat".parse().unwrap());
        let org = Arc::new(SalesforceOrg::new(world.client.clone()));
        let channel = Messaging::new(scrt, name, org, Messaging::gate());
        world.channels.insert("live".into(), Arc::new(channel.vouching(vouching)));
        world.start().await;
        world.swap(program).await;
        world
    }

    /// What the conversation's trace says, line by line.
    pub(crate) async fn trace(&self, visitor: &Visitor) -> Vec<String> {
        let store = self.server.as_ref().unwrap().store();
        let conversation = visitor.conversation.parse().unwrap();
        let records = store.journal(conversation, 0, 1_000).await.unwrap();
        let lines = records.into_iter().flat_map(|record| record.journal.trace);
        lines.map(|line| line.what).collect()
    }

    /// Lets new conversations begin with another program.
    pub(crate) async fn swap(&self, program: &str) {
        let plan = compile(&self.client, program).await;
        self.server.as_ref().unwrap().swap_plan(plan).await.unwrap();
    }

    /// Everything that stands in a conversation.
    pub(crate) async fn entries(&self, visitor: &Visitor) -> Vec<Value> {
        let store = self.server.as_ref().unwrap().store();
        let conversation = visitor.conversation.parse().unwrap();
        let entries = store.entries(conversation, 0, 1_000).await.unwrap();
        entries.iter().map(|entry| serde_json::to_value(entry).unwrap()).collect()
    }

    pub(crate) async fn start(&mut self) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            match Server::start(self.config()).await {
                Ok(server) => return self.server = Some(server),
                // What was aborted lets go of the store a moment later.
                Err(StartError::Store(StoreError::Held { .. }))
                    if tokio::time::Instant::now() < deadline => {}
                Err(error) => panic!("{error}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn config(&self) -> ServerConfig {
        let key = IdentityKey {
            id: "k".into(),
            algorithm: IdentityAlgorithm::Hs256,
            key: SECRET.to_owned().into(),
        };
        let messenger = MessengerConfig {
            name: "web".into(),
            origins: vec!["https://www.example.com".into()],
            identity: vec![key],
            max_file_mb: 1,
        };
        let inner = SalesforceOrg::new(self.client.clone());
        ServerConfig {
            listen: "127.0.0.1:0".parse().unwrap(),
            operator: Some(self.operator.clone()),
            edge: self.edge.clone(),
            store: StoreConfig::Sqlite(self.folder.path().join("t.db")),
            plan: self.plan.clone(),
            messengers: vec![messenger],
            users: BTreeMap::new(),
            country_header: Some("X-Country".into()),
            org: Arc::new(Meddled { inner, meddling: self.meddling }),
            channels: self.channels.clone(),
            ai: self.ai.clone(),
            clock: self.clock.clone(),
            any_org: self.any_org,
            org_check: self.org_check,
        }
    }

    /// Ends the server in the middle of whatever it does.
    pub(crate) fn crash(&mut self) {
        drop(self.server.take());
    }

    pub(crate) async fn stop(&mut self) {
        self.server.take().unwrap().shutdown().await;
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.as_ref().unwrap().url())
    }

    pub(crate) fn operator_url(&self, path: &str) -> String {
        let address = self.server.as_ref().unwrap().operator_address().unwrap();
        format!("http://{address}{path}")
    }

    /// Opens the Messenger as somebody new.
    pub(crate) async fn open(&self, body: Value) -> Visitor {
        let request = self.http.post(self.url("/v1/open")).json(&body);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200, "{}", response.text().await.unwrap());
        let opened: Value = response.json().await.unwrap();
        Visitor {
            token: opened["token"].as_str().unwrap().to_owned(),
            conversation: opened["conversation"].as_str().unwrap().to_owned(),
        }
    }

    /// Opens the Messenger with a token; the status and the answer.
    pub(crate) async fn reopen(&self, token: &str, body: Value) -> (u16, Value) {
        let request = self.http.post(self.url("/v1/open")).bearer_auth(token).json(&body);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// Posts to the visitor's conversation; the status and the answer.
    pub(crate) async fn post(&self, visitor: &Visitor, path: &str, body: Value) -> (u16, Value) {
        let url = self.url(&format!("/v1/conversations/{}/{path}", visitor.conversation));
        let request = self.http.post(url).bearer_auth(&visitor.token).json(&body);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// Reads the conversation's messages from its beginning until one of this kind has come.
    pub(crate) async fn until(&self, visitor: &Visitor, kind: &str) -> Vec<Value> {
        self.until_one(visitor, |entry| entry["kind"] == kind).await
    }

    /// Reads the conversation's messages from its beginning until this wait has begun.
    pub(crate) async fn until_wait(&self, visitor: &Visitor, wait: u64) -> Vec<Value> {
        self.until_one(visitor, |entry| entry["wait"] == wait && entry["kind"] != "closed").await
    }

    /// Reads the conversation's messages from its beginning until one is as wanted.
    pub(crate) async fn until_one(
        &self,
        visitor: &Visitor,
        wanted: impl Fn(&Value) -> bool,
    ) -> Vec<Value> {
        self.until_all(visitor, |entries| entries.iter().any(&wanted)).await
    }

    /// Reads the conversation's messages from its beginning until all of them are as wanted.
    pub(crate) async fn until_all(
        &self,
        visitor: &Visitor,
        wanted: impl Fn(&[Value]) -> bool,
    ) -> Vec<Value> {
        let url = self.url(&format!("/v1/conversations/{}/events", visitor.conversation));
        let request = self.http.get(url).bearer_auth(&visitor.token);
        let mut response = request.send().await.unwrap();
        let mut text = String::new();
        let read = async {
            loop {
                let entries: Vec<Value> = text
                    .split_inclusive("\n\n")
                    .filter(|event| event.ends_with("\n\n"))
                    .filter_map(|event| event.lines().find_map(|line| line.strip_prefix("data: ")))
                    .map(|data| serde_json::from_str(data).unwrap())
                    .collect();
                if wanted(&entries) {
                    return entries;
                }
                let chunk = response.chunk().await.unwrap().expect("the stream goes on");
                text.push_str(std::str::from_utf8(&chunk).unwrap());
            }
        };
        let done = tokio::time::timeout(PATIENCE, read).await;
        done.unwrap_or_else(|_| panic!("what is waited for has not come"))
    }

    /// The org's rows of an object, once there are so many.
    pub(crate) async fn records(&self, object: &str, many: usize) -> Vec<Value> {
        let url = format!("{}/__org/records/{object}", self.org.url());
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let body: Value = self.http.get(&url).send().await.unwrap().json().await.unwrap();
            let rows = body.as_array().or_else(|| body["records"].as_array()).unwrap().clone();
            if rows.len() >= many || tokio::time::Instant::now() > deadline {
                assert_eq!(rows.len(), many, "{object}: {rows:#?}");
                return rows;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The org's row of an object whose field has a value.
    pub(crate) async fn records_where(&self, object: &str, field: &str, value: &str) -> Value {
        let url = format!("{}/__org/records/{object}", self.org.url());
        let body: Value = self.http.get(&url).send().await.unwrap().json().await.unwrap();
        let rows = body.as_array().or_else(|| body["records"].as_array()).unwrap();
        rows.iter().find(|row| row[field] == value).expect("such a row").clone()
    }

    /// What goes wrong in the org next.
    pub(crate) async fn faults(&self, next: Value) {
        let url = format!("{}/__org/faults", self.org.url());
        let sent = self.http.post(url).json(&json!({ "next": next })).send().await.unwrap();
        assert_eq!(sent.status(), 200);
    }

    /// The creates of an object that the org has seen, refused ones too.
    pub(crate) fn creates(&self, object: &str) -> usize {
        let state = self.org.org().state();
        let entries = state.ledger.entries().iter();
        entries.filter(|e| e.object == object && e.user != "operator").count()
    }
}

/// Sends bytes to the public listener, and reads until it closes the connection.
pub(crate) async fn raw(world: &World, bytes: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let address = world.server.as_ref().unwrap().address();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    // A reset after the answer is as good as an end.
    drop(read.expect("the connection is closed"));
    String::from_utf8(answer).unwrap()
}

/// A visitor's token and conversation.
pub(crate) struct Visitor {
    pub(crate) token: String,
    pub(crate) conversation: String,
}

/// What the site's server signs.
pub(crate) fn identity(email: &str) -> String {
    let claims = json!({
        "sub": email,
        "aud": "web",
        "exp": jiff::Timestamp::now().as_second() + 600,
        "email": email,
    });
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some("k".into());
    encode(&header, &claims, &EncodingKey::from_secret(SECRET.as_bytes())).unwrap()
}

/// The program as the compiler sees it against the org's metadata.
pub(crate) async fn check(client: &Client, program: &str) -> Analysis {
    check_with(client, program, &[]).await
}

/// The same with articles, by their names.
pub(crate) async fn check_with(
    client: &Client,
    program: &str,
    articles: &[(&str, &str)],
) -> Analysis {
    let catalog = Arc::new(pull(client, &[], |_| {}).await.unwrap());
    let named = std::iter::once(("support.tide", program)).chain(articles.iter().copied());
    let source =
        |(name, text): (&str, &str)| SourceText { name: name.to_owned(), text: text.to_owned() };
    let sources = SourceMap::new(named.map(source).collect());
    let settings =
        Settings { messengers: vec!["web".into()], channels: live(), ..Settings::default() };
    Analyzer::new().check(&Inputs { sources, catalog, settings })
}

pub(crate) async fn compile(client: &Client, program: &str) -> Vec<u8> {
    let checked = check(client, program).await.checked();
    let checked = checked.unwrap_or_else(|analysis| panic!("{:#?}", analysis.diagnostics));
    checked.emit().encode()
}

/// A channel for hand-offs.
fn live() -> BTreeMap<String, BTreeMap<String, u32>> {
    BTreeMap::from([("live".to_owned(), BTreeMap::from([("email".to_owned(), 80)]))])
}

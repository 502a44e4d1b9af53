//! A server from its start to its end.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderName;
use tidegate_plan::model::{ChannelPush, Instruction};
use tidegate_store::model::MemoryStore;
use tidegate_store::sqlite::SqliteStore;
use tidegate_store::{Store, StoreError};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::app::{App, Messenger};
use crate::beginnings::Beginnings;
use crate::chats::{self, Chats};
use crate::config::{EdgeConfig, MessengerConfig, OperatorConfig, ServerConfig, StoreConfig};
use crate::conversation::Conversations;
use crate::drafts::Drafts;
use crate::drift::{Drift, DriftFinding};
use crate::effects::OrgStanding;
use crate::effects::answering::Libraries;
use crate::effects::gate::Gate;
use crate::effects::gated::Gated;
use crate::effects::purse;
use crate::effects::thinking::Thinking;
use crate::health::Health;
use crate::http::listener::{self, Served};
use crate::messenger::file_places::FilePlaces;
use crate::messenger::identity::{BadKeys, Verifier};
use crate::messenger::streams::Streams;
use crate::metrics::Metrics;
use crate::operator::{self, OperatorToken};
use crate::plans::{PlanCache, PlanRefused};
use crate::rates::Rates;
use crate::repeated::Repeated;
use crate::{drift, effects, first_look, housekeeping, messenger, timers};

/// What is under way when the server is to end has so long.
const GRACE: Duration = Duration::from_secs(10);

/// Starts servers.
#[derive(Debug)]
pub struct Server;

/// Why a server does not start. Nothing was changed but what the error says.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store can't be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The plan is refused.
    #[error(transparent)]
    Plan(#[from] PlanRefused),
    /// A Messenger's configuration can't be used.
    #[error("{0}")]
    Messenger(String),
    /// The operators' listener can't be used as it is configured.
    #[error("{0}")]
    Operator(String),
    /// The address can't be listened at.
    #[error("`{address}` can't be listened at: {why}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the operating system says.
        why: io::Error,
    },
}

impl From<BadKeys> for StartError {
    fn from(bad: BadKeys) -> Self {
        Self::Messenger(bad.to_string())
    }
}

impl Server {
    /// Opens the store, activates the plan, listens, and starts the workers. Effects that an
    /// earlier process had begun are taken up again.
    ///
    /// # Errors
    ///
    /// A [`StartError`]; nothing runs then.
    pub async fn start(mut config: ServerConfig) -> Result<RunningServer, StartError> {
        let messengers = ready(std::mem::take(&mut config.messengers))?;
        let country_header = config.country_header.as_deref().map(header).transpose()?;
        let token = token(config.operator.as_ref())?;
        let store: Arc<dyn Store> = match &config.store {
            StoreConfig::Sqlite(path) => Arc::new(SqliteStore::open(path)?),
            StoreConfig::Memory => Arc::new(MemoryStore::new()),
        };
        let plans = Arc::new(PlanCache::new(Arc::clone(&store)));
        let (socket, address) = bind(config.listen).await?;
        let operators = match &config.operator {
            Some(operator) => for_operators(operator).await?,
            None => None,
        };
        let plan = plans.activate(std::mem::take(&mut config.plan)).await?;
        store.reclaim(config.clock.now()).await?;
        first_look::at_the_store(store.as_ref()).await?;
        let (end, ending) = watch::channel(false);
        let edge = Arc::new(config.edge.clone());
        let org_check = config.org_check;
        let (chats, begun) = Chats::new(std::mem::take(&mut config.channels));
        let shared = Shared { messengers, chats, country_header, store, plans };
        let app = Arc::new(app(config, shared, ending.clone()));
        let served = |router, edge| Served { router, edge, metrics: Arc::clone(&app.metrics) };
        let public = served(messenger::router(Arc::clone(&app)), edge);
        let mut tasks = vec![
            tokio::spawn(listener::serve(socket, public, ending.clone())),
            tokio::spawn(effects::run(Arc::clone(&app))),
            tokio::spawn(chats::run(Arc::clone(&app), begun)),
            tokio::spawn(timers::run(Arc::clone(&app))),
            tokio::spawn(housekeeping::run(Arc::clone(&app))),
            tokio::spawn(first_look::at_the_org(Arc::clone(&app))),
            tokio::spawn(drift::run(Arc::clone(&app), org_check)),
        ];
        channels_unknown(&app, &plan).await;
        tracing::info!(%address, plan, version = env!("CARGO_PKG_VERSION"), "listening");
        let mut operator_address = None;
        if let Some((socket, address)) = operators {
            let router = operator::router(Arc::clone(&app), token);
            let served = served(router, Arc::new(EdgeConfig::default()));
            tasks.push(tokio::spawn(listener::serve(socket, served, ending)));
            tracing::info!(%address, "listening for operators");
            operator_address = Some(address);
        }
        Ok(RunningServer { address, operator_address, app, end, tasks })
    }
}

/// What was made ready of a configuration.
struct Shared {
    messengers: BTreeMap<String, Messenger>,
    chats: Chats,
    country_header: Option<HeaderName>,
    store: Arc<dyn Store>,
    plans: Arc<PlanCache>,
}

/// What requests and workers share; the org is watched by its gate from here on.
fn app(config: ServerConfig, shared: Shared, ending: watch::Receiver<bool>) -> App {
    let Shared { messengers, chats, country_header, store, plans } = shared;
    let ServerConfig { edge, users, org, clock, ai, any_org, .. } = config;
    let gate = Arc::new(Gate::new(clock.clone()));
    let metrics = Arc::new(Metrics::new());
    let conversations =
        Conversations::new(Arc::clone(&store), Arc::clone(&plans), Arc::clone(&metrics));
    App {
        conversations,
        store,
        plans,
        chats,
        messengers,
        users,
        clock,
        ai,
        budget_told: purse::Told::default(),
        libraries: Libraries::default(),
        drafts: Drafts::default(),
        thinking: Thinking::default(),
        org: Arc::new(Gated::new(org, Arc::clone(&gate))),
        gate,
        any_org,
        drift: Drift::default(),
        health: Health::default(),
        country_header,
        streams: Streams::default(),
        uploads: FilePlaces::new(1),
        downloads: FilePlaces::new(2),
        metrics,
        rates: Rates::new(&edge),
        file_bytes: u64::from(edge.files_mb) << 20,
        beginnings: Beginnings::default(),
        repeated: Repeated::default(),
        body_deadline: edge.deadlines.body,
        ending,
    }
}

fn header(name: &str) -> Result<HeaderName, StartError> {
    HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| StartError::Messenger(format!("`{name}` is no name of a header")))
}

fn ready(configs: Vec<MessengerConfig>) -> Result<BTreeMap<String, Messenger>, StartError> {
    let mut messengers = BTreeMap::new();
    for config in configs {
        let verifier = Verifier::new(&config)?;
        let MessengerConfig { name, origins, max_file_mb, .. } = config;
        let max_file_bytes = usize::from(max_file_mb) << 20;
        if let Some(bad) = origins.iter().find(|origin| !is_origin(origin)) {
            return Err(StartError::Messenger(format!(
                "`{bad}` of the Messenger `{name}` is no origin; write it as `https://www.example.com`, without a path"
            )));
        }
        if messengers
            .insert(name.clone(), Messenger { origins, verifier, max_file_bytes })
            .is_some()
        {
            return Err(StartError::Messenger(format!("the Messenger `{name}` stands twice")));
        }
    }
    Ok(messengers)
}

/// A scheme, a host and perhaps a port, as browsers send them: nothing that could mean more in a
/// header.
fn is_origin(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        let fits = |c: char| {
            c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | ':' | '[' | ']')
        };
        !rest.is_empty() && rest.chars().all(fits)
    })
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let refused = |why| StartError::Listen { address, why };
    let socket = TcpListener::bind(address).await.map_err(refused)?;
    let address = socket.local_addr().map_err(refused)?;
    Ok((socket, address))
}

fn token(operator: Option<&OperatorConfig>) -> Result<Option<OperatorToken>, StartError> {
    let token = operator.and_then(|operator| operator.token.as_ref());
    let token = token.map(OperatorToken::new).transpose();
    token.map_err(|bad| StartError::Operator(bad.to_string()))
}

/// Customers need not wait for an address that nobody chose.
async fn for_operators(
    operator: &OperatorConfig,
) -> Result<Option<(TcpListener, SocketAddr)>, StartError> {
    match bind(operator.listen).await {
        Ok(bound) => Ok(Some(bound)),
        Err(error) if operator.chosen => Err(error),
        Err(error) => {
            tracing::warn!(%error, "operators can't ask this server: choose an address as `server.operator_listen`, or `off`");
            Ok(None)
        }
    }
}

/// Says to which channels the plan hands off of which the server knows nothing.
async fn channels_unknown(app: &App, plan: &str) {
    let Ok(plan) = app.plans.get(plan).await else { return };
    let pushes = plan.code.iter().filter_map(|one| match one {
        Instruction::HandOff { push, .. } => plan.channels.get(push.index()),
        _ => None,
    });
    let unknown = pushes.filter(|push| app.chats.channel(&push.channel).is_none());
    let unknown: BTreeSet<&str> = unknown.map(|push: &ChannelPush| push.channel.as_str()).collect();
    for channel in unknown {
        tracing::warn!(
            channel,
            "the plan hands off to a channel of which the manifest says no `url` and `deployment`: each hand-off to it ends in `failed` at once"
        );
    }
}

/// A server that runs. Dropping it ends it at once; [`RunningServer::shutdown`] lets it finish.
#[derive(Debug)]
pub struct RunningServer {
    address: SocketAddr,
    operator_address: Option<SocketAddr>,
    app: Arc<App>,
    end: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl RunningServer {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address as a URL without a path, `http://127.0.0.1:8080`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens for operators.
    pub fn operator_address(&self) -> Option<SocketAddr> {
        self.operator_address
    }

    /// The store, for what operators look at.
    pub fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.app.store)
    }

    /// How things stand with the org.
    pub fn org_standing(&self) -> OrgStanding {
        self.app.gate.standing()
    }

    /// Waits until nothing can be made durable any more; gives the reason. Requests are refused
    /// from then on. The process is to end at once: to finish what is under way would write.
    pub async fn broken(&self) -> StoreError {
        let mut broken = self.app.store.broken();
        match broken.wait_for(Option::is_some).await {
            Ok(reason) => reason.clone().unwrap_or(StoreError::Closed),
            // The store can't say so any more, and will not.
            Err(_) => std::future::pending().await,
        }
    }

    /// Where the org is no longer what the active plan relies on, as of the last look; worst first.
    pub fn drift(&self) -> Arc<Vec<DriftFinding>> {
        self.app.drift.findings()
    }

    /// Looks now whether the org still is what the active plan relies on.
    pub async fn look_at_the_org(&self) -> Arc<Vec<DriftFinding>> {
        drift::look(&self.app).await;
        self.drift()
    }

    /// Verifies a plan, keeps it and lets new conversations begin with it; those under way stay on
    /// theirs. Gives the plan's hash.
    ///
    /// # Errors
    ///
    /// [`PlanRefused`]; the plan before stays active.
    pub async fn swap_plan(&self, bytes: Vec<u8>) -> Result<String, PlanRefused> {
        let hash = self.app.plans.activate(bytes).await?;
        tracing::info!(plan = hash, "a plan was activated");
        self.app.drift.look_sooner();
        Ok(hash)
    }

    /// Ends: no new requests, streams close, effects under way finish, at most ten seconds.
    pub async fn shutdown(mut self) {
        self.end.send_replace(true);
        let mut tasks = std::mem::take(&mut self.tasks);
        let all = async {
            for task in &mut tasks {
                // A task that died has told its reason already.
                drop(task.await);
            }
        };
        if tokio::time::timeout(GRACE, all).await.is_err() {
            tracing::warn!(
                "ended before everything under way had finished; nothing durable is lost"
            );
            tasks.iter().for_each(JoinHandle::abort);
        }
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        self.end.send_replace(true);
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

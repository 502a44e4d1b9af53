//! A server from its start to its end.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tidegate_store::model::MemoryStore;
use tidegate_store::sqlite::SqliteStore;
use tidegate_store::{Store, StoreError};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::app::{App, Messenger};
use crate::config::{MessengerConfig, ServerConfig, StoreConfig};
use crate::conversation::Conversations;
use crate::messenger::identity::{BadKeys, Verifier};
use crate::plans::{PlanCache, PlanRefused};
use crate::{effects, first_look, messenger, timers};

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
    pub async fn start(config: ServerConfig) -> Result<RunningServer, StartError> {
        let ServerConfig { listen, store, plan, messengers, users, org, any_org } = config;
        let messengers = ready(messengers)?;
        let store: Arc<dyn Store> = match store {
            StoreConfig::Sqlite(path) => Arc::new(open(&path)?),
            StoreConfig::Memory => Arc::new(MemoryStore::new()),
        };
        let plans = Arc::new(PlanCache::new(Arc::clone(&store)));
        let refused = |why| StartError::Listen { address: listen, why };
        let listener = TcpListener::bind(listen).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let plan = plans.activate(plan).await?;
        store.reclaim(crate::app::now()).await?;
        first_look::at_the_store(store.as_ref()).await?;
        let (end, ending) = watch::channel(false);
        let conversations = Conversations::new(Arc::clone(&store), Arc::clone(&plans));
        let app =
            Arc::new(App { store, plans, conversations, messengers, users, org, any_org, ending });
        let tasks = vec![
            tokio::spawn(serve(listener, Arc::clone(&app))),
            tokio::spawn(effects::run(Arc::clone(&app))),
            tokio::spawn(timers::run(Arc::clone(&app))),
            tokio::spawn(first_look::at_the_org(Arc::clone(&app))),
        ];
        tracing::info!(%address, plan, version = env!("CARGO_PKG_VERSION"), "listening");
        Ok(RunningServer { address, app, end, tasks })
    }
}

fn open(path: &Path) -> Result<SqliteStore, StoreError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| StoreError::Unusable {
            path: path.to_owned(),
            why: format!("its folder can't be made: {error}"),
        })?;
    }
    SqliteStore::open(path)
}

fn ready(configs: Vec<MessengerConfig>) -> Result<BTreeMap<String, Messenger>, StartError> {
    let mut messengers = BTreeMap::new();
    for config in configs {
        let verifier = Verifier::new(&config)?;
        let MessengerConfig { name, origins, .. } = config;
        if let Some(bad) = origins.iter().find(|origin| !is_origin(origin)) {
            return Err(StartError::Messenger(format!(
                "`{bad}` of the Messenger `{name}` is no origin; write it as `https://www.example.com`, without a path"
            )));
        }
        if messengers.insert(name.clone(), Messenger { origins, verifier }).is_some() {
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

async fn serve(listener: TcpListener, app: Arc<App>) {
    let mut ending = app.ending.clone();
    let router = messenger::router(app);
    let end = async move {
        // An error means that the running server was dropped, which ends it too.
        drop(ending.wait_for(|ending| *ending).await);
    };
    if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(end).await {
        tracing::error!(%error, "the listener failed");
    }
}

/// A server that runs. Dropping it ends it at once; [`RunningServer::shutdown`] lets it finish.
#[derive(Debug)]
pub struct RunningServer {
    address: SocketAddr,
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

    /// The store, for what operators look at.
    pub fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.app.store)
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

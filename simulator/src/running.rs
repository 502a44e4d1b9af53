//! Starting the org in a process, and stopping it.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::chat::metadata::Deployed;
use crate::connection::{Cut, CuttableListener};
use crate::http::{ConnectedApp, Served, router};
use crate::org::{Metadata, OpenError, Org, Row, Value, read};

/// How long requests that are under way may take to end.
const GRACE: Duration = Duration::from_secs(2);

/// How an org is started.
#[derive(Debug, Clone)]
pub struct OrgConfig {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where its ledger is kept; without it, the org ends with the process.
    pub data_dir: Option<PathBuf>,
    /// Who may log in.
    pub connected_apps: Vec<ConnectedApp>,
}

/// The org could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its schema or its ledger is unusable.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The address can't be listened on.
    #[error("could not listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
}

/// A customer that the seed or a client made, for choosing whom to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactSummary {
    /// The 18-character id.
    pub id: String,
    /// First and last name.
    pub name: String,
    /// The e-mail address, where there is one.
    pub email: Option<String>,
    /// `Customer_Tier__c`, where there is one.
    pub tier: Option<String>,
}

/// An org that answers.
#[derive(Debug)]
pub struct RunningOrg {
    url: String,
    served: Arc<Served>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
    timekeeper: JoinHandle<()>,
}

impl Org {
    /// Opens the org and serves it until it is shut down or the value is dropped.
    pub async fn start(config: OrgConfig) -> Result<RunningOrg, StartError> {
        Org::start_with(Metadata::BuiltIn, config).await
    }

    /// The same with metadata from elsewhere.
    pub async fn start_with(
        metadata: Metadata,
        config: OrgConfig,
    ) -> Result<RunningOrg, StartError> {
        let data_dir = config.data_dir.clone();
        let open = move || Org::open(&metadata, data_dir.as_deref());
        let opened = tokio::task::spawn_blocking(open).await;
        let listen_error = |source| StartError::Listen { address: config.listen, source };
        let org = opened.map_err(|problem| listen_error(io::Error::other(problem)))??;
        let listener = TcpListener::bind(config.listen).await.map_err(listen_error)?;
        let url = format!("http://{}", listener.local_addr().map_err(listen_error)?);
        let served = Arc::new(Served::new(org, config.connected_apps, url.clone()));
        let service = router(Arc::clone(&served)).into_make_service_with_connect_info::<Cut>();
        let (stop, stopped) = oneshot::channel();
        let server = axum::serve(CuttableListener(listener), service)
            .with_graceful_shutdown(async move { drop(stopped.await) });
        let task = tokio::spawn(async move {
            if let Err(problem) = server.await {
                tracing::error!(%problem, "the org stopped answering");
            }
        });
        let timekeeper = tokio::spawn(keep_time(Arc::clone(&served)));
        Ok(RunningOrg { url, served, stop: Some(stop), task, timekeeper })
    }
}

impl RunningOrg {
    /// Where it answers, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The org behind the address.
    pub fn org(&self) -> &Org {
        &self.served.org
    }

    /// Deploys an admin's metadata for live chat, by the files' paths in their folder: all or none.
    ///
    /// # Errors
    ///
    /// What is wrong, and in which file.
    pub fn deploy(&self, files: &BTreeMap<String, String>) -> Result<Deployed, Vec<String>> {
        let served = &self.served;
        served.chat.work(&served.org, &served.url, |desk| desk.deploy(files))
    }

    /// Every Contact, oldest first.
    pub fn contacts(&self) -> Vec<ContactSummary> {
        let schema = self.org().schema();
        let Some(object) = schema.object("Contact") else { return Vec::new() };
        let state = self.org().state();
        let text = |row: &Row, name: &str| {
            let field = object.field(name)?;
            match read(&state.records, object, field, row) {
                Value::Text(text) => Some(text),
                _ => None,
            }
        };
        let contact = |row: &Row| ContactSummary {
            id: row.id.to_string(),
            name: text(row, "Name").unwrap_or_default(),
            email: text(row, "Email"),
            tier: text(row, "Customer_Tier__c"),
        };
        state.records.rows("Contact").map(contact).collect()
    }

    /// Lets requests under way end, and stops.
    pub async fn shutdown(mut self) {
        self.served.chat.end();
        if let Some(stop) = self.stop.take() {
            // The receiver is gone only where the server has ended by itself.
            let _ = stop.send(());
        }
        if tokio::time::timeout(GRACE, &mut self.task).await.is_err() {
            self.task.abort();
        }
        if let Err(problem) = (&mut self.timekeeper).await {
            tracing::error!(%problem, "the timekeeper of chats did not end well");
        }
    }
}

impl Drop for RunningOrg {
    fn drop(&mut self) {
        self.task.abort();
        self.timekeeper.abort();
    }
}

/// Does what is due in chats when it is due.
async fn keep_time(served: Arc<Served>) {
    let mut changes = served.chat.changes();
    while !served.chat.has_ended() {
        changes.borrow_and_update();
        let worker = Arc::clone(&served);
        let work = move || worker.chat.do_what_is_due(&worker.org, &worker.url);
        let next = tokio::task::spawn_blocking(work).await.ok().flatten();
        let reached = async {
            match next {
                Some(next) => served.chat.clock.reaches(next).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = changes.changed() => {}
            () = reached => {}
        }
    }
}

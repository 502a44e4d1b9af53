//! Where dead letters are: at a running server, or in the store of one that has ended.

use std::path::Path;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};
use tidegate_project::manifest::ServerSection;
use tidegate_server::dead_letters::{self, Changes, Letter, Refused, Summary};
use tidegate_store::StoreError;
use tidegate_store::sqlite::SqliteStore;

use crate::command::dev::operators;
use crate::failure::Failure;
use crate::opened::Opened;
use crate::org_login::from_environment;

/// A server answers so soon, or does not.
const PATIENCE: Duration = Duration::from_secs(20);

/// See the module.
pub(super) enum Desk {
    /// The server has ended.
    Store(Box<SqliteStore>),
    /// The server runs.
    Server {
        http: reqwest::Client,
        /// Without a path.
        url: String,
        token: SecretString,
    },
}

#[derive(Deserialize)]
struct Listed {
    dead_letters: Vec<Summary>,
}

#[derive(Deserialize)]
struct Problem {
    detail: String,
}

#[derive(Deserialize)]
struct Done {}

impl Desk {
    /// The store where nobody has it; else the server that does.
    pub(super) async fn find(opened: &Opened, store: Option<&Path>) -> Result<Self, Failure> {
        if let Some(desk) = Self::of_dev(opened, store).await {
            return Ok(desk);
        }
        let server = &opened.manifest.server;
        let usual = opened.root.join(server.store.trim_start_matches("sqlite:"));
        let path = store.unwrap_or(&usual);
        if !path.is_file() && store.is_some() {
            return Err(Failure::usage(
                format!("there is no store `{}`", path.display()),
                "without `--store`, the store that tidegate.toml names or the server that has it is \
                 asked",
            ));
        }
        if !path.is_file() {
            let why = format!("there is no store `{}`", path.display());
            return Self::server(server, &why).await;
        }
        match SqliteStore::open(path) {
            Ok(store) => Ok(Self::Store(Box::new(store))),
            Err(StoreError::Held { holder, .. }) if store.is_some() => Err(Failure::usage(
                format!("{holder} has the store `{}`", path.display()),
                "leave `--store` out and name that server's project with `--project`, or stop the \
                 server",
            )),
            Err(StoreError::Held { holder, .. }) => {
                Self::server(server, &format!("{holder} has the store")).await
            }
            Err(error) => Err(Failure::world(error.to_string(), "")),
        }
    }

    /// The server of a `dev` that runs in the project, unless another store is named.
    async fn of_dev(opened: &Opened, store: Option<&Path>) -> Option<Self> {
        let same = |one: &Path, other: &Path| match (one.canonicalize(), other.canonicalize()) {
            (Ok(one), Ok(other)) => one == other,
            _ => false,
        };
        let own = opened.root.join(operators::STORE);
        if store.is_some_and(|store| !same(store, &own)) {
            return None;
        }
        let (address, token) = operators::of(&opened.root)?;
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().ok()?;
        let desk = Self::Server { http, url: format!("http://{address}"), token };
        // One that was killed leaves its file behind, and nobody answers.
        desk.list().await.ok()?;
        anstream::eprintln!("asked of `tidegate dev`, which runs here");
        Some(desk)
    }

    async fn server(server: &ServerSection, why: &str) -> Result<Self, Failure> {
        let (Some(address), Some(variable)) =
            (server.operator_address(), server.operator_token_env.as_ref())
        else {
            return Err(Failure::world(
                format!("{why}, and tidegate.toml does not say how operators reach the server"),
                "name the token's environment variable as `server.operator_token_env`, or stop \
                 the server",
            ));
        };
        let token = SecretString::from(from_environment("server", variable)?);
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build();
        let http = http.map_err(|error| Failure::usage(error.to_string(), ""))?;
        let desk = Self::Server { http, url: format!("http://{address}"), token };
        desk.list().await.map_err(|failure| match failure {
            Failure::World { message, help } => {
                Failure::World { message: format!("{why}, and {message}"), help }
            }
            other => other,
        })?;
        Ok(desk)
    }

    pub(super) fn is_store(&self) -> bool {
        matches!(self, Self::Store(_))
    }

    pub(super) async fn list(&self) -> Result<Vec<Summary>, Failure> {
        match self {
            Self::Store(store) => dead_letters::list(store.as_ref()).await.map_err(refused),
            Self::Server { .. } => {
                Ok(self.ask::<Listed>("/v1/dead-letters", None).await?.dead_letters)
            }
        }
    }

    pub(super) async fn show(&self, one: &Summary) -> Result<Letter, Failure> {
        match self {
            Self::Store(store) => dead_letters::show(store.as_ref(), one.id).await.map_err(refused),
            Self::Server { .. } => self.ask(&path(one, ""), None).await,
        }
    }

    pub(super) async fn mend(&self, one: &Summary, how: &Changes) -> Result<Letter, Failure> {
        match self {
            Self::Store(store) => {
                let (by, now) = (who(), jiff::Timestamp::now());
                dead_letters::mend(store.as_ref(), one.id, how, &by, now).await.map_err(refused)
            }
            Self::Server { .. } => self.ask(&path(one, "/mend"), Some(json!(how))).await,
        }
    }

    pub(super) async fn resend(&self, one: &Summary) -> Result<(), Failure> {
        match self {
            Self::Store(store) => {
                let (by, now) = (who(), jiff::Timestamp::now());
                dead_letters::resend(store.as_ref(), one.id, &by, now).await.map_err(refused)
            }
            Self::Server { .. } => {
                let Done {} = self.ask(&path(one, "/resend"), Some(json!({}))).await?;
                Ok(())
            }
        }
    }

    pub(super) async fn drop(&self, one: &Summary, because: &str) -> Result<(), Failure> {
        match self {
            Self::Store(store) => {
                let (by, now) = (who(), jiff::Timestamp::now());
                dead_letters::drop(store.as_ref(), one.id, because, &by, now).await.map_err(refused)
            }
            Self::Server { .. } => {
                let body = json!({ "because": because });
                let Done {} = self.ask(&path(one, "/drop"), Some(body)).await?;
                Ok(())
            }
        }
    }

    async fn ask<T: DeserializeOwned>(&self, path: &str, body: Option<Json>) -> Result<T, Failure> {
        let Self::Server { http, url, token } = self else {
            return Err(Failure::usage("no server is asked", ""));
        };
        let address = format!("{url}{path}");
        let request = match body {
            Some(body) => http.post(address).json(&body),
            None => http.get(address),
        };
        let silent = |error: reqwest::Error| {
            let why = error.without_url();
            Failure::world(
                format!("nobody answers operators at {url}: {why}"),
                "look at `server.operator_listen` in tidegate.toml, and at the server's log",
            )
        };
        let answer = request.bearer_auth(token.expose_secret()).send().await.map_err(silent)?;
        let status = answer.status();
        if status.is_success() {
            return answer.json().await.map_err(silent);
        }
        let told = answer.json::<Problem>().await.map(|problem| problem.detail);
        let told = told.unwrap_or_else(|_| format!("status {status}"));
        Err(match status.as_u16() {
            401 => Failure::world(
                format!("the server at {url} does not take this token: {told}"),
                "the variable that `server.operator_token_env` names must hold what the server \
                 was started with",
            ),
            404 | 409 | 422 => Failure::input(told, ""),
            _ => Failure::world(format!("the server at {url} could not do this: {told}"), ""),
        })
    }
}

fn path(one: &Summary, what: &str) -> String {
    format!("/v1/dead-letters/{}{what}", one.id)
}

/// Whoever works on the store itself has its machine's word for who they are.
fn who() -> String {
    let user = std::env::var("USER").unwrap_or_else(|_| "somebody".to_owned());
    format!("{} at the store", user.escape_debug())
}

fn refused(refused: Refused) -> Failure {
    match refused {
        Refused::Store(error) => Failure::world(error.to_string(), ""),
        other => Failure::input(other.to_string(), ""),
    }
}

//! The token in use, shared by every call, and its renewal by one of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use secrecy::SecretString;
use tokio::sync::Mutex;
use url::Url;

use super::Login;
use crate::client::Transport;
use crate::error::Error;

/// A token and where it is good.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) secret: SecretString,
    pub(crate) instance: Url,
    pub(crate) identity: String,
    /// The number of the login that it came from.
    number: u64,
}

/// Holds the token. However many calls need a new one at a time, one logs in and all take what it
/// got, a failure too.
pub(crate) struct Session {
    login: Login,
    /// Logins finished so far.
    finished: AtomicU64,
    last: Mutex<Option<Result<Arc<Token>, Error>>>,
}

impl Session {
    pub(crate) fn new(login: Login) -> Self {
        Session { login, finished: AtomicU64::new(0), last: Mutex::new(None) }
    }

    /// The token in use, or a first one.
    pub(crate) async fn token(&self, transport: &Transport) -> Result<Arc<Token>, Error> {
        self.renewed(transport, None).await
    }

    /// A token other than the one that failed.
    pub(crate) async fn renew(
        &self,
        transport: &Transport,
        failed: &Token,
    ) -> Result<Arc<Token>, Error> {
        self.renewed(transport, Some(failed.number)).await
    }

    async fn renewed(
        &self,
        transport: &Transport,
        failed: Option<u64>,
    ) -> Result<Arc<Token>, Error> {
        let finished_before = self.finished.load(Ordering::Acquire);
        let mut last = self.last.lock().await;
        match &*last {
            Some(Ok(token)) if Some(token.number) != failed => return Ok(Arc::clone(token)),
            // The login that was under way as this call came has failed: it counts for this call.
            Some(Err(error)) if self.finished.load(Ordering::Acquire) > finished_before => {
                return Err(error.clone());
            }
            _ => {}
        }
        let answer = self.login.request(transport).await;
        let number = self.finished.fetch_add(1, Ordering::AcqRel) + 1;
        let result = answer.map(|answer| {
            Arc::new(Token {
                secret: answer.access_token,
                instance: answer.instance,
                identity: answer.identity,
                number,
            })
        });
        *last = Some(result.clone());
        result
    }
}

//! Access tokens, and the requests that carry them.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use rand::RngExt as _;
use rand::distr::Alphanumeric;

use crate::org::{AutoAssign, Call, ErrorCode, RecordId, Refusal};

/// Headers that change what a write does, or say who writes.
const KEPT_HEADERS: [&str; 4] = [
    "sforce-auto-assign",
    "sforce-call-options",
    "sforce-duplicate-rule-header",
    "if-unmodified-since",
];
const TOKEN_CHARACTERS: usize = 80;

/// Who is logged in.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    by_token: Mutex<HashMap<String, Session>>,
}

/// One login.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// The user's id.
    pub user: RecordId,
    /// The user's login name.
    pub username: String,
}

impl Sessions {
    /// Logs a user in, and gives the access token.
    pub(crate) fn begin(&self, org: &RecordId, session: Session) -> String {
        let random: String =
            rand::rng().sample_iter(Alphanumeric).take(TOKEN_CHARACTERS).map(char::from).collect();
        let token = format!("{}!AQ{random}", org.short());
        self.lock().insert(token.clone(), session);
        token
    }

    /// Ends every login; says how many there were.
    pub(crate) fn expire_all(&self) -> usize {
        let mut sessions = self.lock();
        let ended = sessions.len();
        sessions.clear();
        ended
    }

    /// Ends one login.
    pub(crate) fn revoke(&self, token: &str) -> bool {
        self.lock().remove(token).is_some()
    }

    /// The login that a request's token belongs to.
    pub(crate) fn of(&self, headers: &HeaderMap) -> Result<Session, Refusal> {
        self.lock().get(token_of(headers)?).cloned().ok_or_else(expired)
    }

    /// Ends the login that a request's token belongs to.
    pub(crate) fn end(&self, headers: &HeaderMap) {
        if let Ok(token) = token_of(headers) {
            self.revoke(token);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Session>> {
        self.by_token.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Session {
    /// What a write needs to know of its request.
    pub(crate) fn call(&self, headers: &HeaderMap) -> Call {
        let kept = KEPT_HEADERS.iter().filter_map(|name| {
            let value = headers.get(*name)?.to_str().ok()?;
            Some(((*name).to_owned(), value.to_owned()))
        });
        let kept: BTreeMap<_, _> = kept.collect();
        let off = kept.get("sforce-auto-assign").is_some_and(|v| v.eq_ignore_ascii_case("false"));
        Call {
            user: self.user.clone(),
            username: self.username.clone(),
            auto_assign: if off { AutoAssign::Off } else { AutoAssign::Active },
            headers: kept,
        }
    }
}

fn token_of(headers: &HeaderMap) -> Result<&str, Refusal> {
    let header = headers.get(AUTHORIZATION).map(|value| value.to_str().unwrap_or_default());
    let header = header.ok_or_else(expired)?;
    let token = header.split_once(' ').and_then(|(scheme, token)| {
        let known = ["bearer", "oauth"].iter().any(|s| scheme.eq_ignore_ascii_case(s));
        known.then(|| token.trim())
    });
    token.ok_or_else(|| Refusal::request(ErrorCode::InvalidAuthHeader, "INVALID_HEADER_TYPE"))
}

fn expired() -> Refusal {
    Refusal::usual(ErrorCode::InvalidSessionId)
}

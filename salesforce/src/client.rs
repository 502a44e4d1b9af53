//! The client: one org, one login, every call.

mod address;
pub(crate) mod patience;
pub(crate) mod transport;
mod usage;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::{HeaderMap, Method};
use reqwest::StatusCode;
use secrecy::ExposeSecret as _;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::OnceCell;

pub(crate) use address::Address;
pub(crate) use transport::{Reach, Transport};
pub use usage::ApiUsage;

use crate::error::{Error, LoginError, Refusal};
use crate::name::ApiVersion;
use crate::oauth::{Login, Session, Token};
use crate::pull::identity;
use crate::wire::{self, FaultBody, Identity, Version};

/// Salesforce refuses addresses of more than 16,384 bytes, headers counted in part.
const LONGEST_ADDRESS: usize = 15_000;

/// How to reach an org.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How to log in, and where.
    pub login: Login,
    /// The version of the API to speak; the org's newest where absent.
    pub api_version: Option<ApiVersion>,
    /// How long to wait for a connection.
    pub connect_timeout: Duration,
    /// How long to wait for a whole answer; uploads of files wait four times as long.
    pub timeout: Duration,
    /// Bytes of an answer at most.
    pub max_answer: usize,
}

impl Settings {
    /// The usual settings: 10 s to connect, 30 s to answer, answers up to 32 MiB.
    pub fn new(login: Login) -> Self {
        Settings {
            login,
            api_version: None,
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            max_answer: 32 << 20,
        }
    }
}

/// A client of one org. Clones share the login, the connections and what is known of the limits.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    transport: Transport,
    session: Session,
    timeout: Duration,
    api_version: OnceCell<ApiVersion>,
    usage: Mutex<Option<ApiUsage>>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("usage", &self.usage()).finish_non_exhaustive()
    }
}

/// One request, independent of the token that will carry it.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) address: Address,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Value>,
    /// Waits longer for the answer.
    pub(crate) patient: bool,
}

impl Call {
    pub(crate) fn new(method: Method, address: Address) -> Self {
        Call { method, address, headers: HeaderMap::new(), body: None, patient: false }
    }

    pub(crate) fn get(address: Address) -> Self {
        Call::new(Method::GET, address)
    }
}

/// An answer that was read whole.
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// The latest that the org has said of its allowance, with this answer or before.
    usage: Option<ApiUsage>,
}

impl Answered {
    /// Takes a success; anything else is an error.
    pub(crate) fn success(self) -> Result<Self, Error> {
        if self.status.is_success() {
            return Ok(self);
        }
        let status = self.status.as_u16();
        if self.status.is_redirection() {
            return Err(Error::unclear(status, "it points elsewhere, which is not followed"));
        }
        let retry_after = patience::asked_for(self.status, &self.headers);
        Err(Error::from_answer(status, &self.body, self.usage, retry_after))
    }

    /// Reads the body of a success, taking `null` as absent.
    pub(crate) fn json<T: DeserializeOwned>(self) -> Result<T, Error> {
        self.read(wire::read)
    }

    /// Reads the body of a success, where `null` says something: a blank field.
    pub(crate) fn exact<T: DeserializeOwned>(self) -> Result<T, Error> {
        self.read(|body| serde_json::from_slice(body))
    }

    fn read<T>(self, read: impl FnOnce(&[u8]) -> Result<T, serde_json::Error>) -> Result<T, Error> {
        let answered = self.success()?;
        read(&answered.body).map_err(|error| {
            let what = format!("an answer that cannot be read: {error}");
            Error::unclear(answered.status.as_u16(), what)
        })
    }
}

impl Client {
    /// Makes a client; nothing is sent until the first call.
    ///
    /// # Errors
    ///
    /// This machine cannot make TLS connections.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        let transport = Transport::new(&settings)?;
        let Settings { login, api_version, timeout, .. } = settings;
        let inner = Inner {
            transport,
            session: Session::new(login),
            timeout,
            api_version: OnceCell::new_with(api_version),
            usage: Mutex::new(None),
        };
        Ok(Client { inner: Arc::new(inner) })
    }

    /// What the org last said about its daily allowance of requests.
    pub fn usage(&self) -> Option<ApiUsage> {
        *self.inner.usage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The versions of the API that the org speaks.
    ///
    /// # Errors
    ///
    /// As any call.
    pub async fn versions(&self) -> Result<Vec<Version>, Error> {
        self.send(Call::get(Address::root())).await?.json()
    }

    /// The version that this client speaks: the one that was set, or the org's newest.
    ///
    /// # Errors
    ///
    /// As any call, where the org has to be asked.
    pub async fn api_version(&self) -> Result<&ApiVersion, Error> {
        self.inner
            .api_version
            .get_or_try_init(async || {
                let versions = self.versions().await?;
                let named = versions.iter().filter_map(|it| ApiVersion::new(&it.version).ok());
                named.max_by_key(ApiVersion::release).ok_or_else(|| {
                    Error::unclear(200, "the org names no version of the API that it speaks")
                })
            })
            .await
    }

    /// An address below the version's root.
    pub(crate) async fn data(&self, segments: &[&str]) -> Result<Address, Error> {
        Address::data(self.api_version().await?, segments)
    }

    /// The address of who logged in; empty where the login did not tell.
    pub(crate) async fn identity_address(&self) -> Result<String, Error> {
        Ok(self.inner.session.token(&self.inner.transport).await?.identity.clone())
    }

    /// The id of the org that this client is logged in to, as the login's answer tells it; the
    /// org is asked where that says nothing.
    ///
    /// # Errors
    ///
    /// As any call.
    pub async fn org_id(&self) -> Result<String, Error> {
        if let Some((org, _)) = identity::ids(&self.identity_address().await?) {
            return Ok(org.as_str().to_owned());
        }
        let identity: Identity = self.send(Call::get(Address::userinfo())).await?.json()?;
        Ok(identity.organization_id)
    }

    /// Carries out a call. An expired session is renewed and the call repeated, once: the org
    /// decides about the session before it does anything else.
    pub(crate) async fn send(&self, call: Call) -> Result<Answered, Error> {
        let Inner { transport, session, .. } = &*self.inner;
        let token = session.token(transport).await?;
        let answered = self.send_with(&call, &token).await?;
        if answered.status != StatusCode::UNAUTHORIZED {
            return Ok(answered);
        }
        if let Some(what) = hopeless(&answered.body) {
            return Err(LoginError::SessionRefused { what }.into());
        }
        let token = session.renew(transport, &token).await?;
        let answered = self.send_with(&call, &token).await?;
        if answered.status == StatusCode::UNAUTHORIZED {
            return Err(LoginError::SessionRefused { what: words(&answered.body) }.into());
        }
        Ok(answered)
    }

    async fn send_with(&self, call: &Call, token: &Token) -> Result<Answered, Error> {
        let Inner { transport, timeout, .. } = &*self.inner;
        let address = call.address.on(&token.instance);
        if address.as_str().len() > LONGEST_ADDRESS {
            let what = format!("a query or a list of fields of more than {LONGEST_ADDRESS} bytes");
            return Err(Error::Unaskable { what });
        }
        let mut request = transport
            .http
            .request(call.method.clone(), address)
            .headers(call.headers.clone())
            .bearer_auth(token.secret.expose_secret())
            .timeout(if call.patient { *timeout * 4 } else { *timeout });
        if let Some(body) = &call.body {
            request = request.json(body);
        }
        let (status, headers, body) = transport.send(request).await?;
        let usage = {
            let mut known = self.inner.usage.lock().unwrap_or_else(PoisonError::into_inner);
            *known = ApiUsage::from_headers(&headers).or(*known);
            *known
        };
        Ok(Answered { status, headers, body, usage })
    }
}

/// The words of a 401 that a new session would only repeat.
fn hopeless(body: &[u8]) -> Option<String> {
    const FOREVER: [&str; 2] = [
        "This session is not valid for use with the REST API",
        "Connected app is not attached to Agent",
    ];
    let words = words(body);
    FOREVER.iter().any(|sign| words.contains(sign)).then_some(words)
}

fn words(body: &[u8]) -> String {
    match FaultBody::read(body) {
        FaultBody::Faults(faults) => Refusal::new(401, faults).to_string(),
        FaultBody::Junk(start) => start,
    }
}

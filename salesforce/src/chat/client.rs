//! The client of one deployment: tokens, and requests with them.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use reqwest::RequestBuilder;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::call::Spelling;
use super::clock::{Clock, MachineClock};
use super::customer::Customer;
use super::deployment::Deployment;
use super::error::ChatError;
use super::gate::{Lane, Rate, TokenGate};
use super::outside::Outside;
use super::token::{Granted, Token};
use crate::client::{Reach, Transport};

/// Where REST calls go.
const API: &str = "/iamessage/api/v2";

/// How to reach a deployment.
#[derive(Debug, Clone)]
pub struct ChatSettings {
    /// The deployment.
    pub deployment: Deployment,
    /// How long to wait for a connection.
    pub connect_timeout: Duration,
    /// How long to wait for a whole answer; files wait four times as long.
    pub timeout: Duration,
    /// Bytes of an answer at most.
    pub max_answer: usize,
    /// Bytes of one event at most; what is longer is fetched as an entry.
    pub max_event: usize,
    /// The clock to go by.
    pub clock: Arc<dyn Clock>,
    /// The gate to the org's tokens: the same one for all deployments of an org.
    pub gate: TokenGate,
}

impl ChatSettings {
    /// The usual settings: 10 s to connect, 30 s to answer, answers up to 8 MiB, events up to 1 MiB, the
    /// machine's clock, a gate of its own.
    pub fn new(deployment: Deployment) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(MachineClock);
        ChatSettings {
            deployment,
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            max_answer: 8 << 20,
            max_event: 1 << 20,
            gate: TokenGate::new(Rate::default(), Arc::clone(&clock)),
            clock,
        }
    }
}

/// A client of one deployment, for any number of visitors. Clones share the connections.
#[derive(Clone)]
pub struct ChatClient {
    inner: Arc<Inner>,
}

struct Inner {
    transport: Transport,
    /// For what the org names elsewhere.
    elsewhere: Transport,
    settings: ChatSettings,
    /// Whether the org spells receipts the long way.
    spells_long: AtomicBool,
}

impl fmt::Debug for ChatClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let deployment = &self.inner.settings.deployment;
        f.debug_struct("ChatClient").field("deployment", deployment).finish_non_exhaustive()
    }
}

/// An answer that was a success.
pub(super) struct Done {
    pub(super) status: StatusCode,
    body: Vec<u8>,
}

impl Done {
    /// The body as JSON.
    pub(super) fn json(&self) -> Result<Value, ChatError> {
        serde_json::from_slice(&self.body).map_err(|error| {
            ChatError::unclear(self.status, format!("an answer that cannot be read: {error}"))
        })
    }

    /// The body as JSON where it is that, for answers whose success is all that matters.
    pub(super) fn any(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

impl ChatClient {
    /// Makes a client; nothing is sent until the first call.
    ///
    /// # Errors
    ///
    /// This machine cannot make TLS connections.
    pub fn new(settings: ChatSettings) -> Result<Self, ChatError> {
        let accept = HeaderValue::from_static("application/json");
        let reach = Reach {
            here: settings.deployment.scrt.is_loopback(),
            headers: HeaderMap::from_iter([(header::ACCEPT, accept)]),
            connect_timeout: settings.connect_timeout,
            timeout: None,
            max_answer: settings.max_answer,
            names: None,
        };
        let names = Some(Arc::new(Outside::new()));
        let elsewhere = Transport::reaching(Reach { here: false, names, ..reach.clone() })?;
        let transport = Transport::reaching(reach)?;
        let spells_long = AtomicBool::new(false);
        Ok(ChatClient { inner: Arc::new(Inner { transport, elsewhere, settings, spells_long }) })
    }

    pub(super) fn spelling(&self) -> Spelling {
        match self.inner.spells_long.load(Ordering::Relaxed) {
            true => Spelling::Long,
            false => Spelling::Short,
        }
    }

    pub(super) fn spell(&self, spelling: Spelling) {
        self.inner.spells_long.store(spelling == Spelling::Long, Ordering::Relaxed);
    }

    /// The deployment.
    pub fn deployment(&self) -> &Deployment {
        &self.inner.settings.deployment
    }

    /// The clock that this client goes by.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.settings.clock
    }

    pub(super) fn transport(&self) -> &Transport {
        &self.inner.transport
    }

    pub(super) fn elsewhere(&self) -> &Transport {
        &self.inner.elsewhere
    }

    pub(super) fn max_event(&self) -> usize {
        self.inner.settings.max_event
    }

    /// Asks for a token of a new anonymous visitor ("Generate Access Token for Unauthenticated User").
    /// Waits for its turn among all who ask.
    ///
    /// # Errors
    ///
    /// As any call; [`ChatError::Crowded`] where it would wait too long.
    pub async fn guest_token(&self, device: Option<Uuid>) -> Result<Granted, ChatError> {
        let lane = self.inner.settings.gate.for_new().await?;
        let request = self.post("/authorization/unauthenticated/access-token");
        self.granted(lane, request.json(&self.introduction(device))).await
    }

    /// Asks for a token of a customer whom we vouch for ("Generate Access Token for Authenticated
    /// User"). Waits for its turn among all who ask.
    ///
    /// # Errors
    ///
    /// As any call; [`ChatError::NotVerified`] where the org takes the assertion for nobody's.
    pub async fn verified_token(
        &self,
        customer: &Customer,
        device: Option<Uuid>,
    ) -> Result<Granted, ChatError> {
        let lane = self.inner.settings.gate.for_new().await?;
        // Signed after the waiting, for it ends soon.
        let assertion = customer.assertion(self.clock().now())?;
        let mut body = self.introduction(device);
        body["authorizationType"] = "JWT".into();
        body["customerIdentityToken"] = assertion.expose_secret().into();
        let request = self.post("/authorization/authenticated/access-token");
        let granted = self.granted(lane, request.json(&body)).await?;
        if !granted.is_verified() {
            let subject = granted.subject.unwrap_or_default();
            return Err(ChatError::NotVerified { subject });
        }
        Ok(granted)
    }

    /// Asks for another token of the same visitor ("Generate Continuation Access Token"). Waits for
    /// its turn among all who renew.
    ///
    /// # Errors
    ///
    /// As any call; [`ChatError::TokenExpired`] where the token is over already.
    pub async fn continued_token(&self, token: &Token) -> Result<Granted, ChatError> {
        let lane = self.inner.settings.gate.for_renewal().await?;
        let request = self.request(Method::GET, "/authorization/continuation-access-token");
        self.granted(lane, bearing(request, token)).await
    }

    /// Whom we say that we are, and for which deployment.
    fn introduction(&self, device: Option<Uuid>) -> Value {
        let Deployment { org, name, .. } = self.deployment();
        let mut body = json!({
            "orgId": org.as_str(),
            "esDeveloperName": name.as_str(),
            "capabilitiesVersion": "1",
            "platform": "Web",
            "context": {"appName": "tidegate", "clientVersion": env!("CARGO_PKG_VERSION")},
        });
        if let Some(device) = device {
            body["deviceId"] = device.hyphenated().to_string().into();
        }
        body
    }

    async fn granted(&self, lane: &Lane, request: RequestBuilder) -> Result<Granted, ChatError> {
        let done = match self.carry(request).await {
            Err(ChatError::RateLimited { retry_after }) => {
                lane.refused(retry_after);
                return Err(ChatError::RateLimited { retry_after });
            }
            other => other?,
        };
        let granted = Granted::read(&done.json()?, self.clock().now());
        granted.ok_or_else(|| ChatError::unclear(done.status, "an answer without a token"))
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.request(Method::POST, path)
    }

    /// A request to a path below the API's root, which consists of ids and words of ours.
    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let address = self.deployment().scrt.at(&format!("{API}{path}"));
        self.transport().http.request(method, address).timeout(self.inner.settings.timeout)
    }

    /// A request to an address that the org has told.
    pub(super) fn fetching(
        &self,
        transport: &Transport,
        method: Method,
        address: Url,
    ) -> RequestBuilder {
        let accept = HeaderValue::from_static("*/*");
        let request = transport.http.request(method, address);
        request.header(header::ACCEPT, accept).timeout(self.inner.settings.timeout)
    }

    /// The same, with more time for its answer.
    pub(super) fn patient(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).timeout(self.inner.settings.timeout * 4)
    }

    /// Carries out a call with a visitor's token.
    pub(super) async fn call(
        &self,
        request: RequestBuilder,
        token: &Token,
    ) -> Result<Done, ChatError> {
        self.carry(bearing(request, token)).await
    }

    async fn carry(&self, request: RequestBuilder) -> Result<Done, ChatError> {
        let (status, headers, body) = self.transport().send(request).await?;
        if !status.is_success() {
            return Err(ChatError::from_answer(status, &headers, &body));
        }
        Ok(Done { status, body })
    }
}

pub(super) fn bearing(request: RequestBuilder, token: &Token) -> RequestBuilder {
    request.bearer_auth(token.secret().expose_secret())
}

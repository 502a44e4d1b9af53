//! Sending one request and reading its answer whole, within bounds.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, header};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response, StatusCode};

use super::Settings;
use crate::chat::Outside;
use crate::error::Error;

/// Names us in the org's logs, and in change events as the origin of our own writes.
const CALL_OPTIONS: HeaderName = HeaderName::from_static("sforce-call-options");

pub(crate) struct Transport {
    pub(crate) http: reqwest::Client,
    max_answer: usize,
}

/// What connections are made with.
#[derive(Clone)]
pub(crate) struct Reach {
    /// Whether requests stay on this machine.
    pub(crate) here: bool,
    pub(crate) headers: HeaderMap,
    pub(crate) connect_timeout: Duration,
    /// For a whole answer, where a request does not say otherwise.
    pub(crate) timeout: Option<Duration>,
    pub(crate) max_answer: usize,
    /// What names stand for, where not the machine says so.
    pub(crate) names: Option<Arc<Outside>>,
}

impl Transport {
    pub(super) fn new(settings: &Settings) -> Result<Self, Error> {
        let headers = HeaderMap::from_iter([
            (CALL_OPTIONS, HeaderValue::from_static("client=tidegate")),
            (header::ACCEPT, HeaderValue::from_static("application/json")),
        ]);
        Transport::reaching(Reach {
            here: settings.login.url.is_loopback(),
            headers,
            connect_timeout: settings.connect_timeout,
            timeout: Some(settings.timeout),
            max_answer: settings.max_answer,
            names: None,
        })
    }

    pub(crate) fn reaching(reach: Reach) -> Result<Self, Error> {
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("tidegate/", env!("CARGO_PKG_VERSION")))
            .default_headers(reach.headers)
            .connect_timeout(reach.connect_timeout)
            .redirect(Policy::none())
            .https_only(!reach.here);
        if let Some(timeout) = reach.timeout {
            builder = builder.timeout(timeout);
        }
        if reach.here {
            builder = builder.no_proxy();
        }
        if let Some(names) = reach.names {
            builder = builder.dns_resolver(names);
        }
        let http = builder.build().map_err(|error| Error::NotSent { what: chain(error) })?;
        Ok(Transport { http, max_answer: reach.max_answer })
    }

    /// Sends a request.
    pub(crate) async fn send(
        &self,
        request: RequestBuilder,
    ) -> Result<(StatusCode, HeaderMap, Vec<u8>), Error> {
        let mut response = self.open(request).await?;
        let headers = std::mem::take(response.headers_mut());
        let body = self.body(&mut response).await?;
        Ok((response.status(), headers, body))
    }

    /// Sends a request whose answer is read piece by piece.
    pub(crate) async fn open(&self, request: RequestBuilder) -> Result<Response, Error> {
        request.send().await.map_err(|error| {
            if error.is_connect() || error.is_builder() {
                Error::NotSent { what: chain(error) }
            } else {
                Error::Unclear { status: None, code: None, what: chain(error), retry_after: None }
            }
        })
    }

    pub(crate) async fn body(&self, response: &mut Response) -> Result<Vec<u8>, Error> {
        let body = self.body_within(response, self.max_answer).await?;
        body.ok_or_else(|| {
            let what = format!("an answer of more than {} bytes", self.max_answer);
            Error::unclear(response.status().as_u16(), what)
        })
    }

    /// A body of so many bytes at most; `None` where it has more.
    pub(crate) async fn body_within(
        &self,
        response: &mut Response,
        most: usize,
    ) -> Result<Option<Vec<u8>>, Error> {
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) =
            response.chunk().await.map_err(|error| Error::unclear(status, chain(error)))?
        {
            if body.len() + chunk.len() > most {
                return Ok(None);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Some(body))
    }
}

/// The error, the host and the causes. Nothing behind the host: an address may hold a customer's
/// words.
pub(crate) fn chain(error: reqwest::Error) -> String {
    let host = error.url().map(|url| url.origin().ascii_serialization());
    let error = error.without_url();
    let mut words = error.to_string();
    if let Some(host) = host {
        words.push_str(&format!(" ({host})"));
    }
    let mut cause = error.source();
    while let Some(inner) = cause {
        words.push_str(": ");
        words.push_str(&inner.to_string());
        cause = inner.source();
    }
    words
}

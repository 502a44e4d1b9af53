//! An org that records what it is asked and answers as a test says.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use http::StatusCode;
use serde_json::{Value, json};

pub(super) use super::server::Seen;
use super::server::Server;
use crate::client::{Client, Settings};
use crate::oauth::{Grant, Login};

/// What to answer.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
    after: Duration,
}

pub(super) fn json_answer(status: u16, body: &Value) -> Answer {
    text_answer(status, body.to_string())
}

pub(super) fn text_answer(status: u16, body: impl Into<String>) -> Answer {
    Answer { status, headers: Vec::new(), body: body.into(), after: Duration::ZERO }
}

impl Answer {
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn after(mut self, wait: Duration) -> Self {
        self.after = wait;
        self
    }
}

/// A running server.
pub(super) struct Org {
    pub(super) url: String,
    server: Server,
}

impl Org {
    /// Answers by a function; it stops with the test's runtime.
    pub(super) async fn answering(
        answer: impl Fn(&Seen) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let server = Server::answering(move |request| {
            let answer = answer(request);
            async move {
                tokio::time::sleep(answer.after).await;
                response(answer)
            }
        });
        let server = server.await;
        Org { url: server.url.clone(), server }
    }

    /// Takes every login, and answers data calls by a function.
    pub(super) async fn with_data(
        answer: impl Fn(&Seen) -> Answer + Send + Sync + 'static,
    ) -> Self {
        Org::answering(
            move |seen| if seen.is_login() { token("T", &own_url(seen)) } else { answer(seen) },
        )
        .await
    }

    pub(super) fn settings(&self) -> Settings {
        let grant = Grant::ClientCredentials {
            consumer_key: "the-key".to_owned(),
            consumer_secret: "hush-secret".into(),
        };
        let login = Login { url: self.url.parse().expect("a login address"), grant };
        let api_version = crate::ApiVersion::new("66.0").ok();
        Settings { api_version, timeout: Duration::from_secs(5), ..Settings::new(login) }
    }

    pub(super) fn client(&self) -> Client {
        Client::new(self.settings()).expect("a client")
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.server.seen()
    }

    pub(super) fn logins(&self) -> usize {
        self.seen().iter().filter(|seen| seen.is_login()).count()
    }

    pub(super) fn data_calls(&self) -> Vec<Seen> {
        self.seen().into_iter().filter(|seen| !seen.is_login()).collect()
    }
}

impl Seen {
    pub(super) fn is_login(&self) -> bool {
        self.target == "/services/oauth2/token"
    }
}

/// The address that a request came to.
pub(super) fn own_url(seen: &Seen) -> String {
    format!("http://{}", seen.header("host"))
}

pub(super) fn token(access_token: &str, instance: &str) -> Answer {
    json_answer(
        200,
        &json!({
            "access_token": access_token,
            "scope": "api web",
            "instance_url": instance,
            "id": format!("{instance}/id/00Dxx0000000001EAA/005xx000001SvABAA0"),
            "token_type": "Bearer",
        }),
    )
}

fn response(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).expect("a status");
    for (name, value) in answer.headers {
        response.headers_mut().insert(name, value.parse().expect("a header"));
    }
    response
}

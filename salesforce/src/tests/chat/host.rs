//! A messaging host that records what it is asked and answers as a test says, streams too.

use std::future::ready;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::server::{Seen, Server};
use super::steered::Steered;
use crate::chat::{
    ChatClient, ChatSettings, Clock, ConversationId, Deployment, Identity, Rate, Token, TokenGate,
    Visitor,
};

/// What to answer.
pub(super) enum Reply {
    /// A status and JSON.
    Json(u16, Value),
    /// 429 with `Retry-After`.
    Patience(&'static str),
    /// A stream of events, which ends when its other end is dropped.
    Events(UnboundedReceiver<Piece>),
    /// It is somewhere else.
    Moved(&'static str),
    /// A page of a gateway.
    Page(u16, &'static str),
}

/// A piece of a stream, or its breaking off.
pub(super) type Piece = Result<Vec<u8>, std::io::Error>;

/// The end of a stream that a test writes to.
#[derive(Clone)]
pub(super) struct Writer(UnboundedSender<Piece>);

impl Writer {
    pub(super) fn new() -> (Self, Reply) {
        let (sender, receiver) = unbounded();
        (Writer(sender), Reply::Events(receiver))
    }

    pub(super) fn write(&self, text: &str) {
        // Whoever has given the stream up does not hear it.
        let _ = self.0.unbounded_send(Ok(text.as_bytes().to_vec()));
    }

    /// The connection breaks.
    pub(super) fn break_off(self) {
        let _ = self.0.unbounded_send(Err(std::io::ErrorKind::ConnectionReset.into()));
    }
}

/// A running host.
pub(super) struct Host {
    pub(super) url: String,
    pub(super) clock: Arc<Steered>,
    server: Server,
}

impl Host {
    /// Answers by a function; it stops with the test's runtime.
    pub(super) async fn answering(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let server = Server::answering(move |request| ready(response(answer(request)))).await;
        Host { url: server.url.clone(), clock: Steered::new(), server }
    }

    pub(super) fn client(&self) -> ChatClient {
        self.client_at(Rate::default())
    }

    pub(super) fn client_at(&self, rate: Rate) -> ChatClient {
        let deployment = Deployment {
            scrt: self.url.parse().expect("a host"),
            org: "00D5e000000AbcdEAX".parse().expect("an org"),
            name: "Web_Client".parse().expect("a name"),
        };
        let clock: Arc<dyn Clock> = self.clock.clone();
        let gate = TokenGate::new(rate, Arc::clone(&clock));
        let settings = ChatSettings { clock, gate, ..ChatSettings::new(deployment) };
        ChatClient::new(settings).expect("a client")
    }

    /// A visitor whose token is known already.
    pub(super) fn visitor(&self, identity: Identity, token: &str) -> Visitor {
        let token = Token::restored(token.into(), Some("100".to_owned()), self.clock.now());
        Visitor::known(self.client(), identity, None, token)
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.server.seen()
    }

    /// The requests as lines.
    pub(super) fn told(&self) -> String {
        let line = |seen: &Seen| {
            let Seen { method, target, headers: _, body } = seen;
            let bearer = seen.header("authorization");
            let body = String::from_utf8_lossy(body);
            format!("{method} {target} [{bearer}] {body}").trim_end().to_owned()
        };
        self.seen().iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// A token that ends at a time.
pub(super) fn jwt(name: &str, exp: Timestamp) -> String {
    let claims = json!({"exp": exp.as_second(), "orgId": "00D5e000000Abcd"}).to_string();
    format!("{name}.{}.sig", URL_SAFE_NO_PAD.encode(claims))
}

/// An answer with a token.
pub(super) fn token(token: &str, subject: &str) -> Reply {
    Reply::Json(
        200,
        json!({
            "accessToken": token,
            "lastEventId": "100",
            "context": {
                "deviceId": "3f0c1f2e-8f0e-4c5d-9a55-0d3c2f6a7b10",
                "endUser": {"appType": "iamessage", "role": "EndUser", "subject": subject},
                "configuration": {"embeddedServiceConfig": {"name": "Web_Client", "deploymentType": "API"}},
            },
        }),
    )
}

pub(super) fn conversation() -> ConversationId {
    "0b0f6a52-0c5e-4c5b-9a0c-7f4f6a9c1d11".parse().expect("an id")
}

fn response(reply: Reply) -> Response {
    let builder = Response::builder();
    let response = match reply {
        Reply::Json(status, Value::Null) => builder.status(status).body(Body::empty()),
        Reply::Json(status, body) => builder.status(status).body(Body::from(body.to_string())),
        Reply::Patience(seconds) => builder
            .status(StatusCode::TOO_MANY_REQUESTS)
            .header("retry-after", seconds)
            .body(Body::empty()),
        Reply::Events(pieces) => builder
            .header("content-type", "text/event-stream;charset=UTF-8")
            .body(Body::from_stream(pieces)),
        Reply::Moved(to) => builder.status(302).header("location", to).body(Body::empty()),
        Reply::Page(status, page) => builder.status(status).body(Body::from(page)),
    };
    response.expect("a response")
}

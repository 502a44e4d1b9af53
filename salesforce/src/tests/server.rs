//! A server that records what it is asked and answers as a test says.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::response::Response;
use http::HeaderMap;
use tokio::net::TcpListener;

/// One request as it came.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Seen {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }
}

/// A running server.
pub(super) struct Server {
    pub(super) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// Answers by a function; it stops with the test's runtime.
    pub(super) async fn answering<A>(answer: impl Fn(&Seen) -> A + Send + Sync + 'static) -> Self
    where
        A: Future<Output = Response> + Send,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (record, answer) = (Arc::clone(&seen), Arc::new(answer));
        let router = Router::new().fallback(move |request: Request| {
            let (record, answer) = (Arc::clone(&record), Arc::clone(&answer));
            async move {
                let request = read(request).await;
                record.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
                Ok::<_, Infallible>(answer(&request).await)
            }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Server { url, seen }
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn read(request: Request) -> Seen {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 24).await.expect("a body").to_vec();
    let target = parts.uri.path_and_query().map_or("", |it| it.as_str()).to_owned();
    Seen { method: parts.method.to_string(), target, headers: parts.headers, body }
}

//! Accepting connections and serving each under its deadlines.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures::FutureExt as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::Service as _;

use super::client;
use super::connection::{Connection, Turn};
use super::places::{Place, Places};
use crate::config::EdgeConfig;
use crate::messenger::problem::Problem;
use crate::metrics::Metrics;

/// Bytes at most in a request's head.
const MAX_HEAD: usize = 16 << 10;
/// Header lines at most.
const MAX_HEADERS: usize = 64;
/// Bytes held at most of what comes before it is asked for.
const MAX_BUFFER: usize = 64 << 10;
/// Before accepting is tried again when no file descriptor is left.
const AFTER_FAILURE: Duration = Duration::from_millis(250);
/// How long a head may still arrive once the server is ending.
const LAST_HEAD: Duration = Duration::from_secs(1);
/// What somebody gets for whom there is no place.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/// What a listener serves.
#[derive(Debug, Clone)]
pub(crate) struct Served {
    pub(crate) router: Router,
    pub(crate) edge: Arc<EdgeConfig>,
    pub(crate) metrics: Arc<Metrics>,
}

/// Serves until the server is ending, then until the last request under way is answered.
pub(crate) async fn serve(socket: TcpListener, served: Served, ending: watch::Receiver<bool>) {
    let places = Places::new(&served.edge);
    let mut end = ending.clone();
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = socket.accept() => match accepted {
                Ok((stream, peer)) => {
                    let Some(place) = places.take(peer.ip().to_canonical(), &served.edge) else {
                        served.metrics.connections_refused.inc();
                        // Whoever is that eager gets no more than an attempt.
                        drop(stream.try_write(FULL));
                        continue;
                    };
                    let connection = one(stream, peer, place, served.clone(), ending.clone());
                    connections.spawn(connection);
                }
                Err(error) => not_accepted(&error).await,
            },
            Some(_) = connections.join_next() => {}
            () = ended(&mut end) => break,
        }
    }
    drop(socket);
    while connections.join_next().await.is_some() {}
}

async fn ended(ending: &mut watch::Receiver<bool>) {
    // An error means that the running server was dropped, which ends it too.
    drop(ending.wait_for(|ending| *ending).await);
}

async fn not_accepted(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    if matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted) {
        return;
    }
    tracing::error!(%error, "no connection can be accepted; it is tried again");
    tokio::time::sleep(AFTER_FAILURE).await;
}

async fn one(
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
    served: Served,
    mut ending: watch::Receiver<bool>,
) {
    served.metrics.connections.inc();
    // Events are small, and each is awaited.
    drop(stream.set_nodelay(true));
    let stream = Connection::new(stream, served.edge.deadlines);
    let turn = stream.turn.clone();
    let service = {
        let (served, turn) = (served.clone(), turn.clone());
        service_fn(move |request| answered(served.clone(), turn.clone(), peer.ip(), request))
    };
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(served.edge.deadlines.idle)
        .max_header_size(MAX_HEAD)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_BUFFER)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    // However it ends, the peer knows, and nobody else needs to.
    tokio::select! {
        _ = connection.as_mut() => {}
        () = ended(&mut ending) => {
            connection.as_mut().graceful_shutdown();
            tokio::select! {
                _ = connection => {}
                () = never_complete(&turn) => {}
            }
        }
    }
    served.metrics.connections.dec();
    drop(place);
}

/// Returns where a head has not arrived in time.
async fn never_complete(turn: &Turn) {
    tokio::time::sleep(LAST_HEAD).await;
    if !turn.is_peers() {
        std::future::pending().await
    }
}

async fn answered(
    mut served: Served,
    turn: Turn,
    peer: IpAddr,
    request: Request<Incoming>,
) -> Result<Response, Infallible> {
    let ambiguous = turn.ours();
    let last = ambiguous || request.headers().contains_key(header::TRANSFER_ENCODING);
    let mut response = if ambiguous {
        Problem::bad_request("a request has one length").into_response()
    } else {
        let mut request = request.map(Body::new);
        let client = client::address(peer, request.headers(), &served.edge.trusted_proxies);
        let proxied = client::Proxied(served.edge.trusted_proxies.contain(peer.to_canonical()));
        request.extensions_mut().insert(client);
        request.extensions_mut().insert(proxied);
        let answering = AssertUnwindSafe(served.router.call(request)).catch_unwind();
        answering.await.map_or_else(|_| failed(), |Ok(response)| response)
    };
    if last {
        // What follows a body without a length is not to be taken for another request.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    turn.over();
    Ok(response)
}

fn failed() -> Response {
    tracing::error!("a fault of Tidegate's: a request could not be answered");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "this could not be done").into_response()
}

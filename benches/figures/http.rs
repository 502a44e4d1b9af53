//! A client that costs next to nothing, so that the servers are what is measured: one connection,
//! one request at a time, answers with a length.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// One connection.
#[derive(Debug)]
pub(crate) struct Client {
    stream: TcpStream,
    address: SocketAddr,
    /// The visitor's token.
    pub(crate) token: String,
    answer: Vec<u8>,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        Self { stream, address, token: String::new(), answer: Vec::with_capacity(4096) }
    }

    /// Sends a request with a JSON body; gives the body of the answer, which is a success.
    pub(crate) async fn post(&mut self, path: &str, body: &str) -> &[u8] {
        let (address, token, length) = (self.address, &self.token, body.len());
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
             authorization: Bearer {token}\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        self.stream.write_all(request.as_bytes()).await.expect("sent");
        self.answer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.answer).await.expect("an answer");
            assert!(read > 0, "the server hung up");
            if let Some(body) = body_of(&self.answer) {
                return &self.answer[body..];
            }
        }
    }

    /// The same, with JSON read.
    pub(crate) async fn json(&mut self, path: &str, body: &str) -> Value {
        serde_json::from_slice(self.post(path, body).await).expect("JSON")
    }

    /// Asks for a stream of events and leaves it open, once its first bytes have come.
    pub(crate) async fn follow(mut self, path: &str) -> TcpStream {
        let (address, token) = (self.address, &self.token);
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\
             accept: text/event-stream\r\n\r\n"
        );
        self.stream.write_all(request.as_bytes()).await.expect("sent");
        while !self.answer.windows(5).any(|part| part == b"data:") {
            let read = self.stream.read_buf(&mut self.answer).await.expect("an answer");
            assert!(read > 0, "the server hung up");
        }
        self.stream
    }
}

/// Where the body of an answer begins, once it is there whole.
fn body_of(answer: &[u8]) -> Option<usize> {
    let end = answer.windows(4).position(|part| part == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&answer[..end]).expect("a head");
    assert!(head.starts_with("HTTP/1.1 200"), "{}", String::from_utf8_lossy(answer));
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    (answer.len() >= end + length.expect("a length")).then_some(end)
}

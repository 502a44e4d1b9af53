//! A connection whose peer has deadlines.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};

use super::head::Heads;
use crate::config::Deadlines;

/// Where a connection is with its requests; shared by who reads it and who answers.
#[derive(Debug, Clone)]
pub(super) struct Turn(Arc<Mutex<Requests>>);

#[derive(Debug)]
struct Requests {
    heads: Heads,
    whose: Whose,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// Nothing of the next request has come.
    Nobody,
    /// A head is arriving.
    Peer,
    /// A request is being answered; its body may still be arriving, which has a deadline of its own.
    Ours,
}

impl Turn {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(Requests { heads: Heads::default(), whose: Whose::Peer })))
    }

    fn with<T>(&self, look: impl FnOnce(&mut Requests) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A head is complete; true where it had both lengths.
    pub(super) fn ours(&self) -> bool {
        self.with(|turn| {
            turn.whose = Whose::Ours;
            turn.heads.next_has_both_lengths()
        })
    }

    /// A request is answered.
    pub(super) fn over(&self) {
        self.with(|turn| turn.whose = Whose::Nobody);
    }

    /// Whether a head is on its way that may never be complete.
    pub(super) fn is_peers(&self) -> bool {
        self.with(|turn| turn.is_arriving())
    }
}

impl Requests {
    fn is_arriving(&self) -> bool {
        self.whose == Whose::Peer && !self.heads.has_next()
    }
}

/// A TCP stream that fails where its peer is too slow.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    deadlines: Deadlines,
    pub(super) turn: Turn,
    reading: Option<Pin<Box<Sleep>>>,
    writing: Option<Pin<Box<Sleep>>>,
}

impl Connection {
    /// A connection that has just begun: its first head is due.
    pub(super) fn new(stream: TcpStream, deadlines: Deadlines) -> Self {
        let reading = Some(Box::pin(tokio::time::sleep(deadlines.header)));
        Self { stream, deadlines, turn: Turn::new(), reading, writing: None }
    }

    /// Looks at what came, and at the time that the head has left.
    fn heard(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> io::Result<()> {
        let (begins, arriving) = self.turn.with(|turn| {
            turn.heads.take(bytes);
            let begins = turn.whose == Whose::Nobody && !bytes.is_empty();
            if begins {
                turn.whose = Whose::Peer;
            }
            (begins, turn.is_arriving())
        });
        if begins {
            self.reading = None;
        }
        match arriving {
            true => expired(cx, &mut self.reading, self.deadlines.header),
            false => {
                self.reading = None;
                Ok(())
            }
        }
    }

    fn written<T>(
        &mut self,
        cx: &mut Context<'_>,
        poll: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if poll.is_ready() {
            self.writing = None;
            return poll;
        }
        match expired(cx, &mut self.writing, self.deadlines.write) {
            Ok(()) => Poll::Pending,
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

/// Starts the clock where it does not run; an error where it has run out.
fn expired(
    cx: &mut Context<'_>,
    sleep: &mut Option<Pin<Box<Sleep>>>,
    deadline: Duration,
) -> io::Result<()> {
    let sleep =
        sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(Instant::now() + deadline)));
    match sleep.as_mut().poll(cx) {
        Poll::Ready(()) => Err(io::ErrorKind::TimedOut.into()),
        Poll::Pending => Ok(()),
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let poll = Pin::new(&mut self.stream).poll_read(cx, buffer);
        self.heard(cx, buffer.filled().get(before..).unwrap_or_default())?;
        poll
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.written(cx, poll)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.written(cx, poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

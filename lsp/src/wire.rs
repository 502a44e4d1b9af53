//! Messages on standard input and output, each behind a header that says how long it is.
//!
//! `lsp-server` gives up at the first header or body that it does not understand. Here the client is
//! told, and reading goes on at the next header: an editor that has made one mistake keeps its
//! server.

use std::io::{self, BufRead, Read, Write};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use lsp_server::{Connection, ErrorCode, Message};
use serde::Serialize;

const LENGTH: &str = "content-length:";
/// Bytes of one message at most: what is longer is no edit of a source.
const LONGEST: usize = 64 * 1024 * 1024;

/// What came in.
enum Frame {
    Message(Message),
    /// It is no message, and why.
    Wrong(String),
}

/// The threads that read and write; they end when their streams do.
pub(crate) struct Threads {
    writer: JoinHandle<io::Result<()>>,
}

impl Threads {
    /// Waits until all is written.
    pub(crate) fn join(self) -> io::Result<()> {
        match self.writer.join() {
            Ok(written) => written,
            Err(_) => Err(io::Error::other("the writer has failed")),
        }
    }
}

/// A connection over streams.
pub(crate) fn connect(
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
) -> (Connection, Threads) {
    let (arrived, receiver) = bounded(0);
    let (sender, outgoing) = unbounded();
    let (wrong, wrongs) = unbounded();
    // Reading blocks for as long as the client lives, so nobody waits for this thread.
    thread::spawn(move || read_all(input, &arrived, &wrong));
    let writer = thread::spawn(move || write_all(output, &outgoing, &wrongs));
    (Connection { sender, receiver }, Threads { writer })
}

fn read_all(input: impl Read, arrived: &Sender<Message>, wrong: &Sender<String>) {
    let mut frames = Frames::new(input);
    while let Some(frame) = frames.next() {
        let passed_on = match frame {
            Frame::Message(message) => {
                let is_exit = matches!(&message, Message::Notification(it) if it.method == "exit");
                arrived.send(message).is_ok() && !is_exit
            }
            Frame::Wrong(why) => wrong.send(why).is_ok(),
        };
        if !passed_on {
            return;
        }
    }
}

fn write_all(
    mut output: impl Write,
    outgoing: &Receiver<Message>,
    wrongs: &Receiver<String>,
) -> io::Result<()> {
    let mut complaints = wrongs.clone();
    loop {
        crossbeam_channel::select! {
            recv(outgoing) -> message => match message {
                Ok(message) => message.write(&mut output)?,
                Err(_) => return Ok(()),
            },
            recv(complaints) -> why => match why {
                Ok(why) => write_complaint(&mut output, &why)?,
                // The client has hung up; what is still to be said is written.
                Err(_) => complaints = crossbeam_channel::never(),
            },
        }
    }
}

/// An answer to what has no id that could be read.
fn write_complaint(output: &mut impl Write, why: &str) -> io::Result<()> {
    #[derive(Serialize)]
    struct Complaint<'a> {
        jsonrpc: &'a str,
        id: Option<i32>,
        error: Fault<'a>,
    }
    #[derive(Serialize)]
    struct Fault<'a> {
        code: i32,
        message: &'a str,
    }
    let error = Fault { code: ErrorCode::ParseError as i32, message: why };
    let text = serde_json::to_string(&Complaint { jsonrpc: "2.0", id: None, error })?;
    write!(output, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    output.flush()
}

/// Reads frame after frame.
struct Frames<R> {
    input: io::BufReader<R>,
    /// What was read as the body of a frame whose length was wrong.
    again: Vec<u8>,
}

impl<R: Read> Frames<R> {
    fn new(input: R) -> Self {
        Self { input: io::BufReader::with_capacity(64 * 1024, input), again: Vec::new() }
    }

    /// The next one; `None` at the stream's end.
    fn next(&mut self) -> Option<Frame> {
        let length = match self.header()? {
            Ok(length) => length,
            Err(why) => return Some(Frame::Wrong(why)),
        };
        let mut body = Vec::new();
        let again = std::mem::take(&mut self.again);
        let mut source = again.as_slice().chain(&mut self.input);
        let read = source.by_ref().take(length as u64).read_to_end(&mut body);
        let (rest, _) = source.into_inner();
        self.again = rest.to_vec();
        read.ok()?;
        match serde_json::from_slice(&body) {
            Ok(message) => Some(Frame::Message(message)),
            Err(_) if body.len() < length => None,
            Err(error) => {
                // The length was too large, perhaps: then the next header is in what was read, or
                // begins there.
                let partly = body.len().saturating_sub(LENGTH.len());
                let mut rest = body.split_off(find_header(&body).unwrap_or(partly));
                rest.append(&mut self.again);
                self.again = rest;
                Some(Frame::Wrong(format!("this is no message: {error}")))
            }
        }
    }

    /// The length that the next header says. Lines that are no header are passed over.
    fn header(&mut self) -> Option<Result<usize, String>> {
        let mut length = None;
        loop {
            let line = self.line()?;
            if line.trim().is_empty() {
                match length.take() {
                    Some(found) => return Some(found),
                    None => continue,
                }
            }
            if let Some(at) = find_header(line.as_bytes()) {
                let number = line.get(at + LENGTH.len()..).unwrap_or_default().trim();
                length = Some(read_length(number));
            }
        }
    }

    fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        let again = std::mem::take(&mut self.again);
        let mut source = again.as_slice().chain(&mut self.input);
        let read = source.by_ref().take(LONGEST as u64).read_until(b'\n', &mut line);
        let (rest, _) = source.into_inner();
        self.again = rest.to_vec();
        match read {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(String::from_utf8_lossy(&line).into_owned()),
        }
    }
}

fn read_length(number: &str) -> Result<usize, String> {
    match number.parse::<usize>() {
        Ok(length) if length <= LONGEST => Ok(length),
        Ok(length) => Err(format!("a message has {LONGEST} bytes at most, and this one {length}")),
        Err(_) => Err(format!("`{}` is no length of a message", number.escape_debug())),
    }
}

/// Where a header that says a length begins.
fn find_header(bytes: &[u8]) -> Option<usize> {
    bytes.windows(LENGTH.len()).position(|window| window.eq_ignore_ascii_case(LENGTH.as_bytes()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Frame, Frames};

    const NOTE: &str = r#"{"jsonrpc":"2.0","method":"note"}"#;

    fn framed(length: usize) -> String {
        format!("Content-Length: {length}\r\n\r\n{NOTE}")
    }

    /// What becomes of a stream: `+` for each message, `-` for each complaint.
    fn read(stream: &str) -> String {
        let mut frames = Frames::new(stream.as_bytes());
        let mut seen = String::new();
        while let Some(frame) = frames.next() {
            seen.push(match frame {
                Frame::Message(_) => '+',
                Frame::Wrong(_) => '-',
            });
        }
        seen
    }

    #[test]
    fn messages_are_read() {
        assert_eq!(read(&framed(NOTE.len()).repeat(3)), "+++");
        let other = format!("content-type: x\r\ncontent-length: {}\r\n\r\n{NOTE}", NOTE.len());
        assert_eq!(read(&other), "+");
    }

    #[test]
    fn a_wrong_length_costs_its_message_alone() {
        let right = framed(NOTE.len());
        for length in [0, 1, NOTE.len() - 1, NOTE.len() + 1, NOTE.len() + 10] {
            let stream = format!("{right}{}{right}{right}", framed(length));
            assert_eq!(read(&stream), "+-++", "a length of {length}");
        }
    }

    proptest! {
        #[test]
        fn nothing_keeps_the_next_message_from_being_read(
            before in proptest::collection::vec(any::<u8>(), 0..80),
            length in 0usize..40,
        ) {
            let mut stream = before;
            stream.extend(b"\n\n");
            // A body of which nobody knows where it ends costs no more than itself.
            stream.extend(framed(length).bytes());
            stream.extend(framed(NOTE.len()).bytes());
            let mut frames = Frames::new(stream.as_slice());
            let mut last = None;
            while let Some(frame) = frames.next() {
                last = Some(matches!(frame, Frame::Message(_)));
            }
            prop_assert_eq!(last, Some(true));
        }
    }

    #[test]
    fn what_is_no_header_is_told_or_passed_over() {
        let right = framed(NOTE.len());
        assert_eq!(read(&format!("hello\r\n\r\n{right}")), "+");
        assert_eq!(read(&format!("Content-Length: ten\r\n\r\n{right}")), "-+");
        assert_eq!(read(&format!("Content-Length: 99999999999\r\n\r\n{right}")), "-+");
        assert_eq!(read("Content-Length: 50\r\n\r\n{"), "");
    }
}

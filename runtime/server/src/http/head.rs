//! The one thing about a request's head that hyper does not tell: whether it had both lengths.
//!
//! A head with `Content-Length` and `Transfer-Encoding` is how requests are smuggled past a proxy
//! that believes the other one (RFC 9112, 6.3).

/// Longer names than this are neither.
const LONGEST: usize = b"transfer-encoding".len();

/// Reads a head as it arrives, in whatever pieces.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// The line's beginning, up to its colon, in lower case; `None` behind it.
    name: Option<Vec<u8>>,
    /// Whether the request line has passed.
    in_fields: bool,
    /// Whether anything but its end has come of this line.
    begun: bool,
    complete: bool,
    length: bool,
    encoding: bool,
}

impl Head {
    /// Takes the next bytes; what follows the head is ignored.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if self.complete {
                return;
            }
            match byte {
                b'\n' => self.end_line(),
                b'\r' => {}
                byte => self.take_byte(*byte),
            }
        }
    }

    /// Whether it has both lengths.
    pub(super) fn has_both_lengths(&self) -> bool {
        self.length && self.encoding
    }

    pub(super) fn is_complete(&self) -> bool {
        self.complete
    }

    fn end_line(&mut self) {
        // Empty lines may stand before a request line.
        self.complete = self.in_fields && !self.begun;
        self.in_fields |= self.begun;
        self.begun = false;
        self.name = Some(Vec::new());
    }

    fn take_byte(&mut self, byte: u8) {
        self.begun = true;
        let Some(name) = self.name.as_mut().filter(|_| self.in_fields) else { return };
        match byte {
            b':' => {
                self.length |= name == b"content-length";
                self.encoding |= name == b"transfer-encoding";
                self.name = None;
            }
            _ if name.len() == LONGEST => self.name = None,
            byte => name.push(byte.to_ascii_lowercase()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(pieces: &[&[u8]]) -> bool {
        let mut head = Head::default();
        pieces.iter().for_each(|piece| head.take(piece));
        head.has_both_lengths()
    }

    #[test]
    fn both_lengths_are_seen_however_the_head_is_cut() {
        let head = b"\r\nPOST / HTTP/1.1\r\nHost: a\r\ncontent-LENGTH: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
        for at in 0..head.len() {
            let (one, two) = head.split_at(at);
            assert!(both(&[one, two]), "cut at {at}");
        }
        let bytes: Vec<&[u8]> = head.chunks(1).collect();
        assert!(both(&bytes));
        assert!(both(&[b"POST / HTTP/1.1\nTransfer-Encoding: chunked\nContent-Length: 3\n\n"]));
    }

    #[test]
    fn one_length_or_none_is_good() {
        assert!(!both(&[b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n"]));
        assert!(!both(&[b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"]));
        assert!(!both(&[b"GET / HTTP/1.1\r\n\r\n"]));
        // Names are names only where they begin a line of the head.
        assert!(!both(&[b"GET /content-length:transfer-encoding: HTTP/1.1\r\nA: content-length: transfer-encoding:\r\n\r\n"]));
        assert!(!both(&[
            b"POST / HTTP/1.1\r\nContent-Length: 29\r\n\r\n\r\nTransfer-Encoding: chunked\r\n"
        ]));
        assert!(!both(&[
            b"GET / HTTP/1.1\r\nX-Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
        ]));
    }
}

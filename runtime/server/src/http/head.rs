//! The one thing about requests' heads that hyper does not tell: whether one had both lengths.
//!
//! A head with `Content-Length` and `Transfer-Encoding` is how requests are smuggled past a proxy
//! that believes the other one (RFC 9112, 6.3). Requests may stand behind one another in what is
//! read at once, so all of a connection is followed, bodies too.

use std::collections::VecDeque;

/// Longer names than this are neither.
const LONGEST: usize = b"transfer-encoding".len();

/// Digits of a length at most, without zeros in front: those of the largest number.
const DIGITS: usize = 20;

/// Reads the heads of a connection as they arrive, in whatever pieces.
#[derive(Debug, Default)]
pub(super) struct Heads {
    head: Head,
    /// Bytes of a body that are still to come before the next head.
    body: u64,
    /// Of heads that are whole and not asked for yet, whether each had both lengths.
    whole: VecDeque<bool>,
    /// Behind a body in chunks comes no other request.
    last: bool,
}

impl Heads {
    pub(super) fn take(&mut self, mut bytes: &[u8]) {
        while let Some((byte, rest)) = bytes.split_first() {
            if self.last {
                return;
            }
            if self.body > 0 {
                let skipped = usize::try_from(self.body).unwrap_or(usize::MAX).min(bytes.len());
                self.body -= skipped as u64;
                bytes = bytes.get(skipped..).unwrap_or_default();
                continue;
            }
            self.head.take(*byte);
            bytes = rest;
            if self.head.complete {
                let head = std::mem::take(&mut self.head);
                self.whole.push_back(head.unclear || head.length.is_some() && head.encoding);
                self.last = head.encoding || head.unclear;
                self.body = head.length.unwrap_or(0);
            }
        }
    }

    /// Whether the next head had both lengths; asked once a head.
    pub(super) fn next_has_both_lengths(&mut self) -> bool {
        self.whole.pop_front().unwrap_or(false)
    }

    /// Whether the next head has arrived.
    pub(super) fn has_next(&self) -> bool {
        !self.whole.is_empty()
    }
}

/// One head.
#[derive(Debug, Default)]
struct Head {
    /// The line's beginning, up to its colon, in lower case; `None` behind it.
    name: Option<Vec<u8>>,
    /// The digits of a length, while its line lasts.
    digits: Option<Vec<u8>>,
    /// Whether the request line has passed.
    in_fields: bool,
    /// Whether anything but its end has come of this line.
    begun: bool,
    complete: bool,
    /// The first that was given.
    length: Option<u64>,
    /// Whether something is given as a length that is no number.
    unclear: bool,
    encoding: bool,
}

impl Head {
    fn take(&mut self, byte: u8) {
        match byte {
            b'\n' => self.end_line(),
            b'\r' => {}
            byte => self.take_byte(byte),
        }
    }

    fn end_line(&mut self) {
        if let Some(digits) = self.digits.take() {
            match length(&digits) {
                Some(length) => drop(self.length.get_or_insert(length)),
                None => self.unclear = true,
            }
        }
        // Empty lines may stand before a request line.
        self.complete = self.in_fields && !self.begun;
        self.in_fields |= self.begun;
        self.begun = false;
        self.name = Some(Vec::new());
    }

    fn take_byte(&mut self, byte: u8) {
        self.begun = true;
        if let Some(digits) = &mut self.digits {
            // What stands in front of a number does not count, however much of it there is.
            let front = matches!(byte, b' ' | b'\t') && digits.is_empty();
            let zero = digits.last() == Some(&b'0') && digits.len() == 1;
            if byte.is_ascii_digit() && zero {
                digits.clear();
            }
            if !front && digits.len() <= DIGITS {
                digits.push(byte);
            }
            return;
        }
        let Some(name) = self.name.as_mut().filter(|_| self.in_fields) else { return };
        match byte {
            b':' => {
                self.digits = (name == b"content-length").then(Vec::new);
                self.encoding |= name == b"transfer-encoding";
                self.name = None;
            }
            _ if name.len() == LONGEST => self.name = None,
            byte => name.push(byte.to_ascii_lowercase()),
        }
    }
}

/// The number that stands there; `None` for what is none, or more than there can be.
fn length(digits: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(digits).ok()?.trim_end_matches([' ', '\t']);
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(pieces: &[&[u8]]) -> bool {
        let mut heads = Heads::default();
        pieces.iter().for_each(|piece| heads.take(piece));
        assert!(heads.has_next());
        heads.next_has_both_lengths()
    }

    #[test]
    fn blanks_and_zeros_before_a_length_do_not_hide_it() {
        let second = "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n";
        for length in [format!("{}7", " ".repeat(30)), format!("{}7 ", "0".repeat(30))] {
            let first = format!("POST / HTTP/1.1\r\nContent-Length:{length}\r\n\r\nA: b\r\n\r");
            let mut heads = Heads::default();
            heads.take(format!("{first}{second}").as_bytes());
            assert!(!heads.next_has_both_lengths(), "{length}");
            assert!(heads.next_has_both_lengths(), "{length}");
        }
    }

    #[test]
    fn a_length_that_is_no_number_is_as_bad_as_two() {
        for length in ["+7", "7, 7", "", "99999999999999999999999", "0x7"] {
            let head = format!("POST / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n");
            assert!(both(&[head.as_bytes()]), "{length}");
        }
    }

    #[test]
    fn what_stands_behind_a_request_is_another_one() {
        let first =
            "POST / HTTP/1.1\r\nContent-Length: 30\r\n\r\nTransfer-Encoding: chunked\r\n\r\n";
        let second = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        let third = "POST / HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n";
        let all = [first, second, third].concat();
        for at in 0..all.len() {
            let (one, two) = all.as_bytes().split_at(at);
            let mut heads = Heads::default();
            heads.take(one);
            heads.take(two);
            let told: Vec<bool> =
                std::iter::from_fn(|| heads.has_next().then(|| heads.next_has_both_lengths()))
                    .collect();
            assert_eq!(told, [false, false, true], "cut at {at}");
        }
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

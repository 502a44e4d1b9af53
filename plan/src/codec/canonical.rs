//! The form of the contents, looked at before anything is built of them.

use super::CodecError;

/// Nesting at most; the model needs a dozen levels.
const MAX_DEPTH: usize = 32;

/// Checks that the bytes are one CBOR item of the restricted form that [`super`] states.
pub(super) fn check(bytes: &[u8]) -> Result<(), CodecError> {
    let mut scan = Scan { bytes, at: 0 };
    // The number of items that are still to come on each level.
    let mut open: Vec<usize> = vec![1];
    while let Some(left) = open.last_mut() {
        if *left == 0 {
            open.pop();
            continue;
        }
        *left -= 1;
        let inside = scan.item()?;
        if inside > 0 {
            if open.len() >= MAX_DEPTH {
                return Err(scan.error("nested too deeply"));
            }
            open.push(inside);
        }
    }
    if scan.at < bytes.len() {
        return Err(CodecError::Trailing { extra: bytes.len() - scan.at });
    }
    Ok(())
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn error(&self, what: &'static str) -> CodecError {
        CodecError::Canonical { at: self.at, what }
    }

    fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// Passes one item's head, and its bytes where it has some; gives the number of items inside.
    fn item(&mut self) -> Result<usize, CodecError> {
        let start = self.at;
        let initial = *self.bytes.get(start).ok_or_else(|| self.error("ends inside an item"))?;
        self.at += 1;
        let major = initial >> 5;
        if major == 7 {
            return match initial & 0x1f {
                20..=22 => Ok(0),
                _ => Err(self.error("neither true, false nor null")),
            };
        }
        let argument = self.argument(initial & 0x1f)?;
        match major {
            0 | 1 => Ok(0),
            3 => self.text(argument),
            4 if argument <= self.left() as u64 => Ok(usize::try_from(argument).unwrap_or(0)),
            4 => Err(self.error("an array declares more items than bytes follow")),
            _ => Err(self.error("neither number, text nor array")),
        }
    }

    /// Reads a head's argument, which must be as short as it can be.
    fn argument(&mut self, info: u8) -> Result<u64, CodecError> {
        let (size, smallest) = match info {
            0..=23 => return Ok(u64::from(info)),
            24 => (1, 24),
            25 => (2, 1 << 8),
            26 => (4, 1 << 16),
            27 => (8, 1 << 32),
            _ => return Err(self.error("an indefinite length")),
        };
        let Some(bytes) = self.bytes.get(self.at..self.at + size) else {
            return Err(self.error("ends inside a head"));
        };
        let value = bytes.iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        if value < smallest {
            return Err(self.error("a head longer than it need be"));
        }
        self.at += size;
        Ok(value)
    }

    fn text(&mut self, length: u64) -> Result<usize, CodecError> {
        if length > self.left() as u64 {
            return Err(self.error("a text declares more bytes than follow"));
        }
        self.at += usize::try_from(length).unwrap_or(0);
        Ok(0)
    }
}

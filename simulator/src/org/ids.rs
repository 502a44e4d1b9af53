//! Record ids: 15 characters that count case, and the 18-character form with its checksum.

use std::fmt;

use serde::{Deserialize, Serialize};

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const CHECKSUM: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
/// Stands where a real id names the server that made it.
const INSTANCE: &str = "Tg0";
const SHORT: usize = 15;
const LONG: usize = 18;

/// An id in its 18-character form, checksum included.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RecordId(String);

/// The text is not an id: wrong length, characters or checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a record id")]
pub struct NotAnId;

impl RecordId {
    /// The id of the `number`th record of the object with this three-character prefix.
    ///
    /// The same arguments give the same id in every org and at every start.
    pub fn numbered(key_prefix: &str, number: u64) -> RecordId {
        let mut digits = [b'0'; 9];
        let mut rest = number;
        for place in digits.iter_mut().rev() {
            *place = DIGITS[usize::try_from(rest % 62).unwrap_or(0)];
            rest /= 62;
        }
        let tail: String = digits.iter().map(|&digit| char::from(digit)).collect();
        let short = format!("{key_prefix}{INSTANCE}{tail}");
        RecordId(format!("{short}{}", checksum(&short)))
    }

    /// Reads the 15-character form, or the 18-character one if its checksum fits.
    ///
    /// The checksum repairs capitals, as it does in Salesforce: it exists for programs that lose them.
    pub fn parse(text: &str) -> Result<RecordId, NotAnId> {
        if !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(NotAnId);
        }
        match text.len() {
            SHORT => Ok(RecordId(format!("{text}{}", checksum(text)))),
            LONG => with_capitals(text).ok_or(NotAnId),
            _ => Err(NotAnId),
        }
    }

    /// The first three characters, which name the object.
    pub fn key_prefix(&self) -> &str {
        &self.0[..3]
    }

    /// The 18-character form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The 15-character form, which messages of save errors use.
    pub fn short(&self) -> &str {
        &self.0[..SHORT]
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for RecordId {
    type Error = NotAnId;

    fn try_from(text: String) -> Result<RecordId, NotAnId> {
        RecordId::parse(&text)
    }
}

impl From<RecordId> for String {
    fn from(id: RecordId) -> String {
        id.0
    }
}

/// Three characters, each telling which of five characters are capitals.
fn checksum(short: &str) -> String {
    short
        .as_bytes()
        .chunks(5)
        .map(|block| {
            let capitals = block
                .iter()
                .enumerate()
                .filter(|(_, byte)| byte.is_ascii_uppercase())
                .fold(0, |bits, (place, _)| bits | (1usize << place));
            char::from(CHECKSUM[capitals])
        })
        .collect()
}

fn with_capitals(long: &str) -> Option<RecordId> {
    let (short, suffix) = long.split_at(SHORT);
    let mut repaired = String::with_capacity(LONG);
    for (block, mark) in short.as_bytes().chunks(5).zip(suffix.bytes()) {
        let mark = mark.to_ascii_uppercase();
        let capitals = CHECKSUM.iter().position(|&known| known == mark)?;
        for (place, byte) in block.iter().enumerate() {
            let capital = capitals >> place & 1 == 1;
            if capital && byte.is_ascii_digit() {
                return None;
            }
            let byte = if capital { byte.to_ascii_uppercase() } else { byte.to_ascii_lowercase() };
            repaired.push(char::from(byte));
        }
    }
    repaired.push_str(&suffix.to_ascii_uppercase());
    Some(RecordId(repaired))
}

#[cfg(test)]
mod tests {
    use super::RecordId;

    #[test]
    fn the_checksum_is_that_of_known_ids() {
        let master = RecordId::parse("012000000000000").expect("a short id");
        assert_eq!(master.as_str(), "012000000000000AAA");
        let mixed = RecordId::parse("0015000000K4DcX").expect("a short id");
        assert_eq!(mixed.as_str(), "0015000000K4DcXAAV");
    }

    #[test]
    fn both_forms_and_lost_capitals_mean_the_same_record() {
        let id = RecordId::numbered("500", 62 * 62 + 40);
        assert_eq!(RecordId::parse(id.short()), Ok(id.clone()));
        assert_eq!(RecordId::parse(id.as_str()), Ok(id.clone()));
        assert_eq!(RecordId::parse(&id.as_str().to_lowercase()), Ok(id));
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for text in ["", "500", "500Tg0000000001AA", "500Tg000000000/AAA", "500Tg000000000155!"] {
            assert!(RecordId::parse(text).is_err(), "{text} was taken for an id");
        }
        assert!(RecordId::parse("012000000000000AAB").is_err(), "a wrong checksum was taken");
    }
}

//! How large a customer's file may be.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::place::wrong;

/// So many MB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "Written", into = "i64")]
pub struct FileSize(u8);

impl FileSize {
    /// A Salesforce org takes no more in one request.
    const MOST: u8 = 25;

    /// The number.
    pub fn megabytes(self) -> u8 {
        self.0
    }
}

/// What may stand there, right or wrong.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Whole(i64),
    Other(IgnoredAny),
}

impl TryFrom<Written> for FileSize {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let message = match written {
            Written::Whole(number) => match u8::try_from(number) {
                Ok(size @ 1..=Self::MOST) => return Ok(Self(size)),
                _ => format!("`{number}` is no size of a file"),
            },
            Written::Other(_) => "the size of a file is a whole number".to_owned(),
        };
        wrong(&message, &format!("write how many MB a file may have, from 1 to {}", Self::MOST))
    }
}

impl From<FileSize> for i64 {
    fn from(size: FileSize) -> Self {
        size.0.into()
    }
}

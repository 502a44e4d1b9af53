//! How large a customer's file may be.

use serde::{Deserialize, Serialize};

use super::place::wrong;

/// So many MB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct FileSize(u8);

impl FileSize {
    /// A Salesforce org takes no more in one request.
    const MOST: u8 = 25;

    /// The number.
    pub fn megabytes(self) -> u8 {
        self.0
    }
}

impl TryFrom<i64> for FileSize {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, String> {
        match u8::try_from(number) {
            Ok(size @ 1..=Self::MOST) => Ok(Self(size)),
            _ => wrong(
                &format!("`{number}` is no size of a file"),
                &format!("write how many MB a file may have, from 1 to {}", Self::MOST),
            ),
        }
    }
}

impl From<FileSize> for i64 {
    fn from(size: FileSize) -> Self {
        size.0.into()
    }
}

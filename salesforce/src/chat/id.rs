//! Ids: those that we choose, and those that the org gives.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

use crate::name::BadName;

macro_rules! chosen_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        ///
        /// Chosen by us: a UUID of version 4 in lower case, as the API demands.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Uuid);

        impl $name {
            /// The id that belongs to a key of ours: the same at every attempt, so that repeating a
            /// call makes nothing twice. Six bits of the key give way to version and variant.
            pub fn of_key(key: Uuid) -> Self {
                Self(Builder::from_random_bytes(key.into_bytes()).into_uuid())
            }

            /// A new one, by chance.
            pub fn fresh() -> Self {
                Self(Uuid::new_v4())
            }
        }

        impl FromStr for $name {
            type Err = BadName;

            fn from_str(text: &str) -> Result<Self, BadName> {
                let id = Uuid::try_parse(text).ok();
                // The parser knows other forms too, and the API this one alone.
                let fits = |id: &Uuid| {
                    Self::of_key(*id).0 == *id && id.hyphenated().to_string() == text
                };
                id.filter(fits).map(Self).ok_or_else(|| BadName::new(text, $what))
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadName;

            fn try_from(text: String) -> Result<Self, BadName> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }
    };
}

chosen_id! {
    /// A conversation's id.
    ConversationId, "id of a conversation, which is a UUID of version 4 in lower case"
}

chosen_id! {
    /// The id of a message, of a file, or of an entry such as an indicator of typing.
    MessageId, "id of a message, which is a UUID of version 4 in lower case"
}

impl MessageId {
    /// The id of another part of the same message, by its number; the first part, 0, has the message's.
    pub fn of_part(self, number: u32) -> Self {
        let mut bytes = self.0.into_bytes();
        // Behind version and variant.
        for (byte, change) in bytes.iter_mut().skip(12).zip(number.to_be_bytes()) {
            *byte ^= change;
        }
        Self(Uuid::from_bytes(bytes))
    }
}

/// An entry's id, as the org gives it; the echo of a message of ours has the message's own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EntryId(String);

impl EntryId {
    /// Characters at most; UUIDs have 36.
    const LONGEST: usize = 64;

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EntryId {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        if (1..=Self::LONGEST).contains(&text.len()) && text.bytes().all(plain) {
            Ok(EntryId(text.to_owned()))
        } else {
            Err(BadName::new(text, "id of an entry"))
        }
    }
}

impl TryFrom<String> for EntryId {
    type Error = BadName;

    fn try_from(text: String) -> Result<Self, BadName> {
        text.parse()
    }
}

impl From<EntryId> for String {
    fn from(id: EntryId) -> Self {
        id.0
    }
}

impl From<MessageId> for EntryId {
    fn from(id: MessageId) -> Self {
        EntryId(id.to_string())
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use uuid::Uuid;

    use super::{ConversationId, EntryId, MessageId};

    #[test]
    fn a_chosen_id_is_a_lower_case_uuid_of_version_4() {
        let good = "0b0f6a52-0c5e-4c5b-9a0c-7f4f6a9c1d11";
        assert_eq!(good.parse::<ConversationId>().expect("an id").to_string(), good);
        for bad in [
            "",
            "0B0F6A52-0C5E-4C5B-9A0C-7F4F6A9C1D11",
            "0b0f6a52-0c5e-5c5b-9a0c-7f4f6a9c1d11",
            "0b0f6a52-0c5e-4c5b-1a0c-7f4f6a9c1d11",
            "0b0f6a520c5e4c5b9a0c7f4f6a9c1d11",
            "{0b0f6a52-0c5e-4c5b-9a0c-7f4f6a9c1d11}",
        ] {
            assert!(bad.parse::<ConversationId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_key_of_any_version_has_one_id() {
        let key = Uuid::from_u128(0xffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff);
        let id = MessageId::of_key(key);
        assert_eq!(id, MessageId::of_key(key));
        assert_eq!(id.to_string(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_ne!(MessageId::of_key(Uuid::from_u128(1)), id);
    }

    #[test]
    fn parts_of_a_message_have_ids_that_differ() {
        let id = MessageId::of_key(Uuid::from_u128(7));
        assert_eq!(id.of_part(0), id);
        let ids: BTreeSet<MessageId> = (0..1000).map(|number| id.of_part(number)).collect();
        assert_eq!(ids.len(), 1000);
        for id in ids {
            assert_eq!(id.to_string().parse(), Ok(id));
        }
    }

    #[test]
    fn an_entry_id_is_short_and_plain() {
        assert!("9d.a:b_c-1".parse::<EntryId>().is_ok());
        for bad in ["", "a b", "a\n", "é", &"a".repeat(65)] {
            assert!(bad.parse::<EntryId>().is_err(), "{bad}");
        }
    }
}

//! Bodies of refusals.

use serde::{Deserialize, Serialize};

/// One reason of a refusal.
///
/// Requests are refused with `errorCode`, rows of a collection with `statusCode`; both are read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Fault {
    /// In words; may hold values of the record and is the org's text, not ours.
    pub message: String,
    /// Such as `REQUIRED_FIELD_MISSING`.
    #[serde(alias = "statusCode")]
    pub error_code: String,
    /// The fields it is about; absent for what is wrong with the request itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

/// The body of an answer that is no success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultBody {
    /// The org's reasons, at least one.
    Faults(Vec<Fault>),
    /// Anything else, such as a gateway's HTML page: its beginning, for the log.
    Junk(String),
}

impl FaultBody {
    /// Characters kept of what cannot be read.
    const KEPT: usize = 200;

    /// Reads a body. Never fails: what is not understood is kept as junk.
    pub fn read(body: &[u8]) -> Self {
        match super::read::<OneOrMany>(body) {
            Ok(OneOrMany::Many(faults)) if Self::coded(&faults) => FaultBody::Faults(faults),
            Ok(OneOrMany::One(fault)) if Self::coded(std::slice::from_ref(&fault)) => {
                FaultBody::Faults(vec![fault])
            }
            _ => FaultBody::Junk(
                String::from_utf8_lossy(body)
                    .chars()
                    .map(|c| if c.is_control() { ' ' } else { c })
                    .take(Self::KEPT)
                    .collect(),
            ),
        }
    }

    fn coded(faults: &[Fault]) -> bool {
        !faults.is_empty() && faults.iter().all(|fault| !fault.error_code.is_empty())
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Many(Vec<Fault>),
    One(Fault),
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, proptest};

    use super::{Fault, FaultBody};
    use crate::wire::{self, ObjectDescribe, QueryPage};

    fn fault(code: &str, message: &str, fields: &[&str]) -> Fault {
        let fields = fields.iter().map(|&field| field.to_owned()).collect();
        Fault { message: message.to_owned(), error_code: code.to_owned(), fields }
    }

    #[test]
    fn both_shapes_are_read() {
        let request = br#"[{"message":"Required fields are missing: [LastName]","errorCode":"REQUIRED_FIELD_MISSING","fields":["LastName"]}]"#;
        let row = br#"[{"statusCode":"REQUIRED_FIELD_MISSING","message":"Required fields are missing: [LastName]","fields":["LastName"]}]"#;
        let expected = FaultBody::Faults(vec![fault(
            "REQUIRED_FIELD_MISSING",
            "Required fields are missing: [LastName]",
            &["LastName"],
        )]);
        assert_eq!(FaultBody::read(request), expected);
        assert_eq!(FaultBody::read(row), expected);
    }

    #[test]
    fn a_single_object_and_null_fields_are_read() {
        let body = br#"{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID","fields":null}"#;
        let expected = fault("INVALID_SESSION_ID", "Session expired or invalid", &[]);
        assert_eq!(FaultBody::read(body), FaultBody::Faults(vec![expected]));
    }

    #[test]
    fn anything_else_is_junk() {
        let bodies: [&[u8]; 6] =
            [b"", b"[]", b"{}", b"\"x\"", b"[{\"a\":1}]", b"<html>\n\x1b[31m\xff"];
        let kept: Vec<_> = bodies.iter().map(|body| FaultBody::read(body)).collect();
        let junk = |text: &str| FaultBody::Junk(text.to_owned());
        let expected = [
            junk(""),
            junk("[]"),
            junk("{}"),
            junk("\"x\""),
            junk("[{\"a\":1}]"),
            junk("<html>  [31m\u{fffd}"),
        ];
        assert_eq!(kept, expected);
    }

    proptest! {
        #[test]
        fn no_body_is_too_strange(body in any::<Vec<u8>>(), json in r#"[\[\]{}",:0-9a-z\\ ]{0,60}"#) {
            for body in [&body, json.as_bytes()] {
                if let FaultBody::Junk(kept) = FaultBody::read(body) {
                    prop_assert!(kept.chars().count() <= FaultBody::KEPT);
                    prop_assert!(!kept.chars().any(char::is_control));
                }
                let _ = wire::read::<ObjectDescribe>(body);
                let _ = wire::read::<QueryPage>(body);
            }
        }
    }

    #[test]
    fn depth_is_bounded() {
        let body = "[".repeat(100_000);
        assert!(matches!(FaultBody::read(body.as_bytes()), FaultBody::Junk(_)));
    }
}

//! Texts as SARIF wants them.

use super::log::Message;
use crate::printable;

/// A message without Markdown. Braces stand for placeholders there, so each is doubled (§3.11.5).
pub(super) fn plain(text: &str) -> Message {
    Message { text: printable(text).replace('{', "{{").replace('}', "}}") }
}

/// A relative path as a URI reference (RFC 3986): what a path segment cannot hold is written as
/// `%` and two hexadecimal digits.
pub(super) fn uri_path(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

//! The body of a file's call: two parts, `messageEntry` and `fileData`.

use serde_json::Value;
use uuid::Uuid;

/// A body of the type `multipart/form-data` (RFC 7578).
pub(super) struct Multipart {
    /// For the header `Content-Type`.
    pub(super) content_type: String,
    pub(super) body: Vec<u8>,
}

impl Multipart {
    pub(super) fn new(entry: &Value, name: &str, media_type: &str, bytes: &[u8]) -> Self {
        // Nobody's file holds it but by a chance of 1 in 2^122.
        let boundary = format!("tidegate-{}", Uuid::new_v4().simple());
        let mut body = Vec::with_capacity(bytes.len() + 2048);
        let head = format!(
            "--{boundary}\r\n\
             Content-Disposition: form-data; name=\"messageEntry\"\r\n\
             Content-Type: application/json\r\n\r\n\
             {entry}\r\n\
             --{boundary}\r\n\
             Content-Disposition: form-data; name=\"fileData\"; filename=\"{}\"\r\n\
             Content-Type: {}\r\n\r\n",
            quoted(name),
            media(media_type),
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        Multipart { content_type: format!("multipart/form-data; boundary={boundary}"), body }
    }
}

/// A name inside quotation marks, as browsers write it: what would end the line or the quotation is
/// percent-encoded.
fn quoted(name: &str) -> String {
    let mut quoted = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '"' => quoted.push_str("%22"),
            '\r' => quoted.push_str("%0D"),
            '\n' => quoted.push_str("%0A"),
            c => quoted.push(c),
        }
    }
    quoted
}

/// A media type that is one; any bytes otherwise.
fn media(text: &str) -> &str {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
    let part = |part: &str| !part.is_empty() && part.bytes().all(plain);
    match text.split_once('/') {
        Some((kind, rest)) if part(kind) && part(rest) => text,
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Multipart, media, quoted};

    #[test]
    fn the_parts_as_they_go_over_the_wire() {
        let made =
            Multipart::new(&json!({"a": 1}), "a \"b\"\r\nc é.png", "image/png", b"\x00\xff--");
        let (_, boundary) = made.content_type.split_once("boundary=").expect("a boundary");
        let text = String::from_utf8_lossy(&made.body).replace(boundary, "B").replace('\r', "␍");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn nothing_breaks_out_of_its_line() {
        assert_eq!(quoted("x\r\nContent-Type: \"y"), "x%0D%0AContent-Type: %22y");
        assert_eq!(media("image/svg+xml"), "image/svg+xml");
        for junk in ["", "image", "a/b\r\nX: y", "a/", "a b/c", "text/html; charset=x"] {
            assert_eq!(media(junk), "application/octet-stream", "{junk}");
        }
    }
}

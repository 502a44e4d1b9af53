//! Forms with files.

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;

use crate::chat::problem::Problem;

/// One part of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::http) struct Part {
    /// The field's name.
    pub name: String,
    /// The file's name, where it is one.
    pub file_name: Option<String>,
    /// Its media type.
    pub mime: Option<String>,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// The parts of a body, which must be such a form from its first byte to its last.
pub(in crate::http) fn parts(headers: &HeaderMap, body: &Bytes) -> Result<Vec<Part>, Problem> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = content_type
        .filter(|its| its.to_ascii_lowercase().starts_with("multipart/form-data"))
        .and_then(|its| parameter(its, "boundary"))
        .ok_or_else(|| Problem::bad("The body must be multipart/form-data with a boundary"))?;
    read(body, &boundary).ok_or_else(|| Problem::bad("The body is no whole multipart/form-data"))
}

fn read(body: &[u8], boundary: &str) -> Option<Vec<Part>> {
    let opening = format!("--{boundary}");
    let between = format!("\r\n--{boundary}");
    let mut rest = &body[position(body, opening.as_bytes())? + opening.len()..];
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        rest = rest.strip_prefix(b"\r\n")?;
        let end = position(rest, between.as_bytes())?;
        parts.push(part(&rest[..end])?);
        rest = &rest[end + between.len()..];
    }
    Some(parts)
}

fn part(bytes: &[u8]) -> Option<Part> {
    let head_end = position(bytes, b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..head_end]).ok()?;
    let header = |name: &str| {
        let mut lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
        lines.find(|(known, _)| known.trim().eq_ignore_ascii_case(name)).map(|(_, its)| its.trim())
    };
    let disposition = header("content-disposition")?;
    Some(Part {
        name: parameter(disposition, "name")?,
        file_name: parameter(disposition, "filename"),
        mime: header("content-type").map(str::to_owned),
        bytes: bytes[head_end + 4..].to_vec(),
    })
}

/// A parameter of a header, in quotes or not.
fn parameter(header: &str, name: &str) -> Option<String> {
    let mut rest = header;
    loop {
        rest = rest.split_once(';')?.1.trim_start();
        let (key, value) = rest.split_once('=')?;
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => value.split_at(value.find(';').unwrap_or(value.len())),
        };
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(value.trim().to_owned());
        }
        rest = after;
    }
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use axum::http::{HeaderMap, HeaderValue};

    use super::parts;

    fn read(content_type: &'static str, body: &'static str) -> Option<Vec<(String, String)>> {
        let headers = HeaderMap::from_iter([(
            axum::http::header::CONTENT_TYPE,
            HeaderValue::from_static(content_type),
        )]);
        let found = parts(&headers, &Bytes::from_static(body.as_bytes())).ok()?;
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        let shown = |part: super::Part| {
            let file = part.file_name.unwrap_or_default();
            (format!("{} {file}", part.name), text(part.bytes))
        };
        Some(found.into_iter().map(shown).collect())
    }

    #[test]
    fn a_form_is_read_whole_or_not_at_all() {
        let form = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n{}\r\n\
                    --x\r\ncontent-disposition: form-data; name=\"f\"; filename=\"n;1.txt\"\r\n\
                    Content-Type: text/plain\r\n\r\none\r\n--y\r\n\r\n--x--\r\n";
        let found = read("multipart/form-data; charset=utf-8; boundary=\"x\"", form);
        let expected = [("a ", "{}"), ("f n;1.txt", "one\r\n--y\r\n")];
        assert_eq!(found.expect("parts"), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
        let cut = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n{}\r\n--x";
        for (content_type, body) in [
            ("application/json", form),
            ("multipart/form-data", form),
            ("multipart/form-data; boundary=z", form),
            ("multipart/form-data; boundary=x", cut),
            ("multipart/form-data; boundary=x", "--x\r\n\r\n\r\n--x--"),
            ("multipart/form-data; boundary=x", ""),
        ] {
            assert_eq!(read(content_type, body), None, "{content_type} {body}");
        }
    }
}

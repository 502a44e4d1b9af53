//! What is wrong with a body, in words for who writes the page that sent it.
//!
//! Only names that a route knows are repeated, and such as can do no harm: the decoder's own words may
//! quote what was sent, and name our types.

use serde::de::DeserializeOwned;
use serde_json::error::Category;

/// The longest name of somebody else's that is repeated.
const LETTERS: usize = 40;

/// A value of a known shape; or what to mend.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let mut decoder = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut decoder).map_err(|error| {
        let place = error.path().to_string();
        told(&place, &error.into_inner())
    })?;
    decoder.end().map_err(|error| told(".", &error))?;
    Ok(value)
}

fn told(place: &str, error: &serde_json::Error) -> String {
    match error.classify() {
        Category::Eof => "the body ends before its JSON does".to_owned(),
        Category::Syntax | Category::Io => {
            let (line, column) = (error.line(), error.column());
            format!("the body is no JSON that can be read, at line {line} column {column}")
        }
        Category::Data => shaped(place, &error.to_string()),
    }
}

/// What is wrong with JSON of another shape, by the decoder's words for it.
fn shaped(place: &str, words: &str) -> String {
    let name = words.split('`').nth(1).filter(|name| is_plain(name));
    let field = name.map_or_else(|| "a field".to_owned(), |name| format!("the field `{name}`"));
    if words.starts_with("missing field") {
        return format!("{field} is missing");
    }
    if words.starts_with("duplicate field") {
        return format!("{field} stands twice");
    }
    if words.starts_with("unknown field") {
        let name =
            name.map_or_else(|| "a name that was sent".to_owned(), |name| format!("`{name}`"));
        return format!("{name} is no field here; {}", known(words));
    }
    let place = at(place);
    match wanted(words) {
        Some(wanted) => format!("{place} must be {wanted}"),
        None => format!("{place} is not what is expected here"),
    }
}

/// What stands at a place: a field of the body, or something in one, whose name is the sender's.
fn at(place: &str) -> String {
    let end = place.find(['.', '[']).unwrap_or(place.len());
    let (field, within) = place.split_at(end);
    match (is_plain(field), within) {
        (true, "") => format!("the field `{field}`"),
        (true, _) => format!("a value in `{field}`"),
        (false, _) => "the body".to_owned(),
    }
}

/// The fields that there are, of an unknown one's message: ours, so they can be repeated.
fn known(words: &str) -> String {
    let fields: Vec<&str> = words
        .rsplit_once(", expected ")
        .map(|(_, fields)| fields.split('`').skip(1).step_by(2).collect())
        .unwrap_or_default();
    match fields.as_slice() {
        [] => "there are none".to_owned(),
        fields => format!("there are `{}`", fields.join("`, `")),
    }
}

/// What a value must be, in words for what the decoder expected.
fn wanted(words: &str) -> Option<&'static str> {
    if words.contains("UUID") {
        return Some("a UUID, such as `7de00000-0000-4000-8000-000000000001`");
    }
    if words.starts_with("a name stands twice") {
        return Some("an object in which no name stands twice");
    }
    let (_, expected) = words.rsplit_once(", expected ")?;
    let expected = expected.split(" at line ").next().unwrap_or(expected);
    Some(match expected {
        "a string" => "a text in quotes",
        "a boolean" => "`true` or `false`",
        "u32" | "u64" => "a whole number from 0 on",
        "a map" | "an object of texts" => "an object",
        "a sequence" => "a list",
        expected if expected.starts_with("struct ") => "an object",
        _ => return None,
    })
}

/// Whether a name can be repeated: a short one of plain letters.
fn is_plain(name: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.len() <= LETTERS
        && name.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use uuid::Uuid;

    use super::read;
    use crate::messenger::body::distinct;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape is read")]
    struct Request {
        id: Uuid,
        wait: u64,
        text: String,
        #[serde(default)]
        again: bool,
        #[serde(default)]
        language: Option<String>,
        #[serde(default, deserialize_with = "distinct")]
        values: BTreeMap<String, String>,
        #[serde(default)]
        unset: Vec<String>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}

    const ID: &str = r#""id":"7de00000-0000-4000-8000-000000000001""#;

    #[test]
    fn what_is_wrong_with_a_body_is_told_by_its_field() {
        let rest = format!(r#"{ID},"wait":1,"text":"x""#);
        let bodies = [
            "{}".to_owned(),
            "[]".to_owned(),
            "null".to_owned(),
            "\"text\"".to_owned(),
            String::new(),
            "{\"id\"".to_owned(),
            "nonsense".to_owned(),
            format!("{{{rest}}}x"),
            format!("{{{ID},\"wait\":1}}"),
            format!("{{{rest},\"wait\":2}}"),
            format!("{{{rest},\"html\":\"x\"}}"),
            format!("{{{rest},\"<script>\":\"x\"}}"),
            format!("{{{rest},\"a`, expected `b\":\"x\"}}"),
            format!("{{{rest},\"{}\":1}}", "x".repeat(41)),
            r#"{"id":"secret-of-the-customer","wait":1,"text":"x"}"#.to_owned(),
            r#"{"id":1,"wait":1,"text":"x"}"#.to_owned(),
            format!("{{{ID},\"wait\":\"secret\",\"text\":\"x\"}}"),
            format!("{{{ID},\"wait\":-1,\"text\":\"x\"}}"),
            format!("{{{ID},\"wait\":1,\"text\":null}}"),
            format!("{{{ID},\"wait\":1,\"text\":[\"secret\"]}}"),
            format!("{{{rest},\"again\":\"yes\"}}"),
            format!("{{{rest},\"language\":7}}"),
            format!("{{{rest},\"values\":[]}}"),
            format!("{{{rest},\"values\":{{\"a\":\"1\",\"a\":\"2\"}}}}"),
            format!("{{{rest},\"values\":{{\"<b>\":1}}}}"),
            format!("{{{rest},\"unset\":\"secret\"}}"),
            format!("{{{rest},\"unset\":[1]}}"),
        ];
        let told = bodies.map(|body| {
            let told = read::<Request>(body.as_bytes()).expect_err("it is no request");
            assert!(!told.contains("secret") && !told.contains("script"), "{told}");
            format!("{body}\n    {told}")
        });
        let empty = read::<Nothing>(b"{\"queue\":1}").expect_err("it is not empty");
        insta::assert_snapshot!(format!("{}\n{empty}", told.join("\n")));
    }
}

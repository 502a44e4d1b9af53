//! An answer that comes in parts, as server-sent events.

use super::AskError;

/// What has been heard so far.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// The AI's words.
    pub(super) words: String,
    /// What it came to, as far as it was told.
    pub(super) tokens: Option<u64>,
    /// Why it ends, once it does.
    pub(super) end: Option<Result<(), AskError>>,
    /// Whether nothing more is to come.
    pub(super) done: bool,
}

/// Takes bytes apart into the data of events. Each event of these interfaces has one line of data.
#[derive(Debug, Default)]
pub(super) struct Lines(Vec<u8>);

impl Lines {
    /// The data that these bytes complete.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<String> {
        self.0.extend_from_slice(bytes);
        let Some(end) = self.0.iter().rposition(|byte| *byte == b'\n') else { return Vec::new() };
        let behind = self.0.split_off(end + 1);
        let whole = std::mem::replace(&mut self.0, behind);
        let whole = String::from_utf8_lossy(&whole);
        let data = whole.lines().filter_map(|line| line.strip_prefix("data:"));
        data.map(|data| data.trim().to_owned()).collect()
    }
}

/// The record that an unfinished JSON text is so far, with the beginning of the text in which it breaks
/// off; `None` where it breaks off anywhere else.
pub(crate) fn unfinished(json: &str) -> Option<serde_json::Value> {
    let (mut within, mut escape, mut safe) = (false, None, 0);
    for (at, byte) in json.bytes().enumerate() {
        match (within, escape) {
            (false, _) => within = byte == b'"',
            (true, None) => match byte {
                b'"' => within = false,
                b'\\' => escape = Some(at),
                _ => {}
            },
            (true, Some(begun)) => {
                // `\uXXXX` has six characters, any other two.
                let whole = if json.as_bytes().get(begun + 1) == Some(&b'u') { 6 } else { 2 };
                if at + 1 == begun + whole {
                    escape = None;
                }
            }
        }
        if escape.is_none() {
            safe = at + 1;
        }
    }
    let text = json.get(..safe)?;
    let closed = if within { format!("{text}\"}}") } else { text.to_owned() };
    let read = serde_json::from_str(&closed).ok();
    if read.is_some() || !within {
        return read;
    }
    // The first half of a sign of two parts.
    serde_json::from_str(&format!("{}\"}}", text.get(..safe.checked_sub(6)?)?)).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Lines, unfinished};

    #[test]
    fn data_is_cut_anywhere() {
        let whole = "event: a\r\ndata: {\"ä\":1}\r\n\r\n: ping\ndata:[DONE]\n\n".as_bytes();
        for at in 0..whole.len() {
            let mut lines = Lines::default();
            let mut all = lines.push(&whole[..at]);
            all.extend(lines.push(&whole[at..]));
            assert_eq!(all, ["{\"ä\":1}", "[DONE]"], "{at}");
        }
    }

    #[test]
    fn a_record_grows_and_never_shows_what_is_not_there() {
        let text = "Say \"ä\" 😀 \\ and\nmore";
        let whole = json!({ "outcome": "answer", "article": null, "text": text });
        let escaped = whole.to_string().replace('😀', "\\ud83d\\ude00").replace('ä', "\\u00e4");
        assert_eq!(serde_json::from_str::<Value>(&escaped).unwrap(), whole);
        let mut longest = 0;
        for json in [whole.to_string(), escaped] {
            for (at, _) in json.char_indices() {
                let Some(so_far) = unfinished(&json[..at]) else { continue };
                let Some(said) = so_far.get("text") else { continue };
                let said = said.as_str().unwrap();
                assert!(text.starts_with(said), "{said}");
                longest = longest.max(said.len());
            }
        }
        assert_eq!(longest, text.len());
    }
}

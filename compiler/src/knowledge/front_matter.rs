//! What stands at the top of an article: `title`, `url`, `language`.

use tidegate_diagnostics::codes;
use tidegate_plan::verify::articles::{is_address, is_line, is_shown, is_tag, says};

use crate::finding::Finding;
use crate::resolve::suggest::closest;
use crate::source::{ItemId, Loc, Range};

const FENCE: &str = "---";
const KEYS: [&str; 3] = ["title", "url", "language"];
const SHAPE: &str = "an article begins with a line `---`, then `title: …`, perhaps `url: https://…` and \
    `language: en`, then a line `---`";

/// The front matter of an article.
pub(super) struct FrontMatter {
    pub(super) title: String,
    pub(super) url: Option<String>,
    pub(super) language: Option<String>,
    /// The byte behind it.
    pub(super) end: usize,
}

/// A line of it: a key with its value, and where the value stands.
struct Entry<'t> {
    key: &'t str,
    key_at: Range,
    value: &'t str,
    value_at: Range,
}

struct Reader<'f> {
    item: ItemId,
    findings: &'f mut Vec<Finding>,
    sound: bool,
}

impl Reader<'_> {
    fn wrong(&mut self, range: Range, message: impl Into<String>, help: impl Into<String>) {
        let at = Loc { item: self.item, range };
        self.findings.push(Finding::new(codes::BAD_ARTICLE, at, message).help(help));
        self.sound = false;
    }
}

/// Reads the front matter; says what is wrong with it.
pub(super) fn read(item: ItemId, text: &str, findings: &mut Vec<Finding>) -> Option<FrontMatter> {
    let mut reader = Reader { item, findings, sound: true };
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut at = start;
    let mut lines = text[start..].split_inclusive('\n');
    let first = lines.next().unwrap_or_default();
    if first.trim_end() != FENCE {
        reader.wrong(range(at, first.trim_end()), "the article has no front matter", SHAPE);
        return None;
    }
    let opener = range(at, FENCE);
    at += first.len();
    let mut entries: Vec<Entry<'_>> = Vec::new();
    for line in lines {
        if line.trim_end() == FENCE {
            let end = at + line.len();
            return checked(&mut reader, opener, entries, end);
        }
        entries.extend(entry(&mut reader, at, line.trim_end()));
        at += line.len();
    }
    reader.wrong(opener, "the front matter is never closed", "end it with a line `---` of its own");
    None
}

fn entry<'t>(reader: &mut Reader<'_>, at: usize, line: &'t str) -> Option<Entry<'t>> {
    if line.trim().is_empty() || line.trim_start().starts_with('#') {
        return None;
    }
    let Some((key, value)) = line.split_once(':') else {
        reader.wrong(range(at, line), format!("`{}` is no key with a value", line.trim()), SHAPE);
        return None;
    };
    let key_at = range(at + leading(key), key.trim());
    let behind = at + key.len() + 1;
    let value_at = range(behind + leading(value), value.trim());
    Some(Entry { key: key.trim(), key_at, value: unquoted(value.trim()), value_at })
}

fn leading(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

fn unquoted(value: &str) -> &str {
    let inside = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    inside('"').or_else(|| inside('\'')).unwrap_or(value)
}

fn checked(
    reader: &mut Reader<'_>,
    opener: Range,
    entries: Vec<Entry<'_>>,
    end: usize,
) -> Option<FrontMatter> {
    let mut found: [Option<String>; 3] = [None, None, None];
    for entry in entries {
        let Some(at) = KEYS.iter().position(|key| *key == entry.key) else {
            let near = closest(entry.key, KEYS);
            let help = near.map_or_else(
                || format!("known here: {}", KEYS.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            reader.wrong(entry.key_at, format!("`{}` is not known here", entry.key), help);
            // What is meant is not missed besides.
            if let Some(at) = KEYS.iter().position(|key| Some(*key) == near) {
                found[at].get_or_insert_with(|| entry.value.to_owned());
            }
            continue;
        };
        if found[at].is_some() {
            reader.wrong(
                entry.key_at,
                format!("`{}` stands twice", entry.key),
                "keep one of the two",
            );
            continue;
        }
        if let Some((message, help)) = misfit(&entry) {
            reader.wrong(entry.value_at, message, help);
        }
        found[at] = Some(entry.value.to_owned());
    }
    let [title, url, language] = found;
    if title.is_none() {
        reader.wrong(
            opener,
            "the article has no title",
            "add a line `title: …`: customers read it",
        );
    }
    reader.sound.then_some(FrontMatter { title: title?, url, language, end })
}

fn misfit(entry: &Entry<'_>) -> Option<(String, &'static str)> {
    let value = entry.value;
    match entry.key {
        "title" if !says(value) && value.chars().all(is_shown) => Some((
            "the title is empty".to_owned(),
            "write what the article is about, as customers would",
        )),
        "title" if !is_line(value) => Some((
            "the title is no line that can be shown".to_owned(),
            "write one line of at most 200 characters",
        )),
        "url" if !is_address(value) => Some((
            format!("`{value}` is no address of the web"),
            "write it whole, `https://help.example.com/article`, or leave the line out",
        )),
        "language" if !is_tag(value) => Some((
            format!("`{value}` is no language"),
            "write its tag, such as `en`, `de` or `pt-BR`",
        )),
        _ => None,
    }
}

fn range(at: usize, text: &str) -> Range {
    let place = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
    Range { start: place(at), end: place(at + text.len()) }
}

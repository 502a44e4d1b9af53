//! Articles: their number and size, and that nothing in them is more than text.

use std::collections::BTreeSet;

use super::{Verified, refuse};
use crate::model::{Article, Plan, Section};

/// Articles of a plan at most.
pub const MAX_ARTICLES: usize = 5_000;
/// Bytes of all articles together at most.
pub const MAX_BYTES: usize = 16 << 20;
/// Sections of an article at most.
pub const MAX_SECTIONS: usize = 500;
/// Bytes of a section's text at most: a question is compared with it while a customer waits.
pub const MAX_SECTION: usize = 64 << 10;
/// Bytes of an article's texts at most.
pub const MAX_ARTICLE: usize = 1 << 20;
/// Characters of a title or a heading at most.
pub const MAX_TITLE: usize = 200;
/// Characters of an address at most.
pub const MAX_URL: usize = 2_000;

const TABLE: &str = "articles";

pub(super) fn check(plan: &Plan) -> Verified {
    let many = plan.articles.len();
    if many > MAX_ARTICLES {
        return refuse("plan.articles", TABLE, 0, format!("{many} of at most {MAX_ARTICLES}"));
    }
    let bytes: usize = plan.articles.iter().map(size).sum();
    if bytes > MAX_BYTES {
        return refuse("plan.articles", TABLE, 0, format!("{bytes} bytes of at most {MAX_BYTES}"));
    }
    let mut names = BTreeSet::new();
    for (at, article) in plan.articles.iter().enumerate() {
        if let Some(what) = wrong(article) {
            return refuse("plan.articles", TABLE, at, what);
        }
        if !names.insert(&article.name) {
            return refuse("plan.articles", TABLE, at, "the name stands twice");
        }
    }
    Ok(())
}

/// The bytes of an article's texts.
pub fn size(article: &Article) -> usize {
    let section = |its: &Section| its.heading.len() + its.text.len();
    article.title.len() + article.sections.iter().map(section).sum::<usize>()
}

fn wrong(article: &Article) -> Option<&'static str> {
    let Article { name, title, url, language, sections } = article;
    if !is_line(name) || !is_line(title) {
        Some("a name and a title are one line each")
    } else if url.as_ref().is_some_and(|url| !is_address(url)) {
        Some("the address is none of the web")
    } else if language.as_ref().is_some_and(|tag| !is_tag(tag)) {
        Some("the language is no tag")
    } else if sections.is_empty() || sections.len() > MAX_SECTIONS {
        Some("an article has a section, and not too many")
    } else if sections.iter().any(|its| its.text.len() > MAX_SECTION) || size(article) > MAX_ARTICLE
    {
        Some("a section or the article is too long")
    } else if !sections.iter().all(is_section) {
        Some("a section has a text, and a heading is one line")
    } else {
        None
    }
}

fn is_section(section: &Section) -> bool {
    let text = &section.text;
    let plain = text.chars().all(|character| character == '\n' || is_shown(character));
    plain && says(text) && (section.heading.is_empty() || is_line(&section.heading))
}

/// Whether a text is one line that can be shown, and not too long for a title.
pub fn is_line(text: &str) -> bool {
    says(text) && text.chars().all(is_shown) && text.chars().count() <= MAX_TITLE
}

/// Whether a text has a character that can be seen.
pub fn says(text: &str) -> bool {
    let blank =
        |one: char| matches!(one, '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}');
    text.chars().any(|one| !one.is_whitespace() && !joins(one) && is_shown(one) && !blank(one))
}

/// Whether a character only says how those beside it are joined, as scripts and signs of several parts
/// need it.
fn joins(character: char) -> bool {
    matches!(character, '\u{200c}' | '\u{200d}')
}

/// Whether a character is shown within its line, and neither hides nor shows others in another order:
/// no control, no line or paragraph separator, and no format character of Unicode (Cf) but those that
/// are signs themselves and those that join.
pub fn is_shown(character: char) -> bool {
    let formats = matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    );
    !character.is_control() && !matches!(character, '\u{2028}' | '\u{2029}') && !formats
}

/// Whether a text is an address of the web that can be shown as it is.
pub fn is_address(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '\\' | '`');
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '['))
        && url.chars().all(plain)
        && url.len() <= MAX_URL
}

/// Whether a text is a tag of BCP 47, by its form.
pub fn is_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let tongue = parts.next().unwrap_or_default();
    let is_tongue =
        (2..=3).contains(&tongue.len()) && tongue.chars().all(|c| c.is_ascii_lowercase());
    let is_part = |part: &str| {
        (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric())
    };
    is_tongue && parts.all(is_part) && tag.len() <= 35
}

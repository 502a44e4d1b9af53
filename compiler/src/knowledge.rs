//! What the AI may quote: the articles of a project, `knowledge/*.md`, to what stands in the plan.
//!
//! An article is a front matter, which says what it is called and where people read it, and a text in
//! Markdown. The text is cut at its headings, and each part becomes plain text: the Messenger shows
//! nothing else.

mod front_matter;
mod sections;

use tidegate_diagnostics::codes;
use tidegate_plan::model::Article;
use tidegate_plan::verify::articles::{
    MAX_ARTICLES, MAX_BYTES, MAX_SECTIONS, MAX_TITLE, is_line, size,
};

use sections::TooLong;

use crate::finding::Finding;
use crate::source::{ItemId, Loc, Range};

/// The folder of articles, below the project's root.
pub const FOLDER: &str = "knowledge";

/// Whether a source is an article, by its name.
pub fn is_article(name: &str) -> bool {
    name.ends_with(".md") && name.strip_prefix(FOLDER).is_some_and(|inside| inside.starts_with('/'))
}

/// An article as it was read, with where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Read {
    item: ItemId,
    article: Article,
}

/// Characters that show where an article goes beyond what it may have.
const TELLING: usize = 40;
/// The line with which an article begins.
const OPENER: Range = Range { start: 0, end: 3 };

/// Reads the articles of a project.
pub(crate) fn read<'a>(
    sources: impl Iterator<Item = (ItemId, &'a str, &'a str)>,
    findings: &mut Vec<Finding>,
) -> Vec<Article> {
    let mut all: Vec<Article> = Vec::new();
    let mut bytes = 0;
    for (item, name, text) in sources {
        let Some(read) = one(item, name, text, findings) else { continue };
        if read.article.sections.is_empty() {
            findings.push(empty(&read));
            continue;
        }
        bytes += size(&read.article);
        if let Some(finding) = beyond(&read, all.len(), bytes) {
            findings.push(finding);
            break;
        }
        all.push(read.article);
    }
    all.sort_by(|one, other| one.name.cmp(&other.name));
    all
}

fn one(item: ItemId, name: &str, text: &str, findings: &mut Vec<Finding>) -> Option<Read> {
    let front = front_matter::read(item, text, findings)?;
    if !is_line(name) {
        let at = Loc { item, range: OPENER };
        let finding = Finding::new(
            codes::BAD_ARTICLE,
            at,
            "the file of the article has no name that can be shown",
        );
        let help = format!("give it one of at most {MAX_TITLE} characters, with its folders");
        findings.push(finding.help(help));
        return None;
    }
    let body = text.get(front.end..).unwrap_or_default();
    let sections = match sections::of(body, &front.title) {
        Ok(sections) => sections,
        Err(beyond) => {
            findings.push(too_long(item, text, front.end, &beyond));
            return None;
        }
    };
    Some(Read {
        item,
        article: Article {
            name: name.to_owned(),
            title: front.title,
            url: front.url,
            language: front.language,
            sections,
        },
    })
}

fn too_long(item: ItemId, text: &str, body: usize, beyond: &TooLong) -> Finding {
    let TooLong { what, most, at } = beyond;
    let start = (body + at).min(text.len());
    let rest = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let line = rest.char_indices().nth(TELLING).map_or(rest.len(), |(at, _)| at);
    let place = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
    let at = Loc { item, range: Range { start: place(start), end: place(start + line) } };
    let message = format!("{what} has more than {most} KiB of text");
    let finding = Finding::new(codes::BAD_ARTICLE, at, message).label("from here on");
    finding.help("part it: each heading begins a section, and an article speaks of one thing")
}

fn empty(read: &Read) -> Finding {
    let at = Loc { item: read.item, range: OPENER };
    let message = format!("the article `{}` says nothing", read.article.title);
    Finding::new(codes::ARTICLE_EMPTY, at, message)
        .label("nothing below that could be found or quoted")
        .help("write its text below the front matter, or take the file away")
}

/// What is wrong with an article that goes beyond what a plan holds.
fn beyond(read: &Read, articles: usize, bytes: usize) -> Option<Finding> {
    let what = if articles >= MAX_ARTICLES {
        format!("there are more than {MAX_ARTICLES} articles")
    } else if bytes > MAX_BYTES {
        format!("the articles have more than {} MiB together", MAX_BYTES >> 20)
    } else if read.article.sections.len() > MAX_SECTIONS {
        format!("the article has more than {MAX_SECTIONS} sections")
    } else {
        return None;
    };
    let at = Loc { item: read.item, range: OPENER };
    let finding = Finding::new(codes::BAD_ARTICLE, at, what);
    Some(finding.label("from here on").help("keep what customers ask for, and part long articles"))
}

#[cfg(test)]
mod tests;

//! Pages in words, as text for a terminal and as Markdown.

use clap::ValueEnum;
use tidegate_compiler::tell::{Block, Item, Page};
use tidegate_diagnostics::printable;

/// Columns of a line of text at most.
const WIDTH: usize = 100;

/// How pages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text for a terminal
    Text,
    /// Markdown, for a wiki or a pull request
    Markdown,
}

/// A page in a form; ends with a line end.
pub(crate) fn rendered(page: &Page, format: Format) -> String {
    match format {
        Format::Text => text(page),
        Format::Markdown => markdown(page),
    }
}

fn text(page: &Page) -> String {
    let mut out = format!("{}\n", printable(&page.title).to_uppercase());
    for block in &page.blocks {
        out.push('\n');
        match block {
            Block::Heading(heading) => out.push_str(&format!("{}\n", underlined(heading))),
            Block::Paragraph(paragraph) => wrap(&mut out, "", "", paragraph),
            Block::Items(items) => text_items(&mut out, items, 0),
        }
    }
    out
}

fn underlined(heading: &str) -> String {
    let heading = printable(heading);
    let line = "-".repeat(heading.chars().count());
    format!("{heading}\n{line}")
}

fn text_items(out: &mut String, items: &[Item], indent: usize) {
    let widest = items.iter().map(|item| marker(item).chars().count()).max().unwrap_or(0);
    for item in items {
        let marker = marker(item);
        let blanks = " ".repeat(indent);
        let first = format!("{blanks}{marker:<widest$}  ");
        let rest = " ".repeat(first.chars().count());
        wrap(out, &first, &rest, &item.text);
        text_items(out, &item.parts, indent + 4);
    }
}

fn marker(item: &Item) -> String {
    item.number.as_ref().map_or_else(|| "-".to_owned(), |number| format!("{number}."))
}

/// Writes a text in lines of [`WIDTH`] columns: the first begins with `first`, others with `rest`.
fn wrap(out: &mut String, first: &str, rest: &str, text: &str) {
    let mut line = first.to_owned();
    let mut begun = false;
    for word in printable(text).split_whitespace() {
        if begun && line.chars().count() + 1 + word.chars().count() > WIDTH {
            out.push_str(line.trim_end());
            out.push('\n');
            line = rest.to_owned();
            begun = false;
        }
        if begun {
            line.push(' ');
        }
        line.push_str(word);
        begun = true;
    }
    out.push_str(line.trim_end());
    out.push('\n');
}

fn markdown(page: &Page) -> String {
    let mut out = format!("# {}\n", escaped(&page.title));
    for block in &page.blocks {
        out.push('\n');
        match block {
            Block::Heading(heading) => out.push_str(&format!("## {}\n", escaped(heading))),
            Block::Paragraph(paragraph) => out.push_str(&format!("{}\n", escaped(paragraph))),
            Block::Items(items) => markdown_items(&mut out, items, 0),
        }
    }
    out
}

fn markdown_items(out: &mut String, items: &[Item], indent: usize) {
    for item in items {
        let blanks = " ".repeat(indent);
        let number = item.number.as_ref().map(|number| format!("**{number}.** "));
        let number = number.unwrap_or_default();
        out.push_str(&format!("{blanks}- {number}{}\n", escaped(&item.text)));
        markdown_items(out, &item.parts, indent + 2);
    }
}

/// A text of others in Markdown: on one line, and nothing in it is a mark, a link, HTML or the name
/// of somebody who would be told.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in printable(text).chars() {
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' => {
                out.extend(['\\', character])
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("&#64;"),
            '\n' | '\t' => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{escaped, wrap};

    #[test]
    fn no_text_is_a_mark_or_a_mention() {
        assert_eq!(
            escaped("a*b_c [d](e) <img> @ada #1 `x`\n| y\u{1b}"),
            "a\\*b\\_c \\[d\\](e) &lt;img&gt; &#64;ada \\#1 \\`x\\` \\| y\\\\u{1b}"
        );
    }

    #[test]
    fn lines_are_wrapped_below_their_first_word() {
        let mut out = String::new();
        wrap(&mut out, "  1. ", "     ", &"word ".repeat(25));
        assert!(out.lines().all(|line| line.len() <= 100));
        assert!(out.lines().nth(1).is_some_and(|line| line.starts_with("     word")));
    }
}

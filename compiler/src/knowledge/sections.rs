//! The text of an article: Markdown to sections of plain text.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use tidegate_plan::model::Section;
use tidegate_plan::verify::articles::{MAX_ARTICLE, MAX_SECTION, MAX_TITLE, is_shown, says};

/// Levels of lists that are told by blanks; deeper ones stand as deep as the last.
const MOST_INDENTED: usize = 6;

/// An article whose text is longer than a plan holds: it is read up to there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TooLong {
    /// What is.
    pub(super) what: &'static str,
    /// How many KiB that may have.
    pub(super) most: usize,
    /// Where in the text it is.
    pub(super) at: usize,
}

/// The sections of a text that say something.
pub(super) fn of(markdown: &str, title: &str) -> Result<Vec<Section>, TooLong> {
    let mut reading = Reading::default();
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    for (event, range) in Parser::new_ext(markdown, options).into_offset_iter() {
        reading.read(event);
        reading.within(range.start)?;
    }
    reading.close_section();
    reading.within(markdown.len())?;
    let mut sections = reading.sections;
    for section in &mut sections {
        if section.heading.trim().eq_ignore_ascii_case(title.trim()) {
            section.heading.clear();
        }
    }
    Ok(sections)
}

#[derive(Default)]
struct Reading {
    sections: Vec<Section>,
    /// The headings that the text stands below, with their levels.
    headings: Vec<(HeadingLevel, String)>,
    /// The heading that is being read.
    heading: Option<(HeadingLevel, String)>,
    text: String,
    /// Bytes of the sections that are read.
    bytes: usize,
    /// For each open list the number of its next item, where they are numbered.
    lists: Vec<Option<u64>>,
    /// Whether an item has just begun: its text stands behind its sign.
    begins: bool,
    /// Open links with where they lead and where their text begins.
    links: Vec<(String, usize)>,
}

impl Reading {
    fn read(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) => self.say(&text),
            Event::SoftBreak => self.say(" "),
            Event::HardBreak => self.say("\n"),
            // Nobody reads what HTML would make of it.
            _ => {}
        }
    }

    /// Whether all that was read up to a place is not too much.
    fn within(&self, at: usize) -> Result<(), TooLong> {
        let longest = self.sections.last().map_or(0, |last| last.text.len()).max(self.text.len());
        let heading = self.heading.as_ref().map_or(0, |(_, heading)| heading.len());
        if longest.max(heading) > MAX_SECTION {
            Err(TooLong { what: "a section of the article", most: MAX_SECTION >> 10, at })
        } else if self.bytes + self.text.len() > MAX_ARTICLE - MAX_TITLE * 4 {
            Err(TooLong { what: "the article", most: MAX_ARTICLE >> 10, at })
        } else {
            Ok(())
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.close_section();
                self.heading = Some((level, String::new()));
            }
            Tag::Paragraph | Tag::CodeBlock(_) | Tag::BlockQuote(_) => self.part("\n\n"),
            Tag::List(first) => {
                self.part(if self.lists.is_empty() { "\n\n" } else { "\n" });
                self.lists.push(first);
            }
            Tag::Item => self.item(),
            Tag::TableHead | Tag::TableRow => self.part("\n"),
            Tag::Link { dest_url, .. } => self.links.push((dest_url.to_string(), self.text.len())),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => self.close_heading(),
            TagEnd::List(_) => drop(self.lists.pop()),
            TagEnd::TableCell => self.say("  "),
            TagEnd::Link => self.close_link(),
            _ => {}
        }
    }

    fn say(&mut self, text: &str) {
        let into = match &mut self.heading {
            Some((_, heading)) => heading,
            None => &mut self.text,
        };
        into.extend(text.chars().filter(|one| *one == '\n' || is_shown(*one)));
        self.begins = false;
    }

    /// Parts what follows from what stands before it.
    fn part(&mut self, by: &str) {
        if std::mem::take(&mut self.begins) || self.text.is_empty() {
            return;
        }
        self.text.truncate(self.text.trim_end().len());
        // Paragraphs of an item belong to it.
        self.text.push_str(if self.lists.is_empty() { by } else { "\n" });
    }

    fn item(&mut self) {
        if !self.text.ends_with('\n') {
            self.part("\n");
        }
        let inner = "  ".repeat(self.lists.len().saturating_sub(1).min(MOST_INDENTED));
        let sign = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{inner}{}. ", *number - 1)
            }
            _ => format!("{inner}- "),
        };
        self.text.push_str(&sign);
        self.begins = true;
    }

    /// An address that leads somewhere by itself is told behind the words that lead there.
    fn close_link(&mut self) {
        let Some((address, start)) = self.links.pop() else { return };
        let leads = address.starts_with("https://") || address.starts_with("http://");
        let told = self.text.get(start..).is_some_and(|text| text.contains(&address));
        if self.heading.is_none() && leads && !told {
            self.say(&format!(" ({address})"));
        }
    }

    fn close_heading(&mut self) {
        let Some((level, heading)) = self.heading.take() else { return };
        self.headings.retain(|(above, _)| *above < level);
        let heading = heading.split_whitespace().collect::<Vec<_>>().join(" ");
        if says(&heading) {
            self.headings.push((level, heading));
        }
    }

    fn close_section(&mut self) {
        let text = std::mem::take(&mut self.text);
        (self.lists, self.links, self.begins) = (Vec::new(), Vec::new(), false);
        let text: Vec<&str> = text.lines().map(str::trim_end).collect();
        let text = text.join("\n").trim().to_owned();
        if !says(&text) {
            return;
        }
        // The one of the first level is the article's own name.
        let below = self.headings.iter().filter(|(level, _)| *level > HeadingLevel::H1);
        let names: Vec<&str> = below.map(|(_, name)| name.as_str()).collect();
        let heading = match names.as_slice() {
            [] => self.headings.last().map_or(String::new(), |(_, name)| name.clone()),
            names => names.join(" › "),
        };
        let heading = heading.chars().take(MAX_TITLE).collect::<String>().trim().to_owned();
        self.bytes += heading.len() + text.len();
        self.sections.push(Section { heading, text });
    }
}

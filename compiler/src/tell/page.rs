//! A page in words: headings, paragraphs, and items within items. How it looks is the business of
//! whoever shows it.

use super::story::{Arm, Kind, Story, Then, Told, Way};
use super::words::{listed, quoted};

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What it is about.
    pub title: String,
    /// What it says, in order.
    pub blocks: Vec<Block>,
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// The beginning of a section.
    Heading(String),
    /// One or several sentences.
    Paragraph(String),
    /// Items.
    Items(Vec<Item>),
}

/// An item, and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its number; a point where it has none.
    pub number: Option<String>,
    /// What it says.
    pub text: String,
    /// Its parts.
    pub parts: Vec<Item>,
}

impl Item {
    /// An item without a number or parts.
    pub fn point(text: impl Into<String>) -> Self {
        Self { number: None, text: text.into(), parts: Vec::new() }
    }
}

/// What a workflow does, step by step.
pub(super) fn steps(story: &Story) -> Vec<Block> {
    let mut blocks = vec![Block::Paragraph(beginning(story))];
    blocks.push(Block::Heading("Step by step".to_owned()));
    if story.steps.is_empty() {
        blocks.push(Block::Paragraph("Nothing is done.".to_owned()));
    } else {
        blocks.push(Block::Items(story.steps.iter().map(step).collect()));
    }
    if story.comes_to_end {
        let end = match &story.starts {
            Some(starts) if starts.background => {
                "Meanwhile the conversation goes on with its agent."
            }
            Some(_) => "Then the conversation ends.",
            None => "Then the workflow that began this one goes on.",
        };
        blocks.push(Block::Paragraph(end.to_owned()));
    }
    if story.defaults.is_empty() && !story.run_by.is_empty() {
        let run_by: Vec<String> = story.run_by.iter().map(|name| quoted(name)).collect();
        blocks.push(Block::Paragraph(format!(
            "{} says what happens when the customer falls silent or asks for a person, unless a \
             step here does.",
            listed(&run_by, "or")
        )));
    }
    if !story.defaults.is_empty() {
        blocks.push(Block::Heading("Whenever the customer is awaited".to_owned()));
        blocks.push(Block::Items(story.defaults.iter().map(arm).collect()));
        let nearer = "A step with an answer of its own to one of these does that instead.";
        blocks.push(Block::Paragraph(nearer.to_owned()));
    }
    blocks
}

fn beginning(story: &Story) -> String {
    let run_by: Vec<String> = story.run_by.iter().map(|name| quoted(name)).collect();
    match (&story.starts, run_by.as_slice()) {
        (Some(starts), []) => format!("This begins when {}.", starts.words()),
        (Some(starts), _) => format!(
            "This begins when {}, and is a part of {}.",
            starts.words(),
            listed(&run_by, "and")
        ),
        (None, []) => "Nothing begins this.".to_owned(),
        (None, _) => format!("This is a part of {}.", listed(&run_by, "and")),
    }
}

fn step(told: &Told) -> Item {
    let number = Some(told.number.clone());
    if let (Kind::Decides, [only, rest]) = (told.kind, told.arms.as_slice())
        && rest.way == Way::Otherwise
        && rest.steps.is_empty()
    {
        return Item { number, ..branch(only) };
    }
    let mut parts: Vec<Item> = told.lines.iter().map(Item::point).collect();
    let shown = told.arms.iter().filter(|arm| arm.way != Way::Otherwise || !arm.steps.is_empty());
    parts.extend(shown.filter(|arm| arm.way != Way::Exhausted || !arm.steps.is_empty()).map(arm));
    let colon = !parts.is_empty() && !told.sentence.ends_with('”');
    let text = format!("{}{}", told.sentence, if colon { ":" } else { "" });
    Item { number, text, parts }
}

fn arm(arm: &Arm) -> Item {
    Item { number: Some(arm.number.clone()), ..branch(arm) }
}

/// A branch without its number.
fn branch(arm: &Arm) -> Item {
    let then = match (arm.then, arm.steps.is_empty()) {
        (Then::GoesOn, true) => Some("goes on"),
        (Then::WaitsAgain, true) => Some("waits again"),
        (Then::Ends, true) => Some("ends the conversation"),
        (Then::WaitsAgain, false) => Some("Then waits again"),
        (Then::Ends, false) if arm.way != Way::Answer => Some("Then ends the conversation"),
        _ => None,
    };
    match then {
        Some(then) if arm.steps.is_empty() => {
            let text = format!("{}: {then}", arm.when);
            Item { number: None, text, parts: Vec::new() }
        }
        then => {
            let mut parts: Vec<Item> = arm.steps.iter().map(step).collect();
            parts.extend(then.map(Item::point));
            Item { number: None, text: format!("{}:", arm.when), parts }
        }
    }
}

//! Words that stand behind others: `on open`, `owner queue`, `person is known`.

use tidegate_compiler::syntax::ast::Item;

/// What can stand behind words. `*` is any one word, and `…` whatever stands before the others.
type Phrases = &'static [(&'static str, &'static [&'static str])];

const MAP: Phrases = &[
    ("map *", &["to"]),
    ("find", &["by"]),
    ("find by *", &["from"]),
    ("private", &["sync"]),
    ("require *", &["when"]),
];

const PUSH: Phrases = &[
    ("push *", &["to Case", "to channel"]),
    ("push * to *", &["type"]),
    ("owner", &["queue", "user", "by assignment rules"]),
    ("owner by", &["assignment rules"]),
    ("carry", &["none", "except"]),
    ("transcript", &["to"]),
    ("summary", &["to"]),
    ("keys", &["fin"]),
];

const HOURS: Phrases = &[("hours *", &["from"]), ("… holidays", &["none", "except"])];

const WORKFLOW: Phrases = &[
    ("on", &["visit", "open", "message", "agent reply"]),
    ("on visit", &["after", "when", "once per", "before"]),
    ("on agent", &["reply"]),
    ("on open", &["when", "once per", "before"]),
    ("on message", &["when", "once per", "before"]),
    ("on agent reply", &["when", "before"]),
    ("… once", &["per"]),
    ("… once per", &["visit", "day in", "person"]),
    ("answer", &["up to"]),
    ("check", &["in"]),
    ("detect *", &["again", "for type"]),
    ("end", &["because"]),
    ("go", &["on"]),
    ("hand", &["off using"]),
    ("hand off", &["using"]),
    ("hand off using *", &["waiting up to"]),
    ("leave", &["repeat"]),
    ("repeat", &["up to"]),
];

const TEST: Phrases = &[
    (
        "given",
        &[
            "verified person",
            "known person",
            "unsigned person",
            "person",
            "session",
            "started",
            "time",
        ],
    ),
    ("given verified", &["person"]),
    ("given known", &["person"]),
    ("given unsigned", &["person"]),
    (
        "customer",
        &[
            "visits",
            "opens",
            "writes",
            "chooses",
            "submits",
            "signs in",
            "signs in as known person",
            "refuses to sign in",
            "confirms",
            "asks for a person",
            "is silent",
        ],
    ),
    ("customer visits", &["after"]),
    ("customer is", &["silent"]),
    ("customer asks", &["for a person"]),
    ("customer signs", &["in"]),
    ("customer signs in", &["as known person"]),
    ("time", &["passes"]),
    (
        "org",
        &[
            "is down",
            "finds nobody",
            "finds several",
            "changes person",
            "changes conversation",
            "creates the case",
            "refuses the case",
        ],
    ),
    ("org is", &["down"]),
    ("org finds", &["nobody", "several"]),
    ("org changes", &["person", "conversation"]),
    ("org creates", &["the case"]),
    ("org refuses", &["the case"]),
    (
        "ai",
        &[
            "detects",
            "answers",
            "asks",
            "gives up",
            "hears that it helped",
            "hears a wish for a person",
            "is unavailable",
        ],
    ),
    ("ai is", &["unavailable"]),
    ("ai gives", &["up"]),
    ("ai hears", &["that it helped", "a wish for a person"]),
    ("agent", &["accepts", "writes", "leaves", "ends"]),
    ("no", &["agent accepts"]),
    ("no agent", &["accepts"]),
    ("hand", &["off fails", "off is lost"]),
    ("hand off", &["fails", "is lost"]),
    ("hand off is", &["lost"]),
    (
        "expect",
        &[
            "say",
            "note",
            "answer",
            "ask",
            "verify",
            "choices",
            "form",
            "form refused",
            "case",
            "no case",
            "hand off",
            "step",
            "ended",
            "nothing else",
            "conversation.",
            "person.",
        ],
    ),
    ("expect no", &["case"]),
    ("expect hand", &["off to"]),
    ("expect hand off", &["to"]),
    ("expect case", &["using"]),
    ("expect ended", &["because"]),
    ("expect form", &["refused"]),
    ("expect nothing", &["else"]),
    ("expect say", &["containing"]),
    ("expect note", &["containing"]),
    ("expect answer", &["containing"]),
];

/// What stands in any expression.
const EXPRESSION: Phrases = &[
    ("… person is", &["known", "verified"]),
    ("… is", &["blank", "set"]),
    ("… is not", &["blank", "set"]),
];

/// The words that can stand behind those of a line.
pub(super) fn behind(item: &Item, line: &str) -> Option<&'static [&'static str]> {
    if is_text(line) {
        return None;
    }
    // An arm's step begins behind its arrow.
    let step = line.rsplit_once("=>").map_or(line, |(_, step)| step);
    if !step.ends_with([' ', '\t']) {
        return None;
    }
    let words: Vec<&str> = step.split_whitespace().collect();
    let own: Phrases = match item {
        Item::Map(_) => MAP,
        Item::Push(_) | Item::Channel(_) => PUSH,
        Item::Hours(_) => HOURS,
        Item::Workflow(_) => WORKFLOW,
        Item::Test(_) => TEST,
        Item::Data(_) | Item::Form(_) | Item::Text(_) | Item::Nothing => &[],
    };
    let phrases = own.iter().chain(EXPRESSION);
    phrases.filter(|(phrase, _)| fits(phrase, &words)).map(|(_, offered)| *offered).next()
}

fn fits(phrase: &str, words: &[&str]) -> bool {
    let (phrase, anywhere) = match phrase.strip_prefix("… ") {
        Some(tail) => (tail, true),
        None => (phrase, false),
    };
    let wanted: Vec<&str> = phrase.split(' ').collect();
    let Some(before) = words.len().checked_sub(wanted.len()) else { return false };
    let same = |(wanted, word): (&&str, &&str)| {
        *wanted == "*" || *wanted == word.trim_start_matches(['(', '{', '"'])
    };
    (anywhere || before == 0) && wanted.iter().zip(&words[before..]).all(same)
}

/// How many bytes before and behind the word at the cursor belong to a time zone that is begun there,
/// where one is wanted: its quotes among them.
pub(super) fn zone(line: &str, behind: &str) -> Option<(usize, usize)> {
    let quote = line.rfind('"').filter(|_| is_text(line));
    let before = &line[..quote.unwrap_or(line.len())];
    let mut words = before.split_whitespace().rev();
    let (last, named) = (words.next()?, words.next()?);
    let wants = last == "in" && matches!(named, "date" | "time" | "datetime" | "day");
    if !wants || !before.ends_with([' ', '\t']) || is_text(before) {
        return None;
    }
    let is_zone =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '/' | '_' | '-');
    let rest = behind.trim_start_matches(is_zone);
    let closed = quote.is_some() && rest.starts_with('"');
    let ahead = if closed { behind.len() - rest.len() + 1 } else { 0 };
    Some((line.len() - before.len(), ahead))
}

/// Whether the end of a line stands in a text or a pattern, and not in a hole.
fn is_text(line: &str) -> bool {
    matches!(in_what(line).last(), Some(In::Text | In::Raw))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum In {
    Text,
    Raw,
    Hole,
}

/// In which texts and holes the end of a line stands, the innermost last.
fn in_what(line: &str) -> Vec<In> {
    let of_lines = line.trim_start().starts_with('>');
    let mut inside = if of_lines { vec![In::Text] } else { Vec::new() };
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match (inside.last().copied(), letter) {
            (Some(In::Text), '\\') => drop(letters.next()),
            (Some(In::Text), '"') if inside.len() > usize::from(of_lines) => drop(inside.pop()),
            (Some(In::Text), '{') => inside.push(In::Hole),
            (Some(In::Raw), '\'') | (Some(In::Hole), '}') => drop(inside.pop()),
            (None | Some(In::Hole), '"') => inside.push(In::Text),
            (None | Some(In::Hole), '\'') => inside.push(In::Raw),
            _ => {}
        }
    }
    inside
}

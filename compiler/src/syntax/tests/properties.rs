//! What holds for every text.

use std::collections::BTreeMap;

use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::strategy::Just;

use super::{SAMPLE, parse_file};
use crate::syntax::ast::Item;
use crate::syntax::{ParsedItem, chunks, parse};

/// Every problem lies in the text, at letters' borders.
fn in_bounds(text: &str, parsed: &ParsedItem) -> bool {
    parsed
        .problems
        .iter()
        .all(|problem| text.get(problem.range.start as usize..problem.range.end as usize).is_some())
}

fn name(item: &Item) -> Option<&str> {
    match item {
        Item::Map(map) => Some(&map.object.text),
        Item::Data(data) => Some(&data.space.text),
        Item::Push(push) => Some(&push.name.text),
        Item::Channel(push) => Some(&push.name.text),
        Item::Text(text) => Some(&text.name.text),
        Item::Hours(hours) => Some(&hours.name.text),
        Item::Form(form) => Some(&form.name.text),
        Item::Workflow(workflow) => Some(&workflow.name.text),
        Item::Test(test) => test.name.as_ref().map(|name| name.text.as_str()),
        Item::Nothing => None,
    }
}

/// The sample, and what has been parsed of it and its damaged forms.
struct Sample {
    pieces: Vec<(usize, usize, ParsedItem)>,
    parsed: BTreeMap<String, ParsedItem>,
}

impl Sample {
    fn new() -> Self {
        let mut sample = Self { pieces: Vec::new(), parsed: BTreeMap::new() };
        for chunk in chunks(SAMPLE) {
            let start = chunk.start as usize;
            let item = sample.parse(chunk.text).clone();
            sample.pieces.push((start, start + chunk.text.len(), item));
        }
        sample
    }

    fn parse(&mut self, chunk: &str) -> &ParsedItem {
        self.parsed.entry(chunk.to_owned()).or_insert_with(|| {
            let parsed = parse(chunk);
            assert!(in_bounds(chunk, &parsed));
            parsed
        })
    }

    /// Reads a damaged sample: every item but those that the damage touched is as it was.
    fn damaged(&mut self, text: &str, from: usize, to: usize) -> Vec<ParsedItem> {
        let rest: Vec<_> =
            chunks(text).iter().map(|chunk| self.parse(chunk.text).clone()).collect();
        for (start, end, parsed) in &self.pieces {
            // The comments above an item are its own: a line more or less among them moves it.
            let touched = *start <= to + 2 && from <= *end;
            if !touched && name(&parsed.item).is_some() {
                let kept = rest.iter().any(|other| other.item == parsed.item);
                assert!(kept, "lost {:?} at {from}", name(&parsed.item));
            }
        }
        rest
    }
}

#[test]
fn every_truncation_keeps_the_items_before_it() {
    let mut sample = Sample::new();
    for end in (0..SAMPLE.len()).filter(|end| SAMPLE.is_char_boundary(*end)) {
        sample.damaged(&SAMPLE[..end], end, SAMPLE.len());
    }
}

/// A lost bracket or quote is either reported or changes the tree.
#[test]
fn every_lost_character_keeps_the_other_items_and_is_seen() {
    let mut sample = Sample::new();
    let valid = parse_file(SAMPLE);
    for (at, letter) in SAMPLE.char_indices() {
        let end = at + letter.len_utf8();
        let text = format!("{}{}", &SAMPLE[..at], &SAMPLE[end..]);
        let seen = sample.damaged(&text, at, end);
        let bracket = matches!(letter, '{' | '}' | '"' | '(' | ')' | '[' | ']');
        let reported = seen.iter().any(|parsed| !parsed.problems.is_empty());
        assert!(reported || !bracket || seen != valid, "{letter} at {at} is not missed");
    }
}

fn scrap() -> impl Strategy<Value = String> {
    let words = [
        "map ",
        "data ",
        "push ",
        "workflow ",
        "on open",
        "say ",
        "ask ",
        "if ",
        "else ",
        "match ",
        "collect ",
        "set ",
        "a.b",
        "=",
        "=>",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "\"",
        "'",
        "\n",
        "  ",
        "//",
        "///",
        "> x",
        "5m",
        "and ",
        "not ",
        "then ",
        "|",
        "??",
        ",",
        "\\",
        "\r\n",
        "é",
        "“",
    ];
    prop_oneof![8 => proptest::sample::select(words.to_vec()).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from), 1 => Just("<<<<<<< x\n".to_owned())]
}

proptest! {
    #[test]
    fn parsing_never_fails(scraps in proptest::collection::vec(scrap(), 0..60)) {
        let text = scraps.concat();
        for chunk in chunks(&text) {
            prop_assert!(in_bounds(chunk.text, &parse(chunk.text)));
        }
    }

    #[test]
    fn chunks_are_the_file(scraps in proptest::collection::vec(scrap(), 0..60)) {
        let text = scraps.concat();
        let pieces = chunks(&text);
        let joined: String = pieces.iter().map(|chunk| chunk.text).collect();
        prop_assert_eq!(joined.as_str(), text.trim_start_matches('\u{FEFF}'));
        for chunk in pieces {
            let again = chunks(chunk.text);
            prop_assert_eq!(again.len(), 1, "cutting a chunk again gives it as it is");
            prop_assert_eq!(again[0].text, chunk.text);
        }
    }

    /// Parsing the chunks is parsing the file: what stands before or behind an item does not
    /// change it.
    #[test]
    fn items_do_not_depend_on_their_neighbours(
        scraps in proptest::collection::vec(scrap(), 0..40),
    ) {
        let text = format!("{}\n", scraps.concat());
        let alone = parse_file(SAMPLE);
        let together = parse_file(&format!("{text}{SAMPLE}"));
        for parsed in alone.iter().skip(2) {
            prop_assert!(together.contains(parsed));
        }
    }
}

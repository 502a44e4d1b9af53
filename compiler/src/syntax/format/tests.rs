//! What the style is: what is written and what becomes of it, for each construct.
//!
//! What the style promises for every text is in `tests/tests/format.rs`.

use std::collections::BTreeSet;

use super::format;
use crate::syntax::parser::{Node, rules, tree};
use crate::syntax::{chunks, expected, parse};

/// Every construct, written as nobody should.
const PAIRS: [(&str, &str); 6] = [
    ("items", include_str!("tests/pairs/items.tide")),
    ("values", include_str!("tests/pairs/values.tide")),
    ("steps", include_str!("tests/pairs/steps.tide")),
    ("tests", include_str!("tests/pairs/tests.tide")),
    ("expressions", include_str!("tests/pairs/expressions.tide")),
    ("broken", include_str!("tests/pairs/broken.tide")),
];

#[test]
fn before_and_after() {
    for (name, before) in PAIRS {
        let after = format(before).text;
        insta::assert_snapshot!(name, after);
        assert_eq!(format(&after).text, after, "{name}");
    }
}

/// A rule that is new in the grammar has to be shown: what the style makes of it is seen in the
/// pair, not only promised.
#[test]
fn every_rule_of_the_grammar_is_in_a_pair() {
    let mut shown = BTreeSet::new();
    for (name, before) in PAIRS.iter().filter(|(name, _)| *name != "broken") {
        for chunk in chunks(before) {
            let problems = parse(chunk.text).problems;
            assert!(problems.is_empty(), "{name}: {problems:#?}");
            tree(chunk.text).into_iter().flatten().for_each(|node| note(node, &mut shown));
        }
    }
    let silent = silent_rules();
    let missing: Vec<String> = rules()
        .filter(|rule| expected::words(*rule).is_none())
        .map(|rule| format!("{rule:?}"))
        .filter(|rule| !shown.contains(rule) && !silent.contains(rule.as_str()))
        .filter(|rule| !NOT_SOUND.iter().any(|(name, _)| is_called(rule, name)))
        .collect();
    assert!(
        missing.is_empty(),
        "write these into a file of compiler/src/syntax/format/tests/pairs: {missing:?}"
    );
}

fn is_called(rule: &str, name: &str) -> bool {
    rule == name || name.ends_with('_') && rule.starts_with(name)
}

/// Rules that no sound text has; with `_` at the end, by how their names begin.
const NOT_SOUND: [(&str, &str); 14] = [
    ("other_word", "what no line of a test says"),
    ("unknown_", "lines that are of no kind"),
    ("junk", "what follows a line that is whole"),
    ("head_junk", "what stands before a brace"),
    ("group_junk", "what stands in brackets"),
    ("hole_junk", "what stands in holes"),
    ("bracketed", "lists in the wrong brackets"),
    ("curly", "texts in curly quotes"),
    ("stray_brace", "a brace that closes no hole"),
    ("after", "what follows an item"),
    ("rest", "what follows an item"),
    ("word", "the first word of such lines"),
    ("kw_not", "`is not`, which there isn't"),
    ("kw_channel", "a push to a channel is to come"),
];

fn note(node: Node<'_>, shown: &mut BTreeSet<String>) {
    shown.insert(format!("{:?}", node.kind()));
    node.children().for_each(|child| note(child, shown));
}

/// Rules that leave no node, as the grammar says.
fn silent_rules() -> BTreeSet<&'static str> {
    let grammar = include_str!("../../../../grammar/tide.pest");
    let rule = |line: &'static str| {
        let (name, body) = line.split_once('=')?;
        body.trim_start().starts_with('_').then_some(name.trim())
    };
    let chunk = "chunk"; // the tree itself
    grammar.lines().filter_map(rule).chain([chunk]).collect()
}

#[test]
fn line_ends_are_those_of_the_first_line() {
    let text = "// a\r\n\r\n\r\nworkflow w {\n\ton open\n  say\n    > x \r\n  sya\n}";
    let after = "// a\r\n\r\nworkflow w {\r\n  on open\r\n  say\r\n    > x \r\n  sya\n}\r\n";
    assert_eq!(format(text).text, after);
    let unix = "workflow w {\r\n}\r\n".replacen("\r\n", "\n", 1);
    assert_eq!(format(&unix).text, "workflow w {}\n");
}

#[test]
fn edges() {
    let conflict = "workflow  w {\n<<<<<<< a\n end\n=======\n  end\n>>>>>>> b\n}\nworkflow  v { }";
    let pairs = [
        ("", ""),
        ("\n \n", ""),
        ("// only", "// only\n"),
        ("\u{feff}workflow  w {}", "\u{feff}workflow w {}\n"),
        ("workflow w {\n\u{a0}  end\n   end\n}", "workflow w {\n\u{a0}  end\n  end\n}\n"),
        (conflict, &conflict.replace("\nworkflow  v { }", "\n\nworkflow v {}\n")),
    ];
    for (before, after) in pairs {
        assert_eq!(format(before).text, after);
    }
}

#[test]
fn what_stays_as_it_is_is_told() {
    let source = tidegate_diagnostics::SourceId(3);
    let told = |text: &str| {
        let found = format(text).diagnostics(source);
        found.iter().map(|it| (it.code.id(), it.primary.span.start)).collect::<Vec<_>>()
    };
    assert_eq!(told("workflow w {}\n\nworkflow v {\n  sya \"x\"\n}\n"), [("E0108", 30)]);
    assert_eq!(told("workflow w { say nothing.that.is.known }"), []);
    let large = format!("//{}\n  end", " ".repeat(4 * 1024 * 1024));
    assert_eq!(format(&large).text, large);
    assert_eq!(told(&large), [("E0113", 0)]);
}

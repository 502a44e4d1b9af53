//! The tree of every construct.

use super::{SAMPLE, parse_file, reports};

#[test]
fn sample_has_no_problems() {
    assert_eq!(reports(SAMPLE), Vec::<String>::new());
}

#[test]
fn sample_tree() {
    let items: Vec<_> = parse_file(SAMPLE).into_iter().map(|parsed| parsed.item).collect();
    insta::assert_debug_snapshot!(items);
}

#[test]
fn byte_order_mark_and_carriage_returns_are_accepted() {
    let windows = format!("\u{FEFF}{}", SAMPLE.replace('\n', "\r\n"));
    assert_eq!(reports(&windows), Vec::<String>::new());
}

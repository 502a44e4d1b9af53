//! `tidegate tell`: what a support lead reads.

use std::fs;

use crate::{change, project, screen};

#[test]
fn the_workflows_of_the_example_in_plain_english() {
    let folder = project();
    let told: String = ["support", "clarify_bill", "triage_breakdown", "replace_battery"]
        .map(|workflow| screen(folder.path(), &["tell", workflow], &[]))
        .concat();
    insta::assert_snapshot!(told);
}

#[test]
fn the_whole_project_in_plain_english() {
    let folder = project();
    insta::assert_snapshot!(screen(folder.path(), &["tell"], &[]));
}

#[test]
fn a_page_in_markdown_keeps_the_words_of_others_words() {
    let folder = project();
    change(folder.path(), "billing.tide", "with priority.", "with *priority*, <b>@ada</b>.");
    let page = screen(folder.path(), &["tell", "clarify_bill", "--format", "markdown"], &[]);
    insta::assert_snapshot!(page);
}

#[test]
fn what_cannot_be_told_is_said() {
    let folder = project();
    let mut all = screen(folder.path(), &["tell", "suport"], &[]);
    all += &screen(folder.path(), &["tell", "x"], &[]);
    change(folder.path(), "billing.tide", "conversation.order_number", "conversation.ordr_number");
    all += &screen(folder.path(), &["tell", "support"], &[]);
    fs::remove_file(folder.path().join("tidegate.toml")).expect("the manifest");
    all += &screen(folder.path(), &["tell", "support"], &[]);
    insta::assert_snapshot!(all);
}

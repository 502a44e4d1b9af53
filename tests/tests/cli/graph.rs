//! `tidegate graph`: a workflow as a picture.

use std::fs;

use crate::{change, project, screen};

#[test]
fn a_workflow_is_drawn() {
    let folder = project();
    insta::assert_snapshot!(screen(folder.path(), &["graph", "replace_battery"], &[]));
}

#[test]
fn a_picture_goes_where_it_should_and_its_texts_are_no_marks() {
    let folder = project();
    change(folder.path(), "support.tide", "What is it about?", "What? <script>alert(1)</script>");
    let told = screen(folder.path(), &["graph", "support", "-o", "support.svg"], &[]);
    assert!(told.contains("support.svg") && told.contains("exit code 0"), "{told}");
    let picture = fs::read_to_string(folder.path().join("support.svg")).expect("a picture");
    assert!(picture.starts_with("<svg ") && picture.trim_end().ends_with("</svg>"));
    assert!(!picture.contains("<script") && picture.contains("&lt;script&gt;"), "{picture}");
    // It looks nowhere and runs nothing.
    for word in ["href", "url(", "@import", "onload"] {
        assert!(!picture.contains(word), "{word}");
    }
    let again = screen(folder.path(), &["graph", "nothing"], &[]);
    assert!(again.contains("there is no workflow `nothing`"), "{again}");
}

//! The one style, as the least edits that lead there.

use serde_json::json;

use super::editor::{Editor, place};

#[test]
fn only_what_is_not_in_the_style_is_changed() {
    let mut editor = Editor::in_example();
    let text = editor.on_disk("billing.tide");
    let untidy = text.replace("    set", "set").replace("label \"Order", "label    \"Order");
    editor.open("billing.tide", &untidy);
    let edits = editor.ask_about("textDocument/formatting", "billing.tide").expect("edits");
    let shown: Vec<String> = edits
        .as_array()
        .expect("edits")
        .iter()
        .map(|edit| format!("{} {}", place(&edit["range"]), edit["newText"]))
        .collect();
    insta::assert_snapshot!(shown.join("\n"));
    editor.open("billing.tide", &text);
    let edits = editor.ask_about("textDocument/formatting", "billing.tide").expect("edits");
    assert_eq!(edits, json!([]));
}

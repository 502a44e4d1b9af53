//! What is wrong is shown while it is written, and taken back when it is mended.

use serde_json::{Value, json};

use super::editor::{Editor, position};
use crate::Ended;

#[test]
fn what_is_wrong_is_shown_with_its_places_and_taken_back() {
    let mut editor = Editor::in_example();
    let billing = editor.on_disk("billing.tide");
    editor.open("billing.tide", &billing);
    assert_eq!(editor.shown("billing.tide"), "");
    editor.change("billing.tide", &[("7:33-7:37", "Hihg"), ("7:21-7:29", "Prioritty")]);
    insta::assert_snapshot!(editor.shown("billing.tide"));
    editor.change("billing.tide", &[("7:21-7:30", "Priority"), ("7:33-7:37", "High")]);
    assert_eq!(editor.shown("billing.tide"), "");
    assert_eq!(editor.leave(), Ended::Properly);
}

#[test]
fn a_refuted_proof_is_shown_with_its_path() {
    let mut editor = Editor::in_example();
    let text = editor.on_disk("support.tide").replace(" ?? \"there\"", "");
    editor.open("support.tide", &text);
    insta::assert_snapshot!(editor.shown("support.tide"));
}

#[test]
fn a_broken_file_shows_all_that_is_wrong_with_it() {
    let mut editor = Editor::in_example();
    let text = editor.on_disk("breakdown.tide");
    let broken = text.replace("choose \"Did that help?\" {", "choose \"Did that help?\"");
    editor.open("breakdown.tide", &broken.replace("Gold", "Platinum"));
    insta::assert_snapshot!(editor.shown("breakdown.tide"));
}

#[test]
fn what_other_files_hang_on_shows_there() {
    let mut editor = Editor::in_example();
    let fields = editor.on_disk("fields.tide");
    editor.open("fields.tide", &fields.replace("as order_number", "as order_no"));
    insta::assert_snapshot!(editor.shown_on_disk("billing.tide"));
    editor.close("fields.tide");
    assert_eq!(editor.shown_on_disk("billing.tide"), "");
}

#[test]
fn what_is_wrong_with_an_article_shows_there_and_is_taken_back() {
    let mut editor = Editor::in_example();
    let folder = editor.path("knowledge");
    std::fs::create_dir_all(&folder).expect("a folder");
    editor.write("knowledge/invoices.md", "---\nurl: invoices\n---\nBelow Billing.\n");
    let billing = editor.on_disk("billing.tide");
    editor.open("billing.tide", &billing);
    insta::assert_snapshot!(editor.shown_on_disk("knowledge/invoices.md"));
    editor.write("knowledge/invoices.md", "---\ntitle: Invoices\n---\nBelow Billing.\n");
    editor.touched(&["knowledge/invoices.md"]);
    assert_eq!(editor.shown_on_disk("knowledge/invoices.md"), "");
    editor.write("knowledge/empty.md", "---\ntitle: Nothing\n---\n");
    editor.touched(&["knowledge/empty.md"]);
    insta::assert_snapshot!(editor.shown_on_disk("knowledge/empty.md"));
    std::fs::remove_file(editor.path("knowledge/empty.md")).expect("it was there");
    editor.touched(&["knowledge/empty.md"]);
    assert_eq!(editor.shown_on_disk("knowledge/empty.md"), "");
}

#[test]
fn files_that_are_not_open_are_read_again_when_they_change() {
    let mut editor = Editor::in_example();
    let billing = editor.on_disk("billing.tide");
    editor.open("billing.tide", &billing);
    editor.shown("billing.tide");
    let pushes = editor.on_disk("pushes.tide");
    editor.write("pushes.tide", &pushes.replace("owner queue Tier_1", "owner queue Tier_7"));
    editor.touched(&["pushes.tide"]);
    insta::assert_snapshot!(editor.shown_on_disk("pushes.tide"));
    std::fs::remove_file(editor.path("pushes.tide")).expect("it was there");
    editor.touched(&["pushes.tide"]);
    assert_eq!(editor.shown_on_disk("pushes.tide"), "");
}

#[test]
fn the_manifest_and_the_metadata_count_when_they_change() {
    let mut editor = Editor::in_example();
    let pushes = editor.on_disk("pushes.tide");
    editor.open("pushes.tide", &pushes);
    assert_eq!(editor.shown("pushes.tide"), "");
    let org = editor.on_disk("schema/org.toml");
    editor.write("schema/org.toml", &org.replace("Chat_Deflected", "Chats"));
    editor.touched(&["schema/org.toml"]);
    editor.change("pushes.tide", &[("0:0-0:0", "// .\n")]);
    insta::assert_snapshot!(editor.shown("pushes.tide"));
    let manifest = editor.on_disk("tidegate.toml");
    editor.write("tidegate.toml", &manifest.replace("[project]", "[projct]"));
    editor.touched(&["tidegate.toml"]);
    insta::assert_snapshot!(editor.shown_on_disk("tidegate.toml"));
    editor.write("tidegate.toml", &manifest);
    editor.touched(&["tidegate.toml"]);
    assert_eq!(editor.shown_on_disk("tidegate.toml"), "");
}

#[test]
fn a_text_without_a_project_is_read_and_no_more() {
    let mut editor = Editor::in_example();
    let elsewhere = "../elsewhere.tide";
    editor.open(elsewhere, "workflow a {\n  say\n  run nobody\n}\n");
    insta::assert_snapshot!(editor.shown(elsewhere));
    editor.close(elsewhere);
    assert_eq!(editor.shown_on_disk(elsewhere), "");
}

#[test]
fn columns_are_counted_as_agreed_upon() {
    let text = "workflow a {\n  say \"\u{e4}\u{1f525}\" + nothing\n}\n";
    let utf8 = json!({ "general": { "positionEncodings": ["utf-16", "utf-8"] } });
    for (capabilities, encoding) in [(json!({}), "utf-16"), (utf8, "utf-8")] {
        let mut editor = Editor::with_capabilities(capabilities);
        assert_eq!(editor.greeting["capabilities"]["positionEncoding"], encoding);
        editor.open("a.tide", text);
        insta::assert_snapshot!(format!("columns_in_{encoding}"), editor.shown("a.tide"));
    }
}

#[test]
fn what_is_not_understood_hurts_nobody() {
    let mut editor = Editor::in_example();
    let billing = editor.on_disk("billing.tide");
    editor.tell("textDocument/didChange", json!({ "textDocument": 7 }));
    editor.tell(
        "textDocument/didChange",
        json!({
            "textDocument": { "uri": editor.uri("nobody.tide"), "version": 1 },
            "contentChanges": [{ "text": "x" }],
        }),
    );
    editor.tell("$/whatever", Value::Null);
    let refused = editor.ask("textDocument/whatever", json!({})).expect_err("nobody serves that");
    assert!(refused.contains("is not served"), "{refused}");
    let refused = editor.ask("textDocument/formatting", json!({})).expect_err("no document");
    assert!(refused.starts_with("-32602"), "{refused}");
    editor.open("billing.tide", &billing);
    let far = json!({ "start": position("5:99999"), "end": position("99999:0") });
    editor.tell("textDocument/didChange", json!({
        "textDocument": { "uri": editor.uri("billing.tide"), "version": 1 },
        "contentChanges": [{ "range": far, "text": "" }, { "text": "x".repeat(1 << 20) }, { "text": billing }],
    }));
    assert_eq!(editor.shown("billing.tide"), "");
    assert_eq!(editor.vanish(), Ended::Abruptly);
}

#[test]
fn a_project_that_is_gone_takes_what_was_shown_with_it() {
    let mut editor = Editor::in_example();
    let billing = editor.on_disk("billing.tide");
    editor.open("billing.tide", &billing.replace("Priority", "Prioritty"));
    assert!(editor.shown("billing.tide").contains("E0203"));
    std::fs::remove_file(editor.path("tidegate.toml")).expect("it was there");
    let gone = json!([{ "uri": editor.uri("tidegate.toml"), "type": 3 }]);
    editor.tell("workspace/didChangeWatchedFiles", json!({ "changes": gone }));
    // It is read and no more, and nothing is wrong with how it is written.
    assert_eq!(editor.shown("billing.tide"), "");
    let told = editor.ask_about("textDocument/documentSymbol", "billing.tide");
    assert_eq!(told, Ok(Value::Null));
}

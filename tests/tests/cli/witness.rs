//! Conversations that refute a proof, saved as tests.

use super::{change, project, screen};

#[test]
fn what_refutes_a_proof_is_saved_and_passes_once_the_program_is_mended() {
    let folder = project();
    let path = folder.path();
    let show = |arguments: &[&str]| screen(path, arguments, &[]);
    let nothing = show(&["check", ".", "--save-witness"]);
    change(path, "support.tide", r#"{person.FirstName ?? "there"}"#, "{person.FirstName}");
    let saved = show(&["check", ".", "--save-witness", "--format", "short"]);
    let again = show(&["check", ".", "--save-witness", "--format", "short"]);
    let file = std::fs::read_to_string(path.join("witnesses.tide")).expect("the tests");
    change(path, "support.tide", "{person.FirstName}", r#"{person.FirstName ?? "there"}"#);
    let mended = show(&["test", ".", "E0511", "--format", "short"]);
    // The line that it asks for.
    let remark =
        "// So far it leads to what was wrong. Say what happens behind it once that is mended.";
    change(path, "witnesses.tide", remark, r#"expect say "Hi there. What can we do for you?""#);
    let complete = show(&["test", ".", "E0511", "--format", "short"]);
    let other = show(&["check", ".", "--save-witness=found.txt"]);
    insta::assert_snapshot!([nothing, saved, file, again, mended, complete, other].join("\n---\n"));
}

#[test]
fn what_is_wrong_at_two_places_is_two_tests() {
    let folder = project();
    let path = folder.path();
    let greeting = r#"{person.FirstName ?? "there"}"#;
    change(path, "support.tide", greeting, r#"{person.FirstName}. Hello {person.FirstName}"#);
    change(path, "fields.tide", "data conversation {", "data conversation {\n  tries: number = 0");
    change(
        path,
        "support.tide",
        "\n  ask\n",
        "\n  set conversation.tries = 999999999999999999\n  set conversation.tries = conversation.tries + 1\n  ask\n",
    );
    let saved = screen(path, &["check", ".", "--save-witness", "--format", "short"], &[]);
    let file = std::fs::read_to_string(path.join("witnesses.tide")).expect("the tests");
    insta::assert_snapshot!([saved, file].join("\n---\n"));
}

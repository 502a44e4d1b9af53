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
    let mended = show(&["test", ".", "E0511"]);
    let other = show(&["check", ".", "--save-witness=found.txt"]);
    insta::assert_snapshot!([nothing, saved, file, again, mended, other].join("\n---\n"));
}

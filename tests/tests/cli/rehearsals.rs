//! `tidegate test`.

use super::{change, copy, project_with_tests, root, screen};

#[test]
fn the_examples_tests_pass() {
    let folder = project_with_tests();
    let all = ["test", "test GOLD", "test . silent", "test nobody"]
        .map(|line| screen(folder.path(), &line.split(' ').collect::<Vec<_>>(), &[]));
    insta::assert_snapshot!(all.concat());
}

#[test]
fn a_test_that_fails_shows_the_conversation_as_it_went() {
    let folder = project_with_tests();
    change(
        folder.path(),
        "billing.tide",
        "That is a lot of money.",
        "That is <much> money & more.",
    );
    change(folder.path(), "pushes.tide", "owner queue Tier_1", "owner queue Tier_2");
    let all: String = ["human", "short", "json", "junit", "github"]
        .map(|format| screen(folder.path(), &["test", ".", "--format", format, "ill"], &[]))
        .concat();
    insta::assert_snapshot!(all);
}

#[test]
fn what_is_wrong_with_the_program_is_told_first() {
    let folder = project_with_tests();
    change(
        folder.path(),
        "tests.tide",
        "conversation.refund_amount = 600",
        "conversation.refnd_amount = 600",
    );
    insta::assert_snapshot!(screen(folder.path(), &["test", "."], &[]));
}

#[test]
fn what_the_tests_come_to() {
    let folder = project_with_tests();
    change(
        folder.path(),
        "tests.tide",
        "customer is silent 10m\n  expect ended because \"the customer fell silent\"\n",
        "",
    );
    let all = [
        "test --coverage text",
        "test --format json --coverage text",
        "test words --coverage lcov",
        "test --coverage json -o coverage.json --min 100%",
        "test --min 98",
        "test --min more",
    ]
    .map(|line| screen(folder.path(), &line.split(' ').collect::<Vec<_>>(), &[]));
    insta::assert_snapshot!(all.concat());
    let json = std::fs::read(folder.path().join("coverage.json")).expect("the coverage");
    let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    let count = |what: &str| json["all"][what].as_u64().expect("a count");
    assert_eq!(count("covered") + 2, count("all"), "a step and its arm are left");
}

#[test]
fn the_example_is_rehearsed_wholly() {
    let folder = project_with_tests();
    let screen = screen(folder.path(), &["test", "--min", "100"], &[]);
    assert!(screen.contains("exit code 0"), "{screen}");
}

#[test]
fn an_ai_of_which_no_line_says_anything_is_told_where_the_test_fails() {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&root().join("examples/software"), folder.path());
    let begin = "customer opens\n  expect say containing \"What can we help\"\n  customer writes \"The \
                 month can't be closed\"";
    let tests = [
        ("no line for what is detected", "expect conversation.module = \"ledger\""),
        ("the customer goes on", "customer chooses \"It hinders us\""),
        ("time passes", "time passes 10m\n  expect choices"),
    ];
    let tests = tests.map(|(name, line)| format!("test \"{name}\" {{\n  {begin}\n  {line}\n}}\n"));
    std::fs::write(folder.path().join("tests.tide"), tests.join("\n")).expect("the tests");
    insta::assert_snapshot!(screen(folder.path(), &["test", "."], &[]));
}

/// Standard output and standard error of a command.
fn streams(folder: &std::path::Path, line: &str) -> (String, String) {
    let done = std::process::Command::new(super::binary())
        .args(line.split(' '))
        .env("NO_COLOR", "1")
        .current_dir(folder)
        .output()
        .expect("the tidegate binary");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (text(done.stdout), text(done.stderr))
}

#[test]
fn standard_output_has_what_was_asked_for_and_nothing_else() {
    let folder = project_with_tests();
    let (out, told) = streams(folder.path(), "test --coverage json");
    serde_json::from_str::<serde_json::Value>(&out).expect("JSON and nothing else");
    assert!(told.contains("ok      "), "{told}");
    let (out, _) = streams(folder.path(), "test --coverage lcov --format short");
    assert!(out.starts_with("TN:"), "{out}");

    change(folder.path(), "pushes.tide", "owner queue Tier_1", "owner queue Tier_2");
    let (out, told) = streams(folder.path(), "test --coverage json");
    serde_json::from_str::<serde_json::Value>(&out).expect("JSON and nothing else");
    assert!(told.contains("E1001"), "{told}");
    let (out, told) = streams(folder.path(), "test --generate");
    assert_eq!(out, "", "no test is proposed while one fails");
    assert!(told.contains("E1001"), "{told}");

    change(folder.path(), "pushes.tide", "owner queue Tier_2\n", "owner queue Tier_9\n");
    for line in ["test --generate", "test --coverage lcov"] {
        let (out, told) = streams(folder.path(), line);
        assert_eq!(out, "", "{line}");
        assert!(told.contains("Tier_9"), "{told}");
    }
}

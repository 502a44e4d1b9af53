//! `tidegate ai eval`: how often `detect` is right.

use std::fs;

use crate::{root, screen};

#[test]
fn the_examples_messages_are_judged() {
    let folder = root().join("examples/software");
    insta::assert_snapshot!(screen(&folder, &["ai", "eval", "examples.toml", "--min", "100"], &[]));
}

#[test]
fn what_is_no_file_of_examples_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let project = root().join("examples/software");
    let project = project.to_str().expect("a path");
    let message = "[[message]]\ntext = \"Hi\\u001b[31m\"\n";
    let files = [
        ("missing", None),
        ("no-toml", Some("attribute".to_owned())),
        ("no-list", Some(format!("attribute = \"conversation.Subject\"\n{message}"))),
        (
            "no-value",
            Some(format!("attribute = \"conversation.module\"\n{message}value = \"ledgr\"\n")),
        ),
        (
            "too-few",
            Some(format!("attribute = \"conversation.module\"\n{message}value = \"ledger\"\n")),
        ),
    ];
    let screens = files.map(|(name, text)| {
        let file = format!("{name}.toml");
        if let Some(text) = text {
            fs::write(folder.path().join(&file), text).expect("a file");
        }
        let told =
            screen(folder.path(), &["ai", "eval", &file, "--project", project, "--min", "50"], &[]);
        told.replace(project, "PROJECT")
    });
    insta::assert_snapshot!(screens.concat());
}

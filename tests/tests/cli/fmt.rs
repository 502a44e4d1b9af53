//! `tidegate fmt` as its users see it.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use tidegate_tests::process::binary;

use super::{change, project, screen};

fn read(folder: &Path, file: &str) -> String {
    fs::read_to_string(folder.join(file)).expect("text")
}

/// A project of which one file is in no style, and another one is not all understood.
fn untidy() -> tempfile::TempDir {
    let folder = project();
    change(
        folder.path(),
        "billing.tide",
        "if conversation.refund_amount is",
        "if   conversation.refund_amount   is",
    );
    change(folder.path(), "breakdown.tide", "  if person.tier", "    fi person.tier");
    change(
        folder.path(),
        "breakdown.tide",
        "    conversation.component\n",
        "conversation.component\n",
    );
    folder
}

#[test]
fn a_project_is_formatted_around_what_is_not_understood() {
    let folder = untidy();
    let run = |arguments: &[&str]| screen(folder.path(), &[&["fmt"], arguments].concat(), &[]);
    let before = [read(folder.path(), "billing.tide"), read(folder.path(), "breakdown.tide")];
    let mut all = run(&["--check"]);
    all += &run(&["--diff"]);
    all += &run(&["--diff", "--check", "billing.tide", "pushes.tide"]);
    let after = [read(folder.path(), "billing.tide"), read(folder.path(), "breakdown.tide")];
    assert_eq!(after, before, "nothing was to be changed");
    all += &run(&[]);
    all += &run(&["--check", "."]);
    insta::assert_snapshot!(all);
    let written = read(folder.path(), "breakdown.tide");
    assert!(written.contains("\n    fi person.tier"), "{written}");
    assert!(written.contains("\n    conversation.component\n"), "{written}");
}

#[test]
fn what_cannot_be_formatted_is_told() {
    let folder = project();
    let empty = tempfile::tempdir().expect("a folder");
    let mut all = screen(empty.path(), &["fmt"], &[]);
    let run = |arguments: &[&str]| screen(folder.path(), &[&["fmt"], arguments].concat(), &[]);
    fs::write(folder.path().join("latin.tide"), b"// caf\xe9\n").expect("a file");
    let unformatted = "workflow  w {}\n";
    fs::write(folder.path().join("a.tide"), unformatted).expect("a file");
    all += &run(&["a.tide", "nowhere.tide"]);
    all += &run(&["a.tide", "latin.tide"]);
    all += &run(&["-", "a.tide"]);
    insta::assert_snapshot!(all);
    assert_eq!(read(folder.path(), "a.tide"), unformatted);
}

#[cfg(unix)]
#[test]
fn a_link_stays_one() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("real.tide"), "workflow  w {}").expect("a file");
    let link = folder.path().join("link.tide");
    std::os::unix::fs::symlink("real.tide", &link).expect("a link");
    assert!(screen(folder.path(), &["fmt", "link.tide"], &[]).contains("exit code 0"));
    assert!(link.symlink_metadata().expect("a link").is_symlink());
    assert_eq!(read(folder.path(), "real.tide"), "workflow w {}\n");
}

/// What comes out for a text, and the exit code.
fn piped(arguments: &[&str], text: &[u8]) -> (String, String, Option<i32>) {
    let mut process = Command::new(binary())
        .args(arguments)
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the tidegate binary");
    process.stdin.take().expect("a pipe").write_all(text).expect("it reads");
    let done = process.wait_with_output().expect("an end");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (text(done.stdout), text(done.stderr), done.status.code())
}

#[test]
fn standard_input_comes_out_in_the_style() {
    let (out, told, code) = piped(&["fmt", "-"], b"workflow  w { end }");
    assert_eq!((out.as_str(), told.as_str(), code), ("workflow w {\n  end\n}\n", "", Some(0)));
    let (out, told, code) = piped(&["fmt", "-"], b"workflow  w {\n sya 1\n end }");
    assert_eq!((out.as_str(), code), ("workflow w {\n sya 1\n  end\n}\n", Some(1)));
    assert!(told.contains("E0108") && told.contains("standard input:2:2"), "{told}");
    let (out, _, code) = piped(&["fmt", "-", "--check"], b"workflow  w {}\n");
    assert_eq!((out.as_str(), code), ("standard input\n", Some(1)));
    let (out, _, code) = piped(&["fmt", "-", "--check"], b"workflow w {}\n");
    assert_eq!((out.as_str(), code), ("", Some(0)));
    let (out, told, code) = piped(&["fmt", "-"], b"\xff");
    assert_eq!((out.as_str(), code), ("", Some(1)), "{told}");
}

//! `tidegate diff`: what reviewers read of a change.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::{change, project, screen};

pub(crate) fn git(folder: &Path, arguments: &[&str]) {
    let done = Command::new("git")
        .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.com"])
        .args(["-c", "init.defaultBranch=main", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("git");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// The example in a repository, as its first commit.
pub(crate) fn repository() -> TempDir {
    let folder = project();
    git(folder.path(), &["init", "--quiet"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "--quiet", "-m", "The project as it was"]);
    folder
}

/// Changes of every kind.
fn changed(folder: &Path) {
    change(folder, "fields.tide", "    except Fax\n", "");
    change(folder, "support.tide", "What can we do for you?", "How can we help?");
    change(folder, "support.tide", "label \"Your name\"", "required label \"Your full name\"");
    change(folder, "support.tide", "  ask\n", "  ask\n  note \"They wrote.\"\n");
    change(
        folder,
        "support.tide",
        "\"Other\" => go on",
        "\"Other\" => end because \"not our business\"",
    );
    change(folder, "support.tide", "idle 15m", "idle 20m");
    change(folder, "breakdown.tide", "    conversation.component\n", "");
    change(folder, "pushes.tide", "queue Tier_2 if", "queue Chat_Deflected if");
    change(folder, "pushes.tide", "\"Medium\"", "\"Low\"");
    change(folder, "billing.tide", "500.00", "250.00");
}

#[test]
fn what_a_working_tree_does_differently_in_each_form() {
    let folder = repository();
    changed(folder.path());
    let all: String = ["text", "markdown", "json"]
        .map(|format| screen(folder.path(), &["diff", "HEAD", "--format", format], &[]))
        .concat();
    insta::assert_snapshot!(all);
}

#[test]
fn revisions_folders_and_plans_can_be_compared_in_any_mix() {
    let folder = repository();
    screen(folder.path(), &["build", ".", "-o", "old.plan"], &[]);
    changed(folder.path());
    git(folder.path(), &["commit", "--quiet", "-am", "Changes of every kind"]);
    screen(folder.path(), &["build", ".", "-o", "new.plan"], &[]);
    let diff = |old: &str, new: &str| {
        let screen = screen(folder.path(), &["diff", old, new, "--format", "json"], &[]);
        let json = screen.split_once('\n').expect("a command").1;
        let json = json.split("---- standard error").next().expect("output");
        let value: serde_json::Value = serde_json::from_str(json).expect("JSON");
        let about = |change: &serde_json::Value| {
            let (subject, what) = (&change["subject"], &change["what"]);
            format!("{subject} {what} {} {}", change["before"], change["after"])
        };
        let changes = value["changes"].as_array().expect("changes");
        changes.iter().map(about).collect::<Vec<_>>()
    };
    let by_revisions = diff("HEAD~1", "HEAD");
    assert!(by_revisions.len() > 8, "{by_revisions:?}");
    for (old, new) in [("old.plan", "new.plan"), ("HEAD~1", "new.plan"), ("old.plan", ".")] {
        assert_eq!(diff(old, new), by_revisions, "{old} {new}");
    }
}

#[test]
fn layout_comments_and_order_are_no_change() {
    let folder = repository();
    let tests = "\n// Only a remark.\n";
    let support = fs::read_to_string(folder.path().join("support.tide")).expect("a file");
    let billing = fs::read_to_string(folder.path().join("billing.tide")).expect("a file");
    fs::remove_file(folder.path().join("billing.tide")).expect("a file");
    let moved = format!("{tests}{support}\n\n{billing}{tests}").replace("  say", "    say");
    fs::write(folder.path().join("support.tide"), moved).expect("a file");
    // A field under another name is the same field.
    for (file, from, to) in [
        ("fields.tide", "Customer_Tier__c as tier", "Customer_Tier__c as level"),
        ("breakdown.tide", "person.tier", "person.level"),
    ] {
        change(folder.path(), file, from, to);
    }
    insta::assert_snapshot!(screen(folder.path(), &["diff", "HEAD", "--exit-code"], &[]));
}

#[test]
fn a_change_can_fail_the_command() {
    let folder = repository();
    change(folder.path(), "support.tide", "idle 15m", "idle 20m");
    insta::assert_snapshot!(screen(folder.path(), &["diff", "main", "--exit-code"], &[]));
}

#[test]
fn what_cannot_be_compared_is_said() {
    let folder = repository();
    let mut all = screen(folder.path(), &["diff", "nowhere"], &[]);
    all += &screen(folder.path(), &["diff", "--", "--upload-pack=x"], &[]);
    fs::write(folder.path().join("bad.plan"), "no plan").expect("a file");
    all += &screen(folder.path(), &["diff", "bad.plan"], &[]);
    change(folder.path(), "support.tide", "open_case", "opn_case");
    git(folder.path(), &["commit", "--quiet", "-am", "A slip"]);
    change(folder.path(), "support.tide", "opn_case", "open_case");
    all += &screen(folder.path(), &["diff", "HEAD"], &[]);
    let outside = project();
    all += &screen(outside.path(), &["diff", "HEAD"], &[]);
    insta::assert_snapshot!(all);
}

#[test]
fn a_change_in_one_language_is_told_in_that_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let [old, new] = ["old", "new"].map(|name| folder.path().join(name));
    for copied in [&old, &new] {
        crate::copy(&crate::root().join("examples/retailer"), copied);
    }
    change(&new, "texts.tide", "Guten Tag {person", "Moin {person");
    change(&new, "texts.tide", "Ja\"", "Ja, genau\"");
    change(&new, "texts.tide", "\"Bestellnummer\"", "\"Nummer der Bestellung\"");
    change(&new, "texts.tide", "What do you want to return?", "Which article comes back?");
    insta::assert_snapshot!(screen(folder.path(), &["diff", "old", "new"], &[]));
}

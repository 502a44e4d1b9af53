//! `tidegate dev` as whoever works beside it sees it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tidegate_tests::process::{Process, binary};

use super::{change, project, screen};

#[test]
fn operators_reach_the_server_of_dev_by_the_command_that_the_log_names() {
    let folder = project();
    let named = folder.path().display().to_string();
    let dev = Process::start(&["dev", &named, "--port", "0"], &[], "ready").0;
    for line in [&["dead-letters", "list"][..], &["dead-letters", "list", "--store", STORE]] {
        let screen = screen(folder.path(), line, &[]);
        assert!(screen.contains("there are no dead letters"), "{screen}");
        assert!(screen.contains("asked of `tidegate dev`, which runs here"), "{screen}");
    }
    dev.terminate();
    assert_eq!(dev.wait(), Some(0));
    assert!(!folder.path().join(".tidegate/dev/operators").exists(), "the token goes with `dev`");
    let screen = screen(folder.path(), &["dead-letters", "list", "--store", STORE], &[]);
    assert!(!screen.contains("asked of"), "{screen}");
}

const STORE: &str = ".tidegate/dev/tidegate.db";

/// A `dev` that runs until this is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn begin(folder: &Path) -> (Running, impl Iterator<Item = String>, impl Iterator<Item = String>) {
    let mut child = Command::new(binary())
        .args(["dev", ".", "--port", "0"])
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the tidegate binary");
    let out = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let told = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    (Running(child), out.map_while(Result::ok), told.map_while(Result::ok))
}

#[test]
fn a_change_of_the_schema_is_told_to_need_a_new_start() {
    let folder = project();
    let (_dev, mut out, mut told) = begin(folder.path());
    assert!(out.any(|line| line.starts_with("ready")), "it starts");
    change(folder.path(), "schema/objects/Case.toml", "label = \"Subject\"", "label = \"About\"");
    let line = told.find(|line| line.contains("schema/ has changed")).expect("a word of it");
    assert!(line.contains("start `tidegate dev` again"), "{line}");
}

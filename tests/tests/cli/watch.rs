//! `tidegate check --watch`: the check again at each change.

use std::fs;
use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

use tidegate_tests::process::binary;

use crate::{change, project};

/// A watching process, and what it says beside its results.
struct Watching {
    child: Child,
    told: Lines<BufReader<ChildStderr>>,
}

impl Watching {
    fn begin(folder: &Path) -> Self {
        let mut child = Command::new(binary())
            .args(["check", "--watch", "--format", "short"])
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the tidegate binary");
        let told = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        Self { child, told }
    }

    /// What it says up to the end of a round.
    fn round(&mut self) -> String {
        let mut said = String::new();
        for line in self.told.by_ref().map_while(Result::ok) {
            said += &line;
            said.push('\n');
            if line.contains("waiting for a change") {
                return said;
            }
        }
        panic!("it ended: {said}");
    }

    /// Rounds until one says this: an editor's writing may be seen in more than one.
    fn until(&mut self, words: &str) -> String {
        loop {
            let said = self.round();
            if said.contains(words) {
                return said;
            }
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn each_change_is_checked_whatever_it_breaks() {
    let folder = project();
    let path = folder.path();
    let mut watching = Watching::begin(path);
    let first = watching.until("no errors, no warnings in 5 files");
    assert!(first.contains("checked in ") && first.contains(" ms"), "{first}");
    change(path, "billing.tide", "conversation.order_number", "conversation.ordr_number");
    watching.until("1 error");
    change(path, "billing.tide", "conversation.ordr_number", "conversation.order_number");
    watching.until("no errors, no warnings in 5 files");
    let manifest = fs::read_to_string(path.join("tidegate.toml")).expect("the manifest");
    fs::write(path.join("tidegate.toml"), "[project\n").expect("a file");
    watching.until("a change that mends it");
    fs::write(path.join("tidegate.toml"), &manifest).expect("a file");
    watching.until("no errors, no warnings in 5 files");
    fs::remove_file(path.join("billing.tide")).expect("a file");
    watching.until("in 4 files");
    fs::remove_file(path.join("tidegate.toml")).expect("a file");
    watching.until("a change that mends it");
    fs::write(path.join("tidegate.toml"), &manifest).expect("a file");
    watching.until("in 4 files");
}

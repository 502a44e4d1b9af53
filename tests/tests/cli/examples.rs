//! The example projects, as a user meets them: nothing is wrong with them, their tests pass and come
//! to everything, and their metadata is as a pull writes it.

use std::path::PathBuf;

use tidegate_project::schema_folder;
use tidegate_schemas::codec::to_files;

use super::{root, screen};

fn examples() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("examples")).expect("the examples");
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    folders.sort();
    folders
}

#[test]
fn nothing_is_wrong_and_the_tests_come_to_everything() {
    let screens = examples().into_iter().map(|folder| {
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let lines = ["check --strict --proofs .", "test . --coverage text --min 100"];
        let shown = lines.map(|line| screen(&folder, &line.split(' ').collect::<Vec<_>>(), &[]));
        format!("# {name}\n{}", shown.concat())
    });
    insta::assert_snapshot!(screens.collect::<String>());
}

#[test]
fn their_metadata_is_as_a_pull_writes_it() {
    for folder in examples() {
        let catalog = schema_folder::read(&folder).expect("a schema");
        for (name, text) in to_files(&catalog) {
            let there = std::fs::read_to_string(folder.join("schema").join(&name));
            let same = there.expect("a file") == text;
            assert!(same, "{}/schema/{name} is not as a pull writes it", folder.display());
        }
    }
}

/// Files of the reference: blocks whose first line names one.
fn files_of_the_reference() -> Vec<(String, String)> {
    let reference = std::fs::read_to_string(root().join("grammar/reference.md")).expect("a text");
    let blocks = reference.split("```").skip(1).step_by(2).filter_map(|block| {
        let (head, text) = block.split_once('\n')?;
        let (_, file) = head.split_once(' ')?;
        Some((file.to_owned(), text.to_owned()))
    });
    blocks.collect()
}

#[test]
fn a_schema_that_is_written_by_hand_will_do() {
    let folder = tempfile::tempdir().expect("a folder");
    screen(folder.path(), &["init", "."], &[]);
    for name in ["fields.tide", "pushes.tide", "support.tide", "tests.tide"] {
        std::fs::remove_file(folder.path().join(name)).expect("a file of the template");
    }
    let files = files_of_the_reference();
    assert_eq!(files.len(), 4, "{files:?}");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    let all = ["check --strict", "fmt --check", "test --generate"];
    let all = all.map(|line| screen(folder.path(), &line.split(' ').collect::<Vec<_>>(), &[]));
    insta::assert_snapshot!(all.concat());
}

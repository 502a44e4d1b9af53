//! A pull that dies at any moment leaves the old or the new metadata, and no more than that.

use std::fs;
use std::io;
use std::path::Path;

use tempfile::TempDir;
use tidegate_schemas::catalog::{Catalog, Object};
use tidegate_schemas::codec;

use super::place::Places;
use super::{FOLDER, SchemaFolderError, Written, read, swap, write};

fn catalog(org: &str, objects: &[&str]) -> Catalog {
    let mut catalog = Catalog::default();
    catalog.origin.org_id = org.to_owned();
    for name in objects {
        let object = Object { name: (*name).to_owned(), ..Object::default() };
        catalog.objects.insert(object.name.clone(), object);
    }
    catalog
}

fn old() -> Catalog {
    catalog("old", &["Account", "Case"])
}

fn new() -> Catalog {
    catalog("new", &["Case", "Contact"])
}

fn project_with(catalog: Option<&Catalog>) -> TempDir {
    let project = TempDir::new().expect("a folder");
    if let Some(catalog) = catalog {
        write(project.path(), catalog).expect("a first pull");
        fs::create_dir(project.path().join("schema/notes")).expect("a folder of notes");
        fs::write(project.path().join("schema/notes/why.md"), "because").expect("notes");
        fs::write(project.path().join("schema/objects/Case.md"), "ours").expect("notes");
    }
    project
}

/// Pulls the new metadata and dies before the nth change on the disk; whether it came to its end.
fn pull_dying_at(root: &Path, n: usize) -> bool {
    let mut left = n;
    let mut die = || {
        left = left.checked_sub(1).ok_or_else(|| io::Error::other("killed"))?;
        Ok(())
    };
    swap::replace(&Places::of(root), &codec::to_files(&new()), &mut die).is_ok()
}

fn names(root: &Path) -> Vec<String> {
    let entries = fs::read_dir(root).expect("the project");
    let mut names: Vec<String> = entries
        .map(|it| it.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Kills one pull at `first`, its successor at `second`, and lets a third one end.
fn survives(first: usize, second: usize) -> bool {
    let project = project_with(Some(&old()));
    let root = project.path();
    let first_ended = pull_dying_at(root, first);
    let seen = read(root).expect("metadata after a kill");
    assert!(seen == old() || seen == new(), "a mix after {first}");
    assert!(!first_ended || seen == new());
    pull_dying_at(root, second);
    let then = read(root).expect("metadata after two kills");
    assert!(then == new() || (then == old() && seen == old()), "a mix after {first}, {second}");
    write(root, &new()).expect("a pull that ends");
    assert_eq!(read(root).expect("the new metadata"), new());
    assert_eq!(names(root), [".tidegate", FOLDER]);
    let notes = fs::read_to_string(root.join("schema/notes/why.md")).expect("the notes");
    assert_eq!(notes, "because");
    assert!(root.join("schema/objects/Case.md").exists());
    assert!(!root.join("schema/objects/Account.toml").exists());
    first_ended
}

#[test]
fn a_pull_killed_before_any_change_on_the_disk_leaves_the_old_or_the_new() {
    let points = (0..).find(|n| survives(*n, usize::MAX)).expect("a pull that ends");
    assert!(points > 8, "only {points} places to die");
}

#[test]
fn so_does_a_second_one_killed_after_the_first() {
    for first in 0..14 {
        for second in (0..14).step_by(3) {
            survives(first, second);
        }
    }
}

#[test]
fn a_first_pull_killed_leaves_nothing_or_all() {
    for n in 0..12 {
        let project = project_with(None);
        let ended = pull_dying_at(project.path(), n);
        match read(project.path()) {
            Ok(seen) => assert_eq!(seen, new()),
            Err(error) => {
                assert!(matches!(error, SchemaFolderError::Absent { .. }), "{error}");
                assert!(!ended);
            }
        }
    }
}

#[test]
fn reading_changes_nothing_on_the_disk() {
    for n in 0..14 {
        let project = project_with(Some(&old()));
        pull_dying_at(project.path(), n);
        let before = names(project.path());
        read(project.path()).expect("metadata");
        assert_eq!(names(project.path()), before);
    }
}

#[test]
fn equal_metadata_is_left_alone() {
    let project = project_with(Some(&old()));
    let modified = || {
        let metadata = fs::metadata(project.path().join("schema/org.toml")).expect("the file");
        metadata.modified().expect("a time")
    };
    let before = modified();
    assert_eq!(write(project.path(), &old()).expect("the same"), Written::Unchanged);
    assert_eq!(modified(), before);
    assert_eq!(write(project.path(), &new()).expect("another"), Written::Changed);
}

#[test]
fn two_pulls_do_not_meet() {
    let project = project_with(Some(&old()));
    let _first = swap::lock(project.path()).expect("the lock");
    assert!(matches!(write(project.path(), &new()), Err(SchemaFolderError::Busy)));
    assert_eq!(read(project.path()).expect("the old metadata"), old());
}

#[cfg(unix)]
#[test]
fn a_link_is_not_replaced() {
    let project = project_with(Some(&old()));
    let aside = project.path().join("elsewhere");
    fs::rename(project.path().join(FOLDER), &aside).expect("a move");
    std::os::unix::fs::symlink(&aside, project.path().join(FOLDER)).expect("a link");
    assert!(matches!(write(project.path(), &new()), Err(SchemaFolderError::Link { .. })));
    assert_eq!(read(project.path()).expect("the old metadata"), old());
}

#[test]
fn what_cannot_be_read_is_named_with_help() {
    let project = project_with(None);
    let told = |root: &Path| {
        let error = read(root).expect_err("nothing to read");
        format!("{error} ({})", error.help()).replace(&root.display().to_string(), "ROOT")
    };
    assert_eq!(
        told(project.path()),
        "there is no metadata of an org in `ROOT/schema` (run `tidegate pull` to fetch it)"
    );
    write(project.path(), &old()).expect("a pull");
    fs::write(project.path().join("schema/objects/Case.toml"), "name = 1").expect("a spoilt file");
    assert_eq!(
        told(project.path()),
        "the pulled metadata cannot be read: objects/Case.toml:1: `name`: a text in quotes is wanted \
         here, not 1 (what was written by hand is mended there; what was pulled, `tidegate pull` \
         writes anew)"
    );
}

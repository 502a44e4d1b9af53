//! Files that a power cut or a failing disk left in pieces: each opens with what was committed up
//! to some point, whole, or is refused by name and left alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use uuid::Uuid;

use super::{at, commit, id, inbound, resting, timer};
use crate::StoreError;
use crate::contract::{Conversations, Outcome};
use crate::sqlite::SqliteStore;

/// Before the first frame of a log, and before each frame's page.
const LOG_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
const PAGE: usize = 4096;

/// The bytes of a store and of its log.
struct Files {
    store: Vec<u8>,
    log: Vec<u8>,
}

impl Files {
    fn read(path: &Path) -> Self {
        let log = std::fs::read(log_of(path)).unwrap_or_default();
        Self { store: std::fs::read(path).unwrap(), log }
    }

    fn write(&self, path: &Path) {
        let mut shared = path.as_os_str().to_owned();
        shared.push("-shm");
        // It may not be there.
        drop(std::fs::remove_file(shared));
        std::fs::write(path, &self.store).unwrap();
        std::fs::write(log_of(path), &self.log).unwrap();
    }
}

fn log_of(path: &Path) -> PathBuf {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

/// A folder in memory where there is one: nothing here asks what a sync is worth.
fn folder() -> tempfile::TempDir {
    match Path::new("/dev/shm").is_dir() {
        true => tempfile::tempdir_in("/dev/shm").unwrap(),
        false => tempfile::tempdir().unwrap(),
    }
}

/// Commits so many conversations, each with one of everything.
async fn filled(store: &SqliteStore, conversations: std::ops::RangeInclusive<u64>) {
    for n in conversations {
        let text = "word ".repeat(usize::try_from(n * 37 % 400).unwrap());
        let mut one = commit(n, 0, &format!("{n} {text}"));
        one.inbound = Some(inbound(n, 2000 + n, 1));
        one.effects = vec![resting(3000 + n, at(0))];
        one.timers = vec![timer(4000 + n, at(20))];
        assert!(matches!(store.commit(one).await.unwrap(), Outcome::Committed(_)));
    }
}

/// How many conversations a store has. They are the first ones, each with all that is its own.
fn prefix(path: &Path) -> u64 {
    let store = Connection::open(path).unwrap();
    let count = |what: &str| -> u64 {
        let query = format!("SELECT count(*) FROM {what}");
        let count: i64 = store.query_row(&query, [], |row| row.get(0)).unwrap();
        u64::try_from(count).unwrap()
    };
    let all = count("conversation");
    for table in ["transition", "inbound", "outbox", "timer"] {
        assert_eq!(count(table), all, "{table}");
    }
    let last: Option<[u8; 16]> =
        store.query_row("SELECT max(id) FROM conversation", [], |row| row.get(0)).unwrap();
    assert_eq!(last.map(Uuid::from_bytes), (all > 0).then(|| id(all)), "a conversation is missing");
    all
}

/// Where frames end, and how many conversations are committed up to there.
fn frames(files: &Files, in_file: u64) -> Vec<(usize, u64)> {
    let mut committed = in_file;
    let mut ends = vec![(LOG_HEADER, committed)];
    let mut migrations = if in_file == 0 { crate::sqlite::MIGRATING_COMMITS } else { 0 };
    let mut start = LOG_HEADER;
    while let Some(header) = files.log.get(start..start + FRAME_HEADER) {
        if header[8..16] != files.log[16..24] {
            break;
        }
        start += FRAME_HEADER + PAGE;
        match (header[4..8] == [0; 4], migrations) {
            (true, _) => {}
            (false, 0) => committed += 1,
            (false, _) => migrations -= 1,
        }
        ends.push((start, committed));
    }
    ends
}

/// A store's log cut or flipped at a place; where it opens, it has all that was committed before.
fn opens_with_a_prefix(files: &Files, path: &Path, before: u64) -> Option<StoreError> {
    files.write(path);
    match SqliteStore::open(path) {
        Ok(store) => {
            drop(store);
            assert_eq!(prefix(path), before);
            None
        }
        Err(error) => Some(error),
    }
}

#[tokio::test]
async fn a_log_cut_or_flipped_round_any_frame_keeps_all_that_was_committed_before() {
    let folder = folder();
    let path = folder.path().join("t.db");
    let store = SqliteStore::open(&path).unwrap();
    filled(&store, 1..=26).await;
    let whole = Files::read(&path);
    drop(store);
    let ends = frames(&whole, 0);
    assert_eq!(ends.last().unwrap().1, 26);
    let (mut images, mut refused) = (0, BTreeMap::new());
    let image_path = folder.path().join("image.db");
    for (at, (edge, _)) in ends.iter().enumerate() {
        for place in [edge - 1, *edge, edge + 1] {
            // What ends before the place is untouched by it.
            let before = ends.iter().filter(|(end, _)| *end <= place).map(|(_, n)| *n).max();
            let mut cut = Files { store: whole.store.clone(), log: whole.log.clone() };
            cut.log.truncate(place);
            let mut all = vec![cut];
            if place < whole.log.len() {
                let mut flipped = Files { store: whole.store.clone(), log: whole.log.clone() };
                flipped.log[place] ^= 1 << (at % 8);
                all.push(flipped);
            }
            for files in all {
                images += 1;
                let expected = before.unwrap_or(0);
                if let Some(error) = opens_with_a_prefix(&files, &image_path, expected) {
                    *refused.entry(error.code()).or_insert(0) += 1;
                }
            }
        }
    }
    eprintln!("log images: {images} in {} frames, refused {refused:?}", ends.len() - 1);
    assert!(images >= 2_000, "{images}");
}

/// Damage to a store's file, by page and kind.
fn damaged(whole: &[u8]) -> Vec<(String, Vec<u8>)> {
    let pages = whole.len() / PAGE;
    let mut all = Vec::new();
    let mut add = |name: String, change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = whole.to_vec();
        change(&mut bytes);
        all.push((name, bytes));
    };
    for at in 0..16 {
        add(format!("byte {at} of the header"), &|bytes| bytes[at] ^= 0x55);
    }
    add("a page size of 3".into(), &|bytes| bytes[16..18].copy_from_slice(&[0, 3]));
    add("another program's".into(), &|bytes| bytes[60..64].copy_from_slice(&[0; 4]));
    add("a later version's".into(), &|bytes| bytes[60..64].copy_from_slice(&[0, 0, 0, 99]));
    for page in 1..pages {
        let start = page * PAGE;
        add(format!("cut before page {page}"), &|bytes| bytes.truncate(start));
        add(format!("cut within page {page}"), &|bytes| bytes.truncate(start + 1000));
        add(format!("page {page} zeroed"), &|bytes| bytes[start..start + PAGE].fill(0));
        add(format!("page {page} of ones"), &|bytes| bytes[start..start + PAGE].fill(0xff));
        add(format!("page {page} is the first again"), &|bytes| {
            bytes.copy_within(0..PAGE, start);
        });
        add(format!("the kind of page {page}"), &|bytes| bytes[start] ^= 0x40);
        add(format!("the cells of page {page}"), &|bytes| {
            bytes[start + 8..start + 24].fill(0xee);
        });
    }
    all
}

#[tokio::test]
async fn a_damaged_file_is_refused_by_name_and_left_alone() {
    let folder = folder();
    let path = folder.path().join("t.db");
    let store = SqliteStore::open(&path).unwrap();
    filled(&store, 1..=40).await;
    drop(store);
    let whole = Files::read(&path);
    assert!(whole.log.is_empty());
    let (mut codes, mut harmless) = (BTreeMap::new(), Vec::new());
    for (name, bytes) in damaged(&whole.store) {
        let files = Files { store: bytes, log: Vec::new() };
        files.write(&path);
        match SqliteStore::open(&path) {
            Ok(store) => {
                drop(store);
                assert_eq!(prefix(&path), 40, "{name}");
                harmless.push(name);
            }
            Err(error) => {
                *codes.entry(error.code()).or_insert(0) += 1;
                assert!(!error.remedy().is_empty() || error.code() == "store.newer_schema");
                assert_eq!(std::fs::read(&path).unwrap(), files.store, "{name}: {error}");
            }
        }
    }
    eprintln!("damaged files: {codes:?}, harmless {harmless:?}");
    assert!(codes.values().sum::<i32>() >= 200, "{codes:?}");
    assert_eq!(codes["store.foreign"], 1);
    assert_eq!(codes["store.newer_schema"], 1);
    assert_eq!(codes.len(), 3, "{codes:?}");
}

#[tokio::test]
async fn a_log_without_its_file_is_no_new_store() {
    let folder = folder();
    let path = folder.path().join("t.db");
    let store = SqliteStore::open(&path).unwrap();
    filled(&store, 1..=3).await;
    let whole = Files::read(&path);
    drop(store);
    for gone in [true, false] {
        whole.write(&path);
        if gone {
            std::fs::remove_file(&path).unwrap();
        } else {
            std::fs::write(&path, "").unwrap();
        }
        let error = SqliteStore::open(&path).unwrap_err();
        assert_eq!(error.code(), "store.damaged", "{error}");
        assert_eq!(std::fs::read(log_of(&path)).unwrap(), whole.log);
    }
    whole.write(&path);
    drop(SqliteStore::open(&path).unwrap());
    assert_eq!(prefix(&path), 3);
}

#[tokio::test]
async fn a_long_log_is_folded_back_into_its_file() {
    let folder = folder();
    let path = folder.path().join("t.db");
    let store = SqliteStore::open(&path).unwrap();
    filled(&store, 1..=1200).await;
    let longest = 2 * usize::try_from(crate::sqlite::LONG).unwrap() * (PAGE + FRAME_HEADER);
    assert!(Files::read(&path).log.len() < longest, "the log grew without end");
    assert!(store.load(id(1200)).await.unwrap().is_some());
    drop(store);
    assert!(Files::read(&path).log.is_empty(), "the file alone is the whole store");
    assert_eq!(prefix(&path), 1200);
}

#[test]
fn the_operator_is_told_what_happened_what_was_kept_and_what_to_do() {
    let path = PathBuf::from("kept/tidegate.db");
    let all = [
        StoreError::Damaged { path: path.clone(), why: "Page 7: never used".into() },
        StoreError::Foreign { path: path.clone() },
        StoreError::Held { path: path.clone(), holder: "process 4711".into() },
        StoreError::NewerSchema { path, found: 9, known: 2 },
        StoreError::Broken("disk I/O error".into()),
    ];
    let told = all.map(|error| match error.remedy() {
        "" => format!("{}\n{error}\n", error.code()),
        remedy => format!("{}\n{error}\nhelp: {remedy}\n", error.code()),
    });
    insta::assert_snapshot!(told.join("\n"));
}

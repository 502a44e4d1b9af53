//! What an operator may do to a store: bring an old one back, and run two on one.

use serde_json::{Value, json};
use std::process::Stdio;
use tidegate_tests::visitor::Visitor;

use super::program::Program;
use super::world::{Runtime, World};

const IDS: [&str; 3] = [
    "7de00000-0000-4000-8000-000000000001",
    "7de00000-0000-4000-8000-000000000002",
    "7de00000-0000-4000-8000-000000000003",
];

async fn wait(visitor: &Visitor, kind: &str) -> u64 {
    let entries = visitor.read_until(|entry| entry["kind"] == kind).await.unwrap();
    let last = entries.last().unwrap();
    assert_eq!(last["kind"], kind);
    last["wait"].as_u64().unwrap_or(0)
}

/// The creates of Cases: those saved, and those refused.
async fn creates(world: &World) -> (usize, usize) {
    let ledger = world.ask_org("ledger").await;
    let cases = ledger.as_array().unwrap().iter().filter(|entry| entry["object"] == "Case");
    let (saved, refused): (Vec<&Value>, Vec<&Value>) =
        cases.partition(|entry| entry["outcome"]["saved"].is_array());
    (saved.len(), refused.len())
}

/// An effect's key is made of the conversation and the step: an older store asks for the same Case
/// again, and the org has it.
#[tokio::test]
async fn an_old_backup_that_is_brought_back_makes_no_second_case() {
    let world = World::new(&Program::under_load());
    let (server, base) = world.start(&Runtime::Whole);
    let mut visitor = Visitor::open(&base, None).await.unwrap();
    assert_eq!(visitor.say(IDS[0], "It is about 100001").await.unwrap().0, 200);
    let buttons = wait(&visitor, "choices").await;
    assert_eq!(visitor.choose(IDS[1], buttons, 2).await.unwrap().0, 200);
    let form = wait(&visitor, "form").await;
    server.terminate();
    assert_eq!(server.wait(), Some(0));
    let backup = std::fs::read(world.store()).unwrap();

    let values = json!({
        "conversation.contact_email": "a@example.com", "conversation.note": "100002",
    });
    for round in 0..2 {
        let (server, base) = world.start(&Runtime::Whole);
        visitor.move_to(&base);
        let (status, answer) = visitor.submit(IDS[2], form, &values).await.unwrap();
        assert_eq!(status, 200, "{answer}");
        // On a slow machine the conversation ends before the org has answered.
        wait(&visitor, "ended").await;
        world.until_nothing_is_owed().await;
        server.kill();
        assert_eq!(creates(&world).await, (1, round));
        for part in ["-wal", "-shm"] {
            let mut beside = world.store().into_os_string();
            beside.push(part);
            std::fs::remove_file(beside).unwrap();
        }
        std::fs::write(world.store(), &backup).unwrap();
    }
}

#[tokio::test]
async fn a_second_runtime_on_the_same_store_says_who_has_it() {
    let world = World::new(&Program::under_load());
    let (first, _) = world.start(&Runtime::Whole);
    let second = world.command(&Runtime::Whole).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(second.status.code(), Some(3));
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(said.contains(&format!("in use by process {}", first.id())), "{said}");
}

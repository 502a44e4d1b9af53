//! A disk that fails without losing power: full, or with a sync that fails.

use tidegate_tests::process::Process;
use tidegate_tests::visitor::Visitor;

use super::program::Program;
use super::world::{Runtime, World};

const FIRST: &str = "7de00000-0000-4000-8000-000000000001";
const SECOND: &str = "7de00000-0000-4000-8000-000000000002";

/// A runtime on a disk, and a visitor whose first message is acknowledged; the wait of the buttons
/// that then come.
async fn begun() -> (World, Process, Visitor, u64) {
    let world = World::on_a_disk(&Program::under_load(), None);
    let (server, base) = world.start(&Runtime::Whole);
    let visitor = Visitor::open(&base, None).await.unwrap();
    let (status, _) = visitor.say(FIRST, "It is about 100001").await.unwrap();
    assert_eq!(status, 200);
    let entries = visitor.read_until(|entry| entry["kind"] == "choices").await.unwrap();
    let wait = entries.last().unwrap()["wait"].as_u64().unwrap();
    (world, server, visitor, wait)
}

/// What a load balancer is told.
async fn readiness(visitor: &Visitor) -> u16 {
    let answer = reqwest::get(format!("{}/readyz", visitor.base())).await.unwrap();
    answer.status().as_u16()
}

#[tokio::test]
async fn a_full_disk_acknowledges_nothing_reads_on_and_takes_it_when_there_is_room() {
    let (world, server, mut visitor, wait) = begun().await;
    let disk = world.disk.as_ref().unwrap();
    assert_eq!(readiness(&visitor).await, 200);
    disk.fault("full");
    for _ in 0..3 {
        let (status, answer) = visitor.choose(SECOND, wait, 2).await.unwrap();
        assert_eq!(status, 503, "{answer}");
    }
    assert!(disk.struck() >= 3, "the disk was never full");
    assert_eq!(readiness(&visitor).await, 503);
    let entries = visitor.read_until(|entry| entry["kind"] == "choices").await.unwrap();
    assert!(entries.iter().any(|entry| entry["text"] == "It is about 100001"));
    disk.mend("full");
    assert_eq!(visitor.choose(SECOND, wait, 2).await.unwrap().0, 200);
    server.kill();
    disk.lose_power(None);

    let (_server, base) = world.start(&Runtime::Whole);
    visitor.move_to(&base);
    let entries = visitor.read_until(|entry| entry["kind"] == "form").await.unwrap();
    assert!(entries.iter().any(|entry| entry["text"] == "It is about 100001"));
    assert_eq!(visitor.choose(SECOND, wait, 2).await.unwrap().0, 200);
}

#[tokio::test]
async fn a_full_disk_is_not_ready_also_while_nobody_writes() {
    let (world, _server, visitor, _) = begun().await;
    world.disk.as_ref().unwrap().fault("full");
    assert_eq!(readiness(&visitor).await, 503);
}

#[tokio::test]
async fn a_failed_sync_is_the_last_one_and_ends_the_process_which_says_what_to_do() {
    let (world, server, mut visitor, wait) = begun().await;
    let disk = world.disk.as_ref().unwrap();
    disk.fault("fail-sync");
    let told = visitor.choose(SECOND, wait, 2).await;
    assert!(!matches!(told, Ok((200, _))), "{told:?}");
    assert_eq!(server.wait(), Some(3));
    assert_eq!(disk.struck(), 1, "a failed sync is not tried again");
    let log = world.log();
    let said = log.split_once("error: ").expect("an error").1.to_owned();
    insta::assert_snapshot!("a_failed_sync", format!("error: {said}"));
    disk.lose_power(None);

    let (_server, base) = world.start(&Runtime::Whole);
    visitor.move_to(&base);
    let entries = visitor.read_until(|entry| entry["kind"] == "choices").await.unwrap();
    assert!(entries.iter().any(|entry| entry["text"] == "It is about 100001"));
    let (status, answer) = visitor.choose(SECOND, wait, 2).await.unwrap();
    assert_eq!(status, 200, "{answer}");
}

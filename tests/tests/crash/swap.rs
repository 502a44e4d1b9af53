//! Plans swapped under load: a conversation ends on the plan that it began with.

use std::sync::Arc;

use tidegate_server::Server;
use tidegate_tests::served;

use super::check;
use super::kills::{DRAIN, visitors};
use super::load::Load;
use super::program::Program;
use super::world::{APP, World};

/// `TIDEGATE_SWAPS` raises it.
const SWAPS: u64 = 200;

#[tokio::test(flavor = "multi_thread")]
async fn plans_are_swapped_under_load_and_no_conversation_mixes_two() {
    let swaps = std::env::var("TIDEGATE_SWAPS").ok().and_then(|text| text.parse().ok());
    let swaps = swaps.unwrap_or(SWAPS);
    let world = World::new(&Program::marked("B"));
    let other = std::fs::read(world.plan()).unwrap();
    world.build(&Program::marked("A"));
    let plan = std::fs::read(world.plan()).unwrap();
    let org = served::org(&world.org, APP.0, APP.1);
    let server = Server::start(served::config(&world.plan(), &world.store(), org)).await.unwrap();

    let log = world.folder.path().join("acknowledged.jsonl");
    let (load, _finals) = Load::new(Program::marked("A"), &log);
    load.is_at(server.url());
    let there = tokio::spawn(visitors(Arc::clone(&load)));
    let mut sent = load.sent.subscribe();
    for swap in 0..swaps {
        sent.changed().await.unwrap();
        let next = if swap % 2 == 0 { &other } else { &plan };
        server.swap_plan(next.clone()).await.unwrap();
    }
    load.place.send_modify(|place| place.closed = true);
    tokio::time::timeout(DRAIN, there).await.expect("all ended").unwrap();
    world.until_nothing_is_owed().await;
    server.shutdown().await;

    let found = check::all(&world, &load, &log).await;
    // The check knows plan A; what is due from B differs in its marks, and in nothing else.
    let of_b = |wrong: &&String| wrong.contains(r#"Diagnosis__c is Some(String("B and B"))"#);
    let (b, wrong): (Vec<_>, Vec<_>) = found.wrong.iter().partition(of_b);
    eprintln!(
        "swaps: {swaps} under {} submits of {} conversations, {} Cases of them by the other plan",
        found.acknowledged,
        found.conversations,
        b.len(),
    );
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(!b.is_empty() && (b.len() as u64) < found.with_case, "one plan made all Cases");
}

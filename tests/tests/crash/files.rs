//! `kill -9` around a customer's file: once it is acknowledged it is kept, and it stands at its Case
//! once.

use serde_json::{Value, json};
use tidegate_tests::visitor::Visitor;

use super::kills::DRAIN;
use super::world::{Runtime, World};

const PROGRAM: &str = r#"
push open_case to Case type Support {
  owner queue Tier_1
  Subject = "A photo"
  Origin = "Chat"
  Channel__c = "web_chat"
  transcript to nowhere
}

workflow support {
  on open
  collect "What happened?" {
    file damage required label "A photo of the damage"
  }
  create case using open_case
  defaults {
    idle 60m => end
  }
}
"#;
const ROUNDS: usize = 4;
const PHOTO: &[u8] = b"\xff\xd8\xff\xe0 a photo";
const SUBMIT: &str = "7de00000-0000-4000-8000-000000000001";

/// The runtime dies behind the acknowledgement of an upload, and again when the org has saved the
/// file and has not answered; says how often the org has the file in the end.
async fn copies(world: &World, runtime: &Runtime, name: &str) -> usize {
    let (server, base) = world.start(runtime);
    let mut visitor = Visitor::open(&base, None).await.unwrap();
    let entries = visitor.read_until(|entry| entry["kind"] == "form").await.unwrap();
    let wait = entries.last().unwrap()["wait"].as_u64().unwrap();
    let (status, uploaded) = visitor.upload(name, PHOTO).await.unwrap();
    assert_eq!(status, 200, "{uploaded}");
    server.kill();

    let (server, base) = world.start(runtime);
    visitor.move_to(&base);
    let next = json!({ "hold_after_commit": { "count": 1, "object": "ContentVersion" } });
    world.faults(next).await;
    let values = json!({ "damage": uploaded["id"] });
    let (status, answer) = visitor.submit(SUBMIT, wait, &values).await.unwrap();
    assert_eq!(status, 200, "{answer}");
    let held = async {
        while world.ask_org("held").await["held"].as_array().is_none_or(Vec::is_empty) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DRAIN, held).await.expect("the org has saved the file");
    server.kill();
    world.tell_org("release", json!({})).await;

    let (server, _) = world.start(runtime);
    world.until_nothing_is_owed().await;
    server.kill();
    assert_eq!(world.owed(), (0, 0), "no dead letter");
    let ledger = world.ask_org("ledger").await;
    let saved = |entry: &&Value| {
        entry["object"] == "ContentVersion"
            && entry["outcome"]["saved"].is_array()
            && entry["values"]["Title"] == name
    };
    ledger.as_array().unwrap().iter().filter(saved).count()
}

#[tokio::test]
async fn a_file_stands_at_its_case_once_whenever_the_runtime_dies() {
    let world = World::of(PROGRAM);
    for round in 0..ROUNDS {
        let name = format!("photo{round}.jpg");
        assert_eq!(copies(&world, &Runtime::Whole, &name).await, 1);
    }
}

/// The sabotage twin: what the org has already is not looked for.
#[tokio::test]
async fn without_looking_for_it_first_a_file_stands_there_twice() {
    let world = World::of(PROGRAM);
    let runtime = Runtime::Sabotaged(env!("CARGO_BIN_EXE_without-adoption"));
    assert_eq!(copies(&world, &runtime, "photo.jpg").await, 2);
}

//! `verify`: a conversation asks its visitor to sign in, and goes on once the page has shown who they are.

use serde_json::{Value, json};

use crate::FIRST;
use crate::world::{Visitor, World, identity};

const PROGRAM: &str = r#"
map Contact to person {
  find by Email
  sync LastName
}

map Case to conversation {
  sync Subject
}

push open_case to Case type Support {
  owner queue Tier_1
  Origin = "Chat"
  Channel__c = "web_chat"
}

workflow support {
  on open
  verify {
    refused => say "Then only in general."
  }
  if person is known {
    say "Hi {person.Name}."
  } else {
    if person is verified {
      say "Hi stranger."
    }
  }
  ask
  create case using open_case

  defaults {
    idle 15m => end because "the customer fell silent"
  }
}
"#;

fn anonymous() -> Value {
    json!({ "messenger": "web" })
}

fn signed(who: &str) -> Value {
    json!({ "messenger": "web", "identity": identity(who) })
}

async fn asked(world: &World) -> Visitor {
    let visitor = world.open(anonymous()).await;
    world.until(&visitor, "verify").await;
    visitor
}

async fn signs_in(world: &World, visitor: &Visitor, who: &str) -> Visitor {
    let (status, opened) = world.reopen(&visitor.token, signed(who)).await;
    assert_eq!(status, 200, "{opened}");
    assert_eq!(opened["conversation"], visitor.conversation);
    let token = opened["token"].as_str().unwrap().to_owned();
    Visitor { token, conversation: visitor.conversation.clone() }
}

async fn refuses(world: &World, visitor: &Visitor, id: &str) -> u16 {
    world.post(visitor, "refusals", json!({ "id": id, "wait": 1 })).await.0
}

/// What the assistant has said once words are asked for.
async fn said(world: &World, visitor: &Visitor) -> Vec<String> {
    let entries = world.until(visitor, "asked").await;
    let texts = entries.iter().filter(|entry| entry["from"] == "assistant");
    texts.map(|entry| entry["text"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn whoever_signs_in_is_known_behind_it_and_their_case_is_theirs() {
    let world = World::running(PROGRAM).await;
    let contacts = world.org.contacts();
    let (contact, email) = contacts.iter().find_map(|one| Some((one, one.email.clone()?))).unwrap();
    let visitor = asked(&world).await;
    let visitor = signs_in(&world, &visitor, &email).await;
    assert_eq!(said(&world, &visitor).await, [format!("Hi {}.", contact.name)]);
    // A second answer to the same question changes nothing.
    assert_eq!(refuses(&world, &visitor, FIRST).await, 409);
    let cases = world.org.org().state().records.rows("Case").count();
    let message = json!({ "id": "7de00000-0000-4000-8000-000000000077", "text": "It leaks." });
    assert_eq!(world.post(&visitor, "messages", message).await.0, 200);
    let case = world.records("Case", cases + 1).await.pop().unwrap();
    assert_eq!(case["ContactId"], contact.id);
}

#[tokio::test]
async fn whom_the_org_does_not_know_is_verified_and_no_more() {
    let world = World::running(PROGRAM).await;
    let visitor = asked(&world).await;
    let visitor = signs_in(&world, &visitor, "nobody@example.com").await;
    assert_eq!(said(&world, &visitor).await, ["Hi stranger."]);
}

#[tokio::test]
async fn whoever_does_not_want_to_goes_on_unverified() {
    let world = World::running(PROGRAM).await;
    let visitor = asked(&world).await;
    assert_eq!(refuses(&world, &visitor, FIRST).await, 200);
    assert_eq!(said(&world, &visitor).await, ["Then only in general."]);
    // Sent again it is the same answer, and signing in later makes nobody known here.
    assert_eq!(refuses(&world, &visitor, FIRST).await, 200);
}

#[tokio::test]
async fn what_nobody_has_signed_signs_nobody_in() {
    let world = World::running(PROGRAM).await;
    let visitor = asked(&world).await;
    let forged = format!("{}x", identity("ada@example.com"));
    let (status, _) =
        world.reopen(&visitor.token, json!({ "messenger": "web", "identity": forged })).await;
    assert_eq!(status, 401);
    assert_eq!(refuses(&world, &visitor, FIRST).await, 200);
}

#[tokio::test]
async fn whoever_is_signed_in_already_is_asked_nothing() {
    let world = World::running(PROGRAM).await;
    let visitor = world.open(signed("nobody@example.com")).await;
    assert_eq!(said(&world, &visitor).await, ["Hi stranger."]);
    // Another person's token begins another conversation, whatever this one waits for.
    let (status, opened) = world.reopen(&visitor.token, signed("eve@example.com")).await;
    assert_eq!(status, 200);
    assert_ne!(opened["conversation"], visitor.conversation);
}

#[tokio::test]
async fn a_sign_in_that_a_crash_cut_short_is_made_up_for_when_the_messenger_opens_again() {
    let mut world = World::running(PROGRAM).await;
    let visitor = asked(&world).await;
    let visitor = signs_in(&world, &visitor, "nobody@example.com").await;
    world.crash();
    world.start().await;
    let (status, opened) = world.reopen(&visitor.token, anonymous()).await;
    assert_eq!((status, &opened["conversation"]), (200, &json!(visitor.conversation)));
    assert_eq!(said(&world, &visitor).await, ["Hi stranger."]);
}

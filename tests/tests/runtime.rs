//! The runtime end to end: a program compiled against a local org's metadata, a server with its
//! store on disk, and the Messenger API as a browser uses it. What counts is what the org has in
//! the end.

#[path = "runtime/answers.rs"]
mod answers;
#[path = "runtime/bodies.rs"]
mod bodies;
#[path = "runtime/budgets.rs"]
mod budgets;
#[path = "runtime/calls.rs"]
mod calls;
#[path = "runtime/canaries.rs"]
mod canaries;
#[path = "runtime/chat_ends.rs"]
mod chat_ends;
#[path = "runtime/chat_files.rs"]
mod chat_files;
#[path = "runtime/chats.rs"]
mod chats;
#[path = "runtime/choices.rs"]
mod choices;
#[path = "runtime/codes.rs"]
mod codes;
#[path = "runtime/desk.rs"]
mod desk;
#[path = "runtime/detections.rs"]
mod detections;
#[path = "runtime/drafts.rs"]
mod drafts;
#[path = "runtime/drift.rs"]
mod drift;
#[path = "runtime/endpoint.rs"]
mod endpoint;
#[path = "runtime/failures.rs"]
mod failures;
#[path = "runtime/files.rs"]
mod files;
#[path = "runtime/first_words.rs"]
mod first_words;
#[path = "runtime/hand_offs.rs"]
mod hand_offs;
#[path = "runtime/identities.rs"]
mod identities;
#[path = "runtime/injections.rs"]
mod injections;
#[path = "runtime/letters.rs"]
mod letters;
#[path = "runtime/live_chat.rs"]
mod live_chat;
#[path = "runtime/matrix.rs"]
mod matrix;
#[path = "runtime/meddled.rs"]
mod meddled;
#[path = "runtime/notes.rs"]
mod notes;
#[path = "runtime/once.rs"]
mod once;
#[path = "runtime/operators.rs"]
mod operators;
#[path = "runtime/order.rs"]
mod order;
#[path = "runtime/own_faults.rs"]
mod own_faults;
#[path = "runtime/pages.rs"]
mod pages;
#[path = "runtime/pauses.rs"]
mod pauses;
#[path = "runtime/peers.rs"]
mod peers;
#[path = "runtime/people.rs"]
mod people;
#[path = "runtime/plans.rs"]
mod plans;
#[path = "runtime/private.rs"]
mod private;
#[path = "runtime/providers.rs"]
mod providers;
#[path = "runtime/ratings.rs"]
mod ratings;
#[path = "runtime/receipts.rs"]
mod receipts;
#[path = "runtime/removed.rs"]
mod removed;
#[path = "runtime/replies.rs"]
mod replies;
#[path = "runtime/retention.rs"]
mod retention;
#[path = "runtime/sessions.rs"]
mod sessions;
#[path = "runtime/side_by_side.rs"]
mod side_by_side;
#[path = "runtime/signing_in.rs"]
mod signing_in;
#[path = "runtime/visits.rs"]
mod visits;
#[path = "runtime/vouching.rs"]
mod vouching;
#[path = "runtime/world.rs"]
mod world;

use std::time::Duration;

use meddled::Meddling;
use serde_json::{Value, json};
use world::{Visitor, World, identity};

const FIRST: &str = "7de00000-0000-4000-8000-000000000001";
const SECOND: &str = "7de00000-0000-4000-8000-000000000002";

/// Writes, and answers the form that comes; gives the form's wait.
async fn write_and_submit(world: &World, visitor: &Visitor) -> u64 {
    write_and_submit_order(world, visitor, "123456").await
}

async fn write_and_submit_order(world: &World, visitor: &Visitor, order: &str) -> u64 {
    let message = json!({ "id": FIRST, "text": "The heater stopped working on Sunday." });
    let (status, _) = world.post(visitor, "messages", message).await;
    assert_eq!(status, 200);
    let wait = form_of(&world.until(visitor, "form").await);
    let values = json!({ "conversation.order_number": order });
    let form = json!({ "id": SECOND, "wait": wait, "values": values });
    let (status, answer) = world.post(visitor, "forms", form).await;
    assert_eq!(status, 200, "{answer}");
    wait
}

fn form_of(entries: &[Value]) -> u64 {
    let form = entries.iter().find(|entry| entry["kind"] == "form").unwrap();
    form["wait"].as_u64().unwrap()
}

fn seeded(world: &World) -> (usize, usize) {
    let state = world.org.org().state();
    (state.records.rows("Case").count(), state.records.rows("ContentVersion").count())
}

#[tokio::test]
async fn a_known_customer_gets_one_case_with_everything() {
    let world = World::new().await;
    let (cases, files) = seeded(&world);
    let contact = world
        .org
        .contacts()
        .into_iter()
        .find(|contact| contact.email.is_some())
        .expect("a Contact with an e-mail address");
    let email = contact.email.unwrap();
    let visitor = world.open(json!({ "messenger": "web", "identity": identity(&email) })).await;
    let entries = world.until(&visitor, "asked").await;
    let greeting = entries[0]["text"].as_str().unwrap();
    let first_name = contact.name.split(' ').next().unwrap();
    assert_eq!(greeting, format!("Hi {first_name}. What can we do for you?"));

    let message = json!({ "id": FIRST, "text": "The heater stopped working on Sunday." });
    let (status, taken) = world.post(&visitor, "messages", message.clone()).await;
    assert_eq!(status, 200);
    assert_eq!(world.post(&visitor, "messages", message).await, (200, taken));
    let other = json!({ "id": FIRST, "text": "Something else." });
    assert_eq!(world.post(&visitor, "messages", other).await.0, 409);

    let wait = form_of(&world.until(&visitor, "form").await);
    let form = |number: &str| json!({ "id": SECOND, "wait": wait, "values": { "conversation.order_number": number } });
    let (status, problem) = world.post(&visitor, "forms", form("12")).await;
    assert_eq!(status, 422);
    assert_eq!(problem["fields"]["conversation.order_number"], "Six digits, please");
    let (status, taken) = world.post(&visitor, "forms", form("123456")).await;
    assert_eq!(status, 200);
    // The form's wait has passed, but this is the same request again.
    assert_eq!(world.post(&visitor, "forms", form("123456")).await, (200, taken));

    world.until(&visitor, "ended").await;
    let case = world.records("Case", cases + 1).await.pop().unwrap();
    assert_eq!(case["ContactId"], contact.id.as_str());
    assert_eq!(case["Order_Number__c"], "123456");
    assert_eq!(case["Origin"], "Chat");
    assert_eq!(case["Tidegate_Key__c"].as_str().map(str::len), Some(36));
    let queue = world.records_where("Group", "DeveloperName", "Tier_1").await;
    assert_eq!(case["OwnerId"], queue["Id"]);
    let support = world.records_where("RecordType", "DeveloperName", "Support").await;
    assert_eq!(case["RecordTypeId"], support["Id"]);
    assert!(case["Description"].as_str().unwrap().contains("heater"), "{case:#}");
    let file = world.records("ContentVersion", files + 1).await.pop().unwrap();
    assert_eq!(file["Title"], "Conversation transcript");
    assert_eq!(file["FirstPublishLocationId"], case["Id"]);
    assert_eq!(world.creates("Case"), 1);
}

#[tokio::test]
async fn a_restart_in_the_middle_changes_nothing() {
    let mut world = World::new().await;
    let (cases, _) = seeded(&world);
    let open = json!({ "messenger": "web", "email": "new@example.com", "name": "Nobody Known" });
    let visitor = world.open(open).await;
    let before = world.until(&visitor, "asked").await;
    assert_eq!(before[0]["text"], "Hi there. What can we do for you?");
    world.stop().await;
    world.start().await;
    assert_eq!(world.until(&visitor, "asked").await, before);
    write_and_submit(&world, &visitor).await;
    world.until(&visitor, "ended").await;
    let case = world.records("Case", cases + 1).await.pop().unwrap();
    assert_eq!(case["SuppliedEmail"], "new@example.com");
    assert_eq!(case["SuppliedName"], "Nobody Known");
    assert_eq!(case["ContactId"], Value::Null);

    // A message after the end begins a new conversation.
    let id = "7de00000-0000-4000-8000-000000000003";
    let message = json!({ "id": id, "text": "One more thing." });
    let (status, taken) = world.post(&visitor, "messages", message.clone()).await;
    assert_eq!(status, 200);
    assert_ne!(taken["conversation"], visitor.conversation.as_str());
    assert_eq!(world.post(&visitor, "messages", message).await, (200, taken));
}

#[tokio::test]
async fn a_case_whose_answer_was_lost_is_adopted() {
    let world = World::new().await;
    let (cases, files) = seeded(&world);
    let visitor = world.open(json!({ "messenger": "web" })).await;
    world.until(&visitor, "asked").await;
    world.faults(json!({ "drop_after_commit": 1 })).await;
    write_and_submit(&world, &visitor).await;
    let entries = world.until(&visitor, "ended").await;
    let created = entries.iter().find(|entry| entry["kind"] == "case_created").unwrap();
    let case = world.records("Case", cases + 1).await.pop().unwrap();
    assert_eq!(created["number"], case["CaseNumber"]);
    // The one that was saved and the one that was refused for its key.
    assert_eq!(world.creates("Case"), 2);
    world.records("ContentVersion", files + 1).await;
}

#[tokio::test]
async fn an_org_that_is_away_gets_its_case_later() {
    let world = World::new().await;
    let (cases, files) = seeded(&world);
    let visitor = world.open(json!({ "messenger": "web" })).await;
    world.until(&visitor, "asked").await;
    world.faults(json!({ "unavailable": 3 })).await;
    write_and_submit(&world, &visitor).await;
    world.until(&visitor, "ended").await;
    world.records("Case", cases + 1).await;
    world.records("ContentVersion", files + 1).await;
    let letters = world.server.as_ref().unwrap().store().dead_letters().await.unwrap();
    assert_eq!(letters, []);
}

#[tokio::test]
async fn a_crash_after_the_org_has_saved_leaves_one_case() {
    let mut world = World::with(Meddling::Stall).await;
    let (cases, files) = seeded(&world);
    let visitor = world.open(json!({ "messenger": "web" })).await;
    world.until(&visitor, "asked").await;
    write_and_submit(&world, &visitor).await;
    let case = world.records("Case", cases + 1).await.pop().unwrap();
    world.crash();
    world.meddling = Meddling::Not;
    world.start().await;
    let entries = world.until(&visitor, "ended").await;
    let created = entries.iter().find(|entry| entry["kind"] == "case_created").unwrap();
    assert_eq!(created["number"], case["CaseNumber"]);
    assert_eq!(world.creates("Case"), 2);
    world.records("ContentVersion", files + 1).await;
    world.records("Case", cases + 1).await;
}

#[tokio::test]
async fn a_refused_case_becomes_a_dead_letter_that_names_its_source() {
    let world = World::with(Meddling::Refuse).await;
    let visitor = world.open(json!({ "messenger": "web" })).await;
    world.until(&visitor, "asked").await;
    write_and_submit(&world, &visitor).await;
    world.until(&visitor, "ended").await;
    let letters = world.server.as_ref().unwrap().store().dead_letters().await.unwrap();
    let [letter] = letters.as_slice() else { panic!("{letters:?}") };
    assert_eq!(letter.code, "FIELD_CUSTOM_VALIDATION_EXCEPTION");
    assert_eq!(letter.answer, "Chats have a channel of their own");
    assert!(letter.request.contains("\"Order_Number__c\": \"123456\""), "{}", letter.request);
    let source = letter.source.as_deref().unwrap();
    let line = world::PROGRAM.lines().position(|line| line.contains("Origin = ")).unwrap() + 1;
    assert_eq!(source, format!("support.tide:{line}, push open_case"));
}

#[tokio::test]
async fn what_is_anothers_is_not_there() {
    let world = World::new().await;
    let (one, two) = (
        world.open(json!({ "messenger": "web" })).await,
        world.open(json!({ "messenger": "web" })).await,
    );
    let message = json!({ "id": FIRST, "text": "Hello." });
    let foreign = Visitor { token: two.token.clone(), conversation: one.conversation.clone() };
    let unknown = Visitor { token: two.token.clone(), conversation: SECOND.into() };
    let (status, problem) = world.post(&foreign, "messages", message.clone()).await;
    assert_eq!(status, 404);
    assert_eq!(world.post(&unknown, "messages", message.clone()).await, (404, problem));
    let nobody = Visitor { token: "x".into(), conversation: one.conversation.clone() };
    assert_eq!(world.post(&nobody, "messages", message).await.0, 401);
    let refused = world
        .http
        .post(world.url("/v1/open"))
        .header("origin", "https://evil.example")
        .json(&json!({ "messenger": "web" }))
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 403);
    assert!(!refused.headers().contains_key("access-control-allow-origin"));
    let strange = json!({ "messenger": "web", "identity": "x.y.z" });
    let refused = world.http.post(world.url("/v1/open")).json(&strange).send().await.unwrap();
    assert_eq!(refused.status(), 401);
    let page = world.http.get(world.url("/messenger/?messenger=web")).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.ends_with("frame-ancestors 'self' https://www.example.com"), "{policy}");
}

#[tokio::test]
async fn an_adopted_case_that_differs_is_told() {
    let world = World::with(Meddling::LoseAndChange).await;
    let (cases, _) = seeded(&world);
    let visitor = world.open(json!({ "messenger": "web" })).await;
    world.until(&visitor, "asked").await;
    write_and_submit(&world, &visitor).await;
    world.until(&visitor, "ended").await;
    world.records("Case", cases + 1).await;
    let store = world.server.as_ref().unwrap().store();
    let conversation = visitor.conversation.parse().unwrap();
    let journal = store.journal(conversation, 0, 100).await.unwrap();
    let told: Vec<&str> = journal
        .iter()
        .flat_map(|record| &record.journal.trace)
        .map(|line| line.what.as_str())
        .filter(|what| what.contains("differs"))
        .collect();
    assert_eq!(told, ["the Case differs from what was asked for in Order_Number__c"]);
}

/// A conversation up to where its Case is asked for; true where the org got one.
async fn reaches_the_org(meddling: Meddling, any_org: bool) -> bool {
    let mut world = World::with(meddling).await;
    world.any_org = any_org;
    world.stop().await;
    world.start().await;
    let visitor =
        world.open(json!({ "messenger": "web", "identity": identity("ada@example.com") }));
    let visitor = visitor.await;
    let greeting = world.until(&visitor, "asked").await[0]["text"].clone();
    let known = greeting != "Hi there. What can we do for you?";
    write_and_submit(&world, &visitor).await;
    let ended = tokio::time::timeout(Duration::from_secs(2), world.until(&visitor, "ended")).await;
    assert_eq!(known, ended.is_ok(), "the person and the Case are of the same org");
    assert_eq!(world.creates("Case"), usize::from(ended.is_ok()));
    ended.is_ok()
}

#[tokio::test]
async fn a_case_that_is_there_is_no_dead_letter_though_its_repetition_is_refused() {
    let world = World::with(Meddling::LoseAndRefuse).await;
    let (cases, files) = seeded(&world);
    let visitor = world.open(json!({ "messenger": "web" })).await;
    world.until(&visitor, "asked").await;
    write_and_submit(&world, &visitor).await;
    world.until(&visitor, "case_created").await;
    world.records("Case", cases + 1).await;
    world.records("ContentVersion", files + 1).await;
    let letters = world.server.as_ref().unwrap().store().dead_letters().await.unwrap();
    assert_eq!((letters, world.creates("Case")), (vec![], 2));
}

#[tokio::test]
async fn another_org_is_neither_read_nor_written() {
    assert!(!reaches_the_org(Meddling::Elsewhere, false).await);
}

#[tokio::test]
async fn another_org_is_taken_where_that_is_wanted() {
    // Without the check, the same conversation gets there.
    assert!(reaches_the_org(Meddling::Elsewhere, true).await);
    assert!(reaches_the_org(Meddling::Not, false).await);
}

#[tokio::test]
async fn a_conversation_stays_on_the_plan_that_it_began_with() {
    let world = World::new().await;
    let (cases, _) = seeded(&world);
    let early = world.open(json!({ "messenger": "web" })).await;
    world.until(&early, "asked").await;
    let server = world.server.as_ref().unwrap();
    let before = server.store().active_plan().await.unwrap();
    let changed =
        world::compile(&world.client, &world::PROGRAM.replace("Hi {", "Welcome, {")).await;
    let hash = server.swap_plan(changed).await.unwrap();
    assert_ne!(Some(&hash), before.as_ref());
    let late = world.open(json!({ "messenger": "web" })).await;
    let greeting = |entries: Vec<Value>| entries[0]["text"].as_str().unwrap().to_owned();
    assert!(greeting(world.until(&late, "asked").await).starts_with("Welcome"));
    assert!(greeting(world.until(&early, "asked").await).starts_with("Hi"));
    write_and_submit(&world, &early).await;
    world.until(&early, "ended").await;
    world.records("Case", cases + 1).await;
    // What is no plan changes nothing.
    let mut broken = world.plan.clone();
    *broken.last_mut().unwrap() ^= 1;
    server.swap_plan(broken).await.unwrap_err();
    assert_eq!(server.store().active_plan().await.unwrap(), Some(hash));
}

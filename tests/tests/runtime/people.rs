//! Who the visitor is, and what lasts of them.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_server::config::Proxies;

use crate::world::{Visitor, World, identity};

const PROGRAM: &str = include_str!("people.tide");

/// An id for a request, another one for each number.
fn id(n: u64) -> String {
    format!("7de00000-0000-4000-8000-{n:012}")
}

async fn says(world: &World, visitor: &Visitor, n: u64, text: &str) -> Value {
    let (status, taken) =
        world.post(visitor, "messages", json!({ "id": id(n), "text": text })).await;
    assert_eq!(status, 200, "{taken}");
    taken
}

async fn is_called(world: &World, visitor: &Visitor, name: &str, level: &str) {
    world.until_wait(visitor, 2).await;
    let values = json!({ "person.nickname": name, "person.level": level });
    let form = json!({ "id": id(2), "wait": 2, "values": values });
    let (status, answer) = world.post(visitor, "forms", form).await;
    assert_eq!(status, 200, "{answer}");
    world.until_wait(visitor, 3).await;
}

/// A whole conversation in which the visitor says what they are called.
async fn introduces(world: &World, visitor: &Visitor, name: &str, level: &str) {
    world.until(visitor, "asked").await;
    says(world, visitor, 1, "Hello").await;
    is_called(world, visitor, name, level).await;
    says(world, visitor, 3, "Bye").await;
    world.until(visitor, "ended").await;
}

async fn greeting(world: &World, visitor: &Visitor) -> String {
    let entries = world.until(visitor, "said").await;
    entries[0]["text"].as_str().unwrap().to_owned()
}

fn anonymous() -> Value {
    json!({ "messenger": "web" })
}

fn signed(who: &str) -> Value {
    json!({ "messenger": "web", "identity": identity(who) })
}

/// Opens again with the visitor's token; whoever that is now.
async fn again(world: &World, visitor: &Visitor, body: Value) -> Visitor {
    let (status, opened) = world.reopen(&visitor.token, body).await;
    assert_eq!(status, 200, "{opened}");
    let token = opened["token"].as_str().unwrap_or(&visitor.token).to_owned();
    Visitor { token, conversation: opened["conversation"].as_str().unwrap().to_owned() }
}

async fn status_of(world: &World, visitor: &Visitor) -> u16 {
    world.post(visitor, "human", json!({ "id": id(99) })).await.0
}

#[tokio::test]
async fn own_data_of_a_person_lasts_across_conversations_and_restarts() {
    let mut world = World::running(PROGRAM).await;
    let first = world.open(anonymous()).await;
    assert_eq!(greeting(&world, &first).await, "Hi stranger, basic, 0.");
    introduces(&world, &first, "Ada", "pro").await;
    world.stop().await;
    world.start().await;
    world.swap(PROGRAM).await;
    let second = again(&world, &first, anonymous()).await;
    assert_ne!(second.conversation, first.conversation);
    assert_eq!(greeting(&world, &second).await, "Hi Ada, pro, 1.");
    // What is cleared begins with its default again.
    introduces(&world, &second, "Nobody", "pro").await;
    let third = again(&world, &second, anonymous()).await;
    assert_eq!(greeting(&world, &third).await, "Hi stranger, basic, 2.");
    // And is no other browser's.
    let other = world.open(anonymous()).await;
    assert_eq!(greeting(&world, &other).await, "Hi stranger, basic, 0.");
}

#[tokio::test]
async fn a_person_is_the_same_on_every_device() {
    let world = World::running(PROGRAM).await;
    let desk = world.open(signed("ada@example.com")).await;
    introduces(&world, &desk, "Ada", "pro").await;
    let phone = world.open(signed("ada@example.com")).await;
    assert_eq!(greeting(&world, &phone).await, "Hi Ada, pro, 1.");
    // One open conversation, on both devices.
    let desk = again(&world, &desk, signed("ada@example.com")).await;
    assert_eq!(desk.conversation, phone.conversation);
    let other = world.open(signed("bob@example.com")).await;
    assert_eq!(greeting(&world, &other).await, "Hi stranger, basic, 0.");
}

#[tokio::test]
async fn whoever_signs_in_with_both_proofs_takes_their_conversation_and_data_along() {
    let world = World::running(PROGRAM).await;
    let browser = world.open(anonymous()).await;
    says(&world, &browser, 1, "Hello").await;
    is_called(&world, &browser, "Ada", "pro").await;
    let ada = again(&world, &browser, signed("ada@example.com")).await;
    assert_eq!(ada.conversation, browser.conversation);
    assert_ne!(ada.token, browser.token);
    assert_eq!(status_of(&world, &browser).await, 401);
    says(&world, &ada, 3, "Bye").await;
    world.until(&ada, "ended").await;
    let later = world.open(signed("ada@example.com")).await;
    assert_eq!(greeting(&world, &later).await, "Hi Ada, pro, 1.");
    // What is known of a person already stays.
    let elsewhere = world.open(anonymous()).await;
    introduces(&world, &elsewhere, "Countess", "basic").await;
    again(&world, &elsewhere, signed("ada@example.com")).await;
    introduces(&world, &later, "", "pro").await;
    let last = world.open(signed("ada@example.com")).await;
    assert_eq!(greeting(&world, &last).await, "Hi stranger, pro, 2.");
}

#[tokio::test]
async fn one_proof_alone_takes_nothing_along() {
    let world = World::running(PROGRAM).await;
    let browser = world.open(anonymous()).await;
    says(&world, &browser, 1, "Hello").await;
    is_called(&world, &browser, "Ada", "pro").await;
    let ada = world.open(signed("ada@example.com")).await;
    assert_ne!(ada.conversation, browser.conversation);
    assert_eq!(greeting(&world, &ada).await, "Hi stranger, basic, 0.");
    assert_ne!(status_of(&world, &browser).await, 401);
}

#[tokio::test]
async fn a_conversation_that_nobody_has_used_begins_anew_for_whoever_signs_in() {
    let world = World::running(PROGRAM).await;
    let browser = world.open(anonymous()).await;
    let ada = again(&world, &browser, signed("ada@example.com")).await;
    assert_ne!(ada.conversation, browser.conversation);
}

#[tokio::test]
async fn another_subject_is_another_visitor_with_a_token_of_their_own() {
    let world = World::running(PROGRAM).await;
    let ada = world.open(signed("ada@example.com")).await;
    world.until(&ada, "asked").await;
    says(&world, &ada, 1, "Hello").await;
    is_called(&world, &ada, "Ada", "pro").await;
    let bob = again(&world, &ada, signed("bob@example.com")).await;
    assert_ne!(bob.token, ada.token);
    assert_ne!(bob.conversation, ada.conversation);
    assert_eq!(greeting(&world, &bob).await, "Hi stranger, basic, 0.");
    assert_eq!(status_of(&world, &ada).await, 401);
    let foreign = Visitor { token: bob.token.clone(), conversation: ada.conversation.clone() };
    assert_eq!(status_of(&world, &foreign).await, 404);
    // Ada's conversation is where she left it.
    let back = world.open(signed("ada@example.com")).await;
    assert_eq!(back.conversation, ada.conversation);
    // The same subject again keeps its token.
    let same = again(&world, &back, signed("ada@example.com")).await;
    assert_eq!(same.token, back.token);
}

/// The stream of a visitor's conversation, read up to its end.
async fn read_to_the_end(world: &World, visitor: &Visitor) -> impl Future<Output = ()> {
    let url = world.url(&format!("/v1/conversations/{}/events", visitor.conversation));
    let mut response = world.http.get(url).bearer_auth(&visitor.token).send().await.unwrap();
    assert_eq!(response.status(), 200);
    // Something has come: the stream is under way.
    response.chunk().await.unwrap().unwrap();
    async move {
        let end = async { while response.chunk().await.unwrap().is_some() {} };
        tokio::time::timeout(Duration::from_secs(10), end).await.expect("the stream ends");
    }
}

#[tokio::test]
async fn streams_end_with_their_token() {
    let world = World::running(PROGRAM).await;
    let browser = world.open(anonymous()).await;
    let other = world.open(anonymous()).await;
    let (one, two) =
        (read_to_the_end(&world, &browser).await, read_to_the_end(&world, &browser).await);
    let others = read_to_the_end(&world, &other).await;
    let ada = again(&world, &browser, signed("ada@example.com")).await;
    one.await;
    two.await;
    let stream = read_to_the_end(&world, &ada).await;
    assert_eq!(logout(&world, &ada).await, 204);
    stream.await;
    let mut others = Box::pin(others);
    assert!(tokio::time::timeout(Duration::ZERO, &mut others).await.is_err());
    assert_eq!(logout(&world, &other).await, 204);
    others.await;
}

async fn logout(world: &World, visitor: &Visitor) -> u16 {
    let request = world.http.post(world.url("/v1/logout")).bearer_auth(&visitor.token);
    request.json(&json!({})).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn signing_out_leaves_nothing_behind() {
    let world = World::running(PROGRAM).await;
    let browser = world.open(json!({ "messenger": "web", "name": "Ada Canary" })).await;
    introduces(&world, &browser, "Ada", "pro").await;
    let store = world.server.as_ref().unwrap().store();
    let owner = store.load(browser.conversation.parse().unwrap()).await.unwrap().unwrap().owner;
    assert!(!store.visitor(owner.visitor).await.unwrap().unwrap().lasting.is_empty());
    assert_eq!(logout(&world, &browser).await, 204);
    assert_eq!(logout(&world, &browser).await, 401);
    assert_eq!(status_of(&world, &browser).await, 401);
    let left = store.visitor(owner.visitor).await.unwrap().unwrap();
    assert!(left.lasting.is_empty());
    assert!(!format!("{left:?}").contains("Canary"));
    // A token that has ended is nobody's: whoever opens with it is new.
    let next = again(&world, &browser, anonymous()).await;
    assert_eq!(greeting(&world, &next).await, "Hi stranger, basic, 0.");
    // What a person has set is there when they sign in again.
    let ada = world.open(signed("ada@example.com")).await;
    introduces(&world, &ada, "Ada", "pro").await;
    assert_eq!(logout(&world, &ada).await, 204);
    let back = world.open(signed("ada@example.com")).await;
    assert_eq!(greeting(&world, &back).await, "Hi Ada, pro, 1.");
}

#[tokio::test]
async fn what_no_longer_fits_counts_as_never_set() {
    let world = World::running(PROGRAM).await;
    let first = world.open(anonymous()).await;
    introduces(&world, &first, "Ada", "pro").await;
    let changed = PROGRAM
        .replace("nickname: text(40)", "nickname: decimal(3, 0) = 7")
        .replace("\"pro\"    \"Pays\"", "\"gold\"   \"Pays much\"")
        .replace("{person.nickname ?? \"stranger\"}", "number {person.nickname}")
        .replace("person.nickname == \"Nobody\"", "person.nickname == 1")
        .replace("    person.nickname label \"Name\"\n", "");
    world.swap(&changed).await;
    let second = again(&world, &first, anonymous()).await;
    assert_eq!(greeting(&world, &second).await, "Hi number 7, basic, 1.");
    let store = world.server.as_ref().unwrap().store();
    let journal = store.journal(second.conversation.parse().unwrap(), 0, 1).await.unwrap();
    let trace: Vec<&str> = journal[0].journal.trace.iter().map(|line| line.what.as_str()).collect();
    let ignored: Vec<&&str> = trace.iter().filter(|what| what.starts_with("ignored")).collect();
    assert_eq!(
        ignored,
        [&"ignored person.level: it can't hold it", &"ignored person.nickname: another type"]
    );
    says(&world, &second, 1, "Hello").await;
    let (status, _) = world
        .post(
            &second,
            "forms",
            json!({ "id": id(2), "wait": 2, "values": { "person.level": "gold" } }),
        )
        .await;
    assert_eq!(status, 200);
    world.until_wait(&second, 3).await;
    says(&world, &second, 3, "Bye").await;
    world.until(&second, "ended").await;
    // A plan in which it fits finds what nobody has set meanwhile.
    world.swap(PROGRAM).await;
    let third = again(&world, &second, anonymous()).await;
    assert_eq!(greeting(&world, &third).await, "Hi Ada, basic, 2.");
}

const TELLS: &str = r#"
workflow support {
  on open
  say "{session.email ?? "-"} {session.name ?? "-"} {session.user_id ?? "-"} {session.messenger}"
  say "{session.language ?? "-"} {session.time_zone ?? "-"} {session.country ?? "-"}"
  say "{session.page ?? "-"} {session.referrer ?? "-"}"
  say "{session.browser ?? "-"} {session.browser_version ?? "-"} {session.os ?? "-"}"
  say "{session.visits} {session.resolution ?? "-"} {if session.first_seen <= now then "seen" else "not seen"} {if session.last_seen is set then "before" else "never before"}"
  ask
  end because "told"

  defaults {
    idle 15m => end because "silence"
  }
}
"#;

async fn told(world: &World, visitor: &Visitor) -> Vec<String> {
    let entries = world.until(visitor, "asked").await;
    let texts = entries.iter().filter_map(|entry| entry["text"].as_str());
    texts.map(str::to_owned).collect()
}

#[tokio::test]
async fn the_program_learns_what_the_messenger_knows() {
    let mut world = World::new().await;
    world.stop().await;
    world.edge.trusted_proxies = Proxies::from_iter(["127.0.0.0/8".parse().unwrap()]);
    world.start().await;
    world.swap(TELLS).await;
    let body = json!({
        "messenger": "web", "email": "ada@example.com", "name": "Ada Claimed", "language": "de-AT",
        "time_zone": "Europe/Vienna", "page": "https://shop.example/cart?x=1#secret",
        "referrer": "javascript:alert(1)",
    });
    let agent = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15";
    let request = world.http.post(world.url("/v1/open")).header("user-agent", agent);
    let opened = request.header("X-Country", "at").json(&body).send().await.unwrap();
    let opened: Value = opened.json().await.unwrap();
    let text = |key: &str| opened[key].as_str().unwrap().to_owned();
    let visitor = Visitor { token: text("token"), conversation: text("conversation") };
    insta::assert_snapshot!(told(&world, &visitor).await.join("\n"), @r"
    ada@example.com Ada Claimed - web
    de-AT Europe/Vienna AT
    https://shop.example/cart?x=1 -
    Safari 18 macOS
    1 - seen never before
    ");
    says(&world, &visitor, 1, "Hello").await;
    world.until(&visitor, "ended").await;
    // Nothing told, nobody's country, and how the last conversation ended.
    let next = again(&world, &visitor, signed("ada@example.com")).await;
    insta::assert_snapshot!(told(&world, &next).await.join("\n"), @r"
    ada@example.com Ada Claimed ada@example.com web
    - - -
    - -
    - - -
    1 ended seen never before
    ");
}

#[tokio::test]
async fn a_country_is_believed_of_trusted_proxies_alone() {
    let world = World::running(TELLS).await;
    let request = world.http.post(world.url("/v1/open")).header("X-Country", "AT");
    let opened = request.json(&anonymous()).send().await.unwrap();
    let opened: Value = opened.json().await.unwrap();
    let text = |key: &str| opened[key].as_str().unwrap().to_owned();
    let visitor = Visitor { token: text("token"), conversation: text("conversation") };
    assert_eq!(told(&world, &visitor).await[1], "- - -");
}

/// What the page claims is never taken for who the visitor is.
#[tokio::test]
async fn a_claimed_address_finds_no_contact() {
    let world = World::new().await;
    let contact = world.org.contacts().into_iter().find(|contact| contact.email.is_some());
    let email = contact.unwrap().email.unwrap();
    let claimed = world.open(json!({ "messenger": "web", "email": email })).await;
    assert_eq!(greeting(&world, &claimed).await, "Hi there. What can we do for you?");
    let verified = world.open(signed(&email)).await;
    assert_ne!(greeting(&world, &verified).await, "Hi there. What can we do for you?");
}

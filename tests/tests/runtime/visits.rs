//! `on visit`: what is shown to a visitor who has not opened the Messenger, and what is kept of it.

use jiff::SignedDuration;
use serde_json::{Value, json};
use tidegate_server::clock::{Clock, Steering};

use crate::FIRST;
use crate::world::{self, PROGRAM, Visitor, World, identity};

const HELP: &str = "Can we help you choose?";

/// A visit of thirty seconds shows something to those who are on the page of prices.
fn program(once: &str) -> String {
    let begins = PROGRAM.find("workflow support").expect("a workflow");
    let visited = format!(
        "workflow offer_help {{\n  on visit after 30s when session.page starts with \
         \"https://example.com/prices\"{once}\n  say \"{HELP}\"\n  ask\n  create case using open_case\n  \
         defaults {{\n    idle 15m => end\n  }}\n}}\n\n\
         workflow support {{\n  on open\n  say \"Hello.\"\n  end\n}}\n"
    );
    format!("{}{visited}", &PROGRAM[..begins])
}

async fn world(once: &str) -> (World, Steering) {
    let mut world = World::new().await;
    world.plan = world::compile(&world.client, &program(once)).await;
    let (clock, steering) = Clock::steered();
    world.clock = clock;
    world.stop().await;
    world.start().await;
    (world, steering)
}

/// Tells of a visit; the status, and what is shown.
async fn visit(world: &World, token: Option<&str>, more: Value) -> (u16, Value) {
    let mut body = json!({
        "messenger": "web",
        "page": "https://example.com/prices?plan=2",
        "visit": { "after_ms": 30_000 },
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let mut request = world.http.post(world.url("/v1/visits")).json(&body);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// What a visit shows.
async fn shows(world: &World, token: Option<&str>, more: Value) -> Value {
    let (status, shown) = visit(world, token, more).await;
    assert_eq!(status, 200, "{shown}");
    shown["says"].clone()
}

/// What is opened with when what a visit has shown is taken up.
fn taking_up() -> Value {
    json!({
        "messenger": "web",
        "page": "https://example.com/prices?plan=2",
        "visit": { "after_ms": 30_000 },
    })
}

/// How many rows a table has.
fn rows(world: &World, table: &str) -> i64 {
    let database = rusqlite::Connection::open(world.folder.path().join("t.db")).unwrap();
    database.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

async fn first_said(world: &World, visitor: &Visitor, until: &str) -> Value {
    let entries = world.until(visitor, until).await;
    entries.iter().find(|entry| entry["kind"] == "said").unwrap()["text"].clone()
}

#[tokio::test]
async fn a_page_learns_when_to_tell_of_visits() {
    let (world, _clock) = world("").await;
    let times = |query: &'static str| {
        let request = world.http.get(world.url(&format!("/v1/visits{query}")));
        async move { request.send().await.unwrap() }
    };
    let told: Value = times("?messenger=web").await.json().await.unwrap();
    assert_eq!(told, json!({ "after_ms": [30_000] }));
    assert_eq!(times("?messenger=other").await.status(), 404);
    let foreign = world.http.get(world.url("/v1/visits")).header("origin", "https://evil.example");
    assert_eq!(foreign.send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn what_is_shown_begins_when_it_is_taken_up_and_nothing_is_kept_before() {
    let (mut world, _clock) = world("").await;
    let cases = world.org.org().state().records.rows("Case").count();
    for _ in 0..3 {
        let (status, shown) = visit(&world, None, json!({})).await;
        assert_eq!((status, shown), (200, json!({ "says": [HELP] })));
    }
    let kept = ["conversation", "visitor", "token", "outbox", "timer", "transition"];
    assert_eq!(kept.map(|table| rows(&world, table)), [0; 6]);
    let visitor = world.open(taking_up()).await;
    assert_eq!(first_said(&world, &visitor, "asked").await, HELP);
    // It is open now, whatever page they are on, and however often that is asked.
    assert_eq!(shows(&world, Some(&visitor.token), json!({})).await, json!([]));
    let (status, again) = world.reopen(&visitor.token, taking_up()).await;
    assert_eq!((status, &again["resumed"]), (200, &json!(true)));
    assert_eq!(again["conversation"], visitor.conversation);
    world.stop().await;
    world.start().await;
    let message = json!({ "id": FIRST, "text": "Which boiler heats ten rooms?" });
    assert_eq!(world.post(&visitor, "messages", message).await.0, 200);
    world.until(&visitor, "ended").await;
    let records = world.records("Case", cases + 1).await;
    assert!(records.iter().any(|case| case["Description"] == "Which boiler heats ten rooms?"));
}

#[tokio::test]
async fn nothing_is_shown_where_no_workflow_starts() {
    let (world, _clock) = world("").await;
    let elsewhere = json!({ "page": "https://example.com/" });
    assert_eq!(shows(&world, None, elsewhere.clone()).await, json!([]));
    let at_another_time = json!({ "visit": { "after_ms": 1_000 } });
    assert_eq!(shows(&world, None, at_another_time).await, json!([]));
    for wrong in [json!({ "visit": null }), json!({ "visit": { "after_ms": -1 } })] {
        assert_eq!(visit(&world, None, wrong).await.0, 400);
    }
    // What is taken up elsewhere is an opening.
    let mut opening = taking_up();
    opening["page"] = json!("https://example.com/");
    let visitor = world.open(opening).await;
    assert_eq!(first_said(&world, &visitor, "ended").await, "Hello.");
}

#[tokio::test]
async fn what_is_shown_once_is_taken_up_once() {
    let (mut world, clock) = world(" once per person").await;
    let (_, shown) = visit(&world, None, json!({})).await;
    assert_eq!(shown["says"], json!([HELP]));
    let token = shown["token"].as_str().unwrap().to_owned();
    assert_eq!(["conversation", "outbox", "timer"].map(|table| rows(&world, table)), [0; 3]);
    world.stop().await;
    world.start().await;
    clock.advance(SignedDuration::from_hours(24 * 20));
    assert_eq!(shows(&world, Some(&token), json!({})).await, json!([]));
    // Somebody else is shown it.
    assert_eq!(shows(&world, None, json!({})).await, json!([HELP]));
    let (status, opened) = world.reopen(&token, taking_up()).await;
    assert_eq!(status, 200, "{opened}");
    let conversation = opened["conversation"].as_str().unwrap().to_owned();
    let visitor = Visitor { token, conversation };
    assert_eq!(first_said(&world, &visitor, "asked").await, HELP);
    let message = json!({ "id": FIRST, "text": "Yes, please." });
    assert_eq!(world.post(&visitor, "messages", message).await.0, 200);
    world.until(&visitor, "ended").await;
    // It was taken up, and is not there to be taken up once more.
    let (_, again) = world.reopen(&visitor.token, taking_up()).await;
    let conversation = again["conversation"].as_str().unwrap().to_owned();
    assert_ne!(conversation, visitor.conversation);
    let visitor = Visitor { conversation, ..visitor };
    assert_eq!(first_said(&world, &visitor, "ended").await, "Hello.");
    assert_eq!(shows(&world, Some(&visitor.token), json!({})).await, json!([]));
}

#[tokio::test]
async fn without_what_is_remembered_it_is_shown_again() {
    let (world, _clock) = world(" once per person").await;
    let (_, shown) = visit(&world, None, json!({})).await;
    let token = shown["token"].as_str().unwrap();
    assert_eq!(shows(&world, Some(token), json!({})).await, json!([]));
    let database = rusqlite::Connection::open(world.folder.path().join("t.db")).unwrap();
    assert_eq!(database.execute("UPDATE visitor SET lasting = '{}'", []).unwrap(), 1);
    assert_eq!(shows(&world, Some(token), json!({})).await, json!([HELP]));
}

#[tokio::test]
async fn of_several_tabs_one_shows_it() {
    let (world, clock) = world(" once per visit").await;
    let (_, shown) = visit(&world, None, json!({})).await;
    let token = shown["token"].as_str().unwrap();
    clock.advance(SignedDuration::from_mins(31));
    let tab = || shows(&world, Some(token), json!({}));
    let (one, two, three, four) = tokio::join!(tab(), tab(), tab(), tab());
    let shown = [one, two, three, four];
    assert_eq!(shown.iter().filter(|says| **says == json!([HELP])).count(), 1, "{shown:?}");
}

#[tokio::test]
async fn whom_the_site_vouches_for_is_shown_it_in_one_browser() {
    let (world, _clock) = world(" once per person").await;
    let signed = json!({ "identity": identity("ada@example.com") });
    assert_eq!(shows(&world, None, signed.clone()).await, json!([HELP]));
    assert_eq!(shows(&world, None, signed.clone()).await, json!([]));
    let forged = json!({ "identity": "x.y.z" });
    assert_eq!(visit(&world, None, forged).await.0, 401);
}

#[tokio::test]
async fn a_known_visitor_is_shown_what_is_for_them() {
    let mut world = World::new().await;
    let contact = world.org.contacts().into_iter().find(|contact| contact.email.is_some()).unwrap();
    let greets =
        program("").replace(HELP, "Can we help you choose, {person.FirstName ?? \"you\"}?");
    world.plan = world::compile(&world.client, &greets).await;
    world.stop().await;
    world.start().await;
    let signed = json!({ "identity": identity(contact.email.as_deref().unwrap()) });
    let says = shows(&world, None, signed).await;
    let name = says[0].as_str().unwrap().strip_prefix("Can we help you choose, ").unwrap();
    assert_ne!(name, "you?", "{says}");
    assert_eq!(shows(&world, None, json!({})).await, json!(["Can we help you choose, you?"]));
}

#[tokio::test]
async fn a_flood_is_not_remembered() {
    let mut world = World::new().await;
    world.plan = world::compile(&world.client, &program(" once per visit")).await;
    world.edge.conversations_per_minute = 1.try_into().unwrap();
    world.stop().await;
    world.start().await;
    let (_, shown) = visit(&world, None, json!({})).await;
    for _ in 0..3 {
        assert_eq!(visit(&world, None, json!({})).await.0, 429);
    }
    assert_eq!(rows(&world, "visitor"), 1);
    // Who is known already comes on.
    assert_eq!(shows(&world, shown["token"].as_str(), json!({})).await, json!([]));
}

#[tokio::test]
async fn a_flood_of_visits_leaves_room_for_conversations() {
    let mut world = World::new().await;
    world.plan = world::compile(&world.client, &program("")).await;
    world.edge.conversations_per_minute = 1.try_into().unwrap();
    world.stop().await;
    world.start().await;
    for _ in 0..12 {
        assert_eq!(visit(&world, None, json!({})).await.0, 200);
    }
    assert_eq!(visit(&world, None, json!({})).await.0, 429);
    assert_eq!(["conversation", "visitor"].map(|table| rows(&world, table)), [0; 2]);
    let visitor = world.open(taking_up()).await;
    assert_eq!(first_said(&world, &visitor, "asked").await, HELP);
}

#[tokio::test]
async fn what_was_shown_last_is_what_begins() {
    let begins = PROGRAM.find("workflow support").expect("a workflow");
    let shows_both = "workflow first {\n  on visit after 30s once per person before second\n  \
                      ask \"The first?\"\n  create case using open_case\n  defaults {\n    idle 15m => end\n  \
                      }\n}\n\nworkflow second {\n  on visit after 30s\n  ask \"The second?\"\n  create case using \
                      open_case\n  defaults {\n    idle 15m => end\n  }\n}\n\nworkflow support {\n  on open\n  \
                      say \"Hello.\"\n  end\n}\n";
    let mut world = World::new().await;
    world.plan =
        world::compile(&world.client, &format!("{}{shows_both}", &PROGRAM[..begins])).await;
    world.stop().await;
    world.start().await;
    let (_, shown) = visit(&world, None, json!({})).await;
    assert_eq!(shown["says"], json!(["The first?"]));
    let token = shown["token"].as_str().unwrap().to_owned();
    // It was closed; the next page shows the other one.
    assert_eq!(shows(&world, Some(&token), json!({})).await, json!(["The second?"]));
    let (status, opened) = world.reopen(&token, taking_up()).await;
    assert_eq!(status, 200, "{opened}");
    let conversation = opened["conversation"].as_str().unwrap().to_owned();
    let visitor = Visitor { token, conversation };
    assert_eq!(first_said(&world, &visitor, "asked").await, "The second?");
}

//! `once per visit|day|person`: what has started is remembered, by whoever it started for.

use jiff::SignedDuration;
use serde_json::{Value, json};
use tidegate_server::clock::{Clock, Steering};

use crate::world::{self, PROGRAM, Visitor, World, identity};

/// What starts ends at once, so that the next opening begins anew.
fn program(period: &str) -> String {
    let begins = PROGRAM.find("workflow support").expect("a workflow");
    let started = format!(
        "workflow welcome {{\n  on open once per {period} before support\n  say \"Welcome.\"\n  end\n}}\n\n\
         workflow support {{\n  on open\n  say \"Hello again.\"\n  end\n}}\n"
    );
    format!("{}{started}", &PROGRAM[..begins])
}

async fn world(period: &str) -> (World, Steering) {
    let mut world = World::new().await;
    world.plan = world::compile(&world.client, &program(period)).await;
    let (clock, steering) = Clock::steered();
    world.clock = clock;
    world.stop().await;
    world.start().await;
    (world, steering)
}

/// What an opening says first.
async fn says(world: &World, token: &str, body: Value) -> String {
    let (status, opened) = world.reopen(token, body).await;
    assert_eq!(status, 200, "{opened}");
    let conversation = opened["conversation"].as_str().unwrap().to_owned();
    let token = opened["token"].as_str().unwrap_or(token).to_owned();
    first(world, &Visitor { token, conversation }).await
}

async fn first(world: &World, visitor: &Visitor) -> String {
    world.until(visitor, "ended").await[0]["text"].as_str().unwrap().to_owned()
}

fn anonymous() -> Value {
    json!({ "messenger": "web" })
}

#[tokio::test]
async fn per_person_is_once_for_good_and_for_each() {
    let (mut world, clock) = world("person").await;
    let visitor = world.open(anonymous()).await;
    assert_eq!(first(&world, &visitor).await, "Welcome.");
    world.stop().await;
    world.start().await;
    assert_eq!(says(&world, &visitor.token, anonymous()).await, "Hello again.");
    clock.advance(SignedDuration::from_hours(24 * 20));
    assert_eq!(says(&world, &visitor.token, anonymous()).await, "Hello again.");
    let other = world.open(anonymous()).await;
    assert_eq!(first(&world, &other).await, "Welcome.");
}

#[tokio::test]
async fn who_is_signed_in_is_the_same_in_every_browser() {
    let (world, _clock) = world("person").await;
    let signed = json!({ "messenger": "web", "identity": identity("ada@example.com") });
    let one = world.open(signed.clone()).await;
    assert_eq!(first(&world, &one).await, "Welcome.");
    let another = world.open(signed).await;
    assert_ne!(one.token, another.token);
    assert_eq!(first(&world, &another).await, "Hello again.");
}

#[tokio::test]
async fn per_day_begins_anew_with_a_day_and_per_visit_with_a_visit() {
    for (period, away) in [("day in \"Europe/Berlin\"", 24 * 60), ("visit", 31)] {
        let (world, clock) = world(period).await;
        let visitor = world.open(anonymous()).await;
        assert_eq!(first(&world, &visitor).await, "Welcome.", "{period}");
        assert_eq!(says(&world, &visitor.token, anonymous()).await, "Hello again.", "{period}");
        clock.advance(SignedDuration::from_mins(away));
        assert_eq!(says(&world, &visitor.token, anonymous()).await, "Welcome.", "{period}");
    }
}

#[tokio::test]
async fn of_several_tabs_one_starts_it() {
    let (world, clock) = world("visit").await;
    let visitor = world.open(anonymous()).await;
    first(&world, &visitor).await;
    clock.advance(SignedDuration::from_mins(31));
    let open = || says(&world, &visitor.token, anonymous());
    let (one, two, three, four) = tokio::join!(open(), open(), open(), open());
    let said = [one, two, three, four];
    assert_eq!(said.iter().filter(|said| *said == "Welcome.").count(), 1, "{said:?}");
}

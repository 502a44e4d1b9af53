//! What operators ask a running server.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;
use tidegate_server::clock::Clock;

use crate::world::{OPERATOR, World};

/// The metrics' names and kinds, without values.
async fn families(world: &World) -> BTreeSet<String> {
    let request = world.http.get(world.operator_url("/metrics")).bearer_auth(OPERATOR);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    assert_eq!(kind, "application/openmetrics-text; version=1.0.0; charset=utf-8");
    let text = answer.text().await.unwrap();
    assert!(text.ends_with("# EOF\n"), "{text}");
    text.lines().filter_map(|line| line.strip_prefix("# TYPE ")).map(str::to_owned).collect()
}

#[tokio::test]
async fn the_metrics_have_these_names() {
    let world = World::new().await;
    let visitor = world.open(json!({ "messenger": "web" })).await;
    world.until(&visitor, "asked").await;
    let families: Vec<String> = families(&world).await.into_iter().collect();
    insta::assert_snapshot!(families.join("\n"));
}

#[tokio::test]
async fn every_metric_stands_in_the_documented_table() {
    let world = World::new().await;
    let visitor = world.open(json!({ "messenger": "web" })).await;
    world.until(&visitor, "asked").await;
    // Failures are a family that is there from the first one on.
    world.faults(json!({ "row_lock": { "count": 1, "object": "Case" } })).await;
    crate::write_and_submit(&world, &visitor).await;
    until(&world, "tidegate_org_failures_total", r#"{class="lock"} 1"#).await;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../runtime/server/API.md");
    let table = std::fs::read_to_string(path).unwrap();
    let documented: BTreeSet<String> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `tidegate_"))
        .filter_map(|row| row.split(" | ").next())
        .flat_map(|names| names.split(", "))
        .map(|name| format!("tidegate_{}", name.trim_matches('`').trim_start_matches("tidegate_")))
        .collect();
    let served = families(&world).await.into_iter().map(|family| match family.split_once(' ') {
        Some((name, "counter")) => format!("{name}_total"),
        Some((name, "info")) => format!("{name}_info"),
        Some((name, _)) => name.to_owned(),
        None => family,
    });
    assert_eq!(documented, served.collect());
}

/// What a family's lines say, a line each: labels and value.
async fn values(world: &World, family: &str) -> Vec<String> {
    let request = world.http.get(world.operator_url("/metrics")).bearer_auth(OPERATOR);
    let text = request.send().await.unwrap().text().await.unwrap();
    let rest = |line: &str| line.strip_prefix(family).map(str::to_owned);
    text.lines().filter_map(rest).collect()
}

/// Waits until a line of this family is there.
async fn until(world: &World, family: &str, line: &str) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    loop {
        let values = values(world, family).await;
        if values.iter().any(|value| value == line) {
            return;
        }
        assert!(tokio::time::Instant::now() < deadline, "no `{line}` in {values:#?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn what_happens_is_counted() {
    let world = World::new().await;
    let hash = world.server.as_ref().unwrap().store().active_plan().await.unwrap().unwrap();
    until(&world, "tidegate_plan_active", &format!("{{hash=\"{hash}\"}} 1")).await;
    let visitor = world.open(json!({ "messenger": "web" })).await;
    until(&world, "tidegate_conversations_opened_total", " 1").await;
    crate::write_and_submit(&world, &visitor).await;
    world.until(&visitor, "ended").await;
    until(&world, "tidegate_conversations_ended_total", r#"{outcome="case"} 1"#).await;
    let steps = values(&world, "tidegate_steps_total").await;
    assert_eq!(values(&world, "tidegate_store_commit_duration_seconds_count").await, steps);
    let message = r#"{method="POST",route="/v1/conversations/{id}/messages",status="200"} 1"#;
    until(&world, "tidegate_http_requests_total", message).await;
    // A stream counts while somebody reads it.
    let url = world.url(&format!("/v1/conversations/{}/events", visitor.conversation));
    let mut stream = world.http.get(url).bearer_auth(&visitor.token).send().await.unwrap();
    stream.chunk().await.unwrap();
    assert_ne!(values(&world, "tidegate_http_streams").await, [" 0"]);
    drop(stream);
    until(&world, "tidegate_http_streams", " 0").await;
}

#[tokio::test]
async fn health_is_told_to_anybody_on_both_listeners() {
    let world = World::new().await;
    for path in ["/healthz", "/readyz"] {
        for url in [world.url(path), world.operator_url(path)] {
            assert_eq!(world.http.get(&url).send().await.unwrap().status(), 200, "{url}");
        }
    }
    // What is the operators' is nowhere on the public listener.
    let public = world.http.get(world.url("/metrics")).bearer_auth(OPERATOR);
    assert_eq!(public.send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn without_a_token_only_health_is_told() {
    let mut world = World::new().await;
    world.operator.token = None;
    world.stop().await;
    world.start().await;
    let health = world.http.get(world.operator_url("/healthz"));
    assert_eq!(health.send().await.unwrap().status(), 200);
    let metrics = world.http.get(world.operator_url("/metrics")).bearer_auth(OPERATOR);
    let answer = metrics.send().await.unwrap();
    assert_eq!(answer.status(), 401);
    insta::assert_snapshot!(answer.text().await.unwrap());
}

#[tokio::test]
async fn a_server_whose_store_takes_no_writes_is_not_ready_for_a_while() {
    let mut world = World::new().await;
    world.stop().await;
    let (clock, steering) = Clock::steered();
    world.clock = clock;
    world.start().await;
    let ready = async || world.http.get(world.url("/readyz")).send().await.unwrap().status();
    assert_eq!(ready().await, 200);
    let other = rusqlite::Connection::open(world.folder.path().join("t.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    steering.advance(SignedDuration::from_secs(3));
    assert_eq!(ready().await, 503);
    other.execute_batch("ROLLBACK").unwrap();
    // One write that goes well again says little of the next.
    steering.advance(SignedDuration::from_secs(3));
    assert_eq!(ready().await, 503);
    steering.advance(SignedDuration::from_secs(30));
    assert_eq!(ready().await, 200);
}

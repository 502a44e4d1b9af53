//! What operators ask a running server.

use std::collections::BTreeSet;

use serde_json::json;

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

//! What AIs behind endpoints may be asked: counted for a conversation and for a day, and not forgotten
//! by a server that starts anew.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_server::config::{AiConfig, Budget, Then};
use tidegate_server::effects::endpoint::Protocol;
use tidegate_store::contract::Allowance;

use crate::endpoint::{BOTH, Next, Scripted, TOKENS, says};
use crate::providers::detecting;
use crate::world::{OPERATOR, Visitor, World};

const NO_LIMIT: Allowance = Allowance { requests: None, tokens: None };

fn heat() -> Next {
    says(&json!({ "value": "heat" }))
}

async fn world(endpoint: &Scripted, budget: Budget) -> World {
    let detect = endpoint.provider(None, Duration::from_secs(5));
    World::with_ai(&detecting(), AiConfig { detect, budget, ..AiConfig::default() }).await
}

/// A conversation about the cold, and what it comes to.
async fn converses(world: &World, wanted: &str) -> Visitor {
    let visitor = world.open(json!({ "messenger": "web" })).await;
    let message = json!({ "id": uuid::Uuid::new_v4(), "text": "It is cold." });
    assert_eq!(world.post(&visitor, "messages", message).await.0, 200);
    world.until_one(&visitor, |entry| entry["text"] == wanted).await;
    visitor
}

async fn traced(world: &World, visitor: &Visitor, what: &str) {
    let trace = world.trace(visitor).await.join("\n");
    assert!(trace.contains(what), "{trace}");
}

async fn told(world: &World, path: &str) -> String {
    let request = world.http.get(world.operator_url(path)).bearer_auth(OPERATOR);
    request.send().await.unwrap().text().await.unwrap()
}

async fn standing(world: &World) -> Value {
    serde_json::from_str(&told(world, "/v1/ai").await).unwrap()
}

#[tokio::test]
async fn a_conversation_asks_no_more_than_its_budget() {
    for protocol in BOTH {
        let endpoint = Scripted::start(protocol, vec![says(&json!({ "value": 7 })), heat()]).await;
        let once = Allowance { requests: Some(1), tokens: None };
        let budget = Budget { conversation: once, ..Budget::default() };
        let world = world(&endpoint, budget).await;
        // What was asked in vain is paid for, and not asked once more.
        let visitor = converses(&world, "outcome unavailable").await;
        traced(&world, &visitor, "by nobody: the budget for the conversation is used up").await;
        assert_eq!(endpoint.asked().len(), 1);
        // The next conversation has its own.
        let visitor = converses(&world, "topic heat").await;
        traced(&world, &visitor, "by a-model, prompt ").await;
        let metrics = told(&world, "/metrics").await;
        for line in [
            "tidegate_ai_requests_total{job=\"detect\"} 2",
            "tidegate_ai_not_asked_total{budget=\"conversation\"} 1",
            "tidegate_ai_not_asked_total{budget=\"day\"} 0",
        ] {
            assert!(metrics.contains(line), "{metrics}");
        }
    }
}

#[tokio::test]
async fn a_day_is_not_forgotten_by_the_next_server() {
    let endpoint = Scripted::start(Protocol::Anthropic, vec![heat()]).await;
    let day = Allowance { requests: Some(1), tokens: None };
    let mut world = world(&endpoint, Budget { day, ..Budget::default() }).await;
    assert_eq!(standing(&world).await["used"], json!({ "requests": 0, "tokens": 0 }));
    converses(&world, "topic heat").await;
    world.stop().await;
    world.start().await;
    world.swap(&detecting()).await;
    let visitor = converses(&world, "outcome unavailable").await;
    traced(&world, &visitor, "by nobody: the budget for the day is used up").await;
    assert_eq!(endpoint.asked().len(), 1);
    let standing = standing(&world).await;
    assert_eq!(standing["used"], json!({ "requests": 1, "tokens": TOKENS }));
    assert_eq!(standing["used_up"], true);
    assert_eq!(standing["budget"]["day"], json!({ "requests": 1, "tokens": null }));
    let detect = &standing["jobs"]["detect"];
    assert_eq!((&detect["by"], &detect["speaks"]), (&json!("endpoint"), &json!("anthropic")));
    assert_eq!(detect["model"], "a-model");
    assert_eq!(standing["jobs"]["summarise"], json!({ "by": "builtin" }));
}

#[tokio::test]
async fn tokens_are_counted_and_what_is_built_in_goes_on() {
    for protocol in BOTH {
        let endpoint = Scripted::start(protocol, vec![heat(), heat()]).await;
        let day = Allowance { requests: None, tokens: Some(2 * TOKENS) };
        let budget = Budget { day, conversation: NO_LIMIT, then: Then::Builtin };
        let world = world(&endpoint, budget).await;
        converses(&world, "topic heat").await;
        converses(&world, "topic heat").await;
        let visitor = converses(&world, "topic heat").await;
        traced(&world, &visitor, "by what is built in: the budget for the day is used up").await;
        assert_eq!(endpoint.asked().len(), 2);
        assert_eq!(standing(&world).await["used"]["tokens"], 2 * TOKENS);
    }
}

#[tokio::test]
async fn who_does_not_tell_tokens_is_counted_by_the_text() {
    for usage in ["", r#","usage":null"#, r#","usage":{}"#, r#","usage":{"total_tokens":12.5}"#] {
        let message = r#"{"message":{"content":"{\"value\":\"heat\"}"}}"#;
        let answer = format!(r#"{{"choices":[{message}]{usage}}}"#);
        let endpoint = Scripted::start(Protocol::OpenAi, vec![Next::Raw(answer)]).await;
        let world = world(&endpoint, Budget::default()).await;
        converses(&world, "topic heat").await;
        let asked = endpoint.asked()[0].body.to_string().len() as u64;
        let tokens = standing(&world).await["used"]["tokens"].as_u64().unwrap();
        assert!((asked / 4..asked / 4 + 20).contains(&tokens), "{tokens} of {asked} bytes");
    }
}

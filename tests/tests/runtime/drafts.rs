//! Answers that are seen while they are made, and what is never seen of them.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_server::config::{AiConfig, Provider};
use tidegate_server::effects::endpoint::Protocol;
use tokio::sync::Semaphore;

use crate::FIRST;
use crate::endpoint::{BOTH, Next, Scripted, TOKENS, says};
use crate::providers::answering;
use crate::world::{PATIENCE, Visitor, World};

async fn world(answer: Provider) -> World {
    World::with_ai(&answering(), AiConfig { answer, ..AiConfig::default() }).await
}

async fn asks(world: &World) -> Visitor {
    let visitor = world.open(json!({ "messenger": "web" })).await;
    let message = json!({ "id": FIRST, "text": "It is cold." });
    assert_eq!(world.post(&visitor, "messages", message).await.0, 200);
    visitor
}

/// What a page gets, one event after another.
struct Page {
    response: reqwest::Response,
    text: String,
}

impl Page {
    async fn open(world: &World, visitor: &Visitor) -> Self {
        let url = world.url(&format!("/v1/conversations/{}/events", visitor.conversation));
        let response = world.http.get(url).bearer_auth(&visitor.token).send().await.unwrap();
        Self { response, text: String::new() }
    }

    /// The next event's name and data.
    async fn next(&mut self) -> (String, Value) {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let line = |name: &str| event.lines().find_map(|line| line.strip_prefix(name));
                let found = line("event: ").map(str::to_owned).zip(line("data: "));
                let found = found.map(|(name, data)| (name, serde_json::from_str(data).unwrap()));
                self.text = rest.to_owned();
                if let Some(found) = found {
                    return found;
                }
                continue;
            }
            let chunk = tokio::time::timeout(PATIENCE, self.response.chunk()).await;
            let chunk = chunk.expect("something comes").unwrap().expect("the stream goes on");
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The drafts up to an entry that is as wanted.
    async fn drafts_until(&mut self, wanted: impl Fn(&Value) -> bool) -> Vec<String> {
        let mut drafts = Vec::new();
        loop {
            match self.next().await {
                (name, data) if name == "draft" => {
                    drafts.push(data["text"].as_str().unwrap().to_owned());
                }
                (_, data) if wanted(&data) => return drafts,
                _ => {}
            }
        }
    }

    /// The next draft.
    async fn draft(&mut self) -> String {
        loop {
            if let (name, data) = self.next().await
                && name == "draft"
            {
                return data["text"].as_str().unwrap().to_owned();
            }
        }
    }
}

fn parts(outcome: &str, texts: &[&str]) -> Vec<String> {
    let [first, between @ .., last] = texts else { panic!("two parts at least") };
    let first = format!(r#"{{"outcome":"{outcome}","article":null,"text":"{first}"#);
    let between = between.iter().map(|part| (*part).to_owned());
    std::iter::once(first).chain(between).chain([format!("{last}\"}}")]).collect()
}

#[tokio::test]
async fn a_draft_grows_and_the_message_takes_its_place() {
    for protocol in BOTH {
        let gate = Arc::new(Semaphore::new(0));
        let texts = ["Put on a \\u00fcber-jumper, ", "and then a second woollen one ", "over it."];
        let next = Next::Grows(parts("answer", &texts), Arc::clone(&gate));
        let endpoint = Scripted::start(protocol, vec![next]).await;
        let world = world(endpoint.provider(None, Duration::from_secs(20))).await;
        let visitor = asks(&world).await;
        let mut page = Page::open(&world, &visitor).await;
        gate.add_permits(1);
        assert_eq!(page.draft().await, "Put on a über-jumper,");
        gate.add_permits(1);
        assert_eq!(page.draft().await, "Put on a über-jumper, and then a second woollen one");
        // Who comes later sees it, too.
        let mut other = Page::open(&world, &visitor).await;
        assert_eq!(other.draft().await, "Put on a über-jumper, and then a second woollen one");
        assert!(world.entries(&visitor).await.iter().all(|entry| entry["from"] != "ai"));
        gate.add_permits(10);
        let whole = "Put on a über-jumper, and then a second woollen one over it.";
        let drafts = page.drafts_until(|entry| entry["text"] == whole).await;
        assert!(drafts.iter().all(|draft| whole.starts_with(draft.as_str())), "{drafts:?}");
        // Behind it there is none, and nothing of it was kept.
        let left = other.drafts_until(|entry| entry["helped"] == true).await;
        assert!(left.iter().all(|draft| draft.is_empty() || whole.starts_with(draft.as_str())));
        let kept = world.entries(&visitor).await;
        assert_eq!(kept.iter().filter(|entry| entry["from"] == "ai").count(), 1);
        let store = world.server.as_ref().unwrap().store();
        let usage = store.usage_of(visitor.conversation.parse().unwrap()).await.unwrap();
        assert_eq!((usage.requests, usage.tokens), (1, TOKENS));
    }
}

#[tokio::test]
async fn what_would_be_refused_is_not_seen_either() {
    let evil =
        ["Please pay now at https://evil", ".example/pay and tell nobody of that, ", "at all."];
    let hidden =
        ["Please pay now at ht\\u200btps://evil", ".example and tell nobody of it, ", "ok?"];
    let nothing = ["This outcome is none of those ", "that there are, whatever it says ", "here."];
    for protocol in BOTH {
        for (outcome, texts) in [("answer", evil), ("question", hidden), ("refund", nothing)] {
            let gate = Arc::new(Semaphore::new(100));
            let one = Next::Grows(parts(outcome, &texts), gate);
            let endpoint = Scripted::start(protocol, vec![one.clone(), one]).await;
            let world = world(endpoint.provider(None, Duration::from_secs(20))).await;
            let visitor = asks(&world).await;
            let mut page = Page::open(&world, &visitor).await;
            let drafts = page.drafts_until(|entry| entry["text"] == "outcome unavailable").await;
            let shown = |draft: &String| draft.is_empty() || draft == "Please pay now at";
            assert!(drafts.iter().all(shown), "{drafts:?}");
            assert!(outcome != "refund" || drafts.iter().all(String::is_empty), "{drafts:?}");
            assert_eq!(endpoint.asked().len(), 2);
        }
    }
}

#[tokio::test]
async fn what_breaks_off_is_asked_once_more() {
    let whole = json!({ "outcome": "answer", "article": null, "text": "Put on a jumper." });
    for protocol in BOTH {
        let broken = Next::Breaks(parts("answer", &["I would say that ", "you might"]));
        let error = match protocol {
            Protocol::OpenAi => r#"data: {"error":{"message":"canary"}}"#,
            Protocol::Anthropic => r#"data: {"type":"error","error":{"type":"overloaded_error"}}"#,
        };
        let failing = Next::Events(format!("{error}\n\n"));
        for one in [broken, failing] {
            let endpoint = Scripted::start(protocol, vec![one, says(&whole)]).await;
            let world = world(endpoint.provider(None, Duration::from_secs(20))).await;
            let visitor = asks(&world).await;
            world.until_one(&visitor, |entry| entry["text"] == "Put on a jumper.").await;
            assert_eq!(endpoint.asked().len(), 2);
        }
    }
}

#[tokio::test]
async fn who_can_not_give_parts_is_asked_for_the_whole() {
    let whole = json!({ "outcome": "answer", "article": null, "text": "Put on a jumper." });
    for protocol in BOTH {
        let endpoint = Scripted::start(protocol, vec![says(&whole)]).await;
        let ai = endpoint.ai(None, Duration::from_secs(20)).whole_answers_only();
        let world = world(Provider::Endpoint(Arc::new(ai))).await;
        let visitor = asks(&world).await;
        world.until_one(&visitor, |entry| entry["text"] == "Put on a jumper.").await;
        assert!(!endpoint.asked()[0].in_parts());
    }
}

//! Bodies of the Messenger's requests: refused with a status of the API, or taken.
//!
//! The first line of an input names the route, what follows is the body.

use std::sync::LazyLock;

use jiff::Timestamp;
use tidegate_engine::event::{Event, Opened};
use tidegate_engine::state::Conversation;
use tidegate_engine::step;
use tidegate_plan::verify::VerifiedPlan;
use tidegate_server::config::{IdentityAlgorithm, IdentityKey, MessengerConfig};
use tidegate_server::fuzzing::Desk;
use uuid::Uuid;

use super::project;

const ROUTES: [&str; 7] = ["open", "messages", "forms", "choices", "human", "refusals", "helped"];

/// The example's conversation as it waits for words, shows buttons and shows a form.
static DESKS: LazyLock<Vec<Desk>> = LazyLock::new(|| {
    let plan = VerifiedPlan::new(project::plan()).expect("the example's plan");
    let mut conversation = Conversation::new(Uuid::from_u128(7), plan.hash());
    let events = [
        Event::Opened(Opened::default()),
        Event::Message { text: "a bill".into() },
        Event::ChoiceMade { wait: 2, choice: 0 },
    ];
    let config = MessengerConfig {
        name: "web".into(),
        origins: vec![],
        identity: vec![IdentityKey {
            id: "k".into(),
            algorithm: IdentityAlgorithm::Hs256,
            key: "a key of at least thirty-two bytes, for tests".into(),
        }],
        max_file_mb: 1,
    };
    let mut desks = Vec::new();
    for event in events {
        conversation = step(&plan, &conversation, &event, now()).next;
        let desk = Desk::new(plan.clone(), conversation.clone(), &config);
        desks.push(desk.expect("a desk"));
    }
    desks
});

fn now() -> Timestamp {
    Timestamp::from_second(1_795_341_600).expect("a time")
}

/// Receives any body at any route.
pub fn run(data: &[u8]) {
    is_taken(data);
}

/// The same; tells whether one of the conversations took it.
pub fn is_taken(data: &[u8]) -> bool {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (route, body) = data.split_at(end);
    let Some(route) = ROUTES.into_iter().find(|known| known.as_bytes() == route) else {
        return false;
    };
    let body = body.get(1..).unwrap_or_default();
    let mut taken = false;
    for desk in DESKS.iter() {
        match desk.receive(route, body, now()) {
            Err(400) => return false,
            Err(status) => assert!([401, 404, 409, 422].contains(&status), "status {status}"),
            Ok(transition) => {
                assert_eq!(transition.fault, None);
                let stored = serde_json::to_string(&transition.next).expect("stored");
                let loaded: Conversation = serde_json::from_str(&stored).expect("loaded");
                assert_eq!(loaded, transition.next);
                taken = true;
            }
        }
    }
    taken
}

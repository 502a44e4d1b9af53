//! An agent replies: the server reads the visitor's record and the conversation's Case again, for what
//! stands in a conversation that is with an agent.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tidegate_engine::event::{Author, ChatEvent, Event};
use tidegate_engine::state::Position;
use tidegate_engine::step;
use tidegate_plan::codec::PlanFile;
use tidegate_plan::model::{AttrId, Instruction, Target};
use tidegate_plan::verify::VerifiedPlan;
use tidegate_salesforce::{ApiName, RecordId};
use tidegate_store::contract::{Commit, Journal, Resting};
use uuid::Uuid;

use crate::FIRST;
use crate::world::{PROGRAM, Visitor, World, compile, identity};

/// Nothing that is waited for takes so long.
const PATIENCE: Duration = Duration::from_secs(20);

/// A Case is recorded before the customer is awaited once more; a reply notes who it is for.
fn program() -> String {
    let collect = PROGRAM.find("  collect ").expect("a form");
    let rest = "  record case using open_case\n  ask\n  hand off using agents waiting up to 3m {\n    failed => go on\n    \
                ended, no agent, lost => end because \"over\"\n  }\n  create case using open_case\n  defaults {\n    idle \
                15m => end because \"the customer fell silent\"\n  }\n}\n";
    let replied = "\nworkflow replied {\n  on agent reply when conversation.order_number == \"654321\"\n  set \
                   conversation.noted = person.FirstName\n}\n\ndata conversation {\n  noted: text(80)\n}\n";
    let push = "\npush agents to channel live {\n  send session.email\n}\n";
    format!("{}{rest}{replied}{push}", &PROGRAM[..collect])
}

fn attr(plan: &VerifiedPlan, path: &str) -> AttrId {
    let at = plan.attributes.iter().position(|one| one.path() == path).expect("an attribute");
    AttrId(u32::try_from(at).expect("few"))
}

/// Puts the conversation with an agent, who writes at once: what a channel does.
async fn with_agent(world: &World, plan: &VerifiedPlan, visitor: &Visitor) {
    let store = world.server.as_ref().expect("a server").store();
    let conversation: Uuid = visitor.conversation.parse().expect("an id");
    let stored = store.load(conversation).await.expect("a store").expect("the conversation");
    let hand_off = |one: &Instruction| matches!(one, Instruction::HandOff { .. });
    let at = plan.code.iter().position(hand_off).expect("a hand-off");
    let (at, key) = (Target(u32::try_from(at).expect("few")), Uuid::from_u128(7));
    let mut before = stored.conversation.clone();
    before.position = Position::HandedOff {
        at,
        key,
        accepted: true,
        met: true,
        wait: Uuid::from_u128(8),
        relayed: 0,
    };
    let event = Event::Chat {
        key,
        what: ChatEvent::Wrote { by: Author::Agent, text: "Let me see.".to_owned() },
    };
    let now = Timestamp::now();
    let seen = step(plan, &before, &event, now);
    let resting = |effect| Resting { effect, not_before: now };
    let commit = Commit {
        conversation,
        expected_version: stored.version,
        owner: None,
        inbound: None,
        at: now,
        next: seen.next,
        messages: seen.messages,
        effects: seen.effects.into_iter().map(resting).collect(),
        timers: Vec::new(),
        journal: Journal { event, trace: seen.trace },
        answers: None,
        lasting: BTreeMap::new(),
    };
    store.commit(commit).await.expect("a commit");
}

#[tokio::test]
async fn the_visitors_record_and_the_case_are_read_again() {
    let world = World::running(&program()).await;
    let bytes = compile(&world.client, &program()).await;
    let plan = PlanFile::read(&bytes).expect("a plan").verify().expect("a sound one");
    let who = json!({ "messenger": "web", "identity": identity("ada@example.com") });
    let visitor = world.open(who).await;
    world.until(&visitor, "asked").await;
    let cases = world.org.org().state().records.rows("Case").count();
    let message = json!({ "id": FIRST, "text": "The heater stopped working on Sunday." });
    assert_eq!(world.post(&visitor, "messages", message).await.0, 200);
    world.records("Case", cases + 1).await;
    until_traced(&world, &visitor, "the Case exists").await;
    // Somebody works on both meanwhile.
    let contact = world.records_where("Contact", "Email", "ada@example.com").await;
    changes(&world, "Contact", &contact, json!({ "FirstName": "Augusta" })).await;
    let all = world.records("Case", cases + 1).await;
    let case = all.iter().find(|row| row["Description"].to_string().contains("Sunday"));
    changes(&world, "Case", case.expect("the Case"), json!({ "Order_Number__c": "654321" })).await;
    with_agent(&world, &plan, &visitor).await;
    until_traced(&world, &visitor, "the reply starts workflow on agent reply").await;
    let trace = world.trace(&visitor).await;
    for read in ["read the visitor's record again", "read the Case again"] {
        assert!(trace.iter().any(|line| line == read), "{read}: {trace:#?}");
    }
    let store = world.server.as_ref().expect("a server").store();
    let conversation = visitor.conversation.parse().expect("an id");
    let stored = store.load(conversation).await.expect("a store").expect("the conversation");
    let noted = stored.conversation.slots[attr(&plan, "conversation.noted").index()].clone();
    assert_eq!(noted.expect("a value").value.to_text(), "Augusta");
    assert!(matches!(stored.conversation.position, Position::HandedOff { .. }));
}

async fn changes(world: &World, object: &str, row: &Value, fields: Value) {
    let object = ApiName::new(object).expect("a name");
    let id = RecordId::new(row["Id"].as_str().expect("an id")).expect("an id");
    let fields = fields.as_object().expect("fields").clone();
    world.client.update(&object, &id, &fields, &[]).await.expect("an update");
}

async fn until_traced(world: &World, visitor: &Visitor, what: &str) {
    let store = world.server.as_ref().expect("a server").store();
    // Whatever answers an effect gives the workers something to do.
    let mut news = store.work();
    let wait = async {
        news.mark_unchanged();
        while !world.trace(visitor).await.iter().any(|line| line == what) {
            news.changed().await.expect("a store");
        }
    };
    let done = tokio::time::timeout(PATIENCE, wait).await;
    assert!(done.is_ok(), "{what}: {:#?}", world.trace(visitor).await);
}

//! `kill -9` of the runtime while customers chat with agents: what either side says reaches the other
//! once and in order. The truth is what the driver had acknowledged, and what the org has.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_tests::visitor::Visitor;
use tokio::sync::watch;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::dice::Dice;
use super::kills::DRAIN;
use super::world::{Runtime, World};

/// `TIDEGATE_KILLS` raises it.
const KILLS: u64 = 60;
/// A twin has found its fault long before.
const TWIN_KILLS: u64 = 12;
/// So many chat at a time.
const CUSTOMERS: u64 = 5;
/// Between two kills, and between two messages of a customer, in milliseconds at most.
const BETWEEN_KILLS: usize = 400;
const BETWEEN_MESSAGES: usize = 120;

const PROGRAM: &str = r#"workflow support {
  on open
  ask "How can we help?"
  hand off using agents waiting up to 30m {
    ended => end because "an agent was here"
    no agent, failed, lost => end because "nobody was there"
  }
  defaults {
    idle 1d => end because "the customer fell silent"
  }
}

push agents to channel live {
  send session.email
}
"#;

/// What chats came to.
#[derive(Debug, Default)]
struct Told {
    chats: usize,
    customers: usize,
    agents: usize,
    repeated: u64,
    wrong: Vec<String>,
}

/// Where the runtime is, and whether customers are to come to an end.
#[derive(Debug, Clone, Default)]
struct Place {
    base: String,
    closing: bool,
}

/// One customer: chats until the place closes.
struct Customer {
    name: String,
    visitor: Visitor,
    /// What was acknowledged, in order.
    said: Vec<String>,
    repeated: u64,
}

/// Tries it until it is acknowledged, wherever the runtime is by then.
async fn say(customer: &mut Customer, place: &mut watch::Receiver<Place>, text: &str) {
    let id = Uuid::new_v4().to_string();
    for attempt in 0u64.. {
        customer.visitor.move_to(&place.borrow_and_update().base);
        if let Ok((200, _)) = customer.visitor.say(&id, text).await {
            customer.repeated += u64::from(attempt > 0);
            return customer.said.push(text.to_owned());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn chats(number: u64, mut place: watch::Receiver<Place>) -> Customer {
    let mut dice = Dice::new(number + 7);
    let visitor = loop {
        let base = place.borrow_and_update().base.clone();
        match Visitor::open(&base, None).await {
            Ok(visitor) if !visitor.conversation.is_empty() => break visitor,
            _ => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    let name = format!("c{number}");
    let (said, repeated) = (Vec::new(), 0);
    let mut customer = Customer { name, visitor, said, repeated };
    let first = format!("{} asks for help", customer.name);
    say(&mut customer, &mut place, &first).await;
    for count in 0.. {
        if place.borrow().closing {
            break;
        }
        let text = format!("{} says {count}", customer.name);
        say(&mut customer, &mut place, &text).await;
        let pause = 10 + dice.below(BETWEEN_MESSAGES) as u64;
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
    customer
}

/// Kills a runtime so often while customers chat, and checks what either side has read.
async fn campaign(runtime: Runtime, kills: u64, patience: Duration) -> Told {
    let world = World::of(PROGRAM);
    let script = json!({ "deployment": "Web_Chat", "steps": [
        { "do": "accept", "agent": "Mara Lindt", "after_ms": 20 },
        { "on": "message", "do": "say", "text": "re: {message}", "again": true },
    ] });
    world.tell_org("chat/agents", script).await;
    let (mut server, base) = world.start(&runtime);
    let (place, _) = watch::channel(Place { base, closing: false });
    let mut customers = JoinSet::new();
    for number in 0..CUSTOMERS {
        customers.spawn(chats(number, place.subscribe()));
    }
    let mut dice = Dice::new(kills);
    for _ in 0..kills {
        let pause = 40 + dice.below(BETWEEN_KILLS) as u64;
        tokio::time::sleep(Duration::from_millis(pause)).await;
        server.kill();
        let (next, base) = world.start(&runtime);
        server = next;
        place.send_modify(|place| place.base = base);
    }
    place.send_modify(|place| place.closing = true);
    let mut told = Told::default();
    while let Some(customer) = customers.join_next().await {
        let mut customer = customer.expect("a customer");
        // It may have ended before the last kill.
        customer.visitor.move_to(&place.borrow().base);
        judge(&world, customer, patience, &mut told).await;
    }
    drop(server);
    told
}

/// Compares what a customer was acknowledged with what the org has, and what the org's agent said with
/// what the customer reads.
async fn judge(world: &World, customer: Customer, patience: Duration, told: &mut Told) {
    let mine = format!("{} asks for help", customer.name);
    let sent = &customer.said[1..];
    let seen = tokio::time::timeout(patience, async {
        loop {
            let all = of_org(world).await;
            let own =
                all.into_iter().find(|said| said.iter().any(|(_, text)| text.contains(&mine)));
            let own = own.unwrap_or_default();
            let from = |role: &str| -> Vec<String> {
                own.iter().filter(|(its, _)| its == role).map(|(_, text)| text.clone()).collect()
            };
            let (customers, agents) = (from("EndUser"), from("Agent"));
            // The first one is what was said before.
            let read = read(&customer).await;
            if customers.len() > sent.len() && read.len() >= agents.len() && !agents.is_empty() {
                return (customers, agents, read);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    told.chats += 1;
    told.repeated += customer.repeated;
    let Ok((customers, agents, read)) = seen.await else {
        let all = of_org(world).await;
        let own: Vec<_> =
            all.iter().filter(|said| said.iter().any(|(_, text)| text.contains(&mine))).collect();
        let read = whole(&customer).await;
        let counts: Vec<usize> = own.iter().map(|said| said.len()).collect();
        return told.wrong.push(format!(
            "{}: something never arrived; {} were acknowledged, agents have {counts:?}, the customer reads {:?}\n{}",
            customer.name,
            sent.len(),
            &read[read.len().saturating_sub(6)..],
            world.log().lines().rev().take(30).collect::<Vec<_>>().join("\n"),
        ));
    };
    told.customers += sent.len();
    told.agents += agents.len();
    if customers[1..] != *sent {
        told.wrong.push(format!(
            "{}: agents read {:?}",
            customer.name,
            differing(sent, &customers[1..])
        ));
    }
    if read != agents {
        told.wrong.push(format!(
            "{}: the customer reads {:?}",
            customer.name,
            differing(&agents, &read)
        ));
    }
}

/// From the first place on where they differ.
fn differing<'a>(wanted: &'a [String], found: &'a [String]) -> (Vec<&'a String>, Vec<&'a String>) {
    let same = wanted.iter().zip(found).take_while(|(wanted, found)| wanted == found).count();
    (wanted[same..].iter().take(3).collect(), found[same..].iter().take(3).collect())
}

/// What agents have said, as the customer reads it.
async fn read(customer: &Customer) -> Vec<String> {
    let last = customer.said.last().cloned().unwrap_or_default();
    let fits = |entry: &Value| entry["text"] == format!("re: {last}");
    let entries =
        tokio::time::timeout(Duration::from_secs(5), customer.visitor.read_until(fits)).await;
    let Ok(Ok(entries)) = entries else { return Vec::new() };
    let agents = entries.iter().filter(|entry| entry["from"] == "agent");
    agents.filter_map(|entry| entry["text"].as_str().map(str::to_owned)).collect()
}

/// All that stands in the conversation within a moment.
async fn whole(customer: &Customer) -> Vec<String> {
    let seen = std::sync::Mutex::new(Vec::new());
    let fits = |entry: &Value| {
        seen.lock().unwrap().push(entry.to_string());
        false
    };
    let reading = customer.visitor.read_until(fits);
    drop(tokio::time::timeout(Duration::from_secs(2), reading).await);
    seen.into_inner().unwrap()
}

/// The messages of each conversation that the org has, with the role of who sent them.
async fn of_org(world: &World) -> Vec<Vec<(String, String)>> {
    let all = world.ask_org("chat/conversations").await;
    let all = all.as_array().or_else(|| all["conversations"].as_array()).cloned();
    let messages = |one: Value| {
        let entries = one["entries"].as_array().cloned().unwrap_or_default();
        let messages = entries.into_iter().filter(|entry| entry["type"] == "Message");
        let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        messages.map(|entry| (text(&entry, "role"), text(&entry, "text"))).collect()
    };
    all.unwrap_or_default().into_iter().map(messages).collect()
}

impl Told {
    fn print(&self, name: &str, kills: u64) {
        eprintln!(
            "{name}: {kills} kills, {} chats; {} messages of customers ({} acknowledged at a later \
             attempt), {} of agents; {} faults found",
            self.chats,
            self.customers,
            self.repeated,
            self.agents,
            self.wrong.len(),
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_either_side_says_is_lost_or_doubled() {
    let kills = std::env::var("TIDEGATE_KILLS").ok().and_then(|text| text.parse().ok());
    let kills = kills.unwrap_or(KILLS);
    let told = campaign(Runtime::Whole, kills, DRAIN).await;
    told.print("chats", kills);
    assert!(told.wrong.is_empty(), "{:#?}", told.wrong);
    assert!(told.repeated > 0, "no message was cut off by a kill");
    assert!(told.customers as u64 > kills, "too little was said");
}

/// The sabotage twin: what is said again gets another id each time.
#[tokio::test(flavor = "multi_thread")]
async fn without_ids_that_stay_the_same_check_fails() {
    let runtime = Runtime::Sabotaged(env!("CARGO_BIN_EXE_without-ids"));
    let told = campaign(runtime, TWIN_KILLS, Duration::from_secs(15)).await;
    told.print("twin without ids", TWIN_KILLS);
    let doubled = |wrong: &String| wrong.contains("read") && !wrong.contains("never arrived");
    assert!(told.wrong.iter().any(doubled), "{:#?}", told.wrong);
}

#[test]
fn what_differs_is_told_from_there_on() {
    let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let (wanted, found) = (texts(&["a", "b"]), texts(&["a", "b", "b"]));
    assert_eq!(differing(&wanted, &found), (vec![], vec![&"b".to_owned()]));
}

//! What happens to messages, forms and choices at any moment of a conversation, and in two tabs.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::meddled::Meddling;
use crate::world::{Visitor, World, identity};

const PROGRAM: &str = include_str!("table.tide");

/// An id for a request, another one for each number.
fn id(n: u64) -> String {
    format!("7de00000-0000-4000-8000-{n:012}")
}

async fn says(world: &World, visitor: &Visitor, n: u64, text: &str) -> (u16, Value) {
    world.post(visitor, "messages", json!({ "id": id(n), "text": text })).await
}

async fn presses(world: &World, visitor: &Visitor, n: u64, wait: u64, choice: u64) -> (u16, Value) {
    let choice = json!({ "id": id(n), "wait": wait, "choice": choice });
    world.post(visitor, "choices", choice).await
}

async fn submits(
    world: &World,
    visitor: &Visitor,
    n: u64,
    wait: u64,
    values: Value,
) -> (u16, Value) {
    let form = json!({ "id": id(n), "wait": wait, "values": values });
    world.post(visitor, "forms", form).await
}

/// What has come into the conversation since it had so many entries.
async fn since(world: &World, visitor: &Visitor, many: usize) -> Vec<Value> {
    let entries = world.entries(visitor).await;
    let plain = |entry: &Value| {
        let mut entry = entry.clone();
        let fields = entry.as_object_mut().unwrap();
        fields.remove("at");
        fields.remove("sequence");
        entry
    };
    entries[many..].iter().map(plain).collect()
}

fn customer(text: &str) -> Value {
    json!({ "kind": "said", "from": "customer", "text": text })
}

/// A conversation at its second wait (buttons), its third (a form), or its fourth (words).
async fn at_wait(world: &World, wait: u64) -> Visitor {
    let visitor = world.open(json!({ "messenger": "web" })).await;
    world.until_wait(&visitor, 1).await;
    assert_eq!(says(world, &visitor, 1, "The heater").await.0, 200);
    world.until_wait(&visitor, 2).await;
    if wait > 2 {
        assert_eq!(presses(world, &visitor, 2, 2, 1).await.0, 200);
        world.until_wait(&visitor, 3).await;
    }
    if wait > 3 {
        let values = json!({ "conversation.order_number": "123456" });
        assert_eq!(submits(world, &visitor, 3, 3, values).await.0, 200);
        world.until_wait(&visitor, 4).await;
    }
    visitor
}

#[tokio::test]
async fn while_words_are_awaited_a_late_answer_joins_the_transcript_and_learns_what_is_asked() {
    let world = World::running(PROGRAM).await;
    let visitor = at_wait(&world, 4).await;
    let before = world.entries(&visitor).await.len();
    let values = json!({ "conversation.order_number": "654321", "conversation.amount": "5" });
    let (status, problem) = submits(&world, &visitor, 11, 3, values.clone()).await;
    assert_eq!((status, &problem["current"]["kind"]), (409, &json!("asked")));
    assert_eq!(problem["current"]["wait"], 4);
    let late = customer("Order number: 654321\nAmount: 5");
    assert_eq!(since(&world, &visitor, before).await, vec![late.clone()]);
    // The same request again is refused again, and says nothing twice.
    assert_eq!(submits(&world, &visitor, 11, 3, values).await, (409, problem));
    assert_eq!(since(&world, &visitor, before).await, vec![late.clone()]);
    // So is another click on what was pressed.
    assert_eq!(presses(&world, &visitor, 12, 2, 1).await.0, 409);
    assert_eq!(since(&world, &visitor, before).await, vec![late.clone()]);
    let (status, problem) = presses(&world, &visitor, 13, 2, 0).await;
    assert_eq!((status, &problem["current"]["wait"]), (409, &json!(4)));
    let other = customer("Which one? A bill");
    assert_eq!(since(&world, &visitor, before).await, [late, other]);
    // What was never asked says nothing.
    assert_eq!(presses(&world, &visitor, 14, 9, 0).await.0, 409);
    assert_eq!(presses(&world, &visitor, 15, 2, 9).await.0, 409);
    assert_eq!(since(&world, &visitor, before).await.len(), 2);
    // Nothing of it was taken for the answer.
    assert_eq!(says(&world, &visitor, 16, "That is all").await.0, 200);
    world.until(&visitor, "ended").await;
}

#[tokio::test]
async fn words_beside_a_form_or_buttons_join_the_transcript_and_a_label_presses_its_button() {
    let world = World::running(PROGRAM).await;
    let visitor = at_wait(&world, 2).await;
    let before = world.entries(&visitor).await.len();
    assert_eq!(says(&world, &visitor, 11, "It is old").await.0, 200);
    assert_eq!(since(&world, &visitor, before).await, [customer("It is old")]);
    assert_eq!(says(&world, &visitor, 12, " a HEATER ").await.0, 200);
    let entries = world.until_wait(&visitor, 3).await;
    let closed = entries.iter().find(|entry| entry["kind"] == "closed" && entry["wait"] == 2);
    assert_eq!(closed.unwrap()["answers"], json!([["Which one?", "A heater"]]));
    // The form stays open beside words, and shows itself to a tab that is behind.
    assert_eq!(says(&world, &visitor, 13, "Where is the number?").await.0, 200);
    let (status, problem) = presses(&world, &visitor, 14, 2, 0).await;
    assert_eq!((status, &problem["current"]["kind"]), (409, &json!("form")));
    assert_eq!(problem["current"]["fields"][0]["label"], "Order number");
    let values = json!({ "conversation.order_number": "123456" });
    assert_eq!(submits(&world, &visitor, 15, 3, values).await.0, 200);
}

#[tokio::test]
async fn while_the_org_is_awaited_words_are_kept_and_late_answers_ignored() {
    let world = World::with(Meddling::Stall).await;
    world.swap(PROGRAM).await;
    let visitor = at_wait(&world, 4).await;
    assert_eq!(says(&world, &visitor, 11, "That is all").await.0, 200);
    let before = world.until_one(&visitor, |entry| entry["text"] == "That is all").await.len() + 1;
    assert_eq!(says(&world, &visitor, 12, "One more thing").await.0, 200);
    let (status, problem) = presses(&world, &visitor, 13, 2, 0).await;
    assert_eq!((status, &problem["current"]), (409, &Value::Null));
    assert_eq!(since(&world, &visitor, before).await, [customer("One more thing")]);
    // A second tab shows the same conversation.
    let (status, opened) = world.reopen(&visitor.token, json!({ "messenger": "web" })).await;
    assert_eq!((status, &opened["resumed"]), (200, &json!(true)));
    assert_eq!(opened["conversation"], visitor.conversation.as_str());
}

#[tokio::test]
async fn words_that_come_before_they_are_awaited_are_taken_in_order_at_the_next_wait() {
    let world = World::running(PROGRAM).await;
    // The person is looked for as long as a workflow waits for that, and longer.
    let slow = json!({ "delay": { "count": 9, "object": "Contact", "milliseconds": 4_000 } });
    world.faults(slow).await;
    let visitor = json!({ "messenger": "web", "identity": identity("nobody@example.com") });
    let visitor = world.open(visitor).await;
    for (n, text) in [(1, "First"), (2, "Second"), (3, "Third")] {
        assert_eq!(says(&world, &visitor, n, text).await.0, 200);
    }
    assert_eq!(presses(&world, &visitor, 4, 1, 0).await.0, 409);
    world.until(&visitor, "choices").await;
    let said: Vec<Value> = since(&world, &visitor, 0).await;
    let kinds: Vec<&str> = said.iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["said", "said", "said", "said", "choices"]);
    let texts: Vec<&str> = said.iter().filter_map(|entry| entry["text"].as_str()).collect();
    assert_eq!(texts, ["First", "Second", "Third", "What is it?"]);
}

#[tokio::test]
async fn behind_the_end_a_message_begins_anew_and_late_answers_are_ignored() {
    let world = World::running(PROGRAM).await;
    let visitor = at_wait(&world, 4).await;
    assert_eq!(says(&world, &visitor, 11, "That is all").await.0, 200);
    let before = world.until(&visitor, "ended").await.len();
    let (status, problem) = presses(&world, &visitor, 12, 2, 0).await;
    assert_eq!((status, &problem["current"]), (409, &Value::Null));
    assert_eq!(since(&world, &visitor, before).await, [] as [Value; 0]);
    let (status, taken) = says(&world, &visitor, 13, "One more thing").await;
    assert_eq!(status, 200);
    assert_ne!(taken["conversation"], visitor.conversation.as_str());
    // Both tabs send it: it is said once, in one new conversation.
    assert_eq!(says(&world, &visitor, 13, "One more thing").await, (200, taken.clone()));
    let (_, opened) = world.reopen(&visitor.token, json!({ "messenger": "web" })).await;
    assert_eq!(opened["conversation"], taken["conversation"]);
    assert_eq!(since(&world, &visitor, before).await, [] as [Value; 0]);
}

#[tokio::test]
async fn both_tabs_see_what_one_of_them_answers() {
    let world = World::running(PROGRAM).await;
    let one = at_wait(&world, 3).await;
    let (_, opened) = world.reopen(&one.token, json!({ "messenger": "web" })).await;
    assert_eq!(opened["conversation"], one.conversation.as_str());
    let two = Visitor { token: one.token.clone(), conversation: one.conversation.clone() };
    let closed = |entry: &Value| entry["kind"] == "closed" && entry["wait"] == 3;
    let (here, there) = (world.until_one(&one, closed), world.until_one(&two, closed));
    let submitted = submits(&world, &one, 11, 3, json!({ "conversation.order_number": "123456" }));
    let (here, there, submitted) = tokio::join!(here, there, submitted);
    assert_eq!(submitted.0, 200);
    assert_eq!(here, there);
    // The second tab was about to send another answer.
    let (status, problem) =
        submits(&world, &two, 12, 3, json!({ "conversation.order_number": "654321" })).await;
    assert_eq!((status, &problem["current"]["wait"]), (409, &json!(4)));
}

/// Two to sixteen copies of one request at the same time, for a message, a choice and a form; what
/// is wrong about it.
async fn races(world: &World) -> Vec<String> {
    let mut wrong = Vec::new();
    for copies in 2..=16 {
        for (wait, route) in [(1, "messages"), (2, "choices"), (3, "forms")] {
            let visitor = match wait {
                1 => world.open(json!({ "messenger": "web" })).await,
                wait => at_wait(world, wait).await,
            };
            let before = world.entries(&visitor).await.len();
            let body = match route {
                "messages" => json!({ "id": id(50), "text": "The heater" }),
                "choices" => json!({ "id": id(50), "wait": 2, "choice": 1 }),
                _ => json!({ "id": id(50), "wait": 3, "values": {} }),
            };
            let mut racing = JoinSet::new();
            for _ in 0..copies {
                let url = world.url(&format!("/v1/conversations/{}/{route}", visitor.conversation));
                let request = world.http.post(url).bearer_auth(&visitor.token).json(&body);
                racing.spawn(async move {
                    let answer = request.send().await.unwrap();
                    (answer.status().as_u16(), answer.text().await.unwrap())
                });
            }
            let answers: BTreeSet<(u16, String)> = racing.join_all().await.into_iter().collect();
            if answers.len() != 1 || answers.iter().any(|(status, _)| *status != 200) {
                wrong.push(format!("{copies} × {route}: {answers:?}"));
            }
            let came = since(world, &visitor, before).await;
            let taken = came
                .iter()
                .filter(|entry| entry["kind"] == "closed" || entry["from"] == "customer");
            // A message is said, and closes its wait.
            let expected = if route == "messages" { 2 } else { 1 };
            let taken = taken.count();
            if taken != expected {
                wrong.push(format!("{copies} × {route}: {taken} entries"));
            }
        }
    }
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_of_a_request_that_race_take_effect_once_and_get_the_same_answer() {
    let world = World::running(PROGRAM).await;
    assert_eq!(races(&world).await, [] as [String; 0]);
}

/// The twin: a store that forgets which requests it has taken is noticed.
#[tokio::test(flavor = "multi_thread")]
async fn copies_that_race_are_noticed_where_nobody_remembers_requests() {
    let world = World::running(PROGRAM).await;
    let store = rusqlite::Connection::open(world.folder.path().join("t.db")).unwrap();
    store
        .execute_batch(
            "CREATE TRIGGER forgets BEFORE INSERT ON inbound BEGIN SELECT RAISE(IGNORE); END",
        )
        .unwrap();
    let wrong = races(&world).await;
    assert!(wrong.iter().any(|what| what.contains("messages: 3 entries")), "{wrong:#?}");
    assert!(wrong.iter().any(|what| what.contains("forms: {(200")), "{wrong:#?}");
}

/// Five forms, one after the other, that differ in their number alone.
fn five_forms() -> String {
    let data: String = (1..=5).map(|n| format!("  a{n}: text(20)\n")).collect();
    let forms: String =
        (1..=5).map(|n| format!("  collect {{ conversation.a{n} label \"A{n}\" }}\n")).collect();
    let told: Vec<String> = (1..=5).map(|n| format!("{{conversation.a{n} ?? \"-\"}}")).collect();
    format!(
        "data conversation {{\n{data}}}\n\nworkflow support {{\n  on open\n{forms}  say \"{}\"\n  \
         ask\n  end because \"told\"\n\n  defaults {{\n    idle 15m => end because \"silence\"\n  \
         }}\n}}\n",
        told.join(" ")
    )
}

fn orders(of: &[u64]) -> Vec<Vec<u64>> {
    let Some(last) = of.len().checked_sub(1) else { return vec![Vec::new()] };
    let mut all = Vec::new();
    for order in orders(&of[..last]) {
        for at in 0..=last {
            let mut order = order.clone();
            order.insert(at, of[last]);
            all.push(order);
        }
    }
    all
}

/// Every order in which five submits can come, against the plain rule: the one that is asked for is
/// taken, any other refused with the one that is.
#[tokio::test(flavor = "multi_thread")]
async fn five_submits_in_every_order() {
    let world = World::running(&five_forms()).await;
    let orders = orders(&[1, 2, 3, 4, 5]);
    assert_eq!(orders.len(), 120);
    for order in orders {
        let visitor = world.open(json!({ "messenger": "web" })).await;
        let mut asked = 1;
        for wait in &order {
            let values = json!({ format!("conversation.a{wait}"): format!("s{wait}") });
            let (status, answer) = submits(&world, &visitor, *wait, *wait, values).await;
            let expected = if *wait == asked {
                asked += 1;
                (200, Value::Null)
            } else {
                (409, json!(asked))
            };
            assert_eq!((status, answer["current"]["wait"].clone()), expected, "{order:?}");
        }
        let entries = since(&world, &visitor, 0).await;
        let closed = entries.iter().filter(|entry| entry["kind"] == "closed");
        let taken: Vec<Value> = closed.map(|entry| entry["answers"].clone()).collect();
        let expected: Vec<Value> =
            (1..asked).map(|wait| json!([[format!("A{wait}"), format!("s{wait}")]])).collect();
        assert_eq!(taken, expected, "{order:?}");
    }
}

#[tokio::test]
async fn a_form_that_breaks_its_rules_names_every_line_and_sets_nothing() {
    let world = World::running(PROGRAM).await;
    let visitor = at_wait(&world, 3).await;
    let before = world.entries(&visitor).await.len();
    let strange = json!({
        "conversation.order_number": "12",
        "conversation.amount": "+1e309",
        "conversation.day": "2026-02-31",
        "conversation.mail": "a@example.com\nBcc: b@example.com",
    });
    let (status, problem) = submits(&world, &visitor, 11, 3, strange).await;
    assert_eq!(status, 422);
    let fields: Vec<&String> = problem["fields"].as_object().unwrap().keys().collect();
    let lines = ["amount", "day", "mail", "order_number"];
    assert_eq!(fields, lines.map(|line| format!("conversation.{line}")).iter().collect::<Vec<_>>());
    let words = json!({ "conversation.amount": "ten" });
    assert_eq!(submits(&world, &visitor, 12, 3, words).await.0, 422);
    let extra = json!({ "conversation.order_number": "123456", "conversation.Subject": "x" });
    let (status, problem) = submits(&world, &visitor, 13, 3, extra).await;
    assert_eq!(status, 422, "{problem}");
    assert!(problem["fields"]["conversation.Subject"].is_string(), "{problem}");
    assert_eq!(world.entries(&visitor).await.len(), before);
    // The very id may be used again: nothing of it was kept.
    let right = json!({ "conversation.order_number": "123456" });
    assert_eq!(submits(&world, &visitor, 13, 3, right).await.0, 200);
}

#[tokio::test]
async fn a_reader_that_is_nowhere_reads_everything_again() {
    let world = World::running(PROGRAM).await;
    let visitor = at_wait(&world, 2).await;
    for strange in ["999", "-1", "x", "18446744073709551616"] {
        let url = world.url(&format!("/v1/conversations/{}/events", visitor.conversation));
        let request = world.http.get(url).bearer_auth(&visitor.token);
        let mut response = request.header("last-event-id", strange).send().await.unwrap();
        let mut text = String::new();
        while !text.contains("id: 2\n") {
            text.push_str(std::str::from_utf8(&response.chunk().await.unwrap().unwrap()).unwrap());
        }
        assert!(text.starts_with("event: reset\n"), "{strange}: {text}");
        assert!(text.contains("id: 1\n"), "{strange}: {text}");
    }
}

#[tokio::test]
async fn a_page_of_nowhere_gets_nothing_from_any_route() {
    let world = World::running(PROGRAM).await;
    let visitor = at_wait(&world, 2).await;
    let own = format!("/v1/conversations/{}", visitor.conversation);
    let routes = [
        ("/v1/open".to_owned(), json!({ "messenger": "web" })),
        ("/v1/logout".to_owned(), json!({})),
        (format!("{own}/messages"), json!({ "id": id(11), "text": "Hello" })),
        (format!("{own}/choices"), json!({ "id": id(12), "wait": 2, "choice": 0 })),
        (format!("{own}/human"), json!({ "id": id(13) })),
        (format!("{own}/helped"), json!({ "id": id(14), "wait": 2 })),
        (format!("{own}/events"), Value::Null),
    ];
    let before = world.entries(&visitor).await.len();
    for origin in ["null", "https://evil.example", "https://www.example.com.evil.example"] {
        for (route, body) in &routes {
            let request = match body {
                Value::Null => world.http.get(world.url(route)),
                body => world.http.post(world.url(route)).json(body),
            };
            let request = request.bearer_auth(&visitor.token).header("origin", origin);
            let refused = request.send().await.unwrap();
            assert_eq!(refused.status(), 403, "{route} from {origin}");
            let cors = refused.headers().keys().find(|name| name.as_str().starts_with("access-"));
            assert_eq!(cors, None, "{route} from {origin}");
        }
    }
    assert_eq!(world.entries(&visitor).await.len(), before);
}

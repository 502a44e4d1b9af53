//! `answer` by what is built in: quoted from the plan's articles, confirmed, left to people.

use serde_json::{Value, json};

use crate::world::{PROGRAM, Visitor, World, check_with};
use crate::{FIRST, SECOND};

const ARTICLE: &str = "---\ntitle: Bleeding a radiator\nurl: https://help.warmhaus.example/bleeding\nlanguage: en\n---\n\n\
    Turn the key at the side of the radiator until water comes.\n";

/// Answers, and says in which outcome it ended.
fn program() -> String {
    let arms = ["confirmed", "assumed", "unresolved", "human", "unavailable"]
        .map(|outcome| format!("    {outcome} => say \"outcome {outcome}\"\n"));
    let answer = format!("  answer {{\n{}  }}\n", arms.concat());
    let collect = PROGRAM.find("  collect ").expect("a form");
    let create = PROGRAM.find("  create case").expect("a Case");
    format!("{}{answer}{}", &PROGRAM[..collect], &PROGRAM[create..])
}

async fn world() -> World {
    let world = World::new().await;
    let articles = [("knowledge/bleeding.md", ARTICLE)];
    let checked = check_with(&world.client, &program(), &articles).await.checked();
    let checked = checked.unwrap_or_else(|analysis| panic!("{:#?}", analysis.diagnostics));
    world.server.as_ref().unwrap().swap_plan(checked.emit().encode()).await.unwrap();
    world
}

async fn asks(world: &World, question: &str) -> Visitor {
    let visitor = world.open(json!({ "messenger": "web" })).await;
    let message = json!({ "id": FIRST, "text": question });
    assert_eq!(world.post(&visitor, "messages", message).await.0, 200);
    visitor
}

async fn writes(world: &World, visitor: &Visitor, words: &str) {
    let message = json!({ "id": SECOND, "text": words });
    assert_eq!(world.post(visitor, "messages", message).await.0, 200);
}

fn says(entry: &Value, from: &str, part: &str) -> bool {
    entry["from"] == from && entry["text"].as_str().is_some_and(|text| text.contains(part))
}

#[tokio::test]
async fn an_article_is_quoted_with_its_link_and_the_customer_confirms() {
    let world = world().await;
    for (reply, outcome) in [
        ("great, that worked", "confirmed"),
        ("I want to talk to a human", "human"),
        ("no, that did not help", "unresolved"),
    ] {
        let visitor = asks(&world, "My radiator needs bleeding, how?").await;
        let quoted = |entry: &Value| {
            says(entry, "ai", "Turn the key")
                && says(entry, "ai", "https://help.warmhaus.example/bleeding")
        };
        world.until_one(&visitor, quoted).await;
        world.until_one(&visitor, |entry| entry["helped"] == true).await;
        writes(&world, &visitor, reply).await;
        let wanted = format!("outcome {outcome}");
        world.until_one(&visitor, |entry| says(entry, "assistant", &wanted)).await;
        let trace = world.trace(&visitor).await;
        assert!(trace.iter().any(|line| line == "quotes knowledge/bleeding.md"), "{trace:#?}");
    }
}

#[tokio::test]
async fn what_no_article_says_is_left_to_people() {
    let world = world().await;
    let visitor = asks(&world, "Do you know a good dentist?").await;
    world.until_one(&visitor, |entry| says(entry, "assistant", "outcome unresolved")).await;
}

#[tokio::test]
async fn a_conversation_goes_on_with_the_articles_that_it_began_with() {
    let world = world().await;
    let visitor = world.open(json!({ "messenger": "web" })).await;
    world.until(&visitor, "asked").await;
    // A plan without any article becomes active.
    world.swap(&program()).await;
    let message = json!({ "id": FIRST, "text": "My radiator needs bleeding, how?" });
    assert_eq!(world.post(&visitor, "messages", message).await.0, 200);
    world.until_one(&visitor, |entry| says(entry, "ai", "Turn the key")).await;
    let newcomer = asks(&world, "My radiator needs bleeding, how?").await;
    world.until_one(&newcomer, |entry| says(entry, "assistant", "outcome unresolved")).await;
}

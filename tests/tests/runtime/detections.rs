//! `detect` and `answer` by what is built in; and where nobody does the AI's jobs: the program's own way
//! for that, and nothing is lost.

use serde_json::json;

use crate::FIRST;
use crate::world::{PROGRAM, World};

fn program() -> String {
    let collect = PROGRAM.find("  collect ").expect("a form");
    let create = PROGRAM.find("  create case").expect("a Case");
    let detect = "  detect conversation.topic {\n    unavailable => set conversation.topic = \"other\"\n  }\n";
    let program = format!("{}{detect}{}", &PROGRAM[..collect], &PROGRAM[create..]);
    program.replace(
        "  Origin = \"Chat\"\n",
        "  Origin = \"Chat\"\n  Subject = \"About {conversation.topic ?? \"nothing\"}\"\n",
    ) + "\ndata conversation {\n  topic: list {\n    \"heat\" \"The heating is broken, or it is cold\"\n    \"other\" \"All else\"\n  }\n}\n"
}

#[tokio::test]
async fn what_the_customer_wrote_decides_the_value_and_the_trace_says_why() {
    let world = World::running(&program()).await;
    let cases = world.org.org().state().records.rows("Case").count();
    for (words, subject) in [
        ("Radiators stopped, canary4711", "About heat"),
        ("Good morning, canary4711", "About nothing"),
    ] {
        let visitor = world.open(json!({ "messenger": "web" })).await;
        let message = json!({ "id": FIRST, "text": words });
        assert_eq!(world.post(&visitor, "messages", message).await.0, 200);
        world.until(&visitor, "ended").await;
        let trace = world.trace(&visitor).await.join("\n");
        let expected = match subject {
            "About heat" => {
                "detected conversation.topic, by what the list says of the value: heating"
            }
            _ => "nothing fits conversation.topic",
        };
        assert!(trace.contains(expected), "{trace}");
        assert!(!trace.contains("canary4711"), "the customer's words stay out of it: {trace}");
    }
    let subjects: Vec<_> = world.records("Case", cases + 2).await;
    let has = |subject: &str| subjects.iter().any(|case| case["Subject"] == subject);
    assert!(has("About heat") && has("About nothing"), "{subjects:#?}");
}

#[tokio::test]
async fn without_an_ai_the_step_is_unavailable_and_the_case_comes() {
    let world = World::without_ai(&program()).await;
    let cases = world.org.org().state().records.rows("Case").count();
    let visitor = world.open(json!({ "messenger": "web" })).await;
    let message = json!({ "id": FIRST, "text": "The heater stopped working on Sunday." });
    assert_eq!(world.post(&visitor, "messages", message).await.0, 200);
    let case = world.records("Case", cases + 1).await.pop().unwrap();
    assert_eq!(case["Subject"], "About other");
}

#[tokio::test]
async fn without_an_ai_an_answer_is_unavailable_too() {
    let collect = PROGRAM.find("  collect ").expect("a form");
    let create = PROGRAM.find("  create case").expect("a Case");
    let answer = "  answer {\n    confirmed, assumed, unresolved => end because \"an AI\"\n    unavailable => say \"A colleague will answer.\"\n  }\n";
    let program = format!("{}{answer}{}", &PROGRAM[..collect], &PROGRAM[create..]);
    let world = World::without_ai(&program).await;
    let cases = world.org.org().state().records.rows("Case").count();
    let visitor = world.open(json!({ "messenger": "web" })).await;
    let message = json!({ "id": FIRST, "text": "The heater stopped working on Sunday." });
    assert_eq!(world.post(&visitor, "messages", message).await.0, 200);
    assert_eq!(world.records("Case", cases + 1).await.len(), cases + 1);
    let said = world.entries(&visitor).await;
    assert!(said.iter().any(|entry| entry["text"] == "A colleague will answer."), "{said:?}");
}

#[tokio::test]
async fn what_was_not_answered_cannot_be_confirmed() {
    let answer = "  answer {\n    confirmed, assumed, unresolved, unavailable => create case using open_case\n  }\n";
    let start = PROGRAM.find("  ask").or(PROGRAM.find("  collect ")).expect("a step");
    let create = PROGRAM.find("  create case").expect("a Case");
    let program = format!("{}{answer}{}", &PROGRAM[..start], &PROGRAM[create..]);
    let program = program.replacen("  create case using open_case\n", "", 1);
    let world = World::running(&program).await;
    let visitor = world.open(json!({ "messenger": "web" })).await;
    let helped = json!({ "id": FIRST, "wait": 1 });
    let (status, body) = world.post(&visitor, "helped", helped).await;
    assert_eq!(status, 409, "{body}");
}

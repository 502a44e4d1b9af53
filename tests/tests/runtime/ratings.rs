//! A rating, from the Messenger's API to the Case.

use serde_json::json;

use crate::world::{PROGRAM, World};
use crate::{FIRST, SECOND, form_of};

fn program() -> String {
    let collect = PROGRAM.find("  collect ").expect("a form");
    let create = PROGRAM.find("  create case").expect("a Case");
    let program =
        format!("{}  rate conversation.stars\n{}", &PROGRAM[..collect], &PROGRAM[create..]);
    program.replace(
        "  Origin = \"Chat\"\n",
        "  Origin = \"Chat\"\n  Subject = \"{conversation.stars ?? 0} of 5\"\n",
    ) + "\ndata conversation {\n  /// How did we do?\n  stars: number\n}\n"
}

#[tokio::test]
async fn a_rating_is_one_of_five_and_reaches_the_case() {
    let world = World::running(&program()).await;
    let cases = world.org.org().state().records.rows("Case").count();
    let visitor = world.open(json!({ "messenger": "web" })).await;
    let message = json!({ "id": FIRST, "text": "The heater stopped working on Sunday." });
    assert_eq!(world.post(&visitor, "messages", message).await.0, 200);
    let entries = world.until(&visitor, "form").await;
    let line = &entries.iter().find(|entry| entry["kind"] == "form").unwrap()["fields"][0];
    assert_eq!(line["label"], "How did we do?");
    assert_eq!(
        (&line["input"], &line["min"], &line["max"]),
        (&json!("rating"), &json!("1"), &json!("5"))
    );
    let wait = form_of(&entries);
    let rated = |stars: &str| json!({ "id": SECOND, "wait": wait, "values": { "conversation.stars": stars } });
    for off in ["0", "6", "4.5", "many", ""] {
        let (status, problem) = world.post(&visitor, "forms", rated(off)).await;
        assert_eq!(status, 422, "{off}");
        assert!(problem["fields"]["conversation.stars"].is_string(), "{problem}");
    }
    assert_eq!(world.post(&visitor, "forms", rated("4")).await.0, 200);
    let case = world.records("Case", cases + 1).await.pop().unwrap();
    assert_eq!(case["Subject"], "4 of 5");
}

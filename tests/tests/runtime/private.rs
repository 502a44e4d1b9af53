//! What is private, from the form to the Case: written where a line says so, and read nowhere else.

use serde_json::json;

use crate::world::{PROGRAM, World, identity};
use crate::{FIRST, SECOND, form_of};

const IBAN: &str = "DE89370400440532013000";

fn program() -> String {
    let collect = PROGRAM.find("  collect ").expect("a form");
    let create = PROGRAM.find("  create case").expect("a Case");
    let revealed = r#"say "We pay to {conversation.iban | reveal "the customer checks it"}.""#;
    let steps = format!(
        "  collect {{\n    conversation.iban required\n  }}\n  if person is verified {{\n    {revealed}\n  }}\n"
    );
    let program = format!("{}{steps}{}", &PROGRAM[..collect], &PROGRAM[create..]);
    program
        .replace(
            "  Origin = \"Chat\"\n",
            "  Origin = \"Chat\"\n  Subject = \"{conversation.iban ?? \"none\"}\"\n",
        )
        .replace("transcript to file", "transcript to comment")
        + "\ndata conversation {\n  private iban: text(34)\n}\n"
}

#[tokio::test]
async fn a_private_value_is_where_a_line_puts_it_and_nowhere_else() {
    let world = World::running(&program()).await;
    let (cases, comments) = {
        let state = world.org.org().state();
        (state.records.rows("Case").count(), state.records.rows("CaseComment").count())
    };
    let signed = json!({ "messenger": "web", "identity": identity("ada@example.com") });
    let visitor = world.open(signed).await;
    world.until(&visitor, "asked").await;
    let message = json!({ "id": FIRST, "text": "Where do you pay to?" });
    assert_eq!(world.post(&visitor, "messages", message).await.0, 200);
    let entries = world.until(&visitor, "form").await;
    let line = &entries.iter().find(|entry| entry["kind"] == "form").unwrap()["fields"][0];
    assert_eq!(line["private"], true);
    let form =
        json!({ "id": SECOND, "wait": form_of(&entries), "values": { "conversation.iban": IBAN } });
    assert_eq!(world.post(&visitor, "forms", form.clone()).await.0, 200);
    let entries = world.until(&visitor, "ended").await;
    let closed = entries.iter().find(|entry| !entry["answers"][0].is_null()).unwrap();
    assert_eq!(closed["answers"][0][1], "••••••••••••••••••3000");
    let said = |text: &str| entries.iter().any(|entry| entry["text"] == text);
    assert!(said(&format!("We pay to {IBAN}.")), "{entries:#?}");
    let case = world.records("Case", cases + 1).await.pop().unwrap();
    assert_eq!(case["Subject"], IBAN, "by a line of the push");
    assert!(!case["Description"].as_str().unwrap().contains(IBAN), "{case}");
    let comment = world.records("CaseComment", comments + 1).await.pop().unwrap();
    let body = comment["CommentBody"].as_str().unwrap();
    assert!(body.contains("We pay to ••••••••••••••••••3000.") && !body.contains(IBAN), "{body}");
}

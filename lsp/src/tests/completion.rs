//! What can be written where the cursor stands, in texts that are not finished.

use serde_json::{Value, json};

use super::editor::{Editor, place, position};

/// What is offered at `‸` in a text, in the order in which it is shown.
fn items(editor: &mut Editor, text: &str) -> Vec<Value> {
    let offset = text.find('‸').expect("a cursor");
    let (before, behind) = (&text[..offset], &text[offset + '‸'.len_utf8()..]);
    let line = before.matches('\n').count();
    let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
    editor.open("new.tide", &format!("{before}{behind}"));
    let at = position(&format!("{line}:{column}"));
    let params = json!({ "textDocument": { "uri": editor.uri("new.tide") }, "position": at });
    let answer = editor.ask("textDocument/completion", params).expect("an answer");
    let mut items = answer.as_array().expect("items").clone();
    items.sort_by_key(|item| {
        let key = item["sortText"].as_str().or(item["label"].as_str());
        key.unwrap_or_default().to_owned()
    });
    items
}

/// Whether a word is among what is offered at `‸` in a text.
fn offers(editor: &mut Editor, text: &str, word: &str) -> bool {
    let items = items(editor, text);
    items.iter().any(|item| item["label"] == word)
}

#[test]
fn a_file_is_offered_where_a_form_asks() {
    let mut editor = Editor::in_example();
    for (text, offered) in [
        ("workflow w {\n  collect \"x\" {\n    fi‸\n  }\n}\n", true),
        ("form f {\n  ‸\n}\n", true),
        ("test \"t\" {\n  customer submits { ‸ }\n}\n", true),
        ("workflow w {\n  set ‸\n}\n", false),
        ("workflow w {\n  say \"{‸}\"\n}\n", false),
    ] {
        assert_eq!(offers(&mut editor, text, "file"), offered, "{text}");
    }
}

/// What is offered at `‸` in a text: the labels in the order in which they are shown, the first few
/// with what they replace.
fn offered(editor: &mut Editor, text: &str) -> String {
    let items = items(editor, text);
    let shown: Vec<&str> =
        items.iter().take(12).map(|item| item["label"].as_str().expect("a label")).collect();
    let replaces = items
        .first()
        .map_or(String::new(), |item| format!(" at {}", place(&item["textEdit"]["range"])));
    let more = items.len().saturating_sub(12);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{text}\n  {}{more}{replaces}\n", shown.join(", "))
}

fn all(texts: &[&str]) -> String {
    let mut editor = Editor::in_example();
    texts.iter().map(|text| offered(&mut editor, text)).collect::<Vec<_>>().join("\n")
}

#[test]
fn in_declarations() {
    insta::assert_snapshot!(all(&[
        "‸",
        "wor‸",
        "map ‸",
        "map Case to ‸",
        "map Contact to person {\n  ‸\n}\n",
        "map Contact to person {\n  sync Mail‸\n}\n",
        "map Contact to person {\n  sync Account.‸\n",
        "map Case to conversation {\n  sync Priority {\n    \"‸\n  }\n}\n",
        "map Case to conversation {\n  require Reason when Pri‸ == \"High\"\n}\n",
        "data conversation {\n  size: ‸\n}\n",
        "push x to Case type ‸ {\n}\n",
        "push x to Case {\n  ‸\n}\n",
        "push x to Case {\n  owner queue ‸\n}\n",
        "push x to Case {\n  Origin = \"‸\"\n}\n",
        "push x to Case {\n  Priority = ‸\n}\n",
        "push x to Case {\n  transcript to ‸\n}\n",
        "push x to Case {\n  SuppliedEmail = conversation.‸\n}\n",
    ]));
}

#[test]
fn in_workflows() {
    insta::assert_snapshot!(all(&[
        "workflow w {\n  ‸\n}\n",
        "workflow w {\n  sa‸",
        "workflow w {\n  set ‸\n}\n",
        "workflow w {\n  set conversation.‸ = 1\n}\n",
        "workflow w {\n  set conversation.urgency = ‸\n}\n",
        "workflow w {\n  set conversation.urgency = \"h‸\"\n}\n",
        "workflow w {\n  set conversation.urgency = \"lo‸w\n}\n",
        "workflow w {\n  if conversation.product == \"‸\" {\n",
        "workflow w {\n  if person.‸",
        "workflow w {\n  let size = 3\n  if conversation.refund_amount > ‸\n}\n",
        "workflow w {\n  say \"Hi {person.‸\"\n}\n",
        "workflow w {\n  say \"Hi {conversation.Subject | ‸}\"\n}\n",
        "workflow w {\n  match conversation.Reason {\n    \"‸\" => go on\n  }\n}\n",
        "workflow w {\n  run ‸\n}\n",
        "workflow w {\n  create ‸\n}\n",
        "workflow w {\n  create case using ‸\n}\n",
        "workflow w {\n  collect \"x\" {\n    ‸\n  }\n}\n",
        "form details {\n}\n\nworkflow w {\n  collect using ‸\n}\n",
        "workflow w {\n  ask {\n    ‸\n  }\n}\n",
        "workflow w {\n  // no ‸\n}\n",
        "workflow w {\n  on open\n  run ‸\n}\n",
        "workflow w {\n  on open before ‸\n}\n",
        "workflow w {\n  match conversation.Reason {\n    ‸\n  }\n}\n",
        "workflow w {\n  match conversation.Reason {\n    \"Other\", bl‸ => go on\n  }\n}\n",
        "workflow w {\n  detect ‸\n}\n",
        "workflow w {\n  rate ‸\n}\n",
        "workflow w {\n  answer {\n    knowing ‸\n  }\n}\n",
    ]));
}

#[test]
fn each_step_has_outcomes_of_its_own() {
    insta::assert_snapshot!(all(&[
        "workflow w {\n  hand off using x waiting up to 3m {\n    ‸\n  }\n}\n",
        "workflow w {\n  answer {\n    ‸\n  }\n}\n",
        "workflow w {\n  answer {\n    confirmed, as‸ => end\n  }\n}\n",
        "workflow w {\n  create case using open_case {\n    ‸\n  }\n}\n",
        "workflow w {\n  verify {\n    ‸\n  }\n}\n",
        "workflow w {\n  detect conversation.Reason {\n    ‸\n  }\n}\n",
        "workflow w {\n  defaults {\n    ‸\n  }\n}\n",
    ]));
}

#[test]
fn words_stand_behind_words() {
    insta::assert_snapshot!(all(&[
        "workflow w {\n  on ‸\n}\n",
        "workflow w {\n  on open ‸\n}\n",
        "workflow w {\n  on open once per ‸\n}\n",
        "workflow w {\n  on open once per day in ‸\n}\n",
        "workflow w {\n  if conversation.Reason is ‸\n}\n",
        "workflow w {\n  if not (person is kn‸) {\n  }\n}\n",
        "workflow w {\n  ask {\n    idle 5m => hand off ‸\n  }\n}\n",
        "workflow w {\n  say \"the shop is ‸\"\n}\n",
        "workflow w {\n  say \"{now | date in ‸}\"\n}\n",
        "workflow w {\n  say \"{now | date in \"Europe/Ber‸\"}\"\n}\n",
        "push x to Case {\n  owner ‸\n}\n",
        "push x to Case {\n  carry ‸\n}\n",
        "map Contact to person {\n  find ‸\n}\n",
        "map Case to conversation {\n  require Order_Number__c when Reason == ‸\n}\n",
        "test \"t\" {\n  customer ‸\n}\n",
        "test \"t\" {\n  expect ‸\n}\n",
        "test \"t\" {\n  agent ‸\n}\n",
        "test \"t\" {\n  org ‸\n}\n",
        "test \"t\" {\n  customer is ‸\n}\n",
    ]));
}

#[test]
fn hours_and_holidays() {
    let mut editor = Editor::in_example();
    editor.open("hours.tide", "hours office from \"Service Desk\"\n");
    let texts = [
        "hours shop from \"‸\"\n",
        "hours shop from \"Default\" holidays except \"Christmas Day\", \"‸\"\n",
        "workflow w {\n  if now in ‸ {\n  }\n}\n",
        "workflow w {\n  if now in of‸\n",
    ];
    let all: Vec<String> = texts.iter().map(|text| offered(&mut editor, text)).collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn in_tests() {
    insta::assert_snapshot!(all(&[
        "test \"t\" {\n  ‸\n}\n",
        "test \"t\" {\n  given person { ‸ }\n}\n",
        "test \"t\" {\n  given person { tier = \"‸\" }\n}\n",
        "test \"t\" {\n  customer submits { conversation.‸ }\n}\n",
        "form f {\n  file damage\n  file bill\n}\n\ntest \"t\" {\n  customer submits { file ‸ }\n}\n",
        "form f {\n  file damage\n}\n\ntest \"t\" {\n  expect form { file d‸ }\n}\n",
        "test \"t\" {\n  expect case using ‸\n}\n",
        "test \"t\" {\n  expect case { owner queue ‸ }\n}\n",
        "test \"t\" {\n  expect case { Priority = \"‸\" }\n}\n",
    ]));
}

#[test]
fn texts_and_languages() {
    let mut editor = Editor::in_example();
    let manifest = editor.on_disk("tidegate.toml");
    let speaks = "[project]\nlanguages = [\"en\", \"de\"]\n";
    editor.write("tidegate.toml", &manifest.replace("[project]\n", speaks));
    editor.touched(&["tidegate.toml"]);
    editor.open("texts.tide", "text hello {\n  en \"Hi\"\n  de \"Hallo\"\n}\n");
    let texts = [
        "text bye {\n  en \"Bye\"\n  ‸ \"Tschüss\"\n}\n",
        "workflow w {\n  say hel‸\n}\n",
        "workflow w {\n  speak \"‸\"\n}\n",
        "form f {\n  conversation.Subject label ‸\n}\n",
        "form f {\n  file damage required label ‸\n}\n",
    ];
    let all: Vec<String> = texts.iter().map(|text| offered(&mut editor, text)).collect();
    insta::assert_snapshot!(all.join("\n"));
}

//! Names: what they are, where they are declared and used, and other names for them.

use serde_json::{Value, json};

use super::editor::{Editor, changes, place, position, range};

/// An editor in which a file of the example is open, and checked.
fn opened(name: &str) -> Editor {
    let mut editor = Editor::in_example();
    let text = editor.on_disk(name);
    editor.open(name, &text);
    assert_eq!(editor.shown(name), "");
    editor
}

/// `line:column` of the first place at which a text stands, so many bytes into it.
fn at(editor: &Editor, name: &str, text: &str, into: usize) -> String {
    let source = editor.on_disk(name);
    let offset = source.find(text).expect("it stands there") + into;
    let line = source[..offset].matches('\n').count();
    let column = offset - source[..offset].rfind('\n').map_or(0, |at| at + 1);
    format!("{line}:{column}")
}

fn asked(editor: &Editor, name: &str, text: &str, into: usize) -> Value {
    let position = position(&at(editor, name, text, into));
    json!({ "textDocument": { "uri": editor.uri(name) }, "position": position })
}

fn hover(editor: &mut Editor, name: &str, text: &str, into: usize) -> String {
    let params = asked(editor, name, text, into);
    let told = editor.ask("textDocument/hover", params).expect("an answer");
    let words = told["contents"]["value"].as_str().unwrap_or("nothing");
    format!("{}\n{words}\n", place(&told["range"]))
}

/// Locations as `file line:column`.
fn locations(editor: &mut Editor, method: &str, params: Value) -> String {
    let found = editor.ask(method, params).expect("an answer");
    let each = found.as_array().into_iter().flatten().map(|its| {
        let file = its["uri"].as_str().expect("an address").rsplit('/').next().unwrap_or_default();
        format!("{file} {}", place(&its["range"]))
    });
    each.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_hours_are_is_told() {
    let mut editor = Editor::in_example();
    let text = "/// When the desk answers.\n\
        hours office from \"Service Desk\" holidays \"Boxing Day\", \"New Year's Eve\"\n\n\
        workflow asked {\n  if now in office {\n    end\n  }\n}\n";
    editor.write("hours.tide", text);
    editor.open("hours.tide", text);
    let told = [
        hover(&mut editor, "hours.tide", "in office", 3),
        hover(&mut editor, "hours.tide", "Service Desk", 0),
        hover(&mut editor, "hours.tide", "Boxing Day", 0),
    ];
    insta::assert_snapshot!(told.join("\n"));
    let params = asked(&editor, "hours.tide", "Service Desk", 1);
    let declared = editor.ask("textDocument/definition", params).expect("an answer");
    assert!(declared.to_string().contains("schema/hours.toml"), "{declared}");
}

#[test]
fn what_a_name_is_is_told() {
    let mut editor = opened("pushes.tide");
    let told = [
        hover(&mut editor, "pushes.tide", "conversation.Priority", 15),
        hover(&mut editor, "pushes.tide", "conversation.urgency", 15),
        hover(&mut editor, "pushes.tide", "session.email", 10),
        hover(&mut editor, "pushes.tide", "SuppliedEmail", 2),
        hover(&mut editor, "pushes.tide", "Tier_2", 0),
        hover(&mut editor, "pushes.tide", "Support", 0),
        hover(&mut editor, "pushes.tide", "open_case", 3),
        hover(&mut editor, "pushes.tide", "\"Closed\"", 3),
        hover(&mut editor, "pushes.tide", "to Case", 4),
        hover(&mut editor, "pushes.tide", "/// When", 0),
    ];
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn what_a_value_can_be_where_it_stands_is_told() {
    let mut editor = opened("breakdown.tide");
    let mut told = vec![
        hover(&mut editor, "breakdown.tide", "match conversation.product", 20),
        hover(&mut editor, "breakdown.tide", "if person.tier", 12),
    ];
    let support = editor.on_disk("support.tide");
    editor.open("support.tide", &support);
    told.push(hover(&mut editor, "support.tide", "match conversation.Reason", 20));
    let billing = editor.on_disk("billing.tide");
    editor.open("billing.tide", &billing);
    told.push(hover(&mut editor, "billing.tide", "conversation.refund_amount > 500", 20));
    told.push(hover(&mut editor, "billing.tide", "set conversation.urgency", 20));
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_name_leads_to_where_it_is_declared() {
    let mut editor = opened("support.tide");
    let mut found = Vec::new();
    for (text, into) in [
        ("run clarify_bill", 6),
        ("using open_case", 8),
        ("conversation.Reason", 15),
        ("person.FirstName", 10),
        ("conversation.contact_email", 15),
        ("idle 5m", 0),
    ] {
        let params = asked(&editor, "support.tide", text, into);
        let leads = locations(&mut editor, "textDocument/definition", params);
        found.push(format!("{text}: {leads}"));
    }
    let pushes = editor.on_disk("pushes.tide");
    editor.open("pushes.tide", &pushes);
    for (text, into) in [("Origin", 0), ("Tier_1", 0), ("Support", 0), ("Case", 0)] {
        let params = asked(&editor, "pushes.tide", text, into);
        let leads = locations(&mut editor, "textDocument/definition", params);
        found.push(format!("{text}: {leads}"));
    }
    insta::assert_snapshot!(found.join("\n"));
}

#[test]
fn a_name_leads_to_all_places_of_the_same() {
    let mut editor = opened("fields.tide");
    let mut all = Vec::new();
    for (text, into) in [("order_number", 3), ("urgency", 0), ("Priority", 0), ("tier", 0)] {
        for declared in [true, false] {
            let mut params = asked(&editor, "fields.tide", text, into);
            params["context"] = json!({ "includeDeclaration": declared });
            let found = locations(&mut editor, "textDocument/references", params);
            all.push(format!("{text}, with its declaration {declared}:\n{found}\n"));
        }
    }
    insta::assert_snapshot!(all.join("\n"));
    let params = asked(&editor, "fields.tide", "Priority", 0);
    let here = editor.ask("textDocument/documentHighlight", params).expect("an answer");
    assert_eq!(here.as_array().map(Vec::len), Some(1));
}

#[test]
fn a_name_is_changed_everywhere() {
    let mut editor = opened("fields.tide");
    let mut told = Vec::new();
    for (text, into, name) in [
        ("order_number", 3, "order_no"),
        ("urgency", 0, "pressure"),
        ("urgency", 0, "refund_amount"),
        ("urgency", 0, "Refund_Amount"),
        ("urgency", 0, "two words"),
        ("Priority", 0, "priority"),
        ("find by", 0, "look"),
    ] {
        let mut params = asked(&editor, "fields.tide", text, into);
        params["newName"] = json!(name);
        let answer = editor.ask("textDocument/rename", params);
        told.push(format!("{text} to {name}:\n{}", changes(&answer)));
    }
    let support = editor.on_disk("support.tide");
    editor.open("support.tide", &support);
    for (text, into, name) in [
        ("workflow support", 10, "help_desk"),
        ("run clarify_bill", 6, "triage_breakdown"),
        ("using open_case", 8, "new_case"),
        ("person.FirstName", 8, "first_name"),
    ] {
        let mut params = asked(&editor, "support.tide", text, into);
        params["newName"] = json!(name);
        let answer = editor.ask("textDocument/rename", params);
        told.push(format!("{text} to {name}:\n{}", changes(&answer)));
    }
    insta::assert_snapshot!(told.join("\n"));
    let params = asked(&editor, "support.tide", "using open_case", 8);
    let prepared = editor.ask("textDocument/prepareRename", params).expect("a name");
    assert_eq!(prepared["start"]["character"], 20);
}

#[test]
fn a_value_of_a_let_is_renamed_where_it_is_known() {
    let mut editor = Editor::in_example();
    let text = "workflow greet {\n  let first = person.FirstName ?? \"you\"\n  say \"Hi {first}.\"\n}\n\nworkflow part {\n  let first = \"x\"\n  say first\n}\n";
    editor.open("greet.tide", text);
    editor.shown("greet.tide");
    let params = json!({
        "textDocument": { "uri": editor.uri("greet.tide") }, "position": position("2:12"),
        "newName": "called",
    });
    let answer = editor.ask("textDocument/rename", params);
    insta::assert_snapshot!(changes(&answer));
}

#[test]
fn a_document_shows_what_it_declares() {
    let mut editor = opened("fields.tide");
    let symbols = editor.ask_about("textDocument/documentSymbol", "fields.tide").expect("symbols");
    let mut lines = Vec::new();
    for symbol in symbols.as_array().expect("symbols") {
        lines.push(format!("{} {}", symbol["name"], place(&symbol["range"])));
        for child in symbol["children"].as_array().into_iter().flatten() {
            lines.push(format!("  {} {}", child["name"], place(&child["range"])));
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn what_is_certain_is_mended_by_a_click() {
    let documents = json!({ "workspace": { "workspaceEdit": { "documentChanges": true } } });
    for (name, capabilities) in [("plain", json!({})), ("versioned", documents)] {
        let mut editor = Editor::with_capabilities(capabilities);
        let text = editor.on_disk("billing.tide").replace("urgency", "urgencie");
        editor.open("billing.tide", &text);
        editor.shown("billing.tide");
        let params = |range: Value| {
            let uri = editor.uri("billing.tide");
            json!({ "textDocument": { "uri": uri }, "range": range, "context": { "diagnostics": [] } })
        };
        let (here, elsewhere) = (params(range("8:22")), params(range("1:0-1:3")));
        let actions = editor.ask("textDocument/codeAction", here).expect("actions");
        let action = &actions[0];
        let told = format!(
            "{} ({}, for {})\n{}",
            action["title"],
            action["kind"],
            action["diagnostics"][0]["code"],
            changes(&Ok(action["edit"].clone())),
        );
        insta::assert_snapshot!(format!("a_fix_{name}"), told);
        let actions = editor.ask("textDocument/codeAction", elsewhere).expect("actions");
        assert_eq!(actions, json!([]));
    }
}

#[test]
fn what_one_edit_mends_is_mended_by_a_click() {
    let mut editor = Editor::in_example();
    let manifest = editor.on_disk("tidegate.toml");
    let channel = "\n[channel.web_support]\nparameters = { topic = 40 }\n";
    editor.write("tidegate.toml", &(manifest + channel));
    editor.touched(&["tidegate.toml"]);
    let body = |steps: &str| format!("workflow w {{\n{steps}\n}}\n");
    let texts = [
        body("  say \u{201c}Hello\u{201d}"),
        body("  if person is known {\n    match conversation.urgency {\n      \"low\" => go on\n    }\n  }"),
        body("  match conversation.urgency {\n    null => go on\n    else => go on\n  }"),
        format!("data person {{\n  private code: text(20)\n}}\n\n{}", body("  say \"{person.code ?? \"-\"}, {person.code}\"")),
        format!("data person {{\n  private code: text(20)\n}}\n\n{}", body("  say \"Yours: {person.code}\"")),
        "push agents to channel web_support {\n  send conversation.Subject | first 40 as \"Topic\"\n}\n".to_owned(),
        body("  repeat up to 3 {\n    break\n  } exhausted => go on"),
    ];
    let told = texts.map(|text| {
        editor.open("new.tide", &text);
        editor.shown("new.tide");
        let whole = json!({ "start": position("0:0"), "end": position("99:0") });
        let document = json!({ "uri": editor.uri("new.tide") });
        let params =
            json!({ "textDocument": document, "range": whole, "context": { "diagnostics": [] } });
        let actions = editor.ask("textDocument/codeAction", params).expect("actions");
        let actions = actions.as_array().cloned().unwrap_or_default();
        let lines: Vec<String> = actions
            .iter()
            .map(|its| format!("{}\n{}", its["title"], changes(&Ok(its["edit"].clone()))))
            .collect();
        editor.close("new.tide");
        format!("{text}{}", lines.join("\n"))
    });
    insta::assert_snapshot!(told.join("\n\n"));
}

#[test]
fn a_question_about_a_text_that_has_changed_since_is_not_answered_wrongly() {
    let mut editor = opened("billing.tide");
    let params = asked(&editor, "billing.tide", "conversation.Priority", 15);
    editor.change("billing.tide", &[("0:0-0:0", "// a line\n")]);
    let first = editor.send_request("textDocument/hover", params.clone());
    editor.change("billing.tide", &[("0:0-0:0", "// another\n")]);
    let second = editor.send_request("textDocument/hover", params.clone());
    editor.tell("$/cancelRequest", json!({ "id": second }));
    // Either the check of the text came before the change, or the answer is refused.
    if let Err(why) = editor.answer_to(first) {
        assert!(why.starts_with("-32801"), "{why}");
    }
    if let Err(why) = editor.answer_to(second) {
        assert!(why.starts_with("-32800"), "{why}");
    }
}

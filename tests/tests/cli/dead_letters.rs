//! `tidegate dead-letters` on the store of a server that has ended.

use std::path::Path;

use jiff::Timestamp;
use tidegate_engine::effect::{Action, CaseRequest, Effect};
use tidegate_engine::event::Event;
use tidegate_engine::state::Conversation;
use tidegate_plan::model::Owner as CaseOwner;
use tidegate_plan::value::Value;
use tidegate_store::contract::{
    Commit, Conversations as _, DeadLetter, Journal, Outbox as _, Owner, Resting, Settlement,
};
use tidegate_store::sqlite::SqliteStore;
use uuid::Uuid;

use crate::{change, project, screen};

fn id(text: &str) -> Uuid {
    format!("{text}-0000-4000-8000-000000000001").parse().expect("an id")
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn effect(key: Uuid) -> Effect {
    let text = |text: &str| Value::Text(text.to_owned());
    let action = Action::CreateCase(CaseRequest {
        push: 0,
        object: "Case".into(),
        record_type: Some("Support".into()),
        owner: Some(CaseOwner::Queue("Tier_1".into())),
        key_field: "Tidegate_Key__c".into(),
        fields: vec![
            ("Order_Number__c".into(), text("12345\u{1b}[31m6")),
            ("Origin".into(), text("Chat")),
        ],
        transcript: None,
    });
    Effect { key, step: None, action }
}

fn letter(effect: Effect, code: &str, answer: &str) -> DeadLetter {
    DeadLetter {
        conversation: id("c0000001"),
        effect,
        at: at("2026-11-22T10:05:00Z"),
        since: Some(at("2026-11-22T10:04:00Z")),
        attempts: 1,
        status: Some(400),
        code: code.into(),
        fields: vec!["Origin".into()],
        request: "insert Case\n{\n  \"Origin\": \"Chat\"\n}".into(),
        answer: answer.into(),
        source: Some("pushes.tide:4, push open_case".into()),
    }
}

/// A store with two dead letters, as a server has left it.
fn fill(folder: &Path) {
    let path = folder.join(".tidegate/tidegate.db");
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    let store = SqliteStore::open(&path).expect("a store");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let conversation = id("c0000001");
        let effects = [effect(id("aaaa0001")), effect(id("bbbb0002"))];
        let begins = Commit {
            conversation,
            expected_version: 0,
            owner: Some(Owner { visitor: id("d0000001"), messenger: "web".into() }),
            inbound: None,
            at: at("2026-11-22T10:04:00Z"),
            next: Conversation::new(conversation, "0123"),
            messages: Vec::new(),
            effects: effects
                .iter()
                .map(|effect| Resting {
                    effect: effect.clone(),
                    not_before: at("2026-11-22T10:04:00Z"),
                })
                .collect(),
            timers: Vec::new(),
            journal: Journal { event: Event::HumanRequested, trace: Vec::new() },
            answers: None,
            lasting: std::collections::BTreeMap::new(),
        };
        store.commit(begins).await.expect("a commit");
        let [one, two] = effects;
        let rule = "Chats have a channel of\u{202e} their own";
        for letter in [
            letter(one, "FIELD_CUSTOM_VALIDATION_EXCEPTION", rule),
            letter(two, "STRING_TOO_LONG", "Subject: data value too large (max length=255)"),
        ] {
            let key = letter.effect.key;
            let settlement = Settlement { key, dead: Some(Box::new(letter)) };
            store.settle(settlement).await.expect("a settlement");
        }
    });
}

/// Without when something was decided.
fn masked(screen: &str) -> String {
    let undated = |line: &str| match line.strip_prefix("  20") {
        Some(rest) => format!("  WHEN{}", rest.get(18..).unwrap_or_default()),
        None => line.to_owned(),
    };
    screen.lines().map(undated).collect::<Vec<_>>().join("\n") + "\n"
}

#[test]
fn dead_letters_are_listed_mended_sent_and_dropped() {
    let folder = project();
    fill(folder.path());
    let run = |arguments: &[&str]| {
        let arguments = [&["dead-letters"], arguments].concat();
        masked(&screen(folder.path(), &arguments, &[("USER", "night")]))
    };
    let all: String = [
        run(&["list"]),
        run(&["show", "aaaa"]),
        run(&["show", "cccc"]),
        run(&["mend", "aaaa", "--set", "Orgin=Web"]),
        run(&["mend", "aaaa", "--set", "CaseNumber=1"]),
        run(&["mend", "aaaa", "--set", "Origin=Wbe"]),
        run(&["mend", "aaaa", "--set", "Tidegate_Key__c=x"]),
        run(&["mend", "aaaa"]),
        run(&["mend", "aaaa", "--set", "Origin=Web", "--unset", "Order_Number__c"]),
        run(&["show", "aaaa"]),
        run(&["resend", "aaaa"]),
        run(&["resend", "--all", "--code", "NO_SUCH_CODE"]),
        run(&["drop", "bbbb", "--because", "a test order"]),
        run(&["list"]),
        run(&["list", "--format", "json"]),
    ]
    .concat();
    insta::assert_snapshot!(all);
}

#[test]
fn an_owner_is_set_by_the_name_that_is_shown() {
    let folder = project();
    fill(folder.path());
    let set = |value: &str| {
        masked(&screen(folder.path(), &["dead-letters", "mend", "aaaa", "--set", value], &[]))
    };
    let all: String = [
        set("OwnerId=queue Tier_2"),
        set("OwnerId=queue Teir_2"),
        set("OwnerId=user nobody"),
        set("OwnerId=Tier_2"),
        set("OwnerId=00G000000000001AAA"),
    ]
    .concat();
    insta::assert_snapshot!(all);
}

#[test]
fn what_is_sent_again_has_to_be_said() {
    let folder = project();
    fill(folder.path());
    let run = |arguments: &[&str]| {
        screen(folder.path(), &[&["dead-letters", "resend"], arguments].concat(), &[])
    };
    insta::assert_snapshot!([run(&[]), run(&["--code", "X"]), run(&["aaaa", "--all"])].concat());
}

#[test]
fn a_named_store_is_the_one_that_is_opened() {
    let folder = project();
    fill(folder.path());
    let list = |store: &str| {
        let told = screen(folder.path(), &["dead-letters", "--store", store, "list"], &[]);
        told.replace(&format!("process {}", std::process::id()), "process PID")
    };
    let absent = list("nope.db");
    let _held = SqliteStore::open(&folder.path().join(".tidegate/tidegate.db")).expect("a store");
    insta::assert_snapshot!([absent, list(".tidegate/tidegate.db")].concat());
}

#[test]
fn a_store_that_somebody_has_is_asked_for_at_the_server() {
    let folder = project();
    let run = |variables: &[(&str, &str)]| {
        let screen = screen(folder.path(), &["dead-letters", "list"], variables);
        let process = format!("process {}", std::process::id());
        screen.replace(&process, "process PID")
    };
    let mut all = run(&[]);
    fill(folder.path());
    let _held = SqliteStore::open(&folder.path().join(".tidegate/tidegate.db")).expect("a store");
    all += &run(&[]);
    let manifest = folder.path().join("tidegate.toml");
    let text = std::fs::read_to_string(&manifest).expect("a manifest");
    if !text.contains("[server]") {
        std::fs::write(&manifest, text + "\n[server]\n").expect("a manifest");
    }
    // No server listens at port 9.
    let section = "[server]\noperator_listen = \"127.0.0.1:9\"\noperator_token_env = \"OPERATOR\"";
    change(folder.path(), "tidegate.toml", "[server]", section);
    all += &run(&[]);
    all += &run(&[("OPERATOR", "the operators' token, long enough")]);
    insta::assert_snapshot!(all);
}

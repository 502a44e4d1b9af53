//! Files in chats with agents, both ways: who may have them, and what becomes of those that are not what
//! they say.

use std::sync::Arc;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tidegate_server::chats::channel::{ChatError, FilesTaken};
use uuid::Uuid;

use crate::chats::{program, say, with_agent, wrote};
use crate::desk::Desk;
use crate::files::named;
use crate::form_of;
use crate::live_chat::{conversations, does, handed_off, texts};
use crate::world::{Visitor, World};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and more";

async fn upload(
    world: &World,
    visitor: &Visitor,
    name: &str,
    content: Vec<u8>,
) -> (StatusCode, Value) {
    let url = world.url(&format!("/v1/conversations/{}/files", visitor.conversation));
    let request = world.http.post(url).bearer_auth(&visitor.token);
    let request = request.header("content-disposition", named(name));
    let answer = request.body(content).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

async fn download(world: &World, visitor: &Visitor, file: &str) -> reqwest::Response {
    let url = world.url(&format!("/v1/conversations/{}/files/{file}", visitor.conversation));
    world.http.get(url).bearer_auth(&visitor.token).send().await.unwrap()
}

fn file(entry: &Value) -> bool {
    entry["kind"] == "file"
}

#[tokio::test]
async fn a_file_of_the_customers_reaches_the_agents_once() {
    let desk = Desk::new();
    let (world, visitor) = with_agent(&desk).await;
    let (status, sent) = upload(&world, &visitor, "../../leak.png", PNG.to_vec()).await;
    assert_eq!(status, 200, "{sent}");
    let request = json!({ "id": Uuid::new_v4(), "file": sent["id"] });
    let (first, _) = world.post(&visitor, "attachments", request.clone()).await;
    let (again, _) = world.post(&visitor, "attachments", request).await;
    assert_eq!([first, again], [200, 200]);
    let chat = desk.chat(|chat| chat.files.len() == 1).await;
    assert_eq!(chat.file(), ("leak.png", PNG));
    let entries = world.until_one(&visitor, file).await;
    assert_eq!(entries.iter().filter(|entry| file(entry)).count(), 1);
    assert_eq!(entries.last().unwrap()["from"], "customer");
    let new = json!({ "id": Uuid::new_v4(), "file": sent["id"] });
    assert_eq!(world.post(&visitor, "attachments", new).await.0, 404, "it was sent");
}

#[tokio::test]
async fn what_the_agents_side_does_not_take_is_refused_before_it_is_sent() {
    let desk = Desk::new();
    desk.takes(FilesTaken { none: false, largest: Some(400 << 10) });
    let (world, visitor) = with_agent(&desk).await;
    world.until_one(&visitor, |it| it["max_file_bytes"] == 400 << 10).await;
    let large = [PNG, &vec![0; 400 << 10]].concat();
    let (status, problem) = upload(&world, &visitor, "large.png", large).await;
    assert_eq!(status, 413);
    assert_eq!(problem["detail"], "a file may have 400 KB at most");
    let (status, _) = upload(&world, &visitor, "tool.exe", b"MZ\0\0\xff".to_vec()).await;
    assert_eq!(status, 415);
    let (status, _) = upload(&world, &visitor, "empty.png", Vec::new()).await;
    assert_eq!(status, 422);
    let desk = Desk::new();
    desk.takes(FilesTaken { none: true, largest: None });
    let (world, visitor) = with_agent(&desk).await;
    world.until_one(&visitor, |it| it["max_file_bytes"] == 0).await;
    let (status, problem) = upload(&world, &visitor, "a.png", PNG.to_vec()).await;
    assert_eq!(status, 422);
    assert_eq!(problem["detail"], "no files can be sent in this chat");
}

/// Whoever is told nothing takes it that it has arrived.
#[tokio::test]
async fn what_is_refused_behind_the_acknowledgement_is_told_to_the_customer() {
    let desk = Desk::new();
    let (world, visitor) = with_agent(&desk).await;
    let (_, sent) = upload(&world, &visitor, "plan.png", PNG.to_vec()).await;
    let refused = ChatError::Refused { status: Some(415), why: "no such files here".into() };
    desk.trouble([refused], false);
    let request = json!({ "id": Uuid::new_v4(), "file": sent["id"] });
    assert_eq!(world.post(&visitor, "attachments", request).await.0, 200);
    let told = |entry: &Value| file(entry) && entry["from"] == "assistant";
    let entries = world.until_one(&visitor, told).await;
    let entry = entries.iter().find(|entry| told(entry)).unwrap();
    assert_eq!((&entry["name"], entry.get("file")), (&json!("plan.png"), None));
    desk.refuses_lines();
    say(&world, &visitor, "Did you get it?").await;
    let told = |entry: &Value| entry["notice"] == "not_passed_on";
    world.until_one(&visitor, told).await;
    let store = world.server.as_ref().unwrap().store();
    assert_eq!(store.dead_letters().await.unwrap().len(), 2, "the operator knows, too");
}

#[tokio::test]
async fn nobody_sends_or_gets_what_is_anothers() {
    let desk = Desk::new();
    let (world, visitor) = with_agent(&desk).await;
    let (_, sent) = upload(&world, &visitor, "a.png", PNG.to_vec()).await;
    let other = world.open(json!({ "messenger": "web" })).await;
    let theirs = json!({ "id": Uuid::new_v4(), "file": sent["id"] });
    assert_eq!(world.post(&other, "attachments", theirs.clone()).await.0, 404);
    let id = sent["id"].as_str().unwrap();
    assert_eq!(download(&world, &other, id).await.status(), 404);
    let stolen = Visitor { token: other.token.clone(), conversation: visitor.conversation.clone() };
    assert_eq!(download(&world, &stolen, id).await.status(), 404);
    assert_eq!(world.post(&stolen, "attachments", theirs).await.0, 404);
    assert_eq!(download(&world, &visitor, "../x").await.status(), 404);
    assert_eq!(download(&world, &visitor, id).await.status(), 200);
}

#[tokio::test]
async fn a_file_of_an_agents_is_kept_and_handed_out_to_be_saved() {
    let desk = Desk::new();
    let (mut world, visitor) = with_agent(&desk).await;
    let page = b"To whom it may concern: <script>alert(1)</script>";
    desk.sends("tool.exe", b"MZ\0\0\xff");
    desk.sends("huge.png", &[PNG, &vec![0; 11 << 20]].concat());
    desk.sends("\u{202e}lmth.page.html", page);
    desk.says("There you are.");
    let entries = world.until_one(&visitor, wrote("There you are.")).await;
    let files: Vec<&Value> = entries.iter().filter(|entry| file(entry)).collect();
    let names: Vec<&str> = files.iter().filter_map(|entry| entry["name"].as_str()).collect();
    assert_eq!(names, ["tool.exe", "huge.png", "lmth.page.html.txt"]);
    assert!(files[0].get("file").is_none() && files[1].get("file").is_none(), "{files:#?}");
    let id = files[2]["file"]["id"].as_str().unwrap();
    let answer = download(&world, &visitor, id).await;
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/plain");
    assert_eq!(header("content-disposition"), "attachment");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("content-security-policy").contains("sandbox"));
    assert_eq!(answer.bytes().await.unwrap(), &page[..]);
    // What is told again is not fetched again.
    let fetched = desk.fetched();
    world.crash();
    world.start().await;
    desk.says("Still there?");
    let entries = world.until_one(&visitor, wrote("Still there?")).await;
    assert_eq!(entries.iter().filter(|entry| file(entry)).count(), 3);
    assert_eq!(desk.fetched(), fetched);
}

#[tokio::test]
async fn files_go_both_ways_in_the_local_org() {
    let (world, visitor, chat) = handed_off("3m").await;
    does(&world, &chat, "accept", json!({ "agent": "Mara Lindt" })).await;
    world.until_one(&visitor, |entry| entry["state"] == "joined").await;
    world.until_one(&visitor, |it| it["max_file_bytes"] == 5 << 20).await;
    let (_, sent) = upload(&world, &visitor, "bill.png", PNG.to_vec()).await;
    let request = json!({ "id": Uuid::new_v4(), "file": sent["id"] });
    assert_eq!(world.post(&visitor, "attachments", request).await.0, 200);
    conversations(&world, |all| texts(&all[0]).iter().any(|it| it.contains("bill.png"))).await;
    let sends = json!({ "name": "How to.txt", "mime": "text/html", "text": "Turn it off." });
    does(&world, &chat, "file", sends).await;
    let theirs = |entry: &Value| file(entry) && entry["from"] == "agent";
    let entries = world.until_one(&visitor, theirs).await;
    let entry = entries.iter().find(|entry| theirs(entry)).unwrap();
    assert_eq!(entry["name"], "How to.txt");
    let answer = download(&world, &visitor, entry["file"]["id"].as_str().unwrap()).await;
    assert_eq!(answer.text().await.unwrap(), "Turn it off.");
}

/// What agents can't have they are told of, and talk with the customer all the same.
#[tokio::test]
async fn files_of_a_form_go_along_with_what_was_said_before() {
    let form = "  collect \"Show us\" {\n    file damage required\n    file bill\n  }\n";
    let program = program("3m").replacen("  hand off", &format!("{form}  hand off"), 1);
    let desk = Desk::new();
    desk.takes(FilesTaken { none: false, largest: Some(100) });
    let world = World::with_agents(&program, Arc::new(desk.clone())).await;
    let visitor = world.open(json!({ "messenger": "web" })).await;
    say(&world, &visitor, "The heater stopped working on Sunday.").await;
    let entries = world.until(&visitor, "form").await;
    let wait = form_of(&entries);
    let (_, small) = upload(&world, &visitor, "small.png", PNG.to_vec()).await;
    let (_, large) = upload(&world, &visitor, "large.png", [PNG, &[0; 100]].concat()).await;
    // Once each, however often it is tried.
    let away = || ChatError::Later { why: "the network is away".into(), after: None };
    desk.trouble([away(), away(), away()], true);
    let values = json!({ "damage": small["id"], "bill": large["id"] });
    let values = json!({ "id": Uuid::new_v4(), "wait": wait, "values": values });
    assert_eq!(world.post(&visitor, "forms", values).await.0, 200);
    let chat = desk.chat(|chat| chat.lines.len() == 2 && chat.files.len() == 1).await;
    assert_eq!(chat.file(), ("small.png", PNG));
    assert_eq!(chat.texts()[1], "A file that was sent before is not here: large.png");
}

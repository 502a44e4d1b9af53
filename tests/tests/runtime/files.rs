//! Files that customers send, from the Messenger's API to the Case.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::world::{OPERATOR, PROGRAM, Visitor, World, raw};
use crate::{FIRST, SECOND, form_of};

const PHOTO: &[u8] = b"\xff\xd8\xff\xe0 a photo of a heater \x00\x01\x02";
const LIMIT: usize = 1 << 20;

fn program() -> String {
    let collect = PROGRAM.find("  collect ").expect("a form");
    let create = PROGRAM.find("  create case").expect("a Case");
    let form = "  collect \"Show us\" {\n    file damage required label \"The damage\"\n    \
                file bill\n  }\n";
    format!("{}{form}{}", &PROGRAM[..collect], &PROGRAM[create..])
}

/// A conversation that asks for files; the wait's number too.
async fn asked(world: &World) -> (Visitor, u64) {
    let visitor = world.open(json!({ "messenger": "web" })).await;
    let message = json!({ "id": FIRST, "text": "The heater stopped working on Sunday." });
    assert_eq!(world.post(&visitor, "messages", message).await.0, 200);
    let entries = world.until(&visitor, "form").await;
    let line = &entries.iter().find(|entry| entry["kind"] == "form").unwrap()["fields"][0];
    assert_eq!((&line["name"], &line["input"]), (&json!("damage"), &json!("file")));
    let wait = form_of(&entries);
    (visitor, wait)
}

/// The header that names a file; the address does not, for it is logged.
pub(crate) fn named(name: &str) -> String {
    format!("attachment; filename*=UTF-8''{name}")
}

async fn upload(world: &World, visitor: &Visitor, name: &str, bytes: Vec<u8>) -> (u16, Value) {
    let url = world.url(&format!("/v1/conversations/{}/files", visitor.conversation));
    let request = world.http.post(url).bearer_auth(&visitor.token);
    let request = request.header("content-disposition", named(name));
    let answer = request.body(bytes).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

fn form(wait: u64, values: &Value) -> Value {
    json!({ "id": SECOND, "wait": wait, "values": values })
}

#[tokio::test]
async fn files_stand_at_the_case_byte_by_byte() {
    let world = World::running(&program()).await;
    let versions = world.org.org().state().records.rows("ContentVersion").count();
    let (visitor, wait) = asked(&world).await;
    let (status, photo) = upload(&world, &visitor, "../photo.exe", PHOTO.to_vec()).await;
    assert_eq!(status, 200, "{photo}");
    assert_eq!((&photo["name"], &photo["type"]), (&json!("photo.exe.jpg"), &json!("image/jpeg")));
    let (status, bill) = upload(&world, &visitor, "bill.pdf", b"%PDF-1.7 a bill".to_vec()).await;
    assert_eq!(status, 200, "{bill}");

    let (status, problem) = world.post(&visitor, "forms", form(wait, &json!({}))).await;
    assert_eq!(status, 422);
    assert_eq!(problem["fields"], json!({ "damage": "Please choose a file." }));
    let values = json!({ "damage": photo["id"], "bill": bill["id"] });
    assert_eq!(world.post(&visitor, "forms", form(wait, &values)).await.0, 200);
    let closed = json!([["The damage", "photo.exe.jpg"], ["Bill", "bill.pdf"]]);
    world.until_one(&visitor, |entry| entry["answers"] == closed).await;

    // The transcript comes along.
    world.records("ContentVersion", versions + 3).await;
    let ledger = format!("{}/__org/ledger", world.org.url());
    let ledger: Value = world.http.get(ledger).send().await.unwrap().json().await.unwrap();
    let saved = |title: &str| {
        let entries = ledger.as_array().unwrap().iter();
        let rows = entries.filter_map(|one| one["outcome"]["saved"].as_array()).flatten();
        let of_title = |row: &&Value| row["values"]["Title"] == title;
        let found: Vec<&Value> =
            rows.filter(|row| row["object"] == "ContentVersion").filter(of_title).collect();
        assert_eq!(found.len(), 1, "{title}");
        BASE64_STANDARD.decode(found[0]["values"]["VersionData"].as_str().unwrap()).unwrap()
    };
    assert_eq!(saved("photo.exe.jpg"), PHOTO);
    assert_eq!(saved("bill.pdf"), b"%PDF-1.7 a bill");
}

#[tokio::test]
async fn what_is_no_file_for_a_form_is_refused() {
    let world = World::running(&program()).await;
    let early = world.open(json!({ "messenger": "web" })).await;
    world.until(&early, "asked").await;
    let photo = || PHOTO.to_vec();
    assert_eq!(upload(&world, &early, "a.jpg", photo()).await.0, 409, "nobody asks for one");

    let (visitor, wait) = asked(&world).await;
    let large = [photo(), vec![0; LIMIT]].concat();
    let (status, problem) = upload(&world, &visitor, "a.jpg", large).await;
    assert_eq!((status, &problem["detail"]), (413, &json!("a file may have 1 MB at most")));
    let exact = [photo(), vec![0; LIMIT - PHOTO.len()]].concat();
    assert_eq!(upload(&world, &visitor, "a.jpg", exact).await.0, 200);
    // One that does not say how long it is, is cut off all the same.
    let (id, token) = (&visitor.conversation, &visitor.token);
    let untold = format!(
        "POST /v1/conversations/{id}/files HTTP/1.1\r\nHost: localhost\r\nContent-Disposition: {}\r\n\
         Authorization: Bearer {token}\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n",
        named("a"),
        LIMIT + 1,
        "a".repeat(LIMIT + 1)
    );
    assert!(raw(&world, &untold).await.starts_with("HTTP/1.1 413"));
    assert_eq!(upload(&world, &visitor, "a.jpg", b"MZ\x90\x00".to_vec()).await.0, 415);
    assert_eq!(upload(&world, &visitor, "a.html", b"<script>".to_vec()).await.0, 415);
    assert_eq!(upload(&world, &visitor, "a.jpg", Vec::new()).await.0, 422);
    let url = world.url(&format!("/v1/conversations/{id}/files?name=a.jpg"));
    let unnamed = world.http.post(url).bearer_auth(token).body(photo()).send().await.unwrap();
    assert_eq!(unnamed.status(), 400);

    // Another conversation's upload is nobody else's.
    let (other, _) = asked(&world).await;
    let (_, theirs) = upload(&world, &other, "a.jpg", photo()).await;
    let values = json!({ "damage": theirs["id"] });
    let (status, problem) = world.post(&visitor, "forms", form(wait, &values)).await;
    assert_eq!(status, 422);
    assert_eq!(problem["fields"], json!({ "damage": "Please choose this file again." }));
}

#[tokio::test]
async fn a_visitor_sends_one_file_at_a_time_and_twenty_in_all() {
    let world = World::running(&program()).await;
    let (visitor, _) = asked(&world).await;
    let (id, token) = (&visitor.conversation, &visitor.token);
    let mut slow = TcpStream::connect(world.server.as_ref().unwrap().address()).await.unwrap();
    let begun = format!(
        "POST /v1/conversations/{id}/files HTTP/1.1\r\nHost: localhost\r\nContent-Disposition: {}\r\n\
         Authorization: Bearer {token}\r\nContent-Length: 9\r\n\r\nhalf",
        named("a")
    );
    slow.write_all(begun.as_bytes()).await.unwrap();
    // An empty one is refused as such as long as there is a place for it.
    while upload(&world, &visitor, "b", Vec::new()).await.0 != 429 {}
    let (other, _) = asked(&world).await;
    assert_eq!(upload(&world, &other, "a.jpg", PHOTO.to_vec()).await.0, 200, "others have places");
    drop(slow);
    while upload(&world, &visitor, "b", Vec::new()).await.0 != 422 {}

    for n in 1..=20 {
        assert_eq!(upload(&world, &visitor, "a.jpg", PHOTO.to_vec()).await.0, 200, "file {n}");
    }
    let (status, problem) = upload(&world, &visitor, "a.jpg", PHOTO.to_vec()).await;
    assert_eq!(status, 422);
    assert_eq!(problem["detail"], "a conversation takes 20 files at most");
}

#[tokio::test]
async fn all_files_together_have_a_limit() {
    let mut world = World::new().await;
    world.stop().await;
    world.edge.files_mb = 1;
    world.start().await;
    world.swap(&program()).await;
    let (visitor, _) = asked(&world).await;
    let half = || [PHOTO, &vec![0; LIMIT / 2]].concat();
    assert_eq!(upload(&world, &visitor, "a.jpg", half()).await.0, 200);
    let (other, _) = asked(&world).await;
    let (status, problem) = upload(&world, &other, "b.jpg", half()).await;
    assert_eq!(status, 507);
    assert_eq!(problem["detail"], "there is no room for more files at the moment");
    assert_eq!(upload(&world, &other, "c.jpg", PHOTO.to_vec()).await.0, 200, "a small one fits");
    let request = world.http.get(world.operator_url("/metrics")).bearer_auth(OPERATOR);
    let text = request.send().await.unwrap().text().await.unwrap();
    let kept = half().len() + PHOTO.len();
    assert!(text.contains(&format!("\ntidegate_store_files_bytes {kept}\n")), "{text}");
    assert!(text.contains(&format!("\ntidegate_store_files_limit_bytes {LIMIT}\n")), "{text}");
}

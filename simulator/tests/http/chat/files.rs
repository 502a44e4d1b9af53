//! Files in both directions.

use reqwest::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde_json::{Value as Json, json};

use super::{API, DEPLOYMENT, Stage, Visitor, told, uuid};

const BOUNDARY: &str = "a-boundary";

impl Visitor<'_> {
    async fn upload(&self, id: &str, head: Json, (name, bytes): (&str, &[u8])) -> (u16, Json) {
        let mut body = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"messageEntry\"\r\n\
             Content-Type: application/json\r\n\r\n{head}\r\n--{BOUNDARY}\r\n\
             Content-Disposition: form-data; name=\"fileData\"; filename=\"{name}\"\r\n\
             Content-Type: text/plain\r\n\r\n"
        )
        .into_bytes();
        body.extend(bytes);
        body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
        let url = format!("{}{API}/conversation/{id}/file", self.stage.org.url());
        let request = self.stage.client.post(url).bearer_auth(&self.token).body(body);
        let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
        told(request.header(CONTENT_TYPE, content_type).send().await.expect("an answer")).await
    }
}

fn head(id: &str) -> Json {
    json!({ "message": { "id": id, "fileId": uuid(), "text": "see this" },
            "esDeveloperName": DEPLOYMENT, "isNewMessagingSession": false, "routingAttributes": {} })
}

#[tokio::test]
async fn a_customers_file_is_told_and_can_be_fetched_for_a_while() {
    let stage = Stage::new().await;
    stage.clock(json!({ "still": true })).await;
    let (guest, id) = stage.waiting().await;
    let mut events = guest.listen().await;
    events.until("routing_result Initial None").await;
    let message = uuid();
    let (status, body) = guest.upload(&id, head(&message), ("é 1.txt", b"one\r\ntwo")).await;
    assert_eq!((status, &body["conversationEntries"][0]["id"]), (202, &json!(message)), "{body}");
    let told = events.next().await.payload();
    let content = &told["abstractMessage"]["staticContent"];
    assert_eq!(
        (&content["formatType"], &content["text"]),
        (&json!("Attachments"), &json!("see this"))
    );
    let result = &content["attachments"][0]["attachmentUploadResult"]["resultType"];
    assert_eq!(result, "CompletedAttachmentUploadResult");
    let url = content["attachments"][0]["url"].as_str().expect("an address");
    let fetched = stage.client.get(url).send().await.expect("an answer");
    let disposition = fetched.headers()[CONTENT_DISPOSITION].to_str().expect("text").to_owned();
    assert!(disposition.starts_with("attachment"), "{disposition}");
    assert_eq!(fetched.bytes().await.expect("bytes"), "one\r\ntwo");
    stage.advance(60).await;
    assert_eq!(stage.client.get(url).send().await.expect("an answer").status(), 403);
}

#[tokio::test]
async fn files_are_held_to_the_channels_limits() {
    let stage = Stage::new().await;
    let (guest, id) = stage.waiting().await;
    let large = vec![b'x'; 5 * 1024 * 1024 + 1];
    assert_eq!(guest.upload(&id, head(&uuid()), ("a.txt", &large)).await.0, 400);
    let fits = &large[1..];
    assert_eq!(guest.upload(&id, head(&uuid()), ("a.txt", fits)).await.0, 202);
    for name in ["a.exe", "a", ""] {
        assert_eq!(guest.upload(&id, head(&uuid()), (name, b"x")).await.0, 400, "{name}");
    }
    assert_eq!(guest.upload(&id, head(&uuid()), ("A.JPEG", b"x")).await.0, 202);
    assert_eq!(guest.upload(&id, json!({}), ("a.txt", b"x")).await.0, 400);
    assert_eq!(guest.upload(&id, head("1"), ("a.txt", b"x")).await.0, 400);
    let path = format!("/conversation/{id}/file");
    assert_eq!(guest.post(&path, json!({})).await.0, 400, "no form");
    for (attachments, status) in [
        (json!({ "any_type": true }), 202),
        (json!({ "enabled": false }), 400),
        (json!({ "types": ["exe"] }), 202),
    ] {
        let channel = json!({ "attachments": attachments });
        stage.deploy(json!({ "name": DEPLOYMENT, "channel": channel })).await;
        assert_eq!(guest.upload(&id, head(&uuid()), ("a.exe", b"x")).await.0, status);
    }
}

#[tokio::test]
async fn an_agents_file_comes_as_an_attachment_and_a_file_begins_a_session() {
    let stage = Stage::new().await;
    let (guest, id) = stage.waiting().await;
    stage.act(&id, "accept", json!({})).await;
    stage.act(&id, "file", json!({ "name": "note.txt", "mime": "text/plain", "text": "hi" })).await;
    let entries = guest.entries(&id, "?entryTypeFilter=Message").await;
    let content = &entries[0]["entryPayload"]["abstractMessage"]["staticContent"];
    let url = content["attachments"][0]["url"].as_str().expect("an address");
    assert_eq!(
        stage.client.get(url).send().await.expect("an answer").text().await.expect("text"),
        "hi"
    );
    stage.act(&id, "end", json!({})).await;
    assert_eq!(guest.upload(&id, head(&uuid()), ("a.txt", b"x")).await.0, 417);
    let mut again = head(&uuid());
    again["isNewMessagingSession"] = json!(true);
    assert_eq!(guest.upload(&id, again, ("a.txt", b"x")).await.0, 202);
    assert_eq!(stage.view(&id).await["sessions"], 2);
}

//! Bodies that are not what a route takes: each is refused by its status, and nothing of it is kept.

use serde_json::{Value, json};

use crate::world::{Visitor, World, raw};

const ID: &str = "7de00000-0000-4000-8000-000000000001";

struct Posting {
    world: World,
    visitor: Visitor,
}

impl Posting {
    async fn new() -> Self {
        let world = World::new().await;
        let visitor = world.open(json!({ "messenger": "web" })).await;
        world.until(&visitor, "asked").await;
        Self { world, visitor }
    }

    async fn send(&self, route: &str, kind: Option<&str>, body: impl Into<reqwest::Body>) -> u16 {
        let url =
            self.world.url(&format!("/v1/conversations/{}/{route}", self.visitor.conversation));
        let mut request = self.world.http.post(url).bearer_auth(&self.visitor.token).body(body);
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        let answer = request.send().await.unwrap();
        assert!(
            answer.status() == 200
                || answer.headers()["content-type"] == "application/problem+json"
        );
        answer.status().as_u16()
    }

    async fn json(&self, route: &str, body: impl Into<reqwest::Body>) -> u16 {
        self.send(route, Some("application/json"), body).await
    }

    /// Nothing but what the assistant said stands in the conversation.
    async fn nothing_was_kept(&self) {
        let entries = self.world.until(&self.visitor, "asked").await;
        assert!(entries.iter().all(|entry| entry["from"] != "customer"), "{entries:#?}");
    }
}

#[tokio::test]
async fn malformed_json_is_refused() {
    let posting = Posting::new().await;
    let good = json!({ "id": ID, "text": "hello" }).to_string();
    for broken in ["", "{", "nonsense", "[]", "null", "{\"id\":1}", &good.replace('}', ",}")] {
        assert_eq!(posting.json("messages", broken.to_owned()).await, 400, "{broken}");
    }
    for trailing in ["x", "{}", "\0", ",", "]"] {
        assert_eq!(posting.json("messages", format!("{good}{trailing}")).await, 400, "{trailing}");
    }
    assert_eq!(posting.json("messages", b"{\"id\":\"\xff\"}".to_vec()).await, 400);
    posting.nothing_was_kept().await;
}

#[tokio::test]
async fn a_name_twice_or_unknown_is_refused() {
    let posting = Posting::new().await;
    let twice = [
        ("messages", format!(r#"{{"id":"{ID}","text":"a","text":"b"}}"#)),
        ("messages", format!(r#"{{"id":"{ID}","id":"{ID}","text":"a"}}"#)),
        ("forms", format!(r#"{{"id":"{ID}","wait":1,"values":{{"a":"1","a":"2"}}}}"#)),
        ("choices", format!(r#"{{"id":"{ID}","wait":1,"choice":0,"wait":1}}"#)),
        ("human", format!(r#"{{"id":"{ID}","id":"{ID}"}}"#)),
    ];
    for (route, body) in twice {
        assert_eq!(posting.json(route, body.clone()).await, 400, "{body}");
    }
    let unknown = [
        ("messages", json!({ "id": ID, "text": "a", "html": "b" })),
        ("forms", json!({ "id": ID, "wait": 1, "values": {}, "value": {} })),
        ("choices", json!({ "id": ID, "wait": 1, "choice": 0, "label": "x" })),
        ("human", json!({ "id": ID, "queue": "x" })),
        ("refusals", json!({ "id": ID, "wait": 1, "why": "x" })),
    ];
    for (route, body) in unknown {
        assert_eq!(posting.json(route, body.to_string()).await, 400, "{body}");
    }
    let open = json!({ "messenger": "web", "is_admin": true });
    let answer = posting.world.http.post(posting.world.url("/v1/open")).json(&open).send().await;
    assert_eq!(answer.unwrap().status(), 400);
    posting.nothing_was_kept().await;
}

/// What is lacking is named; what was sent is not repeated.
#[tokio::test]
async fn the_field_that_is_wrong_is_named() {
    let posting = Posting::new().await;
    let bodies = [
        ("/v1/open", json!({})),
        ("/v1/open", json!({ "messenger": 7 })),
        ("/v1/open", json!({ "messenger": "web", "is_admin": true })),
        ("/v1/logout", json!({ "all": true })),
    ];
    let mut told = Vec::new();
    for (path, body) in bodies {
        let url = posting.world.url(path);
        let answer = posting.world.http.post(url).json(&body).send().await.unwrap();
        let problem: Value = answer.json().await.unwrap();
        told.push(format!("{path} {body}: {}", problem["detail"]));
    }
    for (route, body) in [
        ("messages", json!({ "id": ID })),
        ("forms", json!({ "id": ID, "wait": "secret", "values": {} })),
        ("choices", json!({ "id": ID, "wait": 1 })),
        ("human", json!({ "id": "secret" })),
        ("refusals", json!({ "id": ID })),
    ] {
        let (status, problem) = posting.world.post(&posting.visitor, route, body.clone()).await;
        assert_eq!(status, 400, "{problem}");
        told.push(format!("{route} {body}: {}", problem["detail"]));
    }
    insta::assert_snapshot!(told.join("\n"));
    posting.nothing_was_kept().await;
}

/// Depth is refused where it begins: no place of a body may hold what nests.
#[tokio::test]
async fn ten_thousand_brackets_are_refused() {
    let posting = Posting::new().await;
    let (open, close) = ("[".repeat(10_000), "]".repeat(10_000));
    let deep = format!("{open}{close}");
    let objects = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    for deep in [deep, objects] {
        for body in [
            deep.clone(),
            format!(r#"{{"id":"{ID}","text":{deep}}}"#),
            format!(r#"{{"id":"{ID}","text":"a","more":{deep}}}"#),
        ] {
            assert_eq!(posting.json("messages", body).await, 400);
        }
        let form = format!(r#"{{"id":"{ID}","wait":1,"values":{{"a":{deep}}}}}"#);
        assert_eq!(posting.json("forms", form).await, 400);
    }
    posting.nothing_was_kept().await;
}

/// Told by its length at once, and without one as soon as it is too much: the rest is never read.
#[tokio::test]
async fn too_much_is_refused_while_it_is_read() {
    let posting = Posting::new().await;
    let text = |size: usize| json!({ "id": ID, "text": "x".repeat(size) }).to_string();
    assert_eq!(posting.json("messages", text(70 << 10)).await, 413);
    assert_eq!(posting.json("messages", text(1 << 20)).await, 413);
    // Below that, it is a message that is too long.
    assert_eq!(posting.json("messages", text(60 << 10)).await, 422);
    let head = format!(
        "POST /v1/conversations/{}/messages HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
        posting.visitor.conversation, posting.visitor.token
    );
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    // The body never ends, and the answer comes all the same.
    let answer = raw(&posting.world, &format!("{head}{chunk}1\r\nx\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    posting.nothing_was_kept().await;
}

#[tokio::test]
async fn what_is_not_called_json_is_refused() {
    let posting = Posting::new().await;
    let good = json!({ "id": ID, "text": "hello" }).to_string();
    let kinds = [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("text/json"),
        Some("application/jsonp"),
    ];
    for kind in kinds {
        assert_eq!(posting.send("messages", kind, good.clone()).await, 415, "{kind:?}");
    }
    posting.nothing_was_kept().await;
    let kind = Some("Application/JSON; charset=utf-8");
    assert_eq!(posting.send("messages", kind, good).await, 200);
}

#[tokio::test]
async fn text_that_nobody_can_read_is_refused() {
    let posting = Posting::new().await;
    let empty = ["", " ", "\n\t", "\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}", "\u{ad}", "\u{7}"];
    for text in empty.iter().chain(&["a\0b"]) {
        let body = json!({ "id": ID, "text": text }).to_string();
        assert_eq!(posting.json("messages", body).await, 422, "{text:?}");
    }
    // Half of a surrogate pair is no text at all.
    let lone = format!(r#"{{"id":"{ID}","text":"\ud800"}}"#);
    assert_eq!(posting.json("messages", lone).await, 400);
    posting.nothing_was_kept().await;
}

/// Nothing is taken out of what a customer writes: what shows it must not run it.
#[tokio::test]
async fn markup_is_kept_as_it_was_written() {
    let posting = Posting::new().await;
    let text =
        "<script>alert(1)</script> javascript:alert(1) <img src=x onerror=alert(1)> &amp; ';--";
    let body = json!({ "id": ID, "text": text }).to_string();
    assert_eq!(posting.json("messages", body).await, 200);
    let entries = posting.world.until(&posting.visitor, "form").await;
    let said: Vec<&Value> = entries.iter().filter(|entry| entry["from"] == "customer").collect();
    assert_eq!(said.len(), 1);
    assert_eq!(said[0]["text"], text);
}

#[tokio::test]
async fn a_field_that_the_form_does_not_ask_for_changes_nothing() {
    let posting = Posting::new().await;
    let message = json!({ "id": ID, "text": "The heater stopped." }).to_string();
    assert_eq!(posting.json("messages", message).await, 200);
    let entries = posting.world.until(&posting.visitor, "form").await;
    let wait = entries.iter().find(|entry| entry["kind"] == "form").unwrap()["wait"].clone();
    for other in ["conversation.Priority", "person.Email", "Case.OwnerId", "", "\u{0}"] {
        let id = "7de00000-0000-4000-8000-000000000002";
        let values = json!({ "conversation.order_number": "123456", other: "High" });
        let form = json!({ "id": id, "wait": wait, "values": values });
        let (status, problem) = posting.world.post(&posting.visitor, "forms", form).await;
        assert_eq!(status, 422, "{other}: {problem}");
    }
    assert_eq!(posting.world.creates("Case"), 0);
}

//! Live chat as a client of one's own meets it, and as whoever plays the agents does.

mod agents;
mod console;
mod conversations;
mod events;
mod files;
mod flows;
mod quirks;
mod switches;
mod tokens;

use reqwest::{Method, Response};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::Stage;

const API: &str = "/iamessage/api/v2";
/// The deployment that every org has.
const DEPLOYMENT: &str = "Web_Chat";

fn uuid() -> String {
    Uuid::new_v4().to_string()
}

impl Stage {
    fn org_id(&self) -> String {
        self.org.org().id().expect("an org has an id").short().to_owned()
    }

    fn token_body(&self) -> Json {
        json!({
            "orgId": self.org_id(), "esDeveloperName": DEPLOYMENT, "capabilitiesVersion": "1",
            "platform": "Web", "context": { "appName": "tests", "clientVersion": "1.0" },
        })
    }

    /// A call of the live-chat API without a token.
    async fn call(&self, method: Method, path: &str, body: Option<Json>) -> (u16, Json) {
        let request = self.client.request(method, format!("{}{path}", self.org.url()));
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        told(request.send().await.expect("an answer")).await
    }

    async fn token_for(&self, body: Json) -> (u16, Json) {
        let path = format!("{API}/authorization/unauthenticated/access-token");
        self.call(Method::POST, &path, Some(body)).await
    }

    async fn guest(&self) -> Visitor<'_> {
        let (status, body) = self.token_for(self.token_body()).await;
        assert_eq!(status, 200, "{body}");
        Visitor::of(self, &body)
    }

    /// A guest with a conversation that waits for an agent.
    async fn waiting(&self) -> (Visitor<'_>, String) {
        let guest = self.guest().await;
        let id = guest.begun(json!({})).await;
        (guest, id)
    }

    async fn door(&self, path: &str, body: Json) -> (u16, Json) {
        self.call(Method::POST, &format!("/__org/{path}"), Some(body)).await
    }

    async fn switch(&self, change: Json) {
        let (status, answer) = self.door("chat/switches", change).await;
        assert_eq!(status, 200, "{answer}");
    }

    async fn deploy(&self, deployment: Json) {
        let (status, answer) = self.door("chat/deployments", deployment).await;
        assert_eq!(status, 200, "{answer}");
    }

    async fn staff(&self, staffing: Json) {
        let (status, answer) = self.door("chat/agents", staffing).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// Does what an agent does, by hand.
    async fn act(&self, id: &str, act: &str, body: Json) -> Json {
        let (status, answer) = self.try_act(id, act, body).await;
        assert_eq!(status, 200, "{act}: {answer}");
        answer
    }

    async fn try_act(&self, id: &str, act: &str, body: Json) -> (u16, Json) {
        self.door(&format!("chat/conversations/{id}/{act}"), body).await
    }

    async fn view(&self, id: &str) -> Json {
        let path = format!("/__org/chat/conversations/{id}");
        self.call(Method::GET, &path, None).await.1
    }

    /// The clock of chats stands still, or moves so far.
    async fn clock(&self, body: Json) -> Json {
        let (status, answer) = self.door("clock", body).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    async fn advance(&self, minutes: u64) {
        self.clock(json!({ "advance_ms": minutes * 60_000 })).await;
    }
}

async fn told(response: Response) -> (u16, Json) {
    let status = response.status().as_u16();
    let text = response.text().await.expect("a body");
    (status, serde_json::from_str(&text).unwrap_or_default())
}

/// Somebody who holds a token.
struct Visitor<'s> {
    stage: &'s Stage,
    token: String,
    last_event: String,
    subject: String,
}

impl<'s> Visitor<'s> {
    fn of(stage: &'s Stage, body: &Json) -> Visitor<'s> {
        let text = |at: &str| body.pointer(at).and_then(Json::as_str).expect("text").to_owned();
        let subject = text("/context/endUser/subject");
        Visitor { stage, token: text("/accessToken"), last_event: text("/lastEventId"), subject }
    }

    async fn send(&self, method: Method, path: &str, body: Option<Json>) -> (u16, Json) {
        let url = format!("{}{API}{path}", self.stage.org.url());
        let request = self.stage.client.request(method, url).bearer_auth(&self.token);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        told(request.send().await.expect("an answer")).await
    }

    async fn get(&self, path: &str) -> (u16, Json) {
        self.send(Method::GET, path, None).await
    }

    async fn post(&self, path: &str, body: Json) -> (u16, Json) {
        self.send(Method::POST, path, Some(body)).await
    }

    async fn delete(&self, path: &str) -> (u16, Json) {
        let path = format!("{path}?esDeveloperName={DEPLOYMENT}");
        self.send(Method::DELETE, &path, None).await
    }

    async fn create(&self, id: &str, attributes: Json) -> (u16, Json) {
        let body = json!({
            "conversationId": id, "esDeveloperName": DEPLOYMENT, "language": "en_US",
            "routingAttributes": attributes,
        });
        self.post("/conversation", body).await
    }

    /// The id of a new conversation.
    async fn begun(&self, attributes: Json) -> String {
        let id = uuid();
        let (status, body) = self.create(&id, attributes).await;
        assert_eq!(status, 201, "{body}");
        id
    }

    async fn say(&self, id: &str, text: &str) -> (u16, Json) {
        self.message(id, text_message(&uuid(), text)).await
    }

    async fn message(&self, id: &str, body: Json) -> (u16, Json) {
        self.post(&format!("/conversation/{id}/message"), body).await
    }

    async fn entries(&self, id: &str, query: &str) -> Vec<Json> {
        let (status, body) = self.get(&format!("/conversation/{id}/entries{query}")).await;
        assert_eq!(status, 200, "{body}");
        body["conversationEntries"].as_array().expect("entries").clone()
    }

    async fn listen(&self) -> Events {
        self.listen_after(Some(&self.last_event)).await
    }

    async fn listen_after(&self, after: Option<&str>) -> Events {
        let response = self.stream(after).await;
        assert_eq!(response.status(), 200);
        let content_type = response.headers()["content-type"].to_str().expect("text").to_owned();
        assert!(content_type.starts_with("text/event-stream"), "{content_type}");
        Events { response, rest: String::new(), last_id: String::new() }
    }

    async fn stream(&self, after: Option<&str>) -> Response {
        let url = format!("{}/eventrouter/v1/sse?_ts=1", self.stage.org.url());
        let request = self.stage.client.get(url).bearer_auth(&self.token);
        let request = request.header("X-Org-ID", self.stage.org_id());
        let request = match after {
            Some(after) => request.header("Last-Event-Id", after),
            None => request,
        };
        request.send().await.expect("an answer")
    }
}

fn text_message(id: &str, text: &str) -> Json {
    json!({
        "message": { "id": id, "messageType": "StaticContentMessage",
                     "staticContent": { "formatType": "Text", "text": text } },
        "esDeveloperName": DEPLOYMENT, "isNewMessagingSession": false,
    })
}

/// A stream of events.
struct Events {
    response: Response,
    rest: String,
    last_id: String,
}

/// One event.
#[derive(Debug)]
struct Event {
    name: String,
    id: Option<u64>,
    data: Json,
}

impl Event {
    /// The entry's payload, which is text that holds JSON.
    fn payload(&self) -> Json {
        let payload = self.data["conversationEntry"]["entryPayload"].as_str().expect("text");
        serde_json::from_str(payload).expect("JSON")
    }

    /// In short: the name, and what is worth knowing of the payload.
    fn short(&self) -> String {
        let name = self.name.trim_start_matches("CONVERSATION_").to_lowercase();
        if !self.data["conversationEntry"]["entryPayload"].is_string() {
            return name;
        }
        let payload = self.payload();
        let text = |at: &str| payload.pointer(at).and_then(Json::as_str).map(str::to_owned);
        let told = [
            "/sessionStatus",
            "/routingType",
            "/failureType",
            "/workType",
            "/entries/0/operation",
            "/entries/0/participant/role",
            "/abstractMessage/staticContent/text",
            "/abstractMessage/staticContent/linkItem/url",
            "/abstractMessage/choices/text",
        ];
        let mut parts = vec![name];
        parts.extend(told.iter().filter_map(|at| text(at)).filter(|text| !text.is_empty()));
        parts.extend(payload["position"].as_u64().map(|position| position.to_string()));
        parts.join(" ")
    }
}

impl Events {
    /// The next event; absent where the stream has ended, an error where it broke.
    async fn try_next(&mut self) -> reqwest::Result<Option<Event>> {
        loop {
            if let Some((event, rest)) = self.rest.split_once("\n\n") {
                let line = |key: &str| {
                    let mut lines = event.lines().filter_map(|line| line.strip_prefix(key));
                    lines.next().map(str::to_owned)
                };
                let (name, id) = (line("event: "), line("id: "));
                let data = line("data: ").unwrap_or_default();
                self.rest = rest.to_owned();
                if let Some(id) = &id {
                    self.last_id.clone_from(id);
                }
                return Ok(Some(Event {
                    name: name.unwrap_or_default(),
                    id: id.and_then(|id| id.parse().ok()),
                    data: serde_json::from_str(&data).expect("JSON"),
                }));
            }
            match self.response.chunk().await? {
                Some(chunk) => self.rest.push_str(std::str::from_utf8(&chunk).expect("text")),
                None => return Ok(None),
            }
        }
    }

    async fn next(&mut self) -> Event {
        self.try_next().await.expect("no break").expect("an event")
    }

    /// Reads on until an event that reads so in short; gives all up to it.
    async fn until(&mut self, wanted: &str) -> Vec<String> {
        let mut seen = Vec::new();
        while seen.last().map(String::as_str) != Some(wanted) {
            seen.push(self.next().await.short());
            assert!(seen.len() < 200, "`{wanted}` does not come: {seen:#?}");
        }
        seen
    }
}

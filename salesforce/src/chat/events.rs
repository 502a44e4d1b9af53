//! The stream of a visitor's events ("Server-Sent Events").

use std::time::Duration;

use http::{HeaderValue, StatusCode, header};
use reqwest::Response;
use serde_json::Value;

use super::client::{ChatClient, bearing};
use super::entry::Entry;
use super::error::ChatError;
use super::id::ConversationId;
use super::reading;
use super::sse::{Parser, WireEvent};
use super::token::Token;
use crate::client::transport;

const PATH: &str = "/eventrouter/v1/sse";

/// Events whose entries are listed too.
const LISTED: [&str; 4] = [
    "CONVERSATION_MESSAGE",
    "CONVERSATION_PARTICIPANT_CHANGED",
    "CONVERSATION_ROUTING_RESULT",
    "CONVERSATION_SESSION_STATUS_CHANGED",
];

/// Something that came on a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// The last id so far: where a stream that is opened again is to go on.
    pub last_event_id: Option<String>,
    /// What it is.
    pub what: Heard,
}

/// What came on a stream.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// A sign of life.
    Ping,
    /// An entry of one of the visitor's conversations: a stream has all of them.
    Entry {
        /// The conversation.
        conversation: ConversationId,
        /// The entry.
        entry: Box<Entry>,
    },
    /// One that is not known here, as clients are to expect.
    Unknown {
        /// The event's name.
        name: String,
    },
    /// One that ought to be an entry of those that are listed too, and could not be read or is longer
    /// than is taken: what it says is to be looked for among the conversation's entries.
    Unreadable {
        /// The event's name.
        name: String,
    },
}

/// An open stream. It neither reconnects nor notices silence: that is for [`super::Live`].
pub struct EventStream {
    response: Response,
    parser: Parser,
}

impl std::fmt::Debug for EventStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventStream").field("parser", &self.parser).finish_non_exhaustive()
    }
}

impl ChatClient {
    /// Opens a stream of a visitor's events, behind the last one that is known.
    ///
    /// # Errors
    ///
    /// As any call.
    pub async fn events(
        &self,
        token: &Token,
        last_event_id: Option<&str>,
    ) -> Result<EventStream, ChatError> {
        let deployment = self.deployment();
        let accept = HeaderValue::from_static("text/event-stream");
        let mut request = bearing(self.transport().http.get(deployment.scrt.at(PATH)), token)
            .header(header::ACCEPT, accept)
            .header("x-org-id", deployment.org.as_str());
        if let Some(id) = last_event_id.and_then(|id| HeaderValue::from_str(id).ok()) {
            request = request.header("last-event-id", id);
        }
        let mut response = self.transport().open(request).await?;
        let status = response.status();
        if !status.is_success() {
            let body = self.transport().body(&mut response).await?;
            return Err(ChatError::from_answer(status, response.headers(), &body));
        }
        let kind = response.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if status != StatusCode::OK || !kind.starts_with("text/event-stream") {
            return Err(ChatError::unclear(status, "an answer that is no stream of events"));
        }
        let parser = Parser::new(self.max_event());
        Ok(EventStream { response, parser })
    }
}

impl EventStream {
    /// Waits for what comes next: all events that have come together. There may be none, where what came
    /// is no whole event yet, but a sign of life all the same. `None` at the stream's end. May be given
    /// up at any time: nothing is lost by it.
    ///
    /// # Errors
    ///
    /// The connection broke.
    pub async fn next(&mut self) -> Result<Option<Vec<Incoming>>, ChatError> {
        let chunk = self.response.chunk().await.map_err(|error| ChatError::Unclear {
            status: None,
            what: transport::chain(error),
            retry_after: None,
        })?;
        Ok(chunk.map(|chunk| self.parser.take(&chunk).into_iter().map(Incoming::read).collect()))
    }

    /// The last id that came, though its event may have said nothing.
    pub fn last_event_id(&self) -> Option<&str> {
        self.parser.last_id()
    }

    /// How long the server asks to be left alone when the stream ends.
    pub fn retry(&self) -> Option<Duration> {
        self.parser.retry
    }
}

impl Incoming {
    fn read(event: WireEvent) -> Self {
        let WireEvent { id, name, data } = event;
        let what = match data {
            // Its data is no JSON object, and nothing is to be made of it.
            Some(_) if name == "ping" => Heard::Ping,
            data => data.and_then(|data| entry(&name, &data, id.as_deref())).unwrap_or_else(|| {
                if LISTED.contains(&name.as_str()) {
                    Heard::Unreadable { name }
                } else {
                    Heard::Unknown { name }
                }
            }),
        };
        Incoming { last_event_id: id, what }
    }
}

/// Reads the envelope. What it says of the closing of a conversation may be the conversation alone.
fn entry(name: &str, data: &str, event_id: Option<&str>) -> Option<Heard> {
    if !name.starts_with("CONVERSATION_") {
        return None;
    }
    let envelope: Value = serde_json::from_str(data).ok()?;
    let conversation = reading::text(&envelope, "conversationId")?.parse().ok()?;
    let bare;
    let value = match envelope.get("conversationEntry") {
        Some(entry) if entry.is_object() => entry,
        _ => &envelope,
    };
    let entry = match Entry::read(value, Some(name)) {
        Some(entry) => entry,
        None => {
            bare = with_id(value, event_id?);
            Entry::read(&bare, Some(name))?
        }
    };
    Some(Heard::Entry { conversation, entry: Box::new(entry) })
}

/// An entry without an id takes its event's, which is the same when it is told again.
fn with_id(value: &Value, event_id: &str) -> Value {
    let mut value = value.clone();
    value["identifier"] = format!("event-{event_id}").into();
    value
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
    use proptest::sample::select;
    use serde_json::{Map, Value, json};

    use super::{Incoming, LISTED};
    use crate::chat::feed::Feed;
    use crate::chat::id::ConversationId;
    use crate::chat::sse::WireEvent;

    const OF: &str = "0b0f6a52-0c5e-4c5b-9a0c-7f4f6a9c1d11";
    const KEYS: &[&str] = &[
        "conversationId",
        "conversationEntry",
        "entryPayload",
        "entryType",
        "identifier",
        "id",
        "abstractMessage",
        "messageType",
        "staticContent",
        "choices",
        "form",
        "formatType",
        "text",
        "attachments",
        "attachmentUploadResult",
        "resultType",
        "url",
        "optionItems",
        "titleItem",
        "title",
        "optionIdentifier",
        "sections",
        "input",
        "inputType",
        "entries",
        "operation",
        "participant",
        "role",
        "position",
        "sender",
        "subject",
        "transcriptedTimestamp",
        "relatedRecords",
        "estimatedWaitTime",
        "failureType",
        "routingType",
        "sessionStatus",
    ];
    const WORDS: &[&str] = &[
        OF,
        "Message",
        "ParticipantChanged",
        "RoutingResult",
        "QueuePosition",
        "Ended",
        "Agent",
        "EndUser",
        "add",
        "StaticContentMessage",
        "Attachments",
        "RichLink",
        "FormMessage",
        "Text",
        "ChoicesMessage",
        "{\"id\":\"x\"}",
        "",
        "https://a.example",
        "\u{0}",
    ];

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            select(WORDS).prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            Just(Value::Null),
        ];
        leaf.prop_recursive(6, 60, 8, |inner| {
            let members = proptest::collection::vec((select(KEYS), inner.clone()), 0..8);
            prop_oneof![
                proptest::collection::vec(inner, 0..4).prop_map(Value::from),
                members.prop_map(|members| {
                    let named = members.into_iter().map(|(key, value)| (key.to_owned(), value));
                    Value::Object(Map::from_iter(named))
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_event_is_too_strange(
            name in select(LISTED.as_slice()),
            entry in value(),
            junk in value(),
            cut in 0_usize..200,
        ) {
            let whole = json!({"conversationId": OF, "conversationEntry": entry}).to_string();
            let broken: String = whole.chars().take(cut).collect();
            let mut feed = Feed::new(OF.parse::<ConversationId>().expect("an id"));
            for data in [whole, broken, junk.to_string()] {
                let event = WireEvent {
                    id: Some("1".to_owned()),
                    name: name.to_owned(),
                    data: Some(data),
                };
                feed.hear(vec![Incoming::read(event)]);
            }
        }
    }
}

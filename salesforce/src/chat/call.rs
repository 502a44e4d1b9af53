//! The calls on conversations.

use http::{Method, header};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::client::ChatClient;
use super::entry::Entry;
use super::error::ChatError;
use super::id::{ConversationId, EntryId, MessageId};
use super::multipart::Multipart;
use super::outgoing::{FileMessage, Outgoing, Routing};
use super::reading;
use super::token::Token;
use super::walk::Walk;

/// What lists have at most on one page.
pub(super) const LONGEST_PAGE: u8 = 50;

/// What became of something that was sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    /// When, by the org's clock, where it tells.
    pub at: Option<Timestamp>,
    /// Whether an earlier attempt had brought it there.
    pub before: bool,
}

/// How far the routing of a conversation is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoutingStatus {
    /// `INITIAL`
    Initial,
    /// `NEEDS_ROUTING`
    NeedsRouting,
    /// `ROUTED`
    Routed,
    /// `TRANSFER`
    Transfer,
    /// One that is not documented.
    Other(String),
}

/// One of a visitor's conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConversationSummary {
    /// Its id.
    pub id: ConversationId,
    /// When it began.
    pub start: Option<Timestamp>,
    /// When it was closed.
    pub end: Option<Timestamp>,
}

/// Which end of a conversation a page of entries begins at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Direction {
    /// The oldest come first.
    FromStart,
    /// The newest come first, as when nothing is said.
    #[default]
    FromEnd,
}

/// Which entries to list. There is no cursor: pages follow each other by time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EntriesQuery {
    /// Not before this time.
    pub start: Option<Timestamp>,
    /// Not after this time.
    pub end: Option<Timestamp>,
    /// Which come first.
    pub direction: Direction,
    /// So many at most, of the 50 that are possible.
    pub limit: Option<u8>,
}

/// What has become of an agent's message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptKind {
    /// It has arrived.
    Delivered,
    /// It was read.
    Read,
}

/// How the kinds of receipts are spelt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// `Read`, as the one client writes that is tested against an org.
    Short,
    /// `ReadAcknowledgement`, as entries are called.
    Long,
}

impl Spelling {
    fn other(self) -> Self {
        match self {
            Self::Short => Self::Long,
            Self::Long => Self::Short,
        }
    }

    fn of(self, kind: ReceiptKind) -> &'static str {
        match (self, kind) {
            (Self::Short, ReceiptKind::Delivered) => "Delivery",
            (Self::Short, ReceiptKind::Read) => "Read",
            (Self::Long, ReceiptKind::Delivered) => "DeliveryAcknowledgement",
            (Self::Long, ReceiptKind::Read) => "ReadAcknowledgement",
        }
    }
}

impl ChatClient {
    /// Creates a conversation ("Create Conversation"), which begins its routing. An event stream is to
    /// be open before, or the first events are missed. Repeating it with the same id makes no second
    /// one: `before` tells that it was there.
    ///
    /// # Errors
    ///
    /// As any call.
    pub async fn create(
        &self,
        token: &Token,
        id: ConversationId,
        routing: &Routing,
    ) -> Result<Sent, ChatError> {
        let mut body = json!({
            "conversationId": id.to_string(),
            "esDeveloperName": self.deployment().name.as_str(),
        });
        routing.put_into(&mut body);
        let request = self.request(Method::POST, "/conversation").json(&body);
        match self.call(request, token).await {
            Ok(_) => Ok(Sent::default()),
            // Ours, if we may look at it.
            Err(ChatError::Conflict(_)) => {
                self.routing_status(token, id).await?;
                Ok(Sent { at: None, before: true })
            }
            Err(error) => Err(error),
        }
    }

    /// Tells how far the routing is ("Retrieve Conversation Routing Status").
    ///
    /// # Errors
    ///
    /// As any call; [`ChatError::Unknown`] where there is no such conversation.
    pub async fn routing_status(
        &self,
        token: &Token,
        id: ConversationId,
    ) -> Result<RoutingStatus, ChatError> {
        let request = self.request(Method::GET, &of(id, ""));
        let answer = self.call(request, token).await?.json()?;
        Ok(match reading::text(&answer, "routingStatus").unwrap_or_default() {
            "INITIAL" => RoutingStatus::Initial,
            "NEEDS_ROUTING" => RoutingStatus::NeedsRouting,
            "ROUTED" => RoutingStatus::Routed,
            "TRANSFER" => RoutingStatus::Transfer,
            other => RoutingStatus::Other(other.to_owned()),
        })
    }

    /// Lists a visitor's conversations ("List Conversations"), 50 at most.
    ///
    /// # Errors
    ///
    /// As any call.
    pub async fn conversations(
        &self,
        token: &Token,
        closed_too: bool,
    ) -> Result<Vec<ConversationSummary>, ChatError> {
        let limit = LONGEST_PAGE.to_string();
        let closed_too = closed_too.to_string();
        let query = [("inclClosedConvs", closed_too.as_str()), ("limit", &limit)];
        let request = self.request(Method::GET, "/conversation/list").query(&query);
        let answer = self.call(request, token).await?.json()?;
        let summary = |one: &Value| {
            Some(ConversationSummary {
                id: reading::text(one, "conversationId")?.parse().ok()?,
                start: reading::time(one, "startTimestamp"),
                end: reading::time(one, "endTimestamp"),
            })
        };
        Ok(reading::items(&answer, "conversations").iter().filter_map(summary).collect())
    }

    /// Lists entries of a conversation ("List Conversation Entries"), one page. Those without an id or a
    /// type are left out.
    ///
    /// # Errors
    ///
    /// As any call.
    pub async fn entries(
        &self,
        token: &Token,
        id: ConversationId,
        query: &EntriesQuery,
    ) -> Result<Vec<Entry>, ChatError> {
        let limit = query.limit.unwrap_or(LONGEST_PAGE).clamp(1, LONGEST_PAGE);
        let direction = match query.direction {
            Direction::FromStart => "FromStart",
            Direction::FromEnd => "FromEnd",
        };
        let mut pairs = vec![("limit", limit.to_string()), ("direction", direction.to_owned())];
        let time = |at: Timestamp| at.as_millisecond().to_string();
        pairs.extend(query.start.map(|at| ("startTimestamp", time(at))));
        pairs.extend(query.end.map(|at| ("endTimestamp", time(at))));
        let request = self.request(Method::GET, &of(id, "/entries")).query(&pairs);
        let answer = self.call(request, token).await?.json()?;
        let entries = reading::items(&answer, "conversationEntries");
        Ok(entries.iter().filter_map(|entry| Entry::read(entry, None)).collect())
    }

    /// Sends a message ("Send Message"). Repeating it with the same id makes no second one.
    ///
    /// # Errors
    ///
    /// As any call; [`ChatError::NeedsNewSession`] where the conversation has no session: send it once
    /// more with [`Outgoing::new_session`].
    pub async fn send(
        &self,
        token: &Token,
        id: ConversationId,
        message: &Outgoing,
    ) -> Result<Sent, ChatError> {
        let body = message.body(&self.deployment().name);
        let request = self.request(Method::POST, &of(id, "/message")).json(&body);
        let sent = self.call(request, token).await.map(|done| sent(&done.any()));
        self.or_before(sent, token, id, message.id).await
    }

    /// Sends a file ("Send File"). Repeating it with the same ids makes no second one.
    ///
    /// # Errors
    ///
    /// As [`ChatClient::send`]; [`ChatError::TooLarge`] where the org takes no file so large.
    pub async fn send_file(
        &self,
        token: &Token,
        id: ConversationId,
        file: &FileMessage,
    ) -> Result<Sent, ChatError> {
        let entry = file.entry(&self.deployment().name);
        let parts = Multipart::new(&entry, &file.name, &file.media_type, &file.bytes);
        let request = self
            .patient(Method::POST, &of(id, "/file"))
            .header(header::CONTENT_TYPE, parts.content_type)
            .body(parts.body);
        let sent = self.call(request, token).await.map(|done| sent(&done.any()));
        self.or_before(sent, token, id, file.id).await
    }

    /// What a conflict of a message's id comes to: sent before, if the conversation has it.
    async fn or_before(
        &self,
        sent: Result<Sent, ChatError>,
        token: &Token,
        id: ConversationId,
        message: MessageId,
    ) -> Result<Sent, ChatError> {
        let Err(ChatError::Conflict(_)) = &sent else { return sent };
        let message = EntryId::from(message);
        let mut walk = Walk::back();
        loop {
            let page = self.entries(token, id, &walk.query()).await?;
            if let Some(entry) = page.iter().find(|entry| entry.id == message) {
                return Ok(Sent { at: entry.at, before: true });
            }
            if !walk.take(page) {
                return sent;
            }
        }
    }

    /// Tells agents whether the customer is typing ("Send Typing Indicator").
    ///
    /// # Errors
    ///
    /// As any call.
    pub async fn typing(
        &self,
        token: &Token,
        id: ConversationId,
        on: bool,
    ) -> Result<(), ChatError> {
        let kind = if on { "TypingStartedIndicator" } else { "TypingStoppedIndicator" };
        let body = json!({"entryType": kind, "id": MessageId::fresh().to_string()});
        let request = self.request(Method::POST, &of(id, "/entry")).json(&body);
        self.call(request, token).await.map(drop)
    }

    /// Tells agents what has become of their messages ("Send Acknowledgements"). How the two kinds are
    /// spelt is documented nowhere: where one spelling is refused the other is tried, and kept to once
    /// it was taken.
    ///
    /// # Errors
    ///
    /// As any call.
    pub async fn acknowledge(
        &self,
        token: &Token,
        id: ConversationId,
        receipts: &[(EntryId, ReceiptKind)],
    ) -> Result<(), ChatError> {
        let spelling = self.spelling();
        let refused = match self.acknowledge_as(spelling, token, id, receipts).await {
            Err(error @ ChatError::Refused(_)) => error,
            done => return done,
        };
        match self.acknowledge_as(spelling.other(), token, id, receipts).await {
            Ok(()) => {
                self.spell(spelling.other());
                Ok(())
            }
            Err(_) => Err(refused),
        }
    }

    async fn acknowledge_as(
        &self,
        spelling: Spelling,
        token: &Token,
        id: ConversationId,
        receipts: &[(EntryId, ReceiptKind)],
    ) -> Result<(), ChatError> {
        let ack = |(entry, kind): &(EntryId, ReceiptKind)| {
            json!({
                "id": MessageId::fresh().to_string(),
                "entryType": spelling.of(*kind),
                "conversationEntryId": entry.as_str(),
            })
        };
        let acks: Vec<Value> = receipts.iter().map(ack).collect();
        let request = self.request(Method::POST, &of(id, "/acknowledge-entries"));
        self.call(request.json(&json!({"acks": acks})), token).await.map(drop)
    }

    /// Ends the session ("End Messaging Session"). The conversation stays: the next message begins
    /// another session. Ending what is over is a success.
    ///
    /// # Errors
    ///
    /// As any call.
    pub async fn end_session(&self, token: &Token, id: ConversationId) -> Result<(), ChatError> {
        self.delete(token, &of(id, "/session")).await
    }

    /// Closes the conversation for good ("Close Conversation"), which is for anonymous visitors. Closing
    /// what is closed is a success.
    ///
    /// # Errors
    ///
    /// As any call.
    pub async fn close(&self, token: &Token, id: ConversationId) -> Result<(), ChatError> {
        self.delete(token, &of(id, "")).await
    }

    async fn delete(&self, token: &Token, path: &str) -> Result<(), ChatError> {
        let query = [("esDeveloperName", self.deployment().name.as_str())];
        let request = self.request(Method::DELETE, path).query(&query);
        match self.call(request, token).await {
            // Over already: no session, or no open conversation.
            Ok(_) | Err(ChatError::Unknown(_) | ChatError::NeedsNewSession(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn of(id: ConversationId, rest: &str) -> String {
    format!("/conversation/{id}{rest}")
}

/// Reads `{"conversationEntries": [{"id", "clientTimestamp"}]}`; the status alone has said that it was
/// taken.
fn sent(answer: &Value) -> Sent {
    let entry = reading::items(answer, "conversationEntries").first();
    Sent { at: entry.and_then(|entry| reading::time(entry, "clientTimestamp")), before: false }
}

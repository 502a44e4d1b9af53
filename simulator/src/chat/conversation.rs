//! Conversations: making one, who takes part, telling the customer, ending.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::entry::{Entry, EntryType, NewEntry, Participant, Role};
use super::problem::Problem;
use super::session::{Session, Status};
use super::switches::{PayloadForm, RoutingStart};
use super::token::Holder;
use super::{Desk, ids};
use crate::org::RecordId;

/// One conversation with one customer; its sessions follow each other.
#[derive(Debug, Clone)]
pub(crate) struct Conversation {
    /// The id that the client chose.
    pub id: String,
    /// Whose it is.
    pub subject: String,
    /// The client that began it.
    pub client: String,
    /// The deployment that it came in by.
    pub deployment: String,
    /// The language that the client named.
    pub language: Option<String>,
    /// When it began.
    pub started: Timestamp,
    /// When it was closed for good.
    pub closed: Option<Timestamp>,
    /// What agents call the customer.
    pub customer: String,
    /// The customer's record.
    pub end_user: Option<RecordId>,
    /// The session that there is, or was last.
    pub session: Option<Session>,
    /// How many sessions there were.
    pub sessions: u64,
    /// What has happened.
    pub entries: Vec<Entry>,
    /// What the customer's side has got and read: an entry's id, and whether it was read.
    pub receipts: Vec<(String, bool)>,
}

/// The body of creating a conversation.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateRequest {
    conversation_id: String,
    es_developer_name: String,
    language: Option<String>,
    #[serde(default)]
    routing_attributes: Option<Map<String, Json>>,
}

/// What people see of a customer who has not given a name.
const GUEST: &str = "Guest";

impl Conversation {
    /// The customer, as a sender.
    pub(crate) fn end_user(&self, client: &str) -> Participant {
        Participant {
            role: Role::EndUser,
            subject: self.subject.clone(),
            client: client.to_owned(),
            name: self.customer.clone(),
        }
    }

    /// The session, while it goes on.
    pub(crate) fn live(&self) -> Option<&Session> {
        self.session.as_ref().filter(|session| session.is_live())
    }

    /// The state of its routing, in the words of the API.
    pub(crate) fn routing_status(&self) -> &'static str {
        match self.live() {
            None => "INITIAL",
            Some(session) => match (session.status, session.transferred) {
                (Status::Waiting | Status::New, true) => "TRANSFER",
                (Status::Waiting | Status::New, false) => "NEEDS_ROUTING",
                _ => "ROUTED",
            },
        }
    }
}

impl Desk<'_> {
    /// Makes a conversation; its first session begins with it unless a switch says otherwise.
    pub(crate) fn create_conversation(
        &mut self,
        holder: &Holder,
        request: &CreateRequest,
    ) -> Result<(), Problem> {
        let strict = self.state.switches.strict_ids;
        let id = ids::chosen(&request.conversation_id, "conversationId", strict)?;
        self.check_deployment(holder, &request.es_developer_name)?;
        if self.state.conversations.contains_key(&id) {
            let message = format!("A conversation with the id {id} exists already");
            return Err(Problem::conflict(message));
        }
        let attributes = request.routing_attributes.clone().unwrap_or_default();
        let on_create = self.state.switches.routing_starts == RoutingStart::OnCreate;
        let received = self.received(&holder.deployment, &attributes)?;
        let conversation = Conversation {
            id: id.clone(),
            subject: holder.subject.clone(),
            client: holder.client.clone(),
            deployment: holder.deployment.clone(),
            language: request.language.clone(),
            started: self.now,
            closed: None,
            customer: GUEST.to_owned(),
            end_user: None,
            session: None,
            sessions: 0,
            entries: Vec::new(),
            receipts: Vec::new(),
        };
        self.state.conversations.insert(id.clone(), conversation);
        let joined = participants("add", &[self.conversation(&id)?.end_user(&holder.client)]);
        self.put(&id, NewEntry::new(EntryType::ParticipantChanged, Participant::system(), joined))?;
        if on_create {
            self.begin_session(&id, &attributes, received)?;
        }
        Ok(())
    }

    /// A conversation, for whoever plays the org.
    pub(crate) fn conversation(&self, id: &str) -> Result<&Conversation, Problem> {
        self.state.conversations.get(id).ok_or_else(|| Problem::not_found("The conversation"))
    }

    pub(crate) fn conversation_mut(&mut self, id: &str) -> Result<&mut Conversation, Problem> {
        self.state.conversations.get_mut(id).ok_or_else(|| Problem::not_found("The conversation"))
    }

    /// A conversation of the holder's, closed or not.
    pub(crate) fn any_own(&self, holder: &Holder, id: &str) -> Result<&Conversation, Problem> {
        let conversation = self.conversation(id)?;
        if conversation.subject == holder.subject {
            Ok(conversation)
        } else {
            Err(Problem::forbidden())
        }
    }

    /// A conversation of the holder's that is open.
    pub(crate) fn own(&self, holder: &Holder, id: &str) -> Result<&Conversation, Problem> {
        let conversation = self.any_own(holder, id)?;
        if conversation.closed.is_none() {
            return Ok(conversation);
        }
        let status = self.state.switches.closed_status;
        Err(Problem::not_found("The conversation").with_status(status))
    }

    /// Refuses a call for another deployment than the token's.
    pub(crate) fn check_deployment(&self, holder: &Holder, name: &str) -> Result<(), Problem> {
        if name == holder.deployment {
            return Ok(());
        }
        Err(Problem::bad(format!("esDeveloperName '{name}' is not the token's deployment")))
    }

    /// Ends the session and leaves the conversation open.
    pub(crate) fn end_by_customer(&mut self, holder: &Holder, id: &str) -> Result<(), Problem> {
        if self.own(holder, id)?.live().is_none() {
            return Ok(());
        }
        self.end_session(id, Role::EndUser)
    }

    /// Closes the conversation for good.
    pub(crate) fn close(&mut self, holder: &Holder, id: &str) -> Result<(), Problem> {
        if self.own(holder, id)?.live().is_some() {
            self.end_session(id, Role::EndUser)?;
        }
        let sender = self.conversation(id)?.end_user(&holder.client);
        self.put(id, NewEntry::new(EntryType::CloseConversation, sender, json!({})))?;
        let now = self.now;
        self.conversation_mut(id)?.closed = Some(now);
        Ok(())
    }

    /// Keeps an entry, and tells the conversation's subject of it.
    pub(crate) fn put(&mut self, id: &str, new: NewEntry) -> Result<Entry, Problem> {
        let client_at = self.now.as_millisecond();
        let conversation = self.conversation_mut(id)?;
        let last = conversation.entries.last().map_or(0, |entry| entry.at);
        let entry_id = new.id.unwrap_or_else(ids::random);
        let mut payload = Map::new();
        payload.insert("entryType".to_owned(), json!(new.entry_type.name()));
        payload.insert("id".to_owned(), json!(entry_id));
        payload.extend(new.payload);
        let entry = Entry {
            id: entry_id,
            entry_type: new.entry_type,
            payload,
            sender: new.sender,
            client_at,
            at: client_at.max(last + 1),
            related: new.related,
        };
        if entry.entry_type.is_listed() {
            conversation.entries.push(entry.clone());
        }
        let entry_json = entry.json(PayloadForm::String);
        self.tell(id, entry.entry_type.event(), entry_json)?;
        if self.state.switches.unknown_events {
            let token =
                json!({ "streamingToken": { "sequenceNumber": 1, "token": { "text": "…" } } });
            self.tell(id, "CONVERSATION_STREAMING_TOKEN", token)?;
            self.tell(id, "CONVERSATION_CLIENT_ACTION", json!({ "entryType": "ClientAction" }))?;
        }
        Ok(entry)
    }

    /// Tells the conversation's subject of anything.
    pub(crate) fn tell(&mut self, id: &str, event: &str, entry: Json) -> Result<(), Problem> {
        let conversation = self.conversation(id)?;
        let subject = conversation.subject.clone();
        let address =
            self.deployment(&conversation.deployment).map(|its| its.channel.address()).ok();
        let data = json!({
            "channelPlatformKey": address,
            "channelType": "embedded_messaging",
            "channelAddressIdentifier": address,
            "conversationId": id,
            "conversationEntry": entry,
        });
        self.state.streams.tell(&subject, event, data.to_string());
        Ok(())
    }
}

/// The payload of participants who come or go.
pub(crate) fn participants(operation: &str, who: &[Participant]) -> Json {
    let entry = |participant: &Participant| {
        json!({
            "operation": operation,
            "participant": participant.json(),
            "displayName": participant.name,
            "menuMetadata": Json::Null,
        })
    };
    json!({ "entries": who.iter().map(entry).collect::<Vec<_>>() })
}

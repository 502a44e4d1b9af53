//! What customers send: messages, files, typing, receipts.

use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::entry::payload::{self, AttachedFile, Said};
use super::entry::{EntryType, NewEntry};
use super::problem::Problem;
use super::script::Heard;
use super::session::Status;
use super::switches::{ReceiptNames, RoutingStart, WithoutSession};
use super::token::Holder;
use super::{Desk, Upload, ids};

/// The body of a message.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MessageRequest {
    message: Map<String, Json>,
    es_developer_name: String,
    #[serde(default)]
    is_new_messaging_session: Option<bool>,
    #[serde(default)]
    routing_attributes: Option<Map<String, Json>>,
}

/// The part of a file's form that is no file.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FileMessage {
    message: FileHead,
    es_developer_name: String,
    #[serde(default)]
    is_new_messaging_session: Option<bool>,
    #[serde(default)]
    routing_attributes: Option<Map<String, Json>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct FileHead {
    id: String,
    file_id: String,
    text: Option<String>,
    in_reply_to_message_id: Option<String>,
}

/// The body of typing.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TypingRequest {
    entry_type: String,
    id: String,
}

/// The body of receipts.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ReceiptsRequest {
    acks: Vec<Receipt>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Receipt {
    id: String,
    entry_type: String,
    conversation_entry_id: String,
}

/// What begins a session, where none is there.
struct Opening<'m> {
    asked_for: bool,
    attributes: &'m Map<String, Json>,
}

impl Desk<'_> {
    /// Takes a message of the customer's; says what of it was kept.
    pub(crate) fn send(
        &mut self,
        holder: &Holder,
        id: &str,
        request: &MessageRequest,
    ) -> Result<Json, Problem> {
        self.own(holder, id)?;
        self.check_deployment(holder, &request.es_developer_name)?;
        let message_id = text_of(&request.message, "id")?;
        let message_id = ids::chosen(message_id, "message.id", self.state.switches.strict_ids)?;
        let text = self.checked(&request.message)?;
        self.check_reply(id, &request.message)?;
        if let Some(known) = self.known(id, &message_id)? {
            return Ok(known);
        }
        let none = Map::new();
        let opening = Opening {
            asked_for: request.is_new_messaging_session == Some(true),
            attributes: request.routing_attributes.as_ref().unwrap_or(&none),
        };
        self.ready_session(holder, id, &opening)?;
        let mut content = request.message.clone();
        content.remove("id");
        let in_reply_to = content.remove("inReplyToMessageId");
        let in_reply_to = in_reply_to.as_ref().and_then(Json::as_str);
        let parts = match text.as_deref().and_then(address_apart) {
            Some((rest, address)) if self.state.switches.split_addresses => vec![
                Said { id: message_id, content: payload::text(rest) },
                Said { id: ids::random(), content: payload::rich_link(address, address) },
            ],
            _ => vec![Said { id: message_id, content: Json::Object(content) }],
        };
        let mut kept = Vec::new();
        for said in parts {
            let sender = self.conversation(id)?.end_user(&holder.client);
            let body = payload::message(&said, in_reply_to, None);
            let entry = NewEntry::new(EntryType::Message, sender, body).with_id(said.id);
            kept.push(self.put(id, entry)?);
        }
        let answer = kept.first().map(|entry| kept_entry(&entry.id, entry.client_at));
        let read = kept.iter().map(|entry| payload::readable(&entry.payload["abstractMessage"]));
        let read = read.collect::<Vec<_>>().join(" ");
        self.hear(id, Heard::Message(read))?;
        answer.ok_or_else(|| Problem::internal("nothing was kept"))
    }

    /// Takes a file of the customer's.
    pub(crate) fn send_file(
        &mut self,
        holder: &Holder,
        id: &str,
        request: &FileMessage,
        upload: Upload,
    ) -> Result<Json, Problem> {
        self.own(holder, id)?;
        self.check_deployment(holder, &request.es_developer_name)?;
        let strict = self.state.switches.strict_ids;
        let message_id = ids::chosen(&request.message.id, "message.id", strict)?;
        let file_id = ids::chosen(&request.message.file_id, "message.fileId", strict)?;
        let attachments = &self.deployment(&holder.deployment)?.channel.attachments;
        if !attachments.enabled {
            return Err(Problem::bad("File attachments are not enabled for the channel"));
        }
        if upload.bytes.len() > attachments.longest() {
            let most = attachments.max_megabytes;
            return Err(Problem::bad(format!("The file is larger than {most} MB")));
        }
        if !attachments.takes(&upload.name) {
            let message = format!("Files of this type are not allowed: '{}'", upload.name);
            return Err(Problem::bad(message));
        }
        if let Some(known) = self.known(id, &message_id)? {
            return Ok(known);
        }
        let none = Map::new();
        let opening = Opening {
            asked_for: request.is_new_messaging_session == Some(true),
            attributes: request.routing_attributes.as_ref().unwrap_or(&none),
        };
        self.ready_session(holder, id, &opening)?;
        let name = upload.name.clone();
        let file = self.keep(file_id, upload);
        let text = request.message.text.as_deref().filter(|text| !text.is_empty());
        let said = Said { id: message_id, content: payload::attachments(text, &[file]) };
        let in_reply_to = request.message.in_reply_to_message_id.as_deref();
        let body = payload::message(&said, in_reply_to, None);
        let sender = self.conversation(id)?.end_user(&holder.client);
        let entry = NewEntry::new(EntryType::Message, sender, body).with_id(said.id);
        let entry = self.put(id, entry)?;
        self.hear(id, Heard::File(name))?;
        Ok(kept_entry(&entry.id, entry.client_at))
    }

    /// Takes word that the customer types.
    pub(crate) fn typing(
        &mut self,
        holder: &Holder,
        id: &str,
        request: &TypingRequest,
    ) -> Result<(), Problem> {
        self.own(holder, id)?;
        let entry_type = match request.entry_type.as_str() {
            "TypingStartedIndicator" => EntryType::TypingStartedIndicator,
            "TypingStoppedIndicator" => EntryType::TypingStoppedIndicator,
            other => return Err(Problem::bad(format!("entryType '{other}' can't be sent"))),
        };
        let entry_id = ids::chosen(&request.id, "id", self.state.switches.strict_ids)?;
        let sender = self.conversation(id)?.end_user(&holder.client);
        let payload = json!({ "timestamp": self.now.as_millisecond() });
        self.put(id, NewEntry::new(entry_type, sender, payload).with_id(entry_id))?;
        self.hear(id, Heard::Typing)
    }

    /// Takes word of what has arrived at the customer, or has been read.
    pub(crate) fn receipts(
        &mut self,
        holder: &Holder,
        id: &str,
        request: &ReceiptsRequest,
    ) -> Result<(), Problem> {
        let conversation = self.own(holder, id)?;
        let names = self.state.switches.receipts;
        let mut taken = Vec::new();
        for receipt in &request.acks {
            let receipt_id = ids::chosen(&receipt.id, "acks.id", self.state.switches.strict_ids)?;
            let entry_type = receipt_type(&receipt.entry_type, names)?;
            let about = &receipt.conversation_entry_id;
            if !conversation.entries.iter().any(|entry| entry.id == *about) {
                return Err(Problem::bad(format!("There is no conversation entry '{about}'")));
            }
            taken.push((receipt_id, entry_type, about.clone()));
        }
        for (receipt_id, entry_type, about) in taken {
            let sender = self.conversation(id)?.end_user(&holder.client);
            let payload = json!({
                "acknowledgedConversationEntryIdentifier": about,
                "acknowledgementTimestamp": self.now.as_millisecond(),
                "recipient": sender.json(),
            });
            let read = entry_type == EntryType::ReadAcknowledgement;
            self.conversation_mut(id)?.receipts.push((about.clone(), read));
            let entry = NewEntry::new(entry_type, sender, payload).with_id(receipt_id);
            self.put(id, entry.about(about))?;
        }
        Ok(())
    }

    /// Refuses what customers can't send; gives the text where it is one.
    fn checked(&self, message: &Map<String, Json>) -> Result<Option<String>, Problem> {
        let kind = text_of(message, "messageType")?;
        match kind {
            "StaticContentMessage" => {}
            "ChoicesResponseMessage" if message.contains_key("choicesResponse") => return Ok(None),
            "FormResponseMessage" if message.contains_key("formResponse") => return Ok(None),
            _ => {
                let message = format!("An end user can't send a message of type '{kind}'");
                return Err(Problem::bad_as("10062", message));
            }
        }
        let content = &message.get("staticContent").cloned().unwrap_or_default();
        if content["formatType"] != "Text" {
            return Err(Problem::bad("staticContent.formatType must be Text"));
        }
        let text = content["text"].as_str().unwrap_or_default();
        if text.is_empty() {
            return Err(Problem::bad("staticContent.text is required"));
        }
        let most = self.state.switches.text_limit;
        if text.chars().count() > most {
            return Err(Problem::bad(format!("A text may have {most} characters")));
        }
        Ok(Some(text.to_owned()))
    }

    /// The answer to a message that is here already.
    fn known(&self, id: &str, message: &str) -> Result<Option<Json>, Problem> {
        let known = self.conversation(id)?.entries.iter().find(|entry| entry.id == message);
        match known {
            Some(_) if self.state.switches.repeated_message_is_conflict => {
                Err(Problem::conflict(format!("There is an entry with the id {message} already")))
            }
            Some(entry) => Ok(Some(kept_entry(&entry.id, entry.client_at))),
            None => Ok(None),
        }
    }

    /// Sees to it that a session is there for what the customer sends.
    fn ready_session(
        &mut self,
        holder: &Holder,
        id: &str,
        opening: &Opening<'_>,
    ) -> Result<(), Problem> {
        let conversation = self.conversation(id)?;
        let status = conversation.live().map(|session| session.status);
        if status == Some(Status::Inactive) {
            self.set_status(id, Status::Waiting, None)?;
            return self.route_again(id);
        }
        if status.is_some() {
            return Ok(());
        }
        let first = conversation.sessions == 0
            && self.state.switches.routing_starts == RoutingStart::OnFirstMessage;
        let silently = self.state.switches.message_without_session == WithoutSession::Opens;
        if !(first || silently || opening.asked_for) {
            return Err(Problem::no_session());
        }
        // Attributes that come without asking for a session belong to none.
        let none = Map::new();
        let attributes = if opening.asked_for { opening.attributes } else { &none };
        let received = self.received(&holder.deployment, attributes)?;
        self.begin_session(id, attributes, received)
    }
}

fn text_of<'m>(message: &'m Map<String, Json>, key: &str) -> Result<&'m str, Problem> {
    let text = message.get(key).and_then(Json::as_str);
    text.ok_or_else(|| Problem::bad(format!("message.{key} is required")))
}

fn kept_entry(id: &str, at: i64) -> Json {
    json!({ "conversationEntries": [{ "id": id, "clientTimestamp": at }] })
}

fn receipt_type(name: &str, names: ReceiptNames) -> Result<EntryType, Problem> {
    let (short, long) = (names != ReceiptNames::Long, names != ReceiptNames::Short);
    match name {
        "Delivery" if short => Ok(EntryType::DeliveryAcknowledgement),
        "Read" if short => Ok(EntryType::ReadAcknowledgement),
        "DeliveryAcknowledgement" if long => Ok(EntryType::DeliveryAcknowledgement),
        "ReadAcknowledgement" if long => Ok(EntryType::ReadAcknowledgement),
        other => Err(Problem::bad(format!("acks.entryType '{other}' is not known"))),
    }
}

/// A text that begins or ends with a web address: the rest, and the address.
fn address_apart(text: &str) -> Option<(&str, &str)> {
    let is_address = |word: &str| word.starts_with("https://") || word.starts_with("http://");
    let text = text.trim();
    let (head, last) = text.rsplit_once(char::is_whitespace)?;
    if is_address(last) {
        return Some((head.trim_end(), last));
    }
    let (first, rest) = text.split_once(char::is_whitespace)?;
    is_address(first).then(|| (rest.trim_start(), first))
}

/// A file that can be sent to the customer.
pub(crate) fn attached(file: AttachedFile, id: String) -> Said {
    Said { id, content: payload::attachments(None, &[file]) }
}

#[cfg(test)]
mod tests {
    use super::address_apart;

    #[test]
    fn addresses_at_either_end_are_split_off() {
        let apart = |text| address_apart(text);
        assert_eq!(apart("see https://a.example/x"), Some(("see", "https://a.example/x")));
        assert_eq!(apart("http://a.example says so"), Some(("says so", "http://a.example")));
        for whole in ["https://a.example", "see https://a.example there", "", "hello"] {
            assert_eq!(apart(whole), None, "{whole}");
        }
    }
}

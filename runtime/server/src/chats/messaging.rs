//! A channel of Salesforce's messaging, by the client for it.

mod asked;
mod heard;
mod vouching;

use std::collections::{BTreeMap, HashMap};
use std::fmt::{self, Debug};
use std::sync::{Arc, Mutex, PoisonError};

use futures::StreamExt as _;
use futures::stream::BoxStream;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use tidegate_plan::model::CASE_PARAMETER;
use tidegate_salesforce::chat::{
    self, ChatClient, ChatSettings, ConversationId, Deployment, DeveloperName, EntriesQuery,
    FileMessage, Identity, MachineClock, MessageId, Outgoing, OutgoingContent, Routing, ScrtUrl,
    Token, TokenGate, Visitor,
};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::channel::{
    Admitted, Channel, ChatCall, ChatError, Content, Cursor, FilesTaken, Heard, Message, Opening,
    Receipt, Session, Signed, Withdrawn,
};
use crate::effects::org::Org;

pub use vouching::Vouching;

/// A deployment of an org's messaging.
pub struct Messaging {
    scrt: ScrtUrl,
    name: DeveloperName,
    org: Arc<dyn Org>,
    gate: TokenGate,
    vouching: Option<Vouching>,
    /// Made when it is needed first: the org's id is asked for.
    client: OnceCell<ChatClient>,
    /// Those who chat: several calls at a time share a token, and one of them renews it.
    visitors: Arc<Mutex<HashMap<Uuid, Visitor>>>,
}

impl Debug for Messaging {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scrt, name, .. } = self;
        f.debug_struct("Messaging").field("scrt", scrt).field("name", name).finish_non_exhaustive()
    }
}

/// What is kept of an identity.
#[derive(Serialize, Deserialize)]
struct KeptToken {
    token: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_event_id: Option<String>,
    /// Whom we have vouched for; nobody for a guest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
}

impl Messaging {
    /// A deployment by where the org's messaging is and by its API name. `gate` is one for all
    /// deployments of an org.
    pub fn new(scrt: ScrtUrl, name: DeveloperName, org: Arc<dyn Org>, gate: TokenGate) -> Self {
        let (client, visitors) = (OnceCell::new(), Arc::default());
        Self { scrt, name, org, gate, vouching: None, client, visitors }
    }

    /// The same, which vouches for customers who are signed in.
    #[must_use]
    pub fn vouching(self, vouching: Option<Vouching>) -> Self {
        Self { vouching, ..self }
    }

    /// A gate to an org's tokens, by the machine's clock.
    pub fn gate() -> TokenGate {
        TokenGate::new(chat::Rate::default(), Arc::new(MachineClock))
    }

    async fn client(&self) -> Result<&ChatClient, ChatError> {
        let made = async {
            let later = |why: String| ChatError::Later { why, after: None };
            let id = self.org.id().await.map_err(|error| later(error.reason()))?;
            let org = id.parse().map_err(|_| later("the org tells no id of its own".into()))?;
            let deployment = Deployment { scrt: self.scrt.clone(), org, name: self.name.clone() };
            let settings =
                ChatSettings { gate: self.gate.clone(), ..ChatSettings::new(deployment) };
            ChatClient::new(settings).map_err(heard::failed)
        };
        self.client.get_or_try_init(|| made).await
    }

    /// The one who chats, with what was kept where this process has not met them yet.
    async fn visitor(&self, session: &Session, chat: Uuid) -> Result<Visitor, ChatError> {
        let client = self.client().await?;
        let mut visitors = self.visitors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(visitor) = visitors.get(&chat) {
            return Ok(visitor.clone());
        }
        let kept: KeptToken = serde_json::from_str(&session.0)
            .map_err(|_| ChatError::Gone("its token can't be read".into()))?;
        let now = client.clock().now();
        let token = Token::restored(kept.token.into(), kept.last_event_id, now);
        let customer = self.vouching.as_ref().zip(kept.subject);
        let identity = customer.map_or(Identity::Guest, |(vouching, subject)| {
            Identity::Verified(vouching.customer(subject))
        });
        let visitor = Visitor::known(client.clone(), identity, None, token);
        visitors.insert(chat, visitor.clone());
        Ok(visitor)
    }
}

async fn session(visitor: &Visitor) -> Session {
    let token = visitor.token().await;
    let kept = KeptToken {
        token: token.secret().expose_secret().to_owned(),
        last_event_id: token.last_event_id().map(str::to_owned),
        subject: match visitor.identity() {
            Identity::Guest => None,
            Identity::Verified(customer) => Some(customer.subject.clone()),
        },
    };
    Session(serde_json::to_string(&kept).unwrap_or_default())
}

fn along(routing: &[(String, String)], language: Option<&str>) -> Routing {
    let attributes: BTreeMap<String, String> = routing.iter().cloned().collect();
    Routing { attributes, language: language.and_then(|tag| tag.parse().ok()) }
}

impl Channel for Messaging {
    fn admit(&self, chat: Uuid, signed: Option<Signed>) -> ChatCall<'_, Admitted> {
        Box::pin(async move {
            let client = self.client().await?.clone();
            let made = vouching::admitted(client, self.vouching.as_ref(), signed).await;
            let (visitor, configuration) = made.map_err(heard::failed)?;
            let session = session(&visitor).await;
            let chat::Configuration { attachments, forms, .. } = configuration.unwrap_or_default();
            let mut fields = forms.iter().flat_map(|form| &form.fields);
            let finds_cases = fields.any(|field| field.name == CASE_PARAMETER);
            let none = attachments.from_customers == Some(false);
            let files = FilesTaken { none, largest: attachments.largest };
            let mut visitors = self.visitors.lock().unwrap_or_else(PoisonError::into_inner);
            visitors.insert(chat, visitor);
            Ok(Admitted { session, files, finds_cases })
        })
    }

    fn open(&self, kept: Session, opening: Opening) -> ChatCall<'_, Session> {
        Box::pin(async move {
            let Opening { chat, routing, language } = opening;
            let visitor = self.visitor(&kept, chat).await?;
            let routing = along(&routing, language.as_deref());
            let created = visitor.create(ConversationId::of_key(chat), &routing).await;
            created.map_err(heard::failed)?;
            Ok(session(&visitor).await)
        })
    }

    fn send(&self, kept: Session, message: Message) -> ChatCall<'_, Session> {
        Box::pin(async move {
            let Message { chat, id, content, routing, language, new_session } = message;
            let visitor = self.visitor(&kept, chat).await?;
            let (to, routing) =
                (ConversationId::of_key(chat), along(&routing, language.as_deref()));
            let sent = match content {
                Content::Words(text) => {
                    let content = OutgoingContent::Text { text, in_reply_to: None };
                    let message =
                        Outgoing { id: MessageId::of_key(id), content, new_session, routing };
                    visitor.send(to, &message).await
                }
                Content::Reply { question, reply } => {
                    let content = asked::answer(&question, reply)?;
                    let message =
                        Outgoing { id: MessageId::of_key(id), content, new_session, routing };
                    visitor.send(to, &message).await
                }
                Content::File { name, media_type, bytes } => {
                    let message = FileMessage {
                        id: MessageId::of_key(id),
                        file: MessageId::of_key(super::derived(id, "file")),
                        name,
                        media_type,
                        bytes: bytes.to_vec(),
                        text: String::new(),
                        in_reply_to: None,
                        new_session,
                        routing,
                    };
                    visitor.send_file(to, &message).await
                }
            };
            sent.map_err(heard::failed)?;
            Ok(session(&visitor).await)
        })
    }

    fn fetch(&self, address: String, most: usize) -> ChatCall<'_, Vec<u8>> {
        Box::pin(async move {
            let fetched = self.client().await?.download(&address, most).await;
            fetched.map_err(heard::failed)
        })
    }

    fn typing(&self, kept: Session, chat: Uuid, types: bool) -> ChatCall<'_, ()> {
        Box::pin(async move {
            let visitor = self.visitor(&kept, chat).await?;
            let told = visitor.typing(ConversationId::of_key(chat), types).await;
            told.map_err(heard::failed)
        })
    }

    fn acknowledge(&self, kept: Session, chat: Uuid, receipts: Vec<Receipt>) -> ChatCall<'_, ()> {
        Box::pin(async move {
            let receipts: Vec<_> = receipts.iter().filter_map(heard::receipt).collect();
            if receipts.is_empty() {
                return Ok(());
            }
            let visitor = self.visitor(&kept, chat).await?;
            let told = visitor.acknowledge(ConversationId::of_key(chat), &receipts).await;
            told.map_err(heard::failed)
        })
    }

    fn withdraw(&self, kept: Session, chat: Uuid) -> ChatCall<'_, Withdrawn> {
        Box::pin(async move {
            let visitor = self.visitor(&kept, chat).await?;
            let id = ConversationId::of_key(chat);
            let newest = visitor.entries(id, &EntriesQuery::default()).await;
            match newest.map_err(heard::failed) {
                Ok(entries) => {
                    if let Some(accepted) = heard::accepted(entries) {
                        return Ok(accepted);
                    }
                }
                Err(ChatError::Gone(_)) => return Ok(Withdrawn::Closed),
                Err(error) => return Err(error),
            }
            self.close(kept, chat).await?;
            Ok(Withdrawn::Closed)
        })
    }

    fn close(&self, kept: Session, chat: Uuid) -> ChatCall<'_, ()> {
        Box::pin(async move {
            let visitor = self.visitor(&kept, chat).await?;
            let id = ConversationId::of_key(chat);
            // Where it was never opened there is nothing to end.
            let closed = async {
                visitor.end_session(id).await?;
                match visitor.identity() {
                    Identity::Guest => visitor.close(id).await,
                    // Closing for good is for guests; a customer's conversation belongs to them.
                    Identity::Verified(_) => Ok(()),
                }
            };
            let closed = closed.await.map_err(heard::failed);
            if !matches!(closed, Err(ChatError::Later { .. })) {
                let mut visitors = self.visitors.lock().unwrap_or_else(PoisonError::into_inner);
                visitors.remove(&chat);
            }
            closed
        })
    }

    fn follow(&self, kept: Session, chat: Uuid, since: Cursor) -> BoxStream<'_, Heard> {
        let begun = async move {
            let mut attempt = 0;
            let visitor = loop {
                match self.visitor(&kept, chat).await {
                    // The org's login fails, say: that is no end of the chat.
                    Err(ChatError::Later { why, after }) => {
                        attempt += 1;
                        tracing::warn!(%chat, attempt, why, "a chat can't be followed yet; it is tried again");
                        tokio::time::sleep(super::pause(attempt, after)).await;
                    }
                    other => break other,
                }
            };
            heard::Following::new(visitor, ConversationId::of_key(chat), kept, &since)
        };
        futures::stream::once(begun).flat_map(heard::Following::stream).boxed()
    }
}

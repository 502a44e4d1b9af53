//! What comes of a chat, as its conversation hears it.

use std::collections::VecDeque;
use std::time::Duration;

use futures::stream::{BoxStream, StreamExt as _, unfold};
use tidegate_engine::event::{self, ChatEvent};
use tidegate_salesforce::chat::{
    self, Attachment, Author, ChatClass, Content, ConversationId, Entry, EntryId, EntryKind, Feed,
    Happening, Item, Live, Operation, ReceiptKind, Reconnect, UploadState, Visitor,
};

use super::{asked, session};
use crate::chats::channel::{
    ChatError, Cursor, Heard, News, Now, OfferedFile, Receipt, Session, Withdrawn,
};

/// A stream that could not be opened so many times in a row, each after its own attempts, has broken
/// off: a quarter of an hour.
const ROUNDS: u32 = 4;
/// A token is renewed also where nothing is heard: so often it is looked whether it was.
const LOOK: Duration = Duration::from_secs(20);

/// Why a call failed, in the channel's words.
pub(super) fn failed(error: chat::ChatError) -> ChatError {
    let why = error.to_string();
    match error.class() {
        ChatClass::Outage | ChatClass::Ambiguous | ChatClass::Throttled => {
            ChatError::Later { after: error.retry_after(), why: told(&error) }
        }
        // An id that is taken by something else stays taken.
        ChatClass::Conflict => ChatError::Refused { status: Some(409), why },
        ChatClass::Token => ChatError::Expired,
        ChatClass::Session => ChatError::NoSession,
        ChatClass::Foreign | ChatClass::Unknown => ChatError::Gone(told(&error)),
        ChatClass::TooLarge => ChatError::Refused { status: Some(413), why },
        ChatClass::Refused => {
            let status = match &error {
                chat::ChatError::Refused(fault) => Some(fault.status),
                _ => None,
            };
            ChatError::Refused { status, why }
        }
    }
}

/// Without words of the org's, which may quote a customer.
fn told(error: &chat::ChatError) -> String {
    match error {
        chat::ChatError::Foreign(fault)
        | chat::ChatError::Unknown(fault)
        | chat::ChatError::TokenExpired(fault)
        | chat::ChatError::Refused(fault)
        | chat::ChatError::Conflict(fault)
        | chat::ChatError::NeedsNewSession(fault) => {
            format!("status {}", fault.status)
        }
        chat::ChatError::Unclear { status: Some(status), .. } => format!("status {status}"),
        other => other.to_string(),
    }
}

/// A receipt as it is told, of what [`News::Happened`] names.
pub(super) fn receipt(Receipt { entry, read }: &Receipt) -> Option<(EntryId, ReceiptKind)> {
    let entry = entry.split('/').next()?.parse().ok()?;
    Some((entry, if *read { ReceiptKind::Read } else { ReceiptKind::Delivered }))
}

/// The agent who is there, by what is listed of the conversation.
pub(super) fn accepted(mut entries: Vec<Entry>) -> Option<Withdrawn> {
    entries.sort_by_key(|entry| entry.at);
    let mut there = Vec::new();
    for Entry { id, kind, .. } in entries {
        let EntryKind::ParticipantChanged(changes) = kind else { continue };
        for change in changes.into_iter().filter(|change| change.role.is_agent()) {
            match change.operation {
                Operation::Add => there.push((change.subject, joined(&id), change.name)),
                Operation::Remove => there.retain(|(subject, ..)| *subject != change.subject),
                Operation::Update => {}
            }
        }
    }
    there.pop().map(|(_, id, name)| Withdrawn::Accepted { id, name })
}

fn joined(entry: &EntryId) -> String {
    format!("{entry}/joined")
}

/// A chat that is followed.
pub(super) struct Following {
    live: Option<Live>,
    ready: VecDeque<Heard>,
    session: Session,
    rounds: u32,
}

impl Following {
    pub(super) fn new(
        visitor: Result<Visitor, ChatError>,
        conversation: ConversationId,
        session: Session,
        since: &Cursor,
    ) -> Self {
        // What can't be read any more is told again from the beginning.
        let feed = serde_json::from_str(&since.0).unwrap_or_else(|_| Feed::new(conversation));
        let live = visitor.ok().map(|visitor| Live::new(visitor, feed, Reconnect::default()));
        Self { live, ready: VecDeque::new(), session, rounds: 0 }
    }

    pub(super) fn stream(self) -> BoxStream<'static, Heard> {
        unfold(self, |mut following| async move {
            let heard = following.next().await?;
            Some((heard, following))
        })
        .boxed()
    }

    async fn next(&mut self) -> Option<Heard> {
        loop {
            if let Some(heard) = self.ready.pop_front() {
                return Some(heard);
            }
            let live = self.live.as_mut()?;
            let came = tokio::select! {
                came = live.next() => came,
                () = tokio::time::sleep(LOOK) => Ok(Vec::new()),
            };
            match came {
                Ok(items) => {
                    if !items.is_empty() {
                        self.rounds = 0;
                    }
                    let cursor = Cursor(serde_json::to_string(live.feed()).unwrap_or_default());
                    let renewed = session(live.visitor()).await;
                    if renewed != self.session {
                        self.session = renewed.clone();
                        self.push(News::Renewed(renewed), None);
                    }
                    let news: Vec<News> = items.into_iter().flat_map(news).collect();
                    let last = news.len().saturating_sub(1);
                    for (at, news) in news.into_iter().enumerate() {
                        // Only behind the last of them all are passed on.
                        self.push(news, (at == last).then(|| cursor.clone()));
                    }
                }
                Err(error) if error.class().may_pass() && self.rounds < ROUNDS => {
                    self.rounds += 1;
                    tracing::warn!(why = told(&error), "a chat can't be heard; it is tried again");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                Err(error) => {
                    tracing::warn!(why = told(&error), "a chat can't be heard any more");
                    return None;
                }
            }
        }
    }

    fn push(&mut self, news: News, cursor: Option<Cursor>) {
        self.ready.push_back(Heard { news, cursor });
    }
}

/// What an item means to the conversation.
fn news(item: Item) -> Vec<News> {
    let entry = item.entry;
    let happened = |aspect: &str, what| {
        vec![News::Happened { id: format!("{}/{aspect}", entry.as_str()), what }]
    };
    match item.what {
        Happening::Joined { role, name } if role.is_agent() => {
            vec![News::Happened { id: joined(&entry), what: ChatEvent::Accepted { name } }]
        }
        Happening::Transferred => happened("transferred", ChatEvent::Left),
        // In a transfer the next one may come before this one goes.
        Happening::Left { role, agents: false, .. } if role.is_agent() => {
            happened("left", ChatEvent::Left)
        }
        Happening::Message { from, content: Content::Attachments { text, files }, .. } => {
            // What is still to come is told again when it has come.
            match files.iter().any(|file| file.state == UploadState::Pending) {
                true => vec![News::Nothing],
                false => {
                    let id = format!("{}/files", entry.as_str());
                    let files = files.into_iter().map(offered).collect();
                    vec![News::Files { id, by: author(from), text, files }]
                }
            }
        }
        Happening::Message { from, message, content, .. } => match asked::asks(content) {
            Ok(asks) => {
                let (by, question) = (author(from), message.as_str().to_owned());
                happened("asked", ChatEvent::Asked { by, question, asks })
            }
            Err(content) => match readable(content) {
                Some((aspect, text)) => happened(aspect, said(from, text)),
                None => vec![News::Nothing],
            },
        },
        Happening::Typing { on } => vec![News::Passing(Now::Typing(on))],
        Happening::QueuePosition(position) => vec![News::Passing(Now::Position(position.max(1)))],
        Happening::EstimatedWait { seconds } => {
            vec![News::Passing(Now::Wait(Duration::from_secs(seconds.into())))]
        }
        // Nobody but us gives ids to what the customer says.
        Happening::Receipt { message, read } => match message.as_str().parse() {
            Ok(line) => vec![News::Passing(Now::Receipt { line, read })],
            Err(_) => vec![News::Nothing],
        },
        Happening::RoutingFailed(_) => happened("failed", ChatEvent::Failed),
        // The customer's side is nobody but us: that is a chat taken back, and no agent's doing.
        Happening::SessionEnded { by, .. } if by != chat::Role::EndUser => {
            happened("ended", ChatEvent::Ended)
        }
        Happening::SessionEnded { .. }
        | Happening::Closed
        | Happening::Joined { .. }
        | Happening::Left { .. }
        | Happening::Accepted
        | Happening::TransferFailed(_)
        | Happening::Echo { .. } => vec![News::Nothing],
    }
}

fn author(from: Author) -> event::Author {
    match from {
        Author::Agent => event::Author::Agent,
        Author::Bot => event::Author::Bot,
        Author::System => event::Author::System,
    }
}

fn said(from: Author, text: String) -> ChatEvent {
    ChatEvent::Wrote { by: author(from), text }
}

fn offered(Attachment { name, url, state, .. }: Attachment) -> OfferedFile {
    OfferedFile { name, address: url.filter(|_| state == UploadState::Completed) }
}

/// What a message says as text, and which part of its entry that is: a text with a link comes as two
/// messages of one id.
fn readable(content: Content) -> Option<(&'static str, String)> {
    let lines = |first: Option<String>, rest: Vec<String>| {
        let all: Vec<String> = first.into_iter().chain(rest).collect();
        all.join("\n")
    };
    let option = |title: String| format!("- {title}");
    let (aspect, text) = match content {
        Content::Text(text) => ("text", text),
        Content::Link { url, title } => ("link", lines(title, vec![url])),
        Content::Attachments { text, .. } => ("files", text?),
        Content::Choices { text, options, .. } => {
            let titles = options.into_iter().map(|one| option(one.title)).collect();
            ("choices", lines(text, titles))
        }
        Content::Form { title, inputs } => {
            let labels = inputs.into_iter().filter_map(|one| one.label).map(option).collect();
            ("form", lines(title, labels))
        }
        Content::Other { text, .. } => ("other", text?),
    };
    (!text.trim().is_empty()).then_some((aspect, text))
}

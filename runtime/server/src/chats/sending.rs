//! What the customer says and does, to the agents.

use std::sync::Arc;

use tidegate_engine::event::{ChatEvent, Event};
use tidegate_engine::file::FileRef;
use tidegate_engine::offer::Reply;
use tidegate_plan::verify::VerifiedPlan;
use tidegate_salesforce::chat::{LONGEST_TEXT, parts};
use tidegate_store::contract::{Claimed, DeadLetter, Stored};
use uuid::Uuid;

use super::channel::{Channel, ChatError, Content, Message, Session};
use super::kept::{self, Change};
use super::{ATTEMPTS, PATIENCE, derived, is_with, later, part, with_case};
use crate::app::App;
use crate::conversation::LoopError;
use crate::effects::{Performed, language};

/// What the customer said, to the agents of a chat.
pub(super) struct Said<'a> {
    pub(super) chat: Uuid,
    /// Its number in the conversation.
    pub(super) number: u64,
    pub(super) what: What<'a>,
    pub(super) routing: &'a [(String, String)],
}

/// What a customer says.
#[derive(Debug, Clone, Copy)]
pub(super) enum What<'a> {
    Words(&'a str),
    File(&'a FileRef),
    Reply(&'a str, &'a Reply),
}

/// Tells the agents what the customer wrote.
pub(super) async fn relay(
    app: &App,
    plan: &VerifiedPlan,
    stored: &Stored,
    claimed: &Claimed,
    said: Said<'_>,
) -> Result<Performed, LoopError> {
    let Said { chat, number, what, routing } = said;
    let kept = match is_with(&stored.conversation, chat) {
        true => kept::load(app, chat).await?.map(|(_, kept)| kept),
        // The chat is over; what was said stands in the conversation.
        false => return Ok(Performed::Silent),
    };
    let found = kept.and_then(|kept| Some((app.chats.channel(&kept.channel)?, kept)));
    let Some((channel, kept)) = found else { return Ok(lost(chat)) };
    let session = kept.session;
    let now = app.clock.now();
    let channel = channel.as_ref();
    let routing = with_case(routing, kept.finds_cases, &stored.conversation);
    let along = Along { chat, routing: &routing, language: language(plan, &stored.conversation) };
    let key = claimed.effect.key;
    // Told before it goes out: its receipt may be here before its answer.
    app.chats.receipts.goes(claimed.conversation, last_part(key, what), number);
    let told = match what {
        What::Words(text) => say(channel, session.clone(), key, text.trim(), &along).await,
        What::File(file) => {
            let content = app.store.content(claimed.conversation, file.id).await?;
            give(channel, session.clone(), key, (file, content), &along).await
        }
        What::Reply(question, reply) => {
            answer(channel, session.clone(), key, (question, reply), &along).await
        }
    };
    Ok(match told {
        Ok(now) => {
            if now != session {
                let session = Some(now);
                kept::change(app, chat, Change { session, ..Change::default() }).await?;
            }
            Performed::Silent
        }
        Err(ChatError::Later { why, after }) => {
            if claimed.attempt >= ATTEMPTS && now.duration_since(claimed.since) >= PATIENCE {
                tracing::error!(conversation = %claimed.conversation, why, "what a customer wrote could not be relayed for fifteen minutes; the chat is given up with `lost`");
                return Ok(lost(chat));
            }
            later(claimed.attempt, why, after, now)
        }
        Err(ChatError::Refused { status, why }) => {
            let file = match what {
                What::Words(_) | What::Reply(..) => None,
                What::File(file) => Some(file.name.clone()),
            };
            let event = Some(Event::Chat { key: chat, what: ChatEvent::NotPassedOn { file } });
            Performed::Dead { event, letter: Box::new(letter(claimed, now, status, why)) }
        }
        Err(ChatError::Expired | ChatError::NoSession | ChatError::Gone(_)) => lost(chat),
    })
}

/// The id of the last message that tells it.
fn last_part(key: Uuid, what: What<'_>) -> Uuid {
    match what {
        What::Words(text) => part(key, parts(text.trim(), LONGEST_TEXT).len().saturating_sub(1)),
        What::File(_) | What::Reply(..) => key,
    }
}

fn lost(chat: Uuid) -> Performed {
    Performed::Answered(Event::Chat { key: chat, what: ChatEvent::Lost })
}

fn letter(claimed: &Claimed, now: jiff::Timestamp, status: Option<u16>, why: String) -> DeadLetter {
    DeadLetter {
        conversation: claimed.conversation,
        effect: claimed.effect.clone(),
        at: now,
        since: Some(claimed.since),
        attempts: claimed.attempt,
        status,
        code: "tidegate.message_refused".into(),
        fields: Vec::new(),
        request: "tell the agents what the customer wrote".into(),
        answer: why,
        source: None,
    }
}

/// What goes along with each message of a chat.
#[derive(Debug, Clone, Copy)]
pub(super) struct Along<'a> {
    pub(super) chat: Uuid,
    pub(super) routing: &'a [(String, String)],
    /// The tag of the language that the chat is held in.
    pub(super) language: Option<&'a str>,
}

/// Says it in parts. Gives the identity as it is behind them.
pub(super) async fn say(
    channel: &dyn Channel,
    mut session: Session,
    id: Uuid,
    text: &str,
    along: &Along<'_>,
) -> Result<Session, ChatError> {
    for (number, text) in parts(text, LONGEST_TEXT).into_iter().enumerate() {
        let content = Content::Words(text.to_owned());
        session = send(channel, session, part(id, number), content, along).await?;
    }
    Ok(session)
}

/// Gives the agents a file, if it is still there.
pub(super) async fn give(
    channel: &dyn Channel,
    session: Session,
    id: Uuid,
    (file, content): (&FileRef, Option<Arc<[u8]>>),
    along: &Along<'_>,
) -> Result<Session, ChatError> {
    let Some(bytes) = content else {
        let why = "the file is not kept any more".to_owned();
        return Err(ChatError::Refused { status: None, why });
    };
    let (name, media_type) = (file.name.clone(), file.media_type.clone());
    send(channel, session, id, Content::File { name, media_type, bytes }, along).await
}

/// Answers what agents have asked. Where it can't be answered in that way, they read it as words.
async fn answer(
    channel: &dyn Channel,
    session: Session,
    id: Uuid,
    (question, reply): (&str, &Reply),
    along: &Along<'_>,
) -> Result<Session, ChatError> {
    let content = Content::Reply { question: question.to_owned(), reply: reply.clone() };
    match send(channel, session.clone(), id, content, along).await {
        // A taken id says that it has come.
        Err(ChatError::Refused { status, why: _ }) if status != Some(409) => {
            tracing::warn!(chat = %along.chat, ?status, "an answer to what agents asked was refused; they get it as words");
            say(channel, session, derived(id, "as words"), &reply.as_text(), along).await
        }
        sent => sent,
    }
}

/// Sends it, in a new session where there is none.
async fn send(
    channel: &dyn Channel,
    session: Session,
    id: Uuid,
    content: Content,
    along: &Along<'_>,
) -> Result<Session, ChatError> {
    let Along { chat, routing, language } = *along;
    let (routing, language) = (routing.to_vec(), language.map(str::to_owned));
    let message = Message { chat, id, content, routing, language, new_session: false };
    match channel.send(session.clone(), message.clone()).await {
        Err(ChatError::NoSession) => {
            channel.send(session, Message { new_session: true, ..message }).await
        }
        sent => sent,
    }
}

/// Shows the agents that the customer types. Nothing where that fails: it only matters now.
pub(crate) async fn typing(app: &App, chat: Uuid, types: bool) {
    let Ok(Some((_, kept))) = kept::load(app, chat).await else { return };
    let Some(channel) = app.chats.channel(&kept.channel) else { return };
    if let Err(error) = channel.typing(kept.session, chat, types).await {
        tracing::debug!(%chat, %error, "agents were not shown that the customer types");
    }
}

//! What the customer says and does, to the agents.

use std::sync::Arc;

use tidegate_engine::event::{ChatEvent, Event};
use tidegate_engine::file::FileRef;
use tidegate_salesforce::chat::{LONGEST_TEXT, parts};
use tidegate_store::contract::{Claimed, DeadLetter, Stored};
use uuid::Uuid;

use super::channel::{Channel, ChatError, Line, SentFile, Session};
use super::kept;
use super::{ATTEMPTS, PATIENCE, is_with, later, part};
use crate::app::App;
use crate::conversation::LoopError;
use crate::effects::Performed;

/// What the customer said, to the agents of a chat.
pub(super) struct Said<'a> {
    pub(super) chat: Uuid,
    pub(super) what: What<'a>,
    pub(super) routing: &'a [(String, String)],
    pub(super) language: Option<String>,
}

/// What a customer says.
#[derive(Debug, Clone, Copy)]
pub(super) enum What<'a> {
    Words(&'a str),
    File(&'a FileRef),
}

/// Tells the agents what the customer wrote.
pub(super) async fn relay(
    app: &App,
    stored: &Stored,
    claimed: &Claimed,
    said: Said<'_>,
) -> Result<Performed, LoopError> {
    let chat = said.chat;
    let kept = match is_with(&stored.conversation, chat) {
        true => kept::load(app, chat).await?.map(|(_, kept)| kept),
        // The chat is over; what was said stands in the conversation.
        false => return Ok(Performed::Silent),
    };
    let found = kept.and_then(|kept| Some((app.chats.channel(&kept.channel)?, kept.session)));
    let Some((channel, session)) = found else { return Ok(lost(chat)) };
    let now = app.clock.now();
    let told = match said.what {
        What::Words(text) => {
            say(channel.as_ref(), session.clone(), claimed.effect.key, text, &said).await
        }
        What::File(file) => {
            let content = app.store.content(claimed.conversation, file.id).await?;
            give(channel.as_ref(), session.clone(), claimed.effect.key, (file, content), &said)
                .await
        }
    };
    Ok(match told {
        Ok(now) => {
            if now != session {
                kept::change(app, chat, |kept| kept.session = now).await?;
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
            Performed::Dead { event: None, letter: Box::new(letter(claimed, now, status, why)) }
        }
        Err(ChatError::Expired | ChatError::NoSession | ChatError::Gone(_)) => lost(chat),
    })
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

/// Says it in parts. Gives the identity as it is behind them.
async fn say(
    channel: &dyn Channel,
    mut session: Session,
    id: Uuid,
    text: &str,
    said: &Said<'_>,
) -> Result<Session, ChatError> {
    for (number, text) in parts(text.trim(), LONGEST_TEXT).into_iter().enumerate() {
        let line = Line {
            chat: said.chat,
            id: part(id, number),
            text: text.to_owned(),
            routing: said.routing.to_vec(),
            language: said.language.clone(),
            new_session: false,
        };
        session = send(channel, session, line).await?;
    }
    Ok(session)
}

/// Gives the agents a file.
async fn give(
    channel: &dyn Channel,
    session: Session,
    id: Uuid,
    (file, content): (&FileRef, Option<Arc<[u8]>>),
    said: &Said<'_>,
) -> Result<Session, ChatError> {
    let Some(content) = content else {
        let why = "the file is not kept any more".to_owned();
        return Err(ChatError::Refused { status: None, why });
    };
    let line = Line {
        chat: said.chat,
        id,
        text: String::new(),
        routing: said.routing.to_vec(),
        language: said.language.clone(),
        new_session: false,
    };
    let file = SentFile::of(line, file, content);
    send_file(channel, session, file).await
}

/// Sends a file, in a new session where there is none.
pub(super) async fn send_file(
    channel: &dyn Channel,
    session: Session,
    file: SentFile,
) -> Result<Session, ChatError> {
    match channel.send_file(session.clone(), file.clone()).await {
        Err(ChatError::NoSession) => {
            channel.send_file(session, SentFile { new_session: true, ..file }).await
        }
        sent => sent,
    }
}

/// Says a line, in a new session where there is none.
pub(super) async fn send(
    channel: &dyn Channel,
    session: Session,
    line: Line,
) -> Result<Session, ChatError> {
    match channel.send(session.clone(), line.clone()).await {
        Err(ChatError::NoSession) => {
            channel.send(session, Line { new_session: true, ..line }).await
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

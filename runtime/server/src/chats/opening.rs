//! Opening a chat, with what has been said so far.

use std::sync::Arc;

use tidegate_engine::event::{ChatEvent, Event};
use tidegate_engine::file::FileRef;
use tidegate_engine::state::Person;
use tidegate_plan::verify::VerifiedPlan;
use tidegate_store::contract::{Claimed, Entry, Owner, Stored};
use uuid::Uuid;

use super::channel::{Admitted, Channel, ChatError, Cursor, Opening, Session, Signed};
use super::kept::{self, Change, Kept};
use super::sending::{Along, give, say};
use super::{derived, is_with, later, with_case};
use crate::app::App;
use crate::conversation::LoopError;
use crate::effects::Performed;
use crate::effects::{language, render};

/// What agents read above what has been said so far.
const SO_FAR: &str = "What was said before:\n";

/// What agents read of a file that could not be sent.
const NOT_SENT: &str = "A file that was sent before is not here: ";

/// A chat to be opened.
pub(super) struct Asked<'a> {
    pub(super) plan: &'a VerifiedPlan,
    pub(super) stored: &'a Stored,
    pub(super) channel: &'a str,
    pub(super) routing: &'a [(String, String)],
    pub(super) entries: Vec<Entry>,
    pub(super) files: &'a [FileRef],
}

/// Opens a chat. What becomes of it comes as events; only that there can be none comes at once.
pub(super) async fn open(
    app: &App,
    claimed: &Claimed,
    asked: Asked<'_>,
) -> Result<Performed, LoopError> {
    let chat = claimed.effect.key;
    if !is_with(&asked.stored.conversation, chat) {
        // Nobody waits for it any more. Whatever an earlier attempt has opened is taken back.
        app.chats.follow(chat);
        return Ok(Performed::Silent);
    }
    let Some(channel) = app.chats.channel(asked.channel) else {
        tracing::error!(channel = asked.channel, conversation = %claimed.conversation, "a conversation can't be handed off: the manifest says nothing of this channel; it goes on with `failed`");
        return Ok(failed(chat));
    };
    let kept = kept::load(app, chat).await?.map(|(_, kept)| kept);
    let opened = match kept {
        Some(kept) => tell(app, channel.as_ref(), kept, chat, &asked).await,
        None => match channel.admit(chat, signed(app, asked.stored).await?).await {
            Ok(Admitted { session, files, finds_cases }) => {
                let (name, cursor) = (asked.channel.to_owned(), Cursor::default());
                let kept =
                    Kept { channel: name, session, opened: false, cursor, files, finds_cases };
                // Before the chat exists, or a crash would leave one that nobody can take back.
                kept::keep(app, chat, claimed.conversation, &kept).await?;
                tell(app, channel.as_ref(), kept, chat, &asked).await
            }
            Err(error) => Err(error),
        },
    };
    Ok(match opened {
        Ok(session) => {
            let (session, opened) = (Some(session), Some(true));
            kept::change(app, chat, Change { session, opened, ..Change::default() }).await?;
            app.chats.follow(chat);
            Performed::Silent
        }
        Err(ChatError::Later { why, after }) => later(claimed.attempt, why, after, app.clock.now()),
        Err(error) => {
            tracing::error!(channel = asked.channel, conversation = %claimed.conversation, why = error.told(), "a conversation can't be handed off; it goes on with `failed`");
            // It may exist over there all the same: who follows it closes it.
            let opened = Some(true);
            kept::change(app, chat, Change { opened, ..Change::default() }).await?;
            app.chats.follow(chat);
            failed(chat)
        }
    })
}

/// Who the customer is, where the conversation knows them by a signed identity.
async fn signed(app: &App, stored: &Stored) -> Result<Option<Signed>, LoopError> {
    if stored.conversation.person == Person::Unverified {
        return Ok(None);
    }
    let Owner { visitor, messenger } = stored.owner.clone();
    let visitor = app.store.visitor(visitor).await?;
    let subject = visitor.and_then(|visitor| visitor.subject);
    Ok(subject.map(|subject| Signed { messenger, subject }))
}

fn failed(chat: Uuid) -> Performed {
    Performed::Answered(Event::Chat { key: chat, what: ChatEvent::Failed })
}

/// Creates the chat and tells what has been said before; all of it may have been done already.
async fn tell(
    app: &App,
    channel: &dyn Channel,
    kept: Kept,
    chat: Uuid,
    asked: &Asked<'_>,
) -> Result<Session, ChatError> {
    let language = language(asked.plan, &asked.stored.conversation);
    // The same values as at the opening: some orgs read those of the first message only.
    let routing = with_case(asked.routing, kept.finds_cases, &asked.stored.conversation);
    let along = Along { chat, routing: &routing, language };
    let language = language.map(str::to_owned);
    let opening = Opening { chat, routing: routing.clone(), language };
    let mut session = channel.open(kept.session, opening).await?;
    let said = render(&asked.entries);
    if !said.trim().is_empty() {
        let said = format!("{SO_FAR}{said}");
        session = say(channel, session, derived(chat, "said before"), &said, &along).await?;
    }
    for file in asked.files {
        let id = derived(chat, &format!("file {}", file.id));
        let content = match kept.files.takes(file.bytes) {
            true => content(app, asked.stored.conversation.id, file).await?,
            false => None,
        };
        session = match give(channel, session.clone(), id, (file, content), &along).await {
            // What was said has come; that a file has not is no reason to leave the customer alone.
            Err(ChatError::Refused { .. }) => {
                let text = format!("{NOT_SENT}{}", file.name);
                say(channel, session, derived(id, "not sent"), &text, &along).await?
            }
            given => given?,
        };
    }
    Ok(session)
}

async fn content(
    app: &App,
    conversation: Uuid,
    file: &FileRef,
) -> Result<Option<Arc<[u8]>>, ChatError> {
    let content = app.store.content(conversation, file.id).await;
    content.map_err(|error| ChatError::Later { why: error.to_string(), after: None })
}

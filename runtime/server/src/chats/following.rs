//! Following chats: what agents say and do becomes events of the conversation.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::{FutureExt as _, StreamExt as _};
use tidegate_engine::event::{ChatEvent, Event};
use tidegate_store::StoreError;
use tidegate_store::contract::Inbound;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::channel::{Channel, ChatError, Cursor, Heard, News, Now, Session};
use super::kept::{self, Change, Kept};
use super::receiving::{Place, Sent, receive};
use super::{Begun, after_failure, derived, is_with, pause, receipts};
use crate::app::App;
use crate::conversation::{Arrival, Cause, LoopError, Received};

const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// Who has not been said to type for so long has stopped.
const TYPES: Duration = Duration::from_secs(5);

/// Follows chats until the server ends: those that an earlier process has left, and new ones.
pub(crate) async fn run(app: Arc<App>, mut begun: Begun) {
    let mut ending = app.ending.clone();
    let mut followed = HashMap::new();
    let mut following = JoinSet::new();
    let left = loop {
        match app.store.chats().await {
            Ok(chats) => break chats,
            Err(error) => {
                tracing::error!(%error, "chats could not be read; they are looked at again");
                tokio::select! {
                    () = tokio::time::sleep(AFTER_FAILURE) => {}
                    Ok(_) = ending.wait_for(|ending| *ending) => return,
                }
            }
        }
    };
    for chat in left {
        follow(&app, chat.key, &mut followed, &mut following);
    }
    loop {
        tokio::select! {
            Some(chat) = begun.recv() => follow(&app, chat, &mut followed, &mut following),
            Some(Ok(chat)) = following.join_next() => {
                // What was asked for while the one before came to its end.
                if followed.remove(&chat) == Some(Again(true)) {
                    follow(&app, chat, &mut followed, &mut following);
                }
            }
            Ok(_) = ending.wait_for(|ending| *ending) => break,
        }
    }
    while following.join_next().await.is_some() {}
}

/// Whether a chat that is followed is to be looked at once more at its end.
#[derive(Debug, PartialEq, Eq)]
struct Again(bool);

fn follow(
    app: &Arc<App>,
    chat: Uuid,
    followed: &mut HashMap<Uuid, Again>,
    following: &mut JoinSet<Uuid>,
) {
    if let Some(again) = followed.get_mut(&chat) {
        *again = Again(true);
        return;
    }
    followed.insert(chat, Again(false));
    let app = Arc::clone(app);
    following.spawn(async move {
        let mut ending = app.ending.clone();
        tokio::select! {
            followed = AssertUnwindSafe(until_over(&app, chat)).catch_unwind() => {
                if followed.is_err() {
                    tracing::error!(%chat, "a fault of Tidegate's: a chat is followed no more until the next start");
                }
            }
            Ok(_) = ending.wait_for(|ending| *ending) => {}
        }
        chat
    });
}

/// Follows one chat to its end, whatever the store does meanwhile.
async fn until_over(app: &App, chat: Uuid) {
    loop {
        let error = match one(app, chat).await {
            Ok(()) => return,
            Err(error) => error,
        };
        let pause = match &error {
            LoopError::Store(error) => after_failure(error),
            _ => Some(Duration::from_secs(30)),
        };
        tracing::error!(%chat, %error, "a chat could not be followed; it is tried again");
        let Some(pause) = pause else { return };
        tokio::time::sleep(pause).await;
    }
}

async fn one(app: &App, chat: Uuid) -> Result<(), LoopError> {
    let Some((conversation, kept)) = kept::load(app, chat).await? else { return Ok(()) };
    let Some(channel) = app.chats.channel(&kept.channel).cloned() else {
        let what = ChatEvent::Lost;
        tracing::error!(%chat, channel = kept.channel, %conversation, "a chat is given up with `lost`: the manifest says nothing of its channel any more");
        happened(app, chat, conversation, "no channel", what).await?;
        return Ok(app.store.forget_chat(chat).await?);
    };
    // Looked at before the conversation is, so that no change is overlooked.
    let mut changed = app.store.subscribe(conversation);
    let Kept { session, opened, cursor, files, .. } = kept;
    if opened && with(app, conversation, chat).await? {
        app.chats.passing.files(conversation, files);
        let waiting = app.chats.receipts.begin(conversation);
        let place = Place { chat, conversation };
        let listened = tokio::select! {
            listened = listen(app, channel.as_ref(), place, (session, cursor), &mut changed) => listened,
            () = receipts::tell(app, channel.as_ref(), chat, waiting) => Ok(()),
        };
        app.chats.receipts.end(conversation);
        listened?;
    } else if with(app, conversation, chat).await? {
        // Its effect is under way, and says when there is something to follow.
        return Ok(());
    }
    app.chats.passing.clear(conversation);
    close(app, channel.as_ref(), chat).await
}

/// Hears what happens until the conversation is with its agents no more.
async fn listen(
    app: &App,
    channel: &dyn Channel,
    place: Place,
    (session, cursor): (Session, Cursor),
    changed: &mut watch::Receiver<u64>,
) -> Result<(), LoopError> {
    let Place { chat, conversation } = place;
    let mut news = channel.follow(session, chat, cursor);
    let mut types_until = None;
    while with(app, conversation, chat).await? {
        let heard = tokio::select! {
            heard = news.next() => heard,
            Ok(()) = changed.changed() => continue,
            () = at(types_until) => {
                types_until = None;
                app.chats.passing.change(conversation, Now::Typing(false));
                continue;
            }
        };
        let Some(Heard { news, cursor }) = heard else {
            return happened(app, chat, conversation, "lost", ChatEvent::Lost).await.map(drop);
        };
        match news {
            News::Happened { id, what } => {
                let said = matches!(what, ChatEvent::Wrote { .. } | ChatEvent::Asked { .. });
                at_the_moment(app, conversation, &what);
                let number = happened(app, chat, conversation, &id, what).await?;
                if let Some(number) = number.filter(|_| said) {
                    app.chats.receipts.arrived(conversation, number, id);
                }
            }
            News::Files { id, by, text, files } => {
                app.chats.passing.said(conversation);
                let sent = Sent { id: id.clone(), by, text, files };
                if let Some(number) = receive(app, channel, place, sent).await? {
                    app.chats.receipts.arrived(conversation, number, id);
                }
            }
            News::Passing(Now::Receipt { line, read }) => {
                if let Some(number) = app.chats.receipts.number(conversation, line) {
                    app.chats.passing.reached(conversation, number, read);
                }
                continue;
            }
            News::Passing(now) => {
                if let Now::Typing(types) = now {
                    types_until = types.then(|| Instant::now() + TYPES);
                }
                app.chats.passing.change(conversation, now);
                continue;
            }
            News::Renewed(renewed) => {
                let session = Some(renewed);
                kept::change(app, chat, Change { session, ..Change::default() }).await?;
            }
            // Where it was is kept with the next thing that matters; heard again it is nothing again.
            News::Nothing => continue,
        }
        if cursor.is_some() {
            kept::change(app, chat, Change { cursor, ..Change::default() }).await?;
        }
    }
    Ok(())
}

/// At a time, if there is to be one.
async fn at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}

fn at_the_moment(app: &App, conversation: Uuid, what: &ChatEvent) {
    match what {
        ChatEvent::Accepted { .. } => app.chats.passing.arrived(conversation),
        ChatEvent::Wrote { .. } | ChatEvent::Sent { .. } | ChatEvent::Asked { .. } => {
            app.chats.passing.said(conversation);
        }
        ChatEvent::Left => app.chats.passing.said(conversation),
        ChatEvent::NotPassedOn { .. } => {}
        ChatEvent::Ended | ChatEvent::Failed | ChatEvent::Lost => {
            app.chats.passing.clear(conversation);
        }
    }
}

async fn with(app: &App, conversation: Uuid, chat: Uuid) -> Result<bool, StoreError> {
    let stored = app.store.load(conversation).await?;
    Ok(stored.is_some_and(|stored| is_with(&stored.conversation, chat)))
}

/// Lets it happen once, however often it is heard. Gives the number of what it added first.
pub(super) async fn happened(
    app: &App,
    chat: Uuid,
    conversation: Uuid,
    id: &str,
    what: ChatEvent,
) -> Result<Option<u64>, LoopError> {
    // What the same thing says may differ where it is heard again; the first time counts.
    let inbound = Inbound { addressed: conversation, key: derived(chat, id), body: [0; 32] };
    let arrival = Arrival::Event(Event::Chat { key: chat, what });
    let cause = Cause::Request(inbound);
    let received = app.conversations.receive(conversation, arrival, cause, app.clock.now()).await?;
    Ok(match received {
        Received::Taken(receipt) => Some(receipt.sequence),
        _ => None,
    })
}

/// Ends what the conversation has left, so that no agent waits for nobody.
async fn close(app: &App, channel: &dyn Channel, chat: Uuid) -> Result<(), LoopError> {
    let mut attempt = 0;
    while let Some((_, kept)) = kept::load(app, chat).await? {
        match channel.close(kept.session, chat).await {
            Err(ChatError::Later { why, after }) => {
                attempt += 1;
                let pause = pause(attempt, after);
                tracing::warn!(%chat, attempt, why, "a chat that is over could not be closed on the agents' side; it is tried again");
                app.clock.sleep_until(app.clock.now() + pause).await;
            }
            Ok(()) | Err(_) => app.store.forget_chat(chat).await?,
        }
    }
    Ok(())
}

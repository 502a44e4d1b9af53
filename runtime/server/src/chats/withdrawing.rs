//! Taking a chat back because nobody has come: an agent who has accepted before wins.

use std::collections::HashSet;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tidegate_engine::event::{ChatEvent, Event};
use tidegate_engine::state::Position;
use tidegate_store::StoreError;
use tidegate_store::contract::Due;
use tokio::time::timeout;
use uuid::Uuid;

use super::channel::Withdrawn;
use super::following::happened;
use super::kept;
use crate::app::App;
use crate::conversation::{Arrival, Cause, LoopError};

/// For so long the agents' side is asked before the customer goes on without it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Chats that are being taken back.
#[derive(Debug, Default)]
pub(super) struct Withdrawing(Arc<Mutex<HashSet<Uuid>>>);

/// A chat that is being taken back; dropped, also by a fault of ours, it can be tried again.
#[derive(Debug)]
struct UnderWay {
    all: Arc<Mutex<HashSet<Uuid>>>,
    chat: Uuid,
}

impl Withdrawing {
    /// `None` where it is under way already.
    fn begin(&self, chat: Uuid) -> Option<UnderWay> {
        let begun = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(chat);
        begun.then(|| UnderWay { all: Arc::clone(&self.0), chat })
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.chat);
    }
}

/// The chat for which a timer says that nobody has come in time.
pub(crate) async fn of_timer(app: &App, due: &Due) -> Result<Option<Uuid>, StoreError> {
    let Event::DeadlinePassed { key } = due.timer.event else { return Ok(None) };
    if app.chats.channels.is_empty() {
        return Ok(None);
    }
    let stored = app.store.load(due.conversation).await?;
    Ok(stored.and_then(|stored| match stored.conversation.position {
        Position::HandedOff { key: chat, accepted: false, wait, .. } if wait == key => Some(chat),
        _ => None,
    }))
}

/// Takes the chat back and lets the timer fire behind it; or lets an agent come who has accepted
/// already. Beside other timers, which need not wait for the agents' side.
pub(crate) fn then_fire(app: &Arc<App>, chat: Uuid, due: Due) {
    let Some(under_way) = app.chats.withdrawing.begin(chat) else { return };
    let app = Arc::clone(app);
    tokio::spawn(async move {
        let _under_way = under_way;
        if let Err(error) = fire(&app, chat, due).await {
            tracing::error!(%chat, %error, "a hand-off that nobody has taken could not go on; it is tried again");
        }
    });
}

async fn fire(app: &App, chat: Uuid, due: Due) -> Result<(), LoopError> {
    let conversation = due.conversation;
    let mut taken_back = pin!(withdrawn(app, chat));
    let in_time = timeout(PATIENCE, &mut taken_back).await.ok();
    if let Some(Some(Withdrawn::Accepted { id, name })) = &in_time {
        let what = ChatEvent::Accepted { name: name.clone() };
        happened(app, chat, conversation, id, what).await?;
    }
    let (arrival, timer) = (Arrival::Event(due.timer.event), due.timer.key);
    let cause = Cause::Timer { key: timer, due: due.timer.due };
    app.conversations.receive(conversation, arrival, cause, app.clock.now()).await?;
    let became = match in_time {
        Some(became) => became,
        None => taken_back.await,
    };
    if became == Some(Withdrawn::Closed) {
        // An agent may have come while it was closed: the timer has passed that one by, and the chat
        // is over all the same. Nothing where the conversation has gone on.
        happened(app, chat, conversation, "withdrawn", ChatEvent::Ended).await?;
    }
    Ok(())
}

/// What became of it. Where the agents' side can't be asked, who follows the chat closes it.
async fn withdrawn(app: &App, chat: Uuid) -> Option<Withdrawn> {
    let (_, kept) = kept::load(app, chat).await.ok()??;
    if !kept.opened {
        return None;
    }
    let channel = app.chats.channel(&kept.channel)?;
    match channel.withdraw(kept.session, chat).await {
        Ok(became) => Some(became),
        Err(error) => {
            tracing::warn!(%chat, why = error.told(), "a chat that nobody has taken could not be taken back yet; it is tried again");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_leaves_no_chat_among_those_that_are_taken_back() {
        let (all, chat) = (Withdrawing::default(), Uuid::from_u128(7));
        let faulty = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _under_way = all.begin(chat).expect("nobody takes it back yet");
            assert!(all.begin(chat).is_none(), "it is under way");
            std::panic::resume_unwind(Box::new("a fault"));
        }));
        assert!(faulty.is_err());
        assert!(all.begin(chat).is_some(), "it can be tried again");
    }
}

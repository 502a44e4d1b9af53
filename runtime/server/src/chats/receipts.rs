//! Receipts, both ways: what of the agents' has reached the customer and was seen, and what of the
//! customer's has reached agents and was read.
//!
//! All of it is in memory alone. A receipt says something to whoever looks at that moment, decides
//! nothing, and can't be taken back; so one that is lost with a process costs a tick on a screen,
//! while one that was kept would have to be told before whatever came behind it. Nothing waits for
//! one, and none is told again.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use tokio::sync::mpsc;
use uuid::Uuid;

use super::channel::{Channel, Receipt};
use super::kept;
use crate::app::App;

/// So much of a chat is remembered each way; what is older gets no receipt.
const MOST: usize = 128;

/// The chats that are followed, by conversation.
#[derive(Debug, Default)]
pub(crate) struct Receipts {
    all: Mutex<HashMap<Uuid, Standing>>,
}

/// What may still get a receipt.
#[derive(Debug)]
struct Standing {
    /// What agents wrote and nobody has seen, by its number in the conversation.
    unseen: VecDeque<(u64, String)>,
    /// What the customer said, by its id on the agents' side.
    own: VecDeque<(Uuid, u64)>,
    told: mpsc::Sender<Receipt>,
}

/// Receipts that are to be told, of one chat.
#[derive(Debug)]
pub(super) struct Waiting(mpsc::Receiver<Receipt>);

impl Receipts {
    /// A chat is followed from now on.
    pub(super) fn begin(&self, conversation: Uuid) -> Waiting {
        let (told, waiting) = mpsc::channel(MOST);
        let (unseen, own) = (VecDeque::new(), VecDeque::new());
        self.lock().insert(conversation, Standing { unseen, own, told });
        Waiting(waiting)
    }

    /// The chat is over.
    pub(super) fn end(&self, conversation: Uuid) {
        self.lock().remove(&conversation);
    }

    /// Something of an agent's stands in the conversation under this number.
    pub(super) fn arrived(&self, conversation: Uuid, number: u64, entry: String) {
        self.with(conversation, |chat| {
            push(&mut chat.unseen, (number, entry.clone()));
            chat.tell(Receipt { entry, read: false });
        });
    }

    /// The customer has seen what stands in the conversation up to this number.
    pub(crate) fn seen(&self, conversation: Uuid, through: u64) {
        self.with(conversation, |chat| {
            while let Some((_, entry)) = chat.unseen.pop_front_if(|(number, _)| *number <= through)
            {
                chat.tell(Receipt { entry, read: true });
            }
        });
    }

    /// The customer's entry of this number goes to the agents under an id.
    pub(super) fn goes(&self, conversation: Uuid, line: Uuid, number: u64) {
        self.with(conversation, |chat| push(&mut chat.own, (line, number)));
    }

    /// The number of what was sent under an id, where it is remembered.
    pub(super) fn number(&self, conversation: Uuid, line: Uuid) -> Option<u64> {
        let all = self.lock();
        let (_, number) = all.get(&conversation)?.own.iter().find(|(own, _)| *own == line)?;
        Some(*number)
    }

    fn with(&self, conversation: Uuid, work: impl FnOnce(&mut Standing)) {
        if let Some(chat) = self.lock().get_mut(&conversation) {
            work(chat);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, Standing>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn push<T>(all: &mut VecDeque<T>, one: T) {
    if all.len() >= MOST {
        all.pop_front();
    }
    all.push_back(one);
}

impl Standing {
    fn tell(&self, receipt: Receipt) {
        // Where so many wait, nobody there takes them.
        drop(self.told.try_send(receipt));
    }
}

/// Tells the agents' side, together what has come while the last ones were told. Never ends.
pub(super) async fn tell(app: &App, channel: &dyn Channel, chat: Uuid, mut waiting: Waiting) {
    let mut receipts = Vec::new();
    while waiting.0.recv_many(&mut receipts, MOST).await > 0 {
        let receipts = std::mem::take(&mut receipts);
        let Ok(Some((_, kept))) = kept::load(app, chat).await else { continue };
        if let Err(error) = channel.acknowledge(kept.session, chat, receipts).await {
            tracing::debug!(%chat, why = error.told(), "agents were not told what the customer has got");
        }
    }
    std::future::pending().await
}

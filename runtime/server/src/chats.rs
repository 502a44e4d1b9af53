//! Chats with agents: opened, relayed both ways, and followed through restarts.
//!
//! What the customer says goes out as an effect, under the effect's key, so that sending it again
//! adds nothing. What comes back is committed as an event under a key made of its own id there, so
//! that hearing it again adds nothing either.

pub mod channel;
pub mod messaging;

mod following;
mod kept;
mod opening;
mod passing;
mod receipts;
mod receiving;
mod sending;
mod withdrawing;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tidegate_engine::effect::Action;
use tidegate_engine::state::{Conversation, Position};
use tidegate_plan::model::CASE_PARAMETER;
use tidegate_plan::verify::VerifiedPlan;
use tidegate_store::StoreError;
use tidegate_store::contract::{Claimed, Stored, Until};
use tokio::sync::mpsc;
use uuid::Uuid;

pub(crate) use following::run;
pub(crate) use kept::files_taken;
pub(crate) use passing::{Passing, PassingStates};
pub(crate) use sending::typing;
pub(crate) use withdrawing::{of_timer, then_fire};

use crate::app::App;
use crate::conversation::LoopError;
use crate::effects::{self, Performed};
use channel::Channel;
use opening::Asked;
use receipts::Receipts;
use sending::{Said, What};
use withdrawing::Withdrawing;

/// Chats that are to be followed from now on.
pub(crate) type Begun = mpsc::UnboundedReceiver<Uuid>;

/// What requests and workers know of chats.
#[derive(Debug)]
pub(crate) struct Chats {
    channels: BTreeMap<String, Arc<dyn Channel>>,
    begun: mpsc::UnboundedSender<Uuid>,
    pub(crate) passing: PassingStates,
    pub(crate) receipts: Receipts,
    withdrawing: Withdrawing,
}

impl Chats {
    pub(crate) fn new(channels: BTreeMap<String, Arc<dyn Channel>>) -> (Self, Begun) {
        let (begun, follow) = mpsc::unbounded_channel();
        let (passing, receipts) = (PassingStates::default(), Receipts::default());
        let withdrawing = Withdrawing::default();
        (Self { channels, begun, passing, receipts, withdrawing }, follow)
    }

    pub(crate) fn channel(&self, name: &str) -> Option<&Arc<dyn Channel>> {
        self.channels.get(name)
    }

    fn follow(&self, chat: Uuid) {
        // Nobody listens once the server ends; the next one follows what is kept.
        let _ended = self.begun.send(chat);
    }
}

/// Performs an effect of a chat; nothing of any other.
pub(crate) async fn perform(
    app: &App,
    plan: &VerifiedPlan,
    stored: &Stored,
    claimed: &Claimed,
) -> Result<Performed, LoopError> {
    match &claimed.effect.action {
        Action::OpenChat { push: _, channel, routing, through, files } => {
            let entries = effects::entries(app, claimed.conversation, *through).await?;
            let asked = Asked { plan, stored, channel, routing, entries, files };
            opening::open(app, claimed, asked).await
        }
        Action::Relay { chat, number, text, routing } => {
            let said = Said { chat: *chat, number: *number, what: What::Words(text), routing };
            sending::relay(app, plan, stored, claimed, said).await
        }
        Action::RelayFile { chat, number, file, routing } => {
            let said = Said { chat: *chat, number: *number, what: What::File(file), routing };
            sending::relay(app, plan, stored, claimed, said).await
        }
        Action::RelayReply { chat, number, question, reply, routing } => {
            let said =
                Said { chat: *chat, number: *number, what: What::Reply(question, reply), routing };
            sending::relay(app, plan, stored, claimed, said).await
        }
        // Who follows it closes it, however long that takes; a Case need not wait for it.
        Action::WithdrawChat { chat } => {
            app.chats.follow(*chat);
            Ok(Performed::Silent)
        }
        _ => Ok(Performed::Silent),
    }
}

/// What is not sent for so long, and so often tried, has missed its chat.
const PATIENCE: SignedDuration = SignedDuration::from_mins(15);
const ATTEMPTS: u32 = 5;
/// Who asks for more patience than this is asked again after this all the same.
const LONGEST_PATIENCE: Duration = Duration::from_secs(300);

/// Puts a request to the agents' side off.
fn later(attempt: u32, why: String, after: Option<Duration>, now: Timestamp) -> Performed {
    let pause = pause(attempt, after);
    Performed::Parked { until: Until::Time(now + pause), why, attempted: true, strike: false }
}

/// Doubled at each attempt, from half a second to half a minute; longer where the other side asks for
/// it.
fn pause(attempt: u32, asked: Option<Duration>) -> Duration {
    let doubled = Duration::from_millis(500).saturating_mul(1 << attempt.saturating_sub(1).min(6));
    doubled.min(Duration::from_secs(30)).max(asked.unwrap_or_default().min(LONGEST_PATIENCE))
}

/// Whether a conversation is with the agents of this chat.
fn is_with(conversation: &Conversation, chat: Uuid) -> bool {
    matches!(conversation.position, Position::HandedOff { key, .. } if key == chat)
}

/// What goes along, and where the agents' side takes it, by what the conversation's Case is found. The
/// key is known before the Case exists, and is nobody's to guess as an id is.
fn with_case(
    routing: &[(String, String)],
    finds_cases: bool,
    conversation: &Conversation,
) -> Vec<(String, String)> {
    let key = conversation.case_key.filter(|_| finds_cases);
    let case = key.map(|key| (CASE_PARAMETER.to_owned(), key.to_string()));
    routing.iter().cloned().chain(case).collect()
}

/// Waits for the machine's time, or until the store or the other side does better.
fn after_failure(error: &StoreError) -> Option<Duration> {
    match error {
        StoreError::Broken(_) | StoreError::Closed => None,
        _ => Some(Duration::from_secs(1)),
    }
}

/// The id of what is said in several parts: the first one's is the whole's.
fn part(whole: Uuid, number: usize) -> Uuid {
    match number {
        0 => whole,
        _ => derived(whole, &format!("part {number}")),
    }
}

/// An id that is the same whenever it is asked for.
fn derived(whole: Uuid, role: &str) -> Uuid {
    tidegate_engine::key::effect_key("chat", whole, role, 0, "")
}

//! What a relay cares about.

use jiff::Timestamp;

use crate::chat::content::Content;
use crate::chat::entry::{Role, RoutingFailure};
use crate::chat::id::EntryId;

/// Something that happened in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The entry that it came of: the same if it should be told again, after a crash.
    pub entry: EntryId,
    /// When, by the org's clock.
    pub at: Option<Timestamp>,
    /// Whether something of a greater time was passed on before it, behind which it is not to stand.
    pub late: bool,
    /// What happened.
    pub what: Happening,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// Somebody other than the customer has come. That an agent has come means that the chat was
    /// accepted.
    Joined {
        /// In which role.
        role: Role,
        /// As customers see it.
        name: Option<String>,
    },
    /// Somebody has left. That is no end: in a transfer another one comes.
    Left {
        /// In which role.
        role: Role,
        /// As customers see it.
        name: Option<String>,
        /// Whether an agent is still there.
        agents: bool,
    },
    /// Somebody says something.
    Message {
        /// Who.
        from: Author,
        /// As customers see it.
        name: Option<String>,
        /// The message's id, which an answer names.
        message: EntryId,
        /// What.
        content: Content,
    },
    /// A message of the customer has arrived in the conversation. The org may make several of one, whose
    /// other ids nobody knows; these are echoes too.
    Echo {
        /// The message.
        message: EntryId,
    },
    /// Somebody other than the customer is typing, or has stopped. What is not told again for 5 s has
    /// stopped.
    Typing {
        /// Whether it has begun.
        on: bool,
    },
    /// How many are to be served before the customer.
    QueuePosition(u32),
    /// How long it takes until somebody comes, as far as the org knows.
    EstimatedWait {
        /// So many seconds.
        seconds: u32,
    },
    /// A person has taken the work; [`Happening::Joined`] follows. Not told again after a gap.
    Accepted,
    /// The conversation was handed over: somebody else is to come.
    Transferred,
    /// A handing over did not succeed: who was there stays.
    TransferFailed(RoutingFailure),
    /// Nobody can come.
    RoutingFailed(RoutingFailure),
    /// The session is over, which is how an agent ends a chat. The conversation stays.
    SessionEnded {
        /// The MessagingSession's id.
        session: Option<String>,
        /// Who ended it.
        by: Role,
    },
    /// The conversation was closed for good, by the customer's side.
    Closed,
    /// A message of the customer has been delivered or read.
    Receipt {
        /// The message.
        message: EntryId,
        /// Whether it was read.
        read: bool,
    },
}

/// Who says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// A person of the org's.
    Agent,
    /// A bot of the org's, or an AI agent.
    Bot,
    /// The org itself.
    System,
}

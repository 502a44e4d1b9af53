//! What relaying needs of a messaging channel. The client for Salesforce implements it in
//! [`super::messaging`]; tests bring their own.

use std::fmt::{self, Debug};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};
use tidegate_engine::event::{Author, ChatEvent};
use tidegate_engine::offer::Reply;
use uuid::Uuid;

/// What a call will give.
pub type ChatCall<'a, T> = Pin<Box<dyn Future<Output = Result<T, ChatError>> + Send + 'a>>;

/// A channel in which agents chat.
pub trait Channel: Debug + Send + Sync {
    /// A new identity on the agents' side for a chat. Each chat has its own; `signed` says whose it is,
    /// where somebody vouches for that.
    fn admit(&self, chat: Uuid, signed: Option<Signed>) -> ChatCall<'_, Admitted>;
    /// Opens a chat. One that is open under its key already is no error. Gives the identity as it is
    /// now: a token may have been renewed.
    fn open(&self, session: Session, opening: Opening) -> ChatCall<'_, Session>;
    /// Says something as the customer. Again under the same id is no harm. Gives the identity as it is
    /// now.
    fn send(&self, session: Session, message: Message) -> ChatCall<'_, Session>;
    /// Fetches what an agent sent, of so many bytes at most.
    fn fetch(&self, address: String, most: usize) -> ChatCall<'_, Vec<u8>>;
    /// Shows agents that the customer types, or no longer.
    fn typing(&self, session: Session, chat: Uuid, types: bool) -> ChatCall<'_, ()>;
    /// Tells what has become of what agents said.
    fn acknowledge(&self, session: Session, chat: Uuid, receipts: Vec<Receipt>)
    -> ChatCall<'_, ()>;
    /// Ends a chat that nobody has accepted; one that was accepted goes on.
    fn withdraw(&self, session: Session, chat: Uuid) -> ChatCall<'_, Withdrawn>;
    /// Ends a chat, whoever is in it.
    fn close(&self, session: Session, chat: Uuid) -> ChatCall<'_, ()>;
    /// What happens in a chat from `since` on, in order, through lost connections. Ends where
    /// nothing can be heard of it any more.
    fn follow(&self, session: Session, chat: Uuid, since: Cursor) -> BoxStream<'_, Heard>;
}

/// Who the customer is on the agents' side, in the channel's own words. Holds a token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session(pub String);

impl Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Session(…)")
    }
}

/// A customer whom the site's server has signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The Messenger.
    pub messenger: String,
    /// Who it is for that site: the `sub` of the identity.
    pub subject: String,
}

/// Who was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    /// The identity.
    pub session: Session,
    /// What is taken of files.
    pub files: FilesTaken,
    /// Whether it finds a chat's Case by the Case's key ([`tidegate_plan::model::CASE_PARAMETER`]).
    pub finds_cases: bool,
}

/// What the agents' side takes of customers' files, as far as it says so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilesTaken {
    /// Whether it takes none.
    pub none: bool,
    /// Bytes of one at most.
    pub largest: Option<u64>,
}

impl FilesTaken {
    /// Whether a file of this size is taken.
    pub fn takes(self, bytes: u64) -> bool {
        !self.none && self.largest.is_none_or(|largest| bytes <= largest)
    }
}

/// How far a chat was followed, in the channel's own words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor(pub String);

/// A chat to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Its key.
    pub chat: Uuid,
    /// What goes along.
    pub routing: Vec<(String, String)>,
    /// The tag of the language that it is held in.
    pub language: Option<String>,
}

/// What the customer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The chat.
    pub chat: Uuid,
    /// Its own id.
    pub id: Uuid,
    /// What is said.
    pub content: Content,
    /// What goes along.
    pub routing: Vec<(String, String)>,
    /// The tag of the language that the chat is held in.
    pub language: Option<String>,
    /// Whether it opens a new session of its chat, for the one before is over.
    pub new_session: bool,
}

/// What a message consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Words.
    Words(String),
    /// How something is answered that agents have asked.
    Reply {
        /// Its message on the agents' side.
        question: String,
        /// The answer.
        reply: Reply,
    },
    /// A file.
    File {
        /// What it is called.
        name: String,
        /// What it is.
        media_type: String,
        /// Its bytes.
        bytes: Arc<[u8]>,
    },
}

/// How it went to take a chat back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Withdrawn {
    /// It is over.
    Closed,
    /// An agent has accepted before.
    Accepted {
        /// The id under which [`News::Happened`] tells it.
        id: String,
        /// Who, as customers are told.
        name: Option<String>,
    },
}

/// What came of a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// What.
    pub news: News,
    /// From where to go on once it is kept; `None` where more came together with it.
    pub cursor: Option<Cursor>,
}

/// What can come of a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Something that the conversation has to know.
    Happened {
        /// Its id on the agents' side, the same whenever it is heard.
        id: String,
        /// What.
        what: ChatEvent,
    },
    /// Somebody sent files, which are to be fetched.
    Files {
        /// The id of their message on the agents' side, the same whenever it is heard.
        id: String,
        /// Who.
        by: Author,
        /// What is said along with them.
        text: Option<String>,
        /// The files.
        files: Vec<OfferedFile>,
    },
    /// Something that only matters now.
    Passing(Now),
    /// The identity lasts longer under another token.
    Renewed(Session),
    /// Nothing that anybody waits for.
    Nothing,
}

/// What has become of something of an agent's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Its id, as [`News`] told it.
    pub entry: String,
    /// Whether the customer has seen it, and not only got it.
    pub read: bool,
}

/// A file as it is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedFile {
    /// What it is called.
    pub name: Option<String>,
    /// Where it can be had; `None` where nowhere.
    pub address: Option<String>,
}

/// What only matters now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Now {
    /// Whether an agent types.
    Typing(bool),
    /// How many stand before the customer, and the customer.
    Position(u32),
    /// How long it may take.
    Wait(Duration),
    /// What the customer said has reached agents.
    Receipt {
        /// The id under which it was said.
        line: Uuid,
        /// Whether one has read it.
        read: bool,
    },
}

impl ChatError {
    /// Why, without what may quote a customer.
    pub(crate) fn told(&self) -> String {
        match self {
            Self::Refused { status: Some(status), .. } => format!("refused with status {status}"),
            Self::Refused { status: None, .. } => "refused".into(),
            other => other.to_string(),
        }
    }
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChatError {
    /// It may go another time.
    #[error("{why}")]
    Later {
        /// Why. No customer's text.
        why: String,
        /// How long the other side wants to be left alone.
        after: Option<Duration>,
    },
    /// The identity is over, and so is what it opens.
    #[error("the chat's token has run out")]
    Expired,
    /// The chat's session is over; what is said next begins a new one.
    #[error("the chat has no session")]
    NoSession,
    /// There is no such chat, or it is another's.
    #[error("the agents' side does not know the chat: {0}")]
    Gone(String),
    /// It can't be done as it is.
    #[error("the agents' side refuses: {why}")]
    Refused {
        /// The HTTP status.
        status: Option<u16>,
        /// Its words. They may quote a customer.
        why: String,
    },
}

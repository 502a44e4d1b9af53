//! Chats with agents: a client of Salesforce's Enhanced Chat API (before 2025 "Messaging for In-App
//! and Web API"), for a server that relays for many visitors.
//!
//! [`ChatClient`] has the calls of one deployment. [`Visitor`] is one end user with a token that is
//! renewed when it has to be. [`EventStream`] reads server-sent events; [`Feed`] makes of them what a
//! relay cares about, in order and once; [`Live`] keeps both going across drops.
//!
//! Sources: the [Enhanced Chat API reference][reference] and what it says of
//! [server-sent events][events], of [their structure][structure] and of
//! [message types][types]; where these say nothing, Salesforce's own sample application
//! `messaging-web-api-sample-app`. What only single integrators report is taken in both ways.
//!
//! [reference]: https://developer.salesforce.com/docs/service/messaging-api/references/miaw-api-reference
//! [events]: https://developer.salesforce.com/docs/service/messaging-api/references/about/server-sent-events.html
//! [structure]: https://developer.salesforce.com/docs/service/messaging-api/references/about/server-sent-events-structure.html
//! [types]: https://developer.salesforce.com/docs/service/messaging-api/references/about/message-types-format-types.html

mod call;
mod class;
mod client;
mod clock;
mod configuration;
mod content;
mod customer;
mod deployment;
mod download;
mod entry;
mod error;
mod events;
mod feed;
mod gate;
mod id;
mod live;
mod multipart;
mod outgoing;
mod outside;
mod parts;
mod reading;
mod sse;
mod token;
mod visitor;
mod walk;

pub use call::{ConversationSummary, Direction, EntriesQuery, ReceiptKind, RoutingStatus, Sent};
pub use class::ChatClass;
pub use client::{ChatClient, ChatSettings};
pub use clock::{Clock, MachineClock};
pub use configuration::{Attachments, Configuration, Form, FormField};
pub use content::{Attachment, ChoiceOption, ChoicesFormat, Content, FormInput, UploadState};
pub use customer::Customer;
pub use deployment::{Deployment, DeveloperName, OrgId, ScrtUrl};
pub use entry::{
    Acknowledgement, Change, Entry, EntryKind, MessageEntry, Operation, Role, RoutingFailure,
    RoutingKind, Sender, WorkKind,
};
pub use error::{ChatError, ChatFault};
pub use events::{EventStream, Heard, Incoming};
#[cfg(test)]
pub(crate) use feed::Protection;
pub use feed::{Author, Feed, Happening, Item};
pub use gate::{Rate, TokenGate};
pub use id::{ConversationId, EntryId, MessageId};
pub use live::{Live, Reconnect};
pub use outgoing::{
    ChosenOption, FileMessage, FormAnswer, FormValue, Language, Outgoing, OutgoingContent, Routing,
};
pub(crate) use outside::Outside;
pub use parts::{LONGEST_TEXT, parts};
pub use token::{Granted, Token};
pub use visitor::{Identity, Visitor};

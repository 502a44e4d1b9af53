//! A local Salesforce org made from a schema: REST, OAuth and a ledger of every write.
//!
//! It enforces what a real org enforces, with the real error shapes, and keeps every write in an append-only ledger.
//! [`Org::start`] runs it in a process; `tidegate org` is a thin shell around that.

mod chat;
mod clock;
mod connection;
mod faults;
mod http;
mod ledger;
mod org;
mod running;
mod soql;

pub use self::chat::metadata::Deployed;
pub use self::faults::{FaultKind, FaultPlan, Strikes};
pub use self::http::ConnectedApp;
pub use self::ledger::{Action, Entry, Ledger, LedgerError, Outcome};
pub use self::org::{
    ApiError, ErrorCode, Grant, Metadata, OpenError, Org, RecordId, Records, Refusal, Row, Schema,
    SchemaChange, SchemaError, State, StoredRow, Told, ToldQueue, ToldUser, Value, check_describe,
};
pub use self::running::{ContactSummary, OrgConfig, RunningOrg, StartError};

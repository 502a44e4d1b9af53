//! The verbs, a file each: `Arguments`, and `run`.

pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod explain;
pub(crate) mod pull;

use crate::failure::Failure;

/// What verbs that talk to a network run in.
pub(crate) fn asynchronous() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::usage(format!("no threads can be started: {error}"), ""))
}

//! One module a target. `run` takes any bytes; a panic is a finding.
//!
//! `tests/tests/corpora.rs` includes these files and feeds them the committed corpora, so that what
//! was found once stays mended without a nightly compiler.

pub mod check;
pub mod describe;
pub mod format;
pub mod grammar;
pub mod http;
pub mod plan;
pub mod project;
pub mod soql;
pub mod sse;

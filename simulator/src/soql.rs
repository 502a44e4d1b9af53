//! The part of SOQL that this org speaks: parsed, typed by the describes, then evaluated.

mod ast;
mod eval;
mod grammar;
mod like;
mod plan;
mod resolve;

use serde_json::Value as Json;

use crate::org::{Org, Records, Refusal, Schema};

/// What a query found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    /// How many rows fit; for `COUNT()` there are no records beside.
    pub total: usize,
    /// The rows as JSON, with their attributes.
    pub records: Vec<Json>,
}

/// Runs a query. `version` (such as `v66.0`) stands in the addresses of the rows.
pub(crate) fn run(
    schema: &Schema,
    records: &Records,
    text: &str,
    version: &str,
) -> Result<Found, Refusal> {
    let query = grammar::parse(text)?;
    let plan = plan::plan(schema, &query, text)?;
    Ok(eval::run(schema, records, &plan, version))
}

impl Org {
    /// The rows that a query finds, as JSON; none for `COUNT()`.
    ///
    /// # Errors
    ///
    /// The refusal that the org would answer with.
    pub fn query(&self, text: &str) -> Result<Vec<Json>, Refusal> {
        run(&self.schema(), &self.state().records, text, "v66.0").map(|found| found.records)
    }
}

/// The object that a query asks for, as the query spells it.
pub(crate) fn object_of(text: &str) -> Option<String> {
    grammar::parse(text).ok().map(|query| query.from)
}

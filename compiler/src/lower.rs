//! Items to HIR: names looked up, types given, everything wrong reported once.

mod answer;
mod collect;
mod detect;
mod file;
mod hand_off;
mod ids;
mod lets;
mod matching;
mod outcomes;
mod path;
mod rate;
pub(crate) mod rehearsal;
mod repeat;
mod step;
mod texts;
mod workflow;
pub(crate) mod writable;

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::resolve::require::Record;
use crate::resolve::scope::{Hash, Query, Scope};
use crate::source::{ItemId, Loc, Range};

pub use outcomes::Where;

pub(crate) use collect::{USUAL_REFUSALS, form, regex_at};
pub(crate) use texts::{NO_LANGUAGES, text};
pub(crate) use workflow::workflow;

/// One item being lowered. It notes each question that it asks about other items, so that the
/// result can be kept for as long as the answers stay the same.
pub(crate) struct Lowering<'a> {
    pub(crate) scope: &'a Scope<'a>,
    pub(crate) item: ItemId,
    pub(crate) findings: Vec<Finding>,
    pub(crate) used: BTreeMap<Query, Hash>,
    /// The values of `let` around the step that is being lowered, and all given so far.
    pub(crate) lets: lets::Lets,
    /// Whether a step asks the visitor to sign in.
    pub(crate) verifies: bool,
    /// What `leave repeat` would leave, where the lowering is.
    pub(crate) around: repeat::Around,
    /// How many of them there were so far.
    pub(crate) repeats: usize,
    /// Where the condition of a rule is read, whose names are fields of the Case.
    pub(crate) record: Option<Record<'a>>,
}

impl<'a> Lowering<'a> {
    pub(crate) fn new(scope: &'a Scope<'a>, item: ItemId) -> Self {
        Self {
            scope,
            item,
            findings: Vec::new(),
            used: BTreeMap::new(),
            lets: lets::Lets::default(),
            verifies: false,
            around: repeat::Around::default(),
            repeats: 0,
            record: None,
        }
    }

    pub(crate) fn at(&self, range: Range) -> Loc {
        Loc { item: self.item, range }
    }

    pub(crate) fn report(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Reports a check that failed; tells whether it passed.
    pub(crate) fn passes(&mut self, result: Result<(), Box<Finding>>) -> bool {
        match result {
            Ok(()) => true,
            Err(finding) => {
                self.findings.push(*finding);
                false
            }
        }
    }

    /// Notes that the item hangs on the answer to a question.
    pub(crate) fn uses(&mut self, query: Query) {
        let digest = self.scope.digest(&query);
        self.used.insert(query, digest);
    }
}

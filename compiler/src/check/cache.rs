//! What is kept from one check to the next.
//!
//! A summary hangs on the workflow's key and the summaries of those that it runs. Findings hang on
//! the summary and on what the workflow is entered with. So an edit redoes the workflow, those that
//! run it only if its summary came out different, and those that it runs only if they are entered
//! with something else. All hangs on the table of attributes, since states are laid out by it.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use tidegate_schemas::catalog::Offers;

use crate::flow::domain::Abs;
use crate::flow::state::State;
use crate::flow::summary::Summary;
use crate::flow::unit::Entry;
use crate::hir::{AttrId, WorkflowId, WorkflowKey};

use super::Draft;
use super::tally::Asked;

/// What all results hang on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ground {
    pub(super) tops: Vec<Abs>,
    pub(super) start: Option<State>,
    pub(super) ambient: Vec<(AttrId, Abs)>,
    pub(super) required: Vec<String>,
    pub(super) offers: Vec<(String, BTreeMap<String, Offers>)>,
    pub(super) in_several_languages: bool,
    /// What agents' replies start, and whether the visitor's record is read again then.
    pub(super) replies: (Vec<WorkflowKey>, bool),
}

/// What is kept from one check to the next.
#[derive(Debug, Default)]
pub struct Cache {
    ground: Option<Ground>,
    kept: FxHashMap<String, Kept>,
}

/// What is kept of a workflow.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) key: WorkflowKey,
    pub(super) callees: Vec<Option<Arc<Summary>>>,
    pub(super) summary: Arc<Summary>,
    pub(super) looked: Option<Looked>,
}

/// What looking at a workflow gave.
#[derive(Debug, Clone)]
pub(super) struct Looked {
    pub(super) entry: Entry,
    pub(super) drafts: Arc<Vec<Draft>>,
    pub(super) calls: Arc<Vec<(WorkflowId, Entry)>>,
    pub(super) proved: usize,
    pub(super) asked: Asked,
}

impl Cache {
    /// Forgets everything if what all hangs on has changed.
    pub(super) fn stand_on(&mut self, ground: Ground) {
        if self.ground.as_ref() != Some(&ground) {
            self.kept.clear();
            self.ground = Some(ground);
        }
    }

    /// The summary of a workflow, if nothing that it hangs on has changed.
    pub(super) fn summary(
        &self,
        name: &str,
        key: WorkflowKey,
        callees: &[Option<Arc<Summary>>],
    ) -> Option<Arc<Summary>> {
        let kept = self.kept.get(name)?;
        (kept.key == key && kept.callees == callees).then(|| Arc::clone(&kept.summary))
    }

    /// Keeps a summary. One that came out as before stays the same value, so that those who hang on
    /// it need not look.
    pub(super) fn keep_summary(
        &mut self,
        name: &str,
        key: WorkflowKey,
        callees: Vec<Option<Arc<Summary>>>,
        summary: Summary,
    ) -> Arc<Summary> {
        let before = self.kept.get(name).map(|kept| Arc::clone(&kept.summary));
        let summary = before.filter(|kept| **kept == summary).unwrap_or_else(|| Arc::new(summary));
        let kept = Kept { key, callees, summary: Arc::clone(&summary), looked: None };
        self.kept.insert(name.to_owned(), kept);
        summary
    }

    /// What looking at a workflow gave, if it is entered as before.
    pub(super) fn looked(&self, name: &str, entry: &Entry) -> Option<Looked> {
        self.kept.get(name)?.looked.as_ref().filter(|looked| looked.entry == *entry).cloned()
    }

    /// Keeps what looking at a workflow gave.
    pub(super) fn keep_looked(&mut self, name: &str, looked: Looked) {
        if let Some(kept) = self.kept.get_mut(name) {
            kept.looked = Some(looked);
        }
    }

    /// Forgets workflows that are gone.
    pub(super) fn retain(&mut self, mut is_there: impl FnMut(&str) -> bool) {
        self.kept.retain(|name, _| is_there(name));
    }
}

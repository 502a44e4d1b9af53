//! Which refuted proofs count while something in the project is wrong already.
//!
//! A path is the witness of one conversation. It holds whatever is wrong elsewhere, and is worth
//! nothing where it goes through an item that was not understood: told there, one mistake would be
//! reported again and again in other words.

use std::collections::BTreeSet;

use tidegate_diagnostics::Severity;

use crate::finding::Finding;
use crate::hir::Program;
use crate::resolve::{cycles, forms};
use crate::source::{ItemId, Loc};

/// The items in which an error was found, and the steps that run or use one of them.
pub(super) struct Wrong {
    items: BTreeSet<ItemId>,
    runs: BTreeSet<Loc>,
}

impl Wrong {
    /// What the findings of the stages before the proofs say is wrong.
    pub(super) fn of(findings: &[Finding], program: &Program) -> Self {
        let errors = findings.iter().filter(|found| found.diagnostic.severity == Severity::Error);
        let items: BTreeSet<ItemId> = errors.map(|found| found.primary.item).collect();
        let mut runs = BTreeSet::new();
        for workflow in &program.workflows {
            for (callee, range) in cycles::runs(workflow) {
                let callee = program.workflows.get(callee.0 as usize);
                if callee.is_some_and(|callee| items.contains(&callee.item)) {
                    runs.insert(Loc { item: workflow.item, range });
                }
            }
        }
        for (form, item, step) in forms::uses(program) {
            let form = program.forms.get(form.0 as usize);
            if form.is_some_and(|form| items.contains(&form.item)) {
                runs.insert(Loc { item, range: step.range });
            }
        }
        Self { items, runs }
    }

    /// Whether a refuted proof is to be told.
    pub(super) fn spares(&self, proof: &Finding) -> bool {
        let is_error = proof.diagnostic.severity == Severity::Error;
        let own = !self.items.contains(&proof.primary.item);
        let keeps_clear = |at: &Loc| !self.items.contains(&at.item) && !self.runs.contains(at);
        // A warning says what no conversation does, and those that were not understood may do it.
        self.items.is_empty() || (is_error && own && proof.path.iter().all(keeps_clear))
    }
}

//! Texts that nothing uses.

use std::collections::BTreeSet;

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::hir::{Program, StepKind};
use crate::resolve::cycles::blocks;
use crate::source::Loc;

/// Texts of whose names nobody asked. Where a step was not understood, it may have meant any.
pub(crate) fn unused(program: &Program, used: &BTreeSet<String>) -> Vec<Finding> {
    let workflows = program.workflows.iter();
    let mut open: Vec<_> = workflows
        .flat_map(|its| {
            std::iter::once(its.body.as_slice()).chain(its.defaults.iter().map(|arm| &*arm.body))
        })
        .collect();
    while let Some(steps) = open.pop() {
        if steps.iter().any(|step| matches!(step.kind, StepKind::Error)) {
            return Vec::new();
        }
        open.extend(steps.iter().flat_map(blocks));
    }
    let unused = program.texts.iter().filter(|its| !its.name.is_empty());
    unused
        .filter(|its| !used.contains(&its.name))
        .map(|its| {
            let at = Loc { item: its.item, range: its.head };
            let message = format!("nothing uses the text `{}`", its.name);
            Finding::new(codes::TEXT_UNUSED, at, message)
                .help(format!("say it with `say {}`, or take it out", its.name))
        })
        .collect()
}

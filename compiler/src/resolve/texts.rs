//! Texts that nothing uses.

use std::collections::BTreeSet;

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::hir::Program;
use crate::resolve::scope::Query;
use crate::source::Loc;

/// Texts of whose names nobody asked. Where a step was not understood, it may have meant any.
pub(crate) fn unused(program: &Program, used: &BTreeSet<Query>) -> Vec<Finding> {
    if program.workflows.iter().any(|its| its.is_unclear()) {
        return Vec::new();
    }
    let unused = program.texts.iter().filter(|its| !its.name.is_empty());
    unused
        .filter(|its| !used.contains(&Query::Text(its.name.clone())))
        .map(|its| {
            let at = Loc { item: its.item, range: its.head };
            let message = format!("nothing uses the text `{}`", its.name);
            Finding::new(codes::TEXT_UNUSED, at, message)
                .help(format!("say it with `say {}`, or take it out", its.name))
        })
        .collect()
}

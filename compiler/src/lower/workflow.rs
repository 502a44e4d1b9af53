//! A workflow, whole.

use crate::hir::{Workflow, WorkflowKey};
use crate::lower::Lowering;
use crate::lower::outcomes::Where;
use crate::syntax::ast;

/// Lowers a workflow. Its key is the caller's to give.
pub(crate) fn workflow(lowering: &mut Lowering<'_>, syntax: &ast::Workflow) -> Workflow {
    let name = syntax.name.text.clone();
    lowering.knows_lets(&syntax.body, syntax.defaults.as_ref());
    let body = lowering.block(&syntax.body, &name);
    let arms = syntax.defaults.as_ref().map_or(&[][..], |defaults| &defaults.arms);
    let defaults = lowering.arms(arms, &format!("{name}/defaults"), Where::Defaults);
    Workflow {
        name,
        item: lowering.item,
        on_open: starts_on_open(syntax),
        body,
        defaults,
        lets: lowering.lets.take_given(),
        verifies: lowering.verifies,
        head: syntax.head,
        key: WorkflowKey::default(),
        findings: std::mem::take(&mut lowering.findings),
    }
}

/// Whether `on open` starts it.
pub(crate) fn starts_on_open(syntax: &ast::Workflow) -> bool {
    syntax
        .trigger
        .as_ref()
        .is_some_and(|trigger| trigger.text.split_whitespace().next_back() == Some("open"))
}

//! Forms that steps use.

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::hir::{FormId, Program, Step, StepKind};
use crate::source::{ItemId, Loc};

/// The steps that use a form, each with the item that it stands in.
pub(crate) fn uses(program: &Program) -> Vec<(FormId, ItemId, &Step)> {
    let mut found = Vec::new();
    for workflow in &program.workflows {
        for step in workflow.steps() {
            if let StepKind::Collect { using: Some(form), .. } = step.kind {
                found.push((form, workflow.item, step));
            }
        }
    }
    found
}

/// Forms that no step uses. Where a step was not understood, it may have meant any.
pub(crate) fn unused(program: &Program) -> Vec<Finding> {
    if program.workflows.iter().any(|its| its.is_unclear()) {
        return Vec::new();
    }
    let used: Vec<FormId> = uses(program).into_iter().map(|(form, ..)| form).collect();
    let forms = (0u32..).map(FormId).zip(&program.forms);
    // Of two of one name, the first is meant.
    let names: Vec<&str> = program.forms.iter().map(|form| form.name.as_str()).collect();
    let first =
        |id: FormId, name: &str| names.iter().position(|one| *one == name) == Some(id.0 as usize);
    let unused = forms
        .filter(|(id, form)| !used.contains(id) && !form.name.is_empty() && first(*id, &form.name));
    unused
        .map(|(_, form)| {
            let at = Loc { item: form.item, range: form.head };
            Finding::new(codes::FORM_UNUSED, at, format!("no step uses the form `{}`", form.name))
                .help(format!("show it with `collect using {}`, or take it out", form.name))
        })
        .collect()
}

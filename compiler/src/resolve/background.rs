//! What an agent's reply starts runs in the background: it sets data, and nobody waits for it.

use std::collections::BTreeSet;

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::hir::{Program, Space, Step, StepKind, Trigger, Workflow, WorkflowId};
use crate::source::Loc;

/// What can stand there instead.
const ALLOWED: &str = "take it out: only `set`, `clear`, `let`, `if`, `match`, `go on` and `run` of a workflow of \
                       such steps can stand here";

/// One finding for each step that can't be done in the background.
pub(crate) fn find(program: &Program) -> Vec<Finding> {
    let mut found = Vec::new();
    let replied = program.workflows.iter().filter(|its| its.on == Some(Trigger::AgentReply));
    for workflow in replied {
        let at = |step: &Step| Loc { item: workflow.item, range: step.range };
        for (step, word, why) in foreground(program, workflow) {
            let message = format!("{word} can't stand in what an agent's reply starts");
            let finding = Finding::new(codes::BACKGROUND_STEP, at(step), message);
            found.push(finding.label(why).help(ALLOWED));
        }
        for step in workflow.steps() {
            let StepKind::Run(callee) = step.kind else { continue };
            let Some((inner, word, why)) = within(program, callee, &mut BTreeSet::new()) else {
                continue;
            };
            let name = program.workflows.get(callee.0 as usize).map_or("?", |its| &its.name);
            let message = format!("an agent's reply starts this, and `{name}` leads to {word}");
            found.push(
                Finding::new(codes::BACKGROUND_STEP, at(step), message)
                    .also(inner, why)
                    .help(ALLOWED),
            );
        }
    }
    found
}

/// The first such step of a workflow that is run, or of those that it runs. One that a reply starts
/// itself is told there.
fn within(
    program: &Program,
    id: WorkflowId,
    seen: &mut BTreeSet<WorkflowId>,
) -> Option<(Loc, &'static str, &'static str)> {
    let workflow = program.workflows.get(id.0 as usize)?;
    if workflow.on == Some(Trigger::AgentReply) || !seen.insert(id) {
        return None;
    }
    if let Some((step, word, why)) = foreground(program, workflow).into_iter().next() {
        return Some((Loc { item: workflow.item, range: step.range }, word, why));
    }
    workflow.steps().into_iter().find_map(|step| match step.kind {
        StepKind::Run(callee) => within(program, callee, seen),
        _ => None,
    })
}

/// The steps of a workflow that can't be done in the background, each once.
fn foreground<'w>(
    program: &Program,
    workflow: &'w Workflow,
) -> Vec<(&'w Step, &'static str, &'static str)> {
    let steps = workflow.steps();
    let mut found: Vec<(&Step, &'static str, &'static str)> = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let Some((word, why)) = refused(program, &step.kind) else { continue };
        // What a question says first stands with it.
        let said = matches!(step.kind, StepKind::Say(_));
        if said && steps.get(at + 1).is_some_and(|next| next.range == step.range) {
            continue;
        }
        found.push((step, word, why));
    }
    found
}

/// A step's word, and why it can't be done in the background; `None` where it can.
fn refused(program: &Program, kind: &StepKind) -> Option<(&'static str, &'static str)> {
    const ASKS: &str = "this waits for the customer, who talks with the agent";
    const TELLS: &str = "this tells the customer something, who talks with the agent";
    const AI: &str = "this waits for the AI, and nobody waits for what a reply starts";
    const CASE: &str = "this creates a Case, once for each reply";
    Some(match kind {
        StepKind::Say(_) => ("`say`", TELLS),
        StepKind::Note(_) => ("`note`", "this writes into the transcript, once for each reply"),
        StepKind::Ask { .. } => ("`ask`", ASKS),
        StepKind::Choose { .. } => ("`choose`", ASKS),
        StepKind::Collect { fields, .. }
            if !fields.is_empty() && fields.iter().all(|field| field.rating) =>
        {
            ("`rate`", ASKS)
        }
        StepKind::Collect { .. } => ("`collect`", ASKS),
        StepKind::Verify { .. } => ("`verify`", ASKS),
        StepKind::Detect { .. } => ("`detect`", AI),
        StepKind::Answer { .. } => ("`answer`", AI),
        StepKind::HandOff { .. } => ("`hand off`", "the conversation is handed off already"),
        StepKind::CreateCase { .. } => ("`create case`", CASE),
        StepKind::RecordCase { .. } => ("`record case`", CASE),
        StepKind::Wait(_) => ("`wait`", "this lets time pass, and the agent goes on meanwhile"),
        StepKind::Repeat { .. } => ("`repeat`", "this goes round, and a reply is there once"),
        StepKind::End(_) => ("`end`", "this ends a conversation that an agent leads"),
        StepKind::Set { attr, .. } | StepKind::Clear { attr } => {
            let attribute = program.attributes.get(attr.0 as usize)?;
            if attribute.space != Space::Session {
                return None;
            }
            ("`speak`", TELLS)
        }
        StepKind::Let { .. }
        | StepKind::If { .. }
        | StepKind::Match { .. }
        | StepKind::LeaveRepeat
        | StepKind::Run(_)
        | StepKind::GoOn
        | StepKind::Error => return None,
    })
}

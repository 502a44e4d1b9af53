//! Workflows that run one another in a circle.

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::hir::{Program, Step, StepKind, Workflow, WorkflowId};
use crate::source::{Loc, Range};

/// One finding for each circle, at the `run` that closes it.
pub(crate) fn find(program: &Program) -> Vec<Finding> {
    let mut search = Search {
        program,
        runs: program.workflows.iter().map(|workflow| runs(workflow)).collect(),
        state: vec![State::New; program.workflows.len()],
        trail: Vec::new(),
        findings: Vec::new(),
    };
    for position in 0..program.workflows.len() {
        search.visit(position);
    }
    search.findings
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

struct Search<'a> {
    program: &'a Program,
    runs: Vec<Vec<(WorkflowId, Range)>>,
    state: Vec<State>,
    trail: Vec<(usize, Range)>,
    findings: Vec<Finding>,
}

impl Search<'_> {
    /// Depth first. Recursion is as deep as workflows run one another, each once.
    fn visit(&mut self, position: usize) {
        if self.state[position] != State::New {
            return;
        }
        self.state[position] = State::Open;
        for (target, range) in self.runs[position].clone() {
            let target = target.0 as usize;
            self.trail.push((position, range));
            if self.state.get(target) == Some(&State::Open) {
                self.report(target);
            } else if target < self.state.len() {
                self.visit(target);
            }
            self.trail.pop();
        }
        self.state[position] = State::Done;
    }

    fn report(&mut self, target: usize) {
        let workflow = |position: usize| &self.program.workflows[position];
        let begin = self.trail.iter().position(|(position, _)| *position == target).unwrap_or(0);
        let circle = &self.trail[begin..];
        let Some(((closing, range), before)) = circle.split_last() else { return };
        let at = Loc { item: workflow(*closing).item, range: *range };
        let name = &workflow(target).name;
        let message = if before.is_empty() {
            format!("`{name}` runs itself")
        } else {
            format!("`{name}` runs itself by way of `{}`", workflow(*closing).name)
        };
        let mut finding = Finding::new(codes::RUN_CIRCLE, at, message)
            .label("this closes the circle")
            .help("every workflow must end or wait: take one of these `run` steps out");
        for (position, range) in before {
            let from = workflow(*position);
            let at = Loc { item: from.item, range: *range };
            finding = finding.also(at, format!("`{}` goes on here", from.name));
        }
        self.findings.push(finding);
    }
}

/// The workflows that a workflow runs, with the steps that do.
pub(crate) fn runs(workflow: &Workflow) -> Vec<(WorkflowId, Range)> {
    let run = |step: &Step| match step.kind {
        StepKind::Run(target) => Some((target, step.range)),
        _ => None,
    };
    workflow.steps().into_iter().filter_map(run).collect()
}

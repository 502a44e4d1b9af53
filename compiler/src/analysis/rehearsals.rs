//! Tests, once the program that they rehearse is known.

use std::sync::Arc;

use tidegate_diagnostics::{Span, codes};
use tidegate_plan::rehearsal::{Point, PointKind};

use super::chunks::Chunk;
use super::facade::Analysis;
use crate::finding::Finding;
use crate::hir::{Test, Trigger, Workflow};
use crate::lower::{Lowering, rehearsal};
use crate::resolve::scope::Scope;
use crate::source::Loc;
use crate::syntax::ast::{Item, Text};

/// The tests that were understood, and what is wrong with the others.
pub(super) fn lower(
    scope: &Scope<'_>,
    chunks: &[Chunk],
    workflows: &[Arc<Workflow>],
    finds_people: bool,
) -> (Vec<Test>, Vec<Finding>) {
    let (mut tests, mut findings) = (Vec::new(), Vec::new());
    let written = || {
        chunks.iter().filter_map(|chunk| match &chunk.parsed.item {
            Item::Test(test) => Some((chunk, test)),
            _ => None,
        })
    };
    if written().next().is_none() {
        return (tests, findings);
    }
    let steps = steps(workflows);
    let once = workflows.iter().filter(|its| its.once.is_some());
    // Of one that was not understood, nobody knows.
    let unclear = chunks.iter().filter_map(|chunk| match &chunk.parsed.item {
        Item::Workflow(workflow) if !chunk.parsed.problems.is_empty() => Some(&workflow.name.text),
        _ => None,
    });
    let once = once.map(|its| &its.name).chain(unclear);
    let once: Vec<&str> = once.map(String::as_str).collect();
    let on_message = workflows.iter().any(|its| its.on == Some(Trigger::Message));
    let mut visits: Vec<Trigger> = workflows.iter().filter_map(|its| its.on).collect();
    visits.retain(|on| on.is_visit());
    let program = rehearsal::Program {
        steps: &steps,
        finds_people,
        once: &once,
        on_message,
        visits: &visits,
    };
    for (chunk, syntax) in written() {
        let mut lowering = Lowering::new(scope, chunk.item);
        let test = rehearsal::test(&mut lowering, &program, syntax);
        tests.extend(test.filter(|_| chunk.parsed.problems.is_empty()));
        findings.append(&mut lowering.findings);
    }
    let names: Vec<(Loc, &Text)> = written()
        .filter_map(|(chunk, test)| {
            let name = test.name.as_ref()?;
            Some((Loc { item: chunk.item, range: name.range }, name))
        })
        .collect();
    rehearsal::named_once(&names, &mut findings);
    (tests, findings)
}

impl Analysis {
    /// Points without the outcomes that no step can end in, of which it was told.
    pub(super) fn can_come(&self, mut points: Vec<Point>) -> Vec<Point> {
        let told = self.diagnostics.iter();
        let dead = told.filter(|its| its.code == codes::OUTCOME_ARM_NOT_REACHED);
        let dead: Vec<Span> = dead.map(|its| its.primary.span).collect();
        points.retain(|point| {
            point.kind != PointKind::Outcome
                || !dead.iter().any(|dead| *dead == point.span || self.names(*dead, point))
        });
        points
    }

    /// Whether a place in an arm's list of outcomes is that of a point.
    fn names(&self, at: Span, point: &Point) -> bool {
        let own = point.span;
        let within = own.source == at.source && own.start <= at.start && at.end <= own.end;
        let text = self.sources.get(at.source).map(|its| its.text.as_str());
        let text = text.and_then(|text| text.get(at.start as usize..at.end as usize));
        within && text.is_some_and(|text| text.split_whitespace().eq(point.name.split(' ')))
    }
}

/// The ids of all steps.
fn steps(workflows: &[Arc<Workflow>]) -> Vec<String> {
    workflows.iter().flat_map(|its| its.steps()).map(|step| step.id.clone()).collect()
}

//! What refutes a proof, in the terms of a plan: so that it can be played.

use std::collections::BTreeMap;

use tidegate_diagnostics::{Code, Diagnostic, Label, Severity, Span, codes};
use tidegate_plan::model::Plan;
use tidegate_plan::rehearsal::{Point, PointKind, Refutation, Rehearsals, Wanted, Way};

use super::facade::Analysis;
use crate::emit;
use crate::flow::path::{HOLDS_NOT, MEANWHILE};

/// A program of which nothing but proofs is wrong, for rehearsals alone: no plan file is made of it.
#[derive(Debug)]
pub struct Unproved {
    /// What it would do.
    pub plan: Plan,
    /// Its tests, and the points that conversations come to.
    pub rehearsals: Rehearsals,
    wanted: BTreeMap<(Span, Code), Wanted>,
}

impl Analysis {
    /// The program as it stands, where everything that is wrong with it are refuted proofs.
    pub fn unproved(&self) -> Option<Unproved> {
        let errors = self.diagnostics.iter().filter(|its| its.severity == Severity::Error);
        if !errors.into_iter().all(|its| is_proof(its.code)) {
            return None;
        }
        let emitted = emit::emit(&self.program, &self.items, &self.sources, &self.catalog);
        let rehearsals = emit::rehearsals(&self.program, &self.items, emitted.points);
        Some(Unproved { plan: emitted.plan, rehearsals, wanted: self.wanted.clone() })
    }
}

/// Whether what a code stands for is found by looking at conversations.
fn is_proof(code: Code) -> bool {
    matches!(code.id().get(1..3), Some("05" | "06" | "07" | "08" | "09"))
}

impl Unproved {
    /// Whether a conversation that goes the way of a finding fails there. Of what may not fit, the way
    /// is known, and not the value with which it fails.
    pub fn shows_failure(found: &Diagnostic) -> bool {
        ![codes::TEXT_TOO_LONG, codes::NUMBER_DOES_NOT_FIT].contains(&found.code)
    }

    /// The conversations that refute a proof; `None` where a finding shows no way.
    pub fn refutation(&self, found: &Diagnostic) -> Option<Refutation> {
        let passages = self.passages(found);
        let wanted = self.wanted.get(&(found.primary.span, found.code)).cloned();
        let meanwhile = found.path.iter().any(|label| label.text == MEANWHILE);
        (!passages.is_empty()).then_some(Refutation { passages, wanted, meanwhile })
    }

    /// What a conversation must come to, one after another, to go the way that refutes a proof: for
    /// each the ways to it. Empty where a finding shows no way.
    fn passages(&self, found: &Diagnostic) -> Vec<Vec<Way>> {
        if found.path.is_empty() {
            return Vec::new();
        }
        let mut passages: Vec<Vec<Way>> = Vec::new();
        for label in &found.path {
            let ways = self.passage(label);
            if !ways.is_empty() && passages.last() != Some(&ways) {
                passages.push(ways);
            }
        }
        let end: Vec<Way> = self.around(found.primary.span).into_iter().collect();
        if !end.is_empty() && passages.last() != Some(&end) {
            passages.push(end);
        }
        passages
    }

    fn passage(&self, label: &Label) -> Vec<Way> {
        let here = self.rehearsals.points.iter().filter(|point| point.span == label.span);
        let otherwise = label.text == HOLDS_NOT;
        let ways = here.filter_map(|point| match &point.way {
            Way::Branch(targets, true) => Some(Way::Branch(targets.clone(), !otherwise)),
            Way::Branch(_, false) => None,
            way => Some(way.clone()),
        });
        ways.collect()
    }

    /// The step or push that a place belongs to.
    fn around(&self, span: Span) -> Option<Way> {
        let holds = |point: &&Point| {
            matches!(point.kind, PointKind::Step | PointKind::Push)
                && point.span.source == span.source
                && point.span.start <= span.start
                && span.end <= point.span.end
        };
        let points = self.rehearsals.points.iter().filter(holds);
        points.min_by_key(|point| point.span.end - point.span.start).map(|point| point.way.clone())
    }
}

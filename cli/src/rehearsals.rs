//! The tests of a project, played: what became of each, as a diagnostic where it failed.

use std::collections::BTreeMap;

use tidegate_compiler::analysis::Checked;
use tidegate_diagnostics::{Code, Diagnostic, Label, Span, codes};
use tidegate_engine::rehearse::{Failure, Kind, Reached, Where, rehearse};
use tidegate_plan::model::StepId;
use tidegate_plan::rehearsal::{PointKind, Rehearsal, Rehearsals};
use tidegate_plan::verify::{VerifiedPlan, VerifyError};

/// A program with its tests.
#[derive(Debug)]
pub struct Stage {
    /// The plan that is rehearsed.
    pub plan: VerifiedPlan,
    /// Its tests.
    pub rehearsals: Rehearsals,
    /// Where its steps stand, by id.
    places: BTreeMap<String, Span>,
}

/// What became of one test.
#[derive(Debug)]
pub struct Played<'a> {
    /// The test.
    pub test: &'a Rehearsal,
    /// Why it failed, where it did.
    pub failure: Option<Diagnostic>,
}

impl Stage {
    /// A checked program's tests, ready to be played.
    ///
    /// # Errors
    ///
    /// That the compiler's own plan does not verify.
    pub fn new(checked: &Checked) -> Result<Self, VerifyError> {
        let (plan, rehearsals) = checked.emit_with_tests();
        let plan = VerifiedPlan::new(plan)?;
        let steps = rehearsals.points.iter().filter(|point| point.kind == PointKind::Step);
        let places = steps.map(|point| (point.name.clone(), point.span)).collect();
        Ok(Self { plan, rehearsals, places })
    }

    /// Plays the tests that are chosen, in their order.
    pub fn play(
        &self,
        chosen: impl Fn(&Rehearsal) -> bool,
        reached: &mut Reached,
    ) -> Vec<Played<'_>> {
        let tests = self.rehearsals.tests.iter().filter(|test| chosen(test));
        tests
            .map(|test| {
                let failure = rehearse(&self.plan, &self.rehearsals, test, reached);
                Played { test, failure: failure.map(|failure| self.diagnostic(test, &failure)) }
            })
            .collect()
    }

    fn diagnostic(&self, test: &Rehearsal, failure: &Failure) -> Diagnostic {
        let told = failure.told.iter().map(|told| {
            let span = match told.at {
                Where::Line(span) => span,
                Where::Step(step) => self.place(step).unwrap_or(test.span),
            };
            Label { span, text: told.text.clone() }
        });
        let found = Diagnostic::new(code(failure.kind), failure.span, failure.message.clone())
            .label(failure.instead.clone())
            .path(told.collect());
        match &failure.help {
            Some(help) => found.help(help.clone()),
            None => found,
        }
    }

    fn place(&self, step: StepId) -> Option<Span> {
        let step = self.plan.steps.get(step.index())?;
        self.places.get(&step.id).copied()
    }
}

fn code(kind: Kind) -> Code {
    match kind {
        Kind::Expected => codes::NOT_AS_EXPECTED,
        Kind::Unexpected => codes::NOT_EXPECTED,
        Kind::Impossible => codes::NOT_POSSIBLE,
    }
}

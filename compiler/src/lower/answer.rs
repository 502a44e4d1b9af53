//! `answer`: turns, what the AI is told, and what silence means.

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::hir::{AttrId, Expr, StepKind};
use crate::lower::Lowering;
use crate::lower::outcomes::Where;
use crate::source::Range;
use crate::syntax::ast;

/// Answers at most where the step does not say.
const TURNS: u32 = 8;
/// Silence after which nobody waits any longer where the step does not say: a quarter of an hour.
const ASSUME_MS: u64 = 15 * 60_000;

impl Lowering<'_> {
    pub(super) fn answer(&mut self, answer: &ast::Answer, id: &str) -> StepKind {
        let arms = self.arms(&answer.arms, id, Where::Answer);
        let mut knowing: Vec<(AttrId, Range)> = Vec::new();
        for place in &answer.knowing {
            let Some(attr) = self.attribute(place) else { continue };
            if !knowing.iter().any(|(known, _)| *known == attr) {
                knowing.push((attr, place.range));
            }
        }
        let assume = answer.assume.map_or(ASSUME_MS, |assume| assume.ms);
        let check_in = answer.check_in.as_ref().and_then(|(after, text)| {
            let text = self.shown(text);
            self.check_in(after.as_ref()?, assume, text)
        });
        let turns = answer.turns.unwrap_or(TURNS);
        StepKind::Answer { turns, knowing, check_in, assume, arms }
    }

    /// What is said in silence, where silence does not mean something else before.
    fn check_in(
        &mut self,
        after: &ast::DurationLit,
        assume: u64,
        text: Expr,
    ) -> Option<(u64, Expr)> {
        if after.ms < assume {
            return Some((after.ms, text));
        }
        let at = self.at(after.range);
        let message = "this is never said: by then nobody waits for the customer any longer";
        self.report(
            Finding::new(codes::OUT_OF_PLACE, at, message)
                .help("check in after a shorter silence, or write a longer `assume` below"),
        );
        None
    }
}

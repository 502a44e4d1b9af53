//! `detect`: what the AI decides.

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::hir::{StepKind, Type};
use crate::lower::Lowering;
use crate::lower::outcomes::Where;
use crate::syntax::ast;
use crate::types::words;

impl Lowering<'_> {
    pub(super) fn detect(
        &mut self,
        place: &ast::Path,
        again: bool,
        arms: &[ast::OutcomeArm],
        id: &str,
    ) -> StepKind {
        let arms = self.arms(arms, id, Where::Detect);
        let Some(attr) = self.settable(place) else { return StepKind::Error };
        let attribute = self.scope.attribute(attr);
        let (name, what) = match &attribute.ty {
            Type::List(_) => return StepKind::Detect { attr, again, arms },
            Type::Error => return StepKind::Error,
            other => (attribute.path(), words::describe(other)),
        };
        let at = self.at(place.range);
        let message = format!("the AI chooses one value of a list, and `{name}` holds {what}");
        self.report(Finding::new(codes::WRONG_TYPE, at, message).help(format!(
            "detect a list of your own, `topic: list {{ \"…\" \"what it means\" }}` in `data \
             conversation {{ … }}`, and set `{name}` by it"
        )));
        StepKind::Error
    }
}

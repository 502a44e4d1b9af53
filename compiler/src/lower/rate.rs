//! `rate`: a form of one line.

use rust_decimal::Decimal;
use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::hir::{CollectField, Literal, Space, StepKind, Type};
use crate::lower::Lowering;
use crate::lower::outcomes::Where;
use crate::syntax::ast;
use crate::types::words;

/// The best rating; the worst is 1.
const BEST: u32 = 5;

impl Lowering<'_> {
    /// A name that no attribute of the conversation has, the first of these where it is free.
    pub(super) fn free_name<'n>(&self, names: &[&'n str]) -> &'n str {
        let is_free = |name: &&&str| self.scope.find(Space::Conversation, name).is_none();
        names.iter().find(is_free).or(names.last()).copied().unwrap_or_default()
    }

    pub(super) fn rate(
        &mut self,
        place: &ast::Path,
        arms: &[ast::OutcomeArm],
        id: &str,
    ) -> StepKind {
        let arms = self.arms(arms, id, Where::Wait);
        let Some(attr) = self.settable(place) else { return StepKind::Error };
        let attribute = self.scope.attribute(attr);
        let at = self.at(place.range);
        match &attribute.ty {
            Type::Number { precision, scale } if precision > scale => {}
            Type::Error => return StepKind::Error,
            other => {
                let (name, what) = (attribute.path(), words::describe(other));
                let message = format!("a rating is a whole number, and `{name}` holds {what}");
                let free = self.free_name(&["rating", "csat", "stars"]);
                self.report(Finding::new(codes::WRONG_TYPE, at, message).help(format!(
                    "rate what holds a number from 1 to {BEST}: `{free}: number` in `data conversation \
                     {{ … }}`, and `rate conversation.{free}`"
                )));
                return StepKind::Error;
            }
        }
        let line = CollectField {
            attr,
            required: true,
            rating: true,
            label: attribute.label.clone(),
            help: None,
            matches: None,
            min: Some(Literal::Number(Decimal::ONE)),
            max: Some(Literal::Number(Decimal::from(BEST))),
            words: Vec::new(),
            at,
        };
        let (fields, files) = (vec![line], Vec::new());
        StepKind::Collect { title: None, using: None, fields, files, arms }
    }
}

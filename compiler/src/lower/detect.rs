//! `detect`: what the AI decides.

use tidegate_diagnostics::codes;
use tidegate_schemas::catalog::Offer;

use crate::finding::Finding;
use crate::hir::{AttrId, ListType, Narrowed, Origin, StepKind, Type};
use crate::lower::Lowering;
use crate::lower::outcomes::Where;
use crate::resolve::push::{CASE, check_record_type};
use crate::resolve::scope::Query;
use crate::syntax::ast::{self, Name};
use crate::types::words;

impl Lowering<'_> {
    pub(super) fn detect(
        &mut self,
        place: &ast::Path,
        again: bool,
        of_type: Option<&Name>,
        arms: &[ast::OutcomeArm],
        id: &str,
    ) -> StepKind {
        let arms = self.arms(arms, id, Where::Detect);
        let Some(attr) = self.settable(place) else { return StepKind::Error };
        let attribute = self.scope.attribute(attr);
        let (name, what) = match &attribute.ty {
            Type::List(list) => {
                let of_type = of_type.filter(|name| !name.is_missing());
                let of_type = of_type.and_then(|name| self.narrowed(attr, list, name));
                return StepKind::Detect { attr, again, of_type, arms };
            }
            Type::Error => return StepKind::Error,
            other => (attribute.path(), words::describe(other)),
        };
        let at = self.at(place.range);
        let message = format!("the AI chooses one value of a list, and `{name}` holds {what}");
        let free = self.free_name(&["topic", "kind", "concern"]);
        self.report(Finding::new(codes::WRONG_TYPE, at, message).help(format!(
            "detect a list of your own, `{free}: list {{ \"…\" \"what it means\" }}` in `data \
             conversation {{ … }}`, and set `{name}` by it"
        )));
        StepKind::Error
    }

    /// What a record type leaves of a list.
    fn narrowed(&mut self, attr: AttrId, list: &ListType, name: &Name) -> Option<Narrowed> {
        let (at, attribute) = (self.at(name.range), self.scope.attribute(attr));
        let path = attribute.path();
        let field = match &attribute.origin {
            Origin::Field { object, field, path } if object == CASE && path.len() == 1 => field,
            _ => {
                let message =
                    format!("`{path}` is no list of a Case: record types say nothing of it");
                let finding = Finding::new(codes::RECORD_TYPE_UNUSABLE, at, message)
                    .label("no record type has a say in that list")
                    .help("leave `for type …` out");
                self.report(finding);
                return None;
            }
        };
        let object = self.scope.catalog.objects.get(CASE)?;
        self.uses(Query::RecordTypes(CASE.to_owned()));
        check_record_type(self, object, name);
        if !object.record_types.get(&name.text)?.usable() {
            return None;
        }
        let values = match object.offer(&name.text, &field.name) {
            Offer::Every => None,
            Offer::Only(values) => Some(values.to_vec()),
            Offer::NotKnown => {
                let message = format!(
                    "not proved: which values of `{path}` the record type `{}` offers is not known",
                    name.text
                );
                let finding = Finding::new(codes::OFFER_NOT_PROVED, at, message)
                    .label("so every value of the list can come")
                    .help("run `tidegate pull`, which asks the org; it says where the org does not tell");
                self.report(finding);
                None
            }
        };
        let narrowed = Narrowed { record_type: name.text.clone(), values };
        if !list.values.iter().any(|value| value.active && narrowed.offers(&value.value)) {
            let message = format!("the record type `{}` offers no value of `{path}`", name.text);
            let finding = Finding::new(codes::RECORD_TYPE_UNUSABLE, at, message)
                .label("leaves the AI nothing to choose")
                .help("choose another record type, or take the step out");
            self.report(finding);
        }
        Some(narrowed)
    }
}

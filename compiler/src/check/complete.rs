//! Every field that the org requires on create has a value, wherever a Case is created.

use tidegate_diagnostics::codes;
use tidegate_plan::model::Fill;

use crate::finding::Finding;
use crate::flow::eval::eval;
use crate::flow::facts::Fact;
use crate::flow::path::Track;
use crate::flow::refine::split;
use crate::flow::state::State;
use crate::hir::{AttrId, Expr, Push, PushField, Rule, Type};
use crate::source::{Loc, Range};
use crate::types::lists;

use super::places::{culprit, push_at};
use super::{Cx, Draft, Place, Proof};

pub(super) fn node(cx: &Cx<'_, '_>, at: Place, state: &State, out: &mut Vec<Draft>) {
    let Some(push) = push_at(cx, cx.node(at)) else { return };
    for field in required(cx, push) {
        Demand { cx, at, push, field: &field, rule: None }.look(state, out);
    }
    for rule in push.rules.iter().filter(|rule| !rule.defaulted) {
        let demand = Demand { cx, at, push, field: &rule.field, rule: Some(rule) };
        match &rule.when {
            None => demand.look(state, out),
            Some(when) => demand.look(&split(cx.world(), state, when).0, out),
        }
    }
}

/// Fields that must have a value.
pub(super) fn asks(cx: &Cx<'_, '_>, at: Place, state: &State) -> usize {
    push_at(cx, cx.node(at)).map_or(0, |push| wanted(cx, push, state))
}

/// How many fields are wanted where a push creates a record: by the org, and by the rules whose
/// condition can hold there.
pub(super) fn wanted(cx: &Cx<'_, '_>, push: &Push, state: &State) -> usize {
    let mut fields = required(cx, push);
    let holds = |when: &Expr| split(cx.world(), state, when).0.is_live();
    let rules = push.rules.iter().filter(|rule| rule.when.as_ref().is_none_or(holds));
    fields.extend(rules.map(|rule| rule.field.clone()));
    fields.sort_unstable();
    fields.dedup();
    fields.len()
}

/// The fields that the org requires where this push creates a record.
pub(super) fn required(cx: &Cx<'_, '_>, push: &Push) -> Vec<String> {
    let object = cx.catalog.objects.get(&push.object);
    let fields = object.into_iter().flat_map(|object| object.fields.values());
    fields
        .filter(|field| field.required_on_create())
        .filter(|field| push.key_field.as_ref() != Some(&field.name))
        .map(|field| field.name.clone())
        .collect()
}

fn place(push: &Push, range: Range) -> Loc {
    Loc { item: push.item, range }
}

/// A field that must have a value.
struct Demand<'c, 'a, 'p> {
    cx: &'c Cx<'a, 'p>,
    at: Place,
    push: &'c Push,
    field: &'c str,
    /// The rule that wants it; the org itself where there is none.
    rule: Option<&'c Rule>,
}

impl Demand<'_, '_, '_> {
    /// Looks for it in a state in which it must have a value.
    fn look(&self, state: &State, out: &mut Vec<Draft>) {
        if !state.is_live() {
            return;
        }
        let push = self.push;
        if let Some(line) = push.fields.iter().find(|line| line.field == self.field) {
            self.by_line(line, state, out);
        } else if let Some((_, attr)) = push.carry.iter().find(|(name, _)| name == self.field)
            && (self.rule.is_none() || !filled(push, self.field, state))
        {
            self.by_carry(*attr, state, out);
        } else if !filled(push, self.field, state) {
            self.suspect(None, self.missing(None), out);
        }
    }

    fn by_line(&self, line: &PushField, state: &State, out: &mut Vec<Draft>) {
        let world = self.cx.world();
        let value = eval(world, state, &line.value);
        if !value.may_be_blank() {
            return;
        }
        let message = format!("{}, and this value may be blank", self.wanted_by());
        let at = place(self.push, line.value.range);
        let finding = Finding::new(codes::CASE_INCOMPLETE, at, message)
            .label("may be blank")
            .help("say with `??` what is taken instead");
        let track = culprit(world, state, &line.value).map(Track::blank);
        self.suspect(track, finding, out);
    }

    fn by_carry(&self, attr: AttrId, state: &State, out: &mut Vec<Draft>) {
        let value = state.read(attr);
        if !value.may_be_blank() {
            return;
        }
        if !value.may_be_set() {
            return self.suspect(None, self.missing(Some(attr)), out);
        }
        let (field, name) = (self.field, self.cx.world().name(attr));
        let wanted = self.wanted_by();
        let message = format!("{wanted}, and a conversation can get here with `{name}` blank");
        let finding = self.at_head(message).help(format!(
            "ask for `{name}` with `required` on the way, or add a line `{field} = {name} ?? …`"
        ));
        self.suspect(Some(Track::blank(attr)), finding, out);
    }

    fn missing(&self, attr: Option<AttrId>) -> Finding {
        let field = self.field;
        let filled = self.push.fill.iter().find(|(name, _)| name == field).map(|(_, fill)| *fill);
        if let Some((when, help)) = filled.map(filled_when) {
            let wanted = self.wanted_by();
            let help = help.map_or_else(|| format!("add a line `{field} = …`"), str::to_owned);
            return self
                .at_head(format!("{wanted}, and it comes by itself only {when}"))
                .help(help);
        }
        let finding = self.at_head(format!("{}, and nothing gives it a value", self.wanted_by()));
        finding.help(match attr.map(|attr| self.cx.world().ty(attr)) {
            Some(Type::List(list)) => {
                format!("add a line `{field} = …` with one of {}", lists::offered(list))
            }
            _ => format!("add a line `{field} = …`"),
        })
    }

    fn at_head(&self, message: String) -> Finding {
        let label = format!("creates a {} without `{}`", self.push.object, self.field);
        let at = place(self.push, self.push.head);
        Finding::new(codes::CASE_INCOMPLETE, at, message).label(label)
    }

    fn wanted_by(&self) -> String {
        let by = match self.rule {
            None => "by the org",
            Some(Rule { when: None, .. }) => "by a rule",
            Some(_) => "by a rule here",
        };
        format!("`{}` is required {by}", self.field)
    }

    fn suspect(&self, track: Option<Track>, finding: Finding, out: &mut Vec<Draft>) {
        let finding = match self.rule {
            Some(rule) => finding.also(rule.at, "this rule asks for it"),
            None => finding,
        };
        out.push(Draft::suspect(Proof::Complete, self.at, track, finding));
    }
}

/// When a field comes by itself, and what helps where it does not, if no line can.
fn filled_when(fill: Fill) -> (&'static str, Option<&'static str>) {
    match fill {
        Fill::Subject | Fill::Description => ("where the customer has written", None),
        Fill::ContactId => (
            "where the person is known",
            Some("create this Case within `if person is known { … }`, or take the rule back"),
        ),
        Fill::SuppliedEmail => {
            ("for a person who is not known, where `session.email` is set", None)
        }
        Fill::SuppliedName => ("for a person who is not known, where `session.name` is set", None),
    }
}

/// Whether something fills the field by itself, for certain.
fn filled(push: &Push, field: &str, state: &State) -> bool {
    let fill = push.fill.iter().find(|(name, _)| name == field).map(|(_, fill)| *fill);
    match fill {
        Some(Fill::Subject | Fill::Description) => !state.facts().can(Fact::Wrote, false),
        Some(Fill::ContactId) => !state.facts().can(Fact::Known, false),
        Some(Fill::SuppliedEmail | Fill::SuppliedName) | None => false,
    }
}

//! Every field that the org requires on create has a value, wherever a Case is created.

use tidegate_diagnostics::codes;
use tidegate_plan::model::Fill;

use crate::finding::Finding;
use crate::flow::eval::eval;
use crate::flow::facts::Fact;
use crate::flow::path::Track;
use crate::flow::state::State;
use crate::hir::{AttrId, Push, PushField, Type};
use crate::source::{Loc, Range};
use crate::types::lists;

use super::places::{culprit, push_at};
use super::{Cx, Draft, Place, Proof};

pub(super) fn node(cx: &Cx<'_, '_>, at: Place, state: &State, out: &mut Vec<Draft>) {
    let Some(push) = push_at(cx, cx.node(at)) else { return };
    for field in required(cx, push) {
        if let Some(line) = push.fields.iter().find(|line| line.field == field) {
            by_line(cx, at, push, line, state, out);
        } else if let Some((_, attr)) = push.carry.iter().find(|(name, _)| *name == field) {
            by_carry(cx, at, push, &field, *attr, state, out);
        } else if !filled(push, &field, state) {
            out.push(Draft::suspect(Proof::Complete, at, None, missing(cx, push, &field, None)));
        }
    }
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

fn by_line(
    cx: &Cx<'_, '_>,
    at: Place,
    push: &Push,
    line: &PushField,
    state: &State,
    out: &mut Vec<Draft>,
) {
    let value = eval(cx.world(), state, &line.value);
    if !value.may_be_blank() {
        return;
    }
    let message = format!("`{}` is required by the org, and this value may be blank", line.field);
    let finding = Finding::new(codes::CASE_INCOMPLETE, place(push, line.value.range), message)
        .label("may be blank")
        .help("say with `??` what is taken instead");
    let track = culprit(cx.world(), state, &line.value).map(Track::blank);
    out.push(Draft::suspect(Proof::Complete, at, track, finding));
}

fn by_carry(
    cx: &Cx<'_, '_>,
    at: Place,
    push: &Push,
    field: &str,
    attr: AttrId,
    state: &State,
    out: &mut Vec<Draft>,
) {
    let value = state.read(attr);
    if !value.may_be_blank() {
        return;
    }
    if !value.may_be_set() {
        out.push(Draft::suspect(Proof::Complete, at, None, missing(cx, push, field, Some(attr))));
        return;
    }
    let name = cx.world().name(attr);
    let message = format!(
        "`{field}` is required by the org, and a conversation can get here with `{name}` blank"
    );
    let finding = Finding::new(codes::CASE_INCOMPLETE, place(push, push.head), message)
        .label(format!("creates a {} without `{field}`", push.object))
        .help(format!(
            "ask for `{name}` with `required` on the way, or add a line `{field} = {name} ?? …`"
        ));
    out.push(Draft::suspect(Proof::Complete, at, Some(Track::blank(attr)), finding));
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

fn missing(cx: &Cx<'_, '_>, push: &Push, field: &str, attr: Option<AttrId>) -> Finding {
    let message = format!("`{field}` is required by the org, and nothing gives it a value");
    Finding::new(codes::CASE_INCOMPLETE, place(push, push.head), message)
        .label(format!("creates a {} without `{field}`", push.object))
        .help(match attr.map(|attr| cx.world().ty(attr)) {
            Some(Type::List(list)) => {
                format!("add a line `{field} = …` with one of {}", lists::offered(list))
            }
            _ => format!("add a line `{field} = …`"),
        })
}

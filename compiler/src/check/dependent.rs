//! What a push writes to a list that depends on another one goes with what it writes to that one.
//!
//! Where both come from the attributes of the two fields they go together already: whoever sets
//! one, or changes the other, sees to that. A line in place of either breaks the bond.

use std::slice::from_ref;

use tidegate_diagnostics::codes;
use tidegate_schemas::catalog::{FieldKind, ListValue};

use crate::finding::Finding;
use crate::flow::depend::controller;
use crate::flow::domain::{Abs, Content, Origins};
use crate::flow::path::Track;
use crate::flow::state::State;
use crate::hir::{AttrId, Push, PushField, Type};
use crate::source::Loc;
use crate::types::table::field_type;

use super::written::{Part, Source};
use super::{Cx, Draft, Place, Proof};

/// A list of the Case and the field on which it depends.
struct Pair<'p> {
    field: &'p str,
    values: &'p [ListValue],
    ty: Type,
    above: &'p str,
    above_ty: Type,
    written: Source<'p>,
    above_written: Source<'p>,
}

pub(super) fn pushed(cx: &Cx<'_, '_>, at: Place, push: &Push, state: &State, out: &mut Vec<Draft>) {
    for pair in pairs(cx, push) {
        let mut found = None;
        pair.written.each(cx, state, &mut |part, reached| {
            pair.above_written.each(cx, reached, &mut |above, reached| {
                found = found.take().or_else(|| clash(cx, &pair, part, above, reached));
            });
        });
        let Some(clash) = found else { continue };
        let track = clash.track.clone();
        out.push(Draft::suspect(Proof::List, at, track, pair.finding(push, &clash)));
    }
}

/// The lists whose bond with their controller a line of the push breaks.
fn pairs<'p>(cx: &Cx<'_, 'p>, push: &'p Push) -> Vec<Pair<'p>> {
    let Some(object) = cx.catalog.objects.get(&push.object) else { return Vec::new() };
    let pair = |field: &'p tidegate_schemas::catalog::Field| {
        let FieldKind::Picklist(list) = &field.kind else { return None };
        let above = object.fields.get(list.controller.as_ref()?)?;
        let written = Source::of(push, &field.name)?;
        let above_written = Source::of(push, &above.name)?;
        written.line().or(above_written.line())?;
        Some(Pair {
            field: &field.name,
            values: &list.values,
            ty: field_type(&push.object, field),
            above: &above.name,
            above_ty: field_type(&push.object, above),
            written,
            above_written,
        })
    };
    object.fields.values().filter_map(pair).collect()
}

/// Two values that do not go together.
struct Clash {
    text: String,
    other: String,
    fitting: Vec<String>,
    track: Option<Track>,
}

fn clash(
    cx: &Cx<'_, '_>,
    pair: &Pair<'_>,
    part: Part<'_>,
    above: Part<'_>,
    state: &State,
) -> Option<Clash> {
    let bound = part.attr().and_then(|attr| {
        let world = cx.world();
        controller(world.program, world.attribute(attr)?)
    });
    if bound.is_some() && bound == above.attr() {
        return None;
    }
    let others = above.texts(cx, state, &pair.above_ty);
    for text in part.texts(cx, state, &pair.ty) {
        let listed = pair.values.iter().find(|one| one.value == text);
        let Some(fitting) = listed.and_then(|one| one.valid_for.as_ref()) else { continue };
        if !may_be_beside(cx, part, bound, fitting, state) {
            continue;
        }
        let Some(other) = others.iter().find(|other| !fitting.contains(other)) else { continue };
        let track = above
            .track(cx, from_ref(other), state)
            .or_else(|| part.track(cx, from_ref(&text), state));
        let (other, fitting) = (other.clone(), fitting.clone());
        return Some(Clash { text, other, fitting, track });
    }
    None
}

/// Whether an attribute can have a value that goes with these of the attribute it is bound to. A
/// program can set one beside a blank controller; a form can't.
fn may_be_beside(
    cx: &Cx<'_, '_>,
    part: Part<'_>,
    bound: Option<AttrId>,
    fitting: &[String],
    state: &State,
) -> bool {
    let (Some(attr), Some(bound)) = (part.attr(), bound) else { return true };
    let controlling = state.read(bound);
    let by_program = Abs::set(Content::Any, Origins::PROGRAM);
    let set = state.read(attr).meet(&by_program).may_be_set() && controlling.may_be_blank();
    let world = cx.world();
    set || Part::Attr(bound)
        .texts(cx, state, world.ty(bound))
        .iter()
        .any(|one| fitting.contains(one))
}

impl Pair<'_> {
    fn finding(&self, push: &Push, clash: &Clash) -> Finding {
        let Clash { text, other, fitting, .. } = clash;
        let (field, above) = (self.field, self.above);
        let lines = [self.written.line(), self.above_written.line()];
        let mut lines = lines.into_iter().flatten();
        let loc = |line: &PushField| Loc { item: push.item, range: line.value.range };
        let place = lines.next().map_or(Loc { item: push.item, range: push.head }, loc);
        let message =
            format!("`\"{text}\"` of `{field}` does not go with `\"{other}\"` of `{above}`");
        let label = match self.written {
            Source::Line(_) => format!("`{above}` may be `\"{other}\"` here"),
            Source::Carried(_) => format!("`{field}` is carried, and may be `\"{text}\"` here"),
        };
        let fitting: Vec<String> = fitting.iter().map(|one| format!("`\"{one}\"`")).collect();
        let finding =
            Finding::new(codes::LIST_VALUE_REFUSED, place, message).label(label).help(format!(
                "`\"{text}\"` goes with {}: write a value that goes with each that `{above}` can have, \
                 or test with `match` before",
                fitting.join(", ")
            ));
        match lines.next() {
            Some(line) => finding.also(loc(line), format!("what `{above}` gets")),
            None => finding,
        }
    }
}

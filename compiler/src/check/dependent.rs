//! What a push writes to a list that depends on another one goes with what it writes to that one.
//!
//! Where both come from the attributes of the two fields they go together already: whoever sets
//! one, or changes the other, sees to that. A line in place of either breaks the bond.

use tidegate_diagnostics::codes;
use tidegate_schemas::catalog::{FieldKind, ListValue};

use crate::finding::Finding;
use crate::flow::depend::controller;
use crate::flow::domain::{Abs, Content, Origins};
use crate::flow::eval::eval_as;
use crate::flow::path::Track;
use crate::flow::state::State;
use crate::flow::values::ValueSet;
use crate::hir::{AttrId, Expr, ExprKind, Push, PushField, Type};
use crate::source::Loc;
use crate::types::table::field_type;

use super::places::leaves;
use super::{Cx, Draft, Place, Proof};

/// Where a field of the Case gets its value from.
#[derive(Clone, Copy)]
enum Source<'p> {
    Line(&'p PushField),
    Carried(AttrId),
}

impl<'p> Source<'p> {
    fn of(push: &'p Push, field: &str) -> Option<Self> {
        let line = push.fields.iter().find(|line| line.field == field).map(Source::Line);
        let carried = || push.carry.iter().find(|(name, _)| name == field);
        line.or_else(|| carried().map(|(_, attr)| Source::Carried(*attr)))
    }

    fn line(self) -> Option<&'p PushField> {
        match self {
            Self::Line(line) => Some(line),
            Self::Carried(_) => None,
        }
    }

    /// Each value that it may be, by the attribute that it comes from or else the expression.
    fn each(self, cx: &Cx<'_, '_>, state: &State, visit: &mut impl FnMut(Part<'p>, &State)) {
        match self {
            Self::Line(line) => {
                leaves(cx.world(), state, &line.value, &mut |leaf, reached| match &leaf.kind {
                    ExprKind::Attr(attr) => visit(Part::Attr(*attr), reached),
                    _ => visit(Part::Other(leaf), reached),
                });
            }
            Self::Carried(attr) => visit(Part::Attr(attr), state),
        }
    }
}

/// One of the values that a field may get.
#[derive(Clone, Copy)]
enum Part<'p> {
    Attr(AttrId),
    Other(&'p Expr),
}

impl Part<'_> {
    fn attr(self) -> Option<AttrId> {
        match self {
            Self::Attr(attr) => Some(attr),
            Self::Other(_) => None,
        }
    }

    /// What it may be, as texts; nothing where that can't be said.
    fn texts(self, cx: &Cx<'_, '_>, state: &State, want: &Type) -> Vec<String> {
        let (value, ty) = match self {
            Self::Attr(attr) => (state.read(attr), cx.world().ty(attr)),
            Self::Other(expr) => (eval_as(cx.world(), state, expr, want), want),
        };
        match (value.content, ty) {
            (Content::List(set), Type::List(list)) => {
                let listed = set.positions().filter_map(|at| list.values.get(at));
                listed.map(|one| one.value.clone()).collect()
            }
            (Content::Bool { no, yes }, _) => {
                let both = [("false", no), ("true", yes)];
                both.iter().filter(|(_, can)| *can).map(|(text, _)| (*text).to_owned()).collect()
            }
            _ => Vec::new(),
        }
    }
}

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
        let track = tracked(cx, above, other, state).or_else(|| tracked(cx, part, &text, state));
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

fn tracked(cx: &Cx<'_, '_>, part: Part<'_>, text: &str, state: &State) -> Option<Track> {
    let attr = part.attr()?;
    let Type::List(list) = cx.world().ty(attr) else { return None };
    let Content::List(_) = &state.read(attr).content else { return None };
    let position = list.values.iter().position(|one| one.value == text)?;
    Some(Track::one_of(attr, list, &ValueSet::of([position]), false))
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

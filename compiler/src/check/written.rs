//! What a push writes to a field, part by part.

use crate::flow::domain::Content;
use crate::flow::eval::eval_as;
use crate::flow::path::Track;
use crate::flow::state::State;
use crate::flow::values::ValueSet;
use crate::hir::{AttrId, Expr, ExprKind, Push, PushField, Type};

use super::Cx;
use super::places::leaves;

/// Where a field of the Case gets its value from.
#[derive(Clone, Copy)]
pub(super) enum Source<'p> {
    Line(&'p PushField),
    Carried(AttrId),
}

impl<'p> Source<'p> {
    pub(super) fn of(push: &'p Push, field: &str) -> Option<Self> {
        let line = push.fields.iter().find(|line| line.field == field).map(Source::Line);
        let carried = || push.carry.iter().find(|(name, _)| name == field);
        line.or_else(|| carried().map(|(_, attr)| Source::Carried(*attr)))
    }

    pub(super) fn line(self) -> Option<&'p PushField> {
        match self {
            Self::Line(line) => Some(line),
            Self::Carried(_) => None,
        }
    }

    /// Each value that it may be, by the attribute that it comes from or else the expression.
    pub(super) fn each(
        self,
        cx: &Cx<'_, '_>,
        state: &State,
        visit: &mut impl FnMut(Part<'p>, &State),
    ) {
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
pub(super) enum Part<'p> {
    Attr(AttrId),
    Other(&'p Expr),
}

impl Part<'_> {
    pub(super) fn attr(self) -> Option<AttrId> {
        match self {
            Self::Attr(attr) => Some(attr),
            Self::Other(_) => None,
        }
    }

    /// What it may be, as texts; nothing where that can't be said.
    pub(super) fn texts(self, cx: &Cx<'_, '_>, state: &State, want: &Type) -> Vec<String> {
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

    /// What it hangs on that it is one of some texts, where that is an attribute.
    pub(super) fn track(self, cx: &Cx<'_, '_>, texts: &[String], state: &State) -> Option<Track> {
        let attr = self.attr()?;
        let Type::List(list) = cx.world().ty(attr) else { return None };
        let Content::List(_) = &state.read(attr).content else { return None };
        let values = list.values.iter().enumerate();
        let positions = values.filter(|(_, one)| texts.contains(&one.value)).map(|(at, _)| at);
        let values = ValueSet::of(positions);
        (!values.is_empty()).then(|| Track::one_of(attr, list, &values, false))
    }
}

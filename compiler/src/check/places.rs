//! Expressions where they are evaluated, and the pushes of a node.

use crate::flow::eval::{World, eval};
use crate::flow::graph::{Node, Op};
use crate::flow::names::of_push;
use crate::flow::refine::{refine_blank, split};
use crate::flow::state::State;
use crate::flow::walk::of_step;
use crate::hir::{AttrId, Expr, ExprKind, Pipe, Push, StepKind};
use crate::source::Loc;
use crate::syntax::ast::BinaryOp;

use super::{Cx, Place};

/// The push that a node uses.
pub(super) fn push_at<'p>(cx: &Cx<'_, 'p>, node: &Node<'p>) -> Option<&'p Push> {
    match node.op {
        Op::Create(_, push) => cx.push(push),
        Op::Plain(step) => match &step.kind {
            StepKind::RecordCase { push } => cx.push(*push),
            _ => None,
        },
        _ => None,
    }
}

/// The expressions that a node evaluates, each with the item that it stands in.
pub(super) fn expressions<'p>(cx: &Cx<'_, 'p>, at: Place) -> Vec<(Loc, &'p Expr)> {
    let node = cx.node(at);
    let mut found: Vec<(Loc, &'p Expr)> = Vec::new();
    if let Op::Test(_, condition) = node.op {
        found.push((cx.loc(condition.range), condition));
    } else if let Some(step) = node.op.step() {
        found.extend(of_step(step).into_iter().map(|expr| (cx.loc(expr.range), expr)));
    }
    if let Some(push) = push_at(cx, node) {
        let at = |expr: &Expr| Loc { item: push.item, range: expr.range };
        found.extend(of_push(push).map(|expr| (at(expr), expr)));
    }
    found
}

/// The parts of an expression that can be its value, each with the state in which it is.
pub(super) fn leaves<'e>(
    world: &World<'_>,
    state: &State,
    expr: &'e Expr,
    visit: &mut impl FnMut(&'e Expr, &State),
) {
    if !state.is_live() {
        return;
    }
    match &expr.kind {
        ExprKind::If(condition, yes, no) => {
            let (reached, other) = split(world, state, condition);
            leaves(world, &reached, yes, visit);
            leaves(world, &other, no, visit);
        }
        ExprKind::Binary(BinaryOp::OrElse, left, right) => {
            leaves(world, &refine_blank(world, state, left, false), left, visit);
            leaves(world, &refine_blank(world, state, left, true), right, visit);
        }
        _ => visit(expr, state),
    }
}

/// The attribute that an expression shows, if it is little more than one that may be blank.
pub(super) fn culprit(world: &World<'_>, state: &State, expr: &Expr) -> Option<AttrId> {
    match &expr.kind {
        ExprKind::Attr(attr) => state.read(*attr).may_be_blank().then_some(*attr),
        // It makes blank of some values too.
        ExprKind::Pipe(Pipe::First(0 | 1) | Pipe::Last(0 | 1), _) => None,
        ExprKind::Pipe(_, operand) | ExprKind::Reveal(operand, _) => culprit(world, state, operand),
        ExprKind::Binary(BinaryOp::OrElse, left, right) => {
            culprit(world, &refine_blank(world, state, left, true), right)
        }
        ExprKind::If(condition, yes, no) => {
            let (reached, other) = split(world, state, condition);
            let blank = |state: &State, branch| {
                state.is_live() && eval(world, state, branch).may_be_blank()
            };
            // Where both may be, neither alone is what it hangs on.
            match (blank(&reached, yes), blank(&other, no)) {
                (true, false) => culprit(world, &reached, yes),
                (false, true) => culprit(world, &other, no),
                _ => None,
            }
        }
        _ => None,
    }
}

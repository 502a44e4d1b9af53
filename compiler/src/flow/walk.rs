//! Every part of an expression, with what is known where it is evaluated.

use crate::hir::{Expr, ExprKind, Step, StepKind, TemplatePart};
use crate::syntax::ast::BinaryOp;

use super::eval::{World, eval};
use super::refine::{refine_blank, split};
use super::state::State;

/// Visits an expression and its parts, each with the state in which it is evaluated: the right side
/// of `and` only where the left one holds, of `??` only where the left one is blank.
pub fn walk(world: &World<'_>, state: &State, expr: &Expr, visit: &mut impl FnMut(&Expr, &State)) {
    if !state.is_live() {
        return;
    }
    visit(expr, state);
    match &expr.kind {
        ExprKind::Not(operand)
        | ExprKind::IsBlank(operand)
        | ExprKind::In(operand, _)
        | ExprKind::InHours(operand, _)
        | ExprKind::Pipe(_, operand)
        | ExprKind::Reveal(operand, _) => walk(world, state, operand, visit),
        ExprKind::Binary(op, left, right) => {
            walk(world, state, left, visit);
            match op {
                BinaryOp::And => walk(world, &split(world, state, left).0, right, visit),
                BinaryOp::Or => walk(world, &split(world, state, left).1, right, visit),
                BinaryOp::OrElse => {
                    if eval(world, state, left).may_be_blank() {
                        walk(world, &refine_blank(world, state, left, true), right, visit);
                    }
                }
                _ => walk(world, state, right, visit),
            }
        }
        ExprKind::If(condition, yes, no) => {
            walk(world, state, condition, visit);
            let (reached, other) = split(world, state, condition);
            walk(world, &reached, yes, visit);
            walk(world, &other, no, visit);
        }
        ExprKind::Template(parts) => {
            for part in parts {
                if let TemplatePart::Hole(hole) = part {
                    walk(world, state, hole, visit);
                }
            }
        }
        ExprKind::Literal(_)
        | ExprKind::Blank
        | ExprKind::Now
        | ExprKind::Attr(_)
        | ExprKind::PersonVerified
        | ExprKind::PersonKnown
        | ExprKind::Unknown
        | ExprKind::Error => {}
    }
}

/// The parts of an expression, whatever the state.
pub fn parts<'e>(expr: &'e Expr, visit: &mut impl FnMut(&'e Expr)) {
    visit(expr);
    match &expr.kind {
        ExprKind::Not(a)
        | ExprKind::IsBlank(a)
        | ExprKind::In(a, _)
        | ExprKind::InHours(a, _)
        | ExprKind::Pipe(_, a)
        | ExprKind::Reveal(a, _) => parts(a, visit),
        ExprKind::Binary(_, a, b) => {
            parts(a, visit);
            parts(b, visit);
        }
        ExprKind::If(a, b, c) => {
            parts(a, visit);
            parts(b, visit);
            parts(c, visit);
        }
        ExprKind::Template(all) => {
            for part in all {
                if let TemplatePart::Hole(hole) = part {
                    parts(hole, visit);
                }
            }
        }
        _ => {}
    }
}

/// The expressions that a step evaluates itself, in order; those of a push are not among them, nor
/// the conditions of an `if`, which have nodes of their own.
pub fn of_step(step: &Step) -> Vec<&Expr> {
    match &step.kind {
        StepKind::Say(value)
        | StepKind::Note(value)
        | StepKind::Set { value, .. }
        | StepKind::Let { value, .. } => vec![value],
        StepKind::Choose { prompt, options, .. } => {
            std::iter::once(prompt).chain(options.iter().map(|(label, _)| label)).collect()
        }
        StepKind::Collect { title, .. } => title.iter().collect(),
        StepKind::Answer { check_in, .. } => check_in.iter().map(|(_, text)| text).collect(),
        StepKind::Match { subject, .. } => vec![subject],
        StepKind::End(because) => because.iter().collect(),
        _ => Vec::new(),
    }
}

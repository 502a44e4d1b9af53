//! Nothing that may be blank is shown, ordered or calculated with.

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::flow::domain::{Abs, Presence};
use crate::flow::eval::{World, eval};
use crate::flow::path::Track;
use crate::flow::state::State;
use crate::flow::walk::walk;
use crate::hir::{AttrId, Expr, ExprKind, Literal, Space, Spoken, StepKind, TemplatePart, Type};
use crate::source::Loc;
use crate::syntax::ast::BinaryOp;

use super::places::{culprit, expressions};
use super::{Cx, Draft, Place, Proof};

/// What a value is used for that must not be blank.
#[derive(Clone, Copy)]
enum Use {
    Shown,
    Ordered,
    Calculated,
}

pub(super) fn node(cx: &Cx<'_, '_>, at: Place, state: &State, out: &mut Vec<Draft>) {
    uses(cx, at, state, &mut |place, used, operand, reached| {
        check(cx, at, place, used, operand, reached, out);
    });
}

/// Values that must not be blank.
pub(super) fn asks(cx: &Cx<'_, '_>, at: Place, state: &State) -> usize {
    let mut count = 0;
    uses(cx, at, state, &mut |_, _, operand, _| {
        count += usize::from(!matches!(operand.kind, ExprKind::Literal(_)));
    });
    count
}

/// Each value that must not be blank, with what is known where it is read.
fn uses(
    cx: &Cx<'_, '_>,
    at: Place,
    state: &State,
    visit: &mut impl FnMut(Loc, Use, &Expr, &State),
) {
    if let Some((place, expr)) = said(cx, at) {
        visit(place, Use::Shown, expr, state);
    }
    for (place, expr) in expressions(cx, at) {
        walk(cx.world(), state, expr, &mut |part, reached| {
            for (used, operand) in operands(part) {
                visit(place, used, operand, reached);
            }
        });
    }
}

/// What a step says, where it is no template, whose holes are looked at one by one.
fn said<'p>(cx: &Cx<'_, 'p>, at: Place) -> Option<(Loc, &'p Expr)> {
    let text = match &cx.node(at).op.step()?.kind {
        StepKind::Say(text) | StepKind::Choose { prompt: text, .. } => text,
        StepKind::Collect { title, .. } => title.as_ref()?,
        StepKind::Answer { check_in, .. } => &check_in.as_ref()?.1,
        _ => return None,
    };
    let whole = !matches!(text.kind, ExprKind::Template(_));
    whole.then(|| (cx.loc(text.range), text))
}

fn operands(expr: &Expr) -> Vec<(Use, &Expr)> {
    match &expr.kind {
        ExprKind::Template(parts) => parts
            .iter()
            .filter_map(|part| match part {
                TemplatePart::Hole(hole) => Some((Use::Shown, hole)),
                TemplatePart::Text(_) => None,
            })
            .collect(),
        ExprKind::Binary(op, left, right) => {
            let used = match op {
                BinaryOp::Less | BinaryOp::AtMost | BinaryOp::Greater | BinaryOp::AtLeast => {
                    Use::Ordered
                }
                BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide => {
                    Use::Calculated
                }
                _ => return Vec::new(),
            };
            vec![(used, left), (used, right)]
        }
        _ => Vec::new(),
    }
}

fn check(
    cx: &Cx<'_, '_>,
    at: Place,
    item: Loc,
    used: Use,
    operand: &Expr,
    state: &State,
    out: &mut Vec<Draft>,
) {
    let value = eval(cx.world(), state, operand);
    if matches!(operand.ty, Type::Error) || !value.may_be_blank() {
        return;
    }
    let attr = culprit(cx.world(), state, operand);
    let name =
        attr.map_or_else(|| "this value".to_owned(), |a| format!("`{}`", cx.world().name(a)));
    let message = match (used, value.may_be_set()) {
        (Use::Shown, true) => format!("{name} may be blank where it is shown"),
        (Use::Shown, false) => format!("{name} is always blank where it is shown"),
        (Use::Ordered, true) => format!("{name} may be blank where it is compared by order"),
        (Use::Ordered, false) => format!("{name} is always blank where it is compared by order"),
        (Use::Calculated, true) => format!("{name} may be blank where it is calculated with"),
        (Use::Calculated, false) => format!("{name} is always blank where it is calculated with"),
    };
    let place = Loc { range: operand.range, ..item };
    let label = if value.may_be_set() { "may be blank" } else { "is blank" };
    let help = match empty_text(operand) {
        Some(help) => help.to_owned(),
        None => help(cx.world(), used, attr, &value),
    };
    let finding = Finding::new(codes::MAY_BE_BLANK, place, message).help(help);
    let finding = match in_text(cx.world(), operand) {
        Some((from, text, language)) => finding
            .label(format!("{label} in `{text}` as it is in `{language}`"))
            .also(from, format!("in this hole of `{text}`, in `{language}`")),
        None => finding.label(label),
    };
    out.push(Draft::suspect(Proof::Blank, at, attr.map(Track::blank), finding));
}

/// The `text` in which an expression is written, and in which language.
fn in_text<'p>(world: &World<'p>, expr: &Expr) -> Option<(Loc, &'p str, &'p str)> {
    let from = expr.from?;
    let text = world.program.texts.iter().find(|its| its.item == from.item)?;
    let within = |spoken: &&Spoken| {
        let whole = spoken.text.range;
        whole.start <= from.range.start && from.range.end <= whole.end
    };
    let spoken = text.spoken.iter().find(within)?;
    Some((from, &text.name, &spoken.language))
}

const EMPTY_TEXT: &str = "an empty text is blank, too: put another one behind `??`, or say the whole \
                          in two ways with `if … is set`";
const EMPTY_BRANCH: &str = "an empty text is blank, too: take the words beside the hole into it, so that \
                            each branch says something: `{if … then \"Hi Ada\" else \"Hi\"}`";

/// What to write where an empty text is what is taken at last.
fn empty_text(expr: &Expr) -> Option<&'static str> {
    let is_empty = |expr: &Expr| match &expr.kind {
        ExprKind::Literal(Literal::Text(text)) => text.trim().is_empty(),
        _ => false,
    };
    match &expr.kind {
        ExprKind::Binary(BinaryOp::OrElse, _, right) => empty_text(right),
        ExprKind::If(_, yes, no) if is_empty(yes) || is_empty(no) => Some(EMPTY_BRANCH),
        _ => is_empty(expr).then_some(EMPTY_TEXT),
    }
}

fn help(world: &World<'_>, used: Use, attr: Option<AttrId>, value: &Abs) -> String {
    let Some(attr) = attr else {
        return "say with `??` what is taken instead".to_owned();
    };
    let name = world.name(attr);
    // It was read from a record that never leaves it blank, so only the record can be missing.
    if value.presence.and(Presence::ANY_BLANK) == Presence::UNREAD {
        return format!(
            "`{name}` is never blank under `if person is known`; elsewhere say with `??` what is \
             taken instead"
        );
    }
    let is_let = world.attribute(attr).is_some_and(|its| its.space == Space::Let);
    match used {
        Use::Shown if is_let => format!(
            "say with `??` what is taken instead, here or where `{name}` is given, or test it first \
             with `if {name} is set`"
        ),
        Use::Shown => format!(
            "write `{{{name} ?? \"…\"}}`, test it first with `if {name} is set`, or ask for it with \
             `required` in a form"
        ),
        Use::Ordered => {
            format!("write `{name} is set and …`, or say with `??` what is taken instead")
        }
        Use::Calculated => {
            format!("test it first with `if {name} is set`, or write `({name} ?? 0)`")
        }
    }
}

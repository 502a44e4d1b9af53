//! What an expression can be in a state.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::hir::{
    AttrId, Attribute, Expr, ExprKind, Literal, Origin, Pipe, Program, Space, TemplatePart, Type,
};
use crate::syntax::ast::BinaryOp;

use super::depend::dependents;
use super::domain::{Abs, Content, Origins, Presence, Range, Text};
use super::facts::Fact;
use super::refine::refine;
use super::replies::Replies;
use super::state::State;
use super::types;

/// The program, and what its types say about its attributes.
#[derive(Debug)]
pub struct World<'p> {
    /// The program.
    pub program: &'p Program,
    /// The most that each attribute can be.
    pub tops: Vec<Abs>,
    /// For each attribute the lists that depend on it.
    pub dependents: Vec<Vec<AttrId>>,
    /// Attributes that are read from the visitor's record.
    pub synced: Vec<AttrId>,
    /// Whether somebody may be verified who was not when the conversation began.
    pub verifies: bool,
    /// What agents' replies start.
    pub replies: Replies,
}

/// Whether it is read from the visitor's record.
pub(super) fn is_read(attribute: &Attribute) -> bool {
    attribute.space == Space::Person && matches!(attribute.origin, Origin::Field { .. })
}

impl<'p> World<'p> {
    /// The world of a program.
    pub fn new(program: &'p Program) -> Self {
        let tops = program.attributes.iter().map(types::top).collect();
        let all = (0u32..).map(AttrId).zip(&program.attributes);
        let synced: Vec<AttrId> =
            all.filter(|(_, its)| is_read(its)).map(|(attr, _)| attr).collect();
        let verifies = program.workflows.iter().any(|workflow| workflow.verifies);
        let replies = Replies::of(program, &synced);
        Self { program, tops, dependents: dependents(program), synced, verifies, replies }
    }

    /// Attributes with all whose values hang on theirs, in order.
    pub fn with_dependents(&self, mut attrs: Vec<AttrId>) -> Vec<AttrId> {
        let mut at = 0;
        while let Some(attr) = attrs.get(at).copied() {
            for dependent in self.dependents.get(attr.0 as usize).into_iter().flatten() {
                if !attrs.contains(dependent) {
                    attrs.push(*dependent);
                }
            }
            at += 1;
        }
        attrs.sort_unstable();
        attrs
    }

    /// An attribute's declaration.
    pub fn attribute(&self, attr: AttrId) -> Option<&'p Attribute> {
        self.program.attributes.get(attr.0 as usize)
    }

    /// Whether it changes without the program's doing: a summary comes with the Case that wants one.
    pub fn comes_by_itself(&self, attr: AttrId) -> bool {
        self.attribute(attr).is_some_and(|its| its.space == Space::Session && its.name == "summary")
    }

    /// An attribute's type.
    pub fn ty(&self, attr: AttrId) -> &'p Type {
        self.attribute(attr).map_or(&Type::Error, |attribute| &attribute.ty)
    }

    /// `conversation.product`, or a bare name for a value of `let`.
    pub fn name(&self, attr: AttrId) -> String {
        self.attribute(attr).map_or_else(|| "?".to_owned(), Attribute::path)
    }
}

/// What an expression can be, as a value of its own type.
pub fn eval(world: &World<'_>, state: &State, expr: &Expr) -> Abs {
    eval_as(world, state, expr, &expr.ty)
}

/// What an expression can be, as a value of the type that is wanted.
pub fn eval_as(world: &World<'_>, state: &State, expr: &Expr, want: &Type) -> Abs {
    match &expr.kind {
        // A number is shown with the digits that were written, whatever the place has room for.
        ExprKind::Literal(value) => types::literal(value, &types::as_it_is(want)),
        ExprKind::Blank => Abs::BLANK,
        ExprKind::Now => Abs::set(Content::Any, Origins::PROGRAM),
        ExprKind::Attr(attr) => types::convert(state.read(*attr), world.ty(*attr), want),
        ExprKind::Binary(BinaryOp::OrElse, left, right) => or_else(world, state, left, right, want),
        ExprKind::Binary(op, left, right) => match arithmetic(*op) {
            // Days, instants and spans end at the first and the last that there is.
            Some(_) if !matches!(expr.ty, Type::Number { .. } | Type::Error) => {
                Abs::set(Content::Any, Origins::PROGRAM)
            }
            Some(rule) => {
                let side =
                    |side: &Expr| eval_as(world, state, side, &types::side_of(&side.ty, want));
                calculate(&side(left), &side(right), rule)
            }
            None => decide(world, state, expr),
        },
        ExprKind::If(condition, yes, no) => {
            let mut result = Abs::NEVER;
            for (truth, branch) in [(true, yes), (false, no)] {
                let reached = refine(world, state, condition, truth);
                if reached.is_live() {
                    result = result.join(&eval_as(world, &reached, branch, want));
                }
            }
            result
        }
        ExprKind::Template(parts) => template(world, state, parts, want),
        ExprKind::Pipe(pipe, operand) => {
            let value = piped(pipe, &shown(world, state, operand), &operand.ty);
            types::convert(value, &Type::Text(None), want)
        }
        ExprKind::Reveal(operand, _) => {
            types::convert(shown(world, state, operand), &operand.ty, want)
        }
        ExprKind::PersonVerified
        | ExprKind::PersonKnown
        | ExprKind::Not(_)
        | ExprKind::IsBlank(_)
        | ExprKind::In(..)
        | ExprKind::InHours(..) => decide(world, state, expr),
        ExprKind::Unknown => {
            Abs { presence: Presence::ANY, origins: Origins::ANY, content: types::content(want) }
        }
        ExprKind::Error => {
            Abs { presence: Presence::SET, origins: Origins::ANY, content: types::content(want) }
        }
    }
}

/// What an expression can be where it becomes text: a number has all the digits that were written.
fn shown(world: &World<'_>, state: &State, expr: &Expr) -> Abs {
    eval_as(world, state, expr, &types::as_it_is(&expr.ty))
}

/// Whether a condition can fail to hold and can hold.
pub fn decide(world: &World<'_>, state: &State, condition: &Expr) -> Abs {
    let yes = refine(world, state, condition, true).is_live();
    let no = refine(world, state, condition, false).is_live();
    Abs::set(Content::Bool { no, yes }, Origins::PROGRAM)
}

fn or_else(world: &World<'_>, state: &State, left: &Expr, right: &Expr, want: &Type) -> Abs {
    let value = eval_as(world, state, left, want);
    if !value.may_be_blank() {
        return value;
    }
    let without = super::refine::refine_blank(world, state, left, true);
    let other = if without.is_live() { eval_as(world, &without, right, want) } else { Abs::NEVER };
    value.meet(&Abs::SET).join(&other)
}

type Rule = fn(&Range, &Range) -> Option<Range>;

fn arithmetic(op: BinaryOp) -> Option<Rule> {
    match op {
        BinaryOp::Add => Some(|a, b| {
            let (low, high) = (a.low.checked_add(b.low)?, a.high.checked_add(b.high)?);
            Some(Range { low, high, scale: a.scale.max(b.scale) })
        }),
        BinaryOp::Subtract => Some(|a, b| {
            let (low, high) = (a.low.checked_sub(b.high)?, a.high.checked_sub(b.low)?);
            Some(Range { low, high, scale: a.scale.max(b.scale) })
        }),
        BinaryOp::Multiply => {
            Some(|a, b| corners(a, b, a.scale.saturating_add(b.scale), |x, y| x.checked_mul(y)))
        }
        BinaryOp::Divide => Some(|a, b| {
            // Close to zero a quotient has no bound.
            let spans_zero = b.low <= Decimal::ZERO && b.high >= Decimal::ZERO;
            if spans_zero {
                return None;
            }
            corners(a, b, Decimal::MAX_SCALE, |x, y| x.checked_div(y))
        }),
        _ => None,
    }
}

fn corners(
    a: &Range,
    b: &Range,
    scale: u32,
    op: impl Fn(Decimal, Decimal) -> Option<Decimal>,
) -> Option<Range> {
    let all = [op(a.low, b.low)?, op(a.low, b.high)?, op(a.high, b.low)?, op(a.high, b.high)?];
    let low = all.into_iter().min()?;
    let high = all.into_iter().max()?;
    Some(Range { low, high, scale: scale.min(Decimal::MAX_SCALE) })
}

/// What has no bound may have no result either: a number outgrows 28 digits, a divisor is zero.
fn calculate(a: &Abs, b: &Abs, rule: Rule) -> Abs {
    let result = |range| Abs::set(Content::Number(Arc::new(range)), Origins::PROGRAM);
    match (&a.content, &b.content) {
        (Content::Number(a), Content::Number(b)) => match rule(a, b) {
            Some(range) => result(range),
            None => result(Range::any()).or_blank(),
        },
        // An operand that is never there is reported itself.
        _ => result(Range::any()),
    }
}

fn template(world: &World<'_>, state: &State, parts: &[TemplatePart], want: &Type) -> Abs {
    let mut whole = Text { min: 0, max: 0, one: None };
    let mut surely_set = false;
    let mut fixed = Some(String::new());
    for part in parts {
        let text = match part {
            TemplatePart::Text(text) => {
                surely_set |= !text.trim().is_empty();
                if let Some(fixed) = &mut fixed {
                    fixed.push_str(text);
                }
                Text { min: types::length(text), max: types::length(text), one: None }
            }
            TemplatePart::Hole(expr) => {
                let value = shown(world, state, expr);
                surely_set |= !value.may_be_blank();
                let text = types::text_of(&value, &expr.ty);
                fixed = None;
                Text { min: if value.may_be_blank() { 0 } else { text.min }, ..text }
            }
        };
        whole.min = whole.min.saturating_add(text.min);
        whole.max = whole.max.saturating_add(text.max);
    }
    if let Some(text) = fixed {
        return types::literal(&Literal::Text(text), want);
    }
    if whole.max == 0 {
        return Abs::BLANK;
    }
    let value = Abs::set(Content::Text(whole), Origins::PROGRAM);
    let value = if surely_set { value } else { value.or_blank() };
    types::convert(value, &Type::Text(None), want)
}

fn piped(pipe: &Pipe, value: &Abs, ty: &Type) -> Abs {
    if !value.may_be_set() {
        return value.clone();
    }
    let text = types::text_of(value, ty);
    let content = match pipe {
        Pipe::Round(digits) => rounded(value, *digits),
        Pipe::DateIn(_) | Pipe::TimeIn(_) | Pipe::DateTimeIn(_) => Content::Any,
        Pipe::Text => Content::Text(text),
        // A letter can become up to three in upper case (`ΐ`) and two in lower case (`İ`).
        Pipe::Upper => changed(value, ty, 3, str::to_uppercase),
        Pipe::Lower => changed(value, ty, 2, str::to_lowercase),
        Pipe::Trim => Content::Text(Text { min: 1, max: text.max, one: None }),
        Pipe::First(n) | Pipe::Last(n) => {
            let n = *n;
            if n == 0 {
                return Abs::BLANK;
            }
            let whole = text.one.as_ref().is_some_and(|one| types::length(one) <= n);
            let cut = Content::Text(Text { min: 1, max: text.max.min(n), one: None });
            // Some characters count twice, and one place is too narrow for them.
            if n < 2 && text.max > 1 && !whole {
                let cut = Abs { presence: value.presence, origins: value.origins, content: cut };
                return cut.or_blank();
            }
            cut
        }
        Pipe::Mask => Content::Text(Text { one: None, ..text }),
        Pipe::Label => {
            let max = match ty {
                Type::List(list) => types::longest_label(list),
                _ => text.max,
            };
            Content::Text(Text { min: 1, max, one: None })
        }
    };
    Abs { presence: value.presence, origins: value.origins, content }
}

/// A text in other letters: values of a list are known, any other text may become so many times as long.
fn changed(value: &Abs, ty: &Type, factor: u32, letters: fn(&str) -> String) -> Content {
    if let (Content::List(set), Type::List(list)) = (&value.content, ty)
        && !set.others()
    {
        let values = set.positions().filter_map(|at| list.values.get(at));
        let lengths = values.map(|its| types::length(&letters(&its.value)));
        return Content::Text(Text { min: 1, max: lengths.max().unwrap_or(1), one: None });
    }
    let max = types::text_of(value, ty).max.saturating_mul(factor);
    Content::Text(Text { min: 1, max, one: None })
}

fn rounded(value: &Abs, digits: u32) -> Content {
    use rust_decimal::RoundingStrategy::MidpointAwayFromZero;
    match &value.content {
        Content::Number(range) => Content::Number(Arc::new(Range {
            low: range.low.round_dp_with_strategy(digits, MidpointAwayFromZero),
            high: range.high.round_dp_with_strategy(digits, MidpointAwayFromZero),
            // All of them are shown, be they zeros.
            scale: digits,
        })),
        other => other.clone(),
    }
}

/// A condition on facts, by its expression.
pub(super) fn fact(kind: &ExprKind) -> Option<Fact> {
    match kind {
        ExprKind::PersonVerified => Some(Fact::Verified),
        ExprKind::PersonKnown => Some(Fact::Known),
        _ => None,
    }
}

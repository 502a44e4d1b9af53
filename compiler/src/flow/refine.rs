//! What a condition that holds, or does not, says about the state.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::hir::{AttrId, Expr, ExprKind, ListType, Literal, Pipe, Space, Type};
use crate::syntax::ast::BinaryOp;

use super::domain::{Abs, Content, Origins, Presence, Range, Text};
use super::eval::{World, eval, eval_as, fact, is_read};
use super::facts::Fact;
use super::moved::moved;
use super::state::State;
use super::types;
use super::values::ValueSet;

/// The state in which a condition is true or false; dead where it cannot be.
pub fn refine(world: &World<'_>, state: &State, condition: &Expr, truth: bool) -> State {
    let (yes, no) = split(world, state, condition);
    if truth { yes } else { no }
}

/// The states in which a condition is true, and in which it is false. Both at once, so that the
/// work grows with the condition's size however it is nested.
pub fn split(world: &World<'_>, state: &State, condition: &Expr) -> (State, State) {
    if !state.is_live() {
        return (State::dead(), State::dead());
    }
    match &condition.kind {
        ExprKind::Not(operand) => {
            let (yes, no) = split(world, state, operand);
            (no, yes)
        }
        ExprKind::Binary(BinaryOp::And, left, right) => {
            let (both, mut no) = split(world, state, left);
            let (yes, second) = split(world, &both, right);
            no.join(&second);
            (yes, no)
        }
        ExprKind::Binary(BinaryOp::Or, left, right) => {
            let (mut yes, neither) = split(world, state, left);
            let (second, no) = split(world, &neither, right);
            yes.join(&second);
            (yes, no)
        }
        ExprKind::Binary(BinaryOp::OrElse, first, second) => {
            let (mut yes, mut no) = split(world, &refine_blank(world, state, first, false), first);
            let blank = refine_blank(world, state, first, true);
            let (more, less) = split(world, &blank, second);
            yes.join(&more);
            no.join(&less);
            (yes, no)
        }
        ExprKind::If(test, first, second) => {
            let (reached, other) = split(world, state, test);
            let (mut yes, mut no) = split(world, &reached, first);
            let (more, less) = split(world, &other, second);
            yes.join(&more);
            no.join(&less);
            (yes, no)
        }
        _ => (leaf(world, state, condition, true), leaf(world, state, condition, false)),
    }
}

/// A condition's part, and whether it holds.
pub type Part<'e> = (&'e Expr, bool);

/// So many signs between its parts has a condition whose cases are looked at one by one.
const MOST_SIGNS: usize = 5;

/// The states in which a condition is true or false, one for each of its parts on which that can
/// hang, with the parts that are known there. Joined they are what [`refine`] gives; apart they
/// keep what the parts say together: where `a and b` is false, `b` is where `a` is true.
pub fn cases<'e>(
    world: &World<'_>,
    state: &State,
    (condition, truth): Part<'e>,
) -> Vec<(State, Vec<Part<'e>>)> {
    let mut found = match &condition.kind {
        ExprKind::Not(operand) => return cases(world, state, (operand, !truth)),
        _ if signs(condition) > MOST_SIGNS => Vec::new(),
        ExprKind::Binary(op @ (BinaryOp::And | BinaryOp::Or), left, right) => {
            let both = (*op == BinaryOp::And) == truth;
            let mut found = Vec::new();
            if !both {
                found = cases(world, state, (left, truth));
            }
            for (state, parts) in cases(world, state, (left, truth == both)) {
                for (state, more) in cases(world, &state, (right, truth)) {
                    found.push((state, parts.iter().copied().chain(more).collect()));
                }
            }
            found
        }
        _ => Vec::new(),
    };
    if found.is_empty() {
        found.push((refine(world, state, condition, truth), Vec::new()));
    }
    for (_, parts) in &mut found {
        parts.push((condition, truth));
    }
    found.retain(|(state, _)| state.is_live());
    found
}

/// How many `and` and `or` stand between the parts of a condition.
fn signs(condition: &Expr) -> usize {
    match &condition.kind {
        ExprKind::Not(operand) => signs(operand),
        ExprKind::Binary(BinaryOp::And | BinaryOp::Or, left, right) => {
            1 + signs(left) + signs(right)
        }
        _ => 0,
    }
}

fn leaf(world: &World<'_>, state: &State, condition: &Expr, truth: bool) -> State {
    match &condition.kind {
        ExprKind::Literal(Literal::Bool(value)) => dead_unless(state, *value == truth),
        ExprKind::PersonVerified | ExprKind::PersonKnown => {
            let mut next = state.clone();
            if let Some(fact) = fact(&condition.kind) {
                learn_fact(world, &mut next, fact, truth);
            }
            next
        }
        ExprKind::Binary(op, left, right) => compared(world, state, *op, (left, right), truth),
        ExprKind::IsBlank(operand) => refine_blank(world, state, operand, truth),
        ExprKind::In(operand, values) => one_of(world, state, operand, values, truth),
        ExprKind::Attr(attr) => {
            let mut next = state.clone();
            let mask = Abs::set(Content::Bool { no: !truth, yes: truth }, Origins::ANY);
            // A blank condition does not hold.
            learn(world, &mut next, *attr, &if truth { mask } else { mask.join(&Abs::ANY_BLANK) });
            next
        }
        _ => state.clone(),
    }
}

/// Learns what a condition says of an attribute, as far as that lasts: a summary that is not there
/// yet may come with the next Case, and take another one's place.
fn learn(world: &World<'_>, state: &mut State, attr: AttrId, mask: &Abs) {
    let impossible = !mask.may_be_set() && !state.read(attr).may_be_blank();
    if impossible || !world.comes_by_itself(attr) {
        state.learn(attr, mask);
    } else {
        state.learn(attr, &mask.join(&Abs::SET));
    }
    let value = state.read(attr);
    let read = !value.may_be_blank() && value.origins == Origins::SALESFORCE;
    if read && state.facts().can(Fact::Known, false) && world.attribute(attr).is_some_and(is_read) {
        learn_fact(world, state, Fact::Known, true);
    }
}

fn dead_unless(state: &State, possible: bool) -> State {
    if possible { state.clone() } else { State::dead() }
}

/// The state in which a fact holds, or does not.
pub fn refine_fact(world: &World<'_>, state: &State, fact: Fact, truth: bool) -> State {
    let mut next = state.clone();
    learn_fact(world, &mut next, fact, truth);
    next
}

fn learn_fact(world: &World<'_>, state: &mut State, fact: Fact, truth: bool) {
    state.learn_fact(fact, truth);
    let mask = match (fact, truth) {
        // A field that the org never leaves blank isn't, once it was read.
        (Fact::Known, true) => Abs { presence: Presence::BLANK.or(Presence::SET), ..Abs::ANY },
        // Nothing is read of anybody else.
        (Fact::Known | Fact::Verified, false) => {
            Abs { origins: Origins::ANY.without(Origins::SALESFORCE), ..Abs::ANY }
        }
        _ => return,
    };
    for (attr, attribute) in (0u32..).map(AttrId).zip(&world.program.attributes) {
        // A `let` that was given such a field was given it in the same conversation; a sign-in later
        // tells nothing of it.
        let given = attribute.space == Space::Let && !(truth && world.verifies);
        if is_read(attribute) || given {
            state.learn(attr, &mask);
        }
    }
}

fn compared(
    world: &World<'_>,
    state: &State,
    op: BinaryOp,
    (left, right): (&Expr, &Expr),
    truth: bool,
) -> State {
    match (op, truth) {
        (BinaryOp::Equal, _) => equal(world, state, left, right, truth),
        (BinaryOp::NotEqual, _) => equal(world, state, left, right, !truth),
        (BinaryOp::Less | BinaryOp::AtMost | BinaryOp::Greater | BinaryOp::AtLeast, _) => {
            ordered(world, state, op, (left, right), truth)
        }
        // Of blank these are false.
        (
            BinaryOp::Contains | BinaryOp::StartsWith | BinaryOp::EndsWith | BinaryOp::Matches,
            true,
        ) => refine_blank(world, state, left, false),
        _ => state.clone(),
    }
}

/// The state in which an expression is blank, or is set.
pub fn refine_blank(world: &World<'_>, state: &State, operand: &Expr, blank: bool) -> State {
    if !state.is_live() {
        return State::dead();
    }
    match &operand.kind {
        ExprKind::Attr(attr) => {
            let mut next = state.clone();
            learn(world, &mut next, *attr, if blank { &Abs::ANY_BLANK } else { &Abs::SET });
            next
        }
        ExprKind::Binary(BinaryOp::OrElse, left, right) => {
            let without = refine_blank(world, state, left, true);
            let mut next = refine_blank(world, &without, right, blank);
            if !blank {
                next.join(&refine_blank(world, state, left, false));
            }
            next
        }
        ExprKind::If(test, yes, no) => {
            let mut next = refine_blank(world, &refine(world, state, test, true), yes, blank);
            let other = refine(world, state, test, false);
            next.join(&refine_blank(world, &other, no, blank));
            next
        }
        // A pipe that leaves no room may make blank of a value.
        ExprKind::Pipe(Pipe::First(0 | 1) | Pipe::Last(0 | 1), _) if blank => state.clone(),
        ExprKind::Pipe(_, inner) if eval(world, state, inner).may_be_set() => {
            refine_blank(world, state, inner, blank)
        }
        ExprKind::Reveal(inner, _) => refine_blank(world, state, inner, blank),
        _ => {
            let value = eval(world, state, operand);
            let possible = if blank { value.may_be_blank() } else { value.may_be_set() };
            dead_unless(state, possible)
        }
    }
}

fn equal(world: &World<'_>, state: &State, left: &Expr, right: &Expr, truth: bool) -> State {
    match (&left.kind, &right.kind) {
        (_, ExprKind::Blank) => return refine_blank(world, state, left, truth),
        (ExprKind::Blank, _) => return refine_blank(world, state, right, truth),
        _ => {}
    }
    if by_meaning(&left.ty) || by_meaning(&right.ty) {
        return equal_by_meaning(world, state, (left, right), truth);
    }
    let right_value = eval_as(world, state, right, &left.ty);
    let next = equal_to(world, state, left, &right_value, truth);
    if !next.is_live() || !matches!(right.kind, ExprKind::Attr(_)) {
        return next;
    }
    let left_value = eval_as(world, &next, left, &right.ty);
    equal_to(world, &next, right, &left_value, truth)
}

/// Whether equality looks through how a value is written: that of addresses does not see case, that
/// of ids sees 15 characters.
fn by_meaning(ty: &Type) -> bool {
    matches!(ty, Type::Email(_) | Type::Id(_))
}

/// All that such an equality says is whether there are values at all.
fn equal_by_meaning(
    world: &World<'_>,
    state: &State,
    (left, right): (&Expr, &Expr),
    truth: bool,
) -> State {
    if !truth {
        return state.clone();
    }
    let mut next = State::dead();
    for blank in [true, false] {
        let one = refine_blank(world, state, left, blank);
        next.join(&refine_blank(world, &one, right, blank));
    }
    next
}

/// Learns that an expression equals a value, or does not.
pub fn equal_to(
    world: &World<'_>,
    state: &State,
    operand: &Expr,
    value: &Abs,
    truth: bool,
) -> State {
    if by_meaning(&operand.ty) {
        return match (truth, value.may_be_set(), value.may_be_blank()) {
            (true, true, false) | (false, false, true) => {
                refine_blank(world, state, operand, false)
            }
            (true, false, true) => refine_blank(world, state, operand, true),
            _ => state.clone(),
        };
    }
    let branches = match &operand.kind {
        ExprKind::Binary(BinaryOp::OrElse, first, second) => [
            (refine_blank(world, state, first, false), first),
            (refine_blank(world, state, first, true), second),
        ],
        ExprKind::If(test, first, second) => {
            let (yes, no) = split(world, state, test);
            [(yes, first), (no, second)]
        }
        ExprKind::Attr(attr) => return attr_equal_to(world, state, operand, *attr, (value, truth)),
        _ => return equal_by_value(world, state, operand, value, truth),
    };
    let mut next = State::dead();
    for (reached, branch) in branches {
        if reached.is_live() {
            let value = types::convert(value.clone(), &operand.ty, &branch.ty);
            next.join(&equal_to(world, &reached, branch, &value, truth));
        }
    }
    next
}

fn attr_equal_to(
    world: &World<'_>,
    state: &State,
    operand: &Expr,
    attr: AttrId,
    (value, truth): (&Abs, bool),
) -> State {
    // Values of another type compare as this one does.
    let value = types::convert(value.clone(), &operand.ty, world.ty(attr));
    let mut next = state.clone();
    if truth {
        let mut mask = value.by(Origins::ANY);
        if mask.may_be_blank() {
            mask = mask.join(&Abs::ANY_BLANK);
        }
        learn(world, &mut next, attr, &loose(mask));
    } else if let Some(mask) = other_than(world, attr, &value) {
        learn(world, &mut next, attr, &mask);
    } else if let (Content::Number(of), Content::Number(not), true) =
        (&state.read(attr).content, &value.content, single(&value))
    {
        let mask = Abs::set(Content::Number(Arc::new(beside(of, not.low))), Origins::ANY);
        learn(world, &mut next, attr, &mask.join(&Abs::ANY_BLANK));
    }
    next
}

/// A range without a number at one of its ends.
fn beside(range: &Range, number: Decimal) -> Range {
    let mut rest = range.clone();
    if range.low == number {
        rest.low = above(number, range.scale);
    }
    if range.high == number {
        rest.high = -above(-number, range.scale);
    }
    rest
}

/// The next number of so many digits behind the point; the number itself where it has more.
fn above(number: Decimal, scale: u32) -> Decimal {
    const MOST: u32 = 18;
    if scale > MOST || number.normalize().scale() > scale {
        return number;
    }
    number.checked_add(Decimal::new(1, scale)).unwrap_or(number)
}

fn equal_by_value(
    world: &World<'_>,
    state: &State,
    operand: &Expr,
    value: &Abs,
    truth: bool,
) -> State {
    let mine = eval(world, state, operand);
    if truth {
        let blank = if value.may_be_blank() { Abs::ANY_BLANK } else { Abs::NEVER };
        let common = mine.meet(&loose(value.clone().by(Origins::ANY)).join(&blank));
        if common.is_never() {
            return State::dead();
        }
        if !common.may_be_blank() {
            return refine_blank(world, state, operand, false);
        }
    } else if single(&mine) && single(value) && mine.content == value.content {
        return State::dead();
    }
    state.clone()
}

/// Equality of numbers does not look at the digits behind the point, nor that of texts at more than
/// the text itself.
fn loose(mut mask: Abs) -> Abs {
    if let Content::Number(range) = &mask.content {
        let scale = Decimal::MAX_SCALE;
        mask.content = Content::Number(Arc::new(Range { scale, ..(**range).clone() }));
    }
    mask
}

/// Whether exactly one value is possible.
pub(crate) fn single(value: &Abs) -> bool {
    if value.may_be_blank() {
        return false;
    }
    match &value.content {
        Content::Text(Text { one, .. }) => one.is_some(),
        Content::Number(range) => range.low == range.high,
        Content::Bool { no, yes } => no != yes,
        Content::List(set) => set.single().is_some(),
        Content::Nothing | Content::Any => false,
    }
}

/// Everything but one value, where that can be said.
fn other_than(world: &World<'_>, attr: AttrId, value: &Abs) -> Option<Abs> {
    if !value.may_be_set() {
        return Some(Abs::SET);
    }
    if !single(value) {
        return None;
    }
    let content = match (&value.content, world.ty(attr)) {
        (Content::List(set), Type::List(list)) => {
            Content::List(types::all_values(list).with_others(true).minus(set))
        }
        (Content::Bool { no, yes }, _) => Content::Bool { no: !no, yes: !yes },
        _ => return None,
    };
    Some(Abs::set(content, Origins::ANY).join(&Abs::ANY_BLANK))
}

fn one_of(
    world: &World<'_>,
    state: &State,
    operand: &Expr,
    values: &[Literal],
    truth: bool,
) -> State {
    let all =
        values.iter().fold(Abs::NEVER, |all, value| all.join(&types::literal(value, &operand.ty)));
    if all.is_never() {
        return dead_unless(state, !truth);
    }
    if truth {
        return equal_to(world, state, operand, &all, true);
    }
    let (ExprKind::Attr(attr), Content::List(set)) = (&operand.kind, &all.content) else {
        return state.clone();
    };
    let Type::List(list) = world.ty(*attr) else { return state.clone() };
    let mut next = state.clone();
    learn(world, &mut next, *attr, &unlisted_or_blank(list, set));
    next
}

fn unlisted_or_blank(list: &ListType, without: &ValueSet) -> Abs {
    let rest = types::all_values(list).with_others(true).minus(without);
    Abs::set(Content::List(rest), Origins::ANY).join(&Abs::ANY_BLANK)
}

fn ordered(
    world: &World<'_>,
    state: &State,
    op: BinaryOp,
    (left, right): (&Expr, &Expr),
    truth: bool,
) -> State {
    let sides = |state: &State, left, right| ordered(world, state, op, (left, right), truth);
    match (&left.kind, &right.kind) {
        _ if !state.is_live() => State::dead(),
        (ExprKind::Binary(BinaryOp::OrElse, first, second), _) => {
            either(world, state, (first, second), |state, taken| sides(state, taken, right))
        }
        (_, ExprKind::Binary(BinaryOp::OrElse, first, second)) => {
            either(world, state, (first, second), |state, taken| sides(state, left, taken))
        }
        _ => in_order(world, state, op, (left, right), truth),
    }
}

/// What is learnt of `first ?? second`, by what is learnt of the one that is taken.
fn either<'e>(
    world: &World<'_>,
    state: &State,
    (first, second): (&'e Expr, &'e Expr),
    learnt: impl Fn(&State, &'e Expr) -> State,
) -> State {
    let mut next = learnt(&refine_blank(world, state, first, false), first);
    next.join(&learnt(&refine_blank(world, state, first, true), second));
    next
}

fn in_order(
    world: &World<'_>,
    state: &State,
    op: BinaryOp,
    (left, right): (&Expr, &Expr),
    truth: bool,
) -> State {
    let mut next = state.clone();
    let (a, b) = (eval(world, state, left), eval(world, state, right));
    let blank = a.may_be_blank() || b.may_be_blank();
    let (Content::Number(a), Content::Number(b)) = (&a.content, &b.content) else {
        return if truth { set_both(world, state, left, right) } else { next };
    };
    let up = matches!(op, BinaryOp::Less | BinaryOp::AtMost) == truth;
    let strict = matches!(op, BinaryOp::Less | BinaryOp::Greater) == truth;
    let (low, high) = if up { (a.low, b.high) } else { (b.low, a.high) };
    if (low > high || strict && low == high) && (truth || !blank) {
        return State::dead();
    }
    let any = Range::any();
    let over = |low, scale| if strict { above(low, scale) } else { low };
    let under = |high: Decimal, scale| if strict { -above(-high, scale) } else { high };
    // The left one lies below the right one's top, or above its bottom; and the other way round.
    let (for_left, for_right) = if up {
        let (high, low) = (under(b.high, a.scale), over(a.low, b.scale));
        (Range { high, ..any.clone() }, Range { low, ..any })
    } else {
        let (low, high) = (over(b.low, a.scale), under(a.high, b.scale));
        (Range { low, ..any.clone() }, Range { high, ..any })
    };
    for (side, range) in [(left, for_left), (right, for_right)] {
        let Some((attr, range)) = moved(world, state, side, range) else { continue };
        let mask = Abs::set(Content::Number(Arc::new(range)), Origins::ANY);
        learn(world, &mut next, attr, &if truth { mask } else { mask.join(&Abs::ANY_BLANK) });
    }
    if truth { set_both(world, &next, left, right) } else { next }
}

/// An order that holds is one between two values.
fn set_both(world: &World<'_>, state: &State, left: &Expr, right: &Expr) -> State {
    refine_blank(world, &refine_blank(world, state, left, false), right, false)
}

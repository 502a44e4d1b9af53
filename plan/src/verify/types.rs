//! Expressions: bounds, order, types, size.

use jiff::tz::TimeZone;
use regex::Regex;

use super::{MAX_COST, MAX_DEPTH, Verified, refuse, whole_pattern, within};
use crate::model::{Arithmetic, Comparison, ConstId, Expr, ExprId, Pipe, Plan};
use crate::value::{Value, ValueType};
use crate::zone;

const TABLE: &str = "expression";
/// The most digits that a number has behind the point.
const MAX_SCALE: u32 = 28;

/// What is known of each expression, and the patterns and time zones by constant.
pub(super) struct Types {
    pub(super) types: Vec<Option<ValueType>>,
    pub(super) patterns: Vec<Option<Regex>>,
    pub(super) zones: Vec<Option<TimeZone>>,
}

impl Types {
    /// Nothing is known of any expression.
    pub(super) fn unknown(plan: &Plan) -> Self {
        let (expressions, constants) = (plan.expressions.len(), plan.constants.len());
        Self {
            types: vec![None; expressions],
            patterns: vec![None; constants],
            zones: vec![None; constants],
        }
    }
}

/// A type; `None` where the expression is always blank.
type Ty = Option<ValueType>;

pub(super) fn check(plan: &Plan) -> Verified<Types> {
    let mut checker = Checker {
        plan,
        at: 0,
        types: Vec::with_capacity(plan.expressions.len()),
        patterns: vec![None; plan.constants.len()],
        zones: vec![None; plan.constants.len()],
    };
    let mut sizes: Vec<(u32, u64)> = Vec::with_capacity(plan.expressions.len());
    for (at, expression) in plan.expressions.iter().enumerate() {
        checker.at = at;
        let mut depth = 0;
        let mut cost = 1u64;
        for operand in expression.operands() {
            let Some((below, work)) = sizes.get(operand.index()) else {
                let what = format!("operand {} does not stand before it", operand.0);
                return refuse("plan.order", TABLE, at, what);
            };
            depth = depth.max(*below);
            cost = cost.saturating_add(*work);
        }
        if depth >= MAX_DEPTH {
            return refuse("plan.depth", TABLE, at, format!("deeper than {MAX_DEPTH} levels"));
        }
        if cost > MAX_COST {
            return refuse("plan.cost", TABLE, at, format!("more than {MAX_COST} evaluations"));
        }
        sizes.push((depth + 1, cost));
        let ty = checker.ty(expression)?;
        checker.types.push(ty);
    }
    Ok(Types { types: checker.types, patterns: checker.patterns, zones: checker.zones })
}

/// Refuses unless an expression exists and its values fit a place.
pub(super) fn expect(
    types: &[Ty],
    table: &str,
    at: usize,
    id: ExprId,
    fits: impl Fn(ValueType) -> bool,
) -> Verified {
    within(table, at, id.0, types.len(), TABLE)?;
    match types[id.index()] {
        Some(ty) if !fits(ty) => {
            refuse("plan.type", table, at, format!("{TABLE} {} is {}", id.0, name(ty)))
        }
        _ => Ok(()),
    }
}

/// A type's name in messages and listings.
pub(crate) fn name(ty: ValueType) -> &'static str {
    match ty {
        ValueType::Text => "text",
        ValueType::Email => "email",
        ValueType::Id => "id",
        ValueType::Number => "number",
        ValueType::Bool => "bool",
        ValueType::Date => "date",
        ValueType::DateTime => "datetime",
        ValueType::Time => "time",
        ValueType::Duration => "duration",
        ValueType::Many => "multi list",
    }
}

struct Checker<'a> {
    plan: &'a Plan,
    at: usize,
    types: Vec<Ty>,
    patterns: Vec<Option<Regex>>,
    zones: Vec<Option<TimeZone>>,
}

impl Checker<'_> {
    fn ty(&mut self, expression: &Expr) -> Verified<Ty> {
        let bool = Ok(Some(ValueType::Bool));
        match expression {
            Expr::Const(id) => Ok(Some(self.constant(*id)?.ty())),
            Expr::Blank => Ok(None),
            Expr::Attr(id) => {
                within(TABLE, self.at, id.0, self.plan.attributes.len(), "attribute")?;
                Ok(Some(self.plan.attributes[id.index()].ty))
            }
            Expr::Now => Ok(Some(ValueType::DateTime)),
            Expr::PersonVerified | Expr::PersonKnown => bool,
            Expr::Not(one) => self.all(&[*one], is_bool).and(bool),
            Expr::And(left, right) | Expr::Or(left, right) => {
                self.all(&[*left, *right], is_bool).and(bool)
            }
            Expr::IsBlank(_) => bool,
            Expr::Compare(comparison, left, right) => {
                self.comparison(*comparison, *left, *right).and(bool)
            }
            Expr::In(one, values) => self.membership(*one, values).and(bool),
            Expr::Contains(whole, part) => {
                self.all(&[*part], ValueType::is_text)?;
                self.all(&[*whole], |ty| ty.is_text() || ty == ValueType::Many).and(bool)
            }
            Expr::StartsWith(whole, part) | Expr::EndsWith(whole, part) => {
                self.all(&[*whole, *part], ValueType::is_text).and(bool)
            }
            Expr::Matches(one, pattern) => self.matches(*one, *pattern).and(bool),
            Expr::OrElse(left, right) => self.unify(*left, *right),
            Expr::Arithmetic(operation, left, right) => self.arithmetic(*operation, *left, *right),
            Expr::If(condition, then, otherwise) => {
                self.all(&[*condition], is_bool)?;
                self.unify(*then, *otherwise)
            }
            Expr::Join(parts) => self.all(parts, ValueType::is_text).and(Ok(Some(ValueType::Text))),
            Expr::Pipe(pipe, operand) => self.pipe(*pipe, *operand),
            Expr::InHours(instant, hours) => {
                within(TABLE, self.at, hours.0, self.plan.hours.len(), "hours")?;
                self.all(&[*instant], |ty| ty == ValueType::DateTime).and(bool)
            }
        }
    }

    fn of(&self, id: ExprId) -> Ty {
        self.types[id.index()]
    }

    fn constant(&self, id: ConstId) -> Verified<&Value> {
        within(TABLE, self.at, id.0, self.plan.constants.len(), "constant")?;
        Ok(&self.plan.constants[id.index()])
    }

    fn all(&self, operands: &[ExprId], fits: impl Fn(ValueType) -> bool) -> Verified {
        operands.iter().try_for_each(|id| expect(&self.types, TABLE, self.at, *id, &fits))
    }

    fn unify(&self, left: ExprId, right: ExprId) -> Verified<Ty> {
        match (self.of(left), self.of(right)) {
            (None, other) | (other, None) => Ok(other),
            (Some(left), Some(right)) if left == right => Ok(Some(left)),
            (Some(left), Some(right)) if left.fits(right) => Ok(Some(ValueType::Text)),
            (Some(left), Some(right)) => {
                let what = format!("{} and {} do not go together", name(left), name(right));
                refuse("plan.type", TABLE, self.at, what)
            }
        }
    }

    fn comparison(&self, comparison: Comparison, left: ExprId, right: ExprId) -> Verified {
        let common = self.unify(left, right)?;
        match (comparison, common) {
            (Comparison::Equal | Comparison::NotEqual, _) | (_, None) => Ok(()),
            (_, Some(ty)) if ty.is_ordered() => Ok(()),
            (_, Some(ty)) => {
                refuse("plan.type", TABLE, self.at, format!("{} has no order", name(ty)))
            }
        }
    }

    fn membership(&self, one: ExprId, values: &[ConstId]) -> Verified {
        for value in values {
            let value = self.constant(*value)?.ty();
            self.all(&[one], |ty| ty.fits(value))?;
        }
        Ok(())
    }

    fn matches(&mut self, one: ExprId, pattern: ConstId) -> Verified {
        self.all(&[one], ValueType::is_text)?;
        let Value::Text(text) = self.constant(pattern)? else {
            return refuse("plan.type", TABLE, self.at, "the pattern is no text");
        };
        if self.patterns[pattern.index()].is_none() {
            self.patterns[pattern.index()] = Some(whole_pattern(TABLE, self.at, text)?);
        }
        Ok(())
    }

    fn arithmetic(&self, operation: Arithmetic, left: ExprId, right: ExprId) -> Verified<Ty> {
        use ValueType::{Date, DateTime, Duration, Number};
        let additive = matches!(operation, Arithmetic::Add | Arithmetic::Subtract);
        match (self.of(left), self.of(right)) {
            (None, other) | (other, None) => Ok(other),
            (Some(Number), Some(Number)) => Ok(Some(Number)),
            (Some(Duration), Some(Duration)) if additive => Ok(Some(Duration)),
            (Some(DateTime), Some(Duration)) if additive => Ok(Some(DateTime)),
            (Some(Date), Some(Duration)) if additive => Ok(Some(Date)),
            (Some(DateTime), Some(DateTime)) | (Some(Date), Some(Date))
                if operation == Arithmetic::Subtract =>
            {
                Ok(Some(Duration))
            }
            (Some(left), Some(right)) => {
                let what = format!("no such arithmetic of {} and {}", name(left), name(right));
                refuse("plan.type", TABLE, self.at, what)
            }
        }
    }

    fn pipe(&mut self, pipe: Pipe, operand: ExprId) -> Verified<Ty> {
        match pipe {
            Pipe::Text => Ok(self.of(operand).and(Some(ValueType::Text))),
            Pipe::Round(digits) if digits > MAX_SCALE => {
                refuse("plan.bounds", TABLE, self.at, format!("{digits} digits"))
            }
            Pipe::Round(_) => {
                self.all(&[operand], |ty| ty == ValueType::Number)?;
                Ok(self.of(operand))
            }
            Pipe::DateIn(zone) => {
                self.crossing(zone, operand, ValueType::DateTime, ValueType::Date)
            }
            Pipe::TimeIn(zone) => {
                self.crossing(zone, operand, ValueType::DateTime, ValueType::Time)
            }
            Pipe::DateTimeIn(zone) => {
                self.crossing(zone, operand, ValueType::Date, ValueType::DateTime)
            }
            Pipe::Label(list) => {
                within(TABLE, self.at, list.0, self.plan.lists.len(), "list")?;
                self.all(&[operand], |ty| ty.is_text() || ty == ValueType::Many)?;
                Ok(self.of(operand).and(Some(ValueType::Text)))
            }
            Pipe::Reveal(reason) => {
                if !matches!(self.constant(reason)?, Value::Text(_)) {
                    return refuse("plan.type", TABLE, self.at, "the reason is no text");
                }
                self.all(&[operand], ValueType::is_text)?;
                Ok(self.of(operand).and(Some(ValueType::Text)))
            }
            Pipe::Lower
            | Pipe::Upper
            | Pipe::Trim
            | Pipe::First(_)
            | Pipe::Last(_)
            | Pipe::Mask => {
                self.all(&[operand], ValueType::is_text)?;
                Ok(self.of(operand).and(Some(ValueType::Text)))
            }
        }
    }
}

impl Checker<'_> {
    /// From an instant to a day or a time of day of a zone, or back.
    fn crossing(
        &mut self,
        zone: ConstId,
        operand: ExprId,
        from: ValueType,
        to: ValueType,
    ) -> Verified<Ty> {
        self.all(&[operand], |ty| ty == from)?;
        let Value::Text(name) = self.constant(zone)? else {
            return refuse("plan.type", TABLE, self.at, "the time zone is no text");
        };
        let Some(found) = zone::zone(name) else {
            return refuse("plan.zone", TABLE, self.at, format!("no time zone is called `{name}`"));
        };
        self.zones[zone.index()] = Some(found);
        Ok(self.of(operand).and(Some(to)))
    }
}

fn is_bool(ty: ValueType) -> bool {
    ty == ValueType::Bool
}

//! Expressions in the words of Tide.

use std::fmt::Write;

use crate::model::{Arithmetic, Comparison, ConstId, Expr, ExprId, Pipe, Plan};
use crate::value::Value;

/// How tightly an expression holds together; one of a looser kind stands in parentheses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tightness {
    If,
    Pipe,
    Or,
    And,
    Not,
    Comparison,
    OrElse,
    Sum,
    Product,
    Atom,
}

/// An expression as Tide would write it.
pub(crate) fn expression(plan: &Plan, id: ExprId) -> String {
    at_least(plan, id, Tightness::If)
}

fn at_least(plan: &Plan, id: ExprId, wanted: Tightness) -> String {
    let (tightness, text) = words(plan, &plan.expressions[id.index()]);
    if tightness < wanted { format!("({text})") } else { text }
}

fn words(plan: &Plan, expression: &Expr) -> (Tightness, String) {
    use Tightness as T;
    let inner = |id: &ExprId, wanted| at_least(plan, *id, wanted);
    let value = |id: &ConstId| constant(&plan.constants[id.index()]);
    let binary = |own: T, tighter: T, word: &str, left: &ExprId, right: &ExprId| {
        (own, format!("{} {word} {}", inner(left, own), inner(right, tighter)))
    };
    match expression {
        Expr::Const(id) => (T::Atom, value(id)),
        Expr::Blank => (T::Atom, "blank".to_owned()),
        Expr::Attr(attr) => (T::Atom, plan.attributes[attr.index()].path()),
        Expr::Now => (T::Atom, "now".to_owned()),
        Expr::PersonVerified => (T::Comparison, "person is verified".to_owned()),
        Expr::PersonKnown => (T::Comparison, "person is known".to_owned()),
        Expr::Not(one) => match &plan.expressions[one.index()] {
            Expr::IsBlank(one) => (T::Comparison, format!("{} is set", inner(one, T::OrElse))),
            _ => (T::Not, format!("not {}", inner(one, T::Not))),
        },
        Expr::And(left, right) => binary(T::And, T::Not, "and", left, right),
        Expr::Or(left, right) => binary(T::Or, T::And, "or", left, right),
        Expr::IsBlank(one) => (T::Comparison, format!("{} is blank", inner(one, T::OrElse))),
        Expr::Compare(comparison, left, right) => {
            compared(plan, symbol(*comparison), *left, *right)
        }
        Expr::In(one, values) => {
            let values: Vec<String> = values.iter().map(value).collect();
            (T::Comparison, format!("{} in [{}]", inner(one, T::OrElse), values.join(", ")))
        }
        Expr::Contains(left, right) => compared(plan, "contains", *left, *right),
        Expr::StartsWith(left, right) => compared(plan, "starts with", *left, *right),
        Expr::EndsWith(left, right) => compared(plan, "ends with", *left, *right),
        Expr::Matches(one, pattern) => {
            let pattern = plan.constants[pattern.index()].to_text();
            (T::Comparison, format!("{} matches '{pattern}'", inner(one, T::OrElse)))
        }
        Expr::OrElse(left, right) => binary(T::OrElse, T::OrElse, "??", left, right),
        Expr::Arithmetic(operation, left, right) => match operation {
            Arithmetic::Add => binary(T::Sum, T::Product, "+", left, right),
            Arithmetic::Subtract => binary(T::Sum, T::Product, "-", left, right),
            Arithmetic::Multiply => binary(T::Product, T::Atom, "*", left, right),
            Arithmetic::Divide => binary(T::Product, T::Atom, "/", left, right),
        },
        Expr::If(condition, then, otherwise) => {
            let (condition, then) = (inner(condition, T::Pipe), inner(then, T::Pipe));
            (T::If, format!("if {condition} then {then} else {}", inner(otherwise, T::If)))
        }
        Expr::Join(parts) => (T::Atom, template(plan, parts)),
        Expr::InHours(one, hours) => {
            let name = &plan.hours[hours.index()].name;
            (T::Comparison, format!("{} in {name}", inner(one, T::OrElse)))
        }
        Expr::Pipe(pipe, one) => {
            (T::Pipe, format!("{} | {}", inner(one, T::Pipe), pipe_name(plan, *pipe)))
        }
    }
}

fn compared(plan: &Plan, word: &str, left: ExprId, right: ExprId) -> (Tightness, String) {
    let side = |id| at_least(plan, id, Tightness::OrElse);
    (Tightness::Comparison, format!("{} {word} {}", side(left), side(right)))
}

fn symbol(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "==",
        Comparison::NotEqual => "!=",
        Comparison::Less => "<",
        Comparison::AtMost => "<=",
        Comparison::Greater => ">",
        Comparison::AtLeast => ">=",
    }
}

fn pipe_name(plan: &Plan, pipe: Pipe) -> String {
    let named = |id: ConstId| constant(&plan.constants[id.index()]);
    match pipe {
        Pipe::Lower => "lower".to_owned(),
        Pipe::Upper => "upper".to_owned(),
        Pipe::Trim => "trim".to_owned(),
        Pipe::First(count) => format!("first {count}"),
        Pipe::Last(count) => format!("last {count}"),
        Pipe::Mask => "mask".to_owned(),
        Pipe::Text => "text".to_owned(),
        Pipe::Label(_) => "label".to_owned(),
        Pipe::Round(digits) => format!("round {digits}"),
        Pipe::DateIn(zone) => format!("date in {}", named(zone)),
        Pipe::TimeIn(zone) => format!("time in {}", named(zone)),
        Pipe::DateTimeIn(zone) => format!("datetime in {}", named(zone)),
        Pipe::Reveal(reason) => format!("reveal {}", named(reason)),
    }
}

fn template(plan: &Plan, parts: &[ExprId]) -> String {
    let mut text = String::from("\"");
    for part in parts {
        match &plan.expressions[part.index()] {
            Expr::Const(id) => escape(&mut text, &plan.constants[id.index()].to_text()),
            _ => {
                let _ = write!(text, "{{{}}}", expression(plan, *part));
            }
        }
    }
    text.push('"');
    text
}

/// A text in quotes, with escapes.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    escape(&mut quoted, text);
    quoted.push('"');
    quoted
}

fn escape(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '"' | '\\' | '{' | '}' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            other => out.push(other),
        }
    }
}

/// A literal; text in quotes, several values in brackets.
pub(crate) fn constant(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Many(values) => {
            let values: Vec<String> = values.iter().map(|one| quoted(one)).collect();
            format!("[{}]", values.join(", "))
        }
        other => other.to_text().into_owned(),
    }
}

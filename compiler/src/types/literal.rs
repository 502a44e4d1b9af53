//! Literals: what they are worth, and whether one fits where it stands.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rust_decimal::Decimal;
use tidegate_diagnostics::codes;
use tidegate_plan::value::Value;

use crate::finding::Finding;
use crate::hir::{Literal, Type};
use crate::source::Loc;
use crate::syntax::ast;
use crate::types::{lists, words};

/// What an expression is worth as a literal.
pub(crate) enum Read {
    /// A literal.
    Literal(Literal),
    /// A number of more digits than arithmetic is exact for.
    TooLong,
    /// Something else.
    Other,
}

/// Reads a literal.
pub(crate) fn read(expr: &ast::Expr) -> Read {
    match &expr.kind {
        ast::ExprKind::Text(text) => Read::Literal(Literal::Text(text.clone())),
        ast::ExprKind::Bool(value) => Read::Literal(Literal::Bool(*value)),
        ast::ExprKind::Duration(ms) => Read::Literal(Literal::Duration(*ms)),
        ast::ExprKind::Number(digits) => match Decimal::from_str_exact(digits) {
            Ok(number) => Read::Literal(Literal::Number(number)),
            Err(_) => Read::TooLong,
        },
        _ => Read::Other,
    }
}

/// A number that arithmetic is not exact for.
pub(crate) fn too_long(at: Loc) -> Finding {
    Finding::new(codes::NUMBER_MISFIT, at, "this number has too many digits")
        .help("write at most 28 digits")
}

/// Reads a literal where nothing else may stand.
///
/// # Errors
///
/// The finding; `None` where the expression is missing, which has been reported.
pub(crate) fn expect(expr: &ast::Expr, at: Loc) -> Result<Literal, Option<Box<Finding>>> {
    match read(expr) {
        Read::Literal(literal) => Ok(literal),
        Read::TooLong => Err(Some(Box::new(too_long(at)))),
        Read::Other if matches!(expr.kind, ast::ExprKind::Missing) => Err(None),
        Read::Other => Err(Some(Box::new(
            Finding::new(codes::LITERAL_EXPECTED, at, "only a fixed value can stand here")
                .help("write a text in quotes, a number, `true` or `false`"),
        ))),
    }
}

/// What a literal is worth at run time in a place of a type; `None` for blank.
pub(crate) fn value(literal: &Literal, ty: &Type) -> Option<Value> {
    Some(match literal {
        Literal::Text(text) if text.trim().is_empty() => return None,
        Literal::Text(text) if matches!(ty, Type::MultiList(_)) => Value::Many(vec![text.clone()]),
        Literal::Text(text) if is_moment(ty) => return moment(text, ty),
        Literal::Text(text) => Value::Text(text.clone()),
        Literal::Number(number) => Value::Number(*number),
        Literal::Bool(value) => Value::Bool(*value),
        Literal::Duration(ms) => Value::Duration(i64::try_from(*ms).unwrap_or(i64::MAX)),
    })
}

/// Whether a type's values are days, times of day or instants, which are written in quotes.
pub(crate) fn is_moment(ty: &Type) -> bool {
    matches!(ty, Type::Date | Type::Time | Type::DateTime)
}

/// The day, time of day or instant that a text names.
fn moment(text: &str, ty: &Type) -> Option<Value> {
    match ty {
        Type::Date => text.parse::<Date>().ok().filter(|day| day.year() > 0).map(Value::Date),
        Type::Time => text.parse::<Time>().ok().map(Value::Time),
        _ => text.parse::<Timestamp>().ok().map(Value::DateTime),
    }
}

/// The type of a literal by itself.
pub(crate) fn type_of(literal: &Literal) -> Type {
    match literal {
        Literal::Text(text) => Type::Text(u32::try_from(text.encode_utf16().count()).ok()),
        Literal::Number(number) => {
            let (precision, scale) = digits(*number);
            Type::Number { precision, scale }
        }
        Literal::Bool(_) => Type::Bool,
        Literal::Duration(_) => Type::Duration,
    }
}

fn digits(number: Decimal) -> (u32, u32) {
    let number = number.normalize();
    let scale = number.scale();
    let all = number.mantissa().unsigned_abs().to_string().len();
    let all = u32::try_from(all).unwrap_or(u32::MAX);
    (all.max(scale), scale)
}

/// Checks a literal against the type of its place, which `place` names: "`Case.Priority`".
///
/// # Errors
///
/// The finding.
pub(crate) fn fit(literal: &Literal, at: Loc, to: &Type, place: &str) -> Result<(), Box<Finding>> {
    let fits = match (literal, to) {
        (_, Type::Error) => true,
        (Literal::Text(text), Type::List(list) | Type::MultiList(list)) => {
            return lists::check_value(list, text, at);
        }
        (Literal::Text(_), Type::Text(_) | Type::Phone(_) | Type::Url(_)) => true,
        (Literal::Text(text), Type::Email(_)) => looks_like_email(text),
        (Literal::Text(text), Type::Id(_)) => looks_like_id(text),
        (Literal::Text(text), ty) if is_moment(ty) => moment(text, ty).is_some(),
        (Literal::Number(number), Type::Number { precision, scale }) => {
            return fit_number(*number, at, *precision, *scale, place);
        }
        (Literal::Bool(_), Type::Bool) | (Literal::Duration(_), Type::Duration) => true,
        _ => false,
    };
    if fits {
        return Ok(());
    }
    let finding = Finding::new(
        codes::WRONG_TYPE,
        at,
        format!("{place} holds {}, not {}", words::describe(to), written(literal)),
    );
    Err(Box::new(match hint(literal, to) {
        Some(help) => finding.help(help),
        None => finding,
    }))
}

fn fit_number(
    number: Decimal,
    at: Loc,
    precision: u32,
    scale: u32,
    place: &str,
) -> Result<(), Box<Finding>> {
    let (its_precision, its_scale) = digits(number);
    let whole = its_precision.saturating_sub(its_scale);
    if its_scale <= scale && (number.trunc().is_zero() || whole <= precision.saturating_sub(scale))
    {
        return Ok(());
    }
    let to = Type::Number { precision, scale };
    let message = format!("`{number}` does not fit {place}, which holds {}", words::describe(&to));
    let finding = Finding::new(codes::NUMBER_MISFIT, at, message);
    Err(Box::new(if its_scale > scale {
        let rounded = number
            .round_dp_with_strategy(scale, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
        finding.help(format!("write `{rounded}`, or give it more digits behind the point"))
    } else {
        finding.help("write a smaller number")
    }))
}

fn looks_like_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !text.contains(char::is_whitespace)
    })
}

fn looks_like_id(text: &str) -> bool {
    matches!(text.len(), 15 | 18) && text.chars().all(|character| character.is_ascii_alphanumeric())
}

fn written(literal: &Literal) -> &'static str {
    match literal {
        Literal::Text(_) => "this text",
        Literal::Number(_) => "a number",
        Literal::Bool(_) => "yes or no",
        Literal::Duration(_) => "a span of time",
    }
}

fn hint(literal: &Literal, to: &Type) -> Option<String> {
    match (literal, to) {
        (Literal::Number(_) | Literal::Bool(_), Type::Text(_)) => {
            Some("write it in quotes".to_owned())
        }
        (Literal::Number(_) | Literal::Bool(_), Type::List(list)) => {
            Some(format!("write one of {}", lists::offered(list)))
        }
        (Literal::Text(text), Type::Number { .. }) if Decimal::from_str_exact(text).is_ok() => {
            Some("write it without quotes".to_owned())
        }
        (Literal::Text(_), Type::Number { .. }) => {
            Some("write a number, without quotes".to_owned())
        }
        (_, Type::Date) => Some("write it as `\"2026-11-22\"`".to_owned()),
        (_, Type::Time) => Some("write it as `\"10:30\"`".to_owned()),
        (_, Type::DateTime) => Some("write it as `\"2026-11-22T10:30:00Z\"`".to_owned()),
        (Literal::Text(_), Type::Bool) => Some("write `true` or `false`".to_owned()),
        (Literal::Text(_), Type::Id(_)) => Some("an id has 15 or 18 letters and digits".to_owned()),
        _ => None,
    }
}

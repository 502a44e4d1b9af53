//! Types in the user's words.

use crate::hir::Type;
use crate::types::table::ANY_OBJECT;

/// The type as a message names it: "a number with 2 digits behind the point".
pub(crate) fn describe(ty: &Type) -> String {
    match ty {
        Type::Text(_) => "text".to_owned(),
        Type::Number { scale: 0, precision } => {
            format!("a whole number of {}", digits(*precision))
        }
        Type::Number { precision, scale } => format!(
            "a number with {} before and {} behind the point",
            digits(precision.saturating_sub(*scale)),
            digits(*scale)
        ),
        Type::Bool => "yes or no".to_owned(),
        Type::Date => "a date".to_owned(),
        Type::DateTime => "a date with a time".to_owned(),
        Type::Time => "a time of day".to_owned(),
        Type::Duration => "a span of time".to_owned(),
        Type::Email(_) => "an e-mail address".to_owned(),
        Type::Phone(_) => "a telephone number".to_owned(),
        Type::Url(_) => "a web address".to_owned(),
        Type::List(list) => format!("a value of the list `{}`", list.name),
        Type::MultiList(list) => format!("several values of the list `{}`", list.name),
        Type::Id(object) if object == ANY_OBJECT => "the id of a record".to_owned(),
        Type::Id(object) => format!("the id of a `{object}`"),
        Type::Opaque => "a compound value".to_owned(),
        Type::Blank => "`blank`".to_owned(),
        Type::Error => "something unknown".to_owned(),
    }
}

fn digits(count: u32) -> String {
    match count {
        0 => "no digits".to_owned(),
        1 => "1 digit".to_owned(),
        _ => format!("{count} digits"),
    }
}

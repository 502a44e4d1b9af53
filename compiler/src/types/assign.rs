//! What may be put into what.

use crate::hir::Type;
use crate::types::lists;
use crate::types::table::ANY_OBJECT;

/// Why a value does not fit into a place.
pub(crate) enum Misfit {
    /// The types have nothing to do with each other.
    Kind,
    /// Free text into a list.
    TextIntoList,
    /// A list with values that the place refuses.
    Values(Vec<String>),
    /// A list that may hold values which the org alone knows, into one that is restricted.
    OpenList,
    /// It has to be made text first.
    NeedsText,
}

/// Whether a value of type `from`, which is no literal, fits into a place of type `to`.
///
/// How long texts and how large numbers are is the flow's business.
pub(crate) fn assignable(from: &Type, to: &Type) -> Result<(), Misfit> {
    match (from, to) {
        (Type::Error | Type::Blank, _) | (_, Type::Error) => Ok(()),
        (from, Type::Text(_)) => into_text(from),
        (Type::Text(_), Type::Phone(_) | Type::Url(_)) => Ok(()),
        (Type::Text(_), Type::List(_) | Type::MultiList(_)) => Err(Misfit::TextIntoList),
        (Type::Email(_), Type::Email(_))
        | (Type::Phone(_), Type::Phone(_))
        | (Type::Url(_), Type::Url(_))
        | (Type::Bool, Type::Bool)
        | (Type::Date, Type::Date)
        | (Type::DateTime, Type::DateTime)
        | (Type::Time, Type::Time)
        | (Type::Duration, Type::Duration) => Ok(()),
        (Type::Id(from), Type::Id(to)) if from == to || from == ANY_OBJECT || to == ANY_OBJECT => {
            Ok(())
        }
        (Type::MultiList(from), Type::MultiList(to)) | (Type::List(from), Type::List(to)) => {
            let misfits = lists::misfits(from, to);
            if to.open || from == to {
                Ok(())
            } else if !misfits.is_empty() {
                Err(Misfit::Values(misfits.into_iter().map(str::to_owned).collect()))
            } else if from.open {
                Err(Misfit::OpenList)
            } else {
                Ok(())
            }
        }
        (Type::Number { .. }, Type::Number { .. }) => Ok(()),
        _ => Err(Misfit::Kind),
    }
}

fn into_text(from: &Type) -> Result<(), Misfit> {
    match from {
        Type::Text(_)
        | Type::Email(_)
        | Type::Phone(_)
        | Type::Url(_)
        | Type::Id(_)
        | Type::List(_)
        | Type::Opaque => Ok(()),
        Type::Bool => Err(Misfit::Kind),
        _ => Err(Misfit::NeedsText),
    }
}

/// Whether values of the type are stored as text.
pub(crate) fn is_textual(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Text(_)
            | Type::Email(_)
            | Type::Phone(_)
            | Type::Url(_)
            | Type::Id(_)
            | Type::List(_)
            | Type::Opaque
    )
}

/// Whether a value may stand in a text: everything but yes and no, which customers read better in
/// the author's words, and what has no value.
pub(crate) fn is_showable(ty: &Type) -> bool {
    !matches!(ty, Type::Bool | Type::Blank)
}

/// The type that two branches have together.
pub(crate) fn join(one: &Type, other: &Type) -> Option<Type> {
    match (one, other) {
        (Type::Error, _) | (_, Type::Error) => Some(Type::Error),
        (Type::Blank, ty) | (ty, Type::Blank) => Some(ty.clone()),
        (
            Type::Number { precision, scale },
            Type::Number { precision: its_precision, scale: its_scale },
        ) => {
            let whole =
                precision.saturating_sub(*scale).max(its_precision.saturating_sub(*its_scale));
            let scale = *scale.max(its_scale);
            Some(Type::Number { precision: whole + scale, scale })
        }
        (Type::Text(one), Type::Text(other)) => {
            Some(Type::Text(one.zip(*other).map(|(one, other)| one.max(other))))
        }
        (one, other) if one == other => Some(one.clone()),
        (Type::List(from), Type::List(to)) if lists::misfits(from, to).is_empty() => {
            Some(Type::List(to.clone()))
        }
        (Type::List(to), Type::List(from)) if lists::misfits(from, to).is_empty() => {
            Some(Type::List(to.clone()))
        }
        (Type::Email(one), Type::Email(other)) => Some(Type::Email(*one.max(other))),
        (Type::Phone(one), Type::Phone(other)) => Some(Type::Phone(*one.max(other))),
        (Type::Url(one), Type::Url(other)) => Some(Type::Url(*one.max(other))),
        (Type::Id(_), Type::Id(_)) => Some(Type::Id(ANY_OBJECT.to_owned())),
        (one, other) if is_textual(one) && is_textual(other) => Some(Type::Text(None)),
        _ => None,
    }
}

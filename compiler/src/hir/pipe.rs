//! Pipes, which change the value before them.

use std::sync::Arc;

/// A pipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pipe {
    /// `lower`
    Lower,
    /// `upper`
    Upper,
    /// `trim`
    Trim,
    /// `first N`
    First(u32),
    /// `last N`
    Last(u32),
    /// `mask`
    Mask,
    /// `text`
    Text,
    /// `label`: a list value's label
    Label,
    /// `round N`
    Round(u32),
    /// `date in ZONE`: the day that an instant is there
    DateIn(Arc<str>),
    /// `time in ZONE`: the time of day that an instant is there
    TimeIn(Arc<str>),
    /// `datetime in ZONE`: the instant at which a day begins there
    DateTimeIn(Arc<str>),
}

impl Pipe {
    /// As it is written behind its sign.
    pub fn written(&self) -> String {
        match self {
            Self::Lower => "lower".to_owned(),
            Self::Upper => "upper".to_owned(),
            Self::Trim => "trim".to_owned(),
            Self::First(count) => format!("first {count}"),
            Self::Last(count) => format!("last {count}"),
            Self::Mask => "mask".to_owned(),
            Self::Text => "text".to_owned(),
            Self::Label => "label".to_owned(),
            Self::Round(digits) => format!("round {digits}"),
            Self::DateIn(zone) => format!("date in \"{zone}\""),
            Self::TimeIn(zone) => format!("time in \"{zone}\""),
            Self::DateTimeIn(zone) => format!("datetime in \"{zone}\""),
        }
    }
}

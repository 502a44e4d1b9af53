//! `hours`.

use super::{Name, Text};
use crate::source::Range;

/// `hours NAME from "…" [holidays …]`
#[derive(Debug, Clone, PartialEq)]
pub struct Hours {
    /// The `///` lines above it.
    pub doc: Option<String>,
    /// Its name.
    pub name: Name,
    /// The business hours of the org; missing where the source lacks them.
    pub from: Option<Text>,
    /// Which holidays count; all where it is absent.
    pub holidays: Option<HolidaysExpr>,
    /// From `hours` to the end of what it is from.
    pub head: Range,
}

/// Which holidays count, as written.
#[derive(Debug, Clone, PartialEq)]
pub enum HolidaysExpr {
    /// `holidays none`
    None,
    /// `holidays "…", "…"`
    These(Vec<Text>),
    /// `holidays except "…", "…"`
    AllBut(Vec<Text>),
}

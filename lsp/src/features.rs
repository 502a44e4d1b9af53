//! What editors ask about a text: pure functions of what is known.

pub(crate) mod format;

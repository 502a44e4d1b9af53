//! What editors ask about a text: pure functions of what is known.

pub(crate) mod changes;
pub(crate) mod completion;
pub(crate) mod fixes;
pub(crate) mod format;
pub(crate) mod hover;
pub(crate) mod rename;
pub(crate) mod symbol;
pub(crate) mod symbols;

//! Names to ids: what is declared, and what a name means.

pub(crate) mod background;
pub(crate) mod channel;
pub(crate) mod cycles;
pub(crate) mod data;
pub(crate) mod declarations;
pub(crate) mod forms;
pub(crate) mod hours;
pub(crate) mod lets;
pub(crate) mod map;
pub(crate) mod names;
pub(crate) mod owner;
pub(crate) mod push;
pub(crate) mod require;
pub(crate) mod scope;
pub(crate) mod session;
pub(crate) mod suggest;
pub(crate) mod texts;
pub(crate) mod unsaid;

//! The verbs, a file each: `Arguments`, and `run`.

pub(crate) mod explain;

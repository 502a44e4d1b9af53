//! Types: what each Salesforce field type means in Tide, and what fits into what.

pub(crate) mod assign;
pub(crate) mod infer;
pub(crate) mod lists;
pub(crate) mod literal;
pub(crate) mod operators;
pub(crate) mod pipes;
pub(crate) mod private;
pub(crate) mod table;
pub(crate) mod words;

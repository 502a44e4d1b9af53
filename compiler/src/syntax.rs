//! Text to AST. The only user of pest's types.
//!
//! Parsing never fails: a missing part is `None` or [`ast::Name::is_missing`], junk is reported
//! and skipped, and everything that could be understood is in the tree.

pub mod ast;

//! Tide source text to diagnostics, and a plan when there are none.
//!
//! text → [`syntax`] AST → [`hir`] (names resolved, types given) → flow → checks → gate → emit.
//! Every stage up to the gate always finishes, so one run shows all that is wrong. Nothing here
//! knows a disk, a clock or a thread.

pub mod analysis;
pub mod check;
pub mod drift;
pub mod edit;
mod emit;
pub mod finding;
pub mod flow;
pub mod hir;
pub mod knowledge;
mod lower;
pub mod mentions;
mod resolve;
pub mod source;
pub mod syntax;
pub mod tell;
mod types;

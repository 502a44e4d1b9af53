//! The server as an editor meets it, over a connection in memory.

mod completion;
mod diagnostics;
mod editor;
mod edits;
mod formatting;
mod names;
mod streams;

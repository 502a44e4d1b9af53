//! The server as an editor meets it, over a connection in memory.

mod diagnostics;
mod editor;
mod formatting;

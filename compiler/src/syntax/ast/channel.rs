//! `push NAME to channel NAME`, as written.

use super::{Expr, Name, Path, Text};
use crate::source::Range;

/// `push NAME to channel CHANNEL { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Channel {
    /// The `///` lines above it.
    pub doc: Option<String>,
    /// Its name.
    pub name: Name,
    /// The channel, a name of the manifest.
    pub channel: Name,
    /// Its lines.
    pub lines: Vec<ChannelLine>,
    /// From `push` to the head's end.
    pub head: Range,
}

/// One line of a push to a channel.
#[derive(Debug, Clone, PartialEq)]
pub enum ChannelLine {
    /// `send all`, with the indented `except ATTRIBUTE` lines that follow it
    SendAll {
        /// The attributes left out.
        except: Vec<Path>,
        /// `send all`.
        range: Range,
    },
    /// `send ATTRIBUTE [as "key"]`
    Send {
        /// The attribute, and the pipes that it goes through.
        value: Expr,
        /// The key under which it goes.
        key: Option<Text>,
        /// The line.
        range: Range,
    },
    /// `keys fin`
    KeysOfFin {
        /// The line.
        range: Range,
    },
}

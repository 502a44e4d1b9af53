//! Pushes to channels.

use std::collections::BTreeMap;

use super::{AttrId, Expr};
use crate::source::{ItemId, Range};

/// A position in [`Program::channels`](super::Program::channels).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelId(pub u32);

/// `push NAME to channel CHANNEL`
#[derive(Debug, Clone)]
pub struct Channel {
    /// Its name.
    pub name: String,
    /// Its item.
    pub item: ItemId,
    /// The channel, by the manifest's name.
    pub channel: String,
    /// What the channel takes: keys, each with the most characters; `None` where the manifest has
    /// no such channel (reported).
    pub parameters: Option<BTreeMap<String, u32>>,
    /// Whether keys and values are written as Fin writes them.
    pub fin: bool,
    /// What goes along, sorted by key, several of one key in the order of lines.
    pub routed: Vec<Routed>,
    /// Where `send all` stands, and what of it the channel does not take.
    pub left: Option<(Range, Vec<AttrId>)>,
    /// `push NAME to channel CHANNEL`.
    pub head: Range,
}

/// A value that goes along under a key.
#[derive(Debug, Clone)]
pub struct Routed {
    /// The key.
    pub key: String,
    /// An attribute, and the pipes that it goes through.
    pub value: Expr,
    /// Whether `send all` sends it, and no line of its own.
    pub by_all: bool,
    /// Whether the line says under which key it goes.
    pub named: bool,
    /// Where the key is written, or else what sends it.
    pub at: Range,
}

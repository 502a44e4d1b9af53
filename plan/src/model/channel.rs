//! What goes along at a hand-off.

use minicbor::{Decode, Encode};
use tidegate_diagnostics::Span;

use super::ExprId;

/// A push to a channel.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ChannelPush {
    /// Its name in Tide.
    #[n(0)]
    pub name: String,
    /// The channel, by the manifest's name.
    #[n(1)]
    pub channel: String,
    /// Whether values are written as Fin writes them.
    #[n(2)]
    pub fin: bool,
    /// What goes along, each key once, in their order.
    #[n(3)]
    pub entries: Vec<Routed>,
}

/// A routing value.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Routed {
    /// Its key.
    #[n(0)]
    pub key: String,
    /// The value.
    #[n(1)]
    pub value: ExprId,
    /// Characters at most.
    #[n(2)]
    pub max_length: u32,
    /// Where it stands.
    #[cbor(n(3), with = "crate::codec::span")]
    pub span: Span,
}

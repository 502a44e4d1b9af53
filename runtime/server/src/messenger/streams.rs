//! Who reads events with which token, so that a token's end is the end of its streams.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tidegate_store::contract::TokenHash;
use tokio::sync::watch;

/// The streams that are open, by token.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    open: Mutex<HashMap<TokenHash, watch::Sender<bool>>>,
}

impl Streams {
    /// Becomes true when the token ends. A stream asks for this first, and whether the token is
    /// still good behind it, so that none slips through between the two.
    pub(crate) fn begin(&self, token: TokenHash) -> watch::Receiver<bool> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len().is_power_of_two() {
            open.retain(|_, sender| sender.receiver_count() > 0);
        }
        open.entry(token).or_insert_with(|| watch::Sender::new(false)).subscribe()
    }

    /// Ends every stream of a token.
    pub(crate) fn end(&self, token: TokenHash) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = open.remove(&token) {
            sender.send_replace(true);
        }
    }
}

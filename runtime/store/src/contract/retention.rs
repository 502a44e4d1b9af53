//! What nobody needs any more.

use std::fmt::Debug;

use jiff::Timestamp;

use super::Reply;

/// Deleting what nobody needs any more, a little at a time.
pub trait Retention: Debug + Send + Sync {
    /// Deletes at most `limit` tokens that have ended, and says how many there were.
    fn forget_tokens(&self, now: Timestamp, limit: u32) -> Reply<'_, u64>;
    /// Deletes at most `limit` visitors whom nobody can be any more, and says how many there were:
    /// without a subject, without a token, and without an open conversation.
    fn forget_visitors(&self, limit: u32) -> Reply<'_, u64>;
    /// Plans that nothing needs: not the active one, none of an open conversation, and none of one
    /// for which an effect, a timer or a dead letter is kept.
    fn idle_plans(&self) -> Reply<'_, Vec<String>>;
    /// Deletes a plan if nothing needs it; false if something does, or it is not there.
    fn forget_plan(&self, hash: String) -> Reply<'_, bool>;
}

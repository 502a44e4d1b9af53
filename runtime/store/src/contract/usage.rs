//! How much was asked of AIs behind endpoints, which is paid for.

use std::fmt::Debug;

use jiff::civil::Date;
use serde::Serialize;
use uuid::Uuid;

use super::Reply;

/// What was asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// Requests.
    pub requests: u64,
    /// Tokens of what was asked and of what was answered.
    pub tokens: u64,
}

/// What may be asked; `None` where there is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Allowance {
    /// Requests.
    pub requests: Option<u64>,
    /// Tokens. What is under way when they are used up may take more.
    pub tokens: Option<u64>,
}

impl Allowance {
    /// Whether a further request is allowed.
    pub fn leaves(&self, used: Usage) -> bool {
        self.requests.is_none_or(|most| used.requests < most)
            && self.tokens.is_none_or(|most| used.tokens < most)
    }
}

/// A request that is to be made for a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spending {
    /// Which conversation.
    pub conversation: Uuid,
    /// On which day.
    pub day: Date,
    /// What the conversation may ask.
    pub of_conversation: Allowance,
    /// What all of them may ask in a day.
    pub of_day: Allowance,
}

/// Which allowance is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsedUp {
    /// The conversation's.
    Conversation,
    /// The day's.
    Day,
}

/// Counts what is asked, so that a process that starts anew does not forget it.
pub trait Usages: Debug + Send + Sync {
    /// Counts a request where both allowances leave it; else counts nothing and says which does not.
    fn spend(&self, spending: Spending) -> Reply<'_, Option<UsedUp>>;
    /// Counts the tokens of a request that was counted.
    fn add_tokens(&self, conversation: Uuid, day: Date, tokens: u64) -> Reply<'_, ()>;
    /// What was asked on a day.
    fn usage_of_day(&self, day: Date) -> Reply<'_, Usage>;
    /// What was asked for a conversation.
    fn usage_of(&self, conversation: Uuid) -> Reply<'_, Usage>;
    /// Forgets days before one, and at most `limit` conversations that are over. Gives how many of both
    /// there were.
    fn forget_usage(&self, before: Date, limit: u32) -> Reply<'_, u64>;
}

//! How much was asked of AIs.

use jiff::civil::Date;
use uuid::Uuid;

use super::tables::Tables;
use crate::contract::{Spending, Usage, UsedUp};

impl Tables {
    pub(super) fn spend(&mut self, spending: &Spending) -> Option<UsedUp> {
        let Spending { conversation, day, of_conversation, of_day } = spending;
        let of = self.usage.get(conversation).copied().unwrap_or_default();
        if !of_conversation.leaves(of) {
            return Some(UsedUp::Conversation);
        }
        let on = self.days.get(day).copied().unwrap_or_default();
        if !of_day.leaves(on) {
            return Some(UsedUp::Day);
        }
        self.add_usage(*conversation, *day, Usage { requests: 1, tokens: 0 });
        None
    }

    pub(super) fn add_usage(&mut self, conversation: Uuid, day: Date, more: Usage) {
        let of = self.usage.entry(conversation).or_default();
        for usage in [of, self.days.entry(day).or_default()] {
            usage.requests += more.requests;
            usage.tokens += more.tokens;
        }
    }

    pub(super) fn forget_usage(&mut self, before: Date, limit: usize) -> usize {
        let days = self.days.len();
        self.days.retain(|day, _| *day >= before);
        let is_over = |id: &&Uuid| self.conversations.get(*id).is_some_and(|row| row.is_over());
        let over: Vec<Uuid> = self.usage.keys().filter(is_over).take(limit).copied().collect();
        for id in &over {
            self.usage.remove(id);
        }
        days - self.days.len() + over.len()
    }
}

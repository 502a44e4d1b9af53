//! Who is there.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::happening::Happening;
use crate::chat::entry::{Change, Operation, Role};

/// Participants remembered at most, of those who have been there.
const MOST: usize = 32;

/// Participants by who they are to the org.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Roster {
    participants: BTreeMap<String, Participant>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Participant {
    role: Role,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    present: bool,
    /// When that was so, by the org's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
}

impl Roster {
    /// Takes a change, unless a later one of the same participant is known. Customers are not told of
    /// themselves.
    pub(super) fn change(
        &mut self,
        change: &Change,
        at: Option<Timestamp>,
        anyway: bool,
    ) -> Option<Happening> {
        let Change { operation, role, subject, name } = change;
        if *role == Role::EndUser {
            return None;
        }
        let nameless = || format!("{role:?} {}", name.as_deref().unwrap_or_default());
        let key = subject.clone().unwrap_or_else(nameless);
        let known = self.participants.get(&key);
        if known.is_some_and(|known| at < known.at) && !anyway {
            return None;
        }
        let was_present = known.is_some_and(|known| known.present);
        let (role, name) = (*role, name.clone());
        let name = name.or_else(|| known.and_then(|known| known.name.clone()));
        let present = match operation {
            Operation::Add => true,
            Operation::Remove => false,
            Operation::Update => was_present,
        };
        let participant = Participant { role, name: name.clone(), present, at };
        self.participants.insert(key, participant);
        self.forget();
        match (was_present, present) {
            (false, true) => Some(Happening::Joined { role, name }),
            (true, false) => {
                let there = |one: &Participant| one.present && one.role.is_agent();
                let agents = self.participants.values().any(there);
                Some(Happening::Left { role, name, agents })
            }
            (true, true) | (false, false) => None,
        }
    }

    /// Those who left first are forgotten first.
    fn forget(&mut self) {
        if self.participants.len() <= MOST {
            return;
        }
        let first = self.participants.iter().min_by_key(|(_, one)| (one.present, one.at));
        if let Some(key) = first.map(|(key, _)| key.clone()) {
            self.participants.remove(&key);
        }
    }
}

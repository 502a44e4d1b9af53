//! Facts about a conversation that are no attributes.

/// A fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fact {
    /// `person is verified`
    Verified,
    /// `person is known`
    Known,
    /// The customer has written or filled in something.
    Spoken,
    /// A Case was recorded.
    Recorded,
    /// The customer is silent: an `idle` arm runs.
    Silent,
    /// The customer has written in words of their own.
    Wrote,
    /// The customer has sent a file for which no Case was asked since.
    FileSent,
}

/// For each fact whether it can fail to hold and whether it can hold: relative to an entry, like a
/// [`Cell`](super::state::Cell), what is kept and what was made so since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Facts {
    kept: u16,
    own: u16,
}

const COUNT: u32 = 7;
const ALL: u16 = (1 << (2 * COUNT)) - 1;

fn bit(fact: Fact, holds: bool) -> u16 {
    1 << (2 * fact as u16 + u16::from(holds))
}

impl Facts {
    /// No conversation.
    pub const NEVER: Self = Self { kept: 0, own: 0 };
    /// Everything as at the entry.
    pub const SAME: Self = Self { kept: ALL, own: 0 };

    /// Who the visitor is is open, and nothing has happened yet.
    pub fn at_start() -> Self {
        let mut own = ALL;
        let not_yet = [Fact::Spoken, Fact::Recorded, Fact::Silent, Fact::Wrote, Fact::FileSent];
        for fact in not_yet {
            own &= !bit(fact, true);
        }
        Self { kept: 0, own }
    }

    /// Everything is possible.
    pub fn any() -> Self {
        Self { kept: 0, own: ALL }
    }

    /// Whether a fact can hold, or fail to.
    pub fn can(self, fact: Fact, holds: bool) -> bool {
        (self.kept | self.own) & bit(fact, holds) != 0
    }

    pub(super) fn learn(self, fact: Fact, holds: bool) -> Self {
        let gone = !bit(fact, !holds);
        let mut learned = Self { kept: self.kept & gone, own: self.own & gone };
        // A known person is a verified one.
        match (fact, holds) {
            (Fact::Known, true) => learned = learned.only(Fact::Verified, true),
            (Fact::Verified, false) => learned = learned.only(Fact::Known, false),
            _ => {}
        }
        learned
    }

    fn only(self, fact: Fact, holds: bool) -> Self {
        let gone = !bit(fact, !holds);
        Self { kept: self.kept & gone, own: self.own & gone }
    }

    pub(super) fn set(self, fact: Fact, holds: bool) -> Self {
        let cleared = !(bit(fact, true) | bit(fact, false));
        Self { kept: self.kept & cleared, own: (self.own & cleared) | bit(fact, holds) }
    }

    pub(super) fn open(self, fact: Fact) -> Self {
        let both = bit(fact, true) | bit(fact, false);
        Self { kept: self.kept & !both, own: self.own | both }
    }

    pub(super) fn join(self, other: Self) -> Self {
        Self { kept: self.kept | other.kept, own: self.own | other.own }
    }

    pub(super) fn then(self, later: Self) -> Self {
        Self { kept: self.kept & later.kept, own: (self.own & later.kept) | later.own }
    }

    /// Whether some fact can neither hold nor fail to.
    pub fn is_never(self) -> bool {
        let any = self.kept | self.own;
        (0..COUNT).any(|fact| (any >> (2 * fact)) & 3 == 0)
    }
}

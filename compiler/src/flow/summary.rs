//! What a unit does to those who run it.
//!
//! The scheme: a summary is a *transformer*, one [`Cell`] for each attribute that the unit touches:
//! what of the caller's value passes, and what else it can be afterwards. It is found once, bottom
//! up, from an entry where every attribute can be anything; callers apply it to what they know. So
//! a workflow that checks `x is set` before it goes on, or fills `x` only where it was blank, keeps
//! for each caller what that caller knew. Proofs inside a callee are then done top down, once, for
//! the entry states of all callers joined: a proof that holds there holds for every chain of `run`,
//! and a work unit is looked at twice whatever the depth of nesting. Inlining would be as
//! precise and exponential; summaries of the form "if blank at the entry then a finding" would need
//! one for each proof.

use super::facts::Facts;
use super::state::{Cell, State};
use crate::hir::{AttrId, Other, Outcome};

/// An outcome by what it is, whatever the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The customer wants a person.
    Human,
    /// Silence.
    Idle,
    /// What else a step can end in.
    Other(Other),
}

impl Kind {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::Human, Self::Idle].into_iter().chain(Other::ALL.map(Self::Other))
    }

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Idle => "idle",
            Self::Other(other) => other.name(),
        }
    }

    /// The kind of an outcome that `defaults` can handle; `None` for one of `create case`.
    pub fn of(outcome: Outcome) -> Option<Self> {
        match outcome {
            Outcome::Human => Some(Self::Human),
            Outcome::Idle(_) => Some(Self::Idle),
            Outcome::Other(other) => Some(Self::Other(other)),
            Outcome::Created | Outcome::Delayed | Outcome::Rejected => None,
        }
    }

    /// Its place among [`Self::all`].
    pub fn index(self) -> usize {
        match self {
            Self::Human => 0,
            Self::Idle => 1,
            Self::Other(other) => 2 + other as usize,
        }
    }
}

/// Kinds of outcomes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Kinds(u16);

impl Kinds {
    /// All of them.
    #[must_use]
    pub fn all() -> Self {
        Kind::all().fold(Self::default(), Self::with)
    }

    /// With one more.
    #[must_use]
    pub fn with(self, kind: Kind) -> Self {
        Self(self.0 | 1 << kind.index())
    }

    /// Whether one is among them.
    pub fn has(self, kind: Kind) -> bool {
        self.0 & (1 << kind.index()) != 0
    }

    /// Those of both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those of either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What happens to the attributes on one way out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Effect {
    /// The attributes touched, in order.
    pub cells: Vec<(AttrId, Cell)>,
    /// What happens to the facts.
    pub facts: Facts,
}

impl Effect {
    /// The way from one state of a unit to another.
    pub fn between(entry: &State, end: &State) -> Option<Self> {
        end.is_live().then(|| Self { cells: end.changes(entry), facts: end.facts() })
    }

    /// A state after it.
    #[must_use]
    pub fn after(&self, state: &State) -> State {
        let mut next = state.clone();
        next.apply(&self.cells, self.facts);
        next
    }

    /// What it does to an attribute.
    pub fn cell(&self, attr: AttrId) -> &Cell {
        let found = self.cells.binary_search_by_key(&attr, |(attr, _)| *attr);
        found.ok().and_then(|at| self.cells.get(at)).map_or(&Cell::SAME, |(_, cell)| cell)
    }

    /// Whether whoever passes is as before.
    pub fn is_nothing(&self) -> bool {
        self.cells.is_empty() && self.facts == Facts::SAME
    }
}

/// What running a unit can lead to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Summary {
    /// What it did when it returns; `None` where it never does.
    pub returns: Option<Effect>,
    /// What it did when an outcome leaves it for the caller, by kind.
    pub escapes: Vec<(Kind, Effect)>,
    /// Whether it can wait, for the customer or for time to pass.
    pub waits: bool,
    /// Attributes that it or what it runs may read, in order.
    pub reads: Vec<AttrId>,
    /// Attributes that it or what it runs may write, in order.
    pub writes: Vec<AttrId>,
}

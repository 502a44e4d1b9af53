//! What is known at one point of a workflow.
//!
//! A dense table of [`Cell`]s, one an attribute, in chunks that states share until one writes: a
//! step that changes nothing costs one reference count, one that sets an attribute copies one
//! chunk, and a join skips the chunks that both sides share.

use std::sync::Arc;

use crate::hir::AttrId;

use super::domain::Abs;
use super::facts::{Fact, Facts};

const CHUNK: usize = 16;

/// What is known about one attribute, relative to the entry of the unit that is looked at: either
/// it is still what it was, as far as `kept` lets that pass, or it is one of `own`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cell {
    /// What the value at the entry can still be.
    pub kept: Abs,
    /// What was written since.
    pub own: Abs,
}

impl Cell {
    /// Untouched.
    pub const SAME: Self = Self { kept: Abs::ANY, own: Abs::NEVER };

    /// A known value.
    pub fn known(own: Abs) -> Self {
        Self { kept: Abs::NEVER, own }
    }

    /// What it can be.
    pub fn read(&self) -> Abs {
        if self.kept.is_never() { self.own.clone() } else { self.kept.join(&self.own) }
    }

    fn join(&self, other: &Self) -> Self {
        Self { kept: self.kept.join(&other.kept), own: self.own.join(&other.own) }
    }

    fn meet(&self, mask: &Abs) -> Self {
        Self { kept: self.kept.meet(mask), own: self.own.meet(mask) }
    }

    fn is_never(&self) -> bool {
        self.kept.is_never() && self.own.is_never()
    }

    /// This one, and what another did to it afterwards.
    #[must_use]
    pub fn then(&self, later: &Self) -> Self {
        let passed = self.meet(&later.kept);
        Self { kept: passed.kept, own: passed.own.join(&later.own) }
    }
}

/// What is known at one point.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    chunks: Arc<Vec<Arc<Vec<Cell>>>>,
    facts: Facts,
    live: bool,
}

impl State {
    /// A state of these cells.
    pub fn new(cells: Vec<Cell>, facts: Facts) -> Self {
        let chunks = cells.chunks(CHUNK).map(|chunk| Arc::new(chunk.to_vec())).collect();
        Self { chunks: Arc::new(chunks), facts, live: true }
    }

    /// The state that no conversation is in.
    pub fn dead() -> Self {
        Self { chunks: Arc::default(), facts: Facts::NEVER, live: false }
    }

    /// Whether some conversation may be in it.
    pub fn is_live(&self) -> bool {
        self.live
    }

    fn kill(&mut self) {
        *self = Self::dead();
    }

    /// The facts.
    pub fn facts(&self) -> Facts {
        self.facts
    }

    /// An attribute's cell; [`Cell::SAME`] for one that the state does not know.
    pub fn cell(&self, attr: AttrId) -> &Cell {
        let at = attr.0 as usize;
        self.chunks.get(at / CHUNK).and_then(|chunk| chunk.get(at % CHUNK)).unwrap_or(&Cell::SAME)
    }

    /// What an attribute can be.
    pub fn read(&self, attr: AttrId) -> Abs {
        self.cell(attr).read()
    }

    fn put(&mut self, attr: AttrId, cell: Cell) {
        let at = attr.0 as usize;
        let chunks = Arc::make_mut(&mut self.chunks);
        if let Some(slot) =
            chunks.get_mut(at / CHUNK).and_then(|chunk| Arc::make_mut(chunk).get_mut(at % CHUNK))
        {
            *slot = cell;
        }
    }

    /// Gives an attribute a value.
    pub fn write(&mut self, attr: AttrId, value: Abs) {
        if self.live {
            self.put(attr, Cell::known(value));
        }
    }

    /// Leaves of an attribute's value what passes a mask, and makes another one possible.
    pub fn replace(&mut self, attr: AttrId, mask: &Abs, other: &Abs) {
        if self.live {
            let mut next = self.cell(attr).meet(mask);
            next.own = next.own.join(other);
            self.put(attr, next);
        }
    }

    /// Leaves of an attribute's value what passes a mask, and makes blank possible where some of it
    /// is `cleared`; tells whether that changed anything.
    pub fn narrow(&mut self, attr: AttrId, mask: &Abs, cleared: bool) -> bool {
        if !self.live {
            return false;
        }
        let cell = self.cell(attr);
        let mut next = cell.meet(mask);
        if cleared {
            next.own = next.own.or_blank();
        }
        let changed = next != *cell;
        if changed {
            self.put(attr, next);
        }
        changed
    }

    /// Learns something about an attribute. What contradicts it kills the state.
    pub fn learn(&mut self, attr: AttrId, mask: &Abs) {
        if !self.live {
            return;
        }
        let cell = self.cell(attr);
        let met = cell.meet(mask);
        if met.is_never() {
            self.kill();
        } else if met != *cell {
            self.put(attr, met);
        }
    }

    /// Learns whether a fact holds. What contradicts it kills the state.
    pub fn learn_fact(&mut self, fact: Fact, holds: bool) {
        self.facts = self.facts.learn(fact, holds);
        if self.live && self.facts.is_never() {
            self.kill();
        }
    }

    /// Makes a fact hold or not.
    pub fn set_fact(&mut self, fact: Fact, holds: bool) {
        if self.live {
            self.facts = self.facts.set(fact, holds);
        }
    }

    /// Makes it open whether a fact holds.
    pub fn open_fact(&mut self, fact: Fact) {
        if self.live {
            self.facts = self.facts.open(fact);
        }
    }

    /// Adds what is possible in the other; tells whether that changed anything.
    pub fn join(&mut self, other: &Self) -> bool {
        if !other.live {
            return false;
        }
        if !self.live {
            *self = other.clone();
            return true;
        }
        let facts = self.facts.join(other.facts);
        let mut changed = facts != self.facts;
        self.facts = facts;
        if !Arc::ptr_eq(&self.chunks, &other.chunks) {
            changed |= self.join_chunks(other);
        }
        changed
    }

    fn join_chunks(&mut self, other: &Self) -> bool {
        let pairs = self.chunks.iter().zip(other.chunks.iter()).enumerate();
        let changes: Vec<(usize, Arc<Vec<Cell>>)> =
            pairs.filter_map(|(at, (mine, theirs))| Some((at, joined(mine, theirs)?))).collect();
        if changes.is_empty() {
            return false;
        }
        let chunks = Arc::make_mut(&mut self.chunks);
        for (at, chunk) in changes {
            chunks[at] = chunk;
        }
        true
    }

    /// Joins and gives up precision wherever that changes a cell, so that a loop ends: such a cell
    /// becomes whatever its attribute can be at all.
    pub fn widen(&mut self, other: &Self, tops: &[Abs]) -> bool {
        let before = self.clone();
        if !self.join(other) {
            return false;
        }
        for (attr, top) in (0u32..).map(AttrId).zip(tops) {
            let (was, is) = (before.cell(attr), self.cell(attr));
            if was != is {
                let wide = Cell { kept: is.kept.clone(), own: top.clone() };
                self.put(attr, wide);
            }
        }
        true
    }

    /// The cells that differ from those of the state that the unit began with.
    pub fn changes(&self, entry: &Self) -> Vec<(AttrId, Cell)> {
        let mut changed = Vec::new();
        for (at, (mine, theirs)) in self.chunks.iter().zip(entry.chunks.iter()).enumerate() {
            if Arc::ptr_eq(mine, theirs) {
                continue;
            }
            let attrs = (u32::try_from(at * CHUNK).unwrap_or(u32::MAX)..).map(AttrId);
            let pairs = attrs.zip(mine.iter().zip(theirs.iter()));
            changed.extend(
                pairs.filter(|(_, (a, b))| a != b).map(|(attr, (cell, _))| (attr, cell.clone())),
            );
        }
        changed
    }

    /// What this state is after what an effect does.
    pub fn apply(&mut self, cells: &[(AttrId, Cell)], facts: Facts) {
        if !self.live {
            return;
        }
        self.facts = self.facts.then(facts);
        if self.facts.is_never() {
            self.kill();
            return;
        }
        for (attr, later) in cells {
            let cell = self.cell(*attr).then(later);
            if cell.is_never() {
                self.kill();
                return;
            }
            self.put(*attr, cell);
        }
    }
}

/// A chunk with what is possible in another; `None` where that adds nothing. Where all of it is in
/// the other, it is the other, so that the two are shared from then on.
fn joined(mine: &Arc<Vec<Cell>>, theirs: &Arc<Vec<Cell>>) -> Option<Arc<Vec<Cell>>> {
    if Arc::ptr_eq(mine, theirs) {
        return None;
    }
    let mut added = Vec::new();
    let mut is_theirs = true;
    for (at, (a, b)) in mine.iter().zip(theirs.iter()).enumerate() {
        if a == b {
            continue;
        }
        let both = a.join(b);
        is_theirs &= both == *b;
        if both != *a {
            added.push((at, both));
        }
    }
    if added.is_empty() {
        return None;
    }
    if is_theirs {
        return Some(Arc::clone(theirs));
    }
    let mut chunk = Vec::clone(mine);
    for (at, cell) in added {
        chunk[at] = cell;
    }
    Some(Arc::new(chunk))
}

//! How far each proof came: what it had to show, what was refuted, and what stayed open.

use tidegate_diagnostics::{Code, codes};

use crate::flow::summary::Kind;
use crate::flow::transfer::owns;

use super::{Cx, Proof};

/// What came of one proof, over the whole program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// What the proof is about, in the plural.
    pub proof: &'static str,
    /// Places that were shown to hold on every way there.
    pub proved: usize,
    /// Places at which a conversation fails.
    pub refuted: usize,
    /// Places of which neither could be shown.
    pub open: usize,
}

/// How much the proofs have to show, by [`Proof::ALL`], and for outcomes behind them.
pub(super) type Asked = [usize; Proof::ALL.len() + 1];

/// What the proofs have to show at the places of one workflow.
pub(super) fn asked(cx: &Cx<'_, '_>) -> Asked {
    let mut asked = Asked::default();
    for (at, state) in cx.places().filter(|_| cx.entry.reached) {
        for (count, proof) in asked.iter_mut().zip(Proof::ALL) {
            *count += proof.asks(cx, at, state);
        }
        let node = cx.node(at);
        let kinds = node.op.outcomes().iter().copied().filter(|kind| *kind != Kind::Human);
        let comes = |kind: &Kind| cx.env().raised(node, *kind, state).is_live();
        let unclear = |kind: &Kind| node.op.step().is_some_and(|step| owns(step, *kind));
        asked[Proof::ALL.len()] += kinds.filter(|kind| unclear(kind) || comes(kind)).count();
    }
    asked
}

/// What came of the proofs, by what they had to show and the codes of what was found.
pub(super) fn tallies(asked: &Asked, found: &[Code]) -> Vec<Tally> {
    let found = |codes: &[Code]| found.iter().filter(|code| codes.contains(code)).count();
    let tally = |proof, asked: usize, refuted: usize, open: usize| Tally {
        proof,
        proved: asked.saturating_sub(refuted + open),
        refuted,
        open,
    };
    let own = Proof::ALL.into_iter().zip(asked).map(|(proof, asked)| {
        tally(proof.name(), *asked, found(proof.refutes()), found(&[proof.doubt()]))
    });
    let unhandled = found(&[codes::OUTCOME_UNHANDLED]);
    let outcomes = tally("outcomes", asked[Proof::ALL.len()], unhandled, 0);
    own.chain([outcomes]).collect()
}

impl Proof {
    /// What it is about.
    fn name(self) -> &'static str {
        match self {
            Self::Blank => "blanks",
            Self::Exhaustive => "matches",
            Self::Complete => "required fields",
            Self::Size => "sizes",
            Self::List => "list values",
            Self::Offered => "record types",
            Self::Discard => "overwrites",
            Self::Ending => "endings",
            Self::Privacy => "privacy",
        }
    }

    /// The codes of what it refutes.
    fn refutes(self) -> &'static [Code] {
        match self {
            Self::Blank => &[codes::MAY_BE_BLANK],
            Self::Exhaustive => &[codes::MATCH_NOT_EXHAUSTIVE, codes::MATCH_MISSES_INACTIVE],
            Self::Complete => &[codes::CASE_INCOMPLETE],
            Self::Size => &[codes::TEXT_TOO_LONG, codes::NUMBER_DOES_NOT_FIT],
            Self::List => &[codes::LIST_VALUE_REFUSED],
            Self::Offered => &[codes::VALUE_NOT_OFFERED],
            Self::Discard => &[codes::PUSH_DISCARDS],
            Self::Ending => &[codes::END_LOSES_WORDS, codes::END_LOSES_FILE],
            Self::Privacy => &[codes::REVEALED_TO_ANYBODY, codes::PRIVATE_LEFT_BEHIND],
        }
    }
}

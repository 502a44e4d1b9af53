//! A conversation that goes a given way, found by trying what a customer, the org and time can do.

use std::collections::{BTreeMap, VecDeque};

use tidegate_plan::model::{Instruction, Target};
use tidegate_plan::rehearsal::{Act, Refutation, Rehearsals, Wanted, Way};
use tidegate_plan::verify::VerifiedPlan;

use super::explore::{Node, Search};
use super::tide;

/// Things at most that are tried.
const TRIES: usize = 20_000;
/// Things at most that happen in the conversation.
const LONGEST: usize = 120;

/// A test that comes to all of these, one after another: its lines as Tide writes them, up to what
/// leads to the last. `None` where none is found by trying a bounded number of things.
pub fn witness(
    plan: &VerifiedPlan,
    rehearsals: &Rehearsals,
    refutation: &Refutation,
) -> Option<Vec<String>> {
    let passages = refutation.passages.as_slice();
    let mut search = Search::new(plan, rehearsals);
    if let Some(Wanted { attr, values: Some(values), .. }) = &refutation.wanted {
        search.interesting.try_also(*attr, values);
    }
    let mut open: BTreeMap<usize, VecDeque<Node<'_>>> = BTreeMap::new();
    let begun = search.beginnings();
    for node in begun {
        let come = passed(plan, &node.stage.player.seen, passages);
        open.entry(come).or_default().push_back(node);
    }
    while let Some(mut furthest) = open.last_entry() {
        let come = *furthest.key();
        let Some(node) = furthest.get_mut().pop_front() else {
            furthest.remove();
            continue;
        };
        if come == passages.len() && fails(refutation, &node) {
            return Some(lines(plan, &node.acts));
        }
        if search.tries >= TRIES {
            return None;
        }
        for next in search.after(&node) {
            let come = passed(plan, &next.stage.player.seen, passages);
            let over = come == passages.len() && fails(refutation, &next);
            if over || (next.acts.len() < LONGEST && search.is_new(&next, come)) {
                open.entry(come).or_default().push_back(next);
            }
        }
    }
    None
}

/// Whether the proof fails for a conversation at the end of its way.
fn fails(refutation: &Refutation, node: &Node<'_>) -> bool {
    let slots = &node.stage.player.conversation.slots;
    let holds = refutation.wanted.as_ref().is_none_or(|wanted| {
        let slot = slots.get(wanted.attr.index()).and_then(Option::as_ref);
        wanted.takes(slot.map(|slot| &slot.value))
    });
    holds && (node.meanwhile || !refutation.meanwhile)
}

/// How many of the passages the instructions of a conversation come to in order.
fn passed(plan: &VerifiedPlan, seen: &[Target], passages: &[Vec<Way>]) -> usize {
    let mut left = passages.iter();
    let mut next = left.next();
    let mut count = 0;
    for (position, at) in seen.iter().enumerate() {
        // An arm begins with the first instruction of its first step.
        while let Some(ways) = next
            && ways.iter().any(|way| is_gone(plan, way, *at, seen.get(position + 1)))
        {
            count += 1;
            next = left.next();
        }
    }
    count
}

/// Whether an instruction, with the one that is done next, goes a way.
fn is_gone(plan: &VerifiedPlan, way: &Way, at: Target, next: Option<&Target>) -> bool {
    match way {
        Way::Instruction(targets) => targets.contains(&at),
        Way::Branch(targets, holds) => {
            let behind = at.0.checked_add(1).map(Target);
            targets.contains(&at) && next.is_some() && (next == behind.as_ref()) == *holds
        }
        Way::Push(push) => match plan.code.get(at.index()) {
            Some(
                Instruction::CreateCase { push: its, .. } | Instruction::RecordCase { push: its },
            ) => its == push,
            _ => false,
        },
    }
}

/// What happens, without what comes of the last thing: that is what is to be mended.
fn lines(plan: &VerifiedPlan, acts: &[Act]) -> Vec<String> {
    let end = acts.iter().rposition(|act| !matches!(act, Act::Expect(_)));
    let kept = acts.get(..=end.unwrap_or(0)).unwrap_or(acts);
    kept.iter().map(|act| tide::indented(plan, act)).collect()
}

//! All workflows of a program with their states, for those who read them once and keep nothing.

use std::sync::Arc;

use crate::hir::{AttrId, Program, WorkflowId};

use super::eval::World;
use super::names;
use super::order::callees_first;
use super::path::Map;
use super::starts::starts;
use super::state::State;
use super::summary::{Kinds, Summary};
use super::unit::{Around, Entry, Units, ambient, unknown_state};

/// Shows the map of a program, in which the states of every workflow's nodes can be asked for.
pub fn with_map<T>(program: &Program, look: impl FnOnce(&Map<'_, '_>) -> T) -> T {
    let world = World::new(program);
    let units: Vec<Units<'_>> = program.workflows.iter().map(|its| Units::new(its)).collect();
    let callees: Vec<Vec<WorkflowId>> = units.iter().map(|all| all.callees(&world)).collect();
    let order = callees_first(&callees);
    let ambient = ambient(&world, &units, &all_writes(&units, &order));
    let mut summaries: Vec<Option<Arc<Summary>>> = vec![None; units.len()];
    for id in &order {
        let at = id.0 as usize;
        let around = Around { world: &world, summaries: &summaries, ambient: &ambient };
        let (summary, _) = around.summarise(&units[at], &around.open_entry());
        summaries[at] = Some(Arc::new(summary));
    }
    let around = Around { world: &world, summaries: &summaries, ambient: &ambient };
    let entries = entries(&around, &units, &order);
    look(&Map::new(around, &units, &entries))
}

/// What each workflow is entered with, callers before those that they run.
fn entries<'p>(around: &Around<'_, 'p>, units: &[Units<'p>], order: &[WorkflowId]) -> Vec<Entry> {
    let (starts, unknown) = (starts(around.world), unknown_state(around.world));
    let open = around.open_entry();
    let mut entries: Vec<Option<Entry>> = vec![None; units.len()];
    for id in order.iter().rev() {
        let at = id.0 as usize;
        let entry = entry(&units[at], entries[at].take(), &starts[at], &unknown);
        let solved = around.solve(&units[at], &entry, &open);
        for (callee, called) in around.calls(&units[at], &solved, &entry) {
            if let Some(slot) = entries.get_mut(callee.0 as usize) {
                join(slot, &called);
            }
        }
        entries[at] = Some(entry);
    }
    let nowhere = Entry { state: unknown, outer: Kinds::default(), reached: false };
    entries.into_iter().map(|entry| entry.unwrap_or_else(|| nowhere.clone())).collect()
}

/// What each workflow may write, with all that it runs.
pub(crate) fn all_writes(units: &[Units<'_>], order: &[WorkflowId]) -> Vec<Vec<AttrId>> {
    let mut writes = vec![Vec::new(); units.len()];
    for workflow in order {
        let mut all: Vec<AttrId> = Vec::new();
        for graph in &units[workflow.0 as usize].graphs {
            all.extend(names::writes(graph, &writes));
        }
        all.sort_unstable();
        all.dedup();
        writes[workflow.0 as usize] = all;
    }
    writes
}

/// What a workflow is entered with, by those that run it and by conversations that begin.
pub(crate) fn entry(
    units: &Units<'_>,
    called: Option<Entry>,
    start: &State,
    unknown: &State,
) -> Entry {
    let mut entry = called;
    if units.workflow.on.is_some() {
        let begins = Entry { state: start.clone(), outer: Kinds::default(), reached: true };
        join(&mut entry, &begins);
    }
    entry.unwrap_or_else(|| {
        // Nothing runs it, which is told; its outcomes are not, since its callers may handle them.
        let outer = Kinds::all();
        Entry { state: unknown.clone(), outer, reached: false }
    })
}

/// Adds one more way into a workflow.
pub(crate) fn join(slot: &mut Option<Entry>, other: &Entry) {
    match slot {
        // What conversations reach counts; what only unreached workflows run does not.
        Some(entry) if entry.reached == other.reached => {
            entry.state.join(&other.state);
            entry.outer = entry.outer.and(other.outer);
        }
        Some(entry) if entry.reached => {}
        _ => *slot = Some(other.clone()),
    }
}

//! All proofs over a program.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tidegate_diagnostics::Code;
use tidegate_schemas::catalog::{Catalog, Offers};

use crate::finding::Finding;
use crate::flow::eval::World;
use crate::flow::order::callees_first;
use crate::flow::path::Map;
use crate::flow::starts::starts;
use crate::flow::summary::{Kinds, Summary};
use crate::flow::unit::{Around, Entry, Units, ambient, start_state, unknown_state};
use crate::flow::whole::{all_writes, entry, join};
use crate::hir::{Program, WorkflowId, WorkflowKey};

use super::cache::{Cache, Ground, Looked};
use super::report::tell;
use super::states::States;
use super::tally::{Asked, Tally, tallies};
use super::{
    Cx, Draft, Proof, Way, bound, channels, cleared, complete, detection, exhaustive, form,
    languages, outcome, overwrite, places, privacy, reach, tally, texts, triggers, unhandled,
};

/// What came of the proofs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proofs {
    /// What was refuted or could not be proved, by place; each thing once.
    pub findings: Vec<Finding>,
    /// What came of each proof.
    pub tallies: Vec<Tally>,
    /// Required fields that were proved to have a value, over all places that create a Case.
    pub required_fields: usize,
    /// Workflows in the program.
    pub workflows: usize,
    /// Workflows that were summarised anew.
    pub summarised: usize,
    /// Workflows whose proofs were done anew.
    pub checked: usize,
    /// How often nodes were performed for that.
    pub visits: usize,
    /// Nodes in all graphs.
    pub nodes: usize,
    /// What was known of the workflows.
    pub states: States,
}

/// Does all proofs, as far as nothing that they hang on is as before.
pub fn run(program: &Program, catalog: &Catalog, cache: &mut Cache) -> Proofs {
    let world = World::new(program);
    let units: Vec<Units<'_>> = program.workflows.iter().map(|w| Units::new(w)).collect();
    let callees: Vec<Vec<WorkflowId>> = units.iter().map(|all| all.callees(&world)).collect();
    let order = callees_first(&callees);
    let mut proofs = Proofs {
        workflows: units.len(),
        nodes: units.iter().flat_map(|all| &all.graphs).map(|graph| graph.nodes.len()).sum(),
        ..Proofs::default()
    };
    let ambient = ambient(&world, &units, &all_writes(&units, &order));
    let start = start_state(&world);
    cache.stand_on(Ground {
        tops: world.tops.clone(),
        start: Some(start),
        ambient: ambient.clone(),
        required: required(program, catalog),
        offers: offers(program, catalog),
        in_several_languages: languages::in_several(program),
        replies: replies(&world),
    });
    let around = Around { world: &world, summaries: &[], ambient: &ambient };
    let summaries = summarise(&around, &units, &callees, &order, cache, &mut proofs);
    let around = Around { world: &world, summaries: &summaries, ambient: &ambient };
    look(&around, catalog, (&units, &order), cache, &mut proofs);
    cache.retain(|name| program.workflows.iter().any(|workflow| workflow.name == name));
    proofs
}

/// What of the catalog the proofs read beside what is in the program.
fn required(program: &Program, catalog: &Catalog) -> Vec<String> {
    let objects: BTreeSet<&str> = program.pushes.iter().map(|push| push.object.as_str()).collect();
    let objects = objects.into_iter().filter_map(|name| catalog.objects.get(name));
    objects
        .flat_map(|object| {
            let fields = object.fields.values().filter(|field| field.required_on_create());
            fields.map(|field| format!("{}.{}", object.name, field.name))
        })
        .collect()
}

/// What the record types of the pushes' objects offer, with the default one of each.
fn offers(program: &Program, catalog: &Catalog) -> Vec<(String, BTreeMap<String, Offers>)> {
    let objects: BTreeSet<&str> = program.pushes.iter().map(|push| push.object.as_str()).collect();
    let objects = objects.into_iter().filter_map(|name| catalog.objects.get(name));
    objects.map(|object| (object.default_record_type().to_owned(), object.offers.clone())).collect()
}

/// What hand-offs hang on beside the summaries of what replies start.
fn replies(world: &World<'_>) -> (Vec<WorkflowKey>, bool) {
    let program = world.program;
    let replied = world.replies.workflows();
    let keys = replied.filter_map(|id| Some(program.workflows.get(id.0 as usize)?.key));
    let finds = program.person.as_ref().is_some_and(|person| person.find_by.is_some());
    (keys.collect(), finds)
}

fn summarise(
    around: &Around<'_, '_>,
    units: &[Units<'_>],
    callees: &[Vec<WorkflowId>],
    order: &[WorkflowId],
    cache: &mut Cache,
    proofs: &mut Proofs,
) -> Vec<Option<Arc<Summary>>> {
    let open = around.open_entry();
    let mut summaries: Vec<Option<Arc<Summary>>> = vec![None; units.len()];
    for id in order {
        let at = id.0 as usize;
        let workflow = units[at].workflow;
        let below = callees[at].iter().map(|callee| summaries.get(callee.0 as usize).cloned());
        let below: Vec<Option<Arc<Summary>>> = below.map(Option::flatten).collect();
        let summary = match cache.summary(&workflow.name, workflow.key, &below) {
            Some(kept) => kept,
            None => {
                let around = Around { summaries: &summaries, ..*around };
                let (summary, visits) = around.summarise(&units[at], &open);
                proofs.summarised += 1;
                proofs.visits += visits;
                cache.keep_summary(&workflow.name, workflow.key, below, summary)
            }
        };
        summaries[at] = Some(summary);
    }
    summaries
}

fn look<'p>(
    around: &Around<'_, 'p>,
    catalog: &'p Catalog,
    (units, order): (&[Units<'p>], &[WorkflowId]),
    cache: &mut Cache,
    proofs: &mut Proofs,
) {
    let unknown = unknown_state(around.world);
    let starts = starts(around.world);
    let mut entries: Vec<Option<Entry>> = vec![None; units.len()];
    let mut drafts: Vec<(WorkflowId, Arc<Vec<Draft>>)> = Vec::new();
    let mut asked = Asked::default();
    let open = around.open_entry();
    for id in order.iter().rev() {
        let at = id.0 as usize;
        let entry = entry(&units[at], entries[at].take(), &starts[at], &unknown);
        let name = &units[at].workflow.name;
        let looked = match cache.looked(name, &entry) {
            Some(kept) => kept,
            None => {
                let looked = check(around, catalog, units, *id, &entry, &open, proofs);
                cache.keep_looked(name, looked.clone());
                looked
            }
        };
        proofs.required_fields += looked.proved;
        for (all, own) in asked.iter_mut().zip(looked.asked) {
            *all += own;
        }
        for (callee, called) in looked.calls.iter() {
            if let Some(slot) = entries.get_mut(callee.0 as usize) {
                join(slot, called);
            }
        }
        drafts.push((*id, Arc::clone(&looked.drafts)));
        entries[at] = Some(entry);
    }
    let nowhere = Entry { state: unknown, outer: Kinds::default(), reached: false };
    let entries: Vec<Entry> =
        entries.into_iter().map(|entry| entry.unwrap_or_else(|| nowhere.clone())).collect();
    let map = Map::new(*around, units, &entries);
    let (findings, found) = report(&map, catalog, &drafts);
    proofs.tallies = tallies(&asked, &found);
    proofs.findings = findings;
    proofs.findings.extend(texts::all(around.world.program));
    let (summaries, ambient) = (around.summaries.to_vec(), around.ambient.to_vec());
    proofs.states = States { summaries, entries, ambient };
}

fn check<'p>(
    around: &Around<'_, 'p>,
    catalog: &'p Catalog,
    units: &[Units<'p>],
    id: WorkflowId,
    entry: &Entry,
    open: &crate::flow::state::State,
    proofs: &mut Proofs,
) -> Looked {
    let all = &units[id.0 as usize];
    let solved = around.solve(all, entry, open);
    proofs.checked += 1;
    proofs.visits += solved.visits();
    let calls = Arc::new(around.calls(all, &solved, entry));
    // Nothing here asks who runs it: what hangs on that is told later, when the path is.
    let alone = Map::alone(*around, units);
    let cx = Cx { map: &alone, catalog, id, units: all, solved: &solved, entry };
    let mut drafts = Vec::new();
    // Of what nothing runs there is no conversation that could refute anything.
    for (at, state) in cx.places().filter(|_| entry.reached) {
        for proof in Proof::ALL {
            proof.look(&cx, at, state, &mut drafts);
        }
    }
    cleared::answers(&cx, &mut drafts);
    detection::steps(&cx, &mut drafts);
    exhaustive::arms(&cx, &mut drafts);
    form::forms(&cx, &mut drafts);
    languages::steps(&cx, &mut drafts);
    outcome::outcomes(&cx, &mut drafts);
    overwrite::unread(&cx, &mut drafts);
    privacy::flows(&cx, &mut drafts);
    reach::steps(&cx, &mut drafts);
    let proved = if entry.reached { wanted(&cx).saturating_sub(incomplete(&drafts)) } else { 0 };
    let asked = tally::asked(&cx);
    Looked { entry: entry.clone(), drafts: Arc::new(drafts), calls, proved, asked }
}

/// Required fields, over all places that create a record.
fn wanted(cx: &Cx<'_, '_>) -> usize {
    let pushes = cx
        .places()
        .filter_map(|(at, state)| places::push_at(cx, cx.node(at)).map(|push| (push, state)));
    pushes.map(|(push, state)| complete::wanted(cx, push, state)).sum()
}

fn incomplete(drafts: &[Draft]) -> usize {
    let code = tidegate_diagnostics::codes::CASE_INCOMPLETE;
    drafts.iter().filter(|draft| draft.finding.diagnostic.code == code).count()
}

/// The findings, each thing once, and the code of each at every place that it was found.
fn report(
    map: &Map<'_, '_>,
    catalog: &Catalog,
    drafts: &[(WorkflowId, Arc<Vec<Draft>>)],
) -> (Vec<Finding>, Vec<Code>) {
    let mut findings = reach::workflows(map);
    findings.extend(triggers::triggers(map));
    findings.extend(bound::rounds(map));
    findings.extend(detection::lists(map));
    findings.extend(channels::channels(map.around.world));
    findings.extend(privacy::pushes(map.around.world.program));
    let mut left = Vec::new();
    let mut told = BTreeMap::new();
    let mut found = Vec::new();
    for (id, drafts) in drafts.iter().filter(|(_, drafts)| !drafts.is_empty()) {
        let units = &map.units[id.0 as usize];
        let solved = map.solved(*id);
        let entry = &map.entries[id.0 as usize];
        let cx = Cx { map, catalog, id: *id, units, solved, entry };
        for draft in drafts.iter() {
            let Finding { primary, secondary, diagnostic, .. } = &draft.finding;
            // Two rules may want two things of one place.
            let kind = match draft.way {
                Way::Unhandled(kind) => Some(kind),
                _ => None,
            };
            let once = (*primary, diagnostic.code, secondary.clone(), kind);
            if let Some(code) = told.get(&once) {
                found.push(*code);
                continue;
            }
            if let Some(finding) = tell(&cx, draft) {
                found.push(finding.diagnostic.code);
                told.insert(once, finding.diagnostic.code);
                match kind {
                    Some(kind) => left.push((kind, finding)),
                    None => findings.push(finding),
                }
            }
        }
    }
    findings.extend(unhandled::once_a_conversation(left, map));
    findings.sort_by(|a, b| {
        let key = |f: &Finding| (f.primary, f.diagnostic.code);
        key(a).cmp(&key(b)).then_with(|| a.cmp(b))
    });
    findings.dedup();
    (findings, found)
}

//! A checked program to a plan. Can't fail: what could go wrong has been reported before the gate.
//!
//! Equal programs give equal plans whatever the order of files: sources are numbered by name, and
//! everything else follows the sorted tables of the program.

mod attributes;
mod channel;
mod code;
mod expr;
mod form;
mod labels;
mod points;
mod push;
mod rehearsals;
mod starts;

use std::collections::BTreeMap;

use tidegate_diagnostics::{SourceId, SourceMap, SourceText, Span};
use tidegate_plan::model::{AttrId, ConstId, Plan, Required, SourceFile, StepId, Visit};
use tidegate_plan::rehearsal::Point;
use tidegate_plan::value::Value;
use tidegate_schemas::catalog::Catalog;

use crate::hir::{self, Program};
use crate::source::{ItemId, ItemMap, Loc, Range};

pub(crate) use rehearsals::rehearsals;

/// Everything that emitting reads and writes.
struct Emitter<'a> {
    program: &'a Program,
    catalog: &'a Catalog,
    items: &'a ItemMap,
    /// Positions by name, for the sources' ids.
    sources: Vec<u32>,
    plan: Plan,
    constants: BTreeMap<String, ConstId>,
    steps: BTreeMap<String, StepId>,
    requirements: BTreeMap<Required, Span>,
    points: points::Points,
}

/// The plan, and what goes beside it.
pub(crate) struct Emitted {
    /// The plan of a program without errors.
    pub(crate) plan: Plan,
    /// What rehearsals of it should come to.
    pub(crate) points: Vec<Point>,
}

/// The plan of a program without errors.
pub(crate) fn emit(
    program: &Program,
    items: &ItemMap,
    sources: &SourceMap,
    catalog: &Catalog,
) -> Emitted {
    let told = told(program, items);
    let mut named: Vec<(&SourceText, SourceId, u32)> =
        sources.iter().filter_map(|(id, source)| Some((source, id, *told.get(&id)?))).collect();
    named.sort_by(|(one, ..), (other, ..)| one.name.cmp(&other.name));
    let mut positions = vec![0; sources.iter().count()];
    for (position, (_, id, _)) in (0u32..).zip(&named) {
        positions[id.0 as usize] = position;
    }
    let files = named.iter().map(|(source, _, end)| {
        let text = source.text.get(..*end as usize).unwrap_or(&source.text);
        SourceFile::new(&source.name, text.trim_end())
    });
    let mut emitter = Emitter {
        program,
        catalog,
        items,
        sources: positions,
        plan: empty(catalog, files.collect()),
        constants: BTreeMap::new(),
        steps: BTreeMap::new(),
        requirements: BTreeMap::new(),
        points: points::Points::default(),
    };
    // Each was understood, or there would be no plan.
    emitter.plan.hours = program.hours.iter().filter_map(|its| its.open.clone()).collect();
    emitter.attributes();
    emitter.person();
    emitter.pushes();
    emitter.channels();
    emitter.plan.articles.clone_from(&program.articles);
    let labels = code::workflows(&mut emitter);
    let points = emitter.take_points(&labels);
    Emitted { plan: emitter.finish(), points }
}

/// The sources of which a plan tells, each up to the end of the last item that is part of the plan:
/// what stands behind are tests, which change nothing in it.
fn told(program: &Program, items: &ItemMap) -> BTreeMap<SourceId, u32> {
    let starts = items.starts();
    let workflows = program.workflows.iter().map(|its| its.item);
    let pushes = program.pushes.iter().map(|its| its.item);
    let channels = program.channels.iter().map(|its| its.item);
    let hours = program.hours.iter().map(|its| its.item);
    let declared = program.attributes.iter().filter_map(|its| Some(its.declared?.item));
    let person = program.person.iter().map(|its| its.at.item);
    let mut told: BTreeMap<SourceId, u32> = BTreeMap::new();
    for item in workflows.chain(pushes).chain(channels).chain(hours).chain(declared).chain(person) {
        let span = items.span(Loc { item, range: Range::default() });
        let behind = starts.get(&span.source).and_then(|its| its.range(span.start + 1..).next());
        let end = behind.copied().unwrap_or(u32::MAX);
        told.entry(span.source).and_modify(|known| *known = end.max(*known)).or_insert(end);
    }
    told
}

fn empty(catalog: &Catalog, sources: Vec<SourceFile>) -> Plan {
    Plan {
        compiler: format!("tidegate {}", env!("CARGO_PKG_VERSION")),
        org_id: catalog.origin.org_id.clone(),
        sources,
        person: None,
        attributes: Vec::new(),
        lists: Vec::new(),
        constants: Vec::new(),
        expressions: Vec::new(),
        forms: Vec::new(),
        pushes: Vec::new(),
        channels: Vec::new(),
        articles: Vec::new(),
        hours: Vec::new(),
        steps: Vec::new(),
        workflows: Vec::new(),
        on_open: None,
        on_message: None,
        on_agent_reply: None,
        visits: Vec::new(),
        code: Vec::new(),
        code_steps: Vec::new(),
        requirements: Vec::new(),
    }
}

impl Emitter<'_> {
    /// A place, by the number that the plan gives its source.
    fn span(&self, item: ItemId, range: Range) -> Span {
        let span = self.items.span(Loc { item, range });
        let source = self.sources.get(span.source.0 as usize).copied().unwrap_or(0);
        Span { source: SourceId(source), ..span }
    }

    /// The constant of a value; equal values share one.
    fn constant(&mut self, value: Value) -> ConstId {
        let next = position(self.plan.constants.len());
        let id = *self.constants.entry(format!("{value:?}")).or_insert(ConstId(next));
        if id.0 == next {
            self.plan.constants.push(value);
        }
        id
    }

    /// The step of an id; an arm for several outcomes is laid out for each, with one step.
    fn step(&mut self, id: &str, span: Span) -> StepId {
        let next = position(self.plan.steps.len());
        let step = *self.steps.entry(id.to_owned()).or_insert(StepId(next));
        if step.0 != next {
            return step;
        }
        self.plan.steps.push(tidegate_plan::model::Step { id: id.to_owned(), span });
        step
    }

    /// Notes what the plan relies on; the first place counts.
    fn requires(&mut self, what: Required, span: Span) {
        self.requirements
            .entry(what)
            .and_modify(|earlier| *earlier = (*earlier).min(span))
            .or_insert(span);
    }

    fn attribute(&self, id: hir::AttrId) -> &hir::Attribute {
        &self.program.attributes[id.0 as usize]
    }

    fn finish(mut self) -> Plan {
        self.plan.on_open = self.starting(hir::Trigger::Open);
        self.plan.on_message = self.starting(hir::Trigger::Message);
        self.plan.on_agent_reply = self.starting(hir::Trigger::AgentReply);
        if self.plan.on_agent_reply.is_some() {
            self.reads_cases();
        }
        for event in hir::Trigger::visits(self.program) {
            let hir::Trigger::Visit(after_ms) = event else { continue };
            let visit = self.starting(event).map(|workflow| Visit { after_ms, workflow });
            self.plan.visits.extend(visit);
        }
        self.plan.requirements = std::mem::take(&mut self.requirements)
            .into_iter()
            .map(|(what, span)| tidegate_plan::model::Requirement { what, span })
            .collect();
        self.plan
    }
}

/// A position in a table. A project with more than `u32::MAX` of anything could not be read.
fn position(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Attributes stand in the plan as they stand in the program.
fn slot(id: hir::AttrId) -> AttrId {
    AttrId(id.0)
}

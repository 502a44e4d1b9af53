//! A checked program to a plan. Can't fail: what could go wrong has been reported before the gate.
//!
//! Equal programs give equal plans whatever the order of files: sources are numbered by name, and
//! everything else follows the sorted tables of the program.

mod attributes;
mod code;
mod expr;
mod form;
mod labels;
mod push;

use std::collections::BTreeMap;

use tidegate_diagnostics::{SourceId, SourceMap, SourceText, Span};
use tidegate_plan::model::{AttrId, ConstId, Plan, Required, SourceFile, StepId, WorkflowId};
use tidegate_plan::value::Value;
use tidegate_schemas::catalog::Catalog;

use crate::hir::{self, Program};
use crate::source::{ItemId, ItemMap, Loc, Range};

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
}

/// The plan of a program without errors.
pub(crate) fn emit(
    program: &Program,
    items: &ItemMap,
    sources: &SourceMap,
    catalog: &Catalog,
) -> Plan {
    let mut named: Vec<(&SourceText, SourceId)> =
        sources.iter().map(|(id, source)| (source, id)).collect();
    named.sort_by(|(one, _), (other, _)| one.name.cmp(&other.name));
    let mut positions = vec![0; named.len()];
    for (position, (_, id)) in (0u32..).zip(&named) {
        positions[id.0 as usize] = position;
    }
    let files = named.iter().map(|(source, _)| SourceFile::new(&source.name, &source.text));
    let mut emitter = Emitter {
        program,
        catalog,
        items,
        sources: positions,
        plan: empty(catalog, files.collect()),
        constants: BTreeMap::new(),
        steps: BTreeMap::new(),
        requirements: BTreeMap::new(),
    };
    emitter.attributes();
    emitter.person();
    emitter.pushes();
    code::workflows(&mut emitter);
    emitter.finish()
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
        steps: Vec::new(),
        workflows: Vec::new(),
        on_open: None,
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
        let starting = self.program.workflows.iter().position(|workflow| workflow.on_open);
        self.plan.on_open = starting.map(|at| WorkflowId(position(at)));
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

//! What an event starts. Where several workflows could, a workflow of its own decides: the first
//! whose condition holds is run. When one has started that does so once is kept with the visitor, in a
//! slot that no program can name.

use tidegate_plan::model::{
    AttrId, Attribute, Comparison, Expr, ExprId, Handlers, Instruction, Origin, Pipe, STARTED,
    Space, StepId, Target, Workflow, WorkflowId,
};
use tidegate_plan::value::{Value, ValueType};

use super::{Emitter, position};
use crate::flow::starts::starting;
use crate::hir::{self, Once, Trigger};

/// What decides whether something starts for the first time.
struct First {
    /// Holds where it does.
    condition: ExprId,
    /// What remembers it.
    slot: AttrId,
    /// What is remembered.
    value: ExprId,
}

impl Emitter<'_> {
    /// The workflow that an event starts. It goes by the trigger's name, as no other can, where it
    /// decides among others.
    pub(super) fn starting(&mut self, event: Trigger) -> Option<WorkflowId> {
        let program = self.program;
        let all = starting(program, event);
        let workflow = |id: hir::WorkflowId| program.workflows.get(id.0 as usize);
        if let [only] = all.as_slice()
            && workflow(*only).is_some_and(|its| its.when.is_none() && its.once.is_none())
        {
            return Some(WorkflowId(only.0));
        }
        let name = event.name();
        let entry = Target(position(self.plan.code.len()));
        for (id, its) in all.iter().filter_map(|id| Some((id, workflow(*id)?))) {
            let span = self.span(its.item, its.trigger);
            let step = self.step(&format!("{}/{}", its.name, event.event()), span);
            self.decides(step, WorkflowId(id.0), its);
        }
        let last = *self.plan.code_steps.get(entry.index()..)?.last()?;
        let awaits = event == Trigger::Open && !starting(program, Trigger::Message).is_empty();
        let goes_on = awaits || event.is_visit();
        self.does(last, if goes_on { Instruction::AwaitMessage } else { Instruction::Return });
        let end = Target(position(self.plan.code.len()));
        self.plan.workflows.push(Workflow { name, entry, end, defaults: Handlers::default() });
        Some(WorkflowId(position(self.plan.workflows.len() - 1)))
    }

    /// Runs a workflow where it may start; goes on behind that where it may not.
    fn decides(&mut self, step: StepId, id: WorkflowId, its: &hir::Workflow) {
        let when = its.when.as_ref().map(|when| self.expr(its.item, when));
        let first = its.once.as_ref().map(|once| self.first(&its.name, once));
        let condition = match (when, &first) {
            (Some(when), Some(first)) => Some(self.node(Expr::And(when, first.condition))),
            (when, first) => when.or(first.as_ref().map(|first| first.condition)),
        };
        if let Some(condition) = condition {
            let more = if first.is_some() { 4 } else { 3 };
            let otherwise = Target(position(self.plan.code.len() + more));
            self.does(step, Instruction::Branch { condition, otherwise });
        }
        if let Some(First { slot: attr, value, .. }) = first {
            self.does(step, Instruction::Set { attr, value });
        }
        self.does(step, Instruction::Run { workflow: id });
        self.does(step, Instruction::Return);
    }

    fn first(&mut self, workflow: &str, once: &Once) -> First {
        let (ty, decimals) = match once {
            Once::Visit => (ValueType::Number, Some((9, 0))),
            Once::Day(_) | Once::Person => (ValueType::DateTime, None),
        };
        let slot = AttrId(position(self.plan.attributes.len()));
        let name = format!("{STARTED}{workflow}");
        self.plan.attributes.push(Attribute {
            space: Space::Person,
            label: name.clone(),
            name,
            ty,
            max_length: None,
            decimals,
            list: None,
            origin: Origin::Own,
            default: None,
            private: false,
        });
        let started = self.node(Expr::Attr(slot));
        let value = match once {
            Once::Visit => self.visits().map_or(Expr::Blank, Expr::Attr),
            Once::Day(_) | Once::Person => Expr::Now,
        };
        let value = self.node(value);
        let another = |one, other| Expr::Compare(Comparison::NotEqual, one, other);
        let condition = match once {
            Once::Person => Expr::IsBlank(started),
            Once::Visit => another(started, value),
            Once::Day(zone) => {
                let zone = self.constant(Value::Text(zone.to_string()));
                let then = self.node(Expr::Pipe(Pipe::DateIn(zone), started));
                let now = self.node(Expr::Pipe(Pipe::DateIn(zone), value));
                another(then, now)
            }
        };
        First { condition: self.node(condition), slot, value }
    }

    /// The slot of the visit's number.
    fn visits(&self) -> Option<AttrId> {
        let mut all = (0u32..).map(AttrId).zip(&self.plan.attributes);
        let (slot, _) = all.find(|(_, its)| its.space == Space::Session && its.name == "visits")?;
        Some(slot)
    }

    fn does(&mut self, step: StepId, instruction: Instruction) {
        self.plan.code.push(instruction);
        self.plan.code_steps.push(step);
    }
}

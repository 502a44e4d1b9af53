//! What an event starts. Where several workflows could, a workflow of its own decides: the first
//! whose condition holds is run.

use tidegate_plan::model::{Handlers, Instruction, StepId, Target, Workflow, WorkflowId};

use super::{Emitter, position};
use crate::flow::starts::starting;
use crate::hir::Trigger;

impl Emitter<'_> {
    /// The workflow that an event starts. It goes by the trigger's name, as no other can, where it
    /// decides among others.
    pub(super) fn starting(&mut self, event: Trigger) -> Option<WorkflowId> {
        let program = self.program;
        let all = starting(program, event);
        let workflow = |id: crate::hir::WorkflowId| program.workflows.get(id.0 as usize);
        if let [only] = all.as_slice()
            && workflow(*only).is_some_and(|its| its.when.is_none())
        {
            return Some(WorkflowId(only.0));
        }
        let name = event.name();
        let entry = Target(position(self.plan.code.len()));
        for (id, its) in all.iter().filter_map(|id| Some((id, workflow(*id)?))) {
            let span = self.span(its.item, its.trigger);
            let step = self.step(&format!("{}/{name}", its.name), span);
            if let Some(when) = &its.when {
                let condition = self.expr(its.item, when);
                let behind = position(self.plan.code.len() + 3);
                self.does(step, Instruction::Branch { condition, otherwise: Target(behind) });
            }
            self.does(step, Instruction::Run { workflow: WorkflowId(id.0) });
            self.does(step, Instruction::Return);
        }
        let last = *self.plan.code_steps.get(entry.index()..)?.last()?;
        let waits = event == Trigger::Open && !starting(program, Trigger::Message).is_empty();
        self.does(last, if waits { Instruction::AwaitMessage } else { Instruction::Return });
        let end = Target(position(self.plan.code.len()));
        let name = name.to_owned();
        self.plan.workflows.push(Workflow { name, entry, end, defaults: Handlers::default() });
        Some(WorkflowId(position(self.plan.workflows.len() - 1)))
    }

    fn does(&mut self, step: StepId, instruction: Instruction) {
        self.plan.code.push(instruction);
        self.plan.code_steps.push(step);
    }
}

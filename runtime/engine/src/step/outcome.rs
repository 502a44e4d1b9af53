//! Outcomes of waits: a person wanted, silence.
//!
//! An outcome goes to the step's own arm, else to the `defaults` of the workflow that waits, else
//! to those of the workflow that ran it, outward. An arm that leaves unwinds to the workflow that
//! it belongs to; an idle arm that returns runs on top of the wait.

use tidegate_plan::model::{Handlers, IdleHandler, Instruction, Outcome, Target, WorkflowId};

use super::Machine;
use crate::event::Event;
use crate::state::{Frame, Interrupted, Position};
use crate::transition::Reception;

impl<'p> Machine<'p> {
    /// The handlers that can see an outcome of a wait, nearest first, each with the number of
    /// frames that are left when it takes over.
    fn handlers(&self, own: &'p Handlers) -> Vec<(usize, &'p Handlers)> {
        let frames = &self.out.next.frames;
        let defaults = frames.iter().enumerate().rev().filter_map(|(depth, frame)| {
            let workflow = self.plan.workflows.get(frame.workflow.index())?;
            Some((depth + 1, &workflow.defaults))
        });
        std::iter::once((frames.len(), own)).chain(defaults).collect()
    }

    pub(super) fn human_arm(&self, own: &'p Handlers) -> Option<(usize, Target)> {
        self.handlers(own).into_iter().find_map(|(depth, one)| Some((depth, one.human?)))
    }

    pub(super) fn refused_arm(&self, own: &'p Handlers) -> Option<(usize, Target)> {
        let mut handlers = self.handlers(own).into_iter();
        handlers.find_map(|(depth, one)| Some((depth, one.of(Outcome::Refused)?)))
    }

    fn idle_arms(&self, own: &'p Handlers) -> Option<(usize, &'p [IdleHandler])> {
        let nearest = self.handlers(own).into_iter().find(|(_, one)| !one.idle.is_empty());
        nearest.map(|(depth, one)| (depth, one.idle.as_slice()))
    }

    /// Goes where an outcome of a step is handled that waits for somebody else than the customer;
    /// whether anybody handles it.
    pub(super) fn leave_step(&mut self, own: &'p Handlers, outcome: Outcome) -> bool {
        let mut handlers = self.handlers(own).into_iter();
        let arm = handlers.find_map(|(depth, one)| Some((depth, one.of(outcome)?)));
        let Some((depth, target)) = arm else { return false };
        self.out.next.frames.truncate(depth);
        self.run(target);
        true
    }

    /// Whether *Talk to a person* leads somewhere.
    pub(super) fn has_human(&self, own: &'p Handlers) -> bool {
        self.human_arm(own).is_some()
    }

    /// Begins a wait at an instruction; gives its number.
    pub(super) fn begin_wait(&mut self, at: Target, own: &'p Handlers) -> u64 {
        self.out.next.waits += 1;
        let wait = self.out.next.waits;
        self.out.next.position = Position::Waiting { at, wait, since: self.now, idled: 0 };
        self.watch_silence(at, own, wait, 0);
        wait
    }

    /// Starts the timers of a wait's idle arms that have not run yet. They take the place of those
    /// of earlier waits of the same frame, which have passed; what an idle arm interrupted is below.
    pub(super) fn watch_silence(&mut self, at: Target, own: &'p Handlers, wait: u64, idled: u32) {
        let silences = self.silences_of_answer(at).or_else(|| {
            let (_, arms) = self.idle_arms(own)?;
            Some(arms.iter().map(|arm| arm.after_ms).collect())
        });
        let depth = self.out.next.frames.len();
        for (ordinal, after_ms) in (0u32..).zip(silences.unwrap_or_default()).skip(idled as usize) {
            let name = format!("idle {depth} {ordinal}");
            let key = self.key(&name, 1, "timer");
            let after = i64::try_from(after_ms).unwrap_or(i64::MAX);
            self.timer(key, self.now, after, Event::IdleFired { wait, ordinal });
        }
    }

    pub(super) fn human_requested(&mut self) {
        let Position::Waiting { at, wait, .. } = self.out.next.position else {
            self.out.reception = match self.out.next.position {
                Position::Ended => Reception::Over,
                _ => Reception::Stale,
            };
            return;
        };
        let arm = self.own_handlers(at).and_then(|own| self.human_arm(own));
        let Some((depth, target)) = arm else {
            self.out.reception = Reception::Stale;
            return self.trace(Some(at), "no arm for a person");
        };
        self.trace(Some(at), "the customer asks for a person");
        self.leave_wait(wait, depth, target);
    }

    pub(super) fn idle_fired(&mut self, fired: u64, ordinal: u32) {
        let Position::Waiting { at, wait, since, idled } = self.out.next.position else {
            return;
        };
        let of_answer = self.silences_of_answer(at);
        let arms = self.own_handlers(at).filter(|_| of_answer.is_none());
        let arms = arms.and_then(|own| self.idle_arms(own));
        let arm = arms.and_then(|(depth, arms)| Some((depth, arms.get(ordinal as usize)?)));
        let after_ms = match (&of_answer, arm) {
            (Some(silences), _) => silences.get(ordinal as usize).copied(),
            (None, arm) => arm.map(|(_, arm)| arm.after_ms),
        };
        let Some(after_ms) = after_ms else { return };
        let silence = self.now.as_millisecond().saturating_sub(since.as_millisecond());
        let due = u64::try_from(silence).is_ok_and(|silence| silence >= after_ms);
        if fired != wait || ordinal < idled || !due {
            return self.trace(Some(at), "ignored a passed silence");
        }
        self.trace(Some(at), format!("silence {}", ordinal.saturating_add(1)));
        let Some((depth, arm)) = arm else { return self.silent_at_answer(at, wait, ordinal) };
        if !self.plan.resumes(arm.target) {
            return self.leave_wait(wait, depth, arm.target);
        }
        let Some(workflow) = self.workflow_at(depth) else { return };
        let idled = ordinal.saturating_add(1);
        let interrupted = Some(Interrupted { at, wait, since, idled });
        self.out.next.frames.push(Frame { workflow, return_to: None, interrupted });
        self.run(arm.target);
    }

    fn workflow_at(&self, depth: usize) -> Option<WorkflowId> {
        let frame = self.out.next.frames.get(depth.checked_sub(1)?)?;
        Some(frame.workflow)
    }

    pub(super) fn leave_wait(&mut self, wait: u64, depth: usize, target: Target) {
        self.close(wait, Vec::new());
        self.out.next.turns = None;
        self.out.next.frames.truncate(depth);
        self.run(target);
    }

    /// The arms of the step that waits.
    pub(super) fn own_handlers(&self, at: Target) -> Option<&'p Handlers> {
        match self.plan.code.get(at.index())? {
            Instruction::Ask { own }
            | Instruction::Choose { own, .. }
            | Instruction::Collect { own, .. }
            | Instruction::Verify { own }
            | Instruction::Answer { own, .. } => Some(own),
            _ => None,
        }
    }
}

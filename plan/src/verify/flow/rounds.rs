//! Rounds: each `repeat` is a stretch of code from its head to where it goes round.
//!
//! Stretches stand within each other or apart. In a workflow that has any, control leads downwards,
//! and upwards only from the end of a stretch to behind its head. So an instruction comes round only
//! as often as the stretches around it do; each counts its rounds from its head on, and control can't
//! come to a head again but by going round further out. By induction from the outermost stretch, no
//! path without a wait is endless, and an instruction runs at most as often as the product says.

use std::collections::{BTreeMap, BTreeSet};

use super::super::MAX_REPEATS;
use super::edges::straight;
use super::{CODE, Verified, refuse};
use crate::model::{Instruction, Plan, Target, Workflow};

/// Rounds at most of one repeat.
const MAX_ROUNDS: u32 = 1_000;

/// One `repeat`.
struct Stretch {
    head: usize,
    end: usize,
    up_to: u32,
}

/// The repeats of a workflow, by positions in the code.
pub(super) struct Rounds(Vec<Stretch>);

impl Rounds {
    /// Finds them; refuses what is no stretch, and what leads upwards otherwise.
    pub(super) fn find(plan: &Plan, workflow: &Workflow) -> Verified<Self> {
        let range = workflow.entry.index()..workflow.end.index();
        let mut rounds = Self(Vec::new());
        for at in range.clone() {
            if let Instruction::Again { head, up_to } = plan.code[at] {
                let stretch = Stretch { head: head.index(), end: at, up_to };
                rounds.add(plan, stretch)?;
            }
        }
        if !rounds.0.is_empty() {
            range.into_iter().try_for_each(|at| rounds.check_direction(plan, at))?;
        }
        Ok(rounds)
    }

    fn add(&mut self, plan: &Plan, new: Stretch) -> Verified {
        let refuse = |what: &str| refuse("plan.repeat", CODE, new.end, what);
        if !(1..=MAX_ROUNDS).contains(&new.up_to) {
            return refuse("goes round too often, or never");
        }
        let is_head = matches!(plan.code.get(new.head), Some(Instruction::Repeat));
        if !is_head || new.head >= new.end {
            return refuse("goes back to where no repeat begins");
        }
        if self.0.len() >= MAX_REPEATS {
            return refuse("more repeats than a workflow can have");
        }
        // Ends grow, so an earlier stretch lies before this one or within it.
        let crosses = |one: &Stretch| one.head <= new.head && new.head <= one.end;
        if self.0.iter().any(crosses) {
            return refuse("two repeats have one head, or cross each other");
        }
        self.0.push(new);
        Ok(())
    }

    fn check_direction(&self, plan: &Plan, at: usize) -> Verified {
        let instruction = &plan.code[at];
        if matches!(instruction, Instruction::Again { .. }) {
            return Ok(());
        }
        let own = Target(u32::try_from(at).unwrap_or(u32::MAX));
        let mut up = None;
        straight(instruction, |target| up = up.or(Some(target).filter(|to| *to <= own)));
        match up {
            Some(target) => {
                let what = format!("leads up to {} without counting rounds", target.0);
                refuse("plan.repeat", CODE, at, what)
            }
            None => Ok(()),
        }
    }

    /// Whether there is any.
    pub(super) fn are_there(&self) -> bool {
        !self.0.is_empty()
    }

    /// How often each instruction of the workflow runs at most where no wait is passed.
    pub(super) fn times(&self, workflow: &Workflow) -> Vec<u64> {
        let heads: BTreeMap<usize, u64> =
            self.0.iter().map(|one| (one.head, u64::from(one.up_to))).collect();
        let ends: BTreeSet<usize> = self.0.iter().map(|one| one.end).collect();
        let mut around = vec![1u64];
        let mut times = Vec::new();
        for at in workflow.entry.index()..workflow.end.index() {
            let here = around.last().copied().unwrap_or(1);
            times.push(here);
            if let Some(up_to) = heads.get(&at) {
                around.push(here.saturating_mul(*up_to));
            }
            if ends.contains(&at) {
                around.pop();
            }
        }
        times
    }
}

//! Paths through one workflow, given what is known of those that it runs.

use std::collections::BTreeSet;

use super::edges::{after_wait, falls_through, own_handlers, straight};
use super::rounds::Rounds;
use super::{CODE, Verified, refuse};
use crate::model::{Instruction, Plan, Target, Workflow};

/// What a caller needs to know of a workflow.
#[derive(Debug, Clone, Copy)]
pub(super) struct Summary {
    /// Some path goes back to the caller.
    returns: bool,
    /// Some path does without a wait.
    returns_at_once: bool,
    /// Some path waits, for the customer or for time to pass.
    waits: bool,
    /// Instructions at most up to a wait, a return or an end.
    pub(super) longest: u64,
}

/// A workflow's graph; positions count from its entry.
pub(super) struct Graph<'a> {
    entry: usize,
    code: &'a [Instruction],
    /// Edges without a wait.
    at_once: Edges,
    /// Edges behind a wait, without silence.
    later: Edges,
    /// How often each instruction runs at most up to a wait, where something is repeated.
    times: Vec<u64>,
}

/// Where each position leads: all targets in one row, and where each position's begin and end.
#[derive(Default)]
struct Edges {
    targets: Vec<usize>,
    ends: Vec<usize>,
}

impl Edges {
    fn of(&self, at: usize) -> &[usize] {
        let begin = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.targets[begin..self.ends[at]]
    }

    /// Ends the targets of a position; those of the next one follow.
    fn end(&mut self) {
        self.ends.push(self.targets.len());
    }
}

pub(super) fn check(
    workflow: &Workflow,
    graph: &Graph<'_>,
    callees: &[Option<Summary>],
    resuming: &mut BTreeSet<Target>,
) -> Verified<Summary> {
    let longest = graph.longest(callees)?;
    let sources = graph.sources();
    let resumes = graph.reaching(&sources, |one| matches!(one, Instruction::ResumeWait));
    let returns = graph.reaching(&sources, is_return);
    let mut roots = vec![0];
    for (arm, default) in idle_arms(workflow, graph) {
        if resumes[arm] {
            graph.check_resuming(arm, callees)?;
            resuming.insert(Target(graph.absolute(arm)));
        } else {
            roots.push(arm);
            leaves(graph, default && returns[arm], arm)?;
        }
    }
    for target in workflow.defaults.but_silence() {
        let arm = graph.relative(target);
        roots.push(arm);
        leaves(graph, returns[arm], arm)?;
    }
    if let Some(root) = roots.iter().find(|root| resumes[**root]) {
        let what = "leads to a return to a wait, and no idle arm began";
        return refuse("plan.resume", CODE, graph.entry + root, what);
    }
    for (at, instruction) in graph.code.iter().enumerate() {
        if matches!(instruction, Instruction::CreateCase { .. }) {
            let ends = graph.later.of(at).iter().all(|arm| !returns[*arm] && !resumes[*arm]);
            leaves(graph, !ends, at)?;
        }
    }
    Ok(Summary {
        returns: graph.reached(&roots, true).any(|at| is_return(&graph.code[at])),
        returns_at_once: graph.reached(&[0], false).any(|at| is_return(&graph.code[at])),
        waits: (0..graph.code.len()).any(|at| graph.waits(at, callees)),
        longest,
    })
}

fn is_return(instruction: &Instruction) -> bool {
    matches!(instruction, Instruction::Return)
}

fn leaves(graph: &Graph<'_>, returns: bool, arm: usize) -> Verified {
    if returns {
        let what = "an arm that must leave the conversation can return";
        return refuse("plan.arm", CODE, graph.entry + arm, what);
    }
    Ok(())
}

/// All idle arms, and whether they stand in `defaults`.
fn idle_arms(workflow: &Workflow, graph: &Graph<'_>) -> Vec<(usize, bool)> {
    let own = graph.code.iter().filter_map(own_handlers);
    let own = own.flat_map(|own| &own.idle).map(|idle| (graph.relative(idle.target), false));
    let defaults = workflow.defaults.idle.iter();
    own.chain(defaults.map(|idle| (graph.relative(idle.target), true))).collect()
}

impl<'a> Graph<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        workflow: &Workflow,
        callees: &[Option<Summary>],
        rounds: &Rounds,
    ) -> Self {
        let entry = workflow.entry.index();
        let code = &plan.code[entry..workflow.end.index()];
        let times = if rounds.are_there() { rounds.times(workflow) } else { Vec::new() };
        let (at_once, later) = (Edges::default(), Edges::default());
        let mut graph = Self { entry, code, at_once, later, times };
        for (at, instruction) in code.iter().enumerate() {
            let own = Target(graph.absolute(at));
            let (at_once, later) = (&mut graph.at_once.targets, &mut graph.later.targets);
            straight(instruction, |target| at_once.push(target.index() - entry));
            after_wait(own, instruction, |target| later.push(target.index() - entry));
            match instruction {
                Instruction::Run { workflow } => {
                    let callee = callees[workflow.index()];
                    if callee.is_some_and(|callee| callee.returns_at_once) {
                        at_once.push(at + 1);
                    } else if callee.is_some_and(|callee| callee.returns) {
                        later.push(at + 1);
                    }
                }
                other if falls_through(other) => at_once.push(at + 1),
                _ => {}
            }
            graph.at_once.end();
            graph.later.end();
        }
        graph
    }

    /// The positions to which control goes on from here, waits and silence passed. Silence leads
    /// into arms of the wait itself alone: those of `defaults` are entered from anywhere.
    pub(super) fn followers(&self, at: usize) -> Vec<usize> {
        let silence = own_handlers(&self.code[at]).into_iter().flat_map(|own| &own.idle);
        let silence = silence.map(|idle| self.relative(idle.target));
        let at_once = self.at_once.of(at).iter();
        at_once.chain(self.later.of(at)).copied().chain(silence).collect()
    }

    fn absolute(&self, at: usize) -> u32 {
        u32::try_from(self.entry + at).unwrap_or(u32::MAX)
    }

    fn relative(&self, target: Target) -> usize {
        target.index() - self.entry
    }

    /// Whether something is waited for here, or in a workflow that is run here.
    fn waits(&self, at: usize, callees: &[Option<Summary>]) -> bool {
        match &self.code[at] {
            Instruction::Run { workflow } => {
                callees[workflow.index()].is_some_and(|callee| callee.waits)
            }
            Instruction::Wait { .. } => true,
            other => own_handlers(other).is_some(),
        }
    }

    /// Where control goes on without a wait and without going round.
    fn onwards(&self, at: usize) -> impl Iterator<Item = usize> {
        let round = matches!(self.code[at], Instruction::Again { .. });
        self.at_once.of(at).iter().copied().filter(move |to| !round || *to > at)
    }

    /// Instructions at most up to a wait, from the worst beginning; refuses a cycle without one.
    fn longest(&self, callees: &[Option<Summary>]) -> Verified<u64> {
        let mut entering = vec![0usize; self.code.len()];
        for target in (0..self.code.len()).flat_map(|at| self.onwards(at)) {
            entering[target] += 1;
        }
        let mut ready: Vec<usize> = (0..self.code.len()).filter(|at| entering[*at] == 0).collect();
        let mut order = Vec::with_capacity(self.code.len());
        while let Some(at) = ready.pop() {
            order.push(at);
            for target in self.onwards(at) {
                entering[target] -= 1;
                if entering[target] == 0 {
                    ready.push(target);
                }
            }
        }
        if let Some(at) = entering.iter().position(|left| *left > 0) {
            let what = "control can go round here without a wait";
            return refuse("plan.cycle", CODE, self.entry + at, what);
        }
        let cost = |at: usize| match &self.code[at] {
            Instruction::Run { workflow } => {
                callees[workflow.index()].map_or(0, |callee| callee.longest).saturating_add(1)
            }
            _ => 1,
        };
        if !self.times.is_empty() {
            // Each way through, as often as it can be gone.
            let all = self.times.iter().enumerate();
            let all = all.map(|(at, times)| cost(at).saturating_mul(*times));
            return Ok(all.fold(0, u64::saturating_add));
        }
        let mut longest = vec![0u64; self.code.len()];
        for at in order.into_iter().rev() {
            let behind = self.onwards(at).map(|target| longest[target]).max().unwrap_or(0);
            longest[at] = cost(at).saturating_add(behind);
        }
        Ok(longest.into_iter().max().unwrap_or(0))
    }

    /// For each position those that lead to it, waits passed.
    fn sources(&self) -> Edges {
        let all = || {
            let both = |at| self.at_once.of(at).iter().chain(self.later.of(at));
            (0..self.code.len()).flat_map(move |at| both(at).map(move |target| (at, *target)))
        };
        let mut ends = vec![0usize; self.code.len()];
        all().for_each(|(_, target)| ends[target] += 1);
        let mut sum = 0;
        for end in &mut ends {
            sum += *end;
            *end = sum;
        }
        let mut free = ends.clone();
        let mut sources = vec![0; sum];
        for (at, target) in all() {
            free[target] -= 1;
            sources[free[target]] = at;
        }
        Edges { targets: sources, ends }
    }

    /// For each instruction, whether a path from it leads to one of a kind, waits passed.
    fn reaching(&self, sources: &Edges, kind: impl Fn(&Instruction) -> bool) -> Vec<bool> {
        let mut open: Vec<usize> =
            (0..self.code.len()).filter(|at| kind(&self.code[*at])).collect();
        let mut reaching = vec![false; self.code.len()];
        while let Some(at) = open.pop() {
            if !std::mem::replace(&mut reaching[at], true) {
                open.extend(sources.of(at));
            }
        }
        reaching
    }

    /// What a path from these leads to, themselves included.
    fn reached(&self, from: &[usize], waits_passed: bool) -> impl Iterator<Item = usize> {
        let mut open = from.to_vec();
        let mut reached = vec![false; self.code.len()];
        while let Some(at) = open.pop() {
            if !std::mem::replace(&mut reached[at], true) {
                open.extend(self.at_once.of(at));
                if waits_passed {
                    open.extend(self.later.of(at));
                }
            }
        }
        reached.into_iter().enumerate().filter_map(|(at, reached)| reached.then_some(at))
    }

    /// An idle arm that goes back to its wait neither waits nor returns.
    fn check_resuming(&self, arm: usize, callees: &[Option<Summary>]) -> Verified {
        let bad = |at: &usize| is_return(&self.code[*at]) || self.waits(*at, callees);
        match self.reached(&[arm], true).find(bad) {
            Some(at) => {
                let what = "an idle arm that goes back to its wait waits or returns here";
                refuse("plan.resume", CODE, self.entry + at, what)
            }
            None => Ok(()),
        }
    }
}

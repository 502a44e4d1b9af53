//! From steps to a graph.

use rustc_hash::FxHashMap;

use crate::hir::{Expr, Outcome, OutcomeArm, PushId, Step, StepKind};

use super::graph::{Edge, Graph, Guard, Node, NodeId, Op};

/// An edge whose target is not known yet.
type Open<'p> = (NodeId, Guard<'p>);

#[derive(Default)]
struct Builder<'p> {
    nodes: Vec<Node<'p>>,
    first: FxHashMap<*const Step, NodeId>,
    /// The edges that leave each repeat around, innermost last.
    left: Vec<Vec<Open<'p>>>,
}

/// The graph of a block that is entered at its beginning.
pub fn graph(steps: &[Step]) -> Graph<'_> {
    let mut builder = Builder::default();
    let entry = builder.node(Op::Entry, Vec::new());
    let open = builder.block(steps, vec![(entry, Guard::Next)]);
    builder.node(Op::Exit, open);
    Graph::new(builder.nodes, builder.first)
}

impl<'p> Builder<'p> {
    fn node(&mut self, op: Op<'p>, from: Vec<Open<'p>>) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node { op, edges: Vec::new() });
        for (source, guard) in from {
            self.nodes[source.index()].edges.push(Edge { to: id, guard });
        }
        if let Some(step) = op.step() {
            self.first.entry(std::ptr::from_ref(step)).or_insert(id);
        }
        id
    }

    fn block(&mut self, steps: &'p [Step], mut open: Vec<Open<'p>>) -> Vec<Open<'p>> {
        for step in steps {
            open = self.step(step, open);
        }
        open
    }

    fn step(&mut self, step: &'p Step, open: Vec<Open<'p>>) -> Vec<Open<'p>> {
        match &step.kind {
            StepKind::Say(_)
            | StepKind::Note(_)
            | StepKind::Set { .. }
            | StepKind::Let { .. }
            | StepKind::Clear { .. }
            | StepKind::RecordCase { .. }
            | StepKind::GoOn
            | StepKind::Error => vec![(self.node(Op::Plain(step), open), Guard::Next)],
            StepKind::Wait(_) => {
                let pause = self.node(Op::Plain(step), open);
                vec![(pause, Guard::Next), (pause, Guard::Meanwhile)]
            }
            StepKind::Detect { arms, .. } => self.detect(step, arms, open),
            // Nothing follows but by an outcome.
            StepKind::Answer { arms, .. } => {
                let answer = self.node(Op::Answer(step), open);
                self.own_arms(answer, arms)
            }
            StepKind::HandOff { arms, .. } => self.hand_off(step, arms, open),
            StepKind::Ask { arms } | StepKind::Verify { arms } | StepKind::Collect { arms, .. } => {
                self.wait(step, arms, open)
            }
            StepKind::Choose { options, other, arms, .. } => {
                let wait = self.node(Op::Wait(step), open);
                let mut behind = Vec::new();
                for (at, (_, block)) in options.iter().enumerate() {
                    behind.extend(self.block(block, vec![(wait, Guard::Pressed(at))]));
                }
                if let Some(block) = other {
                    behind.extend(self.block(block, vec![(wait, Guard::OtherWords)]));
                }
                behind.extend(self.own_arms(wait, arms));
                behind
            }
            StepKind::If { branches, otherwise } => self.branches(step, branches, otherwise, open),
            StepKind::Match { arms, .. } => {
                let switch = self.node(Op::Switch(step), open);
                let mut behind = Vec::new();
                for (at, arm) in arms.iter().enumerate() {
                    behind.extend(self.block(&arm.body, vec![(switch, Guard::Arm(at))]));
                }
                behind.push((switch, Guard::NoArm));
                behind
            }
            StepKind::Repeat { body, exhausted, .. } => self.repeat(step, body, exhausted, open),
            StepKind::LeaveRepeat => self.leave_repeat(step, open),
            StepKind::Run(workflow) => {
                vec![(self.node(Op::Run(step, *workflow), open), Guard::Next)]
            }
            StepKind::CreateCase { push, arms } => self.create(step, (*push, arms), open),
            StepKind::End(_) => {
                self.node(Op::Leave(step), open);
                Vec::new()
            }
        }
    }

    fn create(
        &mut self,
        step: &'p Step,
        (push, arms): (PushId, &'p [OutcomeArm]),
        open: Vec<Open<'p>>,
    ) -> Vec<Open<'p>> {
        let create = self.node(Op::Create(step, push), open);
        for arm in arms {
            let from = entries(create, arm);
            // Behind its arms the conversation is over.
            self.block(&arm.body, from);
        }
        Vec::new()
    }

    fn wait(
        &mut self,
        step: &'p Step,
        arms: &'p [OutcomeArm],
        open: Vec<Open<'p>>,
    ) -> Vec<Open<'p>> {
        let wait = self.node(Op::Wait(step), open);
        let mut behind = vec![(wait, Guard::Answered)];
        if matches!(step.kind, StepKind::Verify { .. }) {
            behind.push((wait, Guard::Meanwhile));
        }
        behind.extend(self.own_arms(wait, arms));
        behind
    }

    /// It goes on by its arms alone: each way to end is an outcome.
    fn hand_off(
        &mut self,
        step: &'p Step,
        arms: &'p [OutcomeArm],
        open: Vec<Open<'p>>,
    ) -> Vec<Open<'p>> {
        let hand_off = self.node(Op::HandOff(step), open);
        self.own_arms(hand_off, arms)
    }

    fn detect(
        &mut self,
        step: &'p Step,
        arms: &'p [OutcomeArm],
        open: Vec<Open<'p>>,
    ) -> Vec<Open<'p>> {
        let detect = self.node(Op::Detect(step), open);
        let mut behind = vec![(detect, Guard::Meanwhile), (detect, Guard::Next)];
        behind.extend(self.own_arms(detect, arms));
        behind
    }

    fn leave_repeat(&mut self, step: &'p Step, open: Vec<Open<'p>>) -> Vec<Open<'p>> {
        let leave = self.node(Op::Plain(step), open);
        match self.left.last_mut() {
            Some(left) => left.push((leave, Guard::Next)),
            None => return vec![(leave, Guard::Next)],
        }
        Vec::new()
    }

    fn repeat(
        &mut self,
        step: &'p Step,
        body: &'p [Step],
        exhausted: &'p [Step],
        open: Vec<Open<'p>>,
    ) -> Vec<Open<'p>> {
        let round = self.node(Op::Round(step), open);
        self.left.push(Vec::new());
        let end = self.block(body, vec![(round, Guard::Next)]);
        let mut behind = self.left.pop().unwrap_or_default();
        let again = self.node(Op::Again(step), end);
        self.nodes[again.index()].edges.push(Edge { to: round, guard: Guard::Again });
        behind.extend(self.block(exhausted, vec![(again, Guard::Exhausted)]));
        behind
    }

    fn branches(
        &mut self,
        step: &'p Step,
        branches: &'p [(Expr, Vec<Step>)],
        otherwise: &'p [Step],
        mut open: Vec<Open<'p>>,
    ) -> Vec<Open<'p>> {
        let mut behind = Vec::new();
        for (condition, block) in branches {
            let test = self.node(Op::Test(step, condition), open);
            behind.extend(self.block(block, vec![(test, Guard::If(true))]));
            open = vec![(test, Guard::If(false))];
        }
        behind.extend(self.block(otherwise, open));
        behind
    }

    /// The arms that stand at a step itself: `idle` goes back to its wait, all others on behind it.
    fn own_arms(&mut self, wait: NodeId, arms: &'p [OutcomeArm]) -> Vec<Open<'p>> {
        let mut behind = Vec::new();
        for arm in arms {
            let open = self.block(&arm.body, entries(wait, arm));
            if arm.outcomes.iter().any(|outcome| matches!(outcome, Outcome::Idle(_))) {
                if !open.is_empty() {
                    let resume = self.node(Op::Resume, open);
                    self.nodes[resume.index()].edges.push(Edge { to: wait, guard: Guard::Next });
                }
            } else {
                behind.extend(open);
            }
        }
        behind
    }
}

fn entries<'p>(from: NodeId, arm: &'p OutcomeArm) -> Vec<Open<'p>> {
    arm.outcomes.iter().map(|outcome| (from, Guard::Outcome(arm, *outcome))).collect()
}

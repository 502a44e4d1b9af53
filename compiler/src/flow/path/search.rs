//! Conversations, one at a time.

use std::rc::Rc;

use crate::flow::domain::{Abs, Content, Origins};
use crate::flow::graph::{Edge, Graph, Guard, Node, NodeId, Op};
use crate::flow::names::{read_by, reread_by, written_by};
use crate::flow::refine::{Part, cases};
use crate::flow::replies::begun;
use crate::flow::state::State;
use crate::flow::summary::Kind;
use crate::flow::transfer::{Env, owns};
use crate::flow::unit::UnitId;
use crate::flow::walk::parts;
use crate::hir::{AttrId, Expr, ExprKind, Step, StepKind, Type, WorkflowId};

use super::guide::{Guide, enters};
use super::label::{self, Move};
use super::{Goal, Map, Verdict};

/// So many places are looked at before the search gives up.
const BUDGET: usize = 4_000;

/// A list that grows at its end and whose beginning is shared.
struct Link<T> {
    value: T,
    rest: Chain<T>,
}

type Chain<T> = Option<Rc<Link<T>>>;

fn push<T>(chain: &Chain<T>, value: T) -> Chain<T> {
    Some(Rc::new(Link { value, rest: chain.clone() }))
}

struct Frame {
    unit: UnitId,
    node: NodeId,
}

/// A condition that was seen to hold or not, and still does as long as nobody writes what it reads.
struct Seen<'p> {
    condition: &'p Expr,
    truth: bool,
}

/// A wait that own `idle` arms come back to, as it was begun.
struct Begun<'p> {
    unit: UnitId,
    node: NodeId,
    state: State,
    seen: Chain<Seen<'p>>,
}

/// A round of a `repeat` that was begun.
struct Round<'p> {
    unit: UnitId,
    head: NodeId,
    /// Which one.
    number: u32,
    state: State,
    seen: Chain<Seen<'p>>,
    /// Whether a round before it changed nothing, so that any number of such may have been done.
    free: bool,
}

#[derive(Clone)]
struct Walk<'p> {
    unit: UnitId,
    node: NodeId,
    state: State,
    frames: Chain<Frame>,
    seen: Chain<Seen<'p>>,
    begun: Chain<Begun<'p>>,
    rounds: Chain<Round<'p>>,
    trail: Chain<Move<'p>>,
}

struct Search<'s, 'a, 'p> {
    map: &'s Map<'a, 'p>,
    goal: &'s Goal,
    guide: &'s Guide,
    stack: Vec<Walk<'p>>,
    cut: bool,
}

/// Looks for a conversation that fails.
pub(super) fn search(
    map: &Map<'_, '_>,
    goal: &Goal,
    guide: &Guide,
    fails: &dyn Fn(&State) -> bool,
) -> Verdict {
    let mut search = Search { map, goal, guide, stack: Vec::new(), cut: false };
    search.begin();
    let mut left = BUDGET;
    while let Some(walk) = search.stack.pop() {
        if walk.unit == goal.unit && walk.node == goal.node && fails(&walk.state) {
            let moves = collect(&walk.trail);
            return Verdict::Refuted(label::labels(map, goal.track.as_ref(), &moves));
        }
        left -= 1;
        if left == 0 {
            return Verdict::Open;
        }
        search.step(&walk);
    }
    if search.cut || !guide.is_whole() { Verdict::Open } else { Verdict::Proved }
}

fn collect<'p>(trail: &Chain<Move<'p>>) -> Vec<Move<'p>> {
    let mut moves = Vec::new();
    let mut rest = trail.as_ref();
    while let Some(link) = rest {
        moves.push(link.value.clone());
        rest = link.rest.as_ref();
    }
    moves.reverse();
    moves
}

impl<'p> Search<'_, '_, 'p> {
    fn begin(&mut self) {
        let mut roots = Vec::new();
        for (workflow, entry) in (0u32..).map(WorkflowId).zip(self.map.entries) {
            if self.map.is_root(workflow) {
                let unit = UnitId { workflow, part: 0 };
                let trail = push(&None, Move::Open(workflow));
                let state = entry.state.clone();
                let (frames, seen, begun, rounds) = (None, None, None, None);
                let node = NodeId(0);
                roots.push(Walk { unit, node, state, frames, seen, begun, rounds, trail });
            }
        }
        self.push_all(roots);
    }

    /// Puts walks on the stack, those that are nearest to the failure on top.
    fn push_all(&mut self, walks: Vec<Walk<'p>>) {
        let mut ranked: Vec<(u32, Walk<'p>)> = walks
            .into_iter()
            .filter(|walk| walk.state.is_live())
            .filter_map(|walk| Some((self.distance(&walk)?, walk)))
            .collect();
        ranked.sort_by_key(|(distance, _)| std::cmp::Reverse(*distance));
        self.stack.extend(ranked.into_iter().map(|(_, walk)| walk));
    }

    fn distance(&self, walk: &Walk<'p>) -> Option<u32> {
        self.guide.distance(walk.unit, walk.node, &walk.state, self.goal.track.as_ref())
    }

    fn step(&mut self, walk: &Walk<'p>) {
        let units = &self.map.units[walk.unit.workflow.0 as usize];
        let graph = &units.graphs[walk.unit.part];
        let node = graph.node(walk.node);
        let solved = self.map.solved(walk.unit.workflow);
        let env = self.map.around.env(units, &solved.idle);
        let mut next = Vec::new();
        if let Op::Run(step, callee) = node.op {
            let frame = Frame { unit: walk.unit, node: walk.node };
            next.push(Walk {
                unit: UnitId { workflow: callee, part: 0 },
                node: NodeId(0),
                frames: push(&walk.frames, frame),
                trail: push(&walk.trail, Move::Run(walk.unit.workflow, step)),
                ..walk.clone()
            });
            if enters(self.map, callee, self.goal.track.as_ref()) {
                self.interrupted(walk, &mut next);
                self.push_all(next);
                return;
            }
        }
        if let Op::HandOff(_) = node.op {
            next.extend(self.replied(walk, &env.perform(node, &walk.state)));
        }
        if walk.node == graph.exit() && walk.unit.part == 0 {
            next.extend(self.returned(walk));
        }
        let written = self.written(walk);
        for Way { edge, state, parts } in ways(&env, node, &walk.state) {
            let Some(seen) = self.seen_after(walk, &parts, &written) else { continue };
            let rounds = match rounds_after(walk, graph, &edge, &state, &seen) {
                After::Goes(rounds) => rounds,
                After::Never => continue,
                After::Unknown => {
                    self.cut = true;
                    continue;
                }
            };
            let mut begun = walk.begun.clone();
            let back = edge.to <= walk.node && !matches!(node.op, Op::Again(_));
            if back && !self.goes_round(walk, edge.to, &state, &seen) {
                continue;
            }
            if back || matches!(graph.node(edge.to).op, Op::Wait(step) if owns(step, Kind::Idle)) {
                let (unit, node) = (walk.unit, edge.to);
                let (state, seen) = (state.clone(), seen.clone());
                begun = push(&begun, Begun { unit, node, state, seen });
            }
            let trail = push(&self.beside(walk, node), Move::Along(walk.unit, walk.node, edge));
            next.push(Walk { node: edge.to, state, seen, begun, rounds, trail, ..walk.clone() });
        }
        self.interrupted(walk, &mut next);
        self.push_all(next);
    }

    /// Whether a wait is to be gone back to: not with just what was known as it was begun before, nor
    /// more often than it can be.
    fn goes_round(
        &mut self,
        walk: &Walk<'p>,
        to: NodeId,
        state: &State,
        seen: &Chain<Seen<'p>>,
    ) -> bool {
        const MOST: usize = 8;
        let mut times = 0;
        let mut rest = walk.begun.as_ref();
        while let Some(link) = rest {
            let before = &link.value;
            if (before.unit, before.node) == (walk.unit, to) {
                if before.state == *state && still_seen(&before.seen, seen) {
                    return false;
                }
                times += 1;
            }
            rest = link.rest.as_ref();
        }
        self.cut |= times >= MOST;
        times < MOST
    }

    /// Attributes that a node may write, with what `idle` arms write while it waits.
    fn written(&self, walk: &Walk<'p>) -> Vec<AttrId> {
        let around = &self.map.around;
        let node =
            self.map.units[walk.unit.workflow.0 as usize].graphs[walk.unit.part].node(walk.node);
        let ambient = || around.ambient.iter().map(|(attr, _)| *attr);
        let mut written = match node.op {
            Op::Run(_, callee) => {
                let summary = around.summary(callee);
                let waits = summary.is_some_and(|summary| summary.waits);
                let mut all = summary.map_or_else(Vec::new, |summary| summary.writes.clone());
                all.extend(ambient().filter(|_| waits));
                all
            }
            Op::Wait(step) => {
                let idle = &self.map.solved(walk.unit.workflow).idle;
                let idle = idle.iter().flat_map(|effect| &effect.cells).map(|(attr, _)| *attr);
                let reread = reread_by(step, around.world).iter().copied();
                written_by(step).into_iter().chain(reread).chain(idle).chain(ambient()).collect()
            }
            Op::HandOff(_) => around.world.replies.writes(around.summaries),
            op => op.step().map_or_else(Vec::new, written_by),
        };
        written.sort_unstable();
        written.dedup();
        around.world.with_dependents(written)
    }

    /// The trail with what replies do beside a hand-off, where that matters.
    fn beside(&self, walk: &Walk<'p>, node: &Node<'p>) -> Chain<Move<'p>> {
        let around = &self.map.around;
        let writes = || around.world.replies.writes(around.summaries);
        match (node.op, &self.goal.track) {
            (Op::HandOff(step), Some(track)) if writes().contains(&track.attr) => {
                push(&walk.trail, Move::Beside(walk.unit.workflow, step))
            }
            _ => walk.trail.clone(),
        }
    }

    /// The walks into what an agent's reply starts beside a hand-off.
    fn replied(&self, walk: &Walk<'p>, state: &State) -> Vec<Walk<'p>> {
        let written = self.written(walk);
        let begun = begun(self.map.around.world, state).into_iter();
        let into = begun.map(|(workflow, state)| Walk {
            unit: UnitId { workflow, part: 0 },
            node: NodeId(0),
            state,
            frames: None,
            seen: without(&walk.seen, &written),
            trail: push(&walk.trail, Move::Open(workflow)),
            ..walk.clone()
        });
        into.collect()
    }

    /// The walk behind the `run` that led here.
    fn returned(&self, walk: &Walk<'p>) -> Option<Walk<'p>> {
        let frame = walk.frames.as_ref()?;
        let Frame { unit, node } = frame.value;
        let graph = &self.map.units[unit.workflow.0 as usize].graphs[unit.part];
        let edge = graph.node(node).edges.first()?;
        let caller = Walk { unit, node, frames: frame.rest.clone(), ..walk.clone() };
        match rounds_after(&caller, graph, edge, &caller.state, &caller.seen) {
            After::Goes(rounds) => Some(Walk { node: edge.to, rounds, ..caller }),
            // No round ends where a `run` does.
            After::Never | After::Unknown => None,
        }
    }

    /// The walks into arms of `defaults`: of this workflow, and of those that run it.
    fn interrupted(&self, walk: &Walk<'p>, next: &mut Vec<Walk<'p>>) {
        let solved = self.map.solved(walk.unit.workflow);
        let kinds: Vec<Kind> = solved.outs[walk.unit.part]
            .iter()
            .filter(|out| out.node == walk.node)
            .map(|out| out.kind)
            .collect();
        let units = &self.map.units[walk.unit.workflow.0 as usize];
        let node = units.graphs[walk.unit.part].node(walk.node);
        if kinds.is_empty() {
            return;
        }
        let written = self.written(walk);
        let (seen, trail) = (without(&walk.seen, &written), self.beside(walk, node));
        let walk = &Walk { seen, trail, ..walk.clone() };
        let env = self.map.around.env(units, &solved.idle);
        for kind in kinds {
            let state = match node.op {
                Op::Run(_, callee) => {
                    let escapes = self.map.around.summary(callee).map(|summary| &summary.escapes);
                    let found = escapes.into_iter().flatten().find(|(k, _)| *k == kind);
                    found.map_or_else(State::dead, |(_, effect)| effect.after(&walk.state))
                }
                _ => env.raised(node, kind, &walk.state),
            };
            self.arms_for(walk, kind, &state, next);
        }
    }

    fn arms_for(&self, walk: &Walk<'p>, kind: Kind, state: &State, next: &mut Vec<Walk<'p>>) {
        let mut workflow = walk.unit.workflow;
        let mut frames = walk.frames.clone();
        loop {
            let units = &self.map.units[workflow.0 as usize];
            if units.handled().has(kind) {
                for part in units.handlers(kind) {
                    next.push(Walk {
                        unit: UnitId { workflow, part },
                        node: NodeId(0),
                        state: state.clone(),
                        frames: frames.clone(),
                        trail: push(&walk.trail, Move::Into(workflow, part)),
                        ..walk.clone()
                    });
                }
                return;
            }
            let Some(frame) = frames.clone() else { return };
            workflow = frame.value.unit.workflow;
            frames.clone_from(&frame.rest);
        }
    }

    /// What was seen of conditions behind an edge on which these parts of one are known; `None`
    /// where they contradict what was seen before.
    fn seen_after(
        &self,
        walk: &Walk<'p>,
        parts: &[Part<'p>],
        written: &[AttrId],
    ) -> Option<Chain<Seen<'p>>> {
        let mut seen = match written {
            [] => walk.seen.clone(),
            written => without(&walk.seen, written),
        };
        for (condition, truth) in parts {
            if !self.lasts(condition) || reads_any(condition, written) {
                continue;
            }
            if contradicts(&walk.seen, condition, *truth) {
                return None;
            }
            seen = push(&seen, Seen { condition, truth: *truth });
        }
        Some(seen)
    }

    /// Whether only what the program writes can change a condition: time passes by itself, and a
    /// summary comes by itself.
    fn lasts(&self, condition: &Expr) -> bool {
        let mut lasts = true;
        parts(condition, &mut |part| match &part.kind {
            ExprKind::Now => lasts = false,
            ExprKind::Attr(attr) => lasts &= !self.map.around.world.comes_by_itself(*attr),
            ExprKind::PersonVerified | ExprKind::PersonKnown => {
                let world = self.map.around.world;
                lasts &= !world.verifies && world.replies.is_empty();
            }
            _ => {}
        });
        lasts
    }
}

/// What there is of rounds behind an edge.
enum After<'p> {
    /// These.
    Goes(Chain<Round<'p>>),
    /// There can't be so many, or so few.
    Never,
    /// The round that ends was not seen to begin.
    Unknown,
}

fn rounds_after<'p>(
    walk: &Walk<'p>,
    graph: &Graph<'_>,
    edge: &Edge<'_>,
    state: &State,
    seen: &Chain<Seen<'p>>,
) -> After<'p> {
    let (unit, head) = (walk.unit, edge.to);
    let begin = |number, free| {
        let (state, seen) = (state.clone(), seen.clone());
        After::Goes(push(&walk.rounds, Round { unit, head, number, state, seen, free }))
    };
    let Op::Again(step) = graph.node(walk.node).op else {
        let begins = matches!(graph.node(head).op, Op::Round(_));
        return if begins { begin(1, false) } else { After::Goes(walk.rounds.clone()) };
    };
    let StepKind::Repeat { up_to, .. } = step.kind else { return After::Unknown };
    let back = graph.node(walk.node).edges.iter().find(|edge| matches!(edge.guard, Guard::Again));
    let round = back.and_then(|back| latest(&walk.rounds, unit, back.to));
    let Some(round) = round else { return After::Unknown };
    let same = round.state == *state && still_seen(&round.seen, seen);
    if matches!(edge.guard, Guard::Exhausted) {
        return match round.number >= up_to || round.free || same {
            true => After::Goes(walk.rounds.clone()),
            false => After::Never,
        };
    }
    // Once is enough for what changes nothing: then there may have been any number of it.
    let goes_on = if same { !round.free } else { round.number < up_to };
    let number = if same { round.number } else { round.number + 1 };
    if goes_on { begin(number, round.free || same) } else { After::Never }
}

fn latest<'r, 'p>(
    rounds: &'r Chain<Round<'p>>,
    unit: UnitId,
    head: NodeId,
) -> Option<&'r Round<'p>> {
    let mut rest = rounds.as_ref();
    while let Some(link) = rest {
        if (link.value.unit, link.value.head) == (unit, head) {
            return Some(&link.value);
        }
        rest = link.rest.as_ref();
    }
    None
}

fn contradicts(seen: &Chain<Seen<'_>>, condition: &Expr, truth: bool) -> bool {
    is_seen(seen, condition, !truth)
}

fn is_seen(seen: &Chain<Seen<'_>>, condition: &Expr, truth: bool) -> bool {
    let mut rest = seen.as_ref();
    while let Some(link) = rest {
        if link.value.truth == truth && label::same(link.value.condition, condition) {
            return true;
        }
        rest = link.rest.as_ref();
    }
    false
}

/// Whether nothing that was seen before has been forgotten since.
fn still_seen(before: &Chain<Seen<'_>>, now: &Chain<Seen<'_>>) -> bool {
    let mut rest = before.as_ref();
    while let Some(link) = rest {
        let Seen { condition, truth } = link.value;
        if !is_seen(now, condition, truth) {
            return false;
        }
        rest = link.rest.as_ref();
    }
    true
}

/// An attribute or a `let` that is given a condition, with it.
fn condition_of(step: &Step) -> Option<(AttrId, &Expr)> {
    match &step.kind {
        StepKind::Let { attr, value } | StepKind::Set { attr, value } if value.ty == Type::Bool => {
            Some((*attr, value))
        }
        _ => None,
    }
}

/// An edge, with a state behind it and the parts of conditions that are known there.
struct Way<'p> {
    edge: Edge<'p>,
    state: State,
    parts: Vec<Part<'p>>,
}

/// The ways on from a node that is come to in a state.
fn ways<'p>(env: &Env<'_, 'p>, node: &Node<'p>, before: &State) -> Vec<Way<'p>> {
    let behind = env.perform(node, before);
    let on = |edge: &Edge<'p>| {
        let states: Vec<(State, Vec<Part<'p>>)> = match (node.op, edge.guard) {
            (Op::Test(_, condition), Guard::If(truth)) => {
                cases(env.world, &behind, (condition, truth))
            }
            (Op::Plain(step), Guard::Next) if let Some(given) = condition_of(step) => {
                decided(env, node, before, given)
            }
            _ => vec![(env.follow(node, edge, &behind), Vec::new())],
        };
        let edge = *edge;
        states.into_iter().map(move |(state, parts)| Way { edge, state, parts })
    };
    node.edges.iter().flat_map(on).collect()
}

/// The states behind a step that gives a condition to something: in each it is known whether the
/// condition held, so a test of what was given says what the condition says.
fn decided<'p>(
    env: &Env<'_, 'p>,
    node: &Node<'p>,
    before: &State,
    (attr, condition): (AttrId, &'p Expr),
) -> Vec<(State, Vec<Part<'p>>)> {
    let mut found = Vec::new();
    for truth in [true, false] {
        let is = Abs::set(Content::Bool { no: !truth, yes: truth }, Origins::ANY);
        let is = if truth { is } else { is.join(&Abs::ANY_BLANK) };
        for (state, parts) in cases(env.world, before, (condition, truth)) {
            let mut behind = env.perform(node, &state);
            behind.learn(attr, &is);
            found.push((behind, parts));
        }
    }
    found
}

fn reads_any(condition: &Expr, attributes: &[AttrId]) -> bool {
    let mut read = Vec::new();
    read_by(condition, &mut read);
    read.iter().any(|attr| attributes.contains(attr))
}

fn without<'p>(seen: &Chain<Seen<'p>>, written: &[AttrId]) -> Chain<Seen<'p>> {
    let mut kept: Chain<Seen<'p>> = None;
    let mut rest = seen.as_ref();
    while let Some(link) = rest {
        if !reads_any(link.value.condition, written) {
            let Seen { condition, truth } = link.value;
            kept = push(&kept, Seen { condition, truth });
        }
        rest = link.rest.as_ref();
    }
    kept
}

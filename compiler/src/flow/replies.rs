//! What agents' replies start beside a `hand off`, and what that changes for the workflow that waits
//! there: the records are read again, and workflows set data, as often as agents write.

use std::sync::Arc;

use crate::hir::{AttrId, Origin, Program, Space, Trigger, WorkflowId};

use super::domain::{Abs, Origins, Presence};
use super::eval::World;
use super::facts::Fact;
use super::moments::Moment;
use super::starts::{Order, starting, when};
use super::state::State;
use super::summary::Summary;
use super::transfer::Env;
use super::types;

/// So often replies are followed one by one; what changes still may then be anything.
const PATIENCE: u32 = 3;

/// The workflows that agents' replies start.
#[derive(Debug, Default)]
pub struct Replies {
    /// Each with those that stand before it, in their order.
    started: Vec<(WorkflowId, Vec<WorkflowId>)>,
    moments: Vec<Moment>,
    /// The attributes that a reply has read again.
    reread: Vec<AttrId>,
}

impl Replies {
    /// Those of a program.
    pub fn of(program: &Program, synced: &[AttrId]) -> Self {
        let all = starting(program, Trigger::AgentReply);
        if all.is_empty() {
            return Self::default();
        }
        let order = Order::of(program);
        let earlier = |id: &WorkflowId| {
            let before = |other: &&WorkflowId| {
                order.is_before(**other, *id) && !order.is_before(*id, **other)
            };
            all.iter().filter(before).copied().collect()
        };
        let started = all.iter().map(|id| (*id, earlier(id))).collect();
        let finds = program.person.as_ref().is_some_and(|person| person.find_by.is_some());
        let person = if finds { synced } else { &[] };
        let mut reread: Vec<AttrId> = person.iter().copied().chain(of_case(program)).collect();
        reread.sort_unstable();
        Self { started, moments: Moment::of_starts(program), reread }
    }

    /// Whether replies start nothing. Then they have nothing read again either.
    pub fn is_empty(&self) -> bool {
        self.started.is_empty()
    }

    /// The workflows.
    pub fn workflows(&self) -> impl Iterator<Item = WorkflowId> {
        self.started.iter().map(|(id, _)| *id)
    }

    /// The attributes that may change beside a hand-off.
    pub fn writes(&self, summaries: &[Option<Arc<Summary>>]) -> Vec<AttrId> {
        let of = |id: WorkflowId| summaries.get(id.0 as usize)?.as_ref();
        let own = self.workflows().filter_map(of).flat_map(|summary| &summary.writes);
        own.chain(&self.reread).copied().collect()
    }

    /// The attributes that are read beside a hand-off.
    pub fn reads(&self, world: &World<'_>, summaries: &[Option<Arc<Summary>>]) -> Vec<AttrId> {
        let of = |id: WorkflowId| summaries.get(id.0 as usize)?.as_ref();
        let own = self.workflows().filter_map(of).flat_map(|summary| &summary.reads);
        let mut read: Vec<AttrId> = own.copied().collect();
        let workflows = &world.program.workflows;
        let conditions =
            self.workflows().filter_map(|id| workflows.get(id.0 as usize)?.when.as_ref());
        conditions.for_each(|when| super::names::read_by(when, &mut read));
        read
    }
}

/// The conversation's attributes that are fields of its Case.
fn of_case(program: &Program) -> impl Iterator<Item = AttrId> {
    let all = (0u32..).map(AttrId).zip(&program.attributes);
    let fields = all.filter(|(_, its)| {
        its.space == Space::Conversation && matches!(its.origin, Origin::Field { .. })
    });
    fields.map(|(attr, _)| attr)
}

/// The state in which each workflow starts, of those in which a reply comes.
pub fn begun(world: &World<'_>, state: &State) -> Vec<(WorkflowId, State)> {
    let workflow = |id: WorkflowId| world.program.workflows.get(id.0 as usize);
    let mut found = Vec::new();
    for (id, earlier) in &world.replies.started {
        let Some(own) = workflow(*id) else { continue };
        let mut begun = State::dead();
        for moment in &world.replies.moments {
            let mut here = when(world, moment, state, own, true);
            for other in earlier.iter().filter_map(|id| workflow(*id)) {
                here = when(world, moment, &here, other, false);
            }
            begun.join(&here);
        }
        found.push((*id, begun));
    }
    found
}

/// The state of a hand-off, however often its agents have written.
pub fn beside(env: &Env<'_, '_>, state: &State) -> State {
    let mut all = state.clone();
    if env.world.replies.is_empty() {
        return all;
    }
    for round in 0.. {
        let mut next = reread(env.world, &all);
        for (id, begun) in begun(env.world, &next) {
            let summary = env.summaries.get(id.0 as usize).and_then(Option::as_ref);
            if let Some(returns) = summary.and_then(|summary| summary.returns.as_ref()) {
                next.join(&returns.after(&begun));
            }
        }
        let changed = match round < PATIENCE {
            true => all.join(&next),
            false => all.widen(&next, &env.world.tops),
        };
        if !changed {
            break;
        }
    }
    all
}

/// The state in which the records may have been read again.
fn reread(world: &World<'_>, state: &State) -> State {
    let mut person = state.clone();
    person.learn_fact(Fact::Verified, true);
    person.set_fact(Fact::Known, true);
    let mut case = state.clone();
    case.learn_fact(Fact::Recorded, true);
    for attr in &world.replies.reread {
        let Some(attribute) = world.attribute(*attr) else { continue };
        // What the conversation has put there stays.
        let there = state.read(*attr);
        if there.meet(&Abs::written()) == there {
            continue;
        }
        if attribute.space == Space::Person {
            let read = Abs { presence: Presence::BLANK.or(Presence::SET), ..Abs::ANY };
            person.replace(*attr, &Abs::written(), &types::start(attribute).meet(&read));
        } else {
            let presence = Presence::BLANK.or(Presence::SET);
            let content = types::content(&attribute.ty);
            let read = Abs { presence, origins: Origins::SALESFORCE, content };
            case.replace(*attr, &Abs::written(), &read);
        }
    }
    let mut all = state.clone();
    if world.program.person.as_ref().is_some_and(|person| person.find_by.is_some()) {
        all.join(&person);
    }
    all.join(&case);
    all
}

//! What a node does to a state, and an edge after it.

use crate::hir::{AttrId, CollectField, Expr, Literal, MatchArm, Other, Step, StepKind, Type};

use super::depend::{controller, offered, settle};
use super::domain::{Abs, Content, Origins, Presence};
use super::eval::{World, eval_as};
use super::facts::Fact;
use super::graph::{Edge, Guard, Node, Op};
use super::refine::{equal_to, refine, refine_blank, refine_fact};
use super::replies;
use super::state::State;
use super::summary::{Effect, Kind, Kinds, Summary};
use super::types;

/// What a unit's graph is looked at with.
#[derive(Debug, Clone, Copy)]
pub struct Env<'a, 'p> {
    /// The program.
    pub world: &'a World<'p>,
    /// Summaries by workflow; `None` where a cycle of `run` (reported elsewhere) forbids one.
    pub summaries: &'a [Option<std::sync::Arc<Summary>>],
    /// What the `idle` arms of the workflow's `defaults` do that go back to the wait.
    pub idle: &'a [Effect],
    /// What the workflow's `defaults` handle.
    pub handled: Kinds,
    /// What `idle` arms of workflows outside can write at a wait that they interrupt.
    pub ambient: &'a [(AttrId, Abs)],
}

impl<'p> Env<'_, 'p> {
    /// The state behind a node's own doing, before an edge is chosen.
    #[must_use]
    pub fn perform(&self, node: &Node<'p>, state: &State) -> State {
        if !state.is_live() {
            return State::dead();
        }
        match node.op {
            Op::Plain(step) => self.plain(step, state),
            Op::Wait(step) => self.interrupted(step, state),
            Op::HandOff(_) => replies::beside(self, state),
            Op::Run(_, workflow) => {
                let summary = self.summaries.get(workflow.0 as usize).and_then(Option::as_ref);
                match summary {
                    Some(summary) => {
                        summary.returns.as_ref().map_or_else(State::dead, |e| e.after(state))
                    }
                    None => state.clone(),
                }
            }
            Op::Resume => {
                let mut next = state.clone();
                next.set_fact(Fact::Silent, false);
                next
            }
            // It takes the files along as soon as it is asked for.
            Op::Create(..) => {
                let mut next = state.clone();
                next.set_fact(Fact::FileSent, false);
                next
            }
            Op::Entry
            | Op::Exit
            | Op::Round(_)
            | Op::Again(_)
            | Op::Test(..)
            | Op::Switch(_)
            | Op::Detect(_)
            | Op::Answer(_)
            | Op::Leave(_) => state.clone(),
        }
    }

    fn plain(&self, step: &Step, state: &State) -> State {
        let mut next = state.clone();
        match &step.kind {
            StepKind::Set { attr, value } => {
                let ty = self.world.ty(*attr);
                let value = eval_as(self.world, state, value, ty).by(Origins::PROGRAM);
                next.write(*attr, self.fitted(*attr, &value));
                settle(self.world, &mut next, vec![*attr]);
            }
            StepKind::Let { attr, value } => {
                let ty = types::as_it_is(self.world.ty(*attr));
                next.write(*attr, eval_as(self.world, state, value, &ty));
            }
            StepKind::Clear { attr } => {
                next.write(*attr, Abs::BLANK);
                settle(self.world, &mut next, vec![*attr]);
            }
            StepKind::RecordCase { .. } => {
                next.set_fact(Fact::Recorded, true);
                next.set_fact(Fact::FileSent, false);
            }
            _ => {}
        }
        next
    }

    /// A value as the attribute can hold it: what does not fit is reported where it is set, and not
    /// again by all that follows.
    fn fitted(&self, attr: AttrId, value: &Abs) -> Abs {
        let Some(top) = self.world.tops.get(attr.0 as usize) else { return value.clone() };
        if matches!(value.content, Content::List(_)) {
            return value.clone();
        }
        let met = value.meet(top);
        if value.may_be_set() && !met.may_be_set() {
            return met.join(&Abs::set(top.content.clone(), Origins::PROGRAM));
        }
        met
    }

    /// The state of a wait, however often `idle` arms ran during it.
    fn interrupted(&self, step: &Step, state: &State) -> State {
        let mut next = state.clone();
        if owns(step, Kind::Idle) {
            return next;
        }
        if self.handled.has(Kind::Idle) {
            // One arm may run after another, each once.
            for _ in self.idle {
                let mut changed = false;
                for effect in self.idle {
                    let mut silent = next.clone();
                    silent.set_fact(Fact::Silent, true);
                    let mut after = effect.after(&silent);
                    after.set_fact(Fact::Silent, false);
                    changed |= next.join(&after);
                }
                if !changed {
                    break;
                }
            }
            return next;
        }
        for (attr, value) in self.ambient {
            let either = next.read(*attr).join(value);
            next.write(*attr, either);
        }
        next
    }

    /// The state at an edge's end, from the one behind the node's own doing.
    #[must_use]
    pub fn follow(&self, node: &Node<'p>, edge: &Edge<'p>, state: &State) -> State {
        if !state.is_live() {
            return State::dead();
        }
        match (edge.guard, node.op) {
            (Guard::If(truth), Op::Test(_, condition)) => {
                refine(self.world, state, condition, truth)
            }
            (Guard::Arm(at), Op::Switch(step)) => self.arm(step, Some(at), state),
            (Guard::NoArm, Op::Switch(step)) => self.arm(step, None, state),
            (Guard::Answered, Op::Wait(step)) => self.answered(step, state),
            (Guard::Next, Op::Detect(step)) => self.detected(step, state),
            (Guard::Meanwhile, Op::Detect(step)) => {
                meanwhile(&self.detected(step, &asked(step, state)))
            }
            // Nobody waits for a visitor who is verified already.
            (Guard::Meanwhile, Op::Wait(step)) => {
                let waiting = refine_fact(self.world, state, Fact::Verified, false);
                meanwhile(&self.answered(step, &waiting))
            }
            (Guard::Meanwhile, _) => meanwhile(state),
            (Guard::OtherWords, _) => {
                let mut next = state.clone();
                next.set_fact(Fact::Spoken, true);
                next.set_fact(Fact::Wrote, true);
                next
            }
            (Guard::Outcome(_, outcome), _) => match Kind::of(outcome) {
                Some(kind) => self.ended_in(node, kind, state),
                None => state.clone(),
            },
            _ => state.clone(),
        }
    }

    /// The state in which a node ends in an outcome, from the one before it.
    #[must_use]
    pub fn raised(&self, node: &Node<'p>, kind: Kind, before: &State) -> State {
        self.ended_in(node, kind, &self.perform(node, before))
    }

    /// The state behind a node's own doing where it ends in an outcome.
    fn ended_in(&self, node: &Node<'p>, kind: Kind, state: &State) -> State {
        let mut next = match node.op {
            Op::Detect(step) => {
                let mut next = asked(step, state);
                let written = meanwhile(&next);
                next.join(&written);
                return next;
            }
            // The customer may write to the agent, or while nobody has come yet.
            Op::HandOff(_) => {
                let mut next = state.clone();
                next.join(&meanwhile(state));
                if kind == Kind::Other(Other::Ended) {
                    next.set_fact(Fact::Recorded, true);
                    next.set_fact(Fact::FileSent, false);
                }
                return next;
            }
            // Nobody waits for a visitor who is verified already; others may write instead of signing in.
            Op::Wait(Step { kind: StepKind::Verify { .. }, .. }) => {
                let mut next = refine_fact(self.world, state, Fact::Verified, false);
                let written = meanwhile(&next);
                next.join(&written);
                next
            }
            Op::Answer(_) => return resolved(kind, state),
            // Where a form or buttons are awaited, words join the transcript before a person is asked for.
            Op::Wait(step) if kind == Kind::Human && !matches!(step.kind, StepKind::Ask { .. }) => {
                let mut next = state.clone();
                next.join(&meanwhile(state));
                next
            }
            _ => state.clone(),
        };
        if kind == Kind::Idle {
            next.set_fact(Fact::Silent, true);
        }
        next
    }

    /// What a list can be once the AI was asked about it, or was not.
    fn detected(&self, step: &Step, state: &State) -> State {
        let StepKind::Detect { attr, again, of_type, .. } = &step.kind else {
            return state.clone();
        };
        let (attr, again) = (*attr, *again);
        let mut next = state.clone();
        let decides = again || !state.read(attr).meet(&UNDECIDED).is_never();
        let stays = if again { Abs::NEVER } else { Abs::set(Content::Any, Origins::OTHERS) };
        if decides {
            next.replace(attr, &stays, &offered(self.world, state, attr, of_type.as_ref()));
            settle(self.world, &mut next, vec![attr]);
        }
        next
    }

    /// The visitor is verified: they were before, or their record, read now, replaces what was read of
    /// it.
    fn signed_in(&self, state: &State) -> State {
        let mut next = state.clone();
        next.learn_fact(Fact::Verified, true);
        let mut fresh = refine_fact(self.world, state, Fact::Verified, false);
        fresh.set_fact(Fact::Verified, true);
        fresh.open_fact(Fact::Known);
        for attr in &self.world.synced {
            // What the conversation has put there stays; nothing else can be there yet.
            if let Some(attribute) = self.world.attribute(*attr)
                && fresh.read(*attr).may_be_blank()
            {
                fresh.replace(*attr, &Abs::written(), &types::start(attribute));
            }
        }
        next.join(&fresh);
        next
    }

    fn answered(&self, step: &Step, state: &State) -> State {
        if matches!(step.kind, StepKind::Verify { .. }) {
            return self.signed_in(state);
        }
        let mut next = state.clone();
        let rates = matches!(&step.kind, StepKind::Collect { fields, files, .. }
            if !fields.is_empty() && files.is_empty() && fields.iter().all(|field| field.rating));
        // A rating leaves nothing to be read.
        if !rates {
            next.set_fact(Fact::Spoken, true);
        }
        if let StepKind::Collect { fields, files, .. } = &step.kind {
            // One that need not be sent may be.
            if !files.is_empty() {
                next.set_fact(Fact::FileSent, true);
            }
            for field in fields {
                next.write(field.attr, self.submitted(field));
            }
            settle(self.world, &mut next, fields.iter().map(|field| field.attr).collect());
            // Lines were checked together: what was filled in fits what was filled in with it.
            for field in fields.iter().filter(|field| self.stays(field.attr, fields)) {
                next.write(field.attr, self.submitted(field));
            }
        } else {
            next.set_fact(Fact::Wrote, true);
        }
        next
    }

    /// Whether nothing that a form changes clears one of its own lines: above a controller that is
    /// not in the form stands none that is.
    fn stays(&self, attr: AttrId, fields: &[CollectField]) -> bool {
        let program = self.world.program;
        let mut at = attr;
        let mut outside = false;
        for _ in 0..program.attributes.len() {
            let above = self.world.attribute(at).and_then(|its| controller(program, its));
            let Some(above) = above else { return true };
            let inside = fields.iter().any(|field| field.attr == above);
            if inside && outside {
                return false;
            }
            outside |= !inside;
            at = above;
        }
        false
    }

    /// What a form's line can give.
    pub fn submitted(&self, field: &CollectField) -> Abs {
        let Some(attribute) = self.world.attribute(field.attr) else { return Abs::ANY };
        let mut value = types::collected(attribute);
        let (min, max) = (field.min.as_ref(), field.max.as_ref());
        match &mut value.content {
            Content::Text(text) => {
                text.min = min.and_then(whole).unwrap_or(1).max(1);
                text.max = text.max.min(max.and_then(whole).unwrap_or(u32::MAX)).max(text.min);
            }
            Content::Number(range) => {
                let mut bounds = (**range).clone();
                if let Some(Literal::Number(low)) = min {
                    bounds.low = bounds.low.max(*low);
                }
                if let Some(Literal::Number(high)) = max {
                    bounds.high = bounds.high.min(*high).max(bounds.low);
                }
                if field.rating {
                    bounds.scale = 0;
                }
                *range = std::sync::Arc::new(bounds);
            }
            _ => {}
        }
        // A checkbox is ticked or not, never blank.
        let filled = field.required || matches!(attribute.ty, Type::Bool);
        if filled { value } else { value.or_blank() }
    }

    /// The state in which an arm of a `match` runs; for `None`, in which none does.
    fn arm(&self, step: &Step, at: Option<usize>, state: &State) -> State {
        let StepKind::Match { subject, arms } = &step.kind else { return state.clone() };
        let mut rest = state.clone();
        let mut otherwise = None;
        for (position, arm) in arms.iter().enumerate() {
            if Some(position) == at && arm.otherwise.is_none() {
                return self.matching(subject, arm, &rest);
            }
            if arm.otherwise.is_some() {
                otherwise = otherwise.or(Some(position));
            }
            rest = self.without(subject, arm, &rest);
        }
        match (at, otherwise) {
            // `else` takes what no arm names, wherever it stands.
            (Some(at), Some(position)) if at == position => {
                let mut taken = rest;
                if let Some(arm) = arms.get(position) {
                    taken.join(&self.matching(subject, arm, state));
                }
                taken
            }
            (None, None) if !self.uncovered(step, state).is_never() => rest,
            _ => State::dead(),
        }
    }

    /// What a `match` may look at without any of its arms taking it.
    pub fn uncovered(&self, step: &Step, state: &State) -> Abs {
        let StepKind::Match { subject, arms } = &step.kind else { return Abs::NEVER };
        if arms.iter().any(|arm| arm.otherwise.is_some()) {
            return Abs::NEVER;
        }
        let mut rest = eval_as(self.world, state, subject, &subject.ty);
        for arm in arms {
            for (value, _) in &arm.values {
                rest = remove(&rest, &types::literal(value, &subject.ty));
            }
            if arm.blank.is_some() {
                rest = rest.meet(&Abs::SET);
            }
        }
        rest
    }

    fn matching(&self, subject: &Expr, arm: &MatchArm, state: &State) -> State {
        let mut taken = State::dead();
        let mut all = Abs::NEVER;
        for (value, _) in &arm.values {
            all = all.join(&types::literal(value, &subject.ty));
        }
        if !all.is_never() {
            taken.join(&equal_to(self.world, state, subject, &all, true));
        }
        if arm.blank.is_some() {
            taken.join(&refine_blank(self.world, state, subject, true));
        }
        taken
    }

    fn without(&self, subject: &Expr, arm: &MatchArm, state: &State) -> State {
        let mut rest = state.clone();
        for (value, _) in &arm.values {
            let value = types::literal(value, &subject.ty);
            rest = equal_to(self.world, &rest, subject, &value, false);
        }
        if arm.blank.is_some() {
            rest = refine_blank(self.world, &rest, subject, false);
        }
        rest
    }
}

/// What is left of a value without one literal.
fn remove(value: &Abs, literal: &Abs) -> Abs {
    let content = match (&value.content, &literal.content) {
        (Content::List(all), Content::List(one)) => Content::List(all.minus(one)),
        (Content::Bool { no, yes }, Content::Bool { no: n, yes: y }) => {
            Content::Bool { no: *no && !n, yes: *yes && !y }
        }
        (Content::Text(text), Content::Text(one)) if text.one.is_some() && text.one == one.one => {
            Content::Nothing
        }
        (other, _) => other.clone(),
    };
    value.meet(&Abs { content, ..Abs::ANY })
}

/// What `detect` decides without being told to: what is blank, or was detected before.
const UNDECIDED: Abs =
    Abs { presence: Presence::ANY, origins: Origins::DETECTION, content: Content::Any };

/// The state in which an `answer` ends in an outcome.
fn resolved(kind: Kind, state: &State) -> State {
    let mut next = meanwhile(state);
    match kind {
        // What the customer wrote was answered.
        Kind::Other(Other::Confirmed) => next.set_fact(Fact::Spoken, false),
        Kind::Other(Other::Assumed) => {
            next.join(state);
            next.set_fact(Fact::Spoken, false);
        }
        // They may come before the customer wrote anything.
        Kind::Human | Kind::Other(Other::Unresolved) => {
            next.join(state);
        }
        _ => {}
    }
    next
}

/// The state once the customer wrote while nobody awaited it.
fn meanwhile(state: &State) -> State {
    let mut next = state.clone();
    next.set_fact(Fact::Silent, false);
    next.set_fact(Fact::Spoken, true);
    next.set_fact(Fact::Wrote, true);
    next
}

/// The state in which a `detect` asks the AI: it does not where there is nothing to decide.
fn asked(step: &Step, state: &State) -> State {
    let mut next = state.clone();
    if let StepKind::Detect { attr, again: false, .. } = step.kind {
        next.learn(attr, &UNDECIDED);
    }
    next
}

/// Whether a wait has an arm of its own for a kind of outcome.
pub fn owns(step: &Step, kind: Kind) -> bool {
    let arms = step.kind.arms().iter();
    arms.flat_map(|arm| &arm.outcomes).any(|outcome| Kind::of(*outcome) == Some(kind))
}

fn whole(literal: &Literal) -> Option<u32> {
    match literal {
        Literal::Number(number) => u32::try_from(number.trunc().mantissa()).ok(),
        _ => None,
    }
}

//! What a conversation can come to at most: questions in a row, and calls of the org.
//!
//! Both are the costliest way through a workflow and all that it runs, waits passed. What a `repeat`
//! goes round counts as often as it may. An outcome may come at every wait, and leads to where it is
//! handled: in the workflow itself, or as a way out of it into those that run it.

use std::collections::BTreeSet;

use crate::model::{
    Handlers, Instruction, Outcome, Plan, PushId, Target, TranscriptTo, WorkflowId,
};
use crate::verify::VerifiedPlan;

/// Calls of the org that find and read the visitor's record.
pub const CALLS_FOR_A_PERSON: u64 = 1;

/// The most that a workflow can come to, with all that it runs. `None` where nothing bounds it,
/// which no plan of the compiler's is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Questions, forms and choices on the longest way.
    pub questions: Option<u64>,
    /// Answers of the AI on the way with most of them, and questions that it asks back.
    pub answers: Option<u64>,
    /// Cases on the way with most of them.
    pub cases: Option<u64>,
    /// Calls of the org for Cases and for files that customers are asked for, where each succeeds
    /// at once: see [`calls_for_a_case`].
    pub calls: Option<u64>,
}

/// The bounds of a workflow.
pub fn bounds(plan: &VerifiedPlan, workflow: WorkflowId) -> Bounds {
    let most = |weight: &dyn Fn(&Instruction) -> u64| {
        let mut ways = Costs::new(plan, weight);
        ways.of(workflow)?.most()
    };
    Bounds {
        questions: most(&|one| u64::from(asks(one).is_some())),
        answers: most(&|one| match one {
            Instruction::Answer { turns, .. } => u64::from(*turns),
            _ => 0,
        }),
        cases: most(&|one| u64::from(push_of(one).is_some())),
        calls: most(&|one| calls_for(plan, one)),
    }
}

/// The bounds of a conversation, whatever starts; `None` where nothing does.
pub fn bounds_of_conversation(plan: &VerifiedPlan) -> Option<Bounds> {
    let most = |one: Option<u64>, other: Option<u64>| one.zip(other).map(|(a, b)| a.max(b));
    plan.starts().map(|workflow| bounds(plan, workflow)).reduce(|one, other| Bounds {
        questions: most(one.questions, other.questions),
        answers: most(one.answers, other.answers),
        cases: most(one.cases, other.cases),
        calls: most(one.calls, other.calls),
    })
}

/// Calls of the org for one reply of an agent, where it starts something: the visitor's record and the
/// conversation's Case are read again, as far as there are any.
pub fn calls_for_a_reply(plan: &Plan) -> u64 {
    let case = plan.fields_of_case().next().is_some() && !plan.pushes.is_empty();
    let person = if plan.person.is_some() { CALLS_FOR_A_PERSON } else { 0 };
    person + u64::from(case)
}

/// Calls of the org for one Case: it is inserted, its number is read, and the transcript goes along.
/// A long transcript takes several comments; ids of queues, users and record types are asked for
/// once and remembered.
pub fn calls_for_a_case(plan: &Plan, push: PushId) -> u64 {
    let transcript = plan.pushes.get(push.index()).map(|push| &push.transcript);
    match transcript {
        Some(TranscriptTo::File | TranscriptTo::Comment) => 3,
        Some(TranscriptTo::Field(_) | TranscriptTo::Nowhere) | None => 2,
    }
}

/// Calls of the org for what an instruction asks for; a file goes to its Case by one.
fn calls_for(plan: &Plan, instruction: &Instruction) -> u64 {
    match instruction {
        Instruction::Collect { form, .. } => {
            plan.forms.get(form.index()).map_or(0, |form| form.files.len() as u64)
        }
        one => push_of(one).map_or(0, |push| calls_for_a_case(plan, push)),
    }
}

fn push_of(instruction: &Instruction) -> Option<PushId> {
    match instruction {
        Instruction::CreateCase { push, .. } | Instruction::RecordCase { push } => Some(*push),
        _ => None,
    }
}

/// The arms of a step that asks the customer something.
fn asks(instruction: &Instruction) -> Option<&Handlers> {
    match instruction {
        Instruction::Ask { own }
        | Instruction::Choose { own, .. }
        | Instruction::Collect { own, .. }
        | Instruction::Verify { own } => Some(own),
        _ => None,
    }
}

/// The cost of the costliest way to each of the ends of a workflow; `None` where no way leads there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Ways {
    /// It returns.
    returns: Option<u64>,
    /// The conversation ends.
    ends: Option<u64>,
    /// Somebody wants a person, and those outside handle it.
    human: Option<u64>,
    /// Silence that those outside handle.
    idle: Option<u64>,
    /// Other outcomes that those outside handle.
    others: [Option<u64>; Outcome::ALL.len()],
}

impl Ways {
    fn each(&mut self) -> impl Iterator<Item = &mut Option<u64>> {
        let own = [&mut self.returns, &mut self.ends, &mut self.human, &mut self.idle];
        own.into_iter().chain(&mut self.others)
    }

    /// One outcome that those outside handle, after so much cost.
    fn of(outcome: Outcome, cost: u64) -> Self {
        let mut ways = Self::default();
        ways.others[outcome as usize] = Some(cost);
        ways
    }

    /// The costlier way to each end.
    fn join(&mut self, mut other: Self) {
        for (own, other) in self.each().zip(other.each()) {
            *own = (*own).max(*other);
        }
    }

    /// The same ways with so much before them.
    fn behind(mut self, cost: u64) -> Self {
        for way in self.each() {
            *way = way.map(|way| way.saturating_add(cost));
        }
        self
    }

    fn most(mut self) -> Option<u64> {
        self.each().filter_map(|way| *way).max()
    }
}

struct Costs<'p> {
    plan: &'p Plan,
    weight: &'p dyn Fn(&Instruction) -> u64,
    /// By workflow; the inner `None` where nothing bounds it.
    known: Vec<Option<Option<Ways>>>,
    /// By position, the cost of the way back to the wait that an arm for silence interrupted; `None`
    /// where none leads there.
    back: Vec<Option<u64>>,
    /// What the silences of `defaults` that go back to a wait cost there at most.
    silences: u64,
}

impl<'p> Costs<'p> {
    fn new(plan: &'p Plan, weight: &'p dyn Fn(&Instruction) -> u64) -> Self {
        let known = vec![None; plan.workflows.len()];
        let back = vec![None; plan.code.len()];
        let mut costs = Self { plan, weight, known, back, silences: 0 };
        // What goes back does not wait, nor does what it runs: so no silence is counted in it.
        for id in (0u32..).map(WorkflowId).take(plan.workflows.len()) {
            costs.of(id);
        }
        for id in (0u32..).map(WorkflowId).take(plan.workflows.len()) {
            costs.ways_back(id);
        }
        costs.known.fill(None);
        let defaults = plan.workflows.iter().map(|workflow| &workflow.defaults);
        costs.silences = defaults.map(|one| costs.resuming(one)).max().unwrap_or(0);
        costs
    }

    /// The ways through a workflow. `run` has no cycles, so this ends.
    fn of(&mut self, id: WorkflowId) -> Option<Ways> {
        if let Some(known) = self.known[id.index()] {
            return known;
        }
        let range = self.range(id);
        for at in range {
            if let Instruction::Run { workflow } = self.plan.code[at] {
                self.of(workflow);
            }
        }
        let ways = self.through(id);
        self.known[id.index()] = Some(ways);
        ways
    }

    /// Notes what it costs to come from each position of a workflow back to an interrupted wait.
    fn ways_back(&mut self, id: WorkflowId) -> Option<()> {
        for at in self.ends_first(id)? {
            let mut most = matches!(self.plan.code[at], Instruction::ResumeWait).then_some(0);
            self.leads(id, at, |to| {
                if let Leads::To(cost, target) = to
                    && let Some(Some(behind)) = self.back.get(target.index())
                {
                    most = most.max(Some(behind.saturating_add(cost)));
                }
            })?;
            let own = (self.weight)(&self.plan.code[at]);
            self.back[at] = most.map(|most| most.saturating_add(own));
        }
        Some(())
    }

    fn range(&self, id: WorkflowId) -> std::ops::Range<usize> {
        let workflow = &self.plan.workflows[id.index()];
        workflow.entry.index()..workflow.end.index()
    }

    /// The ways from the workflow's entry, found from its ends backwards.
    fn through(&self, id: WorkflowId) -> Option<Ways> {
        let range = self.range(id);
        let order = self.ends_first(id)?;
        let rounds = self.rounds(id, &order)?;
        let mut ways = vec![Ways::default(); range.len()];
        for at in order {
            let mut here = Ways::default();
            self.leads(id, at, |to| match to {
                Leads::To(cost, target) => {
                    here.join(ways[target.index() - range.start].behind(cost));
                }
                Leads::Out(out) => here.join(out),
            })?;
            ways[at - range.start] = here.behind(self.cost(id, at, &rounds));
        }
        ways.first().copied()
    }

    /// What is done at a position, with the rounds that begin there.
    fn cost(&self, id: WorkflowId, at: usize, rounds: &[u64]) -> u64 {
        let own = (self.weight)(&self.plan.code[at]).saturating_add(self.silence(id, at));
        own.saturating_add(rounds[at - self.range(id).start])
    }

    /// For each head of a repeat the cost of all its rounds but the last, which is on the way. Repeats
    /// within another end above its end, so they are known before it.
    fn rounds(&self, id: WorkflowId, order: &[usize]) -> Option<Vec<u64>> {
        let range = self.range(id);
        let mut rounds = vec![0u64; range.len()];
        for end in range.clone() {
            let Instruction::Again { head, up_to } = self.plan.code[end] else { continue };
            let head = head.index();
            let mut longest: Vec<Option<u64>> = vec![None; end - head + 1];
            for at in order.iter().copied().filter(|at| (head..=end).contains(at)) {
                let mut most = (at == end).then_some(0);
                self.leads(id, at, |to| {
                    if let Leads::To(cost, target) = to
                        && at != end
                        && let Some(Some(behind)) = longest.get(target.index().wrapping_sub(head))
                    {
                        most = most.max(Some(behind.saturating_add(cost)));
                    }
                })?;
                longest[at - head] =
                    most.map(|most| most.saturating_add(self.cost(id, at, &rounds)));
            }
            let round = longest.first().copied().flatten().unwrap_or(0);
            let others = u64::from(up_to).saturating_sub(1);
            rounds[head - range.start] = round.saturating_mul(others);
        }
        Some(rounds)
    }

    /// What silences cost at a wait that they give back the word; each comes once there.
    fn silence(&self, id: WorkflowId, at: usize) -> u64 {
        let Some(own) = asks(&self.plan.code[at]) else { return 0 };
        let defaults = &self.plan.workflows[id.index()].defaults;
        match (own.idle.is_empty(), defaults.idle.is_empty()) {
            (false, _) => self.resuming(own),
            (true, false) => self.resuming(defaults),
            (true, true) => self.silences,
        }
    }

    /// The cost of the arms that go back to their wait; what the others cost is on the ways that they
    /// lead.
    fn resuming(&self, handlers: &Handlers) -> u64 {
        let arms = handlers.idle.iter().map(|idle| self.back.get(idle.target.index()));
        arms.filter_map(|back| back.copied().flatten()).fold(0, u64::saturating_add)
    }

    /// The positions of a workflow, each behind all that it leads to; `None` where control can go
    /// round without counting.
    fn ends_first(&self, id: WorkflowId) -> Option<Vec<usize>> {
        let range = self.range(id);
        let mut before: Vec<Vec<usize>> = vec![Vec::new(); range.len()];
        let mut left = vec![0usize; range.len()];
        for at in range.clone() {
            let mut followers = BTreeSet::new();
            self.leads(id, at, |to| {
                if let Leads::To(_, target) = to {
                    followers.insert(target.index());
                }
            })?;
            left[at - range.start] = followers.len();
            followers.iter().for_each(|to| before[to - range.start].push(at));
        }
        let mut ready: Vec<usize> =
            range.clone().filter(|at| left[at - range.start] == 0).collect();
        let mut order = Vec::with_capacity(range.len());
        while let Some(at) = ready.pop() {
            order.push(at);
            for earlier in &before[at - range.start] {
                left[earlier - range.start] -= 1;
                if left[earlier - range.start] == 0 {
                    ready.push(*earlier);
                }
            }
        }
        (order.len() == range.len()).then_some(order)
    }

    /// Shows where an instruction leads, waits passed and rounds not gone again; `None` where what it
    /// runs has no bound.
    fn leads(&self, id: WorkflowId, at: usize, mut see: impl FnMut(Leads)) -> Option<()> {
        let next = Target(u32::try_from(at + 1).unwrap_or(u32::MAX));
        match &self.plan.code[at] {
            Instruction::Jump { target } => see(Leads::To(0, *target)),
            Instruction::Return => see(Leads::Out(Ways { returns: Some(0), ..Ways::default() })),
            Instruction::End { .. } | Instruction::AwaitMessage => see(Leads::Out(ENDS)),
            Instruction::ResumeWait => {}
            Instruction::Branch { otherwise, .. } => {
                see(Leads::To(0, next));
                see(Leads::To(0, *otherwise));
            }
            Instruction::Match { arms, blank, otherwise, .. } => {
                let targets = arms.iter().map(|(_, target)| *target);
                targets.chain([*blank, *otherwise]).for_each(|target| see(Leads::To(0, target)));
            }
            Instruction::CreateCase { created, delayed, rejected, .. } => {
                see(Leads::Out(ENDS));
                let arms = [created, delayed, rejected].into_iter().flatten();
                arms.for_each(|target| see(Leads::To(0, *target)));
            }
            Instruction::Run { workflow } => {
                let callee = self.known.get(workflow.index()).copied().flatten()??;
                if let Some(cost) = callee.returns {
                    see(Leads::To(cost, next));
                }
                see(Leads::Out(Ways { ends: callee.ends, ..Ways::default() }));
                self.outcomes(id, (callee.human, callee.idle), &mut see);
                for (outcome, cost) in Outcome::ALL.into_iter().zip(callee.others) {
                    cost.iter().for_each(|cost| self.other(id, outcome, *cost, &mut see));
                }
            }
            Instruction::Answer { own, .. } => self.answered(id, own, &mut see),
            Instruction::Verify { own }
            | Instruction::Ask { own }
            | Instruction::Collect { own, .. } => {
                see(Leads::To(0, next));
                self.own_outcomes(id, own, &mut see);
            }
            Instruction::Choose { options, other, own, .. } => {
                options.iter().for_each(|option| see(Leads::To(0, option.target)));
                other.iter().for_each(|target| see(Leads::To(0, *target)));
                self.own_outcomes(id, own, &mut see);
            }
            Instruction::Detect { .. }
            | Instruction::HandOff { .. }
            | Instruction::Say { .. }
            | Instruction::Note { .. }
            | Instruction::Set { .. }
            | Instruction::Clear { .. }
            | Instruction::Wait { .. }
            | Instruction::Repeat
            | Instruction::Again { .. }
            | Instruction::RecordCase { .. } => see(Leads::To(0, next)),
        }
        if let Some((own, outcomes)) = others(&self.plan.code[at]) {
            outcomes.iter().for_each(|outcome| self.own_other(id, own, *outcome, &mut see));
        }
        Some(())
    }

    /// Where the outcomes of a wait lead: to its own arms, or to those of the workflow.
    fn own_outcomes(&self, id: WorkflowId, own: &Handlers, see: &mut impl FnMut(Leads)) {
        own.human.iter().for_each(|target| see(Leads::To(0, *target)));
        own.idle.iter().for_each(|idle| see(Leads::To(0, idle.target)));
        let open = |handled: bool| (!handled).then_some(0);
        self.outcomes(id, (open(own.human.is_some()), open(!own.idle.is_empty())), see);
    }

    /// Where another outcome of a step leads.
    fn own_other(
        &self,
        id: WorkflowId,
        own: &Handlers,
        outcome: Outcome,
        see: &mut impl FnMut(Leads),
    ) {
        match own.of(outcome) {
            Some(target) => see(Leads::To(0, target)),
            None => self.other(id, outcome, 0, see),
        }
    }

    /// Where the outcomes of an `answer` lead; nothing else follows it.
    fn answered(&self, id: WorkflowId, own: &Handlers, see: &mut impl FnMut(Leads)) {
        own.human.iter().for_each(|target| see(Leads::To(0, *target)));
        let human = own.human.is_none().then_some(0);
        self.outcomes(id, (human, None), see);
        for outcome in Outcome::OF_ANSWER {
            self.own_other(id, own, outcome, see);
        }
    }

    /// Where another outcome leads that no step handles, after so much cost.
    fn other(&self, id: WorkflowId, outcome: Outcome, cost: u64, see: &mut impl FnMut(Leads)) {
        match self.plan.workflows[id.index()].defaults.of(outcome) {
            Some(target) => see(Leads::To(cost, target)),
            None => see(Leads::Out(Ways::of(outcome, cost))),
        }
    }

    /// Where outcomes lead that no step handles, after so much cost.
    fn outcomes(
        &self,
        id: WorkflowId,
        (human, idle): (Option<u64>, Option<u64>),
        see: &mut impl FnMut(Leads),
    ) {
        let defaults = &self.plan.workflows[id.index()].defaults;
        match (human, defaults.human) {
            (Some(cost), Some(target)) => see(Leads::To(cost, target)),
            (human, _) => see(Leads::Out(Ways { human, ..Ways::default() })),
        }
        match idle {
            Some(cost) if !defaults.idle.is_empty() => {
                defaults.idle.iter().for_each(|arm| see(Leads::To(cost, arm.target)));
            }
            idle => see(Leads::Out(Ways { idle, ..Ways::default() })),
        }
    }
}

const ENDS: Ways = Ways {
    returns: None,
    ends: Some(0),
    human: None,
    idle: None,
    others: [None; Outcome::ALL.len()],
};

/// Where an instruction leads.
enum Leads {
    /// To another one of its workflow, after so much elsewhere.
    To(u64, Target),
    /// Out of its workflow.
    Out(Ways),
}

/// What an instruction can end in that waits for somebody else than the customer.
fn others(instruction: &Instruction) -> Option<(&Handlers, &'static [Outcome])> {
    match instruction {
        Instruction::Detect { own, .. } => Some((own, &[Outcome::Unavailable])),
        Instruction::Verify { own } => Some((own, &[Outcome::Refused])),
        Instruction::HandOff { own, .. } => Some((own, &Outcome::OF_HAND_OFF)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;

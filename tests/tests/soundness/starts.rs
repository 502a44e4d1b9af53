//! What starts with an event: of two workflows that could, the program states an order; and some
//! workflow always does. Conditions are evaluated here anew, all of them, where the plan stops at the
//! first that holds.

use std::collections::BTreeSet;

use jiff::Timestamp;
use tidegate_engine::eval::Scope;
use tidegate_engine::event::Event;
use tidegate_engine::state::{Conversation, Position};
use tidegate_engine::step;
use tidegate_engine::transition::Transition;
use tidegate_plan::model::{Expr, ExprId, Instruction, WorkflowId};
use tidegate_plan::verify::VerifiedPlan;

/// What starts, by the program's text and its plan.
pub(crate) struct Starts<'p> {
    plan: &'p VerifiedPlan,
    /// The same plan, in which an opening starts nothing.
    bare: Option<VerifiedPlan>,
    /// Pairs of which the first stands before the second.
    order: BTreeSet<(String, String)>,
}

impl<'p> Starts<'p> {
    pub(crate) fn of(plan: &'p VerifiedPlan, text: &str) -> Self {
        let mut order = BTreeSet::new();
        let mut workflow = "";
        for line in text.lines().map(str::trim) {
            if let Some(name) = line.strip_prefix("workflow ") {
                workflow = name.trim_end_matches(" {");
            }
            let events = ["on visit", "on open", "on message"];
            let trigger = events.iter().any(|event| line.starts_with(event));
            if let Some((_, later)) = line.rsplit_once(" before ").filter(|_| trigger) {
                let later = later.split(", ").map(|later| (workflow.to_owned(), later.to_owned()));
                order.extend(later);
            }
        }
        let mut bare = (**plan).clone();
        bare.on_message = bare.on_message.or(bare.on_open);
        bare.on_open = None;
        for visit in std::mem::take(&mut bare.visits) {
            let its = &bare.workflows[visit.workflow.index()];
            for one in &mut bare.code[its.entry.index()..its.end.index()] {
                if matches!(one, Instruction::AwaitMessage) {
                    *one = Instruction::Return;
                }
            }
        }
        Self { plan, bare: VerifiedPlan::new(bare).ok(), order }
    }

    /// What is wrong with a start.
    pub(crate) fn look(
        &self,
        before: &Conversation,
        event: &Event,
        seen: &Transition,
    ) -> Result<(), String> {
        let starts = |id: &WorkflowId| {
            let told = format!("starts workflow {}", self.plan.workflows[id.index()].name);
            seen.trace.iter().any(|entry| entry.what == told)
        };
        let deciding = |id: &WorkflowId| self.plan.workflows[id.index()].name.starts_with("on ");
        let Some(decides) = self.plan.starts().find(|id| starts(id) && deciding(id)) else {
            return Ok(());
        };
        let Some((plan, conversation)) = self.as_it_begins(before, event) else { return Ok(()) };
        let scope = Scope::new(plan, &conversation, Timestamp::UNIX_EPOCH);
        let mut could = Vec::new();
        for (condition, workflow) in self.conditions(decides) {
            let holds = match condition {
                // What hangs on the time is not looked at.
                Some(condition) if tells_time(plan, condition) => return Ok(()),
                Some(condition) => scope.holds(condition).map_err(|fault| format!("{fault:?}"))?,
                None => true,
            };
            could.extend(holds.then(|| self.plan.workflows[workflow.index()].name.clone()));
        }
        let awaits = Some(decides) == self.plan.on_open && self.plan.on_message.is_some();
        let visited = self.plan.visits.iter().any(|visit| visit.workflow == decides);
        if could.is_empty() && !awaits && !visited {
            return Err("start: nothing".to_owned());
        }
        for (at, one) in could.iter().enumerate() {
            for other in &could[at + 1..] {
                let stated = |one: &String, other: &String| {
                    self.order.contains(&(one.clone(), other.clone()))
                };
                if !stated(one, other) && !stated(other, one) {
                    return Err(format!("start: two in no order: {one} and {other}"));
                }
            }
        }
        Ok(())
    }

    /// The conversation with all that is known of it before anything has started.
    fn as_it_begins<'s>(
        &'s self,
        before: &Conversation,
        event: &Event,
    ) -> Option<(&'s VerifiedPlan, Conversation)> {
        if matches!(before.position, Position::AwaitingMessage { .. }) {
            return Some((self.plan, before.clone()));
        }
        let bare = self.bare.as_ref()?;
        let mut before = before.clone();
        before.plan = bare.hash().to_owned();
        before.inbox.clear();
        Some((bare, step(bare, &before, event, Timestamp::UNIX_EPOCH).next))
    }

    /// What a workflow that decides runs, each with its condition.
    fn conditions(&self, decides: WorkflowId) -> Vec<(Option<ExprId>, WorkflowId)> {
        let workflow = &self.plan.workflows[decides.index()];
        let code = &self.plan.code[workflow.entry.index()..workflow.end.index()];
        let mut condition = None;
        let mut found = Vec::new();
        for instruction in code {
            match instruction {
                Instruction::Branch { condition: its, .. } => condition = Some(*its),
                Instruction::Run { workflow } => found.push((condition.take(), *workflow)),
                _ => {}
            }
        }
        found
    }
}

fn tells_time(plan: &VerifiedPlan, id: ExprId) -> bool {
    let expression = &plan.expressions[id.index()];
    matches!(expression, Expr::Now) || expression.operands().any(|one| tells_time(plan, one))
}

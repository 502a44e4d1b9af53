//! Control flow: where code belongs, where it leads, and that every path waits, returns or ends.

use std::collections::BTreeSet;

use super::types::expect;
use super::{MAX_BOUND, MAX_TURNS, MAX_WAIT_MS, Verified, refuse, within};
use crate::model::{
    AttrId, ConstId, ExprId, Handlers, Instruction, Outcome, Plan, Target, Workflow, WorkflowId,
};
use crate::value::ValueType;

mod edges;
mod lets;
mod paths;
mod rounds;
mod starts;

use edges::{after_wait, falls_through, straight};
use paths::Summary;

const CODE: &str = "code";

/// What the engine asks for.
pub(super) struct Flow {
    pub(super) resuming: BTreeSet<Target>,
    pub(super) bound: u64,
}

impl Flow {
    /// Any code may run as long as some may.
    pub(super) fn unknown() -> Self {
        Self { resuming: BTreeSet::new(), bound: MAX_BOUND }
    }
}

pub(super) fn check(plan: &Plan, types: &[Option<ValueType>]) -> Verified<Flow> {
    if plan.code_steps.len() != plan.code.len() {
        return refuse("plan.code", CODE, plan.code_steps.len(), "not each has a step");
    }
    if let Some(workflow) = plan.on_open {
        within("on open", 0, workflow.0, plan.workflows.len(), "workflow")?;
    }
    if let Some(workflow) = plan.on_message {
        within("on message", 0, workflow.0, plan.workflows.len(), "workflow")?;
    }
    if let Some(workflow) = plan.on_agent_reply {
        within("on agent reply", 0, workflow.0, plan.workflows.len(), "workflow")?;
    }
    starts::check_visits(plan)?;
    check_ranges(plan)?;
    for id in 0..plan.workflows.len() {
        starts::check(plan, id)?;
    }
    for workflow in &plan.workflows {
        check_handlers(workflow, "workflow", workflow.entry.index(), &workflow.defaults)?;
        for at in workflow.entry.index()..workflow.end.index() {
            within(CODE, at, plan.code_steps[at].0, plan.steps.len(), "step")?;
            check_places(plan, types, at)?;
            check_targets(workflow, at, &plan.code[at])?;
        }
    }
    starts::check_background(plan)?;
    let lets = lets::Lets::find(plan)?;
    lets.check_pushes(plan)?;
    let mut summaries: Vec<Option<Summary>> = vec![None; plan.workflows.len()];
    let mut resuming = BTreeSet::new();
    let mut bound = 0u64;
    for id in callees_first(plan)? {
        let workflow = &plan.workflows[id.index()];
        let rounds = rounds::Rounds::find(plan, workflow)?;
        let graph = paths::Graph::new(plan, workflow, &summaries, &rounds);
        let summary = paths::check(workflow, &graph, &summaries, &mut resuming)?;
        lets.check(plan, id.index(), &graph)?;
        bound = bound.saturating_add(summary.longest);
        summaries[id.index()] = Some(summary);
    }
    // Workflows that run one another are all different; an idle arm may stand on top of them.
    let bound = bound.saturating_mul(2).saturating_add(1);
    if bound > MAX_BOUND {
        return refuse("plan.cost", CODE, 0, format!("{bound} instructions without a wait"));
    }
    Ok(Flow { resuming, bound })
}

/// Ranges lie one behind another and cover the code.
fn check_ranges(plan: &Plan) -> Verified {
    let mut ranges: Vec<(Target, Target, usize)> = Vec::with_capacity(plan.workflows.len());
    for (at, workflow) in plan.workflows.iter().enumerate() {
        ranges.push((workflow.entry, workflow.end, at));
    }
    ranges.sort_unstable();
    let mut covered = Target(0);
    for (entry, end, at) in ranges {
        if entry != covered || end <= entry {
            return refuse("plan.code", "workflow", at, "its code overlaps, has a gap or is empty");
        }
        covered = end;
    }
    if covered.index() != plan.code.len() {
        return refuse("plan.code", CODE, covered.index(), "belongs to no workflow");
    }
    Ok(())
}

fn inside(workflow: &Workflow, target: Target) -> bool {
    (workflow.entry..workflow.end).contains(&target)
}

fn check_handlers(workflow: &Workflow, table: &str, at: usize, one: &Handlers) -> Verified {
    for target in one.but_silence().chain(one.idle.iter().map(|idle| idle.target)) {
        if !inside(workflow, target) {
            return refuse("plan.jump", table, at, format!("an arm at {}, outside", target.0));
        }
    }
    let mut before = 0;
    for idle in &one.idle {
        if idle.after_ms <= before || idle.after_ms > MAX_WAIT_MS {
            return refuse("plan.handlers", table, at, "idle arms do not stand by growing time");
        }
        before = idle.after_ms;
    }
    if one.others.windows(2).any(|two| two[0].outcome >= two[1].outcome) {
        return refuse("plan.handlers", table, at, "arms for outcomes stand twice or out of order");
    }
    Ok(())
}

fn check_targets(workflow: &Workflow, at: usize, instruction: &Instruction) -> Verified {
    let own = Target(u32::try_from(at).unwrap_or(u32::MAX));
    let mut outside = None;
    let mut see = |target| {
        if outside.is_none() && !inside(workflow, target) {
            outside = Some(target);
        }
    };
    straight(instruction, &mut see);
    after_wait(own, instruction, &mut see);
    if falls_through(instruction) {
        see(Target(own.0.saturating_add(1)));
    }
    if let Some(outside) = outside {
        return refuse("plan.jump", CODE, at, format!("leads to {}, outside", outside.0));
    }
    match edges::own_handlers(instruction) {
        Some(own) => {
            check_handlers(workflow, CODE, at, own)?;
            check_outcomes(at, instruction, own)
        }
        None => Ok(()),
    }
}

/// Whether a step's own arms are for what it can end in.
fn check_outcomes(at: usize, instruction: &Instruction, own: &Handlers) -> Verified {
    let only = |wanted| own.others.iter().all(|one| one.outcome == wanted);
    let fits = match instruction {
        Instruction::Detect { .. } => {
            own.human.is_none() && own.idle.is_empty() && only(Outcome::Unavailable)
        }
        Instruction::Verify { .. } => only(Outcome::Refused),
        Instruction::Answer { .. } => {
            own.idle.is_empty() && own.others.iter().all(|one| one.outcome != Outcome::Refused)
        }
        Instruction::HandOff { .. } => {
            let mut others = own.others.iter();
            own.human.is_none()
                && own.idle.is_empty()
                && others.all(|one| Outcome::OF_HAND_OFF.contains(&one.outcome))
        }
        _ => own.others.is_empty(),
    };
    if fits { Ok(()) } else { refuse("plan.handlers", CODE, at, "an arm for what can't come") }
}

/// Whether the values and tables that an instruction names are as it needs them.
fn check_places(plan: &Plan, types: &[Option<ValueType>], at: usize) -> Verified {
    match &plan.code[at] {
        Instruction::Say { text } | Instruction::Note { text } => {
            expect(types, CODE, at, *text, ValueType::is_text)
        }
        Instruction::Wait { ms } => check_time(at, *ms),
        Instruction::Choose { prompt, options, .. } => {
            expect(types, CODE, at, *prompt, ValueType::is_text)?;
            let mut labels = options.iter().map(|option| option.label);
            labels.try_for_each(|label| expect(types, CODE, at, label, ValueType::is_text))
        }
        Instruction::Collect { form, .. } => within(CODE, at, form.0, plan.forms.len(), "form"),
        Instruction::Set { attr, value } => {
            check_writable(plan, at, attr.0)?;
            let slot = plan.attributes[attr.index()].ty;
            expect(types, CODE, at, *value, |ty| ty.fits(slot))
        }
        Instruction::Clear { attr } => {
            check_writable(plan, at, attr.0)?;
            if plan.attributes[attr.index()].space == crate::model::Space::Let {
                return refuse("plan.let", CODE, at, "clears the value of a `let`");
            }
            Ok(())
        }
        Instruction::Detect { attr, among, .. } => {
            check_detected(plan, at, *attr, among.as_deref())
        }
        Instruction::Answer { .. } => check_answer(plan, types, at),
        Instruction::HandOff { push, up_to_ms, .. } => {
            within(CODE, at, push.0, plan.channels.len(), "push to a channel")?;
            check_time(at, *up_to_ms)
        }
        Instruction::Branch { condition, .. } => {
            expect(types, CODE, at, *condition, |ty| ty == ValueType::Bool)
        }
        Instruction::Match { subject, arms, .. } => check_match(plan, types, at, (*subject, arms)),
        Instruction::Run { workflow } => {
            within(CODE, at, workflow.0, plan.workflows.len(), "workflow")
        }
        Instruction::CreateCase { push, .. } | Instruction::RecordCase { push } => {
            within(CODE, at, push.0, plan.pushes.len(), "push")
        }
        Instruction::End { because: Some(because) } => {
            expect(types, CODE, at, *because, ValueType::is_text)
        }
        Instruction::AwaitMessage
        | Instruction::End { because: None }
        | Instruction::Ask { .. }
        | Instruction::Verify { .. }
        | Instruction::Repeat
        | Instruction::Again { .. }
        | Instruction::Jump { .. }
        | Instruction::Return
        | Instruction::ResumeWait => Ok(()),
    }
}

/// Whether each arm's value is one that the subject can have.
fn check_match(
    plan: &Plan,
    types: &[Option<ValueType>],
    at: usize,
    (subject, arms): (ExprId, &[(ConstId, Target)]),
) -> Verified {
    expect(types, CODE, at, subject, |_| true)?;
    for (constant, _) in arms {
        within(CODE, at, constant.0, plan.constants.len(), "constant")?;
        let constant = plan.constants[constant.index()].ty();
        expect(types, CODE, at, subject, |ty| ty.fits(constant))?;
    }
    Ok(())
}

/// Whether so long can be waited.
fn check_time(at: usize, ms: u64) -> Verified {
    if (1..=MAX_WAIT_MS).contains(&ms) {
        return Ok(());
    }
    refuse("plan.wait", CODE, at, format!("waits {ms} ms"))
}

fn check_writable(plan: &Plan, at: usize, attr: u32) -> Verified {
    within(CODE, at, attr, plan.attributes.len(), "attribute")?;
    let attribute = &plan.attributes[attr as usize];
    if attribute.space == crate::model::Space::Session && !attribute.is_spoken() {
        return refuse("plan.origin", CODE, at, format!("sets {}", attribute.path()));
    }
    Ok(())
}

/// An answer that comes to an end: turns are counted, and silence is.
fn check_answer(plan: &Plan, types: &[Option<ValueType>], at: usize) -> Verified {
    let Instruction::Answer { turns, knowing, check_in, assume_ms, .. } = &plan.code[at] else {
        return Ok(());
    };
    if !(1..=MAX_TURNS).contains(turns) {
        return refuse("plan.answer", CODE, at, format!("{turns} turns"));
    }
    for attr in knowing {
        within(CODE, at, attr.0, plan.attributes.len(), "attribute")?;
        if plan.attributes[attr.index()].space == crate::model::Space::Let {
            return refuse("plan.let", CODE, at, "tells the AI the value of a `let`");
        }
    }
    let silences = check_in.iter().map(|its| its.after_ms).chain([*assume_ms]);
    let mut before = 0;
    for silence in silences {
        if silence <= before || silence > MAX_WAIT_MS {
            return refuse("plan.answer", CODE, at, "silences do not stand by growing time");
        }
        before = silence;
    }
    match check_in {
        Some(its) => expect(types, CODE, at, its.text, ValueType::is_text),
        None => Ok(()),
    }
}

/// A list of which the AI can be asked: one value, each with what it means.
fn check_detected(plan: &Plan, at: usize, attr: AttrId, among: Option<&[String]>) -> Verified {
    check_writable(plan, at, attr.0)?;
    let attribute = &plan.attributes[attr.index()];
    let list = attribute.list.filter(|_| attribute.ty == ValueType::Text);
    let Some(list) = list.and_then(|list| plan.lists.get(list.index())) else {
        return refuse("plan.detect", CODE, at, format!("{} is no list", attribute.path()));
    };
    if attribute.space == crate::model::Space::Let {
        return refuse("plan.let", CODE, at, "detects the value of a `let`");
    }
    let strange = |value: &&String| !list.values.iter().any(|listed| listed.value == **value);
    if let Some(value) = among.and_then(|among| among.iter().find(strange)) {
        return refuse("plan.detect", CODE, at, format!("{value:?} is not of the list"));
    }
    let offered = |value: &str| among.is_none_or(|among| among.iter().any(|one| one == value));
    let mut values = list.values.iter().filter(|value| offered(&value.value));
    match values.find(|value| value.description.is_none()) {
        Some(value) => {
            refuse("plan.detect", CODE, at, format!("nothing says what {:?} means", value.value))
        }
        None => Ok(()),
    }
}

/// Workflows in an order in which each stands behind those that it runs.
fn callees_first(plan: &Plan) -> Verified<Vec<WorkflowId>> {
    let calls: Vec<BTreeSet<usize>> = plan.workflows.iter().map(|one| calls(plan, one)).collect();
    let mut waiting: Vec<usize> = calls.iter().map(BTreeSet::len).collect();
    let mut callers: Vec<Vec<usize>> = vec![Vec::new(); calls.len()];
    for (caller, callees) in calls.iter().enumerate() {
        for callee in callees {
            callers[*callee].push(caller);
        }
    }
    let mut ready: Vec<usize> = (0..calls.len()).filter(|one| waiting[*one] == 0).collect();
    let mut order = Vec::with_capacity(calls.len());
    while let Some(one) = ready.pop() {
        order.push(WorkflowId(u32::try_from(one).unwrap_or(u32::MAX)));
        for caller in &callers[one] {
            waiting[*caller] -= 1;
            if waiting[*caller] == 0 {
                ready.push(*caller);
            }
        }
    }
    match waiting.iter().position(|left| *left > 0) {
        Some(at) => {
            refuse("plan.recursion", "workflow", at, "runs itself, by way of others or not")
        }
        None => Ok(order),
    }
}

fn calls(plan: &Plan, workflow: &Workflow) -> BTreeSet<usize> {
    let code = &plan.code[workflow.entry.index()..workflow.end.index()];
    let callee = |instruction: &Instruction| match instruction {
        Instruction::Run { workflow } => Some(workflow.index()),
        _ => None,
    };
    code.iter().filter_map(callee).collect()
}

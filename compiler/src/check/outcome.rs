//! Each outcome is handled, on every chain of `run`; arms leave or go back as they must; and what a
//! customer wrote does not vanish.

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::flow::facts::Fact;
use crate::flow::graph::Op;
use crate::flow::state::State;
use crate::flow::summary::Kind;
use crate::flow::transfer::owns;
use crate::flow::unit::handles;
use crate::hir::{Other, Outcome, OutcomeArm, Step, StepKind, Trigger, leaves_repeat};
use crate::source::Loc;

use super::{Cx, Draft, Place, Proof, Way};

/// Where a conversation ends, what the customer wrote and sent must have become something.
pub(super) fn node(cx: &Cx<'_, '_>, at: Place, state: &State, out: &mut Vec<Draft>) {
    let Some(place) = ends(cx, at) else { return };
    let facts = state.facts();
    if !facts.can(Fact::Silent, false) {
        return;
    }
    if facts.can(Fact::Spoken, true) && facts.can(Fact::Recorded, false) {
        words_lost(cx, at, place, out);
    }
    // Where the words are lost too, nothing more need be said.
    let read = facts.can(Fact::Spoken, false) || facts.can(Fact::Recorded, true);
    if facts.can(Fact::FileSent, true) && read {
        file_lost(cx, at, place, out);
    }
}

fn file_lost(cx: &Cx<'_, '_>, at: Place, place: Loc, out: &mut Vec<Draft>) {
    let message = if matches!(cx.node(at).op, Op::Exit) {
        "the conversation can come to the end of this workflow after the customer sent a file, and \
         nothing keeps it"
    } else {
        "the conversation ends here after the customer sent a file, and nothing keeps it"
    };
    let finding =
        Finding::new(codes::END_LOSES_FILE, place, message).label("no Case since, no agent").help(
            "create a Case behind the form, or say why nobody wants the file: `end because \"…\"`",
        );
    out.push(Draft::suspect(Proof::Ending, at, None, finding));
}

fn words_lost(cx: &Cx<'_, '_>, at: Place, place: Loc, out: &mut Vec<Draft>) {
    let message = if matches!(cx.node(at).op, Op::Exit) {
        "the conversation can come to the end of this workflow after the customer wrote, and \
         nobody will read it"
    } else {
        "the conversation ends here after the customer wrote, and nobody will read it"
    };
    let finding = Finding::new(codes::END_LOSES_WORDS, place, message)
        .label("no Case, no agent")
        .help("create a Case before, or say why none is wanted: `end because \"…\"`");
    out.push(Draft::suspect(Proof::Ending, at, None, finding));
}

/// Where the conversation ends for no stated reason.
pub(super) fn ends(cx: &Cx<'_, '_>, at: Place) -> Option<Loc> {
    match cx.node(at).op {
        Op::Leave(Step { kind: StepKind::End(None), range, .. }) => Some(cx.loc(*range)),
        Op::Exit if at.part == 0 && cx.units.workflow.on.is_some_and(Trigger::begins) => {
            Some(cx.loc(cx.units.workflow.head))
        }
        _ => None,
    }
}

/// What holds of arms and waits wherever a conversation goes.
pub(super) fn outcomes(cx: &Cx<'_, '_>, out: &mut Vec<Draft>) {
    unhandled(cx, out);
    let waiting = defaults(cx, out);
    own_arms(cx, out);
    cycles(cx, &waiting, out);
}

/// Each outcome must be handled but `human`, whose button is not shown then.
fn unhandled(cx: &Cx<'_, '_>, out: &mut Vec<Draft>) {
    let handled = cx.units.handled().or(cx.entry.outer);
    // An arm without an outcome is one that was not understood: it may be the one that is missing.
    if cx.units.workflow.defaults.iter().any(|arm| arm.outcomes.is_empty()) {
        return;
    }
    for (at, state) in cx.places() {
        let node = cx.node(at);
        let Some(step) = node.op.step() else { continue };
        if step.kind.arms().iter().any(|arm| arm.outcomes.is_empty()) {
            continue;
        }
        for kind in node.op.outcomes().iter().copied() {
            let comes = cx.env().raised(node, kind, state).is_live();
            if kind == Kind::Human || handled.has(kind) || owns(step, kind) || !comes {
                continue;
            }
            let finding =
                Finding::new(codes::OUTCOME_UNHANDLED, cx.loc(step.range), left_open(kind))
                    .label(format!("`{}` is not handled", kind.name()));
            out.push(Draft { finding, way: Way::Unhandled(kind) });
        }
    }
}

fn left_open(kind: Kind) -> &'static str {
    match kind {
        Kind::Other(Other::Unavailable) => "nothing says what happens when no AI answers here",
        Kind::Other(Other::Refused) => {
            "nothing says what happens when the visitor does not want to sign in"
        }
        Kind::Other(Other::Confirmed) => "nothing says what happens when an answer has helped here",
        Kind::Other(Other::Assumed) => {
            "nothing says what happens when the customer does not come back here"
        }
        Kind::Other(Other::Unresolved) => "nothing says what happens when the AI can't help here",
        Kind::Other(Other::Ended) => "nothing says what happens when the agent ends this chat",
        Kind::Other(Other::NoAgent) => "nothing says what happens when no agent accepts here",
        Kind::Other(Other::Failed) => "nothing says what happens when this hand-off fails",
        Kind::Other(Other::Lost) => "nothing says what happens when this chat breaks off",
        Kind::Idle | Kind::Human => "nothing says what happens when the customer stays silent here",
    }
}

/// Arms of `defaults`. Gives the parts that were reported for waiting.
fn defaults(cx: &Cx<'_, '_>, out: &mut Vec<Draft>) -> Vec<usize> {
    let arms = &cx.units.workflow.defaults;
    let longest = longest(arms);
    let mut waiting = Vec::new();
    for (at, arm) in arms.iter().enumerate() {
        let part = at + 1;
        if arm.outcomes.is_empty() {
            continue;
        }
        // An arm that nothing reaches stands in the plan all the same.
        if !leaves(cx, &arm.body) {
            if !resumes(arm, longest) {
                out.push(Draft::certain(stays(cx, arm, longest)));
                continue;
            }
            if let Some(step) = wait_in(cx, &arm.body) {
                out.push(Draft::certain(arm_waits(cx, step, arm)));
                waiting.push(part);
                continue;
            }
        }
        if cx.entry.reached && !cx.solved.solutions[part].before[0].is_live() {
            let name = arm.outcomes.first().map_or("", |outcome| outcome.name());
            let message = format!("no step that comes here can end in `{name}`");
            let finding = Finding::new(codes::OUTCOME_ARM_NOT_REACHED, cx.loc(arm.range), message)
                .help("take the arm out");
            out.push(Draft::certain(finding));
        } else if cx.entry.reached {
            dead_names(cx, arm, out);
        }
    }
    waiting
}

/// Outcomes of a list to which no step comes, beside others that do.
fn dead_names(cx: &Cx<'_, '_>, arm: &OutcomeArm, out: &mut Vec<Draft>) {
    let comes = |kind| cx.solved.outs.iter().flatten().any(|its| its.kind == kind);
    for (outcome, named) in arm.outcomes.iter().zip(&arm.named) {
        let Outcome::Other(other) = outcome else { continue };
        if comes(Kind::Other(*other)) {
            continue;
        }
        let name = outcome.name();
        let message = format!("no step that comes here can end in `{name}`");
        let finding = Finding::new(codes::OUTCOME_ARM_NOT_REACHED, cx.loc(*named), message)
            .help(format!("take `{name}` out of the list"));
        out.push(Draft::certain(finding));
    }
}

fn own_arms(cx: &Cx<'_, '_>, out: &mut Vec<Draft>) {
    // Steps that nothing reaches stand in the plan all the same.
    for node in cx.units.graphs.iter().flat_map(|graph| &graph.nodes) {
        let Op::Wait(step) = node.op else { continue };
        let arms = step.kind.arms();
        // They go back to their wait where they do not leave: behind the last one nothing would come.
        let longest = longest(arms);
        for arm in arms.iter().filter(|arm| handles(arm, Kind::Idle)) {
            if leaves(cx, &arm.body) {
                continue;
            }
            if is_longest(arm, longest) {
                out.push(Draft::certain(stays(cx, arm, longest)));
            } else if let Some(step) = wait_in(cx, &arm.body) {
                out.push(Draft::certain(arm_waits(cx, step, arm)));
            }
        }
    }
}

/// Whether an arm that does not leave may go back to its wait: it stands for silence alone, and a
/// longer one leaves.
fn resumes(arm: &OutcomeArm, longest: Option<u64>) -> bool {
    arm.outcomes.iter().all(|outcome| match outcome {
        Outcome::Idle(ms) => Some(*ms) != longest,
        _ => false,
    })
}

fn longest(arms: &[OutcomeArm]) -> Option<u64> {
    let outcomes = arms.iter().flat_map(|arm| &arm.outcomes);
    outcomes
        .filter_map(|outcome| match outcome {
            Outcome::Idle(ms) => Some(*ms),
            _ => None,
        })
        .max()
}

fn stays(cx: &Cx<'_, '_>, arm: &OutcomeArm, longest: Option<u64>) -> Finding {
    let silent = is_longest(arm, longest);
    let message = if silent {
        "the longest silence must end the conversation, and this arm can come to its end".to_owned()
    } else {
        let name = arm.outcomes.first().map_or("", |outcome| outcome.name());
        format!("this arm for `{name}` can come to its end, and nothing follows it")
    };
    Finding::new(codes::ARM_STAYS, cx.loc(arm.range), message)
        .label("does not leave on every path")
        .help(if silent {
            "let it end with `end because \"…\"` or `create case using …`, or add a longer one that \
             does: `idle 15m => end`"
        } else {
            "let it end with `end because \"…\"` or `create case using …`"
        })
}

/// Whether an arm stands for the longest silence.
fn is_longest(arm: &OutcomeArm, longest: Option<u64>) -> bool {
    arm.outcomes.iter().any(|one| matches!(one, Outcome::Idle(ms) if Some(*ms) == longest))
}

fn arm_waits(cx: &Cx<'_, '_>, step: &Step, arm: &OutcomeArm) -> Finding {
    let message = "an arm that goes back to its wait cannot wait itself";
    Finding::new(codes::ARM_WAITS, cx.loc(step.range), message)
        .label("waits")
        .also(cx.loc(arm.range), "goes back to the wait that it interrupted")
        .help("let the arm leave the conversation, or only say something")
}

/// An outcome leads to an arm, whose steps have outcomes: that must come to an end.
fn cycles(cx: &Cx<'_, '_>, waiting: &[usize], out: &mut Vec<Draft>) {
    for part in 1..cx.units.graphs.len() {
        if waiting.contains(&part) {
            continue;
        }
        let Some(arm) = cx.units.arm(part) else { continue };
        let Some((step, kind)) = returns_to(cx, part) else { continue };
        let (what, own) = match kind {
            Kind::Idle => ("silence", "idle 10m => end"),
            Kind::Human => ("asking for a person", "human => go on"),
            Kind::Other(Other::Unavailable) => {
                ("an AI that does not answer", "unavailable => go on")
            }
            Kind::Other(Other::Refused) => ("refusing to sign in", "refused => go on"),
            Kind::Other(Other::Confirmed) => ("an answer that helps", "confirmed => end"),
            Kind::Other(Other::Assumed) => ("not coming back", "assumed => end"),
            Kind::Other(Other::Unresolved) => ("an AI that can't help", "unresolved => go on"),
            Kind::Other(Other::Ended) => ("the end of the chat", "ended => end"),
            Kind::Other(Other::NoAgent) => {
                ("that no agent accepts", "no agent => end because \"…\"")
            }
            Kind::Other(Other::Failed) => {
                ("that the hand-off fails", "failed => end because \"…\"")
            }
            Kind::Other(Other::Lost) => ("a chat that breaks off", "lost => end because \"…\""),
        };
        let message = format!("{what} at this step leads back to the arm that it stands in");
        let finding = Finding::new(codes::OUTCOME_CYCLE, cx.loc(step.range), message)
            .label("comes round again")
            .also(cx.loc(arm.range), "this arm")
            .help(format!("give the step an arm of its own, such as `{own}`"));
        out.push(Draft::certain(finding));
    }
}

/// The step of an arm from which outcomes lead back to the arm, through others perhaps.
fn returns_to<'p>(cx: &Cx<'_, 'p>, part: usize) -> Option<(&'p Step, Kind)> {
    for found in &cx.solved.outs[part] {
        let mut seen = vec![false; cx.units.graphs.len()];
        let mut stack: Vec<usize> = cx.units.handlers(found.kind).collect();
        while let Some(next) = stack.pop() {
            if next == part {
                let step = cx.units.graphs[part].node(found.node).op.step()?;
                return Some((step, found.kind));
            }
            if std::mem::replace(&mut seen[next], true) {
                continue;
            }
            for out in &cx.solved.outs[next] {
                stack.extend(cx.units.handlers(out.kind));
            }
        }
    }
    None
}

/// Whether the conversation is over behind these steps, on every path.
pub(super) fn leaves(cx: &Cx<'_, '_>, steps: &[Step]) -> bool {
    steps.iter().any(|step| match &step.kind {
        StepKind::End(_) | StepKind::CreateCase { .. } => true,
        // Whatever it ends in is handled by an arm of its own, or leaves for one of `defaults`.
        StepKind::HandOff { arms, .. } => arms.iter().all(|arm| leaves(cx, &arm.body)),
        StepKind::If { branches, otherwise } => {
            leaves(cx, otherwise) && branches.iter().all(|(_, block)| leaves(cx, block))
        }
        StepKind::Match { arms, .. } => {
            !arms.is_empty() && arms.iter().all(|arm| leaves(cx, &arm.body))
        }
        StepKind::Choose { options, other, arms, .. } => {
            !options.is_empty()
                && options.iter().all(|(_, block)| leaves(cx, block))
                && other.iter().all(|block| leaves(cx, block))
                && arms.iter().all(|arm| handles(arm, Kind::Idle) || leaves(cx, &arm.body))
        }
        // What its own arms don't handle, `defaults` do, which leave.
        StepKind::Answer { arms, .. } => arms.iter().all(|arm| leaves(cx, &arm.body)),
        StepKind::Run(callee) => {
            cx.map.around.summary(*callee).is_some_and(|summary| summary.returns.is_none())
        }
        StepKind::Repeat { body, exhausted, .. } => {
            !leaves_repeat(body) && (leaves(cx, body) || leaves(cx, exhausted))
        }
        // What was not understood may leave.
        StepKind::Error => true,
        _ => false,
    })
}

/// The first step that waits.
fn wait_in<'p>(cx: &Cx<'_, 'p>, steps: &'p [Step]) -> Option<&'p Step> {
    steps.iter().find_map(|step| match &step.kind {
        StepKind::Ask { .. }
        | StepKind::Verify { .. }
        | StepKind::Choose { .. }
        | StepKind::Collect { .. }
        | StepKind::Detect { .. }
        | StepKind::Answer { .. }
        | StepKind::HandOff { .. }
        | StepKind::Wait(_) => Some(step),
        StepKind::If { branches, otherwise } => branches
            .iter()
            .find_map(|(_, block)| wait_in(cx, block))
            .or_else(|| wait_in(cx, otherwise)),
        StepKind::Match { arms, .. } => arms.iter().find_map(|arm| wait_in(cx, &arm.body)),
        StepKind::Repeat { body, exhausted, .. } => {
            wait_in(cx, body).or_else(|| wait_in(cx, exhausted))
        }
        StepKind::Run(callee) => {
            cx.map.around.summary(*callee).is_some_and(|summary| summary.waits).then_some(step)
        }
        _ => None,
    })
}

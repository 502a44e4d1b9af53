//! What a path says at each of its steps.

use crate::flow::eval::World;
use crate::flow::graph::{Edge, Guard, NodeId, Op};
use crate::flow::unit::UnitId;
use crate::hir::{
    Expr, ExprKind, Literal, Other, Outcome, OutcomeArm, Space, Step, StepKind, TemplatePart,
    Trigger, WorkflowId,
};
use crate::source::{Loc, Range};

use super::{Map, Track};

/// What is said of a condition that leads to what stands behind it.
pub const HOLDS_NOT: &str = "this does not hold";

/// What is said where the customer writes and nothing awaits it.
pub const MEANWHILE: &str = "the customer writes meanwhile";

/// One move of a conversation.
#[derive(Debug, Clone)]
pub(super) enum Move<'p> {
    /// It begins with a workflow.
    Open(WorkflowId),
    /// It goes along an edge.
    Along(UnitId, NodeId, Edge<'p>),
    /// It goes into another workflow.
    Run(WorkflowId, &'p Step),
    /// Agents' replies beside a hand-off have changed what the failure hangs on, or may have.
    Beside(WorkflowId, &'p Step),
    /// A wait is left for an arm of the `defaults` of a workflow.
    Into(WorkflowId, usize),
}

/// What is said about moves, in order; about most nothing.
pub(super) fn labels(
    map: &Map<'_, '_>,
    track: Option<&Track>,
    moves: &[Move<'_>],
) -> Vec<(Loc, String)> {
    moves.iter().filter_map(|made| label(map, track, made)).collect()
}

fn label(map: &Map<'_, '_>, track: Option<&Track>, made: &Move<'_>) -> Option<(Loc, String)> {
    let at = |workflow: WorkflowId, range: Range| Loc {
        item: map.units[workflow.0 as usize].workflow.item,
        range,
    };
    let world = map.around.world;
    match made {
        Move::Open(workflow) => {
            let units = &map.units[workflow.0 as usize];
            let begins = match units.workflow.on {
                Some(Trigger::Visit(_)) => "a visitor is shown this, and takes it up",
                Some(Trigger::Open) => "a conversation opens",
                Some(Trigger::Message) => "the customer writes, and this starts",
                Some(Trigger::AgentReply) => "an agent replies, and this starts",
                None => "it is run",
            };
            let state = &map.entries[workflow.0 as usize].state;
            // A `let` has no value before its step.
            let track = track.filter(|track| {
                world.attribute(track.attr).is_some_and(|its| its.space != Space::Let)
            });
            let blank = track.filter(|track| {
                track.wanted.may_be_blank() && !state.read(track.attr).may_be_set()
            });
            let may_be = track.filter(|track| {
                track.wanted.may_be_blank() && state.read(track.attr).may_be_blank()
            });
            let text = match (blank, may_be) {
                (Some(track), _) => format!("{begins}, and `{}` is blank", world.name(track.attr)),
                (_, Some(track)) => {
                    format!("{begins}, for example where `{}` is blank", world.name(track.attr))
                }
                _ => begins.to_owned(),
            };
            Some((at(*workflow, units.workflow.head), text))
        }
        Move::Run(workflow, step) => Some((at(*workflow, step.range), run_text(map, step)?)),
        Move::Beside(workflow, step) => {
            let name = track.map(|track| world.name(track.attr))?;
            Some((at(*workflow, step.range), format!("a reply of the agent may change `{name}`")))
        }
        Move::Into(workflow, part) => {
            let arm = map.units[workflow.0 as usize].arm(*part)?;
            Some((at(*workflow, arm.range), arm_text(arm)))
        }
        Move::Along(unit, node, edge) => {
            let op = map.units[unit.workflow.0 as usize].graphs[unit.part].node(*node).op;
            let (range, text) = along(map, track, op, edge.guard)?;
            Some((at(unit.workflow, range), text))
        }
    }
}

fn run_text(map: &Map<'_, '_>, step: &Step) -> Option<String> {
    let StepKind::Run(callee) = &step.kind else { return None };
    Some(format!("`{}` is run", map.units.get(callee.0 as usize)?.workflow.name))
}

fn along(
    map: &Map<'_, '_>,
    track: Option<&Track>,
    op: Op<'_>,
    guard: Guard<'_>,
) -> Option<(Range, String)> {
    let world = map.around.world;
    match (op, guard) {
        (Op::Test(_, condition), Guard::If(true)) => Some((condition.range, "this holds".into())),
        (Op::Test(_, condition), Guard::If(false)) => Some((condition.range, HOLDS_NOT.to_owned())),
        (Op::Switch(step), Guard::Arm(at)) => {
            let StepKind::Match { arms, .. } = &step.kind else { return None };
            Some((arms.get(at)?.range, "this arm is taken".into()))
        }
        (Op::Switch(step), _) => Some((step.range, "no arm is taken".into())),
        (Op::Wait(step), Guard::Answered) => Some((step.range, answered(world, track, step))),
        (Op::Wait(step), Guard::Pressed(at)) => {
            let StepKind::Choose { options, .. } = &step.kind else { return None };
            let (label, _) = options.get(at)?;
            let text = plain(label).map_or_else(
                || "the customer presses this".to_owned(),
                |text| format!("the customer presses `{text}`"),
            );
            Some((label.range, text))
        }
        (Op::Wait(step), Guard::OtherWords) => {
            Some((step.range, "the customer writes something else".into()))
        }
        (Op::Again(step), Guard::Again) => Some((step.range, "this is done once more".into())),
        (Op::Again(step), Guard::Exhausted) => {
            let StepKind::Repeat { up_to, .. } = &step.kind else { return None };
            Some((step.range, format!("this was done {up_to} times")))
        }
        (_, Guard::Outcome(arm, outcome)) => Some((arm.range, outcome_text(outcome))),
        (Op::Run(step, _), _) => Some((step.range, run_text(map, step)?)),
        (Op::Plain(step) | Op::Detect(step) | Op::Wait(step), Guard::Meanwhile) => {
            Some((step.range, MEANWHILE.to_owned()))
        }
        (Op::Plain(step) | Op::Detect(step), _) => written(world, track, step),
        _ => None,
    }
}

fn answered(world: &World<'_>, track: Option<&Track>, step: &Step) -> String {
    let StepKind::Collect { fields, .. } = &step.kind else {
        let verify = matches!(step.kind, StepKind::Verify { .. });
        return if verify { "the visitor is signed in" } else { "the customer writes" }.to_owned();
    };
    if fields.iter().any(|field| field.rating) {
        return "the customer rates".to_owned();
    }
    let left = track.filter(|track| {
        track.wanted.may_be_blank()
            && fields.iter().any(|field| field.attr == track.attr && !field.required)
    });
    match left {
        Some(track) => {
            format!("the customer sends the form without `{}`", world.name(track.attr))
        }
        None => "the customer sends the form".to_owned(),
    }
}

fn written(world: &World<'_>, track: Option<&Track>, step: &Step) -> Option<(Range, String)> {
    let track = track?;
    let name = world.name(track.attr);
    match &step.kind {
        StepKind::Set { attr, value } if *attr == track.attr => {
            let what = if matches!(value.kind, ExprKind::Blank) { "made blank" } else { "set" };
            Some((step.range, format!("`{name}` is {what}")))
        }
        StepKind::Let { attr, .. } if *attr == track.attr => {
            let blank = if track.wanted.may_be_blank() { ", which is blank" } else { "" };
            Some((step.range, format!("`{name}` takes this value{blank}")))
        }
        StepKind::Detect { attr, .. } if *attr == track.attr => {
            let text = if track.wanted.may_be_blank() {
                format!("nothing fits, and `{name}` is blank")
            } else {
                format!("`{name}` is detected")
            };
            Some((step.range, text))
        }
        StepKind::Clear { attr } if *attr == track.attr => {
            Some((step.range, format!("`{name}` is made blank")))
        }
        _ => None,
    }
}

fn plain(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Literal(Literal::Text(text)) => Some(text),
        ExprKind::Template(parts) => match parts.as_slice() {
            [TemplatePart::Text(text)] => Some(text),
            _ => None,
        },
        _ => None,
    }
}

fn arm_text(arm: &OutcomeArm) -> String {
    arm.outcomes.first().map_or_else(String::new, |outcome| outcome_text(*outcome))
}

/// What happened when there is this outcome.
fn outcome_text(outcome: Outcome) -> String {
    match outcome {
        Outcome::Human => "the customer asks for a person".to_owned(),
        Outcome::Other(Other::Refused) => "the visitor refuses to sign in".to_owned(),
        Outcome::Idle(ms) => {
            let time = tidegate_plan::value::duration_text(i64::try_from(ms).unwrap_or(i64::MAX));
            format!("the customer is silent for {time}")
        }
        Outcome::Created => "the Case exists".to_owned(),
        Outcome::Delayed => "Salesforce does not answer in time".to_owned(),
        Outcome::Rejected => "Salesforce refuses the Case".to_owned(),
        Outcome::Other(Other::Unavailable) => "no AI answers".to_owned(),
        Outcome::Other(Other::Confirmed) => "the customer says that the answer helped".to_owned(),
        Outcome::Other(Other::Assumed) => {
            "the customer does not come back after an answer".to_owned()
        }
        Outcome::Other(Other::Unresolved) => "the AI can't help".to_owned(),
        Outcome::Other(Other::Ended) => "the agent ends the chat".to_owned(),
        Outcome::Other(Other::NoAgent) => "no agent accepts in time".to_owned(),
        Outcome::Other(Other::Failed) => "the hand-off fails".to_owned(),
        Outcome::Other(Other::Lost) => "the chat breaks off".to_owned(),
    }
}

/// Whether two expressions are the same wherever they stand.
pub(super) fn same(a: &Expr, b: &Expr) -> bool {
    match (&a.kind, &b.kind) {
        (ExprKind::Literal(x), ExprKind::Literal(y)) => x == y,
        (ExprKind::Attr(x), ExprKind::Attr(y)) => x == y,
        (ExprKind::Blank, ExprKind::Blank)
        | (ExprKind::PersonVerified, ExprKind::PersonVerified)
        | (ExprKind::PersonKnown, ExprKind::PersonKnown) => true,
        (ExprKind::Not(x), ExprKind::Not(y)) | (ExprKind::IsBlank(x), ExprKind::IsBlank(y)) => {
            same(x, y)
        }
        (ExprKind::Binary(p, a, b), ExprKind::Binary(q, c, d)) => {
            p == q && same(a, c) && same(b, d)
        }
        (ExprKind::In(x, v), ExprKind::In(y, w)) => v == w && same(x, y),
        (ExprKind::If(a, b, c), ExprKind::If(d, e, f)) => same(a, d) && same(b, e) && same(c, f),
        (ExprKind::Pipe(p, x), ExprKind::Pipe(q, y)) => p == q && same(x, y),
        (ExprKind::Reveal(x, _), ExprKind::Reveal(y, _)) => same(x, y),
        (ExprKind::InHours(x, h), ExprKind::InHours(y, i)) => h == i && same(x, y),
        // `now` passes, and templates are no conditions.
        _ => false,
    }
}

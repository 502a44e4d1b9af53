//! What is private is given to nobody: not said, not noted, not put where it is not private, not
//! carried without a line; and revealed to verified visitors only.

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::flow::domain::Abs;
use crate::flow::facts::Fact;
use crate::flow::graph::Op;
use crate::flow::names::of_push;
use crate::flow::path::Track;
use crate::flow::state::State;
use crate::flow::walk::{of_step, parts, walk};
use crate::hir::{AttrId, Expr, ExprKind, Program, Push, Step, StepKind, TemplatePart};
use crate::source::{ItemId, Loc, Range};
use crate::types::assign::is_textual;
use crate::types::private::exposed;

use super::places::push_at;
use super::{Cx, Draft, Place, Proof};

/// What hangs on the way to a step: who is there when something is revealed, and whether the
/// conversation has set what a push says nothing of.
pub(super) fn node(cx: &Cx<'_, '_>, at: Place, state: &State, out: &mut Vec<Draft>) {
    let node = cx.node(at);
    if let Some(Step { kind: StepKind::Say(text), .. }) = node.op.step() {
        walk(cx.world(), state, text, &mut |part, reached| {
            if let ExprKind::Reveal(value, _) = &part.kind
                && reached.facts().can(Fact::Verified, false)
            {
                let finding = to_anybody(cx, value, part.range);
                out.push(Draft::suspect(Proof::Privacy, at, None, finding));
            }
        });
    }
    if let Some(push) = push_at(cx, node) {
        for (field, attr) in &push.kept_back {
            if !state.read(*attr).meet(&Abs::written()).is_never() {
                let finding = left_behind(cx, push, field, *attr);
                let track = Some(Track::written(*attr));
                out.push(Draft::suspect(Proof::Privacy, at, track, finding));
            }
        }
    }
}

/// Private values that are revealed, and those of which a push says nothing.
pub(super) fn asks(cx: &Cx<'_, '_>, at: Place, state: &State) -> usize {
    let node = cx.node(at);
    let mut count = push_at(cx, node).map_or(0, |push| push.kept_back.len());
    if let Some(Step { kind: StepKind::Say(text), .. }) = node.op.step() {
        walk(cx.world(), state, text, &mut |part, _| {
            count += usize::from(matches!(part.kind, ExprKind::Reveal(..)));
        });
    }
    count
}

fn to_anybody(cx: &Cx<'_, '_>, value: &Expr, range: Range) -> Finding {
    let what = match private(cx.world().program, value) {
        Some((attr, _)) => format!("`{}` is", cx.world().name(attr)),
        None => "this is".to_owned(),
    };
    let message = format!("{what} revealed to a visitor who may not be verified");
    Finding::new(codes::REVEALED_TO_ANYBODY, cx.loc(range), message)
        .label("to whoever is there")
        .help("reveal it under `if person is verified { … }`, or show it masked: `| mask`")
}

fn left_behind(cx: &Cx<'_, '_>, push: &Push, field: &str, attr: AttrId) -> Finding {
    let name = cx.world().name(attr);
    let message = format!("`{name}` is private, and this push says nothing of it");
    let head = Loc { item: push.item, range: push.head };
    let finding = Finding::new(codes::PRIVATE_LEFT_BEHIND, head, message)
        .label("goes along only by a line of its own")
        .help(format!(
            "write `{field} = {name}` to put it there, or `carry except {field}` to leave it out"
        ));
    match cx.world().attribute(attr).and_then(|its| its.declared) {
        Some(declared) => finding.also(declared, "it is declared private here"),
        None => finding,
    }
}

/// Where the steps of a workflow give a private value away, whatever the way to them.
pub(super) fn flows(cx: &Cx<'_, '_>, out: &mut Vec<Draft>) {
    for node in cx.units.graphs.iter().flat_map(|graph| &graph.nodes) {
        if let Op::Test(_, condition) = node.op {
            misplaced(cx.units.workflow.item, condition, &mut |found| {
                out.push(Draft::certain(found));
            });
        } else if let Some(step) = node.op.step() {
            of(cx, step, out);
        }
    }
}

fn of(cx: &Cx<'_, '_>, step: &Step, out: &mut Vec<Draft>) {
    let program = cx.world().program;
    if let StepKind::Answer { knowing, .. } = &step.kind {
        out.extend(told_to_the_ai(cx, knowing).map(Draft::certain));
    }
    for expr in of_step(step) {
        let given = match &step.kind {
            StepKind::Match { .. } | StepKind::Let { .. } => None,
            StepKind::Set { attr, .. } => {
                let found = private(program, expr);
                let to = cx.world().attribute(*attr).filter(|to| !to.private);
                found.zip(to).map(|((from, range), to)| made_public(cx, from, range, &to.path()))
            }
            _ => private(program, expr)
                .map(|(attr, range)| masked(cx, expr, attr, given_away(cx, step, attr, range))),
        };
        out.extend(given.map(Draft::certain));
        match &step.kind {
            StepKind::Say(text) => nothing_private(cx, text, out),
            _ => misplaced(cx.units.workflow.item, expr, &mut |found| {
                out.push(Draft::certain(found));
            }),
        }
    }
}

/// The first private value that an expression gives away.
fn private(program: &Program, expr: &Expr) -> Option<(AttrId, Range)> {
    exposed(expr, &|attr| program.attributes.get(attr.0 as usize).is_some_and(|its| its.private))
}

/// What `knowing` names and an AI must not see.
fn told_to_the_ai(cx: &Cx<'_, '_>, knowing: &[(AttrId, Range)]) -> impl Iterator<Item = Finding> {
    let private = |attr| cx.world().attribute(attr).is_some_and(|its| its.private);
    knowing.iter().filter(move |(attr, _)| private(*attr)).map(|(attr, range)| {
        let message = format!("`{}` is private and told to the AI", cx.world().name(*attr));
        Finding::new(codes::PRIVATE_GIVEN_AWAY, cx.loc(*range), message)
            .label("as it is")
            .help("take it out of `knowing`: nothing private is shown to an AI, masked or not")
    })
}

fn given_away(cx: &Cx<'_, '_>, step: &Step, attr: AttrId, range: Range) -> Finding {
    let name = cx.world().name(attr);
    let (done, help) = match &step.kind {
        StepKind::Say(_) => (
            "said to the customer",
            "show it masked, `| mask`, or say under `if person is verified { … }` why it is shown: \
             `| reveal \"…\"`",
        ),
        StepKind::Note(_) => ("noted", "note it masked: `| mask`"),
        StepKind::End(_) => ("kept as a reason", "leave it out, or mask it: `| mask`"),
        _ => ("shown to the customer", "show it masked: `| mask`"),
    };
    Finding::new(
        codes::PRIVATE_GIVEN_AWAY,
        cx.loc(range),
        format!("`{name}` is private and {done}"),
    )
    .label("as it is")
    .help(help)
}

/// With the change that masks it, where nothing but a pipe stands behind it.
fn masked(cx: &Cx<'_, '_>, expr: &Expr, attr: AttrId, finding: Finding) -> Finding {
    let at = finding.primary;
    if !is_textual(cx.world().ty(attr)) || !stands_alone(expr, at.range) {
        return finding;
    }
    let behind = Loc { range: at.range.after(), ..at };
    finding.fix("show it masked", vec![(behind, " | mask".to_owned())])
}

/// Whether the attribute at a place is all of a hole, of a branch or of what is said, apart from pipes.
fn stands_alone(expr: &Expr, at: Range) -> bool {
    match &expr.kind {
        ExprKind::Attr(_) => expr.range == at && expr.from.is_none(),
        ExprKind::Pipe(_, operand) => stands_alone(operand, at),
        ExprKind::If(_, yes, no) => stands_alone(yes, at) || stands_alone(no, at),
        ExprKind::Template(parts) => parts.iter().any(|part| match part {
            TemplatePart::Hole(hole) => stands_alone(hole, at),
            TemplatePart::Text(_) => false,
        }),
        _ => false,
    }
}

fn made_public(cx: &Cx<'_, '_>, from: AttrId, range: Range, to: &str) -> Finding {
    let from = cx.world().name(from);
    let message = format!("`{from}` is private, and `{to}` is not");
    Finding::new(codes::PRIVATE_MADE_PUBLIC, cx.loc(range), message)
        .label("would be public there")
        .help(format!("declare `{to}` private as well, or keep it masked: `| mask`"))
}

fn nothing_private(cx: &Cx<'_, '_>, text: &Expr, out: &mut Vec<Draft>) {
    parts(text, &mut |part| {
        if let ExprKind::Reveal(value, _) = &part.kind
            && private(cx.world().program, value).is_none()
        {
            let message = "there is nothing private to reveal";
            let finding = Finding::new(codes::PIPE_MISUSE, cx.loc(part.range), message)
                .help("take `| reveal` out: this can be shown as it is");
            out.push(Draft::certain(finding));
        }
    });
}

pub(super) fn misplaced(item: ItemId, expr: &Expr, report: &mut impl FnMut(Finding)) {
    parts(expr, &mut |part| {
        if matches!(part.kind, ExprKind::Reveal(..)) {
            let message = "`| reveal` stands only in what `say` or `ask` says";
            let at = Loc { item, range: part.range };
            report(Finding::new(codes::REVEAL_MISPLACED, at, message).help(
                "say it to the customer, or leave `| reveal` out: a line of a push writes a private \
                 value as it is",
            ));
        }
    });
}

/// What pushes reveal.
pub(super) fn pushes(program: &Program) -> Vec<Finding> {
    let mut found = Vec::new();
    for push in &program.pushes {
        for expr in of_push(push) {
            misplaced(push.item, expr, &mut |finding| found.push(finding));
        }
    }
    found
}

//! One forgotten arm is one report, however many steps lack it.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::Finding;
use crate::flow::path::Map;
use crate::flow::summary::Kind;
use crate::hir::{Other, PushId, StepKind, Workflow};
use crate::source::ItemId;

/// Leaves of the steps at which nobody handles an outcome the first of each conversation, which says
/// how many others there are: the same arm mends them all.
pub(super) fn once_a_conversation(
    unhandled: Vec<(Kind, Finding)>,
    map: &Map<'_, '_>,
) -> Vec<Finding> {
    let mut by_root: BTreeMap<(ItemId, Kind), Vec<Finding>> = BTreeMap::new();
    for (kind, finding) in unhandled {
        by_root.entry((root(&finding), kind)).or_default().push(finding);
    }
    // What the same step lacks is one report too.
    let mut told: Vec<Lack> = Vec::new();
    for ((root, kind), mut steps) in by_root {
        // What stands in the workflow that lacks the arm is nearest to the remedy.
        steps.sort_by_key(|step| (step.path.len(), step.primary));
        let others = steps.len().saturating_sub(1);
        let Some(step) = steps.into_iter().next() else { continue };
        let same = |one: &&mut Lack| {
            one.root == root && one.step.primary == step.primary && one.step.path == step.path
        };
        match told.iter_mut().find(same) {
            Some(one) => {
                one.kinds.push(kind);
                one.others = one.others.max(others);
            }
            None => told.push(Lack { root, step, kinds: vec![kind], others }),
        }
    }
    told.into_iter().map(|lack| lack.with_remedy(map)).collect()
}

/// A step at which nobody handles something.
struct Lack {
    root: ItemId,
    step: Finding,
    kinds: Vec<Kind>,
    /// How many other steps lack the same.
    others: usize,
}

impl Lack {
    fn with_remedy(self, map: &Map<'_, '_>) -> Finding {
        let Self { root, mut step, kinds, others } = self;
        let names: Vec<String> = kinds.iter().map(|kind| format!("`{}`", kind.name())).collect();
        if let [first @ .., last] = names.as_slice()
            && !first.is_empty()
        {
            let first = first.join(", ");
            step.diagnostic.message =
                format!("nothing says what happens when this step ends in {first} or {last}");
            step = step.label(format!("{first} and {last} are not handled"));
        }
        step.diagnostic.message.push_str(&match others {
            0 => String::new(),
            1 => ", nor at one other step".to_owned(),
            _ => format!(", nor at {others} other steps"),
        });
        let Some(root) = workflow(map, root) else { return step };
        let arms = arms(map, root, &kinds);
        let own = match kinds.as_slice() {
            _ if others > 0 => "",
            [Kind::Other(Other::Unavailable)] => ", or `{ unavailable => go on }` to this step",
            [Kind::Other(Other::Refused)] => ", or `{ refused => go on }` to this step",
            [_] => ", or an arm to this step",
            _ => ", or as arms to this step",
        };
        let name = &root.name;
        let quoted: Vec<String> = arms.iter().map(|arm| format!("`{arm}`")).collect();
        let quoted = quoted.join(" and ");
        step.help(match arms.as_slice() {
            [arm] if root.defaults.is_empty() => {
                format!("add `defaults {{ {arm} }}` to the end of `{name}`{own}")
            }
            _ if root.defaults.is_empty() => {
                format!("end `{name}` with `defaults {{ … }}` that have {quoted}{own}")
            }
            _ => format!("add {quoted} to the `defaults` of `{name}`{own}"),
        })
    }
}

/// Arms that would do, for some outcomes.
fn arms(map: &Map<'_, '_>, root: &Workflow, kinds: &[Kind]) -> Vec<String> {
    let push = push_of(map, root);
    let of = |wanted: &[Kind], what: &str| {
        let names: Vec<&str> =
            kinds.iter().filter(|kind| wanted.contains(kind)).map(|kind| kind.name()).collect();
        (!names.is_empty()).then(|| format!("{} => {what}", names.join(", ")))
    };
    let silence = kinds.contains(&Kind::Idle).then(|| "idle 15m => end".to_owned());
    let refused = of(&[Kind::Other(Other::Refused)], "end because \"the visitor did not sign in\"");
    let case = format!("create case using {push}");
    let lost = [
        Kind::Other(Other::Unresolved),
        Kind::Other(Other::Unavailable),
        Kind::Other(Other::NoAgent),
        Kind::Other(Other::Failed),
        Kind::Other(Other::Lost),
    ];
    let before = silence.into_iter().chain(refused);
    let done = of(
        &[Kind::Other(Other::Confirmed), Kind::Other(Other::Assumed), Kind::Other(Other::Ended)],
        "end",
    );
    before.chain(done).chain(of(&lost, &case)).collect()
}

/// The push by which a workflow creates Cases already, in its `defaults` at best; or else one that a
/// workflow which it runs uses.
fn push_of<'a>(map: &'a Map<'_, '_>, root: &'a Workflow) -> &'a str {
    let pushes = &map.around.world.program.pushes;
    let used = |workflow: &Workflow| {
        let steps = workflow.steps();
        steps.iter().rev().find_map(|step| match step.kind {
            StepKind::CreateCase { push, .. } => Some(push),
            _ => None,
        })
    };
    let (mut seen, mut open) = (BTreeSet::new(), vec![root]);
    let mut found = None;
    while let (None, Some(workflow)) = (found, open.pop()) {
        found = used(workflow);
        let run = workflow.steps().into_iter().filter_map(|step| match step.kind {
            StepKind::Run(callee) if seen.insert(callee) => {
                map.around.world.program.workflows.get(callee.0 as usize)
            }
            _ => None,
        });
        open.extend(run.map(AsRef::as_ref));
    }
    let found = found.and_then(|id: PushId| pushes.get(id.0 as usize)).or(pushes.first());
    found.map_or("open_case", |push| push.name.as_str())
}

/// The workflow with which the conversation begins.
fn root(finding: &Finding) -> ItemId {
    finding.path.first().map_or(finding.primary.item, |at| at.item)
}

fn workflow<'a>(map: &'a Map<'_, '_>, item: ItemId) -> Option<&'a Workflow> {
    map.units.iter().map(|units| units.workflow).find(|workflow| workflow.item == item)
}

//! One forgotten arm is one report, however many steps lack it.

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::flow::path::Map;
use crate::flow::summary::Kind;
use crate::hir::Workflow;
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
    let mut told = Vec::new();
    for ((root, kind), mut steps) in by_root {
        // What stands in the workflow that lacks the arm is nearest to the remedy.
        steps.sort_by_key(|step| (step.path.len(), step.primary));
        let others = steps.len().saturating_sub(1);
        let first = steps.into_iter().next();
        told.extend(first.map(|step| with_remedy(map, step, (kind, others), workflow(map, root))));
    }
    told
}

/// The workflow with which the conversation begins.
fn root(finding: &Finding) -> ItemId {
    finding.path.first().map_or(finding.primary.item, |at| at.item)
}

fn workflow<'a>(map: &'a Map<'_, '_>, item: ItemId) -> Option<&'a Workflow> {
    map.units.iter().map(|units| units.workflow).find(|workflow| workflow.item == item)
}

fn with_remedy(
    map: &Map<'_, '_>,
    mut step: Finding,
    (kind, others): (Kind, usize),
    root: Option<&Workflow>,
) -> Finding {
    let more = match others {
        0 => String::new(),
        1 => ", nor at one other step".to_owned(),
        _ => format!(", nor at {others} other steps"),
    };
    step.diagnostic.message.push_str(&more);
    let Some(root) = root else { return step };
    let (arm, own) = match kind {
        Kind::Unavailable => {
            let push = map.around.world.program.pushes.first();
            let push = push.map_or("open_case", |push| push.name.as_str());
            let arm = format!("unavailable => create case using {push}");
            (arm, ", or `{ unavailable => go on }` to this step")
        }
        Kind::Refused => {
            let arm = "refused => end because \"the visitor did not sign in\"".to_owned();
            (arm, ", or `{ refused => go on }` to this step")
        }
        _ => ("idle 15m => end".to_owned(), ", or an arm to this step"),
    };
    let own = if others == 0 { own } else { "" };
    let name = &root.name;
    step.help(if root.defaults.is_empty() {
        format!("add `defaults {{ {arm} }}` to the end of `{name}`{own}")
    } else {
        format!("add `{arm}` to the `defaults` of `{name}`{own}")
    })
}

//! One forgotten `idle` is one report, however many steps wait.

use std::collections::BTreeMap;

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::flow::path::Map;
use crate::hir::Workflow;
use crate::source::ItemId;

/// Leaves of the steps at which nobody handles silence the first of each conversation, which says
/// how many others there are: the same arm mends them all.
pub(super) fn once_a_conversation(findings: Vec<Finding>, map: &Map<'_, '_>) -> Vec<Finding> {
    let (unhandled, mut told): (Vec<Finding>, Vec<Finding>) = findings
        .into_iter()
        .partition(|finding| finding.diagnostic.code == codes::OUTCOME_UNHANDLED);
    let mut by_root: BTreeMap<ItemId, Vec<Finding>> = BTreeMap::new();
    for finding in unhandled {
        by_root.entry(root(&finding)).or_default().push(finding);
    }
    for (root, mut steps) in by_root {
        // What stands in the workflow that lacks the arm is nearest to the remedy.
        steps.sort_by_key(|step| (step.path.len(), step.primary));
        let others = steps.len().saturating_sub(1);
        let first = steps.into_iter().next();
        told.extend(first.map(|step| with_remedy(step, others, workflow(map, root))));
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

fn with_remedy(mut step: Finding, others: usize, root: Option<&Workflow>) -> Finding {
    let more = match others {
        0 => String::new(),
        1 => ", nor at one other step".to_owned(),
        _ => format!(", nor at {others} other steps"),
    };
    step.diagnostic.message.push_str(&more);
    let Some(root) = root else { return step };
    let name = &root.name;
    let own = if others == 0 { ", or an arm to this step" } else { "" };
    step.help(if root.defaults.is_empty() {
        format!("add `defaults {{ idle 15m => end }}` to the end of `{name}`{own}")
    } else {
        format!("add `idle 15m => end` to the `defaults` of `{name}`{own}")
    })
}

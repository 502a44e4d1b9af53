//! A workflow, whole.

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::hir::{Once, Trigger, Workflow, WorkflowKey};
use crate::lower::Lowering;
use crate::lower::outcomes::Where;
use crate::syntax::ast;

/// Lowers a workflow. Its key is the caller's to give.
pub(crate) fn workflow(lowering: &mut Lowering<'_>, syntax: &ast::Workflow) -> Workflow {
    let name = syntax.name.text.clone();
    let trigger = syntax.trigger.as_ref();
    let when = trigger.and_then(|its| its.when.as_ref()).map(|when| lowering.condition(when));
    let before = trigger.map_or(&[][..], |its| &its.before);
    let before =
        before.iter().filter_map(|name| Some((lowering.workflow_named(name)?, name.range)));
    let before = before.collect();
    lowering.knows_lets(&syntax.body, syntax.defaults.as_ref());
    let body = lowering.block(&syntax.body, &name);
    let arms = syntax.defaults.as_ref().map_or(&[][..], |defaults| &defaults.arms);
    let defaults = lowering.arms(arms, &format!("{name}/defaults"), Where::Defaults);
    Workflow {
        name,
        item: lowering.item,
        on: trigger.and_then(started_by),
        when,
        once: trigger.and_then(|its| its.once.as_ref()).and_then(|once| lowering.how_often(once)),
        before,
        trigger: trigger.map_or(syntax.head, |its| its.range),
        body,
        defaults,
        lets: lowering.lets.take_given(),
        verifies: lowering.verifies,
        head: syntax.head,
        key: WorkflowKey::default(),
        findings: std::mem::take(&mut lowering.findings),
    }
}

fn started_by(trigger: &ast::Trigger) -> Option<Trigger> {
    match trigger.event.text.as_str() {
        "visit" => Some(Trigger::Visit(trigger.after.unwrap_or(0))),
        "open" => Some(Trigger::Open),
        "message" => Some(Trigger::Message),
        "agent reply" => Some(Trigger::AgentReply),
        _ => None,
    }
}

impl Lowering<'_> {
    fn how_often(&mut self, once: &ast::Once) -> Option<Once> {
        match once.period.text.as_str() {
            "visit" => Some(Once::Visit),
            "person" => Some(Once::Person),
            _ => {
                let zone = once.zone.as_deref()?;
                if let ast::ExprKind::Text(text) = &zone.kind {
                    return self.time_zone(text, zone.range, codes::UNKNOWN_ZONE).map(Once::Day);
                }
                let message = "a day has the same time zone for everybody";
                let finding = Finding::new(codes::LITERAL_EXPECTED, self.at(zone.range), message);
                self.report(finding.help("write its name in quotes: `in \"Europe/Berlin\"`"));
                None
            }
        }
    }
}

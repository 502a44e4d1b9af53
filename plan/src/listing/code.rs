//! Workflows and their instructions.

use super::Listing;
use super::expr::{constant, expression};
use crate::model::{Handlers, Instruction, Space, Target, Workflow};
use crate::value::duration_text;

/// Columns up to the words of an instruction.
const STEP_COLUMN: usize = 36;

pub(super) fn workflow(out: &mut Listing<'_>, workflow: &Workflow) {
    out.text.push('\n');
    out.line(0, &format!("workflow {}", workflow.name));
    let mut before = None;
    let plan = out.plan;
    for at in workflow.entry.index()..workflow.end.index() {
        let step = plan.code_steps[at];
        let id = if before == Some(step) { "" } else { plan.steps[step.index()].id.as_str() };
        before = Some(step);
        let number = at - workflow.entry.index();
        let words = words(out, workflow, &plan.code[at]);
        let mut lines = words.into_iter();
        let first = lines.next().unwrap_or_default();
        out.line(0, &format!("{number:>4}  {id:<STEP_COLUMN$}  {first}"));
        for line in lines {
            out.line(0, &format!("{:1$}{line}", "", STEP_COLUMN + 10));
        }
    }
    for line in handlers(workflow, &workflow.defaults) {
        out.line(1, &format!("defaults {line}"));
    }
}

fn to(workflow: &Workflow, target: Target) -> String {
    format!("-> {}", target.0.saturating_sub(workflow.entry.0))
}

fn handlers(workflow: &Workflow, handlers: &Handlers) -> Vec<String> {
    let human = handlers.human.map(|target| format!("human {}", to(workflow, target)));
    let idle = handlers
        .idle
        .iter()
        .map(|idle| format!("idle {} {}", time(idle.after_ms), to(workflow, idle.target)));
    let others = handlers
        .others
        .iter()
        .map(|one| format!("{} {}", one.outcome.name(), to(workflow, one.target)));
    human.into_iter().chain(idle).chain(others).collect()
}

fn time(ms: u64) -> String {
    duration_text(i64::try_from(ms).unwrap_or(i64::MAX))
}

/// An instruction in words; what belongs to it on lines of their own.
fn words(out: &Listing<'_>, workflow: &Workflow, instruction: &Instruction) -> Vec<String> {
    let plan = out.plan;
    let text = |id| expression(plan, id);
    let to = |target| to(workflow, target);
    let path = |attr: crate::model::AttrId| plan.attributes[attr.index()].path();
    match instruction {
        Instruction::Say { text: said } => vec![format!("say {}", text(*said))],
        Instruction::Note { text: noted } => vec![format!("note {}", text(*noted))],
        Instruction::Wait { ms } => vec![format!("wait {}", time(*ms))],
        Instruction::Set { attr, value } => {
            let is_let = plan.attributes[attr.index()].space == Space::Let;
            let word = if is_let { "let" } else { "set" };
            vec![format!("{word} {} = {}", path(*attr), text(*value))]
        }
        Instruction::Clear { attr } => vec![format!("clear {}", path(*attr))],
        Instruction::Answer { turns, knowing, check_in, assume_ms, own } => {
            let known = knowing.iter().map(|attr| format!("knowing {}", path(*attr)));
            let check_in = check_in
                .iter()
                .map(|its| format!("check in {} {}", time(its.after_ms), text(its.text)));
            let assume = format!("assume {}", time(*assume_ms));
            let arms = handlers(workflow, own);
            let rest = known.chain(check_in).chain([assume]).chain(arms).collect();
            with(format!("answer up to {turns} turns"), rest)
        }
        Instruction::Branch { condition, otherwise } => {
            vec![format!("if {} else {}", text(*condition), to(*otherwise))]
        }
        Instruction::Match { subject, arms, blank, otherwise } => {
            let values = arms.iter().map(|(value, target)| {
                format!("{} {}", constant(&plan.constants[value.index()]), to(*target))
            });
            let rest = [format!("blank {}", to(*blank)), format!("else {}", to(*otherwise))];
            with(format!("match {}", text(*subject)), values.chain(rest).collect())
        }
        Instruction::Repeat => vec!["repeat".to_owned()],
        Instruction::Again { head, up_to } => vec![format!("again {} up to {up_to}", to(*head))],
        Instruction::Jump { target } => vec![format!("go {}", to(*target))],
        Instruction::Run { workflow } => {
            vec![format!("run {}", plan.workflows[workflow.index()].name)]
        }
        Instruction::Return => vec!["return".to_owned()],
        Instruction::AwaitMessage => vec!["await the first message".to_owned()],
        Instruction::ResumeWait => vec!["back to the wait".to_owned()],
        Instruction::CreateCase { push, created, delayed, rejected } => {
            let arms = [("created", created), ("delayed", delayed), ("rejected", rejected)];
            let arms = arms
                .into_iter()
                .filter_map(|(name, target)| Some(format!("{name} {}", to((*target)?))))
                .collect();
            with(format!("create case using {}", plan.pushes[push.index()].name), arms)
        }
        Instruction::RecordCase { push } => {
            vec![format!("record case using {}", plan.pushes[push.index()].name)]
        }
        Instruction::End { because: None } => vec!["end".to_owned()],
        Instruction::End { because: Some(because) } => {
            vec![format!("end because {}", text(*because))]
        }
        waits => steps_that_wait(out, workflow, waits),
    }
}

/// Steps with arms, for the customer and for the AI.
fn steps_that_wait(
    out: &Listing<'_>,
    workflow: &Workflow,
    instruction: &Instruction,
) -> Vec<String> {
    let plan = out.plan;
    let text = |id| expression(plan, id);
    let to = |target| to(workflow, target);
    let path = |attr: crate::model::AttrId| plan.attributes[attr.index()].path();
    match instruction {
        Instruction::Ask { own } => with("ask".to_owned(), handlers(workflow, own)),
        Instruction::Verify { own } => with("verify".to_owned(), handlers(workflow, own)),
        Instruction::Choose { prompt, options, other, own } => {
            let options = options
                .iter()
                .map(|option| format!("{} {}", text(option.label), to(option.target)));
            let other = other.map(|target| format!("other {}", to(target)));
            let arms = options.chain(other).chain(handlers(workflow, own)).collect();
            with(format!("choose {}", text(*prompt)), arms)
        }
        Instruction::Collect { form, own } => {
            with(format!("collect form {}", form.0), handlers(workflow, own))
        }
        Instruction::Detect { attr, again, own, among } => {
            let again = if *again { " again" } else { "" };
            let among = among.as_ref().map(|values| format!(" among {values:?}"));
            let among = among.unwrap_or_default();
            with(format!("detect {}{again}{among}", path(*attr)), handlers(workflow, own))
        }
        Instruction::HandOff { push, up_to_ms, own } => {
            let push = &plan.channels[push.index()].name;
            let up_to = i64::try_from(*up_to_ms).unwrap_or(i64::MAX);
            let up_to = crate::value::duration_text(up_to);
            let line = format!("hand off using {push} waiting up to {up_to}");
            with(line, handlers(workflow, own))
        }
        _ => Vec::new(),
    }
}

fn with(first: String, rest: Vec<String>) -> Vec<String> {
    std::iter::once(first).chain(rest).collect()
}

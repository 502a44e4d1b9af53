//! Values of `let`: each belongs to one workflow, which gives it on every path to where it is read.
//!
//! No workflow runs itself, so one slot a `let` is enough. Nobody but the code of its workflow may
//! read it: pushes, forms and lists stand outside of all blocks.

use super::paths::Graph;
use super::{CODE, Verified, refuse};
use crate::model::{AttrId, ExprId, Instruction, Plan, Push, Space, Workflow};
use crate::verify::MAX_LETS;

/// A set of values of one workflow, by their positions among its own.
type Bits = Vec<u64>;

/// Who gives what, and what each expression reads.
pub(super) struct Lets {
    /// For each attribute the workflow that gives it, and its position among those.
    owner: Vec<Option<(usize, usize)>>,
    /// For each expression the workflow whose values it reads, and which.
    reads: Vec<Option<(usize, Bits)>>,
    /// How many values each workflow gives.
    counts: Vec<usize>,
}

impl Lets {
    /// Finds them; refuses one that several workflows give, and an expression that reads values of
    /// several.
    pub(super) fn find(plan: &Plan) -> Verified<Self> {
        let mut lets = Self {
            owner: vec![None; plan.attributes.len()],
            reads: Vec::new(),
            counts: vec![0; plan.workflows.len()],
        };
        for (id, workflow) in plan.workflows.iter().enumerate() {
            for at in workflow.entry.index()..workflow.end.index() {
                if let Instruction::Set { attr, .. } = &plan.code[at]
                    && is_let(plan, *attr)
                {
                    lets.give(id, at, *attr)?;
                }
            }
        }
        for at in 0..plan.expressions.len() {
            let read = lets.read_by(plan, at)?;
            lets.reads.push(read);
        }
        Ok(lets)
    }

    fn give(&mut self, workflow: usize, at: usize, attr: AttrId) -> Verified {
        match &self.owner[attr.index()] {
            Some((other, _)) if *other == workflow => Ok(()),
            Some(_) => refuse("plan.let", CODE, at, "two workflows give one value"),
            None if self.counts[workflow] >= MAX_LETS => {
                refuse("plan.let", CODE, at, format!("more than {MAX_LETS} values in a workflow"))
            }
            None => {
                self.owner[attr.index()] = Some((workflow, self.counts[workflow]));
                self.counts[workflow] += 1;
                Ok(())
            }
        }
    }

    fn read_by(&self, plan: &Plan, at: usize) -> Verified<Option<(usize, Bits)>> {
        const TABLE: &str = "expression";
        let expression = &plan.expressions[at];
        if let crate::model::Expr::Attr(attr) = expression
            && is_let(plan, *attr)
        {
            return match self.owner[attr.index()] {
                Some((workflow, position)) => {
                    let mut bits = vec![0; self.counts[workflow].div_ceil(64)];
                    bits[position / 64] |= 1 << (position % 64);
                    Ok(Some((workflow, bits)))
                }
                None => refuse("plan.let", TABLE, at, "reads a value that nothing gives"),
            };
        }
        let mut all: Option<(usize, Bits)> = None;
        for operand in expression.operands() {
            match (&mut all, &self.reads[operand.index()]) {
                (_, None) => {}
                (None, Some(read)) => all = Some(read.clone()),
                (Some((workflow, bits)), Some((other, more))) if workflow == other => {
                    bits.iter_mut().zip(more).for_each(|(one, other)| *one |= other);
                }
                _ => return refuse("plan.let", TABLE, at, "reads values of two workflows"),
            }
        }
        Ok(all)
    }

    /// Refuses a push that reads any.
    pub(super) fn check_pushes(&self, plan: &Plan) -> Verified {
        let read = |id: ExprId| self.reads[id.index()].is_some();
        let reads = |push: &Push| {
            push.fields.iter().any(|line| read(line.value))
                || push.owner.iter().filter_map(|choice| choice.when).any(read)
                || push.carry.iter().any(|(_, attr)| is_let(plan, *attr))
        };
        match plan.pushes.iter().position(reads) {
            Some(at) => refuse("plan.let", "push", at, "reads the value of a `let`"),
            None => Ok(()),
        }
    }

    /// Refuses an instruction of a workflow that reads what it was not given on some path there.
    pub(super) fn check(&self, plan: &Plan, id: usize, graph: &Graph<'_>) -> Verified {
        let workflow = &plan.workflows[id];
        let given = self.given(plan, id, graph);
        for at in workflow.entry.index()..workflow.end.index() {
            let here = &given[at - workflow.entry.index()];
            for expression in reads(plan, &plan.code[at]) {
                let Some((owner, read)) = &self.reads[expression.index()] else { continue };
                if *owner != id {
                    return refuse("plan.let", CODE, at, "reads a value of another workflow");
                }
                let all = here
                    .as_ref()
                    .is_none_or(|here| read.iter().zip(here).all(|(read, here)| read & !here == 0));
                if !all {
                    return refuse("plan.let", CODE, at, "reads a value before it is given");
                }
            }
        }
        Ok(())
    }

    /// What is given on every path to each instruction; nothing where no path leads.
    fn given(&self, plan: &Plan, id: usize, graph: &Graph<'_>) -> Vec<Option<Bits>> {
        let workflow: &Workflow = &plan.workflows[id];
        let entry = workflow.entry.index();
        let mut given: Vec<Option<Bits>> = vec![None; workflow.end.index() - entry];
        if self.counts[id] == 0 {
            return given;
        }
        let nothing = vec![0u64; self.counts[id].div_ceil(64)];
        let defaults = workflow.defaults.idle.iter().map(|idle| idle.target);
        let roots = defaults.chain(workflow.defaults.but_silence());
        let roots = roots.map(|target| target.index() - entry);
        let mut open: Vec<usize> = std::iter::once(0).chain(roots).collect();
        for root in &open {
            given[*root] = Some(nothing.clone());
        }
        while let Some(at) = open.pop() {
            let Some(mut behind) = given[at].clone() else { continue };
            if let Instruction::Set { attr, .. } = &plan.code[entry + at]
                && let Some((_, position)) = self.owner[attr.index()]
            {
                behind[position / 64] |= 1 << (position % 64);
            }
            for to in graph.followers(at) {
                let joined = match &given[to] {
                    None => behind.clone(),
                    Some(before) => before.iter().zip(&behind).map(|(a, b)| a & b).collect(),
                };
                if given[to].as_ref() != Some(&joined) {
                    given[to] = Some(joined);
                    open.push(to);
                }
            }
        }
        given
    }
}

fn is_let(plan: &Plan, attr: AttrId) -> bool {
    plan.attributes.get(attr.index()).is_some_and(|attribute| attribute.space == Space::Let)
}

/// The expressions that an instruction evaluates itself.
fn reads(plan: &Plan, instruction: &Instruction) -> Vec<ExprId> {
    match instruction {
        Instruction::Say { text } | Instruction::Note { text } => vec![*text],
        Instruction::Choose { prompt, options, .. } => {
            std::iter::once(*prompt).chain(options.iter().map(|option| option.label)).collect()
        }
        Instruction::Collect { form, .. } => {
            plan.forms.get(form.index()).and_then(|form| form.title).into_iter().collect()
        }
        Instruction::Set { value, .. } => vec![*value],
        Instruction::Answer { check_in, .. } => check_in.iter().map(|its| its.text).collect(),
        Instruction::Branch { condition, .. } => vec![*condition],
        Instruction::Match { subject, .. } => vec![*subject],
        Instruction::End { because } => because.iter().copied().collect(),
        Instruction::Ask { .. }
        | Instruction::Detect { .. }
        | Instruction::Verify { .. }
        | Instruction::HandOff { .. }
        | Instruction::Wait { .. }
        | Instruction::Repeat
        | Instruction::Again { .. }
        | Instruction::Clear { .. }
        | Instruction::Jump { .. }
        | Instruction::Run { .. }
        | Instruction::Return
        | Instruction::AwaitMessage
        | Instruction::ResumeWait
        | Instruction::CreateCase { .. }
        | Instruction::RecordCase { .. } => Vec::new(),
    }
}

//! Workflows to instructions.
//!
//! A step's arms stand right behind its instruction, with jumps over them. `defaults` stand behind
//! the workflow's last `Return`.

use tidegate_plan::model::{
    ChannelPushId, CheckIn, ChoiceOption, Handlers, IdleHandler, Instruction, OutcomeHandler,
    PushId, StepId, Target, Workflow, WorkflowId,
};

use tidegate_plan::rehearsal::{PointKind, Way};

use super::labels::Labels;
use super::{Emitter, points, position, slot};
use crate::hir::{self, MatchArm, Narrowed, Outcome, OutcomeArm, Step, StepKind, Type};
use crate::source::{ItemId, Range};

/// Lays out all workflows.
pub(super) fn workflows(emitter: &mut Emitter<'_>) -> Labels {
    let program = emitter.program;
    let mut labels = Labels::default();
    for workflow in &program.workflows {
        let head = emitter.span(workflow.item, workflow.head);
        let step = emitter.step(&workflow.name, head);
        let mut layout =
            Layout { emitter, labels: &mut labels, item: workflow.item, step, left: Vec::new() };
        let laid_out = layout.workflow(workflow);
        emitter.plan.workflows.push(laid_out);
    }
    emitter.plan.code.iter_mut().for_each(|instruction| labels.resolve(instruction));
    for workflow in &mut emitter.plan.workflows {
        labels.resolve_handlers(&mut workflow.defaults);
    }
    labels
}

/// What follows an arm that does not leave.
#[derive(Clone, Copy)]
enum Behind {
    /// The step behind the one that the arm belongs to.
    Next(Target),
    /// The wait that it interrupted.
    Wait,
    /// Nothing: the conversation ends.
    End,
}

/// One workflow being laid out.
struct Layout<'l, 'a> {
    emitter: &'l mut Emitter<'a>,
    labels: &'l mut Labels,
    item: ItemId,
    /// The step that the next instructions belong to.
    step: StepId,
    /// What stands behind each repeat around, innermost last.
    left: Vec<Target>,
}

impl Layout<'_, '_> {
    fn workflow(&mut self, workflow: &hir::Workflow) -> Workflow {
        let own = self.step;
        let entry = Target(self.here());
        self.block(&workflow.body);
        self.step = own;
        if self.goes_on() || self.here() == entry.0 {
            self.push(Instruction::Return);
        }
        let arms = in_order(&workflow.defaults);
        let mut handlers = Handlers::default();
        for (outcome, arm) in arms {
            let label = self.label_here();
            self.outcome_point(outcome, arm, label);
            self.block(&arm.body);
            self.step = own;
            match outcome {
                Outcome::Idle(_) => self.follow(Behind::Wait),
                _ => self.follow(Behind::End),
            }
            handle(&mut handlers, outcome, label);
        }
        let end = Target(self.here());
        Workflow { name: workflow.name.clone(), entry, end, defaults: handlers }
    }

    fn here(&self) -> u32 {
        position(self.emitter.plan.code.len())
    }

    fn label_here(&mut self) -> Target {
        let label = self.labels.fresh();
        self.labels.put(label, self.here());
        label
    }

    fn push(&mut self, instruction: Instruction) {
        self.emitter.plan.code.push(instruction);
        self.emitter.plan.code_steps.push(self.step);
    }

    /// Whether control can come to the end of the code laid out so far.
    fn goes_on(&self) -> bool {
        let leaves = matches!(
            self.emitter.plan.code.last(),
            Some(
                Instruction::Jump { .. }
                    | Instruction::Return
                    | Instruction::ResumeWait
                    | Instruction::End { .. }
                    | Instruction::CreateCase { .. }
                    | Instruction::Match { .. }
                    | Instruction::Choose { .. }
                    | Instruction::Answer { .. }
            )
        );
        !leaves || self.labels.stand_at(self.here())
    }

    fn follow(&mut self, behind: Behind) {
        if !self.goes_on() {
            return;
        }
        self.push(match behind {
            Behind::Next(target) => Instruction::Jump { target },
            Behind::Wait => Instruction::ResumeWait,
            Behind::End => Instruction::End { because: None },
        });
    }

    fn block(&mut self, steps: &[Step]) {
        for step in steps {
            let span = self.emitter.span(self.item, step.range);
            self.step = self.emitter.step(&step.id, span);
            self.emitter.step_point(self.step, self.item, step.range);
            self.lay(&step.kind);
        }
    }

    /// A block, then what follows it; belongs to `step` again afterwards.
    fn arm(&mut self, steps: &[Step], behind: Behind) -> Target {
        let own = self.step;
        let label = self.label_here();
        self.block(steps);
        self.step = own;
        self.follow(behind);
        label
    }

    fn lay(&mut self, kind: &StepKind) {
        match kind {
            StepKind::Say(text) => {
                let text = self.emitter.text(self.item, text);
                self.push(Instruction::Say { text });
            }
            StepKind::Note(text) => {
                let text = self.emitter.text(self.item, text);
                self.push(Instruction::Note { text });
            }
            StepKind::Wait(ms) => self.push(Instruction::Wait { ms: *ms }),
            StepKind::Ask { arms } => self.wait(arms, |own| Instruction::Ask { own }),
            StepKind::Detect { attr, again, of_type, arms } => {
                let among = self.offered(*attr, of_type.as_ref());
                let (attr, again) = (slot(*attr), *again);
                self.wait(arms, |own| Instruction::Detect { attr, again, own, among });
            }
            StepKind::Verify { arms } => self.wait(arms, |own| Instruction::Verify { own }),
            StepKind::Answer { .. } => self.answer(kind),
            StepKind::HandOff { push, up_to, arms } => {
                let (push, up_to_ms) = (ChannelPushId(push.0), *up_to);
                self.wait(arms, |own| Instruction::HandOff { push, up_to_ms, own });
            }
            StepKind::Collect { title, fields, files, arms, .. } => {
                let form = self.emitter.form(self.item, title.as_ref(), (fields, files));
                self.wait(arms, |own| Instruction::Collect { form, own });
            }
            StepKind::Choose { .. } => self.choose(kind),
            StepKind::Set { attr, value } => {
                self.require_set(*attr, value);
                let value = self.emitter.expr(self.item, value);
                self.push(Instruction::Set { attr: slot(*attr), value });
            }
            StepKind::Let { attr, value } => {
                self.require_set(*attr, value);
                let value = self.emitter.expr(self.item, value);
                self.push(Instruction::Set { attr: slot(*attr), value });
            }
            StepKind::Clear { attr } => self.push(Instruction::Clear { attr: slot(*attr) }),
            StepKind::If { branches, otherwise } => self.branches(branches, otherwise),
            StepKind::Match { subject, arms } => self.matching(subject, arms),
            StepKind::Repeat { up_to, body, exhausted } => self.repeat(*up_to, body, exhausted),
            StepKind::LeaveRepeat => {
                if let Some(behind) = self.left.last() {
                    self.push(Instruction::Jump { target: *behind });
                }
            }
            StepKind::Run(workflow) => {
                self.push(Instruction::Run { workflow: WorkflowId(workflow.0) });
            }
            StepKind::CreateCase { push, arms } => self.create_case(PushId(push.0), arms),
            StepKind::RecordCase { push } => {
                self.push(Instruction::RecordCase { push: PushId(push.0) });
            }
            StepKind::End(because) => {
                let because = because.as_ref().map(|because| self.emitter.text(self.item, because));
                self.push(Instruction::End { because });
            }
            StepKind::GoOn | StepKind::Error => {}
        }
    }

    fn require_set(&mut self, attr: hir::AttrId, value: &hir::Expr) {
        let mut open = vec![value];
        while let Some(value) = open.pop() {
            match &value.kind {
                hir::ExprKind::Literal(hir::Literal::Text(text))
                    if matches!(value.ty, Type::List(_) | Type::MultiList(_)) =>
                {
                    self.emitter.requires_value(attr, text, (self.item, value.range));
                }
                hir::ExprKind::If(_, yes, no) => open.extend([&**yes, &**no]),
                hir::ExprKind::Binary(crate::syntax::ast::BinaryOp::OrElse, left, right) => {
                    open.extend([&**left, &**right]);
                }
                _ => {}
            }
        }
    }

    /// The values that a record type leaves for the AI to choose, where those are not all of the list.
    /// What it may choose must be in the org's list.
    fn offered(&mut self, attr: hir::AttrId, of_type: Option<&Narrowed>) -> Option<Vec<String>> {
        let attribute = &self.emitter.program.attributes[attr.0 as usize];
        let (Type::List(list), Some(declared)) = (&attribute.ty, attribute.declared) else {
            return None;
        };
        let left = |value: &str| of_type.is_none_or(|its| its.offers(value));
        let mut among = Vec::new();
        for value in list.values.iter().filter(|its| its.active && left(&its.value)) {
            self.emitter.requires_value(attr, &value.value, (declared.item, declared.range));
            if !among.contains(&value.value) {
                among.push(value.value.clone());
            }
        }
        of_type.and_then(|its| its.values.as_ref()).map(|_| among)
    }

    /// A step that waits, with its arms behind it.
    fn wait(&mut self, arms: &[OutcomeArm], instruction: impl FnOnce(Handlers) -> Instruction) {
        if arms.is_empty() {
            return self.push(instruction(Handlers::default()));
        }
        let at = self.here() as usize;
        self.push(placeholder());
        let behind = self.labels.fresh();
        self.follow(Behind::Next(behind));
        let own = self.own_arms(arms, behind);
        self.emitter.plan.code[at] = instruction(own);
        self.labels.put(behind, self.here());
    }

    /// Arms of a step that waits: silence goes back to the wait, the others on behind it.
    fn own_arms(&mut self, arms: &[OutcomeArm], behind: Target) -> Handlers {
        let mut own = Handlers::default();
        for (outcome, arm) in in_order(arms) {
            let follows = match outcome {
                Outcome::Idle(_) => Behind::Wait,
                _ => Behind::Next(behind),
            };
            let target = self.arm(&arm.body, follows);
            self.outcome_point(outcome, arm, target);
            handle(&mut own, outcome, target);
        }
        own
    }

    fn outcome_point(&mut self, outcome: Outcome, arm: &OutcomeArm, target: Target) {
        let name = points::outcome_name(outcome);
        self.point(PointKind::Outcome, name, arm.range, Way::Instruction(vec![target]));
    }

    fn arm_point(&mut self, name: String, range: Range, target: Target) {
        self.point(PointKind::Arm, name, range, Way::Instruction(vec![target]));
    }

    fn point(&mut self, kind: PointKind, name: String, range: Range, way: Way) {
        self.emitter.arm_point(kind, name, (self.item, range), way);
    }

    /// Nothing follows but through an arm.
    fn answer(&mut self, kind: &StepKind) {
        let StepKind::Answer { turns, knowing, check_in, assume, arms } = kind else { return };
        let check_in = check_in.as_ref().map(|(after_ms, text)| CheckIn {
            after_ms: *after_ms,
            text: self.emitter.text(self.item, text),
        });
        let at = self.here() as usize;
        self.push(placeholder());
        let behind = self.labels.fresh();
        let own = self.own_arms(arms, behind);
        let knowing = knowing.iter().map(|(attr, _)| slot(*attr)).collect();
        let (turns, assume_ms) = (*turns, *assume);
        self.emitter.plan.code[at] =
            Instruction::Answer { turns, knowing, check_in, assume_ms, own };
        self.labels.put(behind, self.here());
    }

    fn choose(&mut self, kind: &StepKind) {
        let StepKind::Choose { prompt, options, other, arms } = kind else { return };
        let prompt_range = prompt.range;
        let prompt = self.emitter.text(self.item, prompt);
        let labels: Vec<_> =
            options.iter().map(|(label, _)| self.emitter.text(self.item, label)).collect();
        let at = self.here() as usize;
        self.push(placeholder());
        let behind = self.labels.fresh();
        let options = labels
            .into_iter()
            .zip(options)
            .map(|(label, (text, body))| {
                let target = self.arm(body, Behind::Next(behind));
                self.arm_point(points::button_name(text), text.range, target);
                ChoiceOption { label, target }
            })
            .collect();
        let other = other.as_ref().map(|body| {
            let target = self.arm(body, Behind::Next(behind));
            self.arm_point("other".to_owned(), prompt_range, target);
            target
        });
        let own = self.own_arms(arms, behind);
        self.emitter.plan.code[at] = Instruction::Choose { prompt, options, other, own };
        self.labels.put(behind, self.here());
    }

    /// A head that begins to count, the body, and what goes back to the body or on to `exhausted`.
    fn repeat(&mut self, up_to: u32, body: &[Step], exhausted: &[Step]) {
        let own = self.step;
        let (head, behind) = (self.label_here(), self.labels.fresh());
        self.push(Instruction::Repeat);
        self.left.push(behind);
        self.block(body);
        self.left.pop();
        self.step = own;
        self.push(Instruction::Again { head, up_to });
        self.block(exhausted);
        self.step = own;
        self.labels.put(behind, self.here());
    }

    fn branches(&mut self, branches: &[(hir::Expr, Vec<Step>)], otherwise: &[Step]) {
        let own = self.step;
        let behind = self.labels.fresh();
        for (position, (condition, body)) in branches.iter().enumerate() {
            let last = position + 1 == branches.len() && otherwise.is_empty();
            let next = self.labels.fresh();
            self.branch_points(position == 0, position + 1 == branches.len(), condition.range);
            let condition = self.emitter.expr(self.item, condition);
            self.push(Instruction::Branch { condition, otherwise: next });
            self.block(body);
            self.step = own;
            if !last {
                self.follow(Behind::Next(behind));
            }
            self.labels.put(next, self.here());
        }
        self.block(otherwise);
        self.step = own;
        self.labels.put(behind, self.here());
    }

    /// The arm of a condition that holds, and behind the last one that of what is left.
    fn branch_points(&mut self, first: bool, last: bool, range: Range) {
        let at = Target(self.here());
        let name = if first { "if" } else { "else if" };
        self.point(PointKind::Arm, name.to_owned(), range, Way::Branch(vec![at], true));
        if last {
            self.point(PointKind::Arm, "else".to_owned(), range, Way::Branch(vec![at], false));
        }
    }

    fn matching(&mut self, subject: &hir::Expr, arms: &[MatchArm]) {
        let value = self.emitter.expr(self.item, subject);
        let at = self.here() as usize;
        self.push(placeholder());
        let behind = self.labels.fresh();
        let (mut values, mut blank, mut otherwise) = (Vec::new(), None, None);
        for arm in arms {
            let target = self.arm(&arm.body, Behind::Next(behind));
            self.arm_point(points::match_name(arm), arm.range, target);
            for (literal, range) in &arm.values {
                if let (Type::List(_), hir::ExprKind::Attr(attr), hir::Literal::Text(text)) =
                    (&subject.ty, &subject.kind, literal)
                {
                    self.emitter.requires_value(*attr, text, (self.item, *range));
                }
                match self.emitter.literal(literal, &subject.ty) {
                    Some(constant) => values.push((constant, target)),
                    // Empty text is blank.
                    None => blank = blank.or(Some(target)),
                }
            }
            blank = blank.or(arm.blank.map(|_| target));
            otherwise = otherwise.or(arm.otherwise.map(|_| target));
        }
        self.emitter.plan.code[at] = Instruction::Match {
            subject: value,
            arms: values,
            blank: blank.or(otherwise).unwrap_or(behind),
            otherwise: otherwise.unwrap_or(behind),
        };
        self.labels.put(behind, self.here());
    }

    fn create_case(&mut self, push: PushId, arms: &[OutcomeArm]) {
        let at = self.here() as usize;
        self.push(placeholder());
        let (mut created, mut delayed, mut rejected) = (None, None, None);
        for arm in arms {
            let target = self.arm(&arm.body, Behind::End);
            for outcome in &arm.outcomes {
                self.outcome_point(*outcome, arm, target);
                match outcome {
                    Outcome::Created => created = Some(target),
                    Outcome::Delayed => delayed = Some(target),
                    Outcome::Rejected => rejected = Some(target),
                    _ => {}
                }
            }
        }
        self.emitter.plan.code[at] = Instruction::CreateCase { push, created, delayed, rejected };
    }
}

/// Stands for an instruction whose arms have no places yet.
fn placeholder() -> Instruction {
    Instruction::Ask { own: Handlers::default() }
}

/// Lets an outcome lead somewhere.
fn handle(handlers: &mut Handlers, outcome: Outcome, target: Target) {
    let other = match outcome {
        Outcome::Idle(after_ms) => {
            return handlers.idle.push(IdleHandler { after_ms, target });
        }
        Outcome::Human => return handlers.human = Some(target),
        Outcome::Other(other) => other,
        // `create case` keeps its own.
        Outcome::Created | Outcome::Delayed | Outcome::Rejected => return,
    };
    handlers.others.push(OutcomeHandler { outcome: other, target });
    handlers.others.sort_by_key(|one| one.outcome);
}

/// Each outcome with its arm: `human` first, then silences by growing time.
fn in_order(arms: &[OutcomeArm]) -> Vec<(Outcome, &OutcomeArm)> {
    let mut found: Vec<(Outcome, &OutcomeArm)> = arms
        .iter()
        .flat_map(|arm| arm.outcomes.iter().map(move |outcome| (*outcome, arm)))
        .collect();
    found.sort_by_key(|(outcome, _)| *outcome);
    found
}

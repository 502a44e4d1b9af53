//! The names in a workflow.

use super::rehearsal::CASE;
use super::{Named, Valued, Walker, Wanted};
use crate::hir::Space;
use crate::lower::Where;
use crate::resolve::session::SPOKEN;
use crate::syntax::ast::{
    Answer, Block, ChoiceArm, Expr, MatchArm, Name, OutcomeArm, OutcomeName, Path, Pattern, Step,
    StepKind, Workflow,
};

impl<'t> Walker<'t> {
    pub(super) fn workflow(&mut self, workflow: &'t Workflow) {
        self.declares(&workflow.name, Named::Workflow);
        if let Some(trigger) = &workflow.trigger {
            trigger.when.iter().for_each(|when| self.expr(when, &Wanted::Condition));
            trigger.before.iter().for_each(|name| self.uses(name, Named::Workflow));
        }
        self.block(&workflow.body);
        workflow.defaults.iter().for_each(|its| self.arms(&its.arms, Where::Defaults));
    }

    /// Steps, after which what their `let`s gave is forgotten.
    fn block(&mut self, block: &'t Block) {
        let around = self.lets.len();
        block.steps.iter().for_each(|step| self.step(step));
        self.lets.truncate(around);
    }

    fn arms(&mut self, arms: &'t [OutcomeArm], of: Where) {
        for arm in arms {
            for OutcomeName { name, after: _ } in &arm.outcomes {
                let (named, wanted) =
                    (Named::Outcome(name.text.clone()), Wanted::Outcome(of.outcomes()));
                self.note_wanted(name.range, named, false, wanted);
            }
            self.block(&arm.body);
        }
    }

    /// Something that is set or asked for.
    fn place(&mut self, place: &'t Path) {
        self.path(place, &Wanted::Place);
    }

    /// A conversation's fields are those of a Case.
    fn record_type_of_case(&mut self, name: &'t Name) {
        let object = CASE.to_owned();
        self.uses(name, |name| Named::RecordType { object, name });
    }

    fn step(&mut self, step: &'t Step) {
        match &step.kind {
            StepKind::Say(text) | StepKind::Note(text) => self.text(Some(text)),
            StepKind::Speak(language) => self.expr_for(language, Some(spoken())),
            StepKind::Rate { place, arms } => {
                self.path(place, &Wanted::Rated);
                self.arms(arms, Where::Wait);
            }
            StepKind::Answer(answer) => self.answer(answer),
            StepKind::Verify { arms } => self.arms(arms, Where::Verify),
            StepKind::Detect { place, again: _, of_type, arms } => {
                self.detect(place, of_type.as_ref());
                self.arms(arms, Where::Detect);
            }
            StepKind::HandOff { push, up_to: _, arms } => {
                self.with_push((push, Named::ChannelPush), arms, Where::HandOff);
            }
            StepKind::Ask { prompt, arms } => self.asks(prompt.as_ref(), arms),
            StepKind::Choose { prompt, options, other, arms } => {
                self.text(Some(prompt));
                options.iter().for_each(|option| self.choice(option));
                other.iter().for_each(|other| self.block(other));
                self.arms(arms, Where::Wait);
            }
            StepKind::Collect { title, using, fields, files, arms } => {
                self.text(title.as_ref());
                using.iter().for_each(|form| self.uses(form, Named::Form));
                self.collect_lines(fields);
                self.file_lines(files);
                self.arms(arms, Where::Wait);
            }
            StepKind::Set { place, value } => {
                let of = self.path(place, &Wanted::Place);
                self.expr_for(value, of);
            }
            StepKind::Let { name, value } => {
                self.expr(value, &Wanted::Anything);
                self.note(name, Named::Given(name.range), true);
                self.lets.push(name);
            }
            StepKind::Clear { place } => self.place(place),
            StepKind::If { branches, otherwise } => {
                branches.iter().for_each(|branch| self.branch(branch));
                otherwise.iter().for_each(|block| self.block(block));
            }
            StepKind::Match { subject, arms } => self.matching(subject, arms),
            StepKind::Repeat { up_to: _, body, exhausted } => {
                self.block(body);
                self.block(exhausted);
            }
            StepKind::Run(workflow) => self.uses(workflow, Named::Workflow),
            StepKind::CreateCase { push, arms } => {
                self.with_push((push, Named::Push), arms, Where::Case);
            }
            StepKind::RecordCase { push } => self.uses(push, Named::Push),
            StepKind::End(because) => self.text(because.as_ref()),
            StepKind::Wait(_) | StepKind::LeaveRepeat | StepKind::GoOn | StepKind::Unknown => {}
        }
        if let Some(label) = &step.label {
            self.declares(label, Named::Step);
        }
    }

    fn detect(&mut self, place: &'t Path, of_type: Option<&'t Name>) {
        self.path(place, &Wanted::Detected);
        of_type.into_iter().for_each(|name| self.record_type_of_case(name));
    }

    fn asks(&mut self, prompt: Option<&'t Expr>, arms: &'t [OutcomeArm]) {
        self.text(prompt);
        self.arms(arms, Where::Wait);
    }

    fn answer(&mut self, answer: &'t Answer) {
        let Answer { turns: _, knowing, check_in, assume: _, arms } = answer;
        for place in knowing {
            self.path(place, &Wanted::Told);
        }
        self.text(check_in.as_ref().map(|(_, text)| text));
        self.arms(arms, Where::Answer);
    }

    fn text(&mut self, text: Option<&'t Expr>) {
        text.iter().for_each(|text| self.expr(text, &Wanted::Anything));
    }

    fn with_push(
        &mut self,
        (push, named): (&'t Name, fn(String) -> Named),
        arms: &'t [OutcomeArm],
        of: Where,
    ) {
        self.uses(push, named);
        self.arms(arms, of);
    }

    fn branch(&mut self, (condition, block): &'t (Expr, Block)) {
        self.expr(condition, &Wanted::Condition);
        self.block(block);
    }

    fn choice(&mut self, ChoiceArm { label, body }: &'t ChoiceArm) {
        self.text(Some(label));
        self.block(body);
    }

    fn matching(&mut self, subject: &'t Expr, arms: &'t [MatchArm]) {
        self.expr(subject, &Wanted::Anything);
        arms.iter().for_each(|arm| self.match_arm(subject, arm));
    }

    fn match_arm(&mut self, subject: &'t Expr, arm: &'t MatchArm) {
        let of = self.valued_by(subject);
        for pattern in &arm.patterns {
            match pattern {
                Pattern::Value(value) => self.expr_for(value, of.clone()),
                Pattern::Unknown(word) => {
                    let named = Named::Word(word.text.clone());
                    self.note_wanted(word.range, named, false, Wanted::Arm(of.clone()));
                }
                Pattern::Blank(_) | Pattern::Else(_) => {}
            }
        }
        self.block(&arm.body);
    }
}

/// What says which language is spoken.
fn spoken() -> Valued {
    Valued::Attribute(Space::Session, SPOKEN.to_owned())
}

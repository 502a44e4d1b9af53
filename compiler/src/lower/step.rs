//! Steps.

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::hir::{
    AttrId, CollectField, Expr, FileLine, FormId, PushId, Step, StepKind, WorkflowId,
};
use crate::lower::Lowering;
use crate::lower::ids::{self, Segments};
use crate::lower::outcomes::Where;
use crate::lower::writable;
use crate::resolve::scope::{Named, Query};
use crate::resolve::suggest;
use crate::syntax::ast;

impl Lowering<'_> {
    /// The steps of a block, with ids below `prefix`.
    pub(super) fn block(&mut self, block: &ast::Block, prefix: &str) -> Vec<Step> {
        let mut segments = Segments::default();
        let mut steps = Vec::new();
        let around = self.lets.enter();
        for step in &block.steps {
            let id = format!("{prefix}/{}", segments.unique(&ids::segment(step)));
            if let ast::StepKind::Ask { prompt: Some(prompt), .. } = &step.kind {
                let text = self.shown(prompt);
                let id = format!("{id}/prompt");
                steps.push(Step { id, kind: StepKind::Say(text), range: step.range });
            }
            let kind = match &step.kind {
                ast::StepKind::LeaveRepeat => self.leave_repeat(step.range),
                kind => {
                    if matches!(kind, ast::StepKind::Repeat { .. }) {
                        self.count_repeat(step.range);
                    }
                    self.step(kind, &id)
                }
            };
            steps.push(Step { id, kind, range: step.range });
        }
        self.leave_block(around);
        steps
    }

    fn step(&mut self, kind: &ast::StepKind, id: &str) -> StepKind {
        match kind {
            ast::StepKind::Say(text) => StepKind::Say(self.shown(text)),
            ast::StepKind::Note(text) => StepKind::Note(self.shown(text)),
            ast::StepKind::Speak(language) => self.speak(language),
            ast::StepKind::Wait(Some(time)) => StepKind::Wait(time.ms),
            ast::StepKind::Wait(None) => StepKind::Error,
            ast::StepKind::Rate { place, arms } => self.rate(place, arms, id),
            ast::StepKind::Detect { place, again, of_type, arms } => {
                self.detect(place, *again, of_type.as_ref(), arms, id)
            }
            ast::StepKind::Answer(answer) => self.answer(answer, id),
            ast::StepKind::HandOff { push, up_to, arms } => self.hand_off(push, *up_to, arms, id),
            ast::StepKind::Ask { arms, .. } => {
                StepKind::Ask { arms: self.arms(arms, id, Where::Wait) }
            }
            ast::StepKind::Verify { arms } => {
                self.verifies = true;
                StepKind::Verify { arms: self.arms(arms, id, Where::Verify) }
            }
            ast::StepKind::Choose { prompt, options, other, arms } => {
                self.choose(prompt, options, other.as_ref(), arms, id)
            }
            ast::StepKind::Collect { title, using, fields, files, arms } => {
                let title = title.as_ref().map(|title| self.shown(title));
                self.collect(title, using.as_ref(), (fields, files), (arms, id))
            }
            ast::StepKind::Set { place, value } => self.set(place, value),
            ast::StepKind::Let { name, value } => self.give(name, value, id),
            ast::StepKind::Clear { place } => match self.settable(place) {
                Some(attr) => StepKind::Clear { attr },
                None => StepKind::Error,
            },
            ast::StepKind::If { branches, otherwise } => {
                self.branches(branches, otherwise.as_ref(), id)
            }
            ast::StepKind::Match { subject, arms } => self.matching(subject, arms, id),
            ast::StepKind::Repeat { up_to, body, exhausted } => {
                self.repeat(*up_to, body, exhausted, id)
            }
            ast::StepKind::Run(name) => match self.workflow_named(name) {
                Some(workflow) => StepKind::Run(workflow),
                None => StepKind::Error,
            },
            ast::StepKind::CreateCase { push, arms } => self.create_case(push, arms, id),
            ast::StepKind::RecordCase { push } => match self.push_named(push) {
                Some(push) => StepKind::RecordCase { push },
                None => StepKind::Error,
            },
            ast::StepKind::End(because) => {
                StepKind::End(because.as_ref().map(|because| self.shown(because)))
            }
            ast::StepKind::GoOn => StepKind::GoOn,
            ast::StepKind::LeaveRepeat | ast::StepKind::Unknown => StepKind::Error,
        }
    }

    fn collect(
        &mut self,
        title: Option<Expr>,
        using: Option<&ast::Name>,
        (fields, files): (&[ast::CollectLine], &[ast::FileLine]),
        (arms, id): (&[ast::OutcomeArm], &str),
    ) -> StepKind {
        let form = using.map(|name| self.lines_of(name));
        let (fields, files) = (self.form(fields), self.files(files));
        let arms = self.arms(arms, id, Where::Wait);
        match form {
            None => StepKind::Collect { title, using: None, fields, files, arms },
            Some(Some((form, fields, files))) => {
                StepKind::Collect { title, using: Some(form), fields, files, arms }
            }
            Some(None) => StepKind::Error,
        }
    }

    fn create_case(&mut self, push: &ast::Name, arms: &[ast::OutcomeArm], id: &str) -> StepKind {
        let push = self.push_named(push);
        let arms = self.arms(arms, id, Where::Case);
        push.map_or(StepKind::Error, |push| StepKind::CreateCase { push, arms })
    }

    pub(super) fn settable(&mut self, place: &ast::Path) -> Option<AttrId> {
        if let [only] = place.parts.as_slice()
            && let Some(finding) = self.no_attribute(only)
        {
            self.report(finding);
            return None;
        }
        let attr = self.attribute(place)?;
        let at = self.at(place.range);
        let passes = writable::settable(self.scope.attribute(attr), at);
        self.passes(passes).then_some(attr)
    }

    fn set(&mut self, place: &ast::Path, value: &ast::Expr) -> StepKind {
        match self.settable(place) {
            Some(attr) => {
                let attribute = self.scope.attribute(attr);
                let name = format!("`{}`", attribute.path());
                let value = self.value_for(value, &attribute.ty, &name);
                StepKind::Set { attr, value }
            }
            None => {
                self.infer(value);
                StepKind::Error
            }
        }
    }

    fn branches(
        &mut self,
        branches: &[(ast::Expr, ast::Block)],
        otherwise: Option<&ast::Block>,
        id: &str,
    ) -> StepKind {
        let mut segments = Segments::default();
        let mut lowered = Vec::new();
        for (condition, body) in branches {
            let segment = segments.unique(if lowered.is_empty() { "then" } else { "else if" });
            let condition = self.condition(condition);
            lowered.push((condition, self.block(body, &format!("{id}/{segment}"))));
        }
        let otherwise =
            otherwise.map_or_else(Vec::new, |body| self.block(body, &format!("{id}/else")));
        StepKind::If { branches: lowered, otherwise }
    }

    fn choose(
        &mut self,
        prompt: &ast::Expr,
        options: &[ast::ChoiceArm],
        other: Option<&ast::Block>,
        arms: &[ast::OutcomeArm],
        id: &str,
    ) -> StepKind {
        let prompt = self.shown(prompt);
        let mut segments = Segments::default();
        let mut lowered: Vec<(Expr, Vec<Step>)> = Vec::new();
        let mut labels: Vec<(Vec<String>, &ast::Expr)> = Vec::new();
        for option in options {
            if self.no_button(&option.label) {
                continue;
            }
            let segment = match &option.label.kind {
                ast::ExprKind::Text(text) => segments.unique(text),
                ast::ExprKind::Path(path) => {
                    let name = path.parts.last().map_or("button", |name| name.text.as_str());
                    segments.unique(name)
                }
                _ => segments.unique("button"),
            };
            self.new_button(&mut labels, &option.label);
            let label = self.shown(&option.label);
            lowered.push((label, self.block(&option.body, &format!("{id}/{segment}"))));
        }
        let other = other.map(|body| self.block(body, &format!("{id}/other")));
        let arms = self.arms(arms, id, Where::Wait);
        StepKind::Choose { prompt, options: lowered, other, arms }
    }

    /// Reports a word left of an arrow that is the name of no text: an outcome, then.
    fn no_button(&mut self, label: &ast::Expr) -> bool {
        let ast::ExprKind::Path(path) = &label.kind else { return false };
        let [name] = path.parts.as_slice() else { return false };
        if self.lets.knows(&name.text) || self.scope.texts.contains_key(&name.text) {
            return false;
        }
        self.uses(Query::Text(name.text.clone()));
        self.unknown_outcome(name, Where::Wait);
        true
    }

    /// Two buttons must not read alike in any language: typed words could press either.
    fn new_button<'e>(
        &mut self,
        labels: &mut Vec<(Vec<String>, &'e ast::Expr)>,
        label: &'e ast::Expr,
    ) {
        let plain = |text: &String| text.trim().to_lowercase();
        let reads = self.reads(label);
        let alike = labels.iter().find_map(|(others, earlier)| {
            let mut both = reads.iter().zip(others);
            let (text, _) = both.find(|(one, other)| plain(one) == plain(other))?;
            Some((text, earlier))
        });
        if let Some((text, earlier)) = alike {
            let finding = Finding::new(
                codes::DECLARED_TWICE,
                self.at(label.range),
                format!("two buttons read `{text}`"),
            )
            .also(self.at(earlier.range), "the other one is here")
            .help("give one of them other words");
            self.report(finding);
        }
        labels.push((reads, label));
    }

    pub(super) fn workflow_named(&mut self, name: &ast::Name) -> Option<WorkflowId> {
        if name.is_missing() {
            return None;
        }
        self.uses(Query::Workflow(name.text.clone()));
        let scope = self.scope;
        self.named(name, &scope.workflows, "workflow")
    }

    pub(super) fn push_named(&mut self, name: &ast::Name) -> Option<PushId> {
        if name.is_missing() {
            return None;
        }
        self.uses(Query::Push(name.text.clone()));
        self.uses(Query::Channel(name.text.clone()));
        let scope = self.scope;
        if let Some((_, declared)) = scope.channels.get(&name.text) {
            let at = self.at(name.range);
            let message = format!("`{}` goes to a channel, and creates no Case", name.text);
            self.report(
                Finding::new(codes::UNKNOWN_PUSH, at, message)
                    .also(*declared, "it is declared here")
                    .help("name a push that is declared `push NAME to Case { … }`"),
            );
            return None;
        }
        self.named(name, &scope.pushes, "push")
    }

    /// A form that a step uses, and its lines.
    fn lines_of(&mut self, name: &ast::Name) -> Option<(FormId, Vec<CollectField>, Vec<FileLine>)> {
        if name.is_missing() {
            return None;
        }
        self.uses(Query::Form(name.text.clone()));
        let scope = self.scope;
        let form = self.named(name, &scope.forms, "form")?;
        let lowered = scope.lowered_forms.get(form.0 as usize)?;
        Some((form, lowered.fields.clone(), lowered.files.clone()))
    }

    pub(crate) fn named<Id: Copy>(
        &mut self,
        name: &ast::Name,
        known: &Named<Id>,
        kind: &str,
    ) -> Option<Id> {
        if let Some((id, _)) = known.get(&name.text) {
            return Some(*id);
        }
        let at = self.at(name.range);
        let code = match kind {
            "push" => codes::UNKNOWN_PUSH,
            "form" => codes::UNKNOWN_FORM,
            "text" => codes::UNKNOWN_TEXT,
            "hours" => codes::UNKNOWN_HOURS,
            _ => codes::UNKNOWN_WORKFLOW,
        };
        let is = if kind == "hours" { "are" } else { "is" };
        let finding = Finding::new(code, at, format!("there {is} no {kind} `{}`", name.text));
        let near = suggest::closest(&name.text, known.keys().map(String::as_str));
        self.report(match near {
            Some(near) => finding
                .help(format!("did you mean `{near}`?"))
                .fix(format!("write `{near}`"), vec![(at, near.to_owned())]),
            None if kind == "push" => {
                finding.help(format!("declare it: `push {} to Case {{ … }}`", name.text))
            }
            None if kind == "text" => finding.help(format!(
                "write a text in quotes, `\"{0}\"`, or declare it: `text {0} {{ … }}`",
                name.text
            )),
            None if kind == "hours" => {
                finding.help(format!("declare them: `hours {} from \"…\"`", name.text))
            }
            None => finding.help(format!("declare it: `{kind} {} {{ … }}`", name.text)),
        });
        None
    }
}

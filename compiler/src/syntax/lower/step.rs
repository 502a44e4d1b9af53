//! Steps.

use tidegate_diagnostics::codes;

use super::junk::{first_line, first_word};
use super::{Lower, offset};
use crate::source::Range;
use crate::syntax::ast::{Block, DurationLit, Expr, ExprKind, Name, Path, Step, StepKind};
use crate::syntax::parser::{Kind, Node};
use crate::syntax::problem::Problem;

/// The parts that steps are made of; which of them a step has, its rule in the grammar says.
#[derive(Default)]
struct Parts {
    expr: Option<Expr>,
    place: Option<Path>,
    name: Option<Name>,
    label: Option<Name>,
    duration: Option<DurationLit>,
    because: bool,
    again: bool,
    using: Option<Name>,
    arms: super::arms::Arms,
    lines: super::collect::Lines,
}

impl<'t> Lower<'t> {
    pub(super) fn step(&mut self, node: Node<'t>) -> Step {
        match node.kind() {
            Kind::if_step => self.if_step(node),
            Kind::match_step => self.match_step(node),
            Kind::repeat => self.repeat_step(node),
            Kind::answer => self.answer_step(node),
            _ => self.line_of(node),
        }
    }

    /// A step that is one line, with arms perhaps.
    fn line_of(&mut self, node: Node<'t>) -> Step {
        let kind = node.kind();
        let (parts, range) = self.step_parts(node);
        let expr = |lower: &Self, its: Option<Expr>| its.unwrap_or_else(|| lower.absent_expr());
        let name = |lower: &Self, its: Option<Name>| its.unwrap_or_else(|| lower.absent_name());
        let place = |lower: &Self, its: Option<Path>| its.unwrap_or_else(|| lower.absent_path());
        let step = match kind {
            Kind::say => StepKind::Say(expr(self, parts.expr)),
            Kind::note => StepKind::Note(expr(self, parts.expr)),
            Kind::speak => StepKind::Speak(expr(self, parts.expr)),
            Kind::wait => StepKind::Wait(parts.duration),
            Kind::rate => {
                StepKind::Rate { place: place(self, parts.place), arms: parts.arms.outcomes }
            }
            Kind::detect => {
                let place = place(self, parts.place);
                let (again, of_type, arms) = (parts.again, parts.name, parts.arms.outcomes);
                StepKind::Detect { place, again, of_type, arms }
            }
            Kind::verify => StepKind::Verify { arms: parts.arms.outcomes },
            Kind::ask => StepKind::Ask { prompt: parts.expr, arms: parts.arms.outcomes },
            Kind::choose => StepKind::Choose {
                prompt: expr(self, parts.expr),
                options: parts.arms.choices,
                other: parts.arms.other,
                arms: parts.arms.outcomes,
            },
            Kind::collect => StepKind::Collect {
                title: parts.expr,
                using: parts.using,
                fields: parts.lines.fields,
                files: parts.lines.files,
                // Its arms stand among its lines, or behind the form that it uses.
                arms: [parts.lines.arms, parts.arms.outcomes].concat(),
            },
            Kind::set => {
                StepKind::Set { place: place(self, parts.place), value: expr(self, parts.expr) }
            }
            Kind::let_step => {
                let name = name(self, parts.name);
                self.lets.push(name.text.clone());
                StepKind::Let { name, value: expr(self, parts.expr) }
            }
            Kind::clear => StepKind::Clear { place: place(self, parts.place) },
            Kind::run => StepKind::Run(name(self, parts.name)),
            Kind::create_case => {
                StepKind::CreateCase { push: name(self, parts.name), arms: parts.arms.outcomes }
            }
            Kind::record_case => StepKind::RecordCase { push: name(self, parts.name) },
            Kind::hand_off => {
                let (push, up_to) = (name(self, parts.name), parts.duration);
                StepKind::HandOff { push, up_to, arms: parts.arms.outcomes }
            }
            Kind::end => StepKind::End(parts.because.then(|| expr(self, parts.expr))),
            Kind::leave => StepKind::LeaveRepeat,
            Kind::go_on => StepKind::GoOn,
            _ => StepKind::Unknown,
        };
        Step { kind: step, label: parts.label, range }
    }

    /// The parts of a step, and its range up to where its arms or lines begin.
    fn step_parts(&mut self, node: Node<'t>) -> (Parts, Range) {
        let (kind, start) = (node.kind(), node.range());
        let mut found = Parts::default();
        let mut range = None;
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            if matches!(part.kind(), Kind::arms | Kind::inner_arms | Kind::collect_body) {
                range.get_or_insert(self.from(start));
            }
            match part.kind() {
                Kind::expr if self.is_prose(kind, &part) => {
                    found.expr = Some(self.prose(&part));
                }
                Kind::text_lines | Kind::expr => {
                    let mut expr = self.value(part);
                    self.check_spoken(kind, &mut expr);
                    found.expr = Some(expr);
                }
                Kind::place => found.place = Some(self.path(&part)),
                Kind::workflow_name | Kind::using_name | Kind::let_name => {
                    found.name = Some(self.name(&part));
                }
                Kind::label => found.label = self.label(part),
                Kind::number => {
                    let range = part.range();
                    let ms = self.duration(part.text(), range);
                    found.duration = ms.map(|ms| DurationLit { ms, range });
                }
                Kind::equals => self.check_assignment(&part),
                Kind::kw_because => found.because = true,
                Kind::again => found.again = true,
                Kind::for_type => found.name = self.record_type(part),
                Kind::arms if kind == Kind::choose => {
                    let reported = self.problems.len();
                    found.arms = self.choice_arms(part);
                    if found.arms.has_no_button() && self.problems.len() == reported {
                        self.empty(
                            self.from(start),
                            "this step shows no button",
                            "write a line for each button, such as `\"A bill\" => go on`",
                        );
                    }
                }
                Kind::arms | Kind::inner_arms => found.arms.outcomes = self.outcome_arms(part),
                Kind::collect_body => {
                    let reported = self.problems.len();
                    found.lines = self.collect_lines(part);
                    self.asks_for_something(start, &found.lines, reported);
                }
                Kind::using_form => found.using = Some(self.using_form(part)),
                _ => {}
            }
        }
        let range = range.unwrap_or_else(|| self.from(start));
        (found, range)
    }

    /// A step that has nothing to offer to the customer.
    pub(super) fn empty(&mut self, at: Range, message: &str, help: &str) {
        let line = first_line(&self.text[at.start as usize..at.end as usize]);
        let head = Range { start: at.start, end: at.start + offset(line.len()) };
        self.report(Problem::new(codes::MISSING_PART, head, message).help(help));
    }

    /// What a step says is a text, and a bare word is one whose quotes were forgotten.
    pub(super) fn check_spoken(&mut self, speaker: Kind, expr: &mut Expr) {
        let speaks = speaks(speaker);
        let is_word = matches!(&expr.kind, ExprKind::Path(path)
            if path.parts.len() == 1 && !path.parts.iter().any(|word| self.lets.contains(&word.text)));
        // One word alone may be the name of a text.
        if speaks && is_word && self.words_follow(expr.range) {
            self.bare_text(expr.range);
            expr.kind = ExprKind::Missing;
        }
    }

    /// Whether what is said is words without quotes, one of which is an operator of expressions:
    /// `say Nobody is free`.
    fn is_prose(&self, speaker: Kind, said: &Node<'t>) -> bool {
        let word = first_word(said.text());
        let next = first_word(said.text()[word.len()..].trim_start());
        let is_name = self.lets.iter().any(|known| known == word);
        let begins = word.starts_with(|first: char| first.is_alphabetic());
        speaks(speaker)
            && begins
            && !is_name
            && !matches!(word, "if" | "not" | "person" | "now" | "blank")
            && matches!(next, "is" | "in" | "and" | "or" | "contains" | "starts" | "ends")
    }

    /// Reports words that are said without quotes; what else is wrong with them follows from it.
    fn prose(&mut self, said: &Node<'t>) -> Expr {
        let range = said.range();
        self.bare_text(range);
        let line = first_line(&self.text[range.start as usize..]);
        let to = range.start + offset(line.len()) + 1;
        self.quiet.push(super::Quiet { from: range.start, to });
        self.end = range.end;
        Expr { kind: ExprKind::Missing, range }
    }

    /// Whether more words stand behind one on its line.
    fn words_follow(&self, word: Range) -> bool {
        let rest = first_line(&self.text[word.end as usize..]).trim_start();
        let ends =
            rest.is_empty() || rest.starts_with(['{', '}', '|', '?']) || rest.starts_with("//");
        !ends && first_word(rest) != "as" && first_word(rest) != "using"
    }

    fn record_type(&mut self, node: Node<'t>) -> Option<Name> {
        let mut name = None;
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            if part.kind() == Kind::record_type {
                name = Some(self.name(&part));
            }
        }
        name
    }

    pub(super) fn label(&mut self, node: Node<'t>) -> Option<Name> {
        let mut label = None;
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            if part.kind() == Kind::label_name {
                label = Some(self.name(&part));
            }
        }
        label
    }

    fn if_step(&mut self, node: Node<'t>) -> Step {
        let start = node.range();
        let (mut condition, mut branches) = (None, Vec::new());
        let (mut otherwise, mut range) = (None, start);
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::expr => condition = Some(self.expression(part)),
                Kind::block => {
                    range = self.from(start);
                    let condition = condition.take().unwrap_or_else(|| self.absent_expr());
                    branches.push((condition, self.block(part)));
                }
                Kind::else_branch => {
                    self.else_branch(part, &mut branches, &mut otherwise);
                }
                _ => {}
            }
        }
        Step { kind: StepKind::If { branches, otherwise }, label: None, range }
    }

    fn else_branch(
        &mut self,
        node: Node<'t>,
        branches: &mut Vec<(Expr, Block)>,
        otherwise: &mut Option<Block>,
    ) {
        let start = node.range().start;
        let (mut is_if, mut condition, mut block) = (false, None, Block::default());
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::kw_if => is_if = true,
                Kind::expr => condition = Some(self.expression(part)),
                Kind::block => block = self.block(part),
                _ => {}
            }
        }
        let word = Range { start, end: start + offset("else".len()) };
        if otherwise.is_some() {
            self.out_of_place(
                word,
                "nothing is left for this `else`: there is one above",
                "write `else if` above the last `else`",
            );
        } else if is_if {
            let condition = condition.unwrap_or_else(|| self.absent_expr());
            branches.push((condition, block));
        } else {
            *otherwise = Some(block);
        }
    }

    fn match_step(&mut self, node: Node<'t>) -> Step {
        let start = node.range();
        let (mut subject, mut arms, mut range) = (None, Vec::new(), start);
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::expr => subject = Some(self.expression(part)),
                Kind::arms => {
                    range = self.from(start);
                    arms = self.match_arms(part);
                }
                _ => {}
            }
        }
        let subject =
            subject.unwrap_or_else(|| Expr { range: range.after(), ..self.absent_expr() });
        Step { kind: StepKind::Match { subject, arms }, label: None, range }
    }
}

/// Whether what stands behind a step's word is shown to somebody.
fn speaks(speaker: Kind) -> bool {
    matches!(speaker, Kind::say | Kind::note | Kind::ask | Kind::choose | Kind::collect | Kind::end)
}

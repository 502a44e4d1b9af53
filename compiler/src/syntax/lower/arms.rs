//! Arms: of outcomes, of buttons, of a `match`.

use tidegate_diagnostics::codes;

use super::foreign::{means_blank, means_else};
use super::junk::{LineKind, shorten};
use super::{Lower, offset};
use crate::source::Range;
use crate::syntax::ast::{
    Block, ChoiceArm, DurationLit, Expr, ExprKind, MatchArm, Name, OutcomeArm, OutcomeName, Path,
    Pattern,
};
use crate::syntax::parser::{Kind, Node};
use crate::syntax::problem::Problem;

/// The arms of a step.
#[derive(Default)]
pub(super) struct Arms {
    pub(super) choices: Vec<ChoiceArm>,
    pub(super) other: Option<Block>,
    pub(super) outcomes: Vec<OutcomeArm>,
}

impl Arms {
    /// Whether there is none, nor words that may have been meant for one.
    pub(super) fn has_no_button(&self) -> bool {
        let mut outcomes = self.outcomes.iter().flat_map(|arm| &arm.outcomes);
        let is_outcome = |its: &OutcomeName| matches!(its.name.text.as_str(), "human" | "idle");
        self.choices.is_empty() && outcomes.all(is_outcome)
    }
}

/// What stands left of an arrow.
enum Left {
    Value(Expr),
    Words(OutcomeName),
}

struct Arm {
    left: Vec<Left>,
    body: Block,
    range: Range,
}

impl<'t> Lower<'t> {
    pub(super) fn outcome_arms(&mut self, node: Node<'t>) -> Vec<OutcomeArm> {
        let arms = self.arms(node);
        arms.into_iter().filter_map(|arm| self.outcome_arm(arm)).collect()
    }

    pub(super) fn outcome_arm_of(&mut self, node: Node<'t>) -> Option<OutcomeArm> {
        let arm = self.arm(node);
        self.outcome_arm(arm)
    }

    fn outcome_arm(&mut self, arm: Arm) -> Option<OutcomeArm> {
        let mut outcomes = Vec::new();
        for left in arm.left {
            match left {
                Left::Words(name) => outcomes.push(name),
                Left::Value(value) => {
                    self.not_expected(value.range, "an outcome such as `human` or `idle 5m`")
                }
            }
        }
        let arm = OutcomeArm { outcomes, body: arm.body, range: arm.range };
        Some(arm).filter(|arm| !arm.outcomes.is_empty())
    }

    pub(super) fn choice_arms(&mut self, node: Node<'t>) -> Arms {
        let mut arms = Arms::default();
        for mut arm in self.arms(node) {
            let left = arm.left.drain(..1).next();
            match left {
                Some(Left::Value(label)) => {
                    if let Some(second) = arm.left.first() {
                        self.not_expected(second.range(), "`=>`: a button has one label");
                    }
                    arms.choices.push(ChoiceArm { label, body: arm.body });
                }
                Some(Left::Words(name)) if self.is_other(&name.name) => {
                    let twice = arms.other.replace(arm.body).is_some();
                    if twice {
                        self.twice(arm.range, "other");
                    }
                }
                Some(Left::Words(name)) if arm.left.is_empty() && may_be_text(&name) => {
                    let path = Path { range: name.name.range, parts: vec![name.name] };
                    let label = Expr { range: path.range, kind: ExprKind::Path(path) };
                    arms.choices.push(ChoiceArm { label, body: arm.body });
                }
                Some(words) => {
                    arm.left.insert(0, words);
                    arms.outcomes.extend(self.outcome_arm(arm));
                }
                None => {}
            }
        }
        arms
    }

    /// Whether an arm takes the words that fit no button; reports what others call it.
    fn is_other(&mut self, name: &Name) -> bool {
        let foreign = name.text == "else" || means_else(&name.text);
        if foreign && name.text != "other" {
            let message = format!("expected `other`, found `{}`", name.text);
            self.report(
                Problem::new(codes::MISSING_PART, name.range, message).replace(name.range, "other"),
            );
        }
        foreign
    }

    pub(super) fn match_arms(&mut self, node: Node<'t>) -> Vec<MatchArm> {
        let arms = self.arms(node);
        arms.into_iter()
            .map(|arm| {
                let patterns = arm.left.into_iter().filter_map(|left| self.pattern(left)).collect();
                MatchArm { patterns, body: arm.body, range: arm.range }
            })
            .collect()
    }

    fn pattern(&mut self, left: Left) -> Option<Pattern> {
        let name = match left {
            Left::Value(value) => return Some(Pattern::Value(value)),
            Left::Words(words) => words.name,
        };
        match name.text.as_str() {
            "blank" => Some(Pattern::Blank(name.range)),
            "else" => Some(Pattern::Else(name.range)),
            "true" | "false" => {
                let kind = ExprKind::Bool(name.text == "true");
                Some(Pattern::Value(Expr { kind, range: name.range }))
            }
            word if means_blank(word) => {
                let message =
                    format!("expected a value in quotes, `blank` or `else`, found `{word}`");
                let problem = Problem::new(codes::MISSING_PART, name.range, message);
                self.report(problem.replace(name.range, "blank").help("no value is `blank`"));
                Some(Pattern::Blank(name.range))
            }
            word if means_else(word) => {
                self.report(
                    Problem::new(
                        codes::MISSING_PART,
                        name.range,
                        format!("expected `else`, found `{word}`"),
                    )
                    .replace(name.range, "else"),
                );
                Some(Pattern::Else(name.range))
            }
            _ => {
                let message = format!(
                    "expected a value in quotes, `blank` or `else`, found `{}`",
                    shorten(&name.text)
                );
                self.report(
                    Problem::new(codes::MISSING_PART, name.range, message)
                        .replace(name.range, format!("\"{}\"", name.text))
                        .help("a list value is always in quotes"),
                );
                Some(Pattern::Unknown(name))
            }
        }
    }

    fn not_expected(&mut self, at: Range, expected: &str) {
        let found = shorten(&self.text[at.start as usize..at.end as usize]);
        self.report(Problem::new(
            codes::MISSING_PART,
            at,
            format!("expected {expected}, found `{found}`"),
        ));
    }

    fn arms(&mut self, node: Node<'t>) -> Vec<Arm> {
        let mut arms = Vec::new();
        let mut lines = node.children();
        let around = std::mem::replace(&mut self.lines, LineKind::Arm);
        while let Some(line) = self.next(&mut lines) {
            match line.kind() {
                Kind::arm => arms.push(self.arm(line)),
                Kind::unknown_line => self.unknown_line(line, LineKind::Arm),
                _ => {}
            }
        }
        self.lines = around;
        arms
    }

    fn arm(&mut self, node: Node<'t>) -> Arm {
        let start = node.range();
        let mut arm = Arm { left: Vec::new(), body: Block::default(), range: start };
        let mut arrow = false;
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            if !matches!(part.kind(), Kind::block) && !arrow {
                arm.range = Range { start: start.start, end: part.range().end };
            }
            match part.kind() {
                Kind::words => arm.left.push(Left::Words(self.words(&part))),
                Kind::string | Kind::raw | Kind::number if !arrow => {
                    arm.left.push(Left::Value(self.operand(part)));
                }
                Kind::arrow => {
                    arrow = true;
                    self.check_arrow(&part);
                }
                _ => arm.body = self.arm_body(part).unwrap_or(arm.body),
            }
        }
        arm
    }

    pub(super) fn check_arrow(&mut self, node: &Node<'t>) {
        if node.text() == "=>" {
            return;
        }
        let message = format!("expected `=>`, found `{}`", node.text());
        let problem = Problem::new(codes::FOREIGN_SIGN, node.range(), message);
        self.report(problem.replace(node.range(), "=>"));
    }

    /// `no agent`, or `idle` with a duration.
    fn words(&mut self, node: &Node<'t>) -> OutcomeName {
        let range = node.range();
        let mut words: Vec<&str> = node.text().split_whitespace().collect();
        let is_number = |word: &&&str| word.starts_with(|first: char| first.is_ascii_digit());
        let Some(number) = words.last().filter(is_number).copied() else {
            let name = Name { text: words.join(" "), range };
            self.check_name(&name);
            return OutcomeName { name, after: None };
        };
        words.pop();
        let number_start = range.end - offset(number.len());
        let at = Range { start: number_start, end: range.end };
        // One that is malformed stands for the longest, so that it does not seem to be missing.
        let ms = self.duration(number, at).unwrap_or(super::number::MAX_DURATION);
        let text = &self.text[range.start as usize..number_start as usize];
        let end = range.start + offset(text.trim_end().len());
        OutcomeName {
            name: Name { text: words.join(" "), range: Range { start: range.start, end } },
            after: Some(DurationLit { ms, range: at }),
        }
    }
}

impl Left {
    fn range(&self) -> Range {
        match self {
            Self::Value(value) => value.range,
            Self::Words(words) => words.name.range,
        }
    }
}

/// Whether what stands left of an arrow in a `choose` may be the name of a text.
fn may_be_text(name: &OutcomeName) -> bool {
    let word = name.name.text.as_str();
    name.after.is_none() && !word.contains(' ') && !matches!(word, "human" | "idle" | "")
}

pub(super) fn single(step: crate::syntax::ast::Step) -> Block {
    let range = step.range;
    Block { steps: vec![step], range }
}

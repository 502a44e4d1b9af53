//! Expressions: flat runs of operands and operators, given their precedence by climbing.
//!
//! From loose to tight: `if … then … else`, `or`, `and`, `not`, comparisons and tests, `|`, `??`,
//! `+ -`, `* /`. So `a ?? b | first 80` shortens whichever is taken, and `a == b | lower` lowers
//! `b`.

use tidegate_diagnostics::codes;

use super::{Lower, MAX_NESTING, too_deep};
use crate::source::Range;
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, PipeCall};
use crate::syntax::parser::{Children, Kind, Node};
use crate::syntax::problem::Problem;

/// Operators in one expression at most, those in its brackets and holes included: whoever walks
/// the tree may recurse.
const MAX_OPERATORS: u32 = 250;

const OR: u8 = 1;
const AND: u8 = 2;
const COMPARISON: u8 = 4;
const PIPE: u8 = 5;
const OR_ELSE: u8 = 6;
const SUM: u8 = 7;
const PRODUCT: u8 = 8;

/// The nodes of one run, with one node looked at ahead.
struct Run<'t> {
    children: Children<'t>,
    ahead: Option<Node<'t>>,
    operators: u32,
}

/// An infix operator.
enum Infix {
    Binary(BinaryOp, u8),
    In,
    /// `then` or `else`: the end of what stands before it.
    Branch,
}

impl<'t> Lower<'t> {
    /// A value that may be a text of several lines.
    pub(super) fn value(&mut self, node: Node<'t>) -> Expr {
        if node.kind() == Kind::text_lines { self.text_lines(node) } else { self.expression(node) }
    }

    pub(super) fn expression(&mut self, node: Node<'t>) -> Expr {
        let range = node.range();
        if self.nesting >= MAX_NESTING {
            self.report(too_deep(self.first_letter(range.start)));
            self.after_junk = true;
            return Expr { kind: ExprKind::Missing, range };
        }
        self.nesting += 1;
        let mut run = Run { children: node.children(), ahead: None, operators: 0 };
        let expr = self.binary(&mut run, OR);
        self.behind(&mut run);
        self.nesting -= 1;
        expr
    }

    fn peek(&mut self, run: &mut Run<'t>) -> Option<Kind> {
        if run.ahead.is_none() && run.operators <= MAX_OPERATORS {
            run.ahead = self.next(&mut run.children);
        }
        run.ahead.as_ref().map(Node::kind)
    }

    fn take_operator(&mut self, run: &mut Run<'t>) -> Option<Node<'t>> {
        let node = run.ahead.take()?;
        run.operators += 1;
        if run.operators > MAX_OPERATORS {
            let message = format!("the expression has more than {MAX_OPERATORS} operators");
            self.report(
                Problem::new(codes::BEYOND_LIMITS, node.range(), message)
                    .help("compare with a list, `in [ … ]`, or set attributes step by step"),
            );
            self.after_junk = true;
        }
        Some(node)
    }

    /// What is left of a run: a `then` or `else` that belongs to no `if`.
    fn behind(&mut self, run: &mut Run<'t>) {
        if self.peek(run).is_none() {
            return;
        }
        let Some(node) = run.ahead.take() else { return };
        let message = format!("this `{}` is no part of an `if … then … else …`", node.text());
        self.report(
            Problem::new(codes::UNEXPECTED_TEXT, node.range(), message)
                .help("a step is written `if … { … } else { … }`"),
        );
        while self.next(&mut run.children).is_some() {}
        self.pending = None;
        self.after_junk = true;
    }

    fn binary(&mut self, run: &mut Run<'t>, least: u8) -> Expr {
        let mut left = self.prefixed(run);
        let mut compared = false;
        while let Some(kind) = self.peek(run) {
            let (infix, precedence) = match kind {
                Kind::infix => match run.ahead.as_ref().map_or(Infix::Branch, infix) {
                    Infix::Branch => break,
                    Infix::Binary(op, precedence) => {
                        (Some(Infix::Binary(op, precedence)), precedence)
                    }
                    Infix::In => (Some(Infix::In), COMPARISON),
                },
                Kind::pipe => (None, PIPE),
                _ => (None, COMPARISON),
            };
            if precedence < least {
                break;
            }
            let Some(node) = self.take_operator(run) else { break };
            let chained = precedence == COMPARISON && std::mem::replace(&mut compared, true);
            if chained {
                self.chained(&node);
            }
            left = match infix {
                Some(Infix::Binary(op, precedence)) => self.infix(run, left, &node, op, precedence),
                Some(_) => self.membership(run, left, &node),
                None if kind == Kind::pipe => self.pipe(left, node),
                None => self.test(left, node),
            };
            if chained {
                left.kind = ExprKind::Missing;
            }
        }
        left
    }

    fn infix(
        &mut self,
        run: &mut Run<'t>,
        left: Expr,
        sign: &Node<'t>,
        op: BinaryOp,
        precedence: u8,
    ) -> Expr {
        self.check_sign(sign);
        let right = self.binary(run, precedence + 1);
        let range = left.range.to(right.range);
        Expr { kind: ExprKind::Binary(op, Box::new(left), Box::new(right)), range }
    }

    fn prefixed(&mut self, run: &mut Run<'t>) -> Expr {
        match self.peek(run) {
            Some(Kind::prefix) => {
                let Some(node) = self.take_operator(run) else { return self.absent_expr() };
                if node.text() == "if" {
                    return self.conditional(run, node.range());
                }
                self.check_sign(&node);
                let operand = self.binary(run, COMPARISON);
                let range = node.range().to(operand.range);
                Expr { kind: ExprKind::Not(Box::new(operand)), range }
            }
            // The operand is missing, and waits to be reported.
            None | Some(Kind::infix | Kind::is_test | Kind::pipe) => self.absent_expr(),
            Some(_) => match run.ahead.take() {
                Some(node) => self.operand(node),
                None => self.absent_expr(),
            },
        }
    }

    fn conditional(&mut self, run: &mut Run<'t>, start: Range) -> Expr {
        let condition = self.binary(run, OR);
        let then = self.branch(run, "then");
        let otherwise = self.branch(run, "else");
        let range = start.to(otherwise.range);
        let kind = ExprKind::If(Box::new(condition), Box::new(then), Box::new(otherwise));
        Expr { kind, range }
    }

    /// `then E` or `else E` of an expression.
    fn branch(&mut self, run: &mut Run<'t>, word: &str) -> Expr {
        self.peek(run);
        if run.ahead.as_ref().is_some_and(|node| node.text() == word) {
            self.take_operator(run);
            return self.binary(run, OR);
        }
        if run.operators <= MAX_OPERATORS && self.pending.is_none() && !self.after_junk {
            let at = run.ahead.as_ref().map_or(self.here(), Node::range);
            let message = format!("expected `{word}` and a value");
            self.report(
                Problem::new(codes::MISSING_PART, Range { end: at.start, ..at }, message)
                    .help("write `if … then … else …`"),
            );
            self.after_junk = true;
        }
        self.absent_expr()
    }

    fn chained(&mut self, node: &Node<'t>) {
        self.report(
            Problem::new(codes::COMPARISON_CHAIN, node.range(), "comparisons can't be chained")
                .help("write each of them, joined by `and`: `a < b and b < c`"),
        );
    }

    fn membership(&mut self, run: &mut Run<'t>, left: Expr, sign: &Node<'t>) -> Expr {
        let range = left.range;
        match self.peek(run) {
            Some(Kind::list | Kind::flat_list) => {
                let Some(list) = run.ahead.take() else { return left };
                let range = range.to(list.range());
                let values = self.list(list);
                Expr { kind: ExprKind::In(Box::new(left), values), range }
            }
            Some(Kind::path) if run.ahead.as_ref().is_some_and(is_plain) => {
                let Some(node) = run.ahead.take() else { return left };
                let hours = self.name(&node);
                let range = range.to(hours.range);
                Expr { kind: ExprKind::InHours(Box::new(left), hours), range }
            }
            // Missing, and waiting to be reported.
            None | Some(Kind::infix | Kind::is_test | Kind::pipe) => left,
            Some(_) => {
                let operand = self.binary(run, COMPARISON + 1);
                self.report(
                    Problem::new(
                        codes::MISSING_PART,
                        sign.range().after(),
                        "expected a list in brackets or the name of hours after `in`",
                    )
                    .help("write `in [\"a\", \"b\"]`, or `now in office`"),
                );
                Expr { kind: ExprKind::Missing, range: range.to(operand.range) }
            }
        }
    }

    fn pipe(&mut self, left: Expr, node: Node<'t>) -> Expr {
        let range = left.range.to(node.range());
        let (mut name, mut arguments, mut zone) = (None, Vec::new(), None);
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::pipe_name => name = Some(self.name(&part)),
                Kind::pipe_zone => zone = self.zone(part),
                _ => arguments.push(self.operand(part)),
            }
        }
        let Some(name) = name else { return left };
        Expr { kind: ExprKind::Pipe(Box::new(left), PipeCall { name, arguments, zone }), range }
    }

    pub(super) fn zone(&mut self, node: Node<'t>) -> Option<Box<Expr>> {
        let mut parts = node.children();
        let mut zone = None;
        while let Some(part) = self.next(&mut parts) {
            if part.kind() != Kind::kw_in {
                zone = Some(Box::new(self.operand(part)));
            }
        }
        zone
    }

    fn test(&mut self, left: Expr, node: Node<'t>) -> Expr {
        let range = left.range.to(node.range());
        let (mut negated, mut word) = (None, None);
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::kw_not => negated = Some(part.range()),
                Kind::test_word => word = Some((part.text(), part.range())),
                _ => {}
            }
        }
        let Some((word, at)) = word else { return left };
        let person = matches!(&left.kind, ExprKind::Path(path)
            if path.parts.len() == 1 && path.parts[0].text == "person");
        let kind = match word {
            "blank" => ExprKind::IsBlank { operand: Box::new(left), negated: negated.is_some() },
            "set" => ExprKind::IsBlank { operand: Box::new(left), negated: negated.is_none() },
            "verified" if person => ExprKind::PersonVerified,
            "known" if person => ExprKind::PersonKnown,
            _ => {
                self.unknown_test(word, at, person);
                ExprKind::Missing
            }
        };
        let Some(not) = negated else { return Expr { kind, range } };
        if matches!(kind, ExprKind::Missing) {
            return Expr { kind, range };
        }
        self.negated_test(word, not.to(at));
        match kind {
            ExprKind::PersonKnown | ExprKind::PersonVerified => {
                Expr { kind: ExprKind::Not(Box::new(Expr { kind, range })), range }
            }
            kind => Expr { kind, range },
        }
    }

    fn unknown_test(&mut self, word: &str, at: Range, person: bool) {
        let words = if person { "`verified` or `known`" } else { "`blank` or `set`" };
        let problem = Problem::new(
            codes::MISSING_PART,
            at,
            format!("expected {words} after `is`, found `{word}`"),
        );
        let problem = match word {
            "null" | "empty" | "none" | "nil" => problem.replace(at, "blank"),
            _ if person => problem,
            _ => problem.help("values are compared with `==`"),
        };
        self.report(problem);
    }

    fn negated_test(&mut self, word: &str, at: Range) {
        let problem = Problem::new(codes::FOREIGN_SIGN, at, format!("there is no `is not {word}`"));
        self.report(match word {
            "blank" => problem.help("write `is set`").replace(at, "set"),
            "set" => problem.help("write `is blank`").replace(at, "blank"),
            _ => problem.help(format!("write `not person is {word}`")),
        });
    }

    /// Signs that other languages use.
    fn check_sign(&mut self, node: &Node<'t>) {
        let ours = match node.text() {
            "=" => "==",
            "!" if self.text[..node.range().start as usize].ends_with('{') => {
                let problem =
                    Problem::new(codes::FOREIGN_SIGN, node.range(), "a hole has no `!` in Tide");
                let remedy = "write the attribute alone, such as `{person.FirstName}`";
                return self.report(problem.replace(node.range(), "").help(remedy));
            }
            "&&" => "and",
            "||" => "or",
            "!" => "not ",
            _ => return,
        };
        let message = match node.text() {
            "=" => "`=` gives a value and can't compare".to_owned(),
            other => format!("`{other}` is written `{}` in Tide", ours.trim_end()),
        };
        let problem = Problem::new(codes::FOREIGN_SIGN, node.range(), message)
            .help(format!("write `{}`", ours.trim_end()));
        self.report(problem.replace(node.range(), ours));
    }

    /// The `=` of a line that gives a value.
    pub(super) fn check_assignment(&mut self, node: &Node<'t>) {
        if node.text() == "==" {
            let message = "`==` compares and can't give a value";
            let problem = Problem::new(codes::FOREIGN_SIGN, node.range(), message);
            self.report(problem.replace(node.range(), "="));
        }
    }

    pub(super) fn operand(&mut self, node: Node<'t>) -> Expr {
        let range = node.range();
        match node.kind() {
            Kind::string => self.string(node),
            Kind::raw => {
                let text = self.raw(node);
                self.check_raw(&text, range);
                Expr { kind: ExprKind::Text(text), range }
            }
            Kind::number => self.number(node.text(), range),
            Kind::path => self.word_or_path(&node),
            Kind::group | Kind::flat_group => self.group(node),
            Kind::list | Kind::flat_list => {
                self.list(node);
                self.report(
                    Problem::new(codes::UNEXPECTED_TEXT, range, "a list stands only behind `in`")
                        .help(
                            "ask with `… in [ … ]`; `set` gives one value, also to a list of several, \
                             which a form can fill with more",
                        ),
                );
                Expr { kind: ExprKind::Missing, range }
            }
            Kind::curly => {
                self.curly(range);
                Expr { kind: ExprKind::Missing, range }
            }
            _ => Expr { kind: ExprKind::Missing, range },
        }
    }

    fn word_or_path(&mut self, node: &Node<'t>) -> Expr {
        let range = node.range();
        let kind = match node.text() {
            "blank" => ExprKind::Blank,
            "now" => ExprKind::Now,
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            _ => ExprKind::Path(self.path(node)),
        };
        Expr { kind, range }
    }

    fn group(&mut self, node: Node<'t>) -> Expr {
        let range = node.range();
        let mut inner = self.bracketed(node);
        let mut expr = inner.pop().unwrap_or_else(|| self.absent_expr());
        expr.range = range;
        expr
    }

    fn list(&mut self, node: Node<'t>) -> Vec<Expr> {
        self.bracketed(node)
    }

    fn bracketed(&mut self, node: Node<'t>) -> Vec<Expr> {
        let start = node.range().start;
        self.openers.push(Range { start, end: start + 1 });
        let mut inner = Vec::new();
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            if matches!(part.kind(), Kind::wide | Kind::flat) {
                inner.push(self.expression(part));
            }
        }
        self.openers.pop();
        inner
    }
}

/// Whether a word has no namespace, and is none that an expression knows.
fn is_plain(node: &Node<'_>) -> bool {
    !node.text().contains('.') && !matches!(node.text(), "blank" | "now" | "true" | "false")
}

/// How tightly an operator binds; `then` and `else` hardly do.
pub(in crate::syntax) fn precedence(node: &Node<'_>) -> u8 {
    match infix(node) {
        Infix::Binary(_, precedence) => precedence,
        Infix::In => COMPARISON,
        Infix::Branch => 0,
    }
}

fn infix(node: &Node<'_>) -> Infix {
    let (op, precedence) = match node.text() {
        "or" | "||" => (BinaryOp::Or, OR),
        "and" | "&&" => (BinaryOp::And, AND),
        "==" | "=" => (BinaryOp::Equal, COMPARISON),
        "!=" => (BinaryOp::NotEqual, COMPARISON),
        "<" => (BinaryOp::Less, COMPARISON),
        "<=" => (BinaryOp::AtMost, COMPARISON),
        ">" => (BinaryOp::Greater, COMPARISON),
        ">=" => (BinaryOp::AtLeast, COMPARISON),
        "contains" => (BinaryOp::Contains, COMPARISON),
        "matches" => (BinaryOp::Matches, COMPARISON),
        "??" => (BinaryOp::OrElse, OR_ELSE),
        "+" => (BinaryOp::Add, SUM),
        "-" => (BinaryOp::Subtract, SUM),
        "*" => (BinaryOp::Multiply, PRODUCT),
        "/" => (BinaryOp::Divide, PRODUCT),
        "in" => return Infix::In,
        "then" | "else" => return Infix::Branch,
        starts if starts.starts_with("starts") => (BinaryOp::StartsWith, COMPARISON),
        _ => (BinaryOp::EndsWith, COMPARISON),
    };
    Infix::Binary(op, precedence)
}

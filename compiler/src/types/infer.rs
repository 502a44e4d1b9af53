//! Expressions: what they mean, and their types.
//!
//! Where a value is wanted for a place, the wish goes down into `??` and `if` to the literals, so
//! that each fault is reported at the smallest expression that is wrong.

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::hir::{Expr, ExprKind, Literal, Pipe, TemplatePart, Type};
use crate::lower::Lowering;
use crate::resolve::scope::Scope;
use crate::source::Range;
use crate::syntax::ast::{self, BinaryOp};
use crate::types::assign::{self, Misfit};
use crate::types::literal::{self, Read};
use crate::types::{lists, pipes, words};

impl Lowering<'_> {
    /// An expression by itself.
    pub(crate) fn infer(&mut self, expr: &ast::Expr) -> Expr {
        let range = expr.range;
        match &expr.kind {
            ast::ExprKind::Text(_)
            | ast::ExprKind::Number(_)
            | ast::ExprKind::Bool(_)
            | ast::ExprKind::Duration(_) => self.literal(expr),
            ast::ExprKind::Template(parts) => {
                let parts = self.template(parts);
                made(ExprKind::Template(parts), Type::Text(None), range)
            }
            ast::ExprKind::Blank => made(ExprKind::Blank, Type::Blank, range),
            ast::ExprKind::Now => made(ExprKind::Now, Type::DateTime, range),
            ast::ExprKind::Path(path) if self.record.is_some() => self.field_of_record(path),
            ast::ExprKind::PersonVerified | ast::ExprKind::PersonKnown if self.record.is_some() => {
                self.no_person_in_a_rule(range)
            }
            ast::ExprKind::Path(path) => self.named_value(path, range),
            ast::ExprKind::PersonVerified => made(ExprKind::PersonVerified, Type::Bool, range),
            ast::ExprKind::PersonKnown => made(ExprKind::PersonKnown, Type::Bool, range),
            ast::ExprKind::Not(operand) => {
                let operand = self.condition(operand);
                made(ExprKind::Not(Box::new(operand)), Type::Bool, range)
            }
            ast::ExprKind::Binary(op, left, right) => self.binary(*op, left, right, range),
            ast::ExprKind::IsBlank { operand, negated } => {
                let operand = self.infer(operand);
                is_blank(operand, *negated, range)
            }
            ast::ExprKind::In(operand, values) => self.membership(operand, values, range),
            ast::ExprKind::InHours(instant, hours) => self.in_hours(instant, hours, range),
            ast::ExprKind::If(condition, yes, no) => {
                let condition = self.condition(condition);
                let (yes, no) = self.pair(yes, no);
                self.joined(yes, no, range, |yes, no| {
                    ExprKind::If(Box::new(condition), Box::new(yes), Box::new(no))
                })
            }
            ast::ExprKind::Pipe(operand, call) => {
                let operand = if call.name.text == pipes::REVEAL {
                    self.rendered(operand)
                } else if pipes::takes_text(call) {
                    self.text_of_branches(operand)
                } else {
                    self.infer(operand)
                };
                self.pipe(operand, call, range)
            }
            ast::ExprKind::Missing => error(range),
        }
    }

    /// What a name stands for: a text, or the value of an attribute or `let`.
    fn named_value(&mut self, path: &ast::Path, range: Range) -> Expr {
        if let Some(text) = self.text_of_name(path) {
            return text;
        }
        let Some(attr) = self.attribute(path) else { return error(range) };
        let ty = match self.lets.ty(attr) {
            Some(ty) => ty.clone(),
            None => self.scope.attribute(attr).ty.clone(),
        };
        made(ExprKind::Attr(attr), ty, range)
    }

    fn literal(&mut self, expr: &ast::Expr) -> Expr {
        match literal::read(expr) {
            Read::Literal(literal) => {
                let ty = literal::type_of(&literal);
                made(ExprKind::Literal(literal), ty, expr.range)
            }
            Read::TooLong => {
                let at = self.at(expr.range);
                self.report(literal::too_long(at));
                error(expr.range)
            }
            Read::Other => error(expr.range),
        }
    }

    fn template(&mut self, parts: &[ast::TemplatePart]) -> Vec<TemplatePart> {
        parts
            .iter()
            .map(|part| match part {
                ast::TemplatePart::Text(text) => TemplatePart::Text(text.clone()),
                ast::TemplatePart::Hole(expr) => TemplatePart::Hole(self.shown(expr)),
            })
            .collect()
    }

    /// An expression whose value is shown: text, or what is made text by the one rule.
    pub(crate) fn shown(&mut self, expr: &ast::Expr) -> Expr {
        let shown = match &expr.kind {
            ast::ExprKind::If(condition, yes, no) => {
                let condition = self.condition(condition);
                let yes = self.rendered(yes);
                let no = self.rendered(no);
                let ty = text_of(&yes, &no);
                let kind = ExprKind::If(Box::new(condition), Box::new(yes), Box::new(no));
                return made(kind, ty, expr.range);
            }
            ast::ExprKind::Binary(BinaryOp::OrElse, left, right) => {
                let left = self.rendered(left);
                let right = self.rendered(right);
                let ty = text_of(&left, &right);
                let kind = ExprKind::Binary(BinaryOp::OrElse, Box::new(left), Box::new(right));
                return made(kind, ty, expr.range);
            }
            _ => self.infer(expr),
        };
        if assign::is_showable(&shown.ty) {
            return shown;
        }
        let at = self.at(expr.range);
        let finding = Finding::new(
            codes::NOT_SHOWABLE,
            at,
            format!("{} has no text of its own", words::describe(&shown.ty)),
        );
        self.report(if shown.ty == Type::Bool {
            finding.help("say it in words: `if … then \"yes\" else \"no\"`")
        } else {
            finding.help("write what is to be shown")
        });
        error(expr.range)
    }

    /// The operand of a pipe for text: `??` and `if` may mix texts and values of lists there.
    fn text_of_branches(&mut self, expr: &ast::Expr) -> Expr {
        match &expr.kind {
            ast::ExprKind::If(..) | ast::ExprKind::Binary(BinaryOp::OrElse, ..) => self.shown(expr),
            _ => self.infer(expr),
        }
    }

    /// As [`Self::shown`], made text where it is none, since both branches must be of one type.
    fn rendered(&mut self, expr: &ast::Expr) -> Expr {
        let shown = self.shown(expr);
        if assign::is_textual(&shown.ty) || shown.ty == Type::Error {
            return shown;
        }
        let range = shown.range;
        made(ExprKind::Pipe(Pipe::Text, Box::new(shown)), Type::Text(None), range)
    }

    /// A condition; reports what is neither true nor false.
    pub(crate) fn condition(&mut self, expr: &ast::Expr) -> Expr {
        let condition = self.infer(expr);
        if matches!(condition.ty, Type::Bool | Type::Error) {
            return condition;
        }
        let at = self.at(expr.range);
        let what = words::describe(&condition.ty);
        let finding = Finding::new(codes::NOT_A_CONDITION, at, format!("{what} is no condition"));
        self.report(match &condition.kind {
            ExprKind::Attr(_) => {
                let name = place_name(self.scope, &condition);
                let name = name.trim_matches('`');
                finding.help(format!("compare it, or write `{name} is set`"))
            }
            _ => finding.help("compare it with something"),
        });
        error(expr.range)
    }

    /// The value for a place; reports what does not fit there. `place` names it: "`Case.Origin`".
    pub(crate) fn value_for(&mut self, expr: &ast::Expr, to: &Type, place: &str) -> Expr {
        match &expr.kind {
            ast::ExprKind::If(condition, yes, no) => {
                let condition = self.condition(condition);
                let yes = self.value_for(yes, to, place);
                let no = self.value_for(no, to, place);
                let ty = assign::join(&yes.ty, &no.ty).unwrap_or_else(|| to.clone());
                let kind = ExprKind::If(Box::new(condition), Box::new(yes), Box::new(no));
                made(kind, ty, expr.range)
            }
            ast::ExprKind::Binary(BinaryOp::OrElse, left, right) => {
                let left = self.value_for(left, to, place);
                let right = self.value_for(right, to, place);
                let ty = assign::join(&left.ty, &right.ty).unwrap_or_else(|| to.clone());
                let kind = ExprKind::Binary(BinaryOp::OrElse, Box::new(left), Box::new(right));
                made(kind, ty, expr.range)
            }
            _ => {
                let value = self.infer(expr);
                self.fitted(value, to, place)
            }
        }
    }

    /// A value that fits its place, or an error node.
    fn fitted(&mut self, value: Expr, to: &Type, place: &str) -> Expr {
        let at = self.at(value.range);
        if let ExprKind::Literal(literal) = &value.kind {
            let passes = literal::fit(literal, at, to, place);
            if !self.passes(passes) {
                return error(value.range);
            }
            let ty = match (literal, to) {
                (Literal::Text(_), Type::List(_) | Type::MultiList(_) | Type::Email(_)) => {
                    to.clone()
                }
                (Literal::Text(_), to) if literal::is_moment(to) => to.clone(),
                _ => value.ty.clone(),
            };
            return Expr { ty, ..value };
        }
        match assign::assignable(&value.ty, to) {
            Ok(()) => value,
            Err(Misfit::Values(_) | Misfit::OpenList) if hangs_on_the_way(&value, to) => value,
            Err(misfit) => {
                let finding = misfit_finding(&misfit, &value, to, place, at);
                self.report(finding);
                error(value.range)
            }
        }
    }

    /// Two operands, of which a literal is read by the other one's type.
    pub(super) fn pair(&mut self, left: &ast::Expr, right: &ast::Expr) -> (Expr, Expr) {
        match (is_literal(left), is_literal(right)) {
            (true, false) => {
                let right = self.infer(right);
                (self.beside(left, &right), right)
            }
            (false, true) => {
                let left = self.infer(left);
                let right = self.beside(right, &left);
                (left, right)
            }
            _ => (self.infer(left), self.infer(right)),
        }
    }

    /// A literal beside an operand: of a list it must be a value, beside a day it is one.
    pub(super) fn beside(&mut self, expr: &ast::Expr, other: &Expr) -> Expr {
        let literal = self.infer(expr);
        match (&literal.ty, &other.ty) {
            (Type::Text(_), Type::Date | Type::Time | Type::DateTime) => {
                let place = place_name(self.scope, other);
                self.fitted(literal, &other.ty, &place)
            }
            (Type::Text(_), Type::List(_) | Type::MultiList(_) | Type::Email(_) | Type::Id(_)) => {
                let place = place_name(self.scope, other);
                let element = match &other.ty {
                    Type::MultiList(list) => Type::List(list.clone()),
                    other => other.clone(),
                };
                self.fitted(literal, &element, &place)
            }
            _ => literal,
        }
    }

    /// Two branches that give one value.
    pub(super) fn joined(
        &mut self,
        one: Expr,
        other: Expr,
        range: Range,
        build: impl FnOnce(Expr, Expr) -> ExprKind,
    ) -> Expr {
        match assign::join(&one.ty, &other.ty) {
            Some(ty) => made(build(one, other), ty, range),
            None => {
                let at = self.at(other.range);
                let (one_is, other_is) = (words::describe(&one.ty), words::describe(&other.ty));
                let finding = Finding::new(
                    codes::OPERANDS,
                    at,
                    format!("one side gives {one_is}, the other {other_is}"),
                )
                .also(self.at(one.range), one_is)
                .help("make both of one type; `| text` makes a text of any value");
                self.report(finding);
                error(range)
            }
        }
    }
}

fn text_of(one: &Expr, other: &Expr) -> Type {
    match assign::join(&one.ty, &other.ty) {
        Some(Type::Text(length)) => Type::Text(length),
        Some(Type::Error) => Type::Error,
        _ => Type::Text(None),
    }
}

fn is_literal(expr: &ast::Expr) -> bool {
    !matches!(literal::read(expr), Read::Other)
}

/// An expression with its type.
pub(crate) fn made(kind: ExprKind, ty: Type, range: Range) -> Expr {
    Expr { kind, ty, range, from: None }
}

/// What was not understood, and has been reported.
pub(crate) fn error(range: Range) -> Expr {
    made(ExprKind::Error, Type::Error, range)
}

/// `is blank`, or `is set` where `negated`.
pub(super) fn is_blank(operand: Expr, negated: bool, range: Range) -> Expr {
    let blank = made(ExprKind::IsBlank(Box::new(operand)), Type::Bool, range);
    if negated { made(ExprKind::Not(Box::new(blank)), Type::Bool, range) } else { blank }
}

/// How a message names what an expression gives: "`conversation.Reason`", or "this value".
pub(crate) fn place_name(scope: &Scope<'_>, expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Attr(attr) => {
            format!("`{}`", scope.attribute(*attr).path())
        }
        _ => "this value".to_owned(),
    }
}

/// Whether a list value that the place may refuse hangs on the way there, which the proof of list
/// values follows: that of an attribute does, where the place takes some of its values.
fn hangs_on_the_way(value: &Expr, to: &Type) -> bool {
    let (ExprKind::Attr(_), Type::List(from), Type::List(to)) = (&value.kind, &value.ty, to) else {
        return false;
    };
    lists::overlap(from, to)
}

fn misfit_finding(
    misfit: &Misfit,
    value: &Expr,
    to: &Type,
    place: &str,
    at: crate::source::Loc,
) -> Finding {
    let (is, wants) = (words::describe(&value.ty), words::describe(to));
    match misfit {
        Misfit::Kind => {
            let finding =
                Finding::new(codes::WRONG_TYPE, at, format!("{place} holds {wants}, not {is}"));
            match (&value.ty, to) {
                (Type::Text(_), Type::Email(_)) => finding
                    .help("collect it as an e-mail address: `data conversation { … : email }`"),
                (Type::Bool, Type::Text(_)) => {
                    finding.help("say it in words: `if … then \"yes\" else \"no\"`")
                }
                _ => finding.help("give a value of that type, or choose another place for it"),
            }
        }
        Misfit::NeedsText => {
            Finding::new(codes::WRONG_TYPE, at, format!("{place} holds {wants}, not {is}"))
                .help("add `| text` behind it, or put it into a text: `\"{…}\"`")
        }
        Misfit::TextIntoList => {
            let offered = match to {
                Type::List(list) | Type::MultiList(list) => lists::offered(list),
                _ => wants,
            };
            let message = format!("free text can't go into {place}, which is a list");
            Finding::new(codes::TEXT_INTO_LIST, at, message)
                .help(format!("choose one of {offered}, by `match` or `if` where it depends"))
        }
        Misfit::Values(values) => {
            let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
            let message = format!("{place} does not take every value that can come here");
            Finding::new(codes::LIST_MISFIT, at, message)
                .label(format!("{} would be refused", values.join(", ")))
                .help("use `match` and give a value that fits for each of them")
        }
        Misfit::OpenList => {
            let message = format!("{place} does not take every value that can come here");
            Finding::new(codes::LIST_MISFIT, at, message)
                .label("the org does not restrict this list to its values")
                .help("use `match`, with `else` for values that are not listed")
        }
    }
}

//! Operators between operands.

use std::sync::Arc;

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::hir::{Expr, ExprKind, ListType, Literal, Type};
use crate::lower::Lowering;
use crate::resolve::scope::Query;
use crate::source::Range;
use crate::syntax::ast::{self, BinaryOp};
use crate::types::infer::{error, is_blank, made, place_name};
use crate::types::literal::{self, Read};
use crate::types::{assign, lists, words};

/// The longest text that advice repeats.
const LETTERS_SHOWN: usize = 24;

impl Lowering<'_> {
    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        left: &ast::Expr,
        right: &ast::Expr,
        range: Range,
    ) -> Expr {
        match op {
            BinaryOp::And | BinaryOp::Or => {
                let (left, right) = (self.condition(left), self.condition(right));
                made(ExprKind::Binary(op, Box::new(left), Box::new(right)), Type::Bool, range)
            }
            BinaryOp::Equal | BinaryOp::NotEqual => self.equality(op, left, right, range),
            BinaryOp::OrElse => {
                let (left, right) = self.pair(left, right);
                self.joined(left, right, range, |left, right| {
                    ExprKind::Binary(op, Box::new(left), Box::new(right))
                })
            }
            BinaryOp::Matches => self.pattern_match(left, right, range),
            BinaryOp::Contains => {
                let left = self.infer(left);
                let right = self.beside(right, &left);
                self.containment(left, right, range)
            }
            BinaryOp::StartsWith | BinaryOp::EndsWith => {
                let (left, right) = (self.infer(left), self.infer(right));
                if self.is_text(&left) & self.is_text(&right) {
                    made(ExprKind::Binary(op, Box::new(left), Box::new(right)), Type::Bool, range)
                } else {
                    error(range)
                }
            }
            BinaryOp::Less | BinaryOp::AtMost | BinaryOp::Greater | BinaryOp::AtLeast => {
                let (left, right) = self.pair(left, right);
                self.ordered(op, left, right, range)
            }
            BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide => {
                let (left, right) = self.pair(left, right);
                self.arithmetic(op, left, right, range)
            }
        }
    }

    fn equality(
        &mut self,
        op: BinaryOp,
        left: &ast::Expr,
        right: &ast::Expr,
        range: Range,
    ) -> Expr {
        let (left, right) = self.pair(left, right);
        let negated = op == BinaryOp::NotEqual;
        if right.ty == Type::Blank {
            return is_blank(left, negated, range);
        }
        if left.ty == Type::Blank {
            return is_blank(right, negated, range);
        }
        if let (Type::List(one), Type::List(other))
        | (Type::MultiList(one), Type::MultiList(other)) = (&left.ty, &right.ty)
        {
            if !lists::meet(one, other) {
                let (one, other) = (Arc::clone(one), Arc::clone(other));
                return self.never_equal(&one, &other, range);
            }
        } else if !comparable(&left.ty, &right.ty) {
            return self.cannot_compare(&left, &right, range);
        }
        made(ExprKind::Binary(op, Box::new(left), Box::new(right)), Type::Bool, range)
    }

    fn never_equal(&mut self, one: &ListType, other: &ListType, range: Range) -> Expr {
        let at = self.at(range);
        let message = format!("`{}` and `{}` have no value in common", one.name, other.name);
        self.report(
            Finding::new(codes::LISTS_NEVER_MEET, at, message)
                .label("this comparison never holds")
                .help("compare with a value of the list in quotes"),
        );
        error(range)
    }

    fn cannot_compare(&mut self, left: &Expr, right: &Expr, range: Range) -> Expr {
        let at = self.at(range);
        let (one, other) = (words::describe(&left.ty), words::describe(&right.ty));
        let finding =
            Finding::new(codes::OPERANDS, at, format!("{one} can't be compared with {other}"));
        let has = |test: fn(&Type) -> bool| test(&left.ty) || test(&right.ty);
        let help = if has(|ty| matches!(ty, Type::MultiList(_))) {
            "write `… contains \"value\"`"
        } else if has(|ty| matches!(ty, Type::List(_))) {
            "compare a list with one of its values in quotes, or make it free text with `| text`"
        } else if matches!(left.ty, Type::Number { .. })
            && matches!(right.kind, ExprKind::Literal(Literal::Text(_)))
        {
            "write the number without quotes"
        } else if has(|ty| matches!(ty, Type::Date | Type::DateTime | Type::Time)) {
            "compare it with one of the same kind: a date is written `\"2026-11-22\"`, and `now | date in \"Europe/Berlin\"` is today"
        } else {
            "compare values of one type"
        };
        self.report(finding.help(help));
        error(range)
    }

    fn ordered(&mut self, op: BinaryOp, left: Expr, right: Expr, range: Range) -> Expr {
        let has_order = |ty: &Type| {
            matches!(
                ty,
                Type::Number { .. }
                    | Type::Date
                    | Type::DateTime
                    | Type::Time
                    | Type::Duration
                    | Type::Error
            )
        };
        for side in [&left, &right] {
            if !has_order(&side.ty) {
                let at = self.at(side.range);
                let what = words::describe(&side.ty);
                let is_quoted_number = matches!(&side.kind, ExprKind::Literal(Literal::Text(text))
                    if rust_decimal::Decimal::from_str_exact(text).is_ok());
                let help = if is_quoted_number {
                    "write the number without quotes"
                } else {
                    "only numbers, dates and times are smaller or larger"
                };
                let finding = Finding::new(codes::OPERANDS, at, format!("{what} has no order"));
                self.report(finding.help(help));
                return error(range);
            }
        }
        if !comparable(&left.ty, &right.ty) {
            return self.cannot_compare(&left, &right, range);
        }
        made(ExprKind::Binary(op, Box::new(left), Box::new(right)), Type::Bool, range)
    }

    fn arithmetic(&mut self, op: BinaryOp, left: Expr, right: Expr, range: Range) -> Expr {
        if [&left, &right].iter().any(|side| is_temporal(&side.ty)) {
            return self.moments(op, left, right, range);
        }
        for side in [&left, &right] {
            if !matches!(side.ty, Type::Number { .. } | Type::Error) {
                let at = self.at(side.range);
                let what = words::describe(&side.ty);
                let finding =
                    Finding::new(codes::OPERANDS, at, format!("{what} can't be calculated with"));
                self.report(if op == BinaryOp::Add && assign::is_textual(&side.ty) {
                    let (left, right) = (self.in_a_text(&left), self.in_a_text(&right));
                    // Words that stand beside each other need something between them.
                    let is_word = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
                    let words = is_word(left.chars().next_back()) && is_word(right.chars().next());
                    let between = if words { " " } else { "" };
                    let one = format!("\"{left}{between}{right}\"");
                    finding.help(format!("put texts together in one: `{one}`"))
                } else {
                    finding.help("calculate with numbers only")
                });
                return error(range);
            }
        }
        let ty = result_digits(op, &left.ty, &right.ty);
        made(ExprKind::Binary(op, Box::new(left), Box::new(right)), ty, range)
    }

    /// An operand as a part of a text in quotes.
    fn in_a_text(&self, operand: &Expr) -> String {
        match &operand.kind {
            ExprKind::Attr(attr) => format!("{{{}}}", self.scope.attribute(*attr).path()),
            ExprKind::Literal(Literal::Text(text))
                if text.chars().count() <= LETTERS_SHOWN && !text.contains(['"', '{', '\n']) =>
            {
                text.clone()
            }
            ExprKind::Literal(Literal::Text(_)) | ExprKind::Template(_) => "…".to_owned(),
            _ => "{…}".to_owned(),
        }
    }

    /// Days, instants and spans of time.
    fn moments(&mut self, op: BinaryOp, left: Expr, right: Expr, range: Range) -> Expr {
        let ty = match (op, &left.ty, &right.ty) {
            (_, Type::Error, _) | (_, _, Type::Error) => return error(range),
            (BinaryOp::Add | BinaryOp::Subtract, Type::Date, Type::Duration) => {
                if !is_days(&right) {
                    return self.moved_by_no_days(&right, range);
                }
                Type::Date
            }
            (
                BinaryOp::Add | BinaryOp::Subtract,
                ty @ (Type::DateTime | Type::Duration),
                Type::Duration,
            ) => ty.clone(),
            (BinaryOp::Subtract, Type::Date, Type::Date)
            | (BinaryOp::Subtract, Type::DateTime, Type::DateTime) => Type::Duration,
            _ => return self.no_such_moment(op, &left, &right, range),
        };
        made(ExprKind::Binary(op, Box::new(left), Box::new(right)), ty, range)
    }

    fn moved_by_no_days(&mut self, by: &Expr, range: Range) -> Expr {
        let at = self.at(by.range);
        self.report(
            Finding::new(codes::OPERANDS, at, "a date moves by whole days")
                .label("this may be part of a day")
                .help("write `7d`, or make it an instant first: `| datetime in \"Europe/Berlin\"`"),
        );
        error(range)
    }

    fn no_such_moment(&mut self, op: BinaryOp, left: &Expr, right: &Expr, range: Range) -> Expr {
        let at = self.at(range);
        let (one, other) = (words::describe(&left.ty), words::describe(&right.ty));
        let message = match op {
            BinaryOp::Add => format!("{other} can't be added to {one}"),
            BinaryOp::Subtract => format!("{other} can't be taken from {one}"),
            _ => format!("{one} and {other} can't be multiplied or divided"),
        };
        let help = match (&left.ty, &right.ty) {
            (Type::Date, Type::DateTime) | (Type::DateTime, Type::Date) => {
                "make the instant a day first, which takes a time zone: `now | date in \"Europe/Berlin\"`"
            }
            (_, Type::Number { .. }) => "write a span of time, such as `3d`, `2h` or `15m`",
            _ => {
                "a span of time can be added to a date, an instant or another span; two dates, or two instants, have a span between them"
            }
        };
        self.report(Finding::new(codes::OPERANDS, at, message).help(help));
        error(range)
    }

    fn containment(&mut self, left: Expr, right: Expr, range: Range) -> Expr {
        match (&left.ty, &right.ty) {
            (Type::Error, _) | (_, Type::Error) => return error(range),
            (Type::MultiList(one), Type::List(other)) if !lists::meet(one, other) => {
                let (one, other) = (Arc::clone(one), Arc::clone(other));
                return self.never_equal(&one, &other, range);
            }
            (Type::MultiList(_), Type::List(_)) => {}
            _ if self.is_text(&left) & self.is_text(&right) => {}
            _ => return error(range),
        }
        let kind = ExprKind::Binary(BinaryOp::Contains, Box::new(left), Box::new(right));
        made(kind, Type::Bool, range)
    }

    /// Whether an operand is free text; reports another.
    fn is_text(&mut self, operand: &Expr) -> bool {
        if matches!(
            operand.ty,
            Type::Text(_) | Type::Email(_) | Type::Phone(_) | Type::Url(_) | Type::Error
        ) {
            return true;
        }
        let at = self.at(operand.range);
        let what = words::describe(&operand.ty);
        let finding = Finding::new(codes::OPERANDS, at, format!("{what} is not free text"));
        self.report(match &operand.ty {
            Type::List(_) => {
                finding.help("compare it with `==`, or with several values: `in [\"…\", \"…\"]`")
            }
            _ => finding.help("`| text` makes a text of any value"),
        });
        false
    }

    fn pattern_match(&mut self, left: &ast::Expr, right: &ast::Expr, range: Range) -> Expr {
        let left = self.infer(left);
        let is_text = self.is_text(&left);
        let pattern = self.infer(right);
        let at = self.at(right.range);
        let ExprKind::Literal(Literal::Text(text)) = &pattern.kind else {
            if pattern.ty != Type::Error {
                let message = "a pattern must be a fixed text";
                self.report(
                    Finding::new(codes::BAD_PATTERN, at, message)
                        .help("write it in single quotes, such as `'[0-9]{6}'`"),
                );
            }
            return error(range);
        };
        let valid = crate::lower::regex_at(text, at);
        if !self.passes(valid) || !is_text {
            return error(range);
        }
        let kind = ExprKind::Binary(BinaryOp::Matches, Box::new(left), Box::new(pattern));
        made(kind, Type::Bool, range)
    }

    pub(super) fn membership(
        &mut self,
        operand: &ast::Expr,
        values: &[ast::Expr],
        range: Range,
    ) -> Expr {
        let operand = self.infer(operand);
        let place = place_name(self.scope, &operand);
        if let Type::MultiList(_) = operand.ty {
            let at = self.at(operand.range);
            let what = words::describe(&operand.ty);
            self.report(
                Finding::new(codes::OPERANDS, at, format!("{what} can't be one of some values"))
                    .help("write `… contains \"value\" or … contains \"value\"`"),
            );
            return error(range);
        }
        let mut literals = Vec::new();
        let mut whole = true;
        for value in values {
            let at = self.at(value.range);
            match literal::read(value) {
                Read::Literal(literal) => {
                    let fits = literal::fit(&literal, at, &unbounded(&operand.ty), &place);
                    whole &= self.passes(fits);
                    literals.push(literal);
                }
                _ => {
                    whole = false;
                    if let Err(Some(finding)) = literal::expect(value, at) {
                        self.report(*finding);
                    }
                }
            }
        }
        if !whole || operand.ty == Type::Error {
            return error(range);
        }
        made(ExprKind::In(Box::new(operand), literals), Type::Bool, range)
    }
}

impl Lowering<'_> {
    /// `now in office`
    pub(super) fn in_hours(
        &mut self,
        instant: &ast::Expr,
        hours: &ast::Name,
        range: Range,
    ) -> Expr {
        let instant = self.infer(instant);
        self.uses(Query::Hours(hours.text.clone()));
        let scope = self.scope;
        let known = scope.hours.contains_key(&hours.text);
        if !matches!(instant.ty, Type::DateTime | Type::Error) {
            let what = words::describe(&instant.ty);
            let at = self.at(if known { instant.range } else { hours.range });
            let finding = Finding::new(codes::OPERANDS, at, format!("{what} lies in no hours"));
            self.report(finding.help(
                "compare it with a list, `in [\"a\", \"b\"]`; `now in office` asks whether it is open",
            ));
            return error(range);
        }
        let Some(id) = self.named(hours, &scope.hours, "hours") else { return error(range) };
        if instant.ty == Type::Error {
            return error(range);
        }
        made(ExprKind::InHours(Box::new(instant), id), Type::Bool, range)
    }
}

fn is_temporal(ty: &Type) -> bool {
    matches!(ty, Type::Date | Type::DateTime | Type::Time | Type::Duration)
}

/// Whether a span of time is surely one of whole days.
fn is_days(span: &Expr) -> bool {
    const DAY: u64 = 24 * 60 * 60 * 1000;
    match &span.kind {
        ExprKind::Literal(Literal::Duration(millis)) => millis % DAY == 0,
        ExprKind::Binary(BinaryOp::Subtract, left, right) => {
            (left.ty == Type::Date && right.ty == Type::Date) || (is_days(left) && is_days(right))
        }
        ExprKind::Binary(BinaryOp::Add, left, right) => is_days(left) && is_days(right),
        ExprKind::If(_, yes, no) => is_days(yes) && is_days(no),
        _ => false,
    }
}

/// The type without the bounds that only matter where a value is stored.
fn unbounded(ty: &Type) -> Type {
    match ty {
        Type::Number { .. } => Type::Number { precision: 56, scale: 28 },
        other => other.clone(),
    }
}

/// Whether `==` may stand between the types.
fn comparable(one: &Type, other: &Type) -> bool {
    let free_text = |ty: &Type| {
        matches!(ty, Type::Text(_) | Type::Email(_) | Type::Phone(_) | Type::Url(_) | Type::Id(_))
    };
    match (one, other) {
        (Type::Error, _) | (_, Type::Error) => true,
        (Type::Number { .. }, Type::Number { .. }) => true,
        (one, other) if free_text(one) && free_text(other) => true,
        (Type::Opaque, _) | (_, Type::Opaque) => false,
        (one, other) => one == other,
    }
}

/// Digits of a result. A carry into one more digit is left to the engine, which counts exactly;
/// a quotient may have any digits behind the point and must be rounded to be stored.
fn result_digits(op: BinaryOp, left: &Type, right: &Type) -> Type {
    const MOST: u32 = 28;
    let (
        Type::Number { precision, scale },
        Type::Number { precision: its_precision, scale: its_scale },
    ) = (left, right)
    else {
        return Type::Error;
    };
    let whole = precision.saturating_sub(*scale);
    let its_whole = its_precision.saturating_sub(*its_scale);
    let (whole, scale) = match op {
        BinaryOp::Multiply => (whole + its_whole, scale + its_scale),
        BinaryOp::Divide => (whole + its_scale, MOST.saturating_sub(whole)),
        _ => (whole.max(its_whole), *scale.max(its_scale)),
    };
    let scale = scale.min(MOST);
    Type::Number { precision: whole.min(MOST - scale) + scale, scale }
}

//! Expressions, times and attributes in plain English, for people who read no code.

use rust_decimal::Decimal;

use crate::hir::{
    AttrId, Attribute, Expr, ExprKind, HoursId, ListType, Literal, Pipe, Program, Space,
    TemplatePart, Type,
};
use crate::resolve::session::SPOKEN;
use crate::syntax::ast::BinaryOp;

/// A text of the program's or the org's, as it is quoted in a sentence.
pub(super) fn quoted(text: &str) -> String {
    format!("“{}”", text.trim())
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(parts: &[String], word: &str) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}

/// Whether a label is no noun but what the customer reads: `Your name`, `How did we do?`.
fn speaks_to_the_customer(label: &str) -> bool {
    let first = label.split_whitespace().next().unwrap_or_default();
    label.ends_with('?') || matches!(first, "Your" | "My" | "Our")
}

/// `1 question`, `2 questions`.
pub(super) fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// A span of time: `5 minutes`, `1 hour and 30 minutes`.
pub(super) fn time(millis: u64) -> String {
    const UNITS: [(u64, &str); 5] = [
        (86_400_000, "day"),
        (3_600_000, "hour"),
        (60_000, "minute"),
        (1_000, "second"),
        (1, "millisecond"),
    ];
    let mut rest = millis;
    let mut parts = Vec::new();
    for (size, unit) in UNITS {
        if rest >= size {
            parts.push(counted(rest / size, unit));
            rest %= size;
        }
    }
    if parts.is_empty() { "no time".to_owned() } else { listed(&parts, "and") }
}

/// A list value by what Salesforce users see for it.
pub(super) fn list_value(list: &ListType, value: &str) -> String {
    let known = list.values.iter().find(|one| one.value == value);
    quoted(known.map_or(value, |one| &one.label))
}

/// What says expressions of one program.
#[derive(Clone, Copy)]
pub(super) struct Words<'p> {
    pub(super) program: &'p Program,
}

impl<'p> Words<'p> {
    pub(super) fn attribute(self, attr: AttrId) -> Option<&'p Attribute> {
        self.program.attributes.get(attr.0 as usize)
    }

    /// An attribute by what people read for it: `the person's Customer Tier`, `Refund amount`.
    pub(super) fn name(self, attr: AttrId) -> String {
        let Some(attribute) = self.attribute(attr) else { return "?".to_owned() };
        match attribute.space {
            Space::Person => format!("the person's {}", attribute.label),
            Space::Conversation if speaks_to_the_customer(&attribute.label) => {
                quoted(&attribute.label)
            }
            Space::Conversation => format!("the {}", attribute.label),
            Space::Session => format!("the Messenger's “{}”", attribute.label),
            Space::Let => format!("the remembered “{}”", attribute.name),
        }
    }

    /// A literal of a type.
    pub(super) fn literal(self, literal: &Literal, ty: &Type) -> String {
        match (literal, ty) {
            (Literal::Text(value), Type::List(list) | Type::MultiList(list)) => {
                list_value(list, value)
            }
            (Literal::Text(text), _) if text.trim().is_empty() => "nothing".to_owned(),
            (Literal::Text(text), _) => quoted(text),
            (Literal::Number(number), _) => plain(*number),
            (Literal::Bool(yes), _) => if *yes { "yes" } else { "no" }.to_owned(),
            (Literal::Duration(millis), _) => time(*millis),
        }
    }

    /// A value as a noun.
    pub(super) fn value(self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Literal(literal) => self.literal(literal, &expr.ty),
            ExprKind::Blank => "nothing".to_owned(),
            ExprKind::Now => "the time then".to_owned(),
            ExprKind::Attr(attr) => self.name(*attr),
            ExprKind::Template(parts) => self.template(parts),
            ExprKind::Pipe(pipe, operand) => self.piped(pipe, operand),
            ExprKind::Reveal(operand, reason) => {
                format!("{}, revealed because {}", self.part(operand), quoted(reason))
            }
            ExprKind::If(..) if let Some(spoken) = self.in_languages(expr) => spoken,
            ExprKind::If(condition, yes, no) => {
                let condition = self.condition(condition);
                format!("{} if {condition}, otherwise {}", self.part(yes), self.part(no))
            }
            ExprKind::Binary(BinaryOp::OrElse, left, right) => {
                format!("{}, or {} where that is blank", self.value(left), self.part(right))
            }
            ExprKind::Binary(op, left, right) => match arithmetic(*op) {
                Some(word) => format!("{} {word} {}", self.part(left), self.part(right)),
                None => format!("whether {}", self.condition(expr)),
            },
            ExprKind::PersonVerified
            | ExprKind::PersonKnown
            | ExprKind::Not(_)
            | ExprKind::IsBlank(_)
            | ExprKind::In(..)
            | ExprKind::InHours(..) => format!("whether {}", self.condition(expr)),
            ExprKind::Unknown => "whatever Salesforce puts there".to_owned(),
            ExprKind::Error => "something that was not understood".to_owned(),
        }
    }

    /// A text in the languages of the project: what it is in the first, and in the others.
    fn in_languages(self, expr: &Expr) -> Option<String> {
        let mut said = Vec::new();
        let mut rest = expr;
        while let ExprKind::If(condition, text, others) = &rest.kind {
            let ExprKind::Binary(BinaryOp::Equal, attr, language) = &condition.kind else { break };
            let (ExprKind::Attr(attr), ExprKind::Literal(Literal::Text(language))) =
                (&attr.kind, &language.kind)
            else {
                break;
            };
            let attribute = self.attribute(*attr)?;
            if attribute.space != Space::Session || attribute.name != SPOKEN {
                break;
            }
            said.push(format!("in “{language}” {}", self.value(text)));
            rest = others;
        }
        if said.is_empty() {
            return None;
        }
        said.push(self.value(rest));
        said.reverse();
        Some(said.join(", "))
    }

    /// A value within another one: in parentheses where it is more than a name.
    fn part(self, expr: &Expr) -> String {
        let one = self.value(expr);
        let several = matches!(
            &expr.kind,
            ExprKind::If(..) | ExprKind::Binary(..) | ExprKind::Not(_) | ExprKind::In(..)
        );
        if several { format!("({one})") } else { one }
    }

    fn template(self, parts: &[TemplatePart]) -> String {
        let parts: String = parts
            .iter()
            .map(|part| match part {
                TemplatePart::Text(text) => text.clone(),
                TemplatePart::Hole(hole) => format!("[{}]", self.value(hole)),
            })
            .collect();
        quoted(&parts)
    }

    fn piped(self, pipe: &Pipe, operand: &Expr) -> String {
        let one = self.part(operand);
        match pipe {
            Pipe::Lower => format!("{one} in small letters"),
            Pipe::Upper => format!("{one} in capitals"),
            Pipe::Trim | Pipe::Text | Pipe::Label => one,
            Pipe::First(count) => format!("the first {} of {one}", characters(*count)),
            Pipe::Last(count) => format!("the last {} of {one}", characters(*count)),
            Pipe::Mask => format!("{one}, hidden but for its last characters"),
            Pipe::Round(0) => format!("{one} rounded to a whole number"),
            Pipe::Round(digits) => {
                format!("{one} rounded to {}", counted(u64::from(*digits), "decimal place"))
            }
            Pipe::DateIn(zone) => format!("the day that {one} is in {zone}"),
            Pipe::TimeIn(zone) => format!("the time of day that {one} is in {zone}"),
            Pipe::DateTimeIn(zone) => format!("the beginning of {one} in {zone}"),
        }
    }

    /// A text that is said: in quotes, with what is filled in between brackets.
    pub(super) fn text(self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Template(_) | ExprKind::Literal(Literal::Text(_)) => self.value(expr),
            _ => match self.in_languages(expr) {
                Some(spoken) => spoken,
                None => quoted(&format!("[{}]", self.value(expr))),
            },
        }
    }

    /// A condition as a clause: `the person's Customer Tier is “Gold”`.
    pub(super) fn condition(self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::PersonVerified => "the visitor has signed in".to_owned(),
            ExprKind::PersonKnown => "the visitor is known in Salesforce".to_owned(),
            ExprKind::Not(operand) => self.negated(operand),
            ExprKind::IsBlank(operand) => format!("{} is blank", self.part(operand)),
            ExprKind::In(operand, values) => {
                let values: Vec<String> =
                    values.iter().map(|value| self.literal(value, &operand.ty)).collect();
                format!("{} is {}", self.part(operand), listed(&values, "or"))
            }
            ExprKind::InHours(instant, hours) => self.open(instant, *hours, "is open"),
            ExprKind::Binary(op, left, right) => self.compared(*op, left, right),
            ExprKind::Literal(Literal::Bool(yes)) => {
                if *yes { "in any case" } else { "never" }.to_owned()
            }
            _ => format!("{} is yes", self.part(expr)),
        }
    }

    fn open(self, instant: &Expr, hours: HoursId, is: &str) -> String {
        let hours = self.program.hours.get(hours.0 as usize);
        let name = hours.map_or("?", |its| its.name.as_str());
        match instant.kind {
            ExprKind::Now => format!("{} {is}", quoted(name)),
            _ => format!("{} {is} at {}", quoted(name), self.part(instant)),
        }
    }

    fn negated(self, operand: &Expr) -> String {
        match &operand.kind {
            ExprKind::PersonVerified => "the visitor has not signed in".to_owned(),
            ExprKind::PersonKnown => "the visitor is not known in Salesforce".to_owned(),
            ExprKind::InHours(instant, hours) => self.open(instant, *hours, "is not open"),
            ExprKind::IsBlank(inner) => format!("{} is filled in", self.part(inner)),
            ExprKind::Attr(_) => format!("{} is not yes", self.part(operand)),
            ExprKind::Not(inner) => self.condition(inner),
            _ => format!("it is not so that {}", self.condition(operand)),
        }
    }

    fn compared(self, op: BinaryOp, left: &Expr, right: &Expr) -> String {
        let word = match op {
            BinaryOp::And | BinaryOp::Or => return self.joined(op, left, right),
            BinaryOp::Equal if matches!(right.kind, ExprKind::Blank) => {
                return format!("{} is blank", self.part(left));
            }
            BinaryOp::NotEqual if matches!(right.kind, ExprKind::Blank) => {
                return format!("{} is filled in", self.part(left));
            }
            BinaryOp::Equal => "is",
            BinaryOp::NotEqual => "is not",
            BinaryOp::Less if is_time(&left.ty) => "is before",
            BinaryOp::AtMost if is_time(&left.ty) => "is not after",
            BinaryOp::Greater if is_time(&left.ty) => "is after",
            BinaryOp::AtLeast if is_time(&left.ty) => "is not before",
            BinaryOp::Less => "is less than",
            BinaryOp::AtMost => "is at most",
            BinaryOp::Greater => "is more than",
            BinaryOp::AtLeast => "is at least",
            BinaryOp::Contains => "contains",
            BinaryOp::StartsWith => "begins with",
            BinaryOp::EndsWith => "ends with",
            BinaryOp::Matches => "has the form",
            BinaryOp::OrElse
            | BinaryOp::Add
            | BinaryOp::Subtract
            | BinaryOp::Multiply
            | BinaryOp::Divide => "gives yes with",
        };
        format!("{} {word} {}", self.part(left), self.part(right))
    }

    /// Clauses joined by `and` or by `or`; the other word within stands in parentheses.
    fn joined(self, op: BinaryOp, left: &Expr, right: &Expr) -> String {
        let word = if op == BinaryOp::And { "and" } else { "or" };
        let side = |side: &Expr| {
            let clause = self.condition(side);
            let other = matches!(&side.kind, ExprKind::Binary(BinaryOp::And | BinaryOp::Or, ..))
                && !matches!(&side.kind, ExprKind::Binary(same, ..) if *same == op);
            if other { format!("({clause})") } else { clause }
        };
        format!("{} {word} {}", side(left), side(right))
    }
}

/// A number with groups of three digits, and no zeros that say nothing.
pub(super) fn plain(number: Decimal) -> String {
    let text = number.normalize().to_string();
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), None), |(a, b)| (a, Some(b)));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && digits.len() > 4 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let rest = rest.map(|rest| format!(".{rest}")).unwrap_or_default();
    format!("{sign}{grouped}{rest}")
}

fn characters(count: u32) -> String {
    counted(u64::from(count), "character")
}

fn is_time(ty: &Type) -> bool {
    matches!(ty, Type::Date | Type::DateTime | Type::Time)
}

fn arithmetic(op: BinaryOp) -> Option<&'static str> {
    match op {
        BinaryOp::Add => Some("plus"),
        BinaryOp::Subtract => Some("minus"),
        BinaryOp::Multiply => Some("times"),
        BinaryOp::Divide => Some("divided by"),
        _ => None,
    }
}

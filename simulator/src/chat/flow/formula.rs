//! Formulas, as far as routing flows use them.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::value::Held;

/// A formula that has been read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Formula {
    root: Expression,
}

#[derive(Debug, Clone, PartialEq)]
enum Expression {
    Literal(Held),
    Reference(String),
    Call(Function, Vec<Expression>),
    Binary(&'static str, Box<(Expression, Expression)>),
    Minus(Box<Expression>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Function {
    And,
    Begins,
    BlankValue,
    Case,
    Contains,
    If,
    IsBlank,
    IsPickVal,
    Left,
    Len,
    Lower,
    Mid,
    Not,
    Or,
    Right,
    Substitute,
    Text,
    Trim,
    Upper,
    Value,
}

/// Each function with the number of arguments that it takes.
const FUNCTIONS: [(&str, Function, usize, usize); 22] = [
    ("AND", Function::And, 1, 99),
    ("BEGINS", Function::Begins, 2, 2),
    ("BLANKVALUE", Function::BlankValue, 2, 2),
    ("CASE", Function::Case, 4, 99),
    ("CONTAINS", Function::Contains, 2, 2),
    ("IF", Function::If, 3, 3),
    ("ISBLANK", Function::IsBlank, 1, 1),
    ("ISNULL", Function::IsBlank, 1, 1),
    ("ISPICKVAL", Function::IsPickVal, 2, 2),
    ("LEFT", Function::Left, 2, 2),
    ("LEN", Function::Len, 1, 1),
    ("LOWER", Function::Lower, 1, 1),
    ("MID", Function::Mid, 3, 3),
    ("NOT", Function::Not, 1, 1),
    ("NULLVALUE", Function::BlankValue, 2, 2),
    ("OR", Function::Or, 1, 99),
    ("RIGHT", Function::Right, 2, 2),
    ("SUBSTITUTE", Function::Substitute, 3, 3),
    ("TEXT", Function::Text, 1, 1),
    ("TRIM", Function::Trim, 1, 1),
    ("UPPER", Function::Upper, 1, 1),
    ("VALUE", Function::Value, 1, 1),
];

/// Operators, those that bind least first.
const LEVELS: [&[&str]; 5] = [
    &["||"],
    &["&&"],
    &["<>", "!=", "==", "<=", ">=", "<", ">", "="],
    &["+", "-", "&"],
    &["*", "/"],
];
const DEEPEST: usize = 50;

/// Reads a formula.
pub(super) fn parse(text: &str) -> Result<Formula, String> {
    let mut parser = Parser { rest: text.trim(), depth: 0 };
    let root = parser.level(0)?;
    if parser.rest.is_empty() {
        Ok(Formula { root })
    } else {
        Err(format!("`{}` was not expected", parser.rest))
    }
}

struct Parser<'t> {
    rest: &'t str,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn level(&mut self, level: usize) -> Result<Expression, String> {
        let Some(operators) = LEVELS.get(level) else { return self.operand() };
        let mut left = self.level(level + 1)?;
        while let Some(operator) = self.operator(operators) {
            let right = self.level(level + 1)?;
            left = Expression::Binary(operator, Box::new((left, right)));
        }
        Ok(left)
    }

    fn operator(&mut self, among: &[&'static str]) -> Option<&'static str> {
        let found = among.iter().find(|operator| self.rest.starts_with(**operator))?;
        // A single sign is not the beginning of a double one.
        let doubled = *found == "&" && self.rest.starts_with("&&");
        if doubled {
            return None;
        }
        self.skip(found.len());
        Some(found)
    }

    fn operand(&mut self) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("it is nested too deeply".to_owned());
        }
        let operand = self.unbounded_operand();
        self.depth -= 1;
        operand
    }

    fn unbounded_operand(&mut self) -> Result<Expression, String> {
        let first = self.rest.chars().next().ok_or("it ends too early")?;
        match first {
            '(' => {
                self.skip(1);
                let inner = self.level(0)?;
                self.expect(")")?;
                Ok(inner)
            }
            '-' => {
                self.skip(1);
                Ok(Expression::Minus(Box::new(self.operand()?)))
            }
            '"' | '\'' => self.text(first),
            '{' => self.reference(),
            _ if first.is_ascii_digit() => self.number(),
            _ if first.is_ascii_alphabetic() => self.word(),
            other => Err(format!("`{other}` was not expected")),
        }
    }

    fn text(&mut self, quote: char) -> Result<Expression, String> {
        let mut text = String::new();
        let mut characters = self.rest.char_indices().skip(1);
        while let Some((at, character)) = characters.next() {
            match character {
                '\\' => text.extend(characters.next().map(|(_, escaped)| escaped)),
                end if end == quote => {
                    self.skip(at + 1);
                    return Ok(Expression::Literal(Held::Text(text)));
                }
                other => text.push(other),
            }
        }
        Err("a text has no end".to_owned())
    }

    fn reference(&mut self) -> Result<Expression, String> {
        let inner = self.rest.strip_prefix("{!").and_then(|rest| rest.split_once('}'));
        let (name, _) = inner.ok_or("`{!name}` was expected")?;
        self.skip(name.len() + 3);
        Ok(Expression::Reference(name.trim().to_owned()))
    }

    fn number(&mut self) -> Result<Expression, String> {
        let end = self.rest.find(|it: char| !it.is_ascii_digit() && it != '.');
        let text = &self.rest[..end.unwrap_or(self.rest.len())];
        let number = text.parse().map_err(|_| format!("`{text}` is no number"))?;
        self.skip(text.len());
        Ok(Expression::Literal(Held::Number(number)))
    }

    fn word(&mut self) -> Result<Expression, String> {
        let end = self.rest.find(|it: char| !it.is_ascii_alphanumeric() && it != '_');
        let word = &self.rest[..end.unwrap_or(self.rest.len())];
        self.skip(word.len());
        let literal = match word.to_ascii_uppercase().as_str() {
            "TRUE" => Some(Held::Flag(true)),
            "FALSE" => Some(Held::Flag(false)),
            "NULL" => Some(Held::Blank),
            _ => None,
        };
        if let Some(literal) = literal {
            return Ok(Expression::Literal(literal));
        }
        let known = FUNCTIONS.iter().find(|(name, ..)| name.eq_ignore_ascii_case(word));
        let (name, function, least, most) =
            known.ok_or_else(|| format!("the local org does not know the function `{word}`"))?;
        self.expect("(")?;
        let mut arguments = Vec::new();
        while !self.rest.starts_with(')') {
            if !arguments.is_empty() {
                self.expect(",")?;
            }
            arguments.push(self.level(0)?);
        }
        self.expect(")")?;
        if !(*least..=*most).contains(&arguments.len()) {
            return Err(format!("`{name}` takes another number of values"));
        }
        Ok(Expression::Call(*function, arguments))
    }

    fn expect(&mut self, sign: &str) -> Result<(), String> {
        if self.rest.starts_with(sign) {
            self.skip(sign.len());
            return Ok(());
        }
        Err(format!("`{sign}` was expected at `{}`", self.rest))
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default().trim_start();
    }
}

impl Formula {
    /// What it refers to.
    pub(super) fn references(&self) -> Vec<&str> {
        let mut found = Vec::new();
        collect(&self.root, &mut found);
        found
    }

    /// What it comes to.
    pub(super) fn value(&self, of: &impl Fn(&str) -> Held) -> Held {
        evaluate(&self.root, of)
    }
}

fn collect<'e>(expression: &'e Expression, found: &mut Vec<&'e str>) {
    match expression {
        Expression::Literal(_) => {}
        Expression::Reference(name) => found.push(name),
        Expression::Call(_, arguments) => arguments.iter().for_each(|it| collect(it, found)),
        Expression::Binary(_, both) => {
            collect(&both.0, found);
            collect(&both.1, found);
        }
        Expression::Minus(inner) => collect(inner, found),
    }
}

fn evaluate(expression: &Expression, of: &impl Fn(&str) -> Held) -> Held {
    match expression {
        Expression::Literal(held) => held.clone(),
        Expression::Reference(name) => of(name),
        Expression::Minus(inner) => {
            evaluate(inner, of).number().map_or(Held::Blank, |number| Held::Number(-number))
        }
        Expression::Binary(operator, both) => {
            binary(operator, &evaluate(&both.0, of), &evaluate(&both.1, of))
        }
        Expression::Call(function, arguments) => call(*function, arguments, of),
    }
}

fn binary(operator: &str, left: &Held, right: &Held) -> Held {
    let number = |result: Option<Decimal>| result.map_or(Held::Blank, Held::Number);
    let numbers = || left.number().zip(right.number());
    let order = |fits: fn(Ordering) -> bool| Held::Flag(left.order(right).is_some_and(fits));
    match operator {
        "||" => Held::Flag(left.is_true() || right.is_true()),
        "&&" => Held::Flag(left.is_true() && right.is_true()),
        "=" | "==" => Held::Flag(left.same(right)),
        "<>" | "!=" => Held::Flag(!left.same(right)),
        "<" => order(Ordering::is_lt),
        "<=" => order(Ordering::is_le),
        ">" => order(Ordering::is_gt),
        ">=" => order(Ordering::is_ge),
        "+" => match (left, right) {
            (Held::Number(left), Held::Number(right)) => number(left.checked_add(*right)),
            _ => Held::Text(left.text() + &right.text()),
        },
        "&" => Held::Text(left.text() + &right.text()),
        "-" => number(numbers().and_then(|(left, right)| left.checked_sub(right))),
        "*" => number(numbers().and_then(|(left, right)| left.checked_mul(right))),
        _ => number(numbers().and_then(|(left, right)| left.checked_div(right))),
    }
}

fn call(function: Function, arguments: &[Expression], of: &impl Fn(&str) -> Held) -> Held {
    let value = |at: usize| arguments.get(at).map(|it| evaluate(it, of)).unwrap_or_default();
    let text = |at: usize| value(at).text();
    let count = |at: usize| {
        let number = value(at).number().unwrap_or_default();
        usize::try_from(number.trunc().mantissa()).unwrap_or_default()
    };
    match function {
        Function::And => Held::Flag((0..arguments.len()).all(|at| value(at).is_true())),
        Function::Or => Held::Flag((0..arguments.len()).any(|at| value(at).is_true())),
        Function::Not => Held::Flag(!value(0).is_true()),
        Function::If => value(if value(0).is_true() { 1 } else { 2 }),
        Function::IsBlank => Held::Flag(value(0).is_blank()),
        Function::BlankValue => match value(0) {
            blank if blank.is_blank() => value(1),
            other => other,
        },
        Function::IsPickVal => Held::Flag(value(0).same(&value(1))),
        Function::Case => {
            let wanted = value(0);
            let pairs = (1..arguments.len() - 1).step_by(2);
            let fitting = pairs.into_iter().find(|at| value(*at).same(&wanted));
            value(fitting.map_or(arguments.len() - 1, |at| at + 1))
        }
        Function::Begins => Held::Flag(text(0).starts_with(&text(1))),
        Function::Contains => Held::Flag(text(0).contains(&text(1))),
        Function::Left => Held::Text(text(0).chars().take(count(1)).collect()),
        Function::Right => {
            let (text, wanted) = (text(0), count(1));
            let skipped = text.chars().count().saturating_sub(wanted);
            Held::Text(text.chars().skip(skipped).collect())
        }
        Function::Mid => {
            let first = count(1).saturating_sub(1);
            Held::Text(text(0).chars().skip(first).take(count(2)).collect())
        }
        Function::Len => Held::Number(Decimal::from(text(0).chars().count())),
        Function::Lower => Held::Text(text(0).to_lowercase()),
        Function::Upper => Held::Text(text(0).to_uppercase()),
        Function::Trim => Held::Text(text(0).trim().to_owned()),
        Function::Text => Held::Text(text(0)),
        Function::Value => value(0).number().map_or(Held::Blank, Held::Number),
        Function::Substitute => Held::Text(text(0).replace(&text(1), &text(2))),
    }
}

#[cfg(test)]
mod tests {
    use super::{Held, parse};

    fn value(text: &str) -> Result<String, String> {
        let of = |name: &str| match name {
            "topic" => Held::Text("billing".to_owned()),
            "record.Count" => Held::Number(3.into()),
            _ => Held::Blank,
        };
        parse(text).map(|formula| formula.value(&of).text())
    }

    #[test]
    fn formulas_come_to_their_values() {
        for (text, expected) in [
            ("BLANKVALUE({!topic}, {!record.Topic__c})", "billing"),
            ("BLANKVALUE({!other}, \"none\")", "none"),
            ("IF({!record.Count} >= 3 && NOT(ISBLANK({!topic})), 'many', 'few')", "many"),
            ("\"Chat: \" & UPPER(LEFT({!topic}, 4)) + \" \\\"x\\\"\"", "Chat: BILL \"x\""),
            ("1 + 2 * 3 - -4", "11"),
            ("(1 + 2) * {!record.Count} = 9 || false", "true"),
            ("CASE({!topic}, \"a\", \"1\", \"billing\", \"2\", \"3\")", "2"),
            ("CASE({!other}, \"a\", \"1\", \"3\")", "3"),
            ("TEXT(LEN(TRIM(\"  ab \")))", "2"),
            ("MID(\"abcdef\", 2, 3) & RIGHT(\"xyz\", 1)", "bcdz"),
            ("{!other} = \"\"", "true"),
            ("1 / 0", ""),
        ] {
            assert_eq!(value(text).as_deref(), Ok(expected), "{text}");
        }
        for text in ["", "IF(1)", "REGEX({!a}, \"x\")", "\"open", "{!a", "1 +", "(1", "a b", "1 2"]
        {
            assert!(value(text).is_err(), "{text}");
        }
        assert!(value(&"(".repeat(10_000)).is_err());
    }
}

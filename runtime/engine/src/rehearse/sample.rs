//! Values that a program may treat differently, and texts that a form takes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use regex_syntax::hir::{Class, Hir, HirKind};
use rust_decimal::Decimal;
use tidegate_plan::model::{AttrId, ConstId, Expr, ExprId, FormField, Input, Instruction, Space};
use tidegate_plan::value::{Value, ValueType};
use tidegate_plan::verify::VerifiedPlan;

use super::nearby::{Moment, any, moments};

/// Values at most that are tried for one attribute.
const TRIED: usize = 16;

/// For each attribute the values with which the program compares it, and those beside them.
#[derive(Debug, Clone, Default)]
pub(super) struct Interesting {
    values: BTreeMap<AttrId, BTreeSet<String>>,
    moments: BTreeMap<AttrId, BTreeSet<Moment>>,
}

impl Interesting {
    pub(super) fn of(plan: &VerifiedPlan) -> Self {
        let mut found = Self::default();
        for expr in &plan.expressions {
            if let Expr::Compare(_, left, right) = expr {
                found.around(plan, &[*left, *right]);
            }
            match expr {
                Expr::Compare(_, left, right)
                | Expr::Contains(left, right)
                | Expr::StartsWith(left, right)
                | Expr::EndsWith(left, right) => {
                    found.compare(plan, *left, *right);
                    found.compare(plan, *right, *left);
                }
                Expr::In(one, constants) => {
                    constants.iter().for_each(|id| found.add(plan, *one, *id));
                }
                Expr::Matches(one, pattern) => {
                    let pattern = plan.constants[pattern.index()].to_text().into_owned();
                    if let Some(text) = matching(&pattern) {
                        attributes(plan, *one).into_iter().for_each(|attr| {
                            found.values.entry(attr).or_default().insert(text.clone());
                        });
                    }
                }
                Expr::IsBlank(one) => found.plain(plan, *one),
                _ => {}
            }
        }
        for instruction in &plan.code {
            if let Instruction::Match { subject, arms, .. } = instruction {
                arms.iter().for_each(|(id, _)| found.add(plan, *subject, *id));
            }
        }
        found
    }

    /// With more values of an attribute.
    pub(super) fn try_also(&mut self, attr: AttrId, values: &[String]) {
        self.values.entry(attr).or_default().extend(values.iter().cloned());
    }

    /// Days and times of which a comparison may depend on which way it goes.
    fn around(&mut self, plan: &VerifiedPlan, sides: &[ExprId]) {
        let ids = sides.iter().flat_map(|side| constants(plan, *side));
        let known: Vec<&Value> = ids.map(|id| &plan.constants[id.index()]).collect();
        for attr in sides.iter().flat_map(|side| attributes(plan, *side)) {
            let ty = plan.attributes[attr.index()].ty;
            if matches!(ty, ValueType::Date | ValueType::DateTime | ValueType::Time) {
                self.moments.entry(attr).or_default().extend(moments(ty, &known));
            }
        }
    }

    /// Any value will do.
    fn plain(&mut self, plan: &VerifiedPlan, one: ExprId) {
        for attr in attributes(plan, one) {
            let attribute = &plan.attributes[attr.index()];
            let list = attribute.list.and_then(|list| plan.lists[list.index()].values.first());
            let plain = match (list, attribute.ty) {
                (Some(first), _) => first.value.as_str(),
                (None, ValueType::Text) => "text",
                (None, ValueType::Email) => "ada@example.com",
                (None, ValueType::Number) => "1",
                (None, ValueType::Bool) => "true",
                (None, ValueType::Date | ValueType::DateTime | ValueType::Time) => {
                    self.moments
                        .entry(attr)
                        .or_insert_with(|| BTreeSet::from([Moment::FromNow(0)]));
                    continue;
                }
                (None, ValueType::Id | ValueType::Duration | ValueType::Many) => continue,
            };
            self.values.entry(attr).or_insert_with(|| BTreeSet::from([plain.to_owned()]));
        }
    }

    fn compare(&mut self, plan: &VerifiedPlan, left: ExprId, right: ExprId) {
        constants(plan, right).into_iter().for_each(|id| self.add(plan, left, id));
    }

    fn add(&mut self, plan: &VerifiedPlan, left: ExprId, constant: ConstId) {
        for attr in attributes(plan, left) {
            let scale = plan.attributes[attr.index()].decimals.map_or(0, |(_, scale)| scale);
            let constant = &plan.constants[constant.index()];
            // A span of time is no value of an attribute.
            if constant.ty() == ValueType::Duration {
                continue;
            }
            let values = self.values.entry(attr).or_default();
            match constant {
                Value::Number(number) => {
                    let step = Decimal::new(1, scale.min(28));
                    let beside =
                        [number.checked_sub(step), Some(*number), number.checked_add(step)];
                    values.extend(beside.into_iter().flatten().map(|it| it.to_string()));
                }
                value => {
                    values.insert(value.to_text().into_owned());
                }
            }
        }
    }

    /// The attributes that the program compares.
    pub(super) fn all(&self) -> BTreeSet<AttrId> {
        self.values.keys().chain(self.moments.keys()).copied().collect()
    }

    /// Values of an attribute as text, days and times as they are seen from now.
    fn of_attribute(&self, plan: &VerifiedPlan, attr: AttrId, now: Timestamp) -> Vec<String> {
        let ty = plan.attributes[attr.index()].ty;
        let mut moments: Vec<&Moment> = self.moments.get(&attr).into_iter().flatten().collect();
        moments.sort_by_key(|moment| moment.distance());
        let moments = moments.into_iter().filter_map(|moment| moment.text(ty, now));
        self.values.get(&attr).into_iter().flatten().cloned().chain(moments).collect()
    }

    /// What a customer may type into a line of a form, right or wrong; what is plain comes first.
    pub(super) fn typed(
        &self,
        plan: &VerifiedPlan,
        line: &FormField,
        now: Timestamp,
    ) -> Vec<String> {
        let attribute = &plan.attributes[line.attr.index()];
        let mut texts: Vec<String> = Vec::new();
        let pattern = line.matches.as_ref().and_then(|(pattern, _)| matching(pattern));
        texts.extend(pattern);
        let limit =
            |id: Option<ConstId>| id.map(|id| plan.constants[id.index()].to_text().into_owned());
        match line.input {
            Input::Select | Input::SelectMany => {
                let list = attribute.list.map(|list| &plan.lists[list.index()].values);
                texts.extend(list.into_iter().flatten().map(|value| value.value.clone()));
                return texts;
            }
            Input::Number | Input::Rating => {
                texts.extend(limit(line.min));
                texts.push("1".to_owned());
                texts.extend(limit(line.max));
            }
            Input::Line | Input::Area => {
                let least = limit(line.min).and_then(|min| min.parse::<usize>().ok()).unwrap_or(1);
                let word = "text ".repeat(least / 5 + 1);
                texts.push(word.trim_end().to_owned());
                texts.push("x".repeat(least));
            }
            Input::Email => texts.push("ada@example.com".to_owned()),
            Input::Phone => texts.push("+49 30 1234567".to_owned()),
            Input::Url => texts.push("https://example.com".to_owned()),
            Input::Checkbox => texts.extend(["true".to_owned(), "false".to_owned()]),
            Input::Date | Input::DateTime | Input::Time => {
                texts.extend(limit(line.min));
                texts.extend(any(attribute.ty, now));
                texts.extend(limit(line.max));
            }
        }
        texts.extend(self.of_attribute(plan, line.attr, now));
        texts.truncate(TRIED);
        texts
    }

    /// Values that can be given to an attribute before the conversation.
    pub(super) fn given(&self, plan: &VerifiedPlan, attr: AttrId, now: Timestamp) -> Vec<Value> {
        let attribute = &plan.attributes[attr.index()];
        let values = self.of_attribute(plan, attr, now).into_iter().take(TRIED);
        values.filter_map(|text| value(attribute.ty, &text)).collect()
    }
}

fn value(ty: ValueType, text: &str) -> Option<Value> {
    match ty {
        ValueType::Text | ValueType::Email | ValueType::Id => {
            Value::Text(text.to_owned()).or_blank()
        }
        ValueType::Number => text.parse().ok().map(Value::Number),
        ValueType::Bool => text.parse().ok().map(Value::Bool),
        ValueType::Date => text.parse().ok().map(Value::Date),
        ValueType::DateTime => text.parse().ok().map(Value::DateTime),
        ValueType::Time => text.parse().ok().map(Value::Time),
        ValueType::Duration => None,
        ValueType::Many => Some(Value::Many(vec![text.to_owned()])),
    }
}

/// All operands below an expression, itself among them, and below what a `let` gives to one.
fn below(plan: &VerifiedPlan, from: ExprId) -> Vec<&Expr> {
    let (mut open, mut found) = (vec![from], Vec::new());
    let mut named: BTreeSet<AttrId> = BTreeSet::new();
    while let Some(id) = open.pop() {
        let Some(expr) = plan.expressions.get(id.index()) else { continue };
        open.extend(expr.operands());
        if let Expr::Attr(attr) = expr
            && is_let(plan, *attr)
            && named.insert(*attr)
        {
            open.extend(plan.code.iter().filter_map(|instruction| match instruction {
                Instruction::Set { attr: set, value } if set == attr => Some(*value),
                _ => None,
            }));
        }
        found.push(expr);
    }
    found
}

fn is_let(plan: &VerifiedPlan, attr: AttrId) -> bool {
    plan.attributes[attr.index()].space == Space::Let
}

/// The attributes below an expression that somebody may give.
fn attributes(plan: &VerifiedPlan, from: ExprId) -> Vec<AttrId> {
    let attr = |expr: &Expr| match expr {
        Expr::Attr(attr) if !is_let(plan, *attr) => Some(*attr),
        _ => None,
    };
    below(plan, from).into_iter().filter_map(attr).collect()
}

fn constants(plan: &VerifiedPlan, from: ExprId) -> Vec<ConstId> {
    let constant = |expr: &Expr| match expr {
        Expr::Const(id) => Some(*id),
        _ => None,
    };
    below(plan, from).into_iter().filter_map(constant).collect()
}

/// A short text that matches a pattern.
pub(super) fn matching(pattern: &str) -> Option<String> {
    let mut text = String::new();
    write(&regex_syntax::parse(pattern).ok()?, &mut text)?;
    (!text.trim().is_empty()).then_some(text)
}

/// Letters of one text at most.
const LONGEST: usize = 1000;

fn write(hir: &Hir, text: &mut String) -> Option<()> {
    if text.len() > LONGEST {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => text.push(letter(class)?),
        HirKind::Repetition(repeated) => {
            // Where none would do, one shows more.
            let least = repeated.min.max(u32::from(repeated.max != Some(0)));
            for _ in 0..least.min(u32::try_from(LONGEST).unwrap_or(u32::MAX)) {
                write(&repeated.sub, text)?;
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, text)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write(part, text))?,
        HirKind::Alternation(parts) => write(parts.first()?, text)?,
    }
    Some(())
}

/// A letter of a class: one that people type, where it has one.
fn letter(class: &Class) -> Option<char> {
    let plain = ('1'..='9').chain('a'..='z').chain('A'..='Z').chain(['0', '-', '.', ' ']);
    match class {
        Class::Unicode(class) => {
            let has = |letter: &char| {
                class.ranges().iter().any(|range| (range.start()..=range.end()).contains(letter))
            };
            plain.into_iter().find(has).or_else(|| Some(class.ranges().first()?.start()))
        }
        Class::Bytes(class) => {
            let first = class.ranges().first()?.start();
            first.is_ascii().then(|| char::from(first))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matching;

    #[test]
    fn a_sample_matches_its_pattern() {
        let patterns = [
            "[0-9]{6}",
            "[A-Z]{2}-\\d+",
            "(yes|no)",
            "a?b*c",
            "[^a-z]{3}",
            "\\w+@\\w+\\.de",
            "x{2,4}",
        ];
        for pattern in patterns {
            let text = matching(pattern).expect("a text");
            let regex = regex::Regex::new(&format!("^(?:{pattern})$")).expect("a pattern");
            assert!(regex.is_match(&text), "`{text}` for `{pattern}`");
        }
        assert_eq!(matching(""), None);
    }
}

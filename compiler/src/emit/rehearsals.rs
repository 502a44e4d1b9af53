//! Tests, in the plan's terms.

use rust_decimal::Decimal;
use tidegate_plan::model::AttrId;
use tidegate_plan::rehearsal::{Line, Point, Rehearsal, Rehearsals};
use tidegate_plan::value::Value;

use super::position;
use crate::hir::{Origin, Program, Space, Type};
use crate::source::{ItemMap, Loc};
use crate::types::lists;

/// The tests of a program, in the order of their places.
pub(crate) fn rehearsals(program: &Program, items: &ItemMap, points: Vec<Point>) -> Rehearsals {
    let mut tests: Vec<Rehearsal> = program
        .tests
        .iter()
        .map(|test| {
            let span = |range| items.span(Loc { item: test.item, range });
            let lines = test.lines.iter();
            let lines =
                lines.map(|(range, act)| Line { span: span(*range), act: act.clone() }).collect();
            Rehearsal { name: test.name.clone(), span: span(test.head), lines }
        })
        .collect();
    tests.sort_by_key(|test| test.span);
    Rehearsals { tests, points, contact: contact(program) }
}

/// What every Contact has, so that a test need not say it.
fn contact(program: &Program) -> Vec<(AttrId, Value)> {
    let attributes = program.attributes.iter().enumerate();
    let of_person = attributes.filter(|(_, attribute)| attribute.space == Space::Person);
    of_person
        .filter_map(|(at, attribute)| {
            let Origin::Field { path, field, .. } = &attribute.origin else { return None };
            let never_blank = path.len() == 1 && !field.nillable;
            let value = some_value(&attribute.ty, &field.label).filter(|_| never_blank)?;
            Some((AttrId(position(at)), value))
        })
        .collect()
}

/// A value of a type, and a plain one.
fn some_value(ty: &Type, label: &str) -> Option<Value> {
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    match ty {
        Type::Text(_) => text(label),
        Type::Email(_) => text("visitor@example.com"),
        Type::Phone(_) => text("+49 30 1234567"),
        Type::Url(_) => text("https://example.com"),
        Type::Id(_) => text("003000000000001AAA"),
        Type::Number { .. } => Some(Value::Number(Decimal::ZERO)),
        Type::Bool => Some(Value::Bool(false)),
        Type::Date => Some(Value::Date(jiff::civil::date(2026, 1, 1))),
        Type::DateTime => Some(Value::DateTime(jiff::Timestamp::UNIX_EPOCH)),
        Type::Time => Some(Value::Time(jiff::civil::time(0, 0, 0, 0))),
        Type::Duration => Some(Value::Duration(0)),
        Type::List(list) => Some(Value::Text(lists::first(list)?.to_owned())),
        Type::MultiList(list) => Some(Value::Many(vec![lists::first(list)?.to_owned()])),
        Type::Opaque | Type::Blank | Type::Error => None,
    }
}

//! The admins' own rules.

use rust_decimal::Decimal;

use crate::org::derive::read;
use crate::org::draft::Draft;
use crate::org::records::Row;
use crate::org::refusal::{ApiError, ErrorCode, Refusal};
use crate::org::schema::{ObjectSchema, RuleTest};
use crate::org::value::Value;

/// Holds a row to the validation rules that apply.
pub(super) fn check(draft: &Draft<'_>, object: &ObjectSchema, row: &Row) -> Result<(), Refusal> {
    let rules = draft.schema.rules().validation_rules.iter();
    let rules = rules.filter(|rule| rule.object == object.name && draft.holds_to(&rule.name));
    let broken =
        rules.filter(|rule| rule.refuses.iter().all(|test| fits(draft, object, row, test)));
    let errors = broken.map(|rule| {
        let fields = rule.at.iter().cloned().collect();
        ApiError::of(ErrorCode::FieldCustomValidationException, fields, rule.message.clone())
    });
    Refusal::unless_empty(errors.collect())
}

fn fits(draft: &Draft<'_>, object: &ObjectSchema, row: &Row, test: &RuleTest) -> bool {
    let Some(field) = object.field(&test.field) else { return false };
    let value = read(draft.base(), object, field, row);
    let number = |limit: i64| matches!(&value, Value::Number(n) if *n > Decimal::from(limit));
    test.blank.is_none_or(|blank| value.is_null() == blank)
        && test.equals.as_ref().is_none_or(|text| value.as_text() == Some(text))
        && test.more_than.is_none_or(number)
}

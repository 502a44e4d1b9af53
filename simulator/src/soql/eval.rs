//! Running a plan over the rows.

use std::cmp::Ordering;

use serde_json::{Map, Value as Json, json};

use super::Found;
use super::ast::Operator;
use super::plan::{Order, Plan, Test};
use super::resolve::{Column, End};
use crate::org::schema::{FieldSchema, FieldType, ObjectSchema, Schema};
use crate::org::{Records, Row, Value, read, same_key};

struct Evaluator<'a> {
    schema: &'a Schema,
    records: &'a Records,
    version: &'a str,
}

/// Finds the rows, orders them, and writes them as JSON.
pub(super) fn run(schema: &Schema, records: &Records, plan: &Plan<'_>, version: &str) -> Found {
    let evaluator = Evaluator { schema, records, version };
    let fitting = records.rows(&plan.from.name).filter(|row| evaluator.fits(&plan.test, row));
    let mut rows: Vec<&Row> = fitting.collect();
    if !plan.order.is_empty() {
        rows.sort_by(|one, other| evaluator.compare(&plan.order, one, other));
    }
    let rows = rows.into_iter().skip(plan.offset).take(plan.limit.unwrap_or(usize::MAX));
    let Some(columns) = &plan.columns else {
        return Found { total: rows.count(), records: Vec::new() };
    };
    let found: Vec<Json> = rows.map(|row| evaluator.record(plan.from, columns, row)).collect();
    Found { total: found.len(), records: found }
}

impl<'a> Evaluator<'a> {
    fn fits(&self, test: &Test<'_>, row: &Row) -> bool {
        match test {
            Test::All(tests) => tests.iter().all(|test| self.fits(test, row)),
            Test::Any(tests) => tests.iter().any(|test| self.fits(test, row)),
            Test::Not(test) => !self.fits(test, row),
            Test::Compare(column, operator, value) => {
                compare_values(&self.value(column, row), *operator, value)
            }
            Test::In(column, values) => {
                let found = self.value(column, row);
                values.iter().any(|value| compare_values(&found, Operator::Equal, value))
            }
            Test::Includes(column, choices) => {
                let found = self.value(column, row).as_text().unwrap_or_default().to_lowercase();
                let chosen: Vec<&str> = found.split(';').collect();
                choices.iter().any(|all| all.iter().all(|one| chosen.contains(&one.as_str())))
            }
            Test::Like(column, pattern) => {
                self.value(column, row).as_text().is_some_and(|text| pattern.matches(text))
            }
        }
    }

    fn compare(&self, order: &[Order<'_>], one: &Row, other: &Row) -> Ordering {
        for key in order {
            let (one, other) = (self.value(&key.column, one), self.value(&key.column, other));
            let ordering = match (one.is_null(), other.is_null()) {
                (true, true) => Ordering::Equal,
                (true, false) if key.nulls_last => Ordering::Greater,
                (true, false) => Ordering::Less,
                (false, true) if key.nulls_last => Ordering::Less,
                (false, true) => Ordering::Greater,
                (false, false) => {
                    let ordering = order_values(&one, &other).unwrap_or(Ordering::Equal);
                    if key.descending { ordering.reverse() } else { ordering }
                }
            };
            if ordering != Ordering::Equal {
                return ordering;
            }
        }
        Ordering::Equal
    }

    fn value(&self, column: &Column<'_>, row: &Row) -> Value {
        let Some((object, row)) = self.follow(&column.hops, row) else { return Value::Null };
        self.end(column, object, row)
    }

    fn end(&self, column: &Column<'_>, object: Option<&ObjectSchema>, row: &Row) -> Value {
        match (&column.end, object) {
            (End::Field(object, field), _) => read(self.records, object, field, row),
            (End::Named("Type"), _) => Value::Text(row.object.clone()),
            (End::Named(name), Some(object)) => object
                .field(name)
                .map_or(Value::Null, |field| read(self.records, object, field, row)),
            (End::Named(_), None) => Value::Null,
        }
    }

    /// The row at the end of the hops, and its object where there were any.
    fn follow<'r>(
        &self,
        hops: &[&FieldSchema],
        row: &'r Row,
    ) -> Option<(Option<&'a ObjectSchema>, &'r Row)>
    where
        'a: 'r,
    {
        let mut at = (None, row);
        for hop in hops {
            let id = at.1.get(&hop.name).as_id()?;
            let object = self.schema.object_of_prefix(id.key_prefix())?;
            at = (Some(object), self.records.get(&object.name, id)?);
        }
        Some(at)
    }

    fn record(&self, from: &ObjectSchema, columns: &[Column<'_>], row: &Row) -> Json {
        let mut record = Map::new();
        record.insert("attributes".to_owned(), self.attributes(&from.name, row));
        for column in columns {
            self.write(&mut record, column, row);
        }
        Json::Object(record)
    }

    /// Writes one column, with a nested object for each relationship on its way.
    fn write(&self, record: &mut Map<String, Json>, column: &Column<'_>, row: &Row) {
        let mut target = record;
        for (depth, hop) in column.hops.iter().enumerate() {
            let key = hop.relationship.clone().unwrap_or_else(|| hop.name.clone());
            let Some((_, parent)) = self.follow(&column.hops[..=depth], row) else {
                target.entry(key).or_insert(Json::Null);
                return;
            };
            let nested = target.entry(key).or_insert_with(
                || json!({ "attributes": self.attributes(&parent.object, parent) }),
            );
            let Json::Object(nested) = nested else { return };
            target = nested;
        }
        let value = match (&column.end, self.follow(&column.hops, row)) {
            (End::Field(object, field), Some((_, row)))
                if field.field_type == FieldType::Base64 =>
            {
                Json::String(format!("{}/{}", self.url(&object.name, row), field.name))
            }
            (_, Some((object, row))) => self.end(column, object, row).to_json(),
            (_, None) => Json::Null,
        };
        target.insert(column.name().to_owned(), value);
    }

    fn attributes(&self, object: &str, row: &Row) -> Json {
        json!({ "type": object, "url": self.url(object, row) })
    }

    fn url(&self, object: &str, row: &Row) -> String {
        format!("/services/data/{}/sobjects/{object}/{}", self.version, row.id)
    }
}

fn compare_values(found: &Value, operator: Operator, wanted: &Value) -> bool {
    let equal = same_key(found, wanted) || (found.is_null() && wanted.is_null());
    let ordering = order_values(found, wanted);
    match operator {
        Operator::Equal => equal,
        Operator::NotEqual => !equal,
        Operator::Less => ordering == Some(Ordering::Less),
        Operator::LessOrEqual => ordering.is_some_and(|o| o != Ordering::Greater),
        Operator::Greater => ordering == Some(Ordering::Greater),
        Operator::GreaterOrEqual => ordering.is_some_and(|o| o != Ordering::Less),
    }
}

/// How two values of one type are ordered; text without case. A blank has no order.
fn order_values(one: &Value, other: &Value) -> Option<Ordering> {
    match (one, other) {
        (Value::Text(one), Value::Text(other)) => {
            Some(one.to_lowercase().cmp(&other.to_lowercase()))
        }
        (Value::Number(one), Value::Number(other)) => Some(one.cmp(other)),
        (Value::Date(one), Value::Date(other)) => Some(one.cmp(other)),
        (Value::Instant(one), Value::Instant(other)) => Some(one.cmp(other)),
        (Value::Time(one), Value::Time(other)) => Some(one.cmp(other)),
        (Value::Id(one), Value::Id(other)) => Some(one.cmp(other)),
        (Value::Flag(one), Value::Flag(other)) => Some(one.cmp(other)),
        _ => None,
    }
}

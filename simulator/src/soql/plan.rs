//! A query with every name found and every literal of its field's type.

use super::ast::{Condition, Literal, Operator, Path, Query, Selection};
use super::like::Pattern;
use super::resolve::{Column, End, located, resolve};
use crate::org::schema::{FieldType, ObjectSchema, Schema};
use crate::org::{ErrorCode, RecordId, Refusal, Value, parse_date, parse_instant, parse_time};

pub(super) struct Plan<'a> {
    pub(super) from: &'a ObjectSchema,
    /// `None` counts.
    pub(super) columns: Option<Vec<Column<'a>>>,
    pub(super) test: Test<'a>,
    pub(super) order: Vec<Order<'a>>,
    pub(super) limit: Option<usize>,
    pub(super) offset: usize,
}

pub(super) enum Test<'a> {
    All(Vec<Test<'a>>),
    Any(Vec<Test<'a>>),
    Not(Box<Test<'a>>),
    Compare(Column<'a>, Operator, Value),
    In(Column<'a>, Vec<Value>),
    /// Each inner list must be chosen whole; any one is enough.
    Includes(Column<'a>, Vec<Vec<String>>),
    Like(Column<'a>, Pattern),
}

pub(super) struct Order<'a> {
    pub(super) column: Column<'a>,
    pub(super) descending: bool,
    pub(super) nulls_last: bool,
}

struct Planner<'a, 't> {
    schema: &'a Schema,
    from: &'a ObjectSchema,
    text: &'t str,
}

/// Types a query by the schema.
pub(super) fn plan<'a>(schema: &'a Schema, query: &Query, text: &str) -> Result<Plan<'a>, Refusal> {
    let from = schema.object(&query.from).ok_or_else(|| {
        let message = format!(
            "sObject type '{}' is not supported. If you are attempting to use a custom object, be \
             sure to append the '__c' after the entity name. Please reference your WSDL or the \
             describe call for the appropriate names.",
            query.from
        );
        Refusal::request(ErrorCode::InvalidType, message)
    })?;
    let planner = Planner { schema, from, text };
    let columns = match &query.selection {
        Selection::Count => None,
        Selection::Fields(paths) => Some(planner.columns(paths)?),
    };
    let test = match &query.condition {
        Some(condition) => planner.test(condition)?,
        None => Test::All(Vec::new()),
    };
    planner.check_links(query.condition.as_ref())?;
    let order = query.order.iter().map(|ordering| {
        let column = planner.usable(&ordering.path, "sorted", |field| field.sortable())?;
        let (descending, nulls_last) = (ordering.descending, ordering.nulls_last);
        Ok(Order { column, descending, nulls_last })
    });
    let order = order.collect::<Result<_, Refusal>>()?;
    Ok(Plan { from, columns, test, order, limit: query.limit, offset: query.offset })
}

impl<'a> Planner<'a, '_> {
    fn columns(&self, paths: &[Path]) -> Result<Vec<Column<'a>>, Refusal> {
        for (index, path) in paths.iter().enumerate() {
            let same = |other: &Path| {
                other.names.len() == path.names.len()
                    && other.names.iter().zip(&path.names).all(|(a, b)| a.eq_ignore_ascii_case(b))
            };
            if paths[..index].iter().any(same) {
                let message = format!("duplicate field selected: {}", path.names.join("."));
                return Err(Refusal::request(ErrorCode::MalformedQuery, message));
            }
        }
        paths.iter().map(|path| resolve(self.schema, self.from, path, self.text)).collect()
    }

    fn test(&self, condition: &Condition) -> Result<Test<'a>, Refusal> {
        let tests = |conditions: &[Condition]| {
            conditions.iter().map(|condition| self.test(condition)).collect::<Result<_, _>>()
        };
        Ok(match condition {
            Condition::All(conditions) => Test::All(tests(conditions)?),
            Condition::Any(conditions) => Test::Any(tests(conditions)?),
            Condition::Not(inner) => Test::Not(Box::new(self.test(inner)?)),
            Condition::Compare { path, operator, literal } => {
                let column = self.filterable(path)?;
                self.check_operator(&column, *operator, path)?;
                let value = self.value(&column, literal, path)?;
                Test::Compare(column, *operator, value)
            }
            Condition::In { path, literals, negated } => {
                let column = self.filterable(path)?;
                let values = literals.iter().map(|literal| self.value(&column, literal, path));
                let values = values.collect::<Result<_, _>>()?;
                negate(Test::In(column, values), *negated)
            }
            Condition::Includes { path, literals, negated } => {
                let column = self.filterable(path)?;
                if field_type(&column) != FieldType::Multipicklist {
                    return Err(self.operator_misused(path));
                }
                let choices = literals.iter().map(|literal| match literal {
                    Literal::Text(text) => {
                        Ok(text.split(';').map(|part| part.trim().to_lowercase()).collect())
                    }
                    _ => Err(self.mistyped(&column, path, "string", true)),
                });
                let choices = choices.collect::<Result<_, _>>()?;
                negate(Test::Includes(column, choices), *negated)
            }
            Condition::Like { path, literal } => {
                let column = self.filterable(path)?;
                match literal {
                    Literal::Pattern(pattern) if is_text(field_type(&column)) => {
                        Test::Like(column, Pattern::new(pattern))
                    }
                    _ => return Err(self.operator_misused(path)),
                }
            }
        })
    }

    fn filterable(&self, path: &Path) -> Result<Column<'a>, Refusal> {
        self.usable(path, "filtered", |field| field.filterable())
    }

    fn usable(
        &self,
        path: &Path,
        how: &str,
        allowed: impl Fn(&crate::org::schema::FieldSchema) -> bool,
    ) -> Result<Column<'a>, Refusal> {
        let column = resolve(self.schema, self.from, path, self.text)?;
        match column.end {
            End::Field(_, field) if !allowed(field) => {
                let message = format!("field '{}' can not be {how} in a query call", field.name);
                let message = located(self.text, path.at, &message);
                Err(Refusal::request(ErrorCode::InvalidField, message))
            }
            _ => Ok(column),
        }
    }

    fn value(&self, column: &Column<'_>, literal: &Literal, path: &Path) -> Result<Value, Refusal> {
        let field_type = field_type(column);
        let (wanted, quoted) = match field_type {
            FieldType::Boolean => ("boolean", false),
            FieldType::Int => ("int", false),
            FieldType::Double | FieldType::Currency | FieldType::Percent => ("double", false),
            FieldType::Date => ("date", false),
            FieldType::Datetime => ("dateTime", false),
            FieldType::Time => ("time", false),
            _ => ("string", true),
        };
        let value = match (wanted, literal) {
            (_, Literal::Null) => Some(Value::Null),
            ("boolean", Literal::Boolean(flag)) => Some(Value::Flag(*flag)),
            ("int" | "double", Literal::Number(number)) => {
                number.trim_start_matches('+').parse().ok().map(Value::Number)
            }
            ("date", Literal::Date(date)) => parse_date(date).map(Value::Date),
            ("dateTime", Literal::Instant(instant)) => parse_instant(instant).map(Value::Instant),
            ("time", Literal::Time(time)) => parse_time(time).map(Value::Time),
            ("string", Literal::Text(text)) if text.is_empty() => Some(Value::Null),
            ("string", Literal::Text(text)) if is_id(field_type) => {
                let id = RecordId::parse(text).map_err(|_| self.invalid_id(text, path))?;
                Some(Value::Id(id))
            }
            ("string", Literal::Text(text)) => Some(Value::Text(text.clone())),
            _ => None,
        };
        value.ok_or_else(|| self.mistyped(column, path, wanted, quoted))
    }

    fn check_operator(
        &self,
        column: &Column<'_>,
        operator: Operator,
        path: &Path,
    ) -> Result<(), Refusal> {
        let ordered = !matches!(operator, Operator::Equal | Operator::NotEqual);
        let unordered = matches!(field_type(column), FieldType::Boolean | FieldType::Multipicklist);
        if ordered && unordered { Err(self.operator_misused(path)) } else { Ok(()) }
    }

    /// Links between files and records may only be asked for by one side of them.
    fn check_links(&self, condition: Option<&Condition>) -> Result<(), Refusal> {
        if self.from.name != "ContentDocumentLink" || condition.is_some_and(names_a_side) {
            return Ok(());
        }
        let message = "Implementation restriction: ContentDocumentLink requires a filter by a \
                       single Id on ContentDocumentId or LinkedEntityId using the equals operator \
                       or multiple Id's using the IN operator.";
        Err(Refusal::request(ErrorCode::MalformedQuery, message))
    }

    fn operator_misused(&self, path: &Path) -> Refusal {
        let message = located(self.text, path.at, "invalid operator on a field of this type");
        Refusal::request(ErrorCode::InvalidField, message)
    }

    fn invalid_id(&self, text: &str, path: &Path) -> Refusal {
        let message = located(self.text, path.at, &format!("invalid ID field: {text}"));
        Refusal::request(ErrorCode::InvalidQueryFilterOperator, message)
    }

    fn mistyped(&self, column: &Column<'_>, path: &Path, wanted: &str, quoted: bool) -> Refusal {
        let quotes = if quoted { "should be" } else { "should not be" };
        let message = format!(
            "value of filter criterion for field '{}' must be of type {wanted} and {quotes} \
             enclosed in quotes",
            column.name()
        );
        Refusal::request(ErrorCode::InvalidField, located(self.text, path.at, &message))
    }
}

fn names_a_side(condition: &Condition) -> bool {
    let side = |path: &Path| {
        let name = path.names.last().map(String::as_str).unwrap_or_default();
        ["ContentDocumentId", "LinkedEntityId"].iter().any(|side| side.eq_ignore_ascii_case(name))
    };
    match condition {
        Condition::All(conditions) => conditions.iter().any(names_a_side),
        Condition::Compare { path, operator: Operator::Equal, .. }
        | Condition::In { path, negated: false, .. } => side(path),
        _ => false,
    }
}

fn negate(test: Test<'_>, negated: bool) -> Test<'_> {
    if negated { Test::Not(Box::new(test)) } else { test }
}

fn field_type(column: &Column<'_>) -> FieldType {
    match column.end {
        End::Field(_, field) => field.field_type,
        End::Named("Id") => FieldType::Id,
        End::Named("IsActive") => FieldType::Boolean,
        End::Named(_) => FieldType::String,
    }
}

fn is_id(field_type: FieldType) -> bool {
    matches!(field_type, FieldType::Id | FieldType::Reference)
}

fn is_text(field_type: FieldType) -> bool {
    matches!(
        field_type,
        FieldType::String
            | FieldType::Textarea
            | FieldType::Email
            | FieldType::Phone
            | FieldType::Url
            | FieldType::Picklist
    )
}

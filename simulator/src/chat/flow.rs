//! Routing flows: an admin's program that decides where a session goes.

mod check;
mod formula;
mod read;
mod run;
mod value;

use std::collections::BTreeMap;

use rust_decimal::Decimal;

pub(crate) use self::check::Fields;
use self::formula::Formula;
pub(crate) use self::read::read;
pub(crate) use self::run::{Ran, Work};
pub(crate) use self::value::Held;

/// A flow of the kind that routes.
#[derive(Debug, Clone)]
pub(crate) struct Flow {
    /// The API name.
    pub name: String,
    /// Whether it runs.
    pub active: bool,
    variables: BTreeMap<String, Variable>,
    constants: BTreeMap<String, Operand>,
    formulas: BTreeMap<String, Formula>,
    templates: BTreeMap<String, String>,
    elements: BTreeMap<String, Element>,
    start: Option<String>,
}

/// What a flow keeps while it runs.
#[derive(Debug, Clone)]
struct Variable {
    input: bool,
    data_type: String,
    object: Option<String>,
    collection: bool,
    value: Operand,
}

/// One step of a flow.
#[derive(Debug, Clone)]
struct Element {
    kind: Kind,
    next: Option<String>,
    fault: Option<String>,
}

#[derive(Debug, Clone)]
enum Kind {
    /// Hands the session to somebody.
    RouteWork { inputs: BTreeMap<String, Operand> },
    /// Looks whether somebody is there.
    CheckAvailability { outputs: Vec<(String, String)> },
    /// Sets variables.
    Assign(Vec<Assignment>),
    /// Takes one of several ways; the element's own next one where none fits.
    Decide(Vec<Rule>),
    /// Looks records up.
    Lookup(Lookup),
    /// Changes records.
    Update(Update),
    /// Makes a record.
    Create(Create),
}

#[derive(Debug, Clone)]
struct Assignment {
    to: String,
    operator: String,
    value: Operand,
}

#[derive(Debug, Clone)]
struct Rule {
    name: String,
    any: bool,
    conditions: Vec<Condition>,
    next: Option<String>,
}

#[derive(Debug, Clone)]
struct Condition {
    left: String,
    operator: String,
    right: Operand,
}

#[derive(Debug, Clone)]
struct Selection {
    object: String,
    any: bool,
    filters: Vec<Filter>,
    /// A field, and whether the greatest comes first.
    sorted_by: Option<(String, bool)>,
}

#[derive(Debug, Clone)]
struct Filter {
    field: String,
    operator: String,
    value: Operand,
}

#[derive(Debug, Clone)]
struct Lookup {
    from: Selection,
    first_only: bool,
    into: Option<String>,
    fields_into: Vec<(String, String)>,
    blank_where_none: bool,
}

#[derive(Debug, Clone)]
struct Update {
    /// A variable that holds the record; the selection where absent.
    record: Option<String>,
    of: Option<Selection>,
    values: Vec<(String, Operand)>,
}

#[derive(Debug, Clone)]
struct Create {
    record: Option<String>,
    object: Option<String>,
    values: Vec<(String, Operand)>,
    id_into: Option<String>,
}

/// A value as it stands in a flow.
#[derive(Debug, Clone, PartialEq)]
enum Operand {
    Blank,
    /// A text, in which `{!name}` stands for a value.
    Text(String),
    Flag(bool),
    Number(Decimal),
    Reference(String),
}

impl Flow {
    /// Why a variable can't be handed a text, where it can't.
    pub(crate) fn refuses(&self, variable: &str) -> Option<&'static str> {
        match self.variables.get(variable) {
            None => Some("has no variable of this name"),
            Some(its) if !its.input => Some("has it, but not as an input"),
            Some(its) if its.data_type != "String" || its.collection => {
                Some("has it, but not as a text")
            }
            Some(_) => None,
        }
    }
}

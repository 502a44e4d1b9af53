//! What a running flow holds.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use crate::org::schema::ObjectSchema;
use crate::org::{RecordId, Records, Row, Value, read};

/// A value, a record or several records.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Held {
    /// Nothing.
    #[default]
    Blank,
    /// A text, also of lists, dates and ids.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(Decimal),
    /// A record.
    Record {
        /// Its object.
        object: String,
        /// Its fields, by name in lower case.
        fields: BTreeMap<String, Held>,
    },
    /// Several records.
    Several(Vec<Held>),
}

impl Held {
    /// A record of the org.
    pub(crate) fn of_row(records: &Records, object: &ObjectSchema, row: &Row) -> Held {
        let fields = object.fields.iter().map(|field| {
            let value = Held::of_value(&read(records, object, field, row));
            (field.name.to_ascii_lowercase(), value)
        });
        Held::Record { object: object.name.clone(), fields: fields.collect() }
    }

    /// A value of the org.
    pub(super) fn of_value(value: &Value) -> Held {
        match value {
            Value::Null => Held::Blank,
            Value::Flag(flag) => Held::Flag(*flag),
            Value::Number(number) => Held::Number(*number),
            other => match other.to_json() {
                Json::String(text) => Held::Text(text),
                _ => Held::Blank,
            },
        }
    }

    /// A field of a record; nothing where there is none.
    pub(super) fn field(&self, name: &str) -> Held {
        match self {
            Held::Record { fields, .. } => {
                fields.get(&name.to_ascii_lowercase()).cloned().unwrap_or_default()
            }
            _ => Held::Blank,
        }
    }

    /// Whether it is nothing, or a text without characters.
    pub(super) fn is_blank(&self) -> bool {
        match self {
            Held::Blank => true,
            Held::Text(text) => text.is_empty(),
            Held::Several(all) => all.is_empty(),
            _ => false,
        }
    }

    /// As a text.
    pub(super) fn text(&self) -> String {
        match self {
            Held::Blank | Held::Record { .. } | Held::Several(_) => String::new(),
            Held::Text(text) => text.clone(),
            Held::Flag(flag) => flag.to_string(),
            Held::Number(number) => number.normalize().to_string(),
        }
    }

    /// Whether it counts as yes.
    pub(super) fn is_true(&self) -> bool {
        match self {
            Held::Flag(flag) => *flag,
            Held::Text(text) => text.eq_ignore_ascii_case("true"),
            _ => false,
        }
    }

    /// As a number, where it is one.
    pub(super) fn number(&self) -> Option<Decimal> {
        match self {
            Held::Number(number) => Some(*number),
            Held::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// Whether both are the same, blank ones included.
    pub(super) fn same(&self, other: &Held) -> bool {
        match (self, other) {
            (one, other) if one.is_blank() || other.is_blank() => {
                one.is_blank() && other.is_blank()
            }
            (Held::Number(_), _) | (_, Held::Number(_)) => self.number() == other.number(),
            (Held::Flag(_), _) | (_, Held::Flag(_)) => self.is_true() == other.is_true(),
            _ => same_text(&self.text(), &other.text()),
        }
    }

    /// Which is greater, where they can be compared.
    pub(super) fn order(&self, other: &Held) -> Option<Ordering> {
        if self.is_blank() || other.is_blank() {
            return None;
        }
        let instants = || -> Option<Ordering> {
            let instant = |held: &Held| crate::org::parse_instant(&held.text());
            Some(instant(self)?.cmp(&instant(other)?))
        };
        let numbers = || Some(self.number()?.cmp(&other.number()?));
        numbers().or_else(instants).or_else(|| Some(self.text().cmp(&other.text())))
    }

    /// As the org's records take it.
    pub(super) fn json(&self) -> Json {
        match self {
            Held::Blank | Held::Several(_) => Json::Null,
            Held::Text(text) => json!(text),
            Held::Flag(flag) => json!(flag),
            Held::Number(number) => {
                serde_json::from_str(&number.normalize().to_string()).unwrap_or_default()
            }
            Held::Record { fields, .. } => {
                fields.iter().map(|(name, value)| (name.clone(), value.json())).collect()
            }
        }
    }
}

/// Texts are the same character by character; ids in either of their forms.
fn same_text(one: &str, other: &str) -> bool {
    one == other
        || match (RecordId::parse(one), RecordId::parse(other)) {
            (Ok(one), Ok(other)) => one == other,
            _ => false,
        }
}

/// An instant, as records have it.
pub(super) fn instant(at: Timestamp) -> Held {
    Held::Text(at.to_string())
}

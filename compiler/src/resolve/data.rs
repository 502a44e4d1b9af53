//! `data SPACE`: attributes of a project's own.

use std::sync::Arc;

use tidegate_diagnostics::codes;
use tidegate_schemas::catalog::ListValue;

use crate::finding::Finding;
use crate::hir::{Attribute, ListType, Literal, Origin, Space, Type};
use crate::resolve::declarations::{Builder, space_word};
use crate::resolve::{map, names, suggest};
use crate::source::{ItemId, Loc};
use crate::syntax::ast::{Data, DataLine, Name, TypeExpr};
use crate::types::literal;

/// The words for types.
pub const TYPES: &[&str] = &[
    "text",
    "number",
    "decimal",
    "bool",
    "date",
    "datetime",
    "time",
    "duration",
    "email",
    "phone",
    "url",
    "list",
    "multi list",
    "id",
];

/// Characters of a `text` that says no other number.
const TEXT_LENGTH: u32 = 255;
/// Characters that Salesforce keeps of a long text at most.
const LONGEST_TEXT: u32 = 131_072;
/// Digits of a `number`, as Salesforce's own number fields have at most.
const NUMBER_DIGITS: u32 = 18;

/// Reads one `data` item.
pub(crate) fn declare(builder: &mut Builder<'_>, item: ItemId, data: &Data) {
    let Some(space) = builder.space(item, &data.space) else { return };
    for line in &data.lines {
        if !line.name.is_missing() {
            declare_line(builder, item, space, line);
        }
    }
}

fn declare_line(builder: &mut Builder<'_>, item: ItemId, space: Space, line: &DataLine) {
    let place = format!("{}.{}", space_word(space), line.name.text);
    let ty = read_type(builder, item, &line.ty, &place);
    let descriptions = match &ty {
        Type::List(_) | Type::MultiList(_) => map::describe(builder, item, &ty, &line.ty.values),
        _ => Vec::new(),
    };
    let default = line.default.as_ref().and_then(|expr| {
        let at = Loc { item, range: expr.range };
        let read = literal::expect(expr, at).and_then(|literal| {
            match literal::fit(&literal, at, &ty, &format!("`{place}`")) {
                Ok(()) => Ok(literal),
                Err(finding) => Err(Some(finding)),
            }
        });
        match read {
            Ok(literal) => Some(literal).filter(|literal| !is_blank(literal)),
            Err(finding) => {
                builder.out.findings.extend(finding.map(|finding| *finding));
                None
            }
        }
    });
    let at = Loc { item, range: line.range };
    let label = line
        .doc
        .as_deref()
        .and_then(first_line)
        .map_or_else(|| in_words(&line.name.text), str::to_owned);
    let attribute = Attribute {
        space,
        name: line.name.text.clone(),
        label,
        ty,
        origin: Origin::Own,
        private: line.private,
        default,
        descriptions,
        declared: Some(at),
    };
    builder.add(attribute, at);
}

/// Empty text is blank.
fn is_blank(literal: &Literal) -> bool {
    matches!(literal, Literal::Text(text) if text.trim().is_empty())
}

fn first_line(doc: &str) -> Option<&str> {
    doc.lines().map(str::trim).find(|line| !line.is_empty())
}

/// `order_number` as "Order number".
fn in_words(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut characters = words.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => words,
    }
}

fn read_type(builder: &mut Builder<'_>, item: ItemId, ty: &TypeExpr, place: &str) -> Type {
    let arguments = Arguments::read(builder, item, ty);
    match ty.name.text.as_str() {
        "text" => Type::Text(Some(arguments.length(builder, TEXT_LENGTH, LONGEST_TEXT))),
        "number" => {
            let precision = arguments.length(builder, NUMBER_DIGITS, NUMBER_DIGITS);
            Type::Number { precision, scale: 0 }
        }
        "decimal" => arguments.decimal(builder),
        "email" => Type::Email(arguments.length(builder, 80, 254)),
        "phone" => Type::Phone(arguments.length(builder, 40, 40)),
        "url" => Type::Url(arguments.length(builder, 255, 2048)),
        "bool" => arguments.none(builder, Type::Bool),
        "date" => arguments.none(builder, Type::Date),
        "datetime" => arguments.none(builder, Type::DateTime),
        "time" => arguments.none(builder, Type::Time),
        "duration" => arguments.none(builder, Type::Duration),
        "list" => Type::List(own_list(builder, item, ty, place)),
        "multi list" => Type::MultiList(own_list(builder, item, ty, place)),
        "id" => id_type(builder, item, ty.object.as_ref()),
        "" => Type::Error,
        other => {
            unknown_type(builder, Loc { item, range: ty.name.range }, other);
            Type::Error
        }
    }
}

fn unknown_type(builder: &mut Builder<'_>, at: Loc, written: &str) {
    let finding = Finding::new(codes::UNKNOWN_TYPE, at, format!("there is no type `{written}`"));
    let meant = match written.to_lowercase().as_str() {
        "string" | "str" | "textarea" | "longtext" => Some("text"),
        "boolean" | "checkbox" | "flag" => Some("bool"),
        "int" | "integer" => Some("number"),
        "currency" | "double" | "float" | "percent" | "money" => Some("decimal"),
        "picklist" | "enum" => Some("list"),
        "multipicklist" => Some("multi list"),
        "timestamp" => Some("datetime"),
        "reference" | "lookup" => Some("id"),
        _ => suggest::closest(written, TYPES.iter().copied()),
    };
    builder.report(match meant {
        Some("decimal") if !written.eq_ignore_ascii_case("decimal") => {
            finding.help("write `decimal(10, 2)` with the digits in all and behind the point")
        }
        Some(meant) => finding
            .help(format!("write `{meant}`"))
            .fix(format!("write `{meant}`"), vec![(at, meant.to_owned())]),
        None => finding.help(format!("the types are {}", TYPES.join(", "))),
    });
}

fn id_type(builder: &mut Builder<'_>, item: ItemId, object: Option<&Name>) -> Type {
    let Some(object) = object else { return Type::Error };
    let at = Loc { item, range: object.range };
    match names::object(builder.catalog, object, at, &mut builder.out.findings) {
        Some(object) => Type::Id(object.name.clone()),
        None => Type::Error,
    }
}

fn own_list(builder: &mut Builder<'_>, item: ItemId, ty: &TypeExpr, place: &str) -> Arc<ListType> {
    let mut values: Vec<ListValue> = Vec::new();
    for line in &ty.values {
        let value = line.value.text.trim();
        if value.is_empty() {
            let at = Loc { item, range: line.value.range };
            builder.report(
                Finding::new(codes::TYPE_ARGUMENTS, at, "a list value needs a text")
                    .help("write the value between the quotes, or remove it"),
            );
        } else if !values.iter().any(|other| other.value == line.value.text) {
            values.push(ListValue {
                value: line.value.text.clone(),
                label: line.value.text.clone(),
                active: true,
                default: false,
                valid_for: None,
            });
        }
    }
    // One without values was not understood: it takes every value, so that nothing more is said.
    let open = ty.values.is_empty();
    if open {
        let at = Loc { item, range: ty.range };
        builder.report(
            Finding::new(codes::TYPE_ARGUMENTS, at, format!("the list `{place}` has no values"))
                .help("write its values in quotes between the braces, one a line"),
        );
    }
    Arc::new(ListType { name: place.to_owned(), open, controller: None, values })
}

/// The numbers in parentheses behind a type.
struct Arguments<'t> {
    written: &'t TypeExpr,
    item: ItemId,
    numbers: Vec<u32>,
}

impl<'t> Arguments<'t> {
    fn read(builder: &mut Builder<'_>, item: ItemId, written: &'t TypeExpr) -> Self {
        let mut numbers = Vec::new();
        for argument in written.arguments.iter().filter(|argument| !argument.is_missing()) {
            match argument.text.parse() {
                Ok(number) => numbers.push(number),
                Err(_) => builder.report(
                    Finding::new(
                        codes::TYPE_ARGUMENTS,
                        Loc { item, range: argument.range },
                        format!("`{}` is not a number of digits or characters", argument.text),
                    )
                    .help("write a whole number"),
                ),
            }
        }
        Self { written, item, numbers }
    }

    fn wrong(&self, builder: &mut Builder<'_>, help: String) {
        let at = Loc { item: self.item, range: self.written.range };
        let message = format!("the numbers behind `{}` do not fit it", self.written.name.text);
        builder.report(Finding::new(codes::TYPE_ARGUMENTS, at, message).help(help));
    }

    /// One number at most, between 1 and `most`.
    fn length(&self, builder: &mut Builder<'_>, usual: u32, most: u32) -> u32 {
        match self.numbers.as_slice() {
            [] => usual,
            [length] if (1..=most).contains(length) => *length,
            _ => {
                let word = &self.written.name.text;
                self.wrong(builder, format!("write `{word}` or `{word}(N)`, N from 1 to {most}"));
                usual
            }
        }
    }

    fn decimal(&self, builder: &mut Builder<'_>) -> Type {
        match self.numbers.as_slice() {
            [precision, scale] if (1..=18).contains(precision) && scale <= precision => {
                Type::Number { precision: *precision, scale: *scale }
            }
            _ => {
                let help = "write `decimal(10, 2)`: digits in all, 18 at most, and how many of them behind the point";
                self.wrong(builder, help.to_owned());
                Type::Error
            }
        }
    }

    fn none(&self, builder: &mut Builder<'_>, ty: Type) -> Type {
        if !self.written.arguments.is_empty() {
            self.wrong(builder, format!("write `{}`", self.written.name.text));
        }
        ty
    }
}

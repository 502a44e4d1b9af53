//! What a name is.

use gen_lsp_types::{Contents, Hover, MarkupContent, MarkupKind};
use tidegate_compiler::analysis::{Analysis, Possible, Values};
use tidegate_compiler::edit::FieldName;
use tidegate_compiler::hir::{Attribute, ListType, Origin, Type};
use tidegate_compiler::mentions::Named;
use tidegate_compiler::syntax::ast::Item;
use tidegate_diagnostics::{SourceId, printable};
use tidegate_schemas::catalog::{BusinessHours, DAYS, Field, Object, Opening};

use super::symbol::{self, Here};
use crate::diagnostics::Places;

/// Values of a list that are told at most.
const MOST_VALUES: usize = 20;

/// What is told about the name at a byte.
pub(crate) fn hover(
    analysis: &Analysis,
    places: &Places<'_>,
    source: SourceId,
    offset: u32,
) -> Option<Hover> {
    let here = symbol::at(analysis, source, offset)?;
    let paragraphs = told(analysis, &here)?;
    let value = paragraphs.join("\n\n");
    let contents = Contents::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value });
    Some(Hover { contents, range: places.range(here.span()) })
}

fn told(analysis: &Analysis, here: &Here<'_>) -> Option<Vec<String>> {
    let catalog = &analysis.catalog;
    match &here.mention.named {
        Named::Attribute(..) | Named::Given(_) => {
            let (id, attribute) = here.attribute(analysis)?;
            let offset = here.mention.range.start;
            let here = analysis.possible(here.item.id, offset, id);
            Some(about_attribute(attribute, here.as_ref()))
        }
        Named::Field(field) => {
            let (object, found) = field.find(catalog)?;
            let ty = analysis.type_of(
                here.item.id,
                &tidegate_compiler::mentions::Valued::Field(field.clone()),
            )?;
            Some(about_field(object, found, &ty))
        }
        Named::Parent(field) => about_parent(analysis, field),
        Named::Object(name) => {
            let object = catalog.objects.get(name)?;
            Some(vec![tide(name), format!("Salesforce's object {}", quoted(&object.label))])
        }
        Named::RecordType { object, name } => {
            let found = catalog.objects.get(object)?.record_types.get(name)?;
            let kind = format!("record type {} of {}", quoted(&found.label), code(object));
            Some(vec![tide(name), kind])
        }
        Named::Queue(name) => {
            let queue = catalog.queues.get(name)?;
            Some(vec![tide(name), format!("queue {}", quoted(&queue.label))])
        }
        Named::Value(valued, value) => {
            let ty = analysis.type_of(here.item.id, valued)?;
            let (Type::List(list) | Type::MultiList(list)) = &ty else { return None };
            about_value(list, value)
        }
        Named::Workflow(name) => about_item(analysis, "workflow", name),
        Named::Push(name) => about_item(analysis, "push", name),
        Named::ChannelPush(name) => about_item(analysis, "push", name),
        Named::Form(name) => about_item(analysis, "form", name),
        Named::Text(name) => about_text(analysis, name),
        Named::Hours(name) => about_hours(analysis, name),
        Named::BusinessHours(name) => {
            let hours = catalog.business_hours.get(name)?;
            let kind = format!("business hours in {}", code(&hours.time_zone));
            Some(vec![text(name), kind, week(hours)])
        }
        Named::Holiday(name) => about_holiday(analysis, name),
        Named::Space(_)
        | Named::Word(_)
        | Named::Language(_)
        | Named::Outcome(_)
        | Named::Step(_)
        | Named::File(_)
        | Named::User(_)
        | Named::Channel(_)
        | Named::Target(_)
        | Named::Pipe(_)
        | Named::Type(_) => None,
    }
}

fn about_attribute(attribute: &Attribute, here: Option<&Possible>) -> Vec<String> {
    let mut told = vec![tide(&attribute.path())];
    match &attribute.origin {
        Origin::Field { object, path, field } => {
            let name = code(&format!("{object}.{}", path.join(".")));
            told.push(format!(
                "{}, synced from Salesforce's field {name} {}",
                attribute.ty.in_words(),
                quoted(&field.label)
            ));
            told.extend(field.help.as_deref().map(escaped));
        }
        Origin::Own => told.push(format!(
            "{}, data of the project's own: {}",
            attribute.ty.in_words(),
            quoted(&attribute.label)
        )),
        Origin::Session => {
            told.push(format!("{}, collected by the Messenger", attribute.ty.in_words()));
        }
        Origin::Let => told.push(format!("{}, given by a `let`", attribute.ty.in_words())),
    }
    told.extend(here.map(possible));
    told.extend(values(&attribute.ty, &attribute.descriptions));
    told
}

/// What it can be when the step that names it begins.
fn possible(here: &Possible) -> String {
    let values = match &here.values {
        Values::None => None,
        Values::Any => Some("any value".to_owned()),
        Values::Listed(values) => {
            let values: Vec<String> = values.iter().map(|value| text(value)).collect();
            Some(values.join(" or "))
        }
        Values::Between(low, high) => Some(format!("from {low} to {high}")),
        Values::Text(one) => Some(text(one)),
        Values::Bool(yes) => Some(code(if *yes { "true" } else { "false" })),
    };
    match (values, here.blank) {
        (Some(values), true) => format!("**Before this step:** {values}, or blank"),
        (Some(values), false) => format!("**Before this step:** {values}, never blank"),
        (None, _) => "**Before this step:** blank".to_owned(),
    }
}

/// The values of a list, with what they mean.
fn values(ty: &Type, descriptions: &[(String, String)]) -> Option<String> {
    let (Type::List(list) | Type::MultiList(list)) = ty else { return None };
    let active = || list.values.iter().filter(|value| value.active);
    let mut lines: Vec<String> = active()
        .take(MOST_VALUES)
        .map(|value| {
            let described = descriptions.iter().find(|(described, _)| *described == value.value);
            let said = described
                .map(|(_, said)| said)
                .or_else(|| Some(&value.label).filter(|label| **label != value.value));
            let said = said.map_or_else(String::new, |said| format!(": {}", escaped(said)));
            format!("- {}{said}", text(&value.value))
        })
        .collect();
    let more = active().count().saturating_sub(MOST_VALUES);
    if more > 0 {
        lines.push(format!("- and {more} more"));
    }
    if list.open {
        lines.push("- and values that the org may add".to_owned());
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn about_field(object: &Object, field: &Field, ty: &Type) -> Vec<String> {
    let mut told = vec![tide(&format!("{}.{}", object.name, field.name))];
    let mut marks = vec![ty.in_words(), format!("Salesforce's field {}", quoted(&field.label))];
    if field.required_on_create() {
        marks.push("required".to_owned());
    }
    if field.read_only() {
        marks.push("written by the org alone".to_owned());
    }
    told.push(marks.join(", "));
    told.extend(field.help.as_deref().map(escaped));
    told.extend(values(ty, &[]));
    told
}

fn about_parent(analysis: &Analysis, field: &FieldName) -> Option<Vec<String>> {
    let object = field.home(&analysis.catalog)?;
    let name = field.path.last()?;
    Some(vec![tide(name), format!("a lookup of {}", code(&object.name))])
}

fn about_value(list: &ListType, value: &str) -> Option<Vec<String>> {
    let found = list.values.iter().find(|its| its.value == value)?;
    let mut kind = format!("value of the list {}", code(&list.name));
    if found.label != found.value {
        kind.push_str(&format!(", {}", quoted(&found.label)));
    }
    if !found.active {
        kind.push_str(", not active any more");
    }
    Some(vec![text(value), kind])
}

/// A declared thing by its head and the lines that document it.
fn about_item(analysis: &Analysis, kind: &str, name: &str) -> Option<Vec<String>> {
    let doc = analysis.written().find_map(|its| match &its.parsed.item {
        Item::Workflow(of) if kind == "workflow" && of.name.text == name => Some(&of.doc),
        Item::Push(of) if kind == "push" && of.name.text == name => Some(&of.doc),
        Item::Channel(of) if kind == "push" && of.name.text == name => Some(&of.doc),
        Item::Text(of) if kind == "text" && of.name.text == name => Some(&of.doc),
        Item::Form(of) if kind == "form" && of.name.text == name => Some(&of.doc),
        Item::Hours(of) if kind == "hours" && of.name.text == name => Some(&of.doc),
        _ => None,
    })?;
    let mut told = vec![tide(&format!("{kind} {name}"))];
    told.extend(doc.as_deref().map(escaped));
    Some(told)
}

/// A text by what it is in each language.
fn about_text(analysis: &Analysis, name: &str) -> Option<Vec<String>> {
    let mut told = about_item(analysis, "text", name)?;
    let item = analysis.written().find_map(|its| match &its.parsed.item {
        Item::Text(of) if of.name.text == name => Some((its.source, its.start, of)),
        _ => None,
    });
    let (source, start, item) = item?;
    let source = analysis.sources.get(source)?;
    for (language, text) in &item.spoken {
        let (from, to) = ((start + text.range.start) as usize, (start + text.range.end) as usize);
        let written = source.text.get(from..to)?;
        told.push(format!("- {}: {}", code(&language.text), code(written)));
    }
    Some(told)
}

/// Hours by when they are open.
fn about_hours(analysis: &Analysis, name: &str) -> Option<Vec<String>> {
    let mut told = about_item(analysis, "hours", name)?;
    let from = analysis.written().find_map(|its| match &its.parsed.item {
        Item::Hours(of) if of.name.text == name => of.from.as_ref().map(|from| from.text.clone()),
        _ => None,
    });
    let hours = from.and_then(|from| analysis.catalog.business_hours.get(&from))?;
    told.push(format!("{}, in {}", quoted(&hours.name), code(&hours.time_zone)));
    told.push(week(hours));
    let declared = analysis.program.hours.iter().find(|its| its.name == name);
    let open = declared.and_then(|its| its.open.as_ref())?;
    let holidays: Vec<String> = open.holidays.iter().map(|its| escaped(&its.name)).collect();
    if !holidays.is_empty() {
        told.push(format!("closed on {}", holidays.join(", ")));
    }
    Some(told)
}

fn about_holiday(analysis: &Analysis, name: &str) -> Option<Vec<String>> {
    let mut all = analysis.catalog.holidays.iter().filter(|its| its.name == name).peekable();
    all.peek()?;
    let days = all.filter_map(|its| {
        let start = its.recurrence.as_ref().and_then(|its| its.start.as_ref());
        match (&its.date, start) {
            (_, Some(start)) => Some(format!("- recurs, from {} on", escaped(start))),
            (Some(date), None) => Some(format!("- on {}", escaped(date))),
            (None, None) => None,
        }
    });
    let days: Vec<String> = days.collect();
    Some([vec![text(name), "holiday".to_owned()], vec![days.join("\n")]].concat())
}

/// A line for each day on which it is open.
fn week(hours: &BusinessHours) -> String {
    let days = DAYS.iter().zip(&hours.week);
    let days = days.filter_map(|(day, opening)| {
        let Opening { from, to } = (*opening)?;
        let whole = from == to && from.millis() == 0;
        let times = if whole { "all day".to_owned() } else { format!("{from} to {to}") };
        Some(format!("- {day}: {times}"))
    });
    days.collect::<Vec<String>>().join("\n")
}

/// A line of Tide.
fn tide(line: &str) -> String {
    format!("```tide\n{}\n```", printable(line).replace('\n', " "))
}

/// A text in quotes, as Tide writes it.
fn text(value: &str) -> String {
    code(&format!("\"{value}\""))
}

/// As it is; what others wrote may hold the sign that ends it.
fn code(text: &str) -> String {
    let text = printable(text).replace('\n', " ");
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

fn quoted(text: &str) -> String {
    format!("\u{201c}{}\u{201d}", escaped(text))
}

/// Labels, help and descriptions are written by others: no sign of theirs means anything here.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in printable(text).chars() {
        match character {
            '\n' => out.push(' '),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '!' | '~'
            | '&' => out.extend(['\\', character]),
            other => out.push(other),
        }
    }
    out
}

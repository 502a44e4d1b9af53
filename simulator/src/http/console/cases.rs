//! Cases, newest first, with what hangs on them.

use super::html::Html;
use super::{MOST_SHOWN, Served};
use crate::org::schema::{FieldSchema, FieldType, ObjectSchema, Schema};
use crate::org::{RecordId, Records, Row, Value, read};

/// Shown at the top of a Case rather than among its values.
const HEADLINE: [&str; 5] = ["Id", "CaseNumber", "Subject", "Status", "IsDeleted"];
/// The org's own book-keeping, shown smaller.
const STAMPS: [&str; 5] =
    ["CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp"];

pub(super) fn write(served: &Served, html: &mut Html) {
    let schema = served.org.schema();
    let Some(object) = schema.object("Case") else { return };
    let state = served.org.state();
    let cases: Vec<&Row> = state.records.rows("Case").rev().take(MOST_SHOWN).collect();
    html.raw("<h1>Cases</h1>");
    if cases.is_empty() {
        html.element("p", "empty", "No Case yet. The first one shows up here by itself.");
    }
    for case in cases {
        write_case(&schema, &state.records, object, case, html);
    }
}

fn write_case(
    schema: &Schema,
    records: &Records,
    object: &ObjectSchema,
    case: &Row,
    html: &mut Html,
) {
    let text = |field: &str| case.get(field).shown();
    html.raw("<article><div class=\"headline\">");
    html.element("span", "number", &text("CaseNumber"));
    let subject = text("Subject");
    html.element("h2", "subject", if subject.is_empty() { "(no subject)" } else { &subject });
    html.element("span", "badge", &text("Status"));
    html.raw("</div>");
    html.raw("<dl class=\"values\">");
    let values = object.fields.iter().filter(|field| {
        !HEADLINE.contains(&field.name.as_str()) && !STAMPS.contains(&field.name.as_str())
    });
    for field in values {
        let shown = shown(schema, records, object, field, case);
        if !shown.is_empty() {
            html.pair(&field.label, &field.name, &shown);
        }
    }
    html.raw("</dl>");
    write_files(records, &case.id, html);
    write_comments(records, &case.id, html);
    html.raw("<p class=\"stamps\">");
    html.text(&format!("{} · made {}", case.id, text("CreatedDate")));
    let by = case.get("CreatedById").as_id().and_then(|id| name_of(schema, records, id));
    html.text(&format!(" by {}", by.unwrap_or_default()));
    html.raw("</p></article>");
}

/// A value as a person reads it: labels of lists, names of what is pointed to.
fn shown(
    schema: &Schema,
    records: &Records,
    object: &ObjectSchema,
    field: &FieldSchema,
    row: &Row,
) -> String {
    match (read(records, object, field, row), field.field_type) {
        (Value::Flag(false), _) => String::new(),
        (Value::Flag(true), _) => "yes".to_owned(),
        (Value::Id(id), _) => match name_of(schema, records, &id) {
            Some(name) => format!("{name} ({id})"),
            None => id.to_string(),
        },
        (Value::Text(text), FieldType::Picklist) => {
            let label = object.list(field).and_then(|list| list.entry(&text)).map(|e| e.label());
            match label.filter(|label| *label != text) {
                Some(label) => format!("{label} ({text})"),
                None => text,
            }
        }
        (value, _) => value.shown(),
    }
}

fn name_of(schema: &Schema, records: &Records, id: &RecordId) -> Option<String> {
    let object = schema.object_of_prefix(id.key_prefix())?;
    let row = records.get(&object.name, id)?;
    let name = read(records, object, object.name_field()?, row).shown();
    let kind = if object.name == "Group" { "queue " } else { "" };
    Some(format!("{kind}{name}"))
}

fn write_files(records: &Records, case: &RecordId, html: &mut Html) {
    let documents = records
        .rows("ContentDocumentLink")
        .filter(|link| link.get("LinkedEntityId").as_id() == Some(case))
        .filter_map(|link| link.get("ContentDocumentId").as_id());
    let files: Vec<&Row> = documents
        .filter_map(|id| records.get("ContentDocument", id))
        .filter_map(|document| document.get("LatestPublishedVersionId").as_id())
        .filter_map(|id| records.get("ContentVersion", id))
        .collect();
    if files.is_empty() {
        return;
    }
    html.raw("<ul class=\"files\">");
    for file in files {
        html.raw(&format!("<li><a href=\"/files/{}\">", file.id));
        html.text(&file.get("Title").shown());
        html.raw("</a> ");
        html.element("span", "size", &format!("{} bytes", file.get("ContentSize").shown()));
        html.raw("</li>");
    }
    html.raw("</ul>");
}

fn write_comments(records: &Records, case: &RecordId, html: &mut Html) {
    let comments = records.rows("CaseComment");
    for comment in comments.filter(|row| row.get("ParentId").as_id() == Some(case)) {
        html.element("blockquote", "comment", &comment.get("CommentBody").shown());
    }
}

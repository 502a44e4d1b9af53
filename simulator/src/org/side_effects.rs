//! Rows that the org makes because a client made another: documents of files, comments of Cases.

use super::defaults::{self, Stamp};
use super::draft::Draft;
use super::records::Row;
use super::refusal::{ApiError, ErrorCode, Refusal};
use super::schema::ObjectSchema;
use super::value::Value;

/// Fills what a new file knows about itself.
fn complete_file(row: &mut Row) -> Result<(), Refusal> {
    let Value::Bytes(bytes) = row.get("VersionData") else {
        return Err(missing("VersionData"));
    };
    let size = bytes.len();
    let Some(path) = row.get("PathOnClient").as_text().map(str::to_owned) else {
        return Err(missing("PathOnClient"));
    };
    let file_name = path.rsplit(['/', '\\']).next().unwrap_or(&path);
    let (stem, extension) = match file_name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => (stem, Some(extension.to_lowercase())),
        _ => (file_name, None),
    };
    if row.get("Title").is_null() {
        row.set("Title", Value::Text(stem.to_owned()));
    }
    let kind = extension.as_deref().map_or("UNKNOWN".to_owned(), file_type);
    row.set("FileType", Value::Text(kind));
    row.set("FileExtension", extension.map_or(Value::Null, Value::Text));
    row.set("ContentSize", Value::Number(size.into()));
    Ok(())
}

/// Gives a new file its document, and links the document to where it is first published.
pub(super) fn publish_file(
    draft: &mut Draft<'_>,
    version: &mut Row,
    stamp: &Stamp,
) -> Result<(), Refusal> {
    if version.object != "ContentVersion" {
        return Ok(());
    }
    complete_file(version)?;
    let documents = object(draft, "ContentDocument")?;
    let existing = version.get("ContentDocumentId").as_id();
    let existing = existing.and_then(|id| draft.get(&documents.name, id)).cloned();
    let number = match &existing {
        None => 1,
        Some(document) => supersede(draft, document) + 1,
    };
    let mut document = existing.unwrap_or_else(|| Row::new(documents, draft.next_id(documents)));
    for field in ["Title", "FileExtension", "FileType", "ContentSize"] {
        document.set(field, version.get(field).clone());
    }
    document.set("LatestPublishedVersionId", Value::Id(version.id.clone()));
    defaults::fill(draft, documents, &mut document, stamp);
    defaults::touch(documents, &mut document, stamp);
    version.set("ContentDocumentId", Value::Id(document.id.clone()));
    version.set("IsLatest", Value::Flag(true));
    version.set("VersionNumber", Value::Text(number.to_string()));
    let location = version.get("FirstPublishLocationId").clone();
    if number == 1 && !location.is_null() {
        link(draft, &document, location, stamp)?;
    }
    draft.put(document);
    Ok(())
}

/// Takes "latest" from the document's versions and counts them.
fn supersede(draft: &mut Draft<'_>, document: &Row) -> usize {
    let versions = draft.base().rows("ContentVersion");
    let versions: Vec<_> = versions
        .filter(|version| version.get("ContentDocumentId").as_id() == Some(&document.id))
        .cloned()
        .collect();
    let count = versions.len();
    for mut version in versions {
        version.set("IsLatest", Value::Flag(false));
        draft.put(version);
    }
    count
}

fn link(
    draft: &mut Draft<'_>,
    document: &Row,
    entity: Value,
    stamp: &Stamp,
) -> Result<(), Refusal> {
    let links = object(draft, "ContentDocumentLink")?;
    let mut link = Row::new(links, draft.next_id(links));
    link.set("ContentDocumentId", Value::Id(document.id.clone()));
    link.set("LinkedEntityId", entity);
    link.set("ShareType", Value::Text("I".to_owned()));
    defaults::fill(draft, links, &mut link, stamp);
    defaults::touch(links, &mut link, stamp);
    draft.put(link);
    Ok(())
}

/// `Comments` of a Case is only a way to write a comment: it never reads back.
pub(super) fn move_comment(
    draft: &mut Draft<'_>,
    case: &mut Row,
    stamp: &Stamp,
) -> Result<(), Refusal> {
    let body = case.get("Comments").clone();
    if case.object != "Case" || body.is_null() {
        return Ok(());
    }
    let comments = object(draft, "CaseComment")?;
    let mut comment = Row::new(comments, draft.next_id(comments));
    comment.set("ParentId", Value::Id(case.id.clone()));
    comment.set("CommentBody", body);
    defaults::fill(draft, comments, &mut comment, stamp);
    defaults::touch(comments, &mut comment, stamp);
    draft.put(comment);
    case.set("Comments", Value::Null);
    Ok(())
}

fn object<'a>(draft: &Draft<'a>, name: &str) -> Result<&'a ObjectSchema, Refusal> {
    draft.schema.object(name).ok_or_else(Refusal::not_found)
}

fn missing(field: &str) -> Refusal {
    let message = format!("Required fields are missing: [{field}]");
    Refusal::save(ApiError::at(ErrorCode::RequiredFieldMissing, field, message))
}

fn file_type(extension: &str) -> String {
    match extension {
        "txt" => "TEXT".to_owned(),
        "htm" | "html" => "HTML".to_owned(),
        "jpg" | "jpeg" => "JPG".to_owned(),
        "md" | "log" => "UNKNOWN".to_owned(),
        other => other.to_uppercase(),
    }
}

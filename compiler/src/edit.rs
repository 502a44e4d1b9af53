//! Changes of sources that a user asks for by name instead of writing them.
//!
//! What stands elsewhere in a file stays as it is, to the byte.

mod place;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use tidegate_diagnostics::{Edit, SourceId, SourceMap, SourceText, Span};
use tidegate_schemas::catalog::Object;

use crate::analysis::Analysis;
use crate::hir::{Attribute, Origin, Space};
use crate::resolve::declarations::space_word;
use crate::resolve::{names, suggest};
use crate::source::{ItemId, Loc, Range};
use crate::syntax::ast::{Item, Map, MapLine, Name, Path};
use crate::syntax::{self, ChunkText};

/// A field that is to be synced: `Case.Priority`, `Contact.Account.Industry`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldName {
    /// The mapped object.
    pub object: String,
    /// API names from that object to the field; at least one.
    pub path: Vec<String>,
}

impl fmt::Display for FieldName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.object, self.path.join("."))
    }
}

impl FromStr for FieldName {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let mut parts = text.split('.').map(str::to_owned);
        let object = parts.next().unwrap_or_default();
        let path: Vec<String> = parts.collect();
        if path.is_empty() || !is_word(&object) || !path.iter().all(|part| is_word(part)) {
            return Err(Refusal::new(
                format!("`{}` names no field", text.escape_debug()),
                "write the object and the field, such as `Case.Priority`",
            ));
        }
        Ok(Self { object, path })
    }
}

/// Whether a text is one word, as names are.
pub fn is_word(text: &str) -> bool {
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    begins && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Why a change is not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    message: String,
    help: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}

impl Refusal {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }

    /// What to write instead.
    pub fn help(&self) -> &str {
        &self.help
    }
}

/// Adds a `sync` line to the map of the field's object, beside the lines that it belongs to.
///
/// # Errors
/// The field is not there, or synced already; its object has no map, or one that is not understood.
pub fn add_sync(
    analysis: &Analysis,
    field: &FieldName,
    alias: Option<&str>,
) -> Result<Edit, Refusal> {
    let space = space_of(&field.object, analysis)?;
    let object = object(analysis, &field.object)?;
    known(analysis, object, field)?;
    if let Some(alias) = alias.filter(|alias| !is_word(alias)) {
        return Err(Refusal::new(
            format!("`{}` cannot be a name", alias.escape_debug()),
            "names are made of the letters a to z, digits and `_`",
        ));
    }
    let found = map_of(&analysis.sources, &field.object);
    let Some(found) = found else { return Err(no_map(field, alias, space)) };
    if !found.sound {
        return Err(Refusal::new(
            format!("the map of `{}` in {} is not understood", field.object, found.file),
            "run `tidegate check`, and mend what it shows there",
        ));
    }
    new_here(analysis, &found, field, alias)?;
    let spot = place::spot(found.chunk.text, &found.map, &field.path);
    let line = line(&field.path, alias);
    let start = found.chunk.start + spot.range.start;
    let end = found.chunk.start + spot.range.end;
    Ok(Edit { span: Span { source: found.source, start, end }, text: spot.text(&line) })
}

/// The sources with one edit made.
pub fn apply(sources: &SourceMap, edit: &Edit) -> SourceMap {
    let changed = |(id, source): (SourceId, &SourceText)| {
        let mut source = source.clone();
        let range = edit.span.start as usize..edit.span.end as usize;
        if id == edit.span.source && source.text.get(range.clone()).is_some() {
            source.text.replace_range(range, &edit.text);
        }
        source
    };
    SourceMap::new(sources.iter().map(changed).collect())
}

fn line(path: &[String], alias: Option<&str>) -> String {
    let alias = alias.map_or_else(String::new, |alias| format!(" as {alias}"));
    format!("sync {}{alias}", path.join("."))
}

/// What an object may be mapped to.
fn space_of(object: &str, analysis: &Analysis) -> Result<Space, Refusal> {
    match object {
        "Case" => Ok(Space::Conversation),
        "Contact" => Ok(Space::Person),
        _ if analysis.catalog.objects.contains_key(object) => Err(Refusal::new(
            format!("the fields of `{object}` cannot be synced by themselves"),
            "a parent's field is reached by its lookup, such as `Contact.Account.Industry as \
             industry`",
        )),
        _ => {
            let near = suggest::closest(object, ["Case", "Contact"]);
            let help = near.map_or_else(
                || "fields of `Case` and `Contact` can be synced".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            Err(Refusal::new(format!("no object `{object}` can be mapped"), help))
        }
    }
}

fn object<'a>(analysis: &'a Analysis, name: &str) -> Result<&'a Object, Refusal> {
    analysis.catalog.objects.get(name).ok_or_else(|| {
        Refusal::new(
            format!("there is no object `{name}` in the pulled metadata"),
            "run `tidegate pull`; the user who pulls must be allowed to see it",
        )
    })
}

/// Follows the path, as the line itself would be read.
fn known(analysis: &Analysis, object: &Object, field: &FieldName) -> Result<(), Refusal> {
    let range = Range::default();
    let part = |part: &String| Name { text: part.clone(), range };
    let path = Path { parts: field.path.iter().map(part).collect(), range };
    let mut findings = Vec::new();
    let item = ItemId(0);
    names::field_path(&analysis.catalog, object, &path, item, &mut findings);
    match findings.into_iter().next() {
        Some(finding) => Err(Refusal::new(
            finding.diagnostic.message,
            finding.diagnostic.help.unwrap_or_default(),
        )),
        None => Ok(()),
    }
}

/// A map as it stands in its source.
struct Found<'a> {
    source: SourceId,
    file: &'a str,
    chunk: ChunkText<'a>,
    map: Map,
    sound: bool,
}

fn map_of<'a>(sources: &'a SourceMap, object: &str) -> Option<Found<'a>> {
    sources.iter().find_map(|(id, source)| {
        syntax::chunks(&source.text).into_iter().find_map(|chunk| {
            let parsed = syntax::parse(chunk.text);
            let sound = parsed.problems.is_empty();
            match parsed.item {
                Item::Map(map) if map.object.text == object => {
                    Some(Found { source: id, file: &source.name, chunk, map, sound })
                }
                _ => None,
            }
        })
    })
}

fn no_map(field: &FieldName, alias: Option<&str>, space: Space) -> Refusal {
    let space_word = space_word(space);
    let find_by = if space == Space::Person { "\n  find by Email" } else { "" };
    Refusal::new(
        format!("no file has a map of `{}`", field.object),
        format!(
            "write this into one of your .tide files:\n\nmap {} to {space_word} {{{find_by}\n  {}\n}}",
            field.object,
            line(&field.path, alias)
        ),
    )
}

/// Refuses a field that is an attribute already, or that its map takes out by name.
fn new_here(
    analysis: &Analysis,
    found: &Found<'_>,
    field: &FieldName,
    alias: Option<&str>,
) -> Result<(), Refusal> {
    let written = found.map.lines.iter().any(|line| match line {
        MapLine::Sync { field: path, .. } => {
            path.parts.iter().map(|part| &part.text).eq(&field.path)
        }
        _ => false,
    });
    if let Some(attribute) = attribute(analysis, field)
        && (written || alias.is_none_or(|alias| alias == attribute.name))
    {
        let name = format!("{}.{}", space_word(attribute.space), attribute.name);
        let there = place(analysis, attribute.declared);
        let message = format!("`{field}` is synced already: it is `{name}`");
        return Err(Refusal::new(message, format!("it comes from {there}")));
    }
    let excepted = found.map.lines.iter().any(|line| match (line, field.path.as_slice()) {
        (MapLine::SyncAll { except, .. }, [single]) => {
            except.iter().any(|name| name.text == *single)
        }
        _ => false,
    });
    if excepted {
        let single = field.path.join(".");
        return Err(Refusal::new(
            format!("`except {single}` in {} takes the field out", found.file),
            "remove that line: `sync *` brings the field then",
        ));
    }
    Ok(())
}

fn attribute<'a>(analysis: &'a Analysis, field: &FieldName) -> Option<&'a Attribute> {
    analysis.program.attributes.iter().find(|attribute| match &attribute.origin {
        Origin::Field { object, path, .. } => *object == field.object && *path == field.path,
        Origin::Own | Origin::Session | Origin::Let => false,
    })
}

fn place(analysis: &Analysis, at: Option<Loc>) -> String {
    let span = at.map(|at| analysis.items.span(at));
    let place = span.and_then(|span| {
        let source = analysis.sources.get(span.source)?;
        let (line, _) = analysis.sources.line_column(span.source, span.start)?;
        Some(format!("{}:{line}", source.name))
    });
    place.unwrap_or_else(|| "the map".to_owned())
}

//! From files to a catalog.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use crate::catalog::{Catalog, Holiday, Object, Origin};

use super::error::{Fault, Unreadable};
use super::hours::HoursFile;
use super::shape::{self, FormatOnly, ObjectFile, OrgFile};
use super::{FORMAT, HOURS_FILE, OBJECTS, ORG_FILE, literal, object_path};

/// Reads a catalog from its files, given as [`super::to_files`] gives them.
///
/// # Errors
///
/// The first fault of every file: not TOML, an unknown or a missing key, a wrong type, a file that
/// is none of a catalog's. Where the format is another version's, that alone is reported.
pub fn from_files(files: &BTreeMap<String, String>) -> Result<Catalog, Unreadable> {
    let mut catalog = Catalog::default();
    let mut faults = Vec::new();
    match files.get(ORG_FILE) {
        None => faults.push(Fault::of_file(ORG_FILE, "is missing")),
        Some(text) => {
            if let Err(fault) = check_format(text) {
                return Err(Unreadable { faults: vec![fault] });
            }
            read_org(text, &mut catalog).unwrap_or_else(|fault| faults.push(fault));
        }
    }
    if let Some(text) = files.get(HOURS_FILE) {
        read_hours(text, &mut catalog).unwrap_or_else(|fault| faults.push(fault));
    }
    let others = |path: &&String| *path != ORG_FILE && *path != HOURS_FILE;
    for (path, text) in files.iter().filter(|(path, _)| others(path)) {
        match read_object(path, text) {
            Ok(object) => {
                catalog.objects.insert(object.name.clone(), object);
            }
            Err(fault) => faults.push(fault),
        }
    }
    faults.sort_by(|a, b| a.file.cmp(&b.file));
    if faults.is_empty() { Ok(catalog) } else { Err(Unreadable { faults }) }
}

fn check_format(text: &str) -> Result<(), Fault> {
    let found: FormatOnly = parse(ORG_FILE, text)?;
    match found.format {
        None => Err(Fault::of_key(ORG_FILE, "format", "is missing")),
        Some(toml::Value::Integer(number)) if number == i64::from(FORMAT) => Ok(()),
        Some(other) => Err(Fault::of_key(
            ORG_FILE,
            "format",
            format!("is {other}, written by another version; this one reads {FORMAT}"),
        )),
    }
}

fn read_org(text: &str, catalog: &mut Catalog) -> Result<(), Fault> {
    let org: OrgFile = parse(ORG_FILE, text)?;
    let OrgFile { org_id, pulled_by, api_version, queues, users, .. } = org;
    catalog.origin = Origin { org_id, pulled_by, api_version };
    for (name, entry) in queues {
        let queue = entry.named(&name);
        catalog.queues.insert(name, queue);
    }
    for (name, entry) in users {
        let user = entry.named(&name);
        catalog.users.insert(name, user);
    }
    Ok(())
}

fn read_hours(text: &str, catalog: &mut Catalog) -> Result<(), Fault> {
    let file: HoursFile = parse(HOURS_FILE, text)?;
    for (name, entry) in file.business_hours {
        let hours = entry.named(&name).map_err(|(day, what)| {
            let key = format!("business_hours.{}.{day}", literal::key(&name));
            Fault::of_key(HOURS_FILE, key, what)
        })?;
        catalog.business_hours.insert(name, hours);
    }
    catalog.holidays = file.holidays.into_iter().map(Holiday::from).collect();
    catalog.holidays.sort();
    Ok(())
}

fn read_object(path: &str, text: &str) -> Result<Object, Fault> {
    if !path.starts_with(&format!("{OBJECTS}/")) || !path.ends_with(".toml") {
        return Err(Fault::of_file(path, "is no file of a schema"));
    }
    let file: ObjectFile = parse(path, text)?;
    let expected = object_path(&file.name);
    if path != expected {
        return Err(Fault::of_key(path, "name", format!("belongs into `{expected}`")));
    }
    let mut object = Object {
        name: file.name,
        label: file.label,
        key_prefix: file.key_prefix,
        createable: file.createable,
        ..Object::default()
    };
    for (name, entry) in file.record_types {
        let record_type = entry.named(&name);
        object.record_types.insert(name, record_type);
    }
    for (name, entry) in file.offers {
        let offers = shape::offers(entry).map_err(|(field, what)| {
            let names = [Some("offers"), Some(name.as_str()), field.as_deref()];
            let keys: Vec<String> = names.into_iter().flatten().map(literal::key).collect();
            Fault::of_key(path, keys.join("."), what)
        })?;
        object.offers.insert(name, offers);
    }
    for (name, entry) in file.fields {
        let field = entry.named(&name).map_err(|(key, what)| {
            Fault::of_key(path, format!("fields.{}.{key}", literal::key(&name)), what)
        })?;
        object.fields.insert(name, field);
    }
    Ok(object)
}

fn parse<T: DeserializeOwned>(path: &str, text: &str) -> Result<T, Fault> {
    let fault = |key: Option<String>, error: &toml::de::Error| Fault {
        file: path.to_owned(),
        line: error.span().map(|span| line_of(text, span.start)),
        key,
        what: in_words(error.message()),
    };
    let document = toml::Deserializer::parse(text).map_err(|error| fault(None, &error))?;
    serde_path_to_error::deserialize(document).map_err(|error| {
        let at = error.path().to_string();
        fault((at != ".").then_some(at), error.inner())
    })
}

fn line_of(text: &str, offset: usize) -> usize {
    let before = text.get(..offset).unwrap_or(text);
    before.matches('\n').count() + 1
}

/// The parser's message on one line, without Rust's types and with nothing that a terminal obeys.
fn in_words(message: &str) -> String {
    let visible = |c: char| if c.is_control() { '?' } else { c };
    let lines: Vec<String> =
        message.lines().map(|line| line.chars().map(visible).collect()).collect();
    let message = lines.join("; ").replace("expected u32", "expected a whole number");
    let Some((what, wanted)) = message.split_once(", expected ") else { return message };
    let found = what.split_once(": ").map_or(what, |(_, found)| found);
    let found = found.strip_prefix("string ").or(found.strip_prefix("integer ")).unwrap_or(found);
    let found = found.replace('`', "");
    if what.starts_with("unknown field") {
        let known = wanted.trim_start_matches("one of ").replace("there are no fields", "nothing");
        let named = what.split('`').nth(1).unwrap_or_default();
        return format!("`{named}` is not known here, where {known} can stand");
    }
    let written = match wanted {
        "struct ValueEntry" => "a value, written `{ value = \"red\", label = \"Red\" }`",
        "struct QueueEntry" => "a queue, written `{ label = \"Orders\", objects = [\"Case\"] }`",
        "struct UserEntry" => "a user, written `{ label = \"Ada Ek\" }`",
        "struct RecordTypeEntry" => "a record type, written `{ label = \"Return\" }`",
        "struct HolidayEntry" => {
            "a holiday, written `{ name = \"Boxing Day\", date = \"2026-12-26\" }`"
        }
        "struct HoursEntry" => "a table such as `[business_hours.\"Service Desk\"]`",
        "struct FieldEntry" => "a table such as `[fields.Subject]`",
        "a whole number" => "a whole number without quotes",
        "a string" => "a text in quotes",
        "a boolean" => "`true` or `false`",
        "a sequence" => "a list in `[ ]`",
        "a map" => "a table",
        _ => return message,
    };
    format!("{written} is wanted here, not {found}")
}

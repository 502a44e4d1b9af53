//! The schema of a real org, from a directory of its describes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use super::load::{self, SchemaError};
use super::{ObjectSchema, OrgRules, RecordTypeSchema, Schema};
use crate::org::Told;

impl Schema {
    /// Reads every `*.json` of a directory: an object's describe stands in place of the built-in object,
    /// a describe of the whole org adds the names of what else there is, an answer of the UI API
    /// (`picklist-values` of a record type) says what that one offers; other files are left alone.
    ///
    /// What no describe tells (users, queues, record types, files) is built in. Rules and permissions that name
    /// what this org lacks are left out.
    pub fn from_describes(directory: &Path) -> Result<Schema, SchemaError> {
        let (mut objects, mut rules) = load::built_in()?;
        let mut others = Vec::new();
        let mut offered = Vec::new();
        let mut described = 0;
        for path in json_files(directory)? {
            let unreadable =
                |problem: String| SchemaError::Describe { path: path.clone(), problem };
            let text = std::fs::read(&path).map_err(|problem| unreadable(problem.to_string()))?;
            let json: Json =
                serde_json::from_slice(&text).map_err(|problem| unreadable(problem.to_string()))?;
            if json.get("fields").is_some_and(Json::is_array) {
                add(&mut objects, json).map_err(unreadable)?;
                described += 1;
                rules.modified = rules.modified.max(modified(&path));
            } else if let Some(Json::Array(entries)) = json.get("sobjects") {
                others.clone_from(entries);
            } else if let Some(Json::Object(lists)) = json.get("picklistFieldValues") {
                offered.push(lists.clone());
            }
        }
        if described == 0 {
            let problem =
                "it holds no describe of an object (a JSON file with `fields`)".to_owned();
            return Err(SchemaError::Describe { path: directory.to_owned(), problem });
        }
        offered.iter().for_each(|lists| offer(&mut objects, lists));
        leave_out_what_is_unknown(&objects, &mut rules);
        let mut schema = load::link(objects, rules)?;
        let name = |entry: &Json| entry["name"].as_str().unwrap_or_default().to_owned();
        schema.others =
            others.into_iter().filter(|entry| schema.object(&name(entry)).is_none()).collect();
        Ok(schema)
    }
}

/// Fields that Salesforce gives to records and that no admin can hide, so that an org has them whatever
/// a describe left out (Object Reference, "System Fields").
const ALWAYS_THERE: [&str; 8] = [
    "CaseNumber",
    "CreatedById",
    "CreatedDate",
    "IsDeleted",
    "LastModifiedById",
    "LastModifiedDate",
    "OwnerId",
    "SystemModstamp",
];

impl Schema {
    /// Reads describes: each stands in place of the built-in object, if there is one.
    pub(in crate::org) fn told(told: &Told) -> Result<Schema, SchemaError> {
        let (mut objects, mut rules) = load::built_in()?;
        for describe in &told.describes {
            let name = describe["name"].as_str().unwrap_or_default();
            let own = objects.iter().find(|object| object.name == name).cloned();
            let unreadable =
                |problem| SchemaError::Contradiction(format!("the describe of {name}: {problem}"));
            add(&mut objects, describe.clone()).map_err(unreadable)?;
            let object = objects.iter_mut().find(|object| object.name == name);
            if let Some((object, mut own)) = object.zip(own) {
                if !load::lives_by(name) {
                    let typed = !object.record_types.is_empty();
                    own.keep(|field| {
                        ALWAYS_THERE.contains(&field) || (typed && field == "RecordTypeId")
                    });
                }
                object.complete(own);
            }
        }
        let lists =
            told.offered.iter().filter_map(|answer| answer["picklistFieldValues"].as_object());
        lists.for_each(|lists| offer(&mut objects, lists));
        leave_out_what_is_unknown(&objects, &mut rules);
        load::link(objects, rules)
    }
}

/// Whether a describe can stand in a directory of describes.
///
/// # Errors
///
/// What is wrong with it.
pub fn check_describe(describe: Json) -> Result<(), String> {
    let mut objects = Vec::new();
    add(&mut objects, describe)?;
    objects.iter_mut().try_for_each(ObjectSchema::index)
}

fn json_files(directory: &Path) -> Result<Vec<PathBuf>, SchemaError> {
    let entries = std::fs::read_dir(directory).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.map_err(|problem| SchemaError::Describe {
        path: directory.to_owned(),
        problem: problem.to_string(),
    })?;
    let paths = entries.into_iter().map(|entry| entry.path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|ending| ending == "json")).collect();
    paths.sort();
    Ok(paths)
}

fn add(objects: &mut Vec<ObjectSchema>, describe: Json) -> Result<(), String> {
    let name = describe["name"].as_str().unwrap_or_default();
    let at = objects.iter_mut().find(|object| object.name == name);
    match at {
        Some(built_in) => {
            built_in.index()?;
            *built_in = ObjectSchema::described(describe, Some(built_in))?;
        }
        None => objects.push(ObjectSchema::described(describe, None)?),
    }
    Ok(())
}

/// Lets a record type offer what an answer of the UI API says; each list's `url` says whose it is.
fn offer(objects: &mut [ObjectSchema], lists: &Map<String, Json>) {
    for (field, list) in lists {
        let mut path = list["url"].as_str().unwrap_or_default().split('/').rev().skip(1);
        let (id, object) = (path.next().unwrap_or_default(), path.nth(1).unwrap_or_default());
        let known = objects.iter_mut().find(|known| known.name == object);
        let mut types = known.into_iter().flat_map(|object| &mut object.record_types);
        let is = |known: &RecordTypeSchema| known.id.as_ref().is_some_and(|its| its.as_str() == id);
        let Some(record_type) = types.find(|known| is(known)) else { continue };
        let values = list["values"].as_array().into_iter().flatten();
        let values = values.filter_map(|entry| entry["value"].as_str().map(str::to_owned));
        record_type.offer(field, Some(&values.collect::<Vec<String>>()));
    }
}

/// When a describe was written down, to the second.
fn modified(path: &Path) -> Timestamp {
    let modified = std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    let instant = modified.and_then(|modified| Timestamp::try_from(modified).ok());
    let whole = instant.and_then(|instant| Timestamp::from_second(instant.as_second()).ok());
    whole.unwrap_or_default()
}

pub(super) fn leave_out_what_is_unknown(objects: &[ObjectSchema], rules: &mut OrgRules) {
    let has = |object: &str, field: &str| {
        let mut named = objects.iter().filter(|known| known.name == object);
        named.any(|known| known.fields.iter().any(|known| known.name == field))
    };
    rules.validation_rules.retain(|rule| {
        let fields = rule.refuses.iter().map(|test| &test.field).chain(rule.at.as_ref());
        fields.into_iter().all(|field| has(&rule.object, field))
    });
    let known =
        |path: &String| path.split_once('.').is_some_and(|(object, field)| has(object, field));
    for permissions in &mut rules.field_permissions {
        permissions.hidden.retain(known);
        permissions.read_only.retain(known);
    }
    let names: BTreeSet<&str> = objects.iter().map(|object| object.name.as_str()).collect();
    let targets = objects.iter().flat_map(|object| &object.fields).flat_map(|field| &field.to);
    let outside: BTreeSet<String> =
        targets.filter(|name| !names.contains(name.as_str())).cloned().collect();
    rules.outside = outside.into_iter().collect();
}

//! What an operator wants changed, held against the org's metadata as it was pulled last.

use serde_json::Value as Json;
use tidegate_schemas::catalog::{Catalog, Field, FieldKind, List, Object};
use tidegate_server::dead_letters::{Changes, Letter};

use crate::failure::Failure;
use crate::opened::Opened;

/// Reads `Origin=Web` and the like. Names are those of the pulled metadata; where the project has
/// none, those that are sent already.
pub(super) fn changes(
    opened: &Opened,
    letter: &Letter,
    set: &[String],
    unset: &[String],
) -> Result<Changes, Failure> {
    let catalog = opened.catalog().ok();
    let object = letter.object.as_ref().and_then(|name| catalog.as_ref()?.objects.get(name));
    let mut changes = Changes { unset: unset.to_vec(), ..Changes::default() };
    for text in set {
        let Some((name, value)) = text.split_once('=') else {
            return Err(Failure::usage(
                format!("`{}` sets nothing", text.escape_debug()),
                "write the field and its value, such as `Origin=Web`",
            ));
        };
        let (name, value) = (name.trim(), value.trim());
        let (name, value) = match object {
            Some(object) => by_metadata(object, name, value)?,
            None => (by_payload(letter, name)?, Json::String(value.to_owned())),
        };
        if name == "OwnerId" {
            owner(opened, catalog.as_ref(), &value)?;
        }
        changes.set.insert(name, value);
    }
    Ok(changes)
}

/// An owner by name is one that a push could name.
fn owner(opened: &Opened, catalog: Option<&Catalog>, value: &Json) -> Result<(), Failure> {
    let Some(text) = value.as_str() else { return Ok(()) };
    let known: Vec<&String> = match (text.split_once(' '), catalog) {
        (Some(("queue", _)), Some(catalog)) => catalog.queues.keys().collect(),
        (Some(("user", _)), _) => opened.manifest.user.keys().collect(),
        _ => return Ok(()),
    };
    let Some((kind, name)) = text.split_once(' ') else { return Ok(()) };
    let name = name.trim();
    if known.iter().any(|known| *known == name) {
        return Ok(());
    }
    let similar = known.iter().min_by_key(|known| distance(known, name));
    let help = similar.map_or_else(
        || "pull again, or write an id".to_owned(),
        |similar| format!("did you mean `{kind} {similar}`?"),
    );
    Err(Failure::input(format!("there is no {kind} `{}`", name.escape_debug()), help))
}

fn by_payload(letter: &Letter, name: &str) -> Result<String, Failure> {
    let names: Vec<&str> =
        letter.payload.keys().map(String::as_str).chain(["OwnerId", "RecordTypeId"]).collect();
    let known = names.iter().find(|known| known.eq_ignore_ascii_case(name));
    known.map(|known| (*known).to_owned()).ok_or_else(|| {
        Failure::input(
            format!("the request has no field `{}`", name.escape_debug()),
            format!(
                "it has {}; with the project's `schema/` at hand, others can be set too",
                names.join(", ")
            ),
        )
    })
}

fn by_metadata(object: &Object, name: &str, value: &str) -> Result<(String, Json), Failure> {
    let field = object.fields.values().find(|field| field.name.eq_ignore_ascii_case(name));
    let Some(field) = field else {
        let similar = object.fields.keys().min_by_key(|known| distance(known, name));
        return Err(Failure::input(
            format!("{} has no field `{}`", object.name, name.escape_debug()),
            similar.map(|similar| format!("did you mean `{similar}`?")).unwrap_or_default(),
        ));
    };
    if !field.createable {
        let message = format!("{}.{} can't be set on create", object.name, field.name);
        return Err(Failure::input(message, "leave it out with `--unset`, or pull again"));
    }
    Ok((field.name.clone(), typed(object, field, value)?))
}

fn distance(one: &str, other: &str) -> usize {
    strsim::damerau_levenshtein(&one.to_ascii_lowercase(), &other.to_ascii_lowercase())
}

fn typed(object: &Object, field: &Field, value: &str) -> Result<Json, Failure> {
    let misfit = |what: &str, help: String| {
        Failure::input(format!("{}.{} {what}", object.name, field.name), help)
    };
    let text = || Json::String(value.to_owned());
    match &field.kind {
        FieldKind::Boolean => value
            .parse()
            .map(Json::Bool)
            .map_err(|_| misfit("is a checkbox", "write `true` or `false`".to_owned())),
        FieldKind::Int { .. }
        | FieldKind::Double(_)
        | FieldKind::Currency(_)
        | FieldKind::Percent(_) => value
            .parse()
            .map(Json::Number)
            .map_err(|_| misfit("holds a number", "write it as `500.00`".to_owned())),
        FieldKind::Picklist(list) => {
            one_of(list, value).map(|()| text()).map_err(|help| misfit("has no such value", help))
        }
        FieldKind::MultiPicklist(list) => {
            let mut values = value.split(';').map(str::trim).filter(|value| !value.is_empty());
            let fits = values.try_for_each(|value| one_of(list, value));
            fits.map(|()| text()).map_err(|help| misfit("has no such value", help))
        }
        kind => match kind.text_length() {
            Some(length) if value.encode_utf16().count() > length as usize => {
                Err(misfit(&format!("takes {length} characters at most"), "write less".to_owned()))
            }
            _ => Ok(text()),
        },
    }
}

fn one_of(list: &List, value: &str) -> Result<(), String> {
    let active = || list.values.iter().filter(|one| one.active);
    if active().any(|one| one.value == value) {
        return Ok(());
    }
    let values: Vec<String> =
        active().take(20).map(|one| one.value.escape_debug().to_string()).collect();
    Err(format!("write one of {}", values.join(", ")))
}

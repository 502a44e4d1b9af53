//! `map OBJECT to SPACE`: which fields are synced, under which names.

use tidegate_diagnostics::codes;
use tidegate_schemas::catalog::{Field, FieldKind, Object};

use crate::finding::Finding;
use crate::hir::{Attribute, Origin, PersonMap, Space, Type};
use crate::resolve::declarations::{Builder, space_word};
use crate::resolve::names::{self, Reached};
use crate::source::{ItemId, Loc, Range};
use crate::syntax::ast::{Described, Map, MapLine, Name, Path, Text};
use crate::types::{lists, table};

/// One map being read.
struct Mapping<'a> {
    item: ItemId,
    space: Space,
    object: &'a Object,
    head: Loc,
    /// API names of single fields that lines of their own sync.
    explicit: Vec<(String, Loc)>,
}

/// Reads one map.
pub(crate) fn declare(builder: &mut Builder<'_>, item: ItemId, map: &Map) {
    let Some(space) = builder.space(item, &map.space) else { return };
    let head = Loc { item, range: map.head };
    if let Some(earlier) = builder.maps.get(&space) {
        let finding = Finding::new(
            codes::DECLARED_TWICE,
            head,
            format!("`{}` is mapped twice", space_word(space)),
        )
        .also(*earlier, "it is mapped here")
        .help("put the lines of both into one map");
        return builder.report(finding);
    }
    let catalog = builder.catalog;
    let at = Loc { item, range: map.object.range };
    let object = names::object(catalog, &map.object, at, &mut builder.out.findings);
    let Some(object) = object.filter(|object| fits_space(builder, object, space, at)) else {
        builder.out.broken.insert(space);
        return;
    };
    builder.maps.insert(space, head);
    builder.out.mapped.insert(space, object.name.clone());
    let mut mapping = Mapping { item, space, object, head, explicit: Vec::new() };
    for line in &map.lines {
        if let MapLine::Sync { private, field, alias, descriptions, range, .. } = line {
            let names = (field, alias.as_ref());
            sync(builder, &mut mapping, names, descriptions, *private, *range);
        }
    }
    sync_all(builder, &mapping, &map.lines);
    find_by(builder, &mapping, &map.lines);
}

fn fits_space(builder: &mut Builder<'_>, object: &Object, space: Space, at: Loc) -> bool {
    let wanted = if space == Space::Person { "Contact" } else { "Case" };
    if object.name == wanted {
        return true;
    }
    builder.report(
        Finding::new(
            codes::WRONG_OBJECT,
            at,
            format!("`{}` can't be mapped to `{}`", object.name, space_word(space)),
        )
        .help(format!("write `{wanted}`"))
        .fix(format!("write `{wanted}`"), vec![(at, wanted.to_owned())]),
    );
    false
}

/// `[private] sync FIELD [as ALIAS] [{ descriptions }]`
fn sync(
    builder: &mut Builder<'_>,
    mapping: &mut Mapping<'_>,
    (field, alias): (&Path, Option<&Name>),
    descriptions: &[Described],
    private: bool,
    range: Range,
) {
    let item = mapping.item;
    let reached =
        names::field_path(builder.catalog, mapping.object, field, item, &mut builder.out.findings);
    let at = Loc { item, range };
    let missed = || {
        let name = alias.or_else(|| field.parts.last());
        name.map(|name| (mapping.space, name.text.clone()))
    };
    let Some(reached) = reached else {
        builder.out.failed.extend(missed());
        return;
    };
    if let [single] = reached.path.as_slice() {
        if let Some((_, earlier)) = mapping.explicit.iter().find(|(name, _)| name == single) {
            let finding =
                Finding::new(codes::DECLARED_TWICE, at, format!("`{single}` is synced twice"))
                    .also(*earlier, "it is synced here")
                    .help("a field has one name: keep one of the two lines");
            return builder.report(finding);
        }
        mapping.explicit.push((single.clone(), at));
    }
    if !readable(builder, &reached, Loc { item, range: field.range }) {
        builder.out.failed.extend(missed());
        return;
    }
    let Some(name) = name_of(builder, mapping, field, &reached, alias) else { return };
    let ty = table::field_type(&reached.object, &reached.field);
    let descriptions = describe(builder, item, &ty, descriptions);
    let attribute = from_field(mapping, reached, name, ty, descriptions, at);
    builder.add(Attribute { private, ..attribute }, at);
}

/// Compound values and files have no value of their own that could be synced.
fn readable(builder: &mut Builder<'_>, reached: &Reached, at: Loc) -> bool {
    if table::comes_with_star(&reached.field) {
        return true;
    }
    let help = match reached.field.kind {
        FieldKind::Address => "sync its parts, such as the city, instead",
        FieldKind::Location => "sync its latitude and longitude instead",
        _ => "remove the line",
    };
    let message = format!("`{}` has no value that can be synced", reached.field.name);
    builder.report(Finding::new(codes::UNKNOWN_TYPE, at, message).help(help));
    false
}

fn name_of(
    builder: &mut Builder<'_>,
    mapping: &Mapping<'_>,
    field: &Path,
    reached: &Reached,
    alias: Option<&Name>,
) -> Option<String> {
    match (alias, reached.path.as_slice()) {
        (Some(alias), _) if alias.is_missing() => None,
        (Some(alias), path) => {
            if let [single] = path {
                let key = (mapping.space, single.clone());
                builder.out.renamed.insert(key, alias.text.clone());
            }
            Some(alias.text.clone())
        }
        (None, [single]) => Some(single.clone()),
        (None, path) => {
            let at = Loc { item: mapping.item, range: field.range };
            let proposed = path.join("_").to_lowercase().replace("__c", "").replace("__r", "");
            let written = format!("{} as {proposed}", path.join("."));
            let finding = Finding::new(
                codes::PARENT_PATH,
                at,
                format!("`{}` needs a name of its own", path.join(".")),
            )
            .help(format!("write `sync {written}`"))
            .fix(format!("write `{written}`"), vec![(at, written)]);
            builder.report(finding);
            None
        }
    }
}

fn from_field(
    mapping: &Mapping<'_>,
    reached: Reached,
    name: String,
    ty: Type,
    descriptions: Vec<(String, String)>,
    at: Loc,
) -> Attribute {
    Attribute {
        space: mapping.space,
        name,
        label: reached.field.label.clone(),
        ty,
        origin: Origin::Field {
            object: mapping.object.name.clone(),
            path: reached.path,
            field: Box::new(reached.field),
        },
        private: false,
        default: None,
        descriptions,
        declared: Some(at),
    }
}

/// `"value" "what it means"` lines, checked against the list.
pub(crate) fn describe(
    builder: &mut Builder<'_>,
    item: ItemId,
    ty: &Type,
    described: &[Described],
) -> Vec<(String, String)> {
    let (Type::List(list) | Type::MultiList(list)) = ty else {
        if let Some(first) = described.first() {
            let at = Loc { item, range: first.value.range };
            let message = "only the values of a list can be described";
            builder.report(
                Finding::new(codes::DESCRIPTION_MISPLACED, at, message)
                    .help("remove the descriptions"),
            );
        }
        return Vec::new();
    };
    let mut seen: Vec<(&Text, &str)> = Vec::new();
    let mut descriptions = Vec::new();
    for line in described {
        let at = Loc { item, range: line.value.range };
        let value = line.value.text.as_str();
        if let Some((earlier, _)) = seen.iter().find(|(_, other)| *other == value) {
            let finding = Finding::new(
                codes::DESCRIPTION_MISPLACED,
                at,
                format!("`{value}` is described twice"),
            )
            .also(Loc { item, range: earlier.range }, "it is described here")
            .help("keep one of the two lines");
            builder.report(finding);
            continue;
        }
        seen.push((&line.value, value));
        match lists::check_value(list, value, at) {
            Err(finding) => builder.report(*finding),
            Ok(()) => {
                if let Some(description) = &line.description {
                    descriptions.push((value.to_owned(), description.text.clone()));
                }
            }
        }
    }
    descriptions
}

/// `sync *` with its exceptions, and the fields that always come.
fn sync_all(builder: &mut Builder<'_>, mapping: &Mapping<'_>, lines: &[MapLine]) {
    let mut star: Option<Loc> = None;
    let mut all_private = false;
    let mut excepted: Vec<String> = Vec::new();
    for line in lines {
        let MapLine::SyncAll { private, except, range } = line else { continue };
        all_private |= *private;
        let at = Loc { item: mapping.item, range: *range };
        if let Some(earlier) = star {
            let finding = Finding::new(codes::DECLARED_TWICE, at, "`sync *` is written twice")
                .also(earlier, "it is written here")
                .help("keep one of the two");
            builder.report(finding);
        }
        star = star.or(Some(at));
        for name in except {
            excepted.extend(except_field(builder, mapping, name));
        }
    }
    for field in mapping.object.fields.values() {
        let always = table::always_comes(field);
        let wanted = always || (star.is_some() && !excepted.contains(&field.name));
        let explicit = mapping.explicit.iter().any(|(name, _)| *name == field.name);
        if wanted && !explicit && table::comes_with_star(field) {
            let at = star.unwrap_or(mapping.head);
            let reached = Reached {
                object: mapping.object.name.clone(),
                path: vec![field.name.clone()],
                field: field.clone(),
            };
            let ty = table::field_type(&mapping.object.name, field);
            let attribute = from_field(mapping, reached, field.name.clone(), ty, Vec::new(), at);
            builder.add(Attribute { private: all_private, ..attribute }, at);
        }
    }
}

/// One `except` line; gives the field where it may be left out.
fn except_field(builder: &mut Builder<'_>, mapping: &Mapping<'_>, name: &Name) -> Option<String> {
    let at = Loc { item: mapping.item, range: name.range };
    let field = names::field(mapping.object, name, at, &mut builder.out.findings)?;
    if table::always_comes(field) {
        let why = match field.name.as_str() {
            "Id" | "Name" => "every record is known by it",
            _ => "the org requires it of every record",
        };
        let finding = Finding::new(
            codes::SYSTEM_FIELD_EXCEPTED,
            at,
            format!("`{}` always comes and can't be left out", field.name),
        )
        .label(why)
        .help("remove this line");
        builder.report(finding);
        return None;
    }
    builder.out.removed.insert((mapping.space, field.name.clone()), at);
    Some(field.name.clone())
}

/// `find by FIELD [from "claim"]`
fn find_by(builder: &mut Builder<'_>, mapping: &Mapping<'_>, lines: &[MapLine]) {
    let mut found: Option<(Option<String>, String, Loc)> = None;
    for line in lines {
        let MapLine::FindBy { field, claim, range } = line else { continue };
        let at = Loc { item: mapping.item, range: *range };
        if mapping.space != Space::Person {
            let message = "only a person is looked for";
            builder.report(
                Finding::new(codes::FIND_BY, at, message)
                    .help("remove this line; `find by` belongs to the map to `person`"),
            );
            continue;
        }
        if let Some((_, _, earlier)) = &found {
            let finding = Finding::new(codes::FIND_BY, at, "`find by` is written twice")
                .also(*earlier, "it is written here")
                .help("keep the one by which a person is to be found");
            builder.report(finding);
            continue;
        }
        let (field, claim) = key_of(builder, mapping, field, claim.as_ref());
        found = Some((field, claim, at));
    }
    if mapping.space != Space::Person {
        return;
    }
    if found.is_none() {
        let message = format!("the map does not say how a `{}` is found", mapping.object.name);
        builder.report(
            Finding::new(codes::FIND_BY, mapping.head, message)
                .help("add a line such as `find by Email`"),
        );
    }
    let (find_by, claim) = found.map_or((None, String::new()), |(field, claim, _)| (field, claim));
    let object = mapping.object.name.clone();
    let all = lines.iter().any(|line| matches!(line, MapLine::SyncAll { .. }));
    builder.out.person = Some(PersonMap { object, find_by, claim, all, at: mapping.head });
}

fn key_of(
    builder: &mut Builder<'_>,
    mapping: &Mapping<'_>,
    name: &Name,
    claim: Option<&Text>,
) -> (Option<String>, String) {
    let at = Loc { item: mapping.item, range: name.range };
    let Some(field) = names::field(mapping.object, name, at, &mut builder.out.findings) else {
        return (None, String::new());
    };
    if !usable_as_key(field) {
        let message = format!("nobody can be found by `{}`", field.name);
        builder.report(
            Finding::new(codes::FIND_BY, at, message)
                .help("choose a text, e-mail or telephone field that Salesforce can filter by"),
        );
    }
    let claim = match claim {
        Some(claim) => claim.text.clone(),
        None if matches!(field.kind, FieldKind::Email { .. }) => "email".to_owned(),
        None => {
            let message = format!("it is not said which claim `{}` must equal", field.name);
            builder.report(Finding::new(codes::FIND_BY, at, message).help(format!(
                "write `find by {} from \"claim\"` with the name of a claim in the visitor's token",
                field.name
            )));
            String::new()
        }
    };
    (Some(field.name.clone()), claim)
}

fn usable_as_key(field: &Field) -> bool {
    field.filterable
        && matches!(
            field.kind,
            FieldKind::Id
                | FieldKind::String { .. }
                | FieldKind::Email { .. }
                | FieldKind::Phone { .. }
                | FieldKind::Reference { .. }
        )
}

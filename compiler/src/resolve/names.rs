//! Names of objects, fields and parent fields, looked up in the pulled metadata.

use tidegate_diagnostics::codes;
use tidegate_schemas::catalog::{Catalog, Field, FieldKind, Object};

use crate::finding::Finding;
use crate::resolve::suggest;
use crate::source::{ItemId, Loc};
use crate::syntax::ast::{Name, Path};

/// The object of a name; reports one that was not pulled.
pub(crate) fn object<'a>(
    catalog: &'a Catalog,
    name: &Name,
    at: Loc,
    findings: &mut Vec<Finding>,
) -> Option<&'a Object> {
    if name.is_missing() {
        return None;
    }
    let found = catalog.objects.get(&name.text);
    if found.is_none() {
        let finding = Finding::new(
            codes::UNKNOWN_OBJECT,
            at,
            format!("there is no object `{}` in the pulled metadata", name.text),
        );
        let near = suggest::closest(&name.text, catalog.objects.keys().map(String::as_str));
        findings.push(match near {
            Some(near) => finding
                .help(format!("did you mean `{near}`?"))
                .fix(format!("write `{near}`"), vec![(at, near.to_owned())]),
            None => finding.help("add the object to `tidegate.toml` and run `tidegate pull`"),
        });
    }
    found
}

/// The field of a name; reports one that the object lacks.
pub(crate) fn field<'a>(
    object: &'a Object,
    name: &Name,
    at: Loc,
    findings: &mut Vec<Finding>,
) -> Option<&'a Field> {
    if name.is_missing() {
        return None;
    }
    let found = object.fields.get(&name.text);
    if found.is_none() {
        findings.push(unknown_field(object, &name.text, at));
    }
    found
}

fn unknown_field(object: &Object, written: &str, at: Loc) -> Finding {
    let finding = Finding::new(
        codes::UNKNOWN_FIELD,
        at,
        format!("`{}` has no field `{written}`", object.name),
    );
    match suggest::field(object, written) {
        Some(guess) => {
            let finding = if guess.by_label {
                finding.label(format!("this is the label of `{}`", guess.name))
            } else {
                finding
            };
            finding
                .help(format!("did you mean `{}`?", guess.name))
                .fix(format!("write `{}`", guess.name), vec![(at, guess.name.to_owned())])
        }
        None => finding.help(
            "if the field is new, run `tidegate pull`; the user who pulls must be allowed to see it",
        ),
    }
}

/// A field reached by a path.
pub(crate) struct Reached {
    /// The object that the field belongs to.
    pub(crate) object: String,
    /// API names from the mapped object to the field.
    pub(crate) path: Vec<String>,
    /// The field. One of a parent may be blank if any lookup on the way may, and can't be written.
    pub(crate) field: Field,
}

/// Follows `Account.Industry` from an object; reports the first part that leads nowhere.
pub(crate) fn field_path(
    catalog: &Catalog,
    object: &Object,
    path: &Path,
    item: ItemId,
    findings: &mut Vec<Finding>,
) -> Option<Reached> {
    let (last, parents) = path.parts.split_last()?;
    let mut current = object;
    let mut may_be_blank = false;
    for part in parents {
        let at = Loc { item, range: part.range };
        let (parent, nillable) = follow(catalog, current, part, at, findings)?;
        may_be_blank |= nillable;
        current = parent;
    }
    let at = Loc { item, range: last.range };
    let mut field = field(current, last, at, findings)?.clone();
    if !parents.is_empty() {
        field.nillable |= may_be_blank;
        field.createable = false;
        field.updateable = false;
    }
    Some(Reached {
        object: current.name.clone(),
        path: path.parts.iter().map(|part| part.text.clone()).collect(),
        field,
    })
}

/// One lookup of a path: the parent object, and whether the lookup may be blank.
fn follow<'a>(
    catalog: &'a Catalog,
    object: &Object,
    part: &Name,
    at: Loc,
    findings: &mut Vec<Finding>,
) -> Option<(&'a Object, bool)> {
    if part.is_missing() {
        return None;
    }
    let lookups = || {
        object.fields.values().filter_map(|field| match &field.kind {
            FieldKind::Reference { to, relationship: Some(name) } => {
                Some((name.as_str(), to, field))
            }
            _ => None,
        })
    };
    let Some((name, to, field)) = lookups().find(|(name, ..)| *name == part.text) else {
        let finding = Finding::new(
            codes::PARENT_PATH,
            at,
            format!("`{}` has no lookup that is followed as `{}`", object.name, part.text),
        );
        let by_field = lookups().find(|(_, _, field)| field.name == part.text);
        let near = by_field
            .map(|(name, ..)| name)
            .or_else(|| suggest::closest(&part.text, lookups().map(|(name, ..)| name)));
        findings.push(match near {
            Some(near) => finding
                .help(format!("did you mean `{near}`?"))
                .fix(format!("write `{near}`"), vec![(at, near.to_owned())]),
            None => finding.help("name a lookup field's relationship, such as `Account`"),
        });
        return None;
    };
    let parent = to.iter().find_map(|name| catalog.objects.get(name));
    if parent.is_none() {
        let objects = to.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        findings.push(
            Finding::new(
                codes::UNKNOWN_OBJECT,
                at,
                format!("`{name}` leads to {objects}, which was not pulled"),
            )
            .help("add the object to `tidegate.toml` and run `tidegate pull`"),
        );
    }
    parent.map(|parent| (parent, field.nillable))
}

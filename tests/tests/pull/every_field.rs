//! Programs that name every field of an org that can be named, and every value of its lists, in
//! every way the language has.

use std::collections::BTreeSet;
use std::sync::Arc;

use tidegate_diagnostics::codes;
use tidegate_schemas::catalog::{Catalog, Field, FieldKind, List, Object};

use super::spots::{Program, Vocabulary, quoted};

/// Fields of a Case that a line of their own or the push's head gives.
const NO_LINE: [&str; 2] = ["OwnerId", "RecordTypeId"];

/// What is kept to fill fields that no literal fits.
const OWN: &str = "data conversation {\n  own_day: date\n  own_time: time\n}\n";

/// One mapped object.
#[derive(Clone, Copy)]
struct Side<'a> {
    space: &'static str,
    object: &'a Object,
}

impl<'a> Side<'a> {
    fn both(catalog: &'a Catalog) -> [Self; 2] {
        [("person", "Contact"), ("conversation", "Case")]
            .map(|(space, object)| Self { space, object: &catalog.objects[object] })
    }

    /// The fields that can be attributes.
    fn fields(self) -> impl Iterator<Item = &'a Field> {
        self.object.fields.values().filter(|field| can_be_synced(field))
    }

    fn head(self) -> String {
        let find = if self.space == "person" { "  find by Email\n" } else { "" };
        format!("map {} to {} {{\n{find}", self.object.name, self.space)
    }
}

fn can_be_synced(field: &Field) -> bool {
    use FieldKind::{Address, Base64, Location, Opaque};
    !matches!(field.kind, Address | Location | Base64 | Opaque { .. })
}

fn can_be_written(field: &Field) -> bool {
    field.createable && can_be_synced(field) && !matches!(field.kind, FieldKind::Id)
}

fn all_synced(program: &mut Program, catalog: &Catalog) {
    for side in Side::both(catalog) {
        program.file(&side.head()).put("  sync *\n}\n");
    }
    program.others();
}

/// The types of the fields that [`writes`] writes.
pub(crate) fn written_types(catalog: &Catalog) -> BTreeSet<&str> {
    let sides = Side::both(catalog).into_iter();
    let fields = sides.flat_map(Side::fields).filter(|field| can_be_written(field));
    fields.map(|field| field.kind.described_as()).collect()
}

/// A value for a field, as an expression.
fn value(field: &Field) -> String {
    match &field.kind {
        FieldKind::Boolean => "true".into(),
        FieldKind::Date => "conversation.own_day".into(),
        FieldKind::Time => "conversation.own_time".into(),
        FieldKind::DateTime => "now".into(),
        FieldKind::Email { .. } => quoted("a@b.example"),
        FieldKind::Reference { .. } => quoted("500000000000001AAA"),
        kind => match kind.digits() {
            Some((all, behind)) if all == behind => "0".into(),
            Some(_) => "1".into(),
            None => quoted("1"),
        },
    }
}

/// The first value of a list that goes with one of its controller, and that one.
fn first_value<'a>(
    side: Side<'a>,
    list: &'a List,
) -> Option<(&'a str, Option<(&'a str, &'a str)>)> {
    let controller = list.controller.as_ref().and_then(|name| side.object.fields.get(name));
    let values = list.values.iter().filter(|value| value.active);
    let mut with = values.map(|value| (value.value.as_str(), above(controller, &value.valid_for)));
    match controller {
        Some(_) => with.find(|(_, above)| above.is_some()),
        None => with.next(),
    }
}

/// The controller of a list and a value of it with which another goes.
fn above<'a>(
    controller: Option<&'a Field>,
    valid_for: &'a Option<Vec<String>>,
) -> Option<(&'a str, &'a str)> {
    let controller = controller?;
    Some((controller.name.as_str(), valid_for.as_ref()?.first()?))
}

/// The steps that give a field a value.
fn set(program: &mut Program, side: Side<'_>, field: &Field, names: &Arc<Vocabulary>) {
    let space = side.space;
    let Some(list) = field.kind.list() else {
        let value = value(field);
        let own = value.starts_with("conversation.");
        if own {
            program.put(&format!("  if {value} is set {{\n"));
        }
        program.put(&format!("  set {space}.")).word("set", names, &field.name);
        program.put(&format!(" = {value}\n{}", if own { "  }\n" } else { "" }));
        return;
    };
    let Some((first, above)) = first_value(side, list) else { return };
    if let Some((controller, value)) = above {
        let is_flag = side.object.fields[controller].kind == FieldKind::Boolean;
        let value = if is_flag { value.to_owned() } else { quoted(value) };
        program.put(&format!("  set {space}.{controller} = {value}\n"));
    }
    let values = Vocabulary::values(list, codes::UNKNOWN_LIST_VALUE);
    program.put(&format!("  set {space}.")).word("set", names, &field.name);
    program.put(" = ").word("value set", &values, first).put("\n");
}

/// The step that shows what an attribute is, or decides by it.
fn read(program: &mut Program, space: &str, field: &Field, names: &Arc<Vocabulary>) {
    if field.kind == FieldKind::Boolean {
        program.put(&format!("  if {space}.")).word("condition", names, &field.name);
        program.put(" {\n    say \"Yes.\"\n  }\n");
    } else {
        program.put(&format!("  say \"{{{space}.")).word("text", names, &field.name);
        program.put(" ?? \"-\"}\"\n");
    }
}

fn ask(program: &mut Program, side: Side<'_>, field: &Field, names: &Arc<Vocabulary>) {
    let space = side.space;
    program.put("  collect \"Please\" {\n");
    if let Some(controller) = field.kind.list().and_then(|list| list.controller.as_ref()) {
        program.put(&format!("    {space}.{controller} required\n"));
    }
    program.put(&format!("    {space}.")).word("form", names, &field.name);
    program.put(if field.nillable { "\n  }\n" } else { " required\n  }\n" });
}

/// A program that sets, asks for and pushes every field that can be written, and reads every other.
pub(crate) fn writes(catalog: &Catalog) -> Program {
    let mut program = Program::default();
    let mut run = Vec::new();
    program.file(OWN);
    all_synced(&mut program, catalog);
    for side in Side::both(catalog) {
        let is_attribute = |name: &str| can_be_synced(&side.object.fields[name]);
        let names = Vocabulary::fields(side.object, codes::UNKNOWN_ATTRIBUTE, &is_attribute);
        for field in side.fields() {
            let own = format!("{}_{}", side.space, field.name.to_lowercase());
            program.file(&format!("workflow read_{own} {{\n"));
            read(&mut program, side.space, field, &names);
            program.put("}\n");
            run.push(format!("read_{own}"));
            if !can_be_written(field) {
                continue;
            }
            program.put(&format!("workflow set_{own} {{\n"));
            set(&mut program, side, field, &names);
            program.put("}\n");
            run.push(format!("set_{own}"));
            if matches!(field.kind, FieldKind::Reference { .. }) {
                continue;
            }
            program.put(&format!("workflow ask_{own} {{\n"));
            ask(&mut program, side, field, &names);
            program.put(&format!("  run read_{own}\n}}\n"));
            run.push(format!("ask_{own}"));
        }
    }
    push(&mut program, &catalog.objects["Case"]);
    start(&mut program, &run);
    program
}

fn push(program: &mut Program, case: &Object) {
    let side = Side { space: "conversation", object: case };
    let names = Vocabulary::fields(case, codes::UNKNOWN_FIELD, &|_| true);
    program.file("push carried to Case {\n}\n");
    program.file("push written to Case {\n");
    for field in side.fields().filter(|field| can_be_written(field)) {
        if NO_LINE.contains(&field.name.as_str()) {
            continue;
        }
        let Some(list) = field.kind.list() else {
            program.put("  always ").word("push", &names, &field.name);
            program.put(&format!(" = {}\n", value(field)));
            continue;
        };
        let dependents = side.fields().filter_map(|field| field.kind.list());
        let mut below =
            dependents.filter(|list| list.controller.as_deref() == Some(field.name.as_str()));
        let wanted = below.find_map(|list| first_value(side, list)?.1);
        let own = first_value(side, list).map(|(first, _)| first);
        let Some(chosen) = wanted.map(|(_, value)| value).or(own) else { continue };
        let values = Vocabulary::values(list, codes::UNKNOWN_LIST_VALUE);
        program.put("  always ").word("push", &names, &field.name);
        program.put(" = ").word("value pushed", &values, chosen).put("\n");
    }
    program.put("}\n");
}

fn start(program: &mut Program, run: &[String]) {
    program.file(
        "workflow start {\n  on open\n  ask \"Good day.\"\n  collect \"When?\" {\n    \
         conversation.own_day\n    conversation.own_time\n  }\n",
    );
    for workflow in run {
        program.put(&format!("  run {workflow}\n"));
    }
    program.put(
        "  record case using carried\n  create case using written\n  defaults {\n    human => create \
         case using written\n    idle 15m => end because \"silence\"\n  }\n}\n",
    );
}

/// Maps with a line for a field, of the object itself or of a parent record, with what the values of
/// its list mean; and pushes that name a field apart from giving it a value. Each is a file.
pub(crate) fn lines(catalog: &Catalog) -> Program {
    let mut program = Program::default();
    for side in Side::both(catalog) {
        let names = Vocabulary::fields(side.object, codes::UNKNOWN_FIELD, &|_| true);
        if side.space == "person" {
            program.file(&format!("map {} to person {{\n  find by ", side.object.name));
            program.word("find by", &names, "Email").put("\n}\n");
        }
        for field in side.fields() {
            program.file(&side.head()).put("  sync ").word("sync", &names, &field.name);
            describe(&mut program, field);
            program.put("}\n");
        }
        for (parent, object) in parents(catalog, side.object) {
            let names = Vocabulary::fields(object, codes::UNKNOWN_FIELD, &|_| true);
            for field in object.fields.values().filter(|field| can_be_synced(field)) {
                program.file(&side.head()).put(&format!("  sync {parent}."));
                program.word("parent", &names, &field.name).put(" as other\n}\n");
            }
        }
    }
    let case = &catalog.objects["Case"];
    let names = Vocabulary::fields(case, codes::UNKNOWN_FIELD, &|_| true);
    for field in case.fields.values() {
        program.file("push kept_back to Case {\n  carry except ");
        program.word("carry except", &names, &field.name).put("\n}\n");
        let may_be_blank = field.kind != FieldKind::Boolean;
        if can_be_written(field) && may_be_blank && !NO_LINE.contains(&field.name.as_str()) {
            program.file("map Case to conversation {\n  require ");
            program.word("require", &names, &field.name).put("\n}\n");
        }
        if field.createable
            && matches!(field.kind, FieldKind::String { .. } | FieldKind::TextArea { .. })
        {
            program.file("push filled to Case {\n  summary to ");
            program.word("summary to", &names, &field.name).put("\n}\n");
        }
    }
    program
}

fn describe(program: &mut Program, field: &Field) {
    let Some(list) = field.kind.list().filter(|list| list.values.iter().any(|its| its.active))
    else {
        program.put("\n");
        return;
    };
    let values = Vocabulary::values(list, codes::UNKNOWN_LIST_VALUE);
    program.put(" {\n");
    for word in &values.words {
        program
            .put("    ")
            .word("value described", &values, &word.text)
            .put("  \"What it means\"\n");
    }
    program.put("  }\n");
}

/// The parent records that were pulled, each kind once.
fn parents<'a>(catalog: &'a Catalog, object: &'a Object) -> Vec<(&'a str, &'a Object)> {
    let followed = object.fields.values().filter_map(|field| match &field.kind {
        FieldKind::Reference { to, relationship: Some(name) } => Some((name.as_str(), to)),
        _ => None,
    });
    let mut known: Vec<(&str, &Object)> = Vec::new();
    for (name, to) in followed {
        let parent = to.iter().find_map(|name| catalog.objects.get(name));
        if let Some(parent) = parent.filter(|parent| parent.name == "Account")
            && known.iter().all(|(_, other)| other.name != parent.name)
        {
            known.push((name, parent));
        }
    }
    known
}

/// Maps that leave out a field, each a file.
pub(crate) fn left_out(catalog: &Catalog) -> Program {
    let mut program = Program::default();
    for side in Side::both(catalog) {
        let names = Vocabulary::fields(side.object, codes::UNKNOWN_FIELD, &|_| true);
        let comes = |field: &&Field| {
            matches!(field.name.as_str(), "Id" | "Name") || field.required_on_create()
        };
        for field in side.fields().filter(|field| !comes(field)) {
            program.file(&side.head()).put("  sync *\n    except ");
            program.word("except", &names, &field.name).put("\n}\n");
        }
    }
    program
}

/// A workflow for each list, in which each of its active values is compared with, matched and, where
/// it can be, set.
pub(crate) fn values(catalog: &Catalog) -> Program {
    let mut program = Program::default();
    all_synced(&mut program, catalog);
    for side in Side::both(catalog) {
        let lists = side.fields().filter_map(|field| Some((field, field.kind.list()?)));
        for (field, list) in lists {
            let values = Vocabulary::values(list, codes::UNKNOWN_LIST_VALUE);
            if values.words.is_empty() {
                continue;
            }
            let attribute = format!("{}.{}", side.space, field.name);
            let own = format!("{}_{}", side.space, field.name.to_lowercase());
            for (number, word) in values.words.iter().enumerate() {
                program.file(&format!("workflow compare_{own}_{number} {{\n  if {attribute} "));
                program.put(if multi(field) { "contains " } else { "== " });
                program
                    .word("value compared", &values, &word.text)
                    .put(" {\n    say \"So.\"\n  }\n}\n");
            }
            if !multi(field) {
                program.file(&format!("workflow match_{own} {{\n  match {attribute} {{\n"));
                for word in &values.words {
                    program
                        .put("    ")
                        .word("value matched", &values, &word.text)
                        .put(" => go on\n");
                }
                program.put("    blank => go on\n    else => go on\n  }\n}\n");
            }
            if can_be_written(field) {
                set_each(&mut program, side, (field, list), &values);
            }
        }
    }
    program
}

fn multi(field: &Field) -> bool {
    matches!(field.kind, FieldKind::MultiPicklist(_))
}

fn set_each(
    program: &mut Program,
    side: Side<'_>,
    (field, list): (&Field, &List),
    values: &Arc<Vocabulary>,
) {
    let controller = list.controller.as_ref().and_then(|name| side.object.fields.get(name));
    for (number, value) in list.values.iter().filter(|value| value.active).enumerate() {
        let own = format!("{}_{}_{number}", side.space, field.name.to_lowercase());
        program.file(&format!("workflow put_{own} {{\n"));
        match (controller, above(controller, &value.valid_for)) {
            (Some(_), None) => {
                program.put("  go on\n}\n");
                continue;
            }
            (_, Some((controller, with))) => {
                program.put(&format!("  set {}.{controller} = {}\n", side.space, quoted(with)));
            }
            (None, None) => {}
        }
        program.put(&format!("  set {}.{} = ", side.space, field.name));
        program.word("value set", values, &value.value).put("\n}\n");
    }
}

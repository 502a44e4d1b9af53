//! What can be done with a field of each Salesforce type: the table of the reference, held by a
//! small program for each type and each use.

#[allow(dead_code, reason = "it serves other tests too")]
mod program;

use std::path::Path;
use std::sync::Arc;

use tidegate_compiler::analysis::Analysis;
use tidegate_diagnostics::Code;
use tidegate_schemas::catalog::{Catalog, Decimals, Field, FieldKind, List, ListValue};

/// A type of fields, as the org's admins and its describes name it.
struct Kind {
    /// What stands in the table's first column.
    name: &'static str,
    /// The type in Tide, as `data` would declare it; nothing where there is none.
    tide: Option<&'static str>,
    /// A value for it, as a program writes it.
    value: &'static str,
    field: Field,
}

const DECIMALS: Decimals = Decimals { precision: 18, scale: 2 };

fn field(kind: FieldKind) -> Field {
    Field::plain("F__c", "F", kind)
}

/// A field that the org alone fills.
fn filled(field: Field) -> Field {
    Field { createable: false, updateable: false, ..field }
}

fn formula(kind: FieldKind) -> Field {
    Field { calculated: true, ..filled(field(kind)) }
}

fn list() -> List {
    let value = |value: &str| ListValue {
        value: value.to_owned(),
        label: value.to_owned(),
        active: true,
        default: false,
        valid_for: None,
    };
    List { restricted: true, controller: None, values: vec![value("a"), value("b")] }
}

fn lookup() -> FieldKind {
    FieldKind::Reference { to: vec!["Contact".to_owned()], relationship: None }
}

fn unknown() -> FieldKind {
    FieldKind::Opaque { described_as: "anyType".to_owned() }
}

fn text(length: u32) -> FieldKind {
    FieldKind::String { length }
}

fn area(length: u32, rich: bool) -> FieldKind {
    FieldKind::TextArea { length, rich }
}

fn kinds() -> Vec<Kind> {
    let of = |name, tide: &'static str, value, field| {
        let tide = (!tide.is_empty()).then_some(tide);
        Kind { name, tide, value, field }
    };
    let encrypted = FieldKind::EncryptedString { length: 175 };
    vec![
        of("text", "text(80)", r#""x""#, field(text(80))),
        of("text area", "text(255)", r#""x""#, field(area(255, false))),
        of("text area (long)", "text(32000)", r#""x""#, field(area(32_000, false))),
        of("text area (rich)", "text(32000)", r#""x""#, field(area(32_000, true))),
        of("text (encrypted)", "text(175)", r#""x""#, field(encrypted)),
        of("combobox", "text(80)", r#""x""#, field(FieldKind::Combobox { length: 80 })),
        of("email", "email", r#""a@b.example""#, field(FieldKind::Email { length: 80 })),
        of("phone", "phone", r#""+43 1 23""#, field(FieldKind::Phone { length: 40 })),
        of("URL", "url", r#""https://b.example""#, field(FieldKind::Url { length: 255 })),
        of("picklist", "list", r#""a""#, field(FieldKind::Picklist(list()))),
        of("picklist (multi-select)", "multi list", r#""a""#, multi()),
        of("checkbox", "bool", "true", checkbox()),
        of("number (`int`)", "number", "1", field(FieldKind::Int { digits: 8 })),
        of("number (`double`)", "decimal(18, 2)", "1.5", field(FieldKind::Double(DECIMALS))),
        of("currency", "decimal(18, 2)", "1.5", field(FieldKind::Currency(DECIMALS))),
        of("percent", "decimal(18, 2)", "1.5", field(FieldKind::Percent(DECIMALS))),
        of("date", "date", r#""2026-11-22""#, field(FieldKind::Date)),
        of("date/time", "datetime", r#""2026-11-22T10:30:00Z""#, field(FieldKind::DateTime)),
        of("time", "time", r#""10:30""#, field(FieldKind::Time)),
        of("lookup, master-detail", "id of Contact", "person.Id", field(lookup())),
        of("record id", "id of Contact", "blank", field(FieldKind::Id)),
        of("address", "", "blank", filled(field(FieldKind::Address))),
        of("geolocation", "", "blank", filled(field(FieldKind::Location))),
        of("`base64`", "", r#""x""#, field(FieldKind::Base64)),
        of("`anyType` and unknown ones", "", "blank", filled(field(unknown()))),
        of("formula (text)", "text(80)", r#""x""#, formula(text(80))),
        of("formula (number), roll-up", "decimal(18, 2)", "1.5", {
            formula(FieldKind::Double(DECIMALS))
        }),
        of("auto number", "text(30)", r#""x""#, {
            Field { auto_number: true, ..filled(field(text(30))) }
        }),
        of("any that the user may not write", "text(80)", r#""x""#, filled(field(text(80)))),
    ]
}

fn multi() -> Field {
    field(FieldKind::MultiPicklist(list()))
}

/// A checkbox is never blank, and the org unchecks it where nobody says anything.
fn checkbox() -> Field {
    Field { nillable: false, defaulted_on_create: true, ..field(FieldKind::Boolean) }
}

/// The usual org, with this field on Case and on Contact.
fn org(base: &Catalog, field: &Field) -> Arc<Catalog> {
    let mut catalog = base.clone();
    for object in ["Case", "Contact"] {
        let object = catalog.objects.get_mut(object).expect("an object");
        object.fields.insert(field.name.clone(), field.clone());
    }
    Arc::new(catalog)
}

/// Writes a program that uses a field.
type Program = fn(&Kind) -> String;

/// What a column is about.
struct Use {
    /// Its head.
    head: &'static str,
    /// A program that uses the field so.
    program: Program,
    /// Another one that does where the first does not, with what is told about it.
    otherwise: Option<(&'static str, Program)>,
}

const USES: &[Use] = &[
    Use { head: "`sync`, conditions", program: synced, otherwise: None },
    Use { head: "`find by`", program: found_by, otherwise: None },
    Use { head: "in a text", program: shown, otherwise: Some(("by `if`", chosen)) },
    Use { head: "`set`, carried", program: set, otherwise: None },
    Use { head: "line of a push", program: pushed, otherwise: None },
    Use { head: "`collect`", program: collected, otherwise: None },
    Use { head: "`detect`", program: detected, otherwise: None },
    Use {
        head: "`send` to 80 characters",
        program: sent,
        otherwise: Some(("`\\| first 80`", sent_in_part)),
    },
];

const CASE: &str = r#"
push open_case to Case type Support {
  owner queue Tier_1
  Channel__c = "web_chat"
}
"#;

fn of_contact(step: &str) -> String {
    format!(
        r#"map Contact to person {{
  find by Email
  sync F__c as f
}}
{CASE}
workflow support {{
  on open
  {step}
  ask "What can we do for you?"
  create case using open_case

  defaults {{
    idle 15m => end
  }}
}}
"#
    )
}

fn of_case(push: &str, step: &str) -> String {
    let (described, outcomes) = match step.starts_with("detect") {
        true => ("DESCRIBED", "unavailable, idle 15m"),
        false => ("", "idle 15m"),
    };
    let push = CASE.replace("\n}", &format!("\n{push}}}"));
    format!(
        r#"map Case to conversation {{
  sync F__c as f{described}
}}
{push}
workflow support {{
  on open
  ask "What can we do for you?"
  {step}
  create case using open_case

  defaults {{
    {outcomes} => create case using open_case
  }}
}}
"#
    )
}

fn synced(_: &Kind) -> String {
    of_contact("if person.f is set {\n    say \"We know it.\"\n  }")
}

fn found_by(_: &Kind) -> String {
    of_contact("go on")
        .replace("  sync F__c as f\n", "")
        .replace("find by Email", "find by F__c from \"claim\"")
}

fn shown(_: &Kind) -> String {
    of_contact("if person.f is set {\n    say \"It is {person.f}.\"\n  }")
}

fn chosen(_: &Kind) -> String {
    of_contact("say if person.f then \"It is so.\" else \"It is not so.\"")
}

fn set(kind: &Kind) -> String {
    of_case("", &format!("set conversation.f = {}", kind.value))
}

fn pushed(kind: &Kind) -> String {
    let line = format!("  always F__c = {}\n", kind.value);
    of_case(&line, "go on").replace("sync F__c as f", "sync Subject")
}

fn collected(_: &Kind) -> String {
    of_case("", "collect \"Please\" {\n    conversation.f\n  }")
}

fn detected(kind: &Kind) -> String {
    let lines = match kind.field.kind.list() {
        Some(_) => " {\n    \"a\"  \"The first of the two\"\n    \"b\"  \"Something else\"\n  }",
        None => "",
    };
    of_case("", "detect conversation.f").replace("DESCRIBED", lines)
}

fn sent(_: &Kind) -> String {
    sending("send person.f as \"note\"")
}

fn sent_in_part(_: &Kind) -> String {
    sending("send person.f | first 80 as \"note\"")
}

fn sending(line: &str) -> String {
    format!("push live_chat to channel web_support {{\n  {line}\n}}\n\n{}", of_contact("go on"))
}

fn analysed(base: &Catalog, kind: &Kind, text: &str) -> Analysis {
    let text = text.replace("DESCRIBED", "");
    program::check_and_play(&org(base, &kind.field), "field.tide", &text)
}

fn codes_of(base: &Catalog, kind: &Kind, text: &str) -> Vec<Code> {
    let mut codes: Vec<Code> =
        analysed(base, kind, text).diagnostics.iter().map(|found| found.code).collect();
    codes.sort_by_key(|code| code.id());
    codes.dedup();
    codes
}

fn cell(base: &Catalog, kind: &Kind, used: &Use) -> String {
    let found = codes_of(base, kind, &(used.program)(kind));
    if found.is_empty() {
        return "yes".to_owned();
    }
    if let Some((how, other)) = used.otherwise
        && codes_of(base, kind, &other(kind)).is_empty()
    {
        return how.to_owned();
    }
    format!("no: {}", found.iter().map(|code| code.id()).collect::<Vec<_>>().join(", "))
}

fn row(cells: impl IntoIterator<Item = String>) -> String {
    cells.into_iter().fold("|".to_owned(), |row, cell| format!("{row} {cell} |"))
}

fn table(base: &Catalog) -> Vec<String> {
    let heads = ["field type", "in Tide"].into_iter().chain(USES.iter().map(|used| used.head));
    let mut rows =
        vec![row(heads.map(str::to_owned)), format!("|{}", "---|".repeat(2 + USES.len()))];
    for kind in kinds() {
        let tide = kind.tide.map_or_else(|| "–".to_owned(), |tide| format!("`{tide}`"));
        let cells = USES.iter().map(|used| cell(base, &kind, used));
        rows.push(row([kind.name.to_owned(), tide].into_iter().chain(cells)));
    }
    rows
}

#[test]
fn the_table_of_the_reference_says_what_can_be_done_with_each_type() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../grammar/reference.md");
    let reference = std::fs::read_to_string(path).expect("the reference");
    let told: Vec<&str> =
        reference.lines().skip_while(|line| !line.starts_with("| field type |")).collect();
    let told: Vec<&str> = told.into_iter().take_while(|line| line.starts_with('|')).collect();
    let found = table(&program::catalog(None));
    assert_eq!(told, found, "the table is\n{}\n", found.join("\n"));
}

/// The type in Tide is the one that `data` declares by that name.
#[test]
fn the_types_in_tide_are_those_of_data() {
    let base = program::catalog(None);
    for kind in kinds() {
        let Some(tide) = kind.tide else { continue };
        let declared = match tide {
            "list" | "multi list" => format!("{tide} {{\n    \"a\"\n  }}"),
            other => other.to_owned(),
        };
        let data = format!("data person {{\n  g: {declared}\n}}\n\n");
        let analysis = analysed(&base, &kind, &(data + &synced(&kind)));
        let ty = |name: &str| {
            let mut attributes = analysis.program.attributes.iter();
            let found = attributes.find(|its| its.name == name);
            format!("{:?}", found.expect("an attribute").ty)
        };
        let (synced, own) = (ty("f"), ty("g"));
        let alike = match tide {
            // What a list of the org holds, and how long its texts may be, is the org's.
            "list" | "multi list" | "email" | "phone" | "url" | "number" => {
                synced.split(['(', '{']).next() == own.split(['(', '{']).next()
            }
            _ => synced == own,
        };
        assert!(alike, "{}: {synced} and not {own}", kind.name);
    }
}

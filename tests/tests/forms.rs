//! The forms for other programs, and what their readers may rely on.

use serde_json::Value;
use tidegate_diagnostics::codes::{UNKNOWN_FIELD, find};
use tidegate_diagnostics::sarif::{Producer, sarif};
use tidegate_diagnostics::{
    Diagnostic, Edit, Label, SourceId, SourceMap, SourceText, Span, located, render_github,
};

const PRODUCER: Producer<'_> = Producer { version: "0.0.0", home: "https://tidegate.example" };

fn sources() -> SourceMap {
    let source = |name: &str, text: &str| SourceText { name: name.into(), text: text.into() };
    SourceMap::new(vec![
        source("a b/100%, fün.tide", "say \"\u{1f30a}é {x}\" Prioritty\nline two\n"),
        source("other.tide", "map Case to conversation {\n  sync Priority\n}\n"),
    ])
}

fn span(source: u32, start: u32, end: u32) -> Span {
    Span { source: SourceId(source), start, end }
}

fn label(span: Span, text: &str) -> Label {
    Label { span, text: text.to_owned() }
}

/// One with everything, one over two lines, a warning without any help, one that stands nowhere.
fn diagnostics() -> Vec<Diagnostic> {
    let warning = find("W0823").expect("a code");
    vec![
        Diagnostic::new(UNKNOWN_FIELD, span(0, 17, 26), "`{x}` is 100% wrong:\r\nno field, really")
            .label("a label")
            .also(span(1, 29, 42), "the line with `}`")
            .path(vec![label(span(1, 0, 3), "the customer opens"), label(span(0, 0, 3), "then")])
            .help("did you mean `Priority`?")
            .fix(
                "write `Priority`",
                vec![
                    Edit { span: span(0, 17, 26), text: "Priority {y}".to_owned() },
                    Edit { span: span(1, 26, 26), text: "\n".to_owned() },
                ],
            ),
        Diagnostic::new(UNKNOWN_FIELD, span(0, 17, 31), "over two lines"),
        Diagnostic::new(warning, span(1, 0, 3), "nothing runs it"),
        Diagnostic::new(UNKNOWN_FIELD, span(7, 0, 3), "nowhere"),
    ]
}

#[test]
fn workflow_commands_are_escaped_and_stay_one_line() {
    let sources = sources();
    let lines: Vec<String> =
        diagnostics().iter().map(|found| render_github(found, &sources, "shop/")).collect();
    for line in &lines {
        assert!(!line.contains(['\n', '\r']), "{line}");
        let (properties, _) = line[2..].split_once("::").expect("a command and its message");
        let (_, properties) = properties.split_once(' ').expect("properties");
        for property in properties.split(',') {
            let (name, value) = property.split_once('=').expect("a name and a value");
            assert!(["file", "line", "endLine", "col", "endColumn", "title"].contains(&name));
            assert!(!value.contains(':'), "{line}");
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn places_are_in_the_json_form() {
    let found = diagnostics();
    let sources = sources();
    insta::assert_json_snapshot!(located(&found[..1], &sources));
}

fn log(base: &str) -> Value {
    let log = sarif(&diagnostics(), &sources(), base, PRODUCER);
    serde_json::to_value(&log).expect("JSON")
}

#[test]
fn a_sarif_log() {
    let mut log = log("shop/");
    for rule in log["runs"][0]["tool"]["driver"]["rules"].as_array_mut().expect("rules") {
        rule["help"]["text"] = "the page".into();
        rule["help"]["markdown"] = "the page".into();
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&log).expect("JSON"));
}

/// Names, each with its shape.
type Properties = &'static [(&'static str, &'static str)];

/// What section 3 of the standard asks of each object that a log of ours holds: its required
/// properties with their types, and no property that it does not know.
const SHAPES: &[(&str, Properties, Properties)] = &[
    ("log", &[("version", "string"), ("runs", "[run]")], &[("$schema", "uri")]),
    ("run", &[("tool", "tool")], &[("results", "[result]"), ("columnKind", "columnKind")]),
    ("tool", &[("driver", "toolComponent")], &[]),
    (
        "toolComponent",
        &[("name", "string")],
        &[
            ("semanticVersion", "string"),
            ("informationUri", "uri"),
            ("rules", "[reportingDescriptor]"),
        ],
    ),
    (
        "reportingDescriptor",
        &[("id", "string")],
        &[
            ("shortDescription", "multiformatMessageString"),
            ("help", "multiformatMessageString"),
            ("defaultConfiguration", "reportingConfiguration"),
        ],
    ),
    ("reportingConfiguration", &[], &[("level", "level")]),
    ("multiformatMessageString", &[("text", "string")], &[("markdown", "string")]),
    ("message", &[("text", "message text")], &[]),
    (
        "result",
        &[("message", "message")],
        &[
            ("ruleId", "string"),
            ("ruleIndex", "index"),
            ("level", "level"),
            ("locations", "[location]"),
            ("relatedLocations", "[location]"),
            ("codeFlows", "[codeFlow]"),
            ("fixes", "[fix]"),
        ],
    ),
    (
        "location",
        &[],
        &[("id", "index"), ("physicalLocation", "physicalLocation"), ("message", "message")],
    ),
    ("physicalLocation", &[("artifactLocation", "artifactLocation")], &[("region", "region")]),
    ("artifactLocation", &[], &[("uri", "uri"), ("uriBaseId", "string")]),
    (
        "region",
        &[("startLine", "position")],
        &[("startColumn", "position"), ("endLine", "position"), ("endColumn", "position")],
    ),
    ("codeFlow", &[("threadFlows", "[threadFlow]")], &[]),
    ("threadFlow", &[("locations", "[threadFlowLocation]")], &[]),
    ("threadFlowLocation", &[], &[("location", "location")]),
    ("fix", &[("artifactChanges", "[artifactChange]")], &[("description", "message")]),
    (
        "artifactChange",
        &[("artifactLocation", "artifactLocation"), ("replacements", "[replacement]")],
        &[],
    ),
    ("replacement", &[("deletedRegion", "region")], &[("insertedContent", "artifactContent")]),
    ("artifactContent", &[], &[("text", "any text")]),
];

fn holds(value: &Value, shape: &str, at: &str) {
    if let Some(one) = shape.strip_prefix('[').and_then(|shape| shape.strip_suffix(']')) {
        for (number, part) in value.as_array().expect(at).iter().enumerate() {
            holds(part, one, &format!("{at}/{number}"));
        }
        return;
    }
    let text = || value.as_str().unwrap_or_else(|| panic!("{at} is a text"));
    match shape {
        "string" => assert!(!text().is_empty(), "{at} is not empty"),
        "any text" => drop(text()),
        "message text" => {
            let rest = text().replace("{{", "").replace("}}", "");
            assert!(!text().is_empty() && !rest.contains(['{', '}']), "{at} has a placeholder");
        }
        "uri" => {
            let fits = |c: char| c.is_ascii_alphanumeric() || "-._~/:%".contains(c);
            assert!(text().chars().all(fits), "{at} is a URI reference: {}", text());
        }
        "level" => assert!(["none", "note", "warning", "error"].contains(&text()), "{at}"),
        "columnKind" => assert!(["utf16CodeUnits", "unicodeCodePoints"].contains(&text()), "{at}"),
        "index" => assert!(value.as_u64().is_some(), "{at} counts from 0"),
        "position" => assert!(value.as_u64().is_some_and(|number| number > 0), "{at}"),
        _ => object(value, shape, at),
    }
}

fn object(value: &Value, shape: &str, at: &str) {
    let (_, required, optional) =
        SHAPES.iter().find(|(name, ..)| *name == shape).unwrap_or_else(|| panic!("{shape}"));
    let object = value.as_object().unwrap_or_else(|| panic!("{at} is an object"));
    for (name, _) in *required {
        assert!(object.contains_key(*name), "{at} has `{name}`");
    }
    for (name, part) in object {
        let known = required.iter().chain(*optional).find(|(known, _)| known == name);
        let (_, shape) = known.unwrap_or_else(|| panic!("{at}: no `{name}` in a {shape}"));
        holds(part, shape, &format!("{at}/{name}"));
    }
}

#[test]
fn a_log_has_the_standards_shape() {
    for base in ["", "shop/"] {
        let log = log(base);
        assert_eq!(log["version"], "2.1.0");
        holds(&log, "log", "");
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
        for result in run["results"].as_array().expect("results") {
            let index = result["ruleIndex"].as_u64().expect("an index");
            let index = usize::try_from(index).expect("an index");
            assert_eq!(rules[index]["id"], result["ruleId"]);
        }
    }
}

/// Columns count UTF-16 code units: the wave is two, the `é` one, whatever their bytes are.
#[test]
fn a_column_counts_utf_16_code_units() {
    let region = &log("")["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
    let units = "say \"\u{1f30a}é {x}\" ".encode_utf16().count();
    assert_eq!(region["startColumn"], units + 1);
    assert_eq!(region["endColumn"], units + 1 + "Prioritty".len());
}

#[test]
fn nothing_found_is_a_log_too() {
    let log = sarif(&[], &sources(), "", PRODUCER);
    let log = serde_json::to_value(&log).expect("JSON");
    holds(&log, "log", "");
    assert_eq!(log["runs"][0]["results"].as_array().map(Vec::len), Some(0));
}

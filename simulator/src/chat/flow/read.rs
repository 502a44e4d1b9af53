//! Reading a flow's metadata.

use std::collections::BTreeMap;

use super::formula;
use super::{
    Assignment, Condition, Create, Element, Filter, Flow, Kind, Lookup, Operand, Rule, Selection,
    Update, Variable,
};
use crate::chat::xml::{self, child, children, flag, required, text};

/// Nodes that stand in a flow beside those that are read, and do nothing while it runs.
const PASSIVE: [&str; 22] = [
    "apiVersion",
    "areMetricsLoggedToDataCloud",
    "customProperties",
    "description",
    "environments",
    "fullName",
    "interviewLabel",
    "isAdditionalPermissionRequiredToRun",
    "isOverridable",
    "isTemplate",
    "label",
    "migratedFromWorkflowRuleName",
    "overriddenFlow",
    "processMetadataValues",
    "processType",
    "runInMode",
    "sourceTemplate",
    "status",
    "styleProperties",
    "timeZoneSidKey",
    "triggerOrder",
    "urlProperties",
];
const READ: [&str; 12] = [
    "actionCalls",
    "assignments",
    "constants",
    "decisions",
    "formulas",
    "recordCreates",
    "recordLookups",
    "recordUpdates",
    "start",
    "startElementReference",
    "textTemplates",
    "variables",
];

/// Reads a flow that routes.
pub(crate) fn read(name: &str, content: &str) -> Result<Flow, String> {
    let document = xml::parse(content)?;
    let root = xml::root(&document, "Flow")?;
    let kind = required(root, "processType")?;
    if kind != "RoutingFlow" {
        return Err(format!("its `processType` is `{kind}`; only a `RoutingFlow` routes"));
    }
    for node in root.children().filter(roxmltree::Node::is_element) {
        let known = node.tag_name().name();
        if !PASSIVE.contains(&known) && !READ.contains(&known) {
            return Err(format!("the local org does not run `{known}`"));
        }
    }
    let mut flow = Flow {
        name: name.to_owned(),
        active: text(root, "status").as_deref() == Some("Active"),
        variables: named(root, "variables", variable)?,
        constants: named(root, "constants", |it| operand_of(it, "value"))?,
        formulas: named(root, "formulas", |it| {
            let expression = required(it, "expression")?;
            formula::parse(&expression).map_err(|why| format!("`{expression}`: {why}"))
        })?,
        templates: named(root, "textTemplates", |it| required(it, "text"))?,
        elements: BTreeMap::new(),
        start: child(root, "start")
            .and_then(|start| target(start, "connector"))
            .or_else(|| text(root, "startElementReference")),
    };
    for (kind, read) in KINDS {
        for (name, element) in named(root, kind, read)? {
            if flow.elements.insert(name.clone(), element).is_some() {
                return Err(format!("two elements are called `{name}`"));
            }
        }
    }
    Ok(flow)
}

type ReadKind = fn(xml::Element<'_>) -> Result<Element, String>;

const KINDS: [(&str, ReadKind); 6] = [
    ("actionCalls", action),
    ("assignments", assignments),
    ("decisions", decision),
    ("recordCreates", create),
    ("recordLookups", lookup),
    ("recordUpdates", update),
];

fn named<T>(
    root: xml::Element<'_>,
    kind: &str,
    read: impl Fn(xml::Element<'_>) -> Result<T, String>,
) -> Result<BTreeMap<String, T>, String> {
    let mut found = BTreeMap::new();
    for node in children(root, kind) {
        let name = required(node, "name")?;
        let thing = read(node).map_err(|why| format!("`{name}`: {why}"))?;
        if found.insert(name.clone(), thing).is_some() {
            return Err(format!("two of `{kind}` are called `{name}`"));
        }
    }
    Ok(found)
}

fn target(node: xml::Element<'_>, connector: &str) -> Option<String> {
    text(child(node, connector)?, "targetReference")
}

fn element(node: xml::Element<'_>, kind: Kind) -> Element {
    let (next, fault) = (target(node, "connector"), target(node, "faultConnector"));
    Element { kind, next, fault }
}

fn variable(node: xml::Element<'_>) -> Result<Variable, String> {
    Ok(Variable {
        input: flag(node, "isInput"),
        data_type: required(node, "dataType")?,
        object: text(node, "objectType"),
        collection: flag(node, "isCollection"),
        value: operand_of(node, "value")?,
    })
}

/// The operand within an element of this name; blank where there is none.
fn operand_of(node: xml::Element<'_>, name: &str) -> Result<Operand, String> {
    let Some(value) = child(node, name).and_then(|it| it.first_element_child()) else {
        return Ok(Operand::Blank);
    };
    let text = value.text().unwrap_or_default().to_owned();
    match value.tag_name().name() {
        "stringValue" | "dateValue" | "dateTimeValue" | "setupReference" => Ok(Operand::Text(text)),
        "elementReference" => Ok(Operand::Reference(text.trim().to_owned())),
        "booleanValue" => Ok(Operand::Flag(text.trim() == "true")),
        "numberValue" => {
            let number = text.trim().parse();
            number.map(Operand::Number).map_err(|_| format!("`{text}` is no number"))
        }
        other => Err(format!("the local org does not read `{other}`")),
    }
}

fn action(node: xml::Element<'_>) -> Result<Element, String> {
    let name = required(node, "actionName")?;
    let pairs = |kind: &'static str| children(node, kind);
    let inputs = pairs("inputParameters")
        .map(|it| Ok((required(it, "name")?, operand_of(it, "value")?)))
        .collect::<Result<_, String>>()?;
    let kind = match name.as_str() {
        "routeWork" => Kind::RouteWork { inputs },
        "checkAvailabilityForRouting" => Kind::CheckAvailability {
            outputs: pairs("outputParameters")
                .map(|it| Ok((required(it, "name")?, required(it, "assignToReference")?)))
                .collect::<Result<_, String>>()?,
        },
        other => return Err(format!("the local org does not know the action `{other}`")),
    };
    Ok(element(node, kind))
}

fn assignments(node: xml::Element<'_>) -> Result<Element, String> {
    let items = children(node, "assignmentItems").map(|it| {
        let operator = required(it, "operator")?;
        if !["Assign", "Add"].contains(&operator.as_str()) {
            return Err(format!("the local org does not assign by `{operator}`"));
        }
        let (to, value) = (required(it, "assignToReference")?, operand_of(it, "value")?);
        Ok(Assignment { to, operator, value })
    });
    Ok(element(node, Kind::Assign(items.collect::<Result<_, String>>()?)))
}

fn decision(node: xml::Element<'_>) -> Result<Element, String> {
    let rule = |it: xml::Element<'_>| {
        let condition = |it: xml::Element<'_>| {
            let left = required(it, "leftValueReference")?;
            let operator = comparison(&required(it, "operator")?)?;
            Ok(Condition { left, operator, right: operand_of(it, "rightValue")? })
        };
        Ok(Rule {
            name: required(it, "name")?,
            any: any_of(text(it, "conditionLogic"))?,
            conditions: children(it, "conditions").map(condition).collect::<Result<_, String>>()?,
            next: target(it, "connector"),
        })
    };
    let rules = children(node, "rules").map(rule).collect::<Result<_, String>>()?;
    let next = target(node, "defaultConnector");
    Ok(Element { kind: Kind::Decide(rules), next, fault: None })
}

fn selection(node: xml::Element<'_>, object: String) -> Result<Selection, String> {
    let filter = |it: xml::Element<'_>| {
        let operator = comparison(&required(it, "operator")?)?;
        Ok(Filter { field: required(it, "field")?, operator, value: operand_of(it, "value")? })
    };
    Ok(Selection {
        object,
        any: any_of(text(node, "filterLogic"))?,
        filters: children(node, "filters").map(filter).collect::<Result<_, String>>()?,
        sorted_by: text(node, "sortField")
            .map(|field| (field, text(node, "sortOrder").as_deref() == Some("Desc"))),
    })
}

fn lookup(node: xml::Element<'_>) -> Result<Element, String> {
    let fields_into = children(node, "outputAssignments")
        .map(|it| Ok((required(it, "field")?, required(it, "assignToReference")?)))
        .collect::<Result<_, String>>()?;
    let kind = Kind::Lookup(Lookup {
        from: selection(node, required(node, "object")?)?,
        first_only: flag(node, "getFirstRecordOnly") || text(node, "outputReference").is_some(),
        into: text(node, "outputReference"),
        fields_into,
        blank_where_none: flag(node, "assignNullValuesIfNoRecordsFound"),
    });
    Ok(element(node, kind))
}

fn values(node: xml::Element<'_>) -> Result<Vec<(String, Operand)>, String> {
    let pair = |it: xml::Element<'_>| Ok((required(it, "field")?, operand_of(it, "value")?));
    children(node, "inputAssignments").map(pair).collect()
}

fn update(node: xml::Element<'_>) -> Result<Element, String> {
    let record = text(node, "inputReference");
    let of = match text(node, "object") {
        Some(object) if record.is_none() => Some(selection(node, object)?),
        None if record.is_none() => return Err("it names neither records nor a record".to_owned()),
        _ => None,
    };
    if of.as_ref().is_some_and(|of| of.filters.is_empty()) {
        return Err("it has no `filters`, and would change every record".to_owned());
    }
    Ok(element(node, Kind::Update(Update { record, of, values: values(node)? })))
}

fn create(node: xml::Element<'_>) -> Result<Element, String> {
    let (record, object) = (text(node, "inputReference"), text(node, "object"));
    if record.is_none() && object.is_none() {
        return Err("it names neither an object nor a record".to_owned());
    }
    let id_into = text(node, "assignRecordIdToReference");
    let kind = Kind::Create(Create { record, object, values: values(node)?, id_into });
    Ok(element(node, kind))
}

fn any_of(logic: Option<String>) -> Result<bool, String> {
    match logic.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None | Some("and") => Ok(false),
        Some("or") => Ok(true),
        Some(other) => Err(format!("the local org knows `and` and `or`, not the logic `{other}`")),
    }
}

fn comparison(operator: &str) -> Result<String, String> {
    const KNOWN: [&str; 11] = [
        "Contains",
        "EndsWith",
        "EqualTo",
        "GreaterThan",
        "GreaterThanOrEqualTo",
        "IsBlank",
        "IsNull",
        "LessThan",
        "LessThanOrEqualTo",
        "NotEqualTo",
        "StartsWith",
    ];
    if KNOWN.contains(&operator) {
        return Ok(operator.to_owned());
    }
    Err(format!("the local org does not know the operator `{operator}`"))
}

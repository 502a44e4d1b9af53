//! `push NAME to Case`: how a Case is created.

use tidegate_diagnostics::codes;
use tidegate_plan::model::Fill;
use tidegate_schemas::catalog::{Field, FieldKind, Object};

use crate::finding::Finding;
use crate::hir::{AttrId, Origin, Push, PushField, Space};
use crate::lower::{Lowering, writable};
use crate::resolve::scope::Query;
use crate::resolve::{names, owner, require, suggest};
use crate::source::Range;
use crate::syntax::ast::{self, Name, OwnerExpr, PushLine};
use crate::types::table;

/// The only object that a push can create.
pub(crate) const CASE: &str = "Case";
/// Characters that the key needs: a UUID as text.
const KEY_LENGTH: u32 = 36;

/// Characters that a summary says something with.
const SUMMARY: u32 = 80;
/// Characters that a transcript of some lines has at least. Text fields end at 255.
const TRANSCRIPT: u32 = 256;

/// What fills a Case unless the push says otherwise.
const FILLED: [(&str, Fill); 5] = [
    ("ContactId", Fill::ContactId),
    ("Description", Fill::Description),
    ("Subject", Fill::Subject),
    ("SuppliedEmail", Fill::SuppliedEmail),
    ("SuppliedName", Fill::SuppliedName),
];

/// Lowers a push. Its findings stay with the lowering.
pub(crate) fn push(lowering: &mut Lowering<'_>, syntax: &ast::Push) -> Push {
    let object = target(lowering, syntax);
    let record_type = syntax.record_type.as_ref().filter(|name| !name.is_missing());
    if let (Some(object), Some(name)) = (object, record_type) {
        check_record_type(lowering, object, name);
    }
    let mut out = Push {
        name: syntax.name.text.clone(),
        item: lowering.item,
        object: syntax.object.text.clone(),
        record_type: record_type.map(|name| (name.text.clone(), name.range)),
        owner: Vec::new(),
        fields: Vec::new(),
        summary_to: None,
        transcript_to: None,
        carry: Vec::new(),
        kept_back: Vec::new(),
        fill: Vec::new(),
        rules: Vec::new(),
        key_field: None,
        head: syntax.head,
    };
    let mut lines = Lines { object, carry_none: None, carry_except: Vec::new() };
    for line in &syntax.lines {
        push_line(lowering, &mut lines, &mut out, line);
    }
    check_owners(lowering, &out.owner);
    check_texts(lowering, object, &out);
    if let Some(object) = object {
        let going = carried(lowering, object, &lines, &out);
        let is_private = |attr: AttrId| lowering.scope.attribute(attr).private;
        (out.kept_back, out.carry) = going.into_iter().partition(|(_, attr)| is_private(*attr));
        out.fill = filled(lowering, object, &out);
        out.key_field = key_field(lowering, object, syntax.head);
        out.rules = require::rules(lowering, object, &out);
    }
    out
}

/// What the lines say beside the push itself.
struct Lines<'a> {
    object: Option<&'a Object>,
    carry_none: Option<Range>,
    carry_except: Vec<String>,
}

fn target<'a>(lowering: &mut Lowering<'a>, syntax: &ast::Push) -> Option<&'a Object> {
    let at = lowering.at(syntax.object.range);
    let catalog = lowering.scope.catalog;
    let object = names::object(catalog, &syntax.object, at, &mut lowering.findings)?;
    if object.name != CASE {
        let message = format!("a push can't create a `{}`", object.name);
        lowering.report(
            Finding::new(codes::WRONG_OBJECT, at, message)
                .help("write `Case`")
                .fix("write `Case`", vec![(at, CASE.to_owned())]),
        );
        return None;
    }
    if !object.createable {
        let user = &catalog.origin.pulled_by;
        let message = format!("the user who pulled may not create records of `{}`", object.name);
        lowering.report(
            Finding::new(codes::NOT_CREATEABLE, at, message)
                .help(format!("let `{user}` create Cases in Salesforce, then pull again")),
        );
    }
    Some(object)
}

/// Reports a record type that is not there, or with which no record can be created.
pub(crate) fn check_record_type(lowering: &mut Lowering<'_>, object: &Object, name: &Name) {
    let at = lowering.at(name.range);
    let types = &object.record_types;
    let finding = match types.get(&name.text) {
        Some(found) if found.active && found.available => return,
        Some(found) if !found.active => Finding::new(
            codes::RECORD_TYPE_UNUSABLE,
            at,
            format!("the record type `{}` is not active", name.text),
        )
        .help("choose another record type, or have this one activated and pull again"),
        Some(_) => Finding::new(
            codes::RECORD_TYPE_UNUSABLE,
            at,
            format!("the user who pulled may not use the record type `{}`", name.text),
        )
        .help("choose another record type, or let the user use this one and pull again"),
        None => {
            let finding = Finding::new(
                codes::UNKNOWN_RECORD_TYPE,
                at,
                format!("`{}` has no record type `{}`", object.name, name.text),
            );
            let labelled = types.values().find(|its| its.label.eq_ignore_ascii_case(&name.text));
            let near = labelled
                .map(|its| its.developer_name.as_str())
                .or_else(|| suggest::closest(&name.text, types.keys().map(String::as_str)));
            match near {
                Some(near) => finding
                    .help(format!("did you mean `{near}`?"))
                    .fix(format!("write `{near}`"), vec![(at, near.to_owned())]),
                None => finding.help(
                    "write a record type's developer name; if it is new, run `tidegate pull`",
                ),
            }
        }
    };
    lowering.report(finding);
}

fn push_line(lowering: &mut Lowering<'_>, lines: &mut Lines<'_>, out: &mut Push, line: &PushLine) {
    match line {
        PushLine::Owner { owner, when, range } => {
            let when = when.as_ref().map(|when| lowering.condition(when));
            owner::check(lowering, owner, CASE);
            if !matches!(owner, OwnerExpr::Missing) {
                out.owner.push((owner.clone(), when, *range));
            }
        }
        PushLine::Field { always, field, value, range } => {
            field_line(lowering, lines, out, (*always, field, value, *range));
        }
        PushLine::Transcript { to, .. } => {
            if !matches!(to.text.as_str(), "file" | "comment" | "nowhere") {
                text_target(lowering, lines.object, to);
            }
            let earlier = out.transcript_to.as_ref().map(|(_, range)| *range);
            once(lowering, earlier, to.range, "transcript to");
            out.transcript_to = Some((to.text.clone(), to.range));
        }
        PushLine::Summary { to, .. } => {
            let known = lines.object.is_some_and(|object| object.fields.contains_key(&to.text));
            if matches!(to.text.as_str(), "file" | "comment") && !known {
                no_summary(lowering, to);
            } else if to.text != "nowhere" {
                text_target(lowering, lines.object, to);
            }
            let earlier = out.summary_to.as_ref().map(|(_, range)| *range);
            once(lowering, earlier, to.range, "summary to");
            out.summary_to = Some((to.text.clone(), to.range));
        }
        PushLine::CarryNone { range } => {
            once(lowering, lines.carry_none, *range, "carry none");
            lines.carry_none = Some(*range);
        }
        PushLine::CarryExcept { field, .. } => {
            let at = lowering.at(field.range);
            let known = lines
                .object
                .and_then(|object| names::field(object, field, at, &mut lowering.findings));
            lines.carry_except.extend(known.map(|field| field.name.clone()));
        }
    }
}

fn once(lowering: &mut Lowering<'_>, earlier: Option<Range>, range: Range, what: &str) {
    if let Some(earlier) = earlier {
        let finding = Finding::new(
            codes::DECLARED_TWICE,
            lowering.at(range),
            format!("`{what}` is written twice"),
        )
        .also(lowering.at(earlier), "it is written here")
        .help("keep one of the two lines");
        lowering.report(finding);
    }
}

fn field_line(
    lowering: &mut Lowering<'_>,
    lines: &Lines<'_>,
    out: &mut Push,
    (always, name, value, range): (bool, &Name, &ast::Expr, Range),
) {
    let at = lowering.at(name.range);
    let earlier = out.fields.iter().find(|line| line.field == name.text);
    if let Some(earlier) = earlier.filter(|_| !name.is_missing()) {
        let earlier = earlier.name_range;
        return once(lowering, Some(earlier), name.range, &format!("{} =", name.text));
    }
    let known =
        lines.object.and_then(|object| names::field(object, name, at, &mut lowering.findings));
    let value = match known {
        Some(field) => {
            check_writable(lowering, field, name);
            let ty = table::field_type(CASE, field);
            lowering.value_for(value, &ty, &format!("`{CASE}.{}`", field.name))
        }
        None => lowering.infer(value),
    };
    out.fields.push(PushField {
        field: name.text.clone(),
        known: known.cloned().map(Box::new),
        always,
        value,
        name_range: name.range,
        range,
    });
}

fn check_writable(lowering: &mut Lowering<'_>, field: &Field, name: &Name) {
    let at = lowering.at(name.range);
    let message = format!("a push can't write `{}`", field.name);
    let finding = Finding::new(codes::NOT_WRITABLE, at, message);
    let finding = match field.name.as_str() {
        "OwnerId" => finding
            .label("who owns a Case has a line of its own")
            .help("write `owner queue NAME` or `owner user NAME`"),
        "RecordTypeId" => finding
            .label("the record type stands in the push's first line")
            .help("write `push NAME to Case type RECORD_TYPE`"),
        _ => match writable::read_only_because(field) {
            Some(why) => finding.label(why).help("remove the line, or write another field"),
            None => return,
        },
    };
    lowering.report(finding);
}

/// A transcript can be a file or a comment, and a summary can't.
fn no_summary(lowering: &mut Lowering<'_>, name: &Name) {
    let message = format!("a summary goes into a field, and into no {}", name.text);
    lowering.report(Finding::new(codes::NOT_A_TEXT_FIELD, lowering.at(name.range), message).help(
        "write `summary to Description`, or another text field; a transcript can be a file or a \
             comment",
    ));
}

/// A field for a text of some length.
fn text_target(lowering: &mut Lowering<'_>, object: Option<&Object>, name: &Name) {
    let at = lowering.at(name.range);
    let Some(field) =
        object.and_then(|object| names::field(object, name, at, &mut lowering.findings))
    else {
        return;
    };
    let is_text = matches!(field.kind, FieldKind::String { .. } | FieldKind::TextArea { .. });
    let why = match writable::read_only_because(field) {
        Some(why) => why,
        None if !is_text => "it does not hold text",
        None => return,
    };
    let message = format!("`{}` can't take a text", field.name);
    lowering.report(
        Finding::new(codes::NOT_A_TEXT_FIELD, at, message)
            .label(why)
            .help("name a text field that can be written"),
    );
}

/// A field has one line, be it for a value, the summary or the transcript; and what goes there has room.
fn check_texts(lowering: &mut Lowering<'_>, object: Option<&Object>, push: &Push) {
    let (summary, transcript) = (push.summary_field(), push.transcript_field());
    let line = |name: &str| {
        let line = push.fields.iter().find(|line| line.field == name);
        line.map(|line| line.name_range)
    };
    if let Some((name, range)) = summary {
        once(lowering, line(name), range, name);
    }
    if let Some((name, range)) = transcript {
        let of_summary = summary.filter(|(other, _)| *other == name).map(|(_, range)| range);
        once(lowering, line(name).or(of_summary), range, name);
    }
    let texts = [("summary", summary, SUMMARY), ("transcript", transcript, TRANSCRIPT)];
    for (what, to, least) in texts {
        let Some((name, range)) = to else { continue };
        let field = object.and_then(|object| object.fields.get(name));
        let Some(length) = field.and_then(|field| field.kind.text_length()) else { continue };
        if length >= least {
            continue;
        }
        let message = format!("`{name}` takes {length} characters: the {what} is cut there");
        let instead = match what {
            "summary" => "name a longer field, such as `Description`",
            _ => "name a longer field, or write `transcript to file`",
        };
        let at = lowering.at(range);
        lowering.report(Finding::new(codes::TEXT_CUT_SHORT, at, message).help(instead));
    }
}

/// The last owner must own whatever the conditions before it left over.
fn check_owners(
    lowering: &mut Lowering<'_>,
    owners: &[(OwnerExpr, Option<crate::hir::Expr>, Range)],
) {
    let Some(((_, last, range), before)) = owners.split_last() else { return };
    if let Some((_, _, first)) = before.iter().find(|(_, when, _)| when.is_none()) {
        let finding =
            Finding::new(codes::OWNER_ORDER, lowering.at(*range), "nothing is left for this owner")
                .also(lowering.at(*first), "this one owns every Case already")
                .help("move the line without a condition to the end, or give it one: `if …`");
        lowering.report(finding);
    } else if last.is_some() {
        let finding = Finding::new(
            codes::OWNER_ORDER,
            lowering.at(*range),
            "nobody owns the Case where no condition holds",
        )
        .help("add a last line without `if`, such as `owner by assignment rules`");
        lowering.report(finding);
    }
}

/// Attributes of the Case's own fields that no line names.
fn carried(
    lowering: &mut Lowering<'_>,
    object: &Object,
    lines: &Lines<'_>,
    out: &Push,
) -> Vec<(String, AttrId)> {
    if lines.carry_none.is_some() {
        return Vec::new();
    }
    let declared = lowering.scope.declared;
    let mut carry: Vec<(String, AttrId)> = (0u32..)
        .map(AttrId)
        .zip(&declared.attributes)
        .filter(|(_, attribute)| attribute.space == Space::Conversation)
        .filter_map(|(id, attribute)| match &attribute.origin {
            Origin::Field { object: its, path, field }
                if *its == object.name
                    && path.len() == 1
                    && writable::read_only_because(field).is_none() =>
            {
                Some((field.name.clone(), id))
            }
            _ => None,
        })
        .filter(|(name, _)| {
            name != "OwnerId"
                && name != "RecordTypeId"
                && !lines.carry_except.contains(name)
                && !out.fields.iter().any(|line| line.field == *name)
        })
        .collect();
    carry.sort();
    for (_, id) in &carry {
        let attribute = lowering.scope.attribute(*id);
        lowering.uses(Query::Attribute(attribute.space, attribute.name.clone()));
    }
    carry
}

fn filled(lowering: &Lowering<'_>, object: &Object, out: &Push) -> Vec<(String, Fill)> {
    let person = lowering.scope.declared.person.as_ref();
    let finds_contact = person.is_some_and(|person| person.find_by.is_some());
    FILLED
        .into_iter()
        .filter(|(name, fill)| {
            object.fields.get(*name).is_some_and(|field| field.createable)
                && !out.fields.iter().any(|line| line.field == *name)
                && out.transcript_field().is_none_or(|(field, _)| field != *name)
                && (*fill != Fill::ContactId || finds_contact)
        })
        .map(|(name, fill)| (name.to_owned(), fill))
        .collect()
}

/// The unique external-id field that the key goes into; reports an org that has none.
fn key_field(lowering: &mut Lowering<'_>, object: &Object, head: Range) -> Option<String> {
    let usable = |field: &&Field| {
        field.unique
            && field.external_id
            && field.createable
            && matches!(field.kind, FieldKind::String { length } if length >= KEY_LENGTH)
    };
    let ours = |field: &&Field| field.name.to_lowercase().contains("tidegate");
    let found = object
        .fields
        .values()
        .filter(usable)
        .find(ours)
        .or_else(|| object.fields.values().find(usable));
    if found.is_none() {
        let message = format!("`{}` has no field that makes a Case come only once", object.name);
        let finding = Finding::new(codes::NO_KEY_FIELD, lowering.at(head), message).help(format!(
            "create a text field such as `Tidegate_Key__c` on `{}`: {KEY_LENGTH} characters or more, unique, \
             an external id; let the user who pulls edit it, and run `tidegate pull`",
            object.name
        ));
        lowering.report(finding);
    }
    found.map(|field| field.name.clone())
}

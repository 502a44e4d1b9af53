//! `require FIELD [when CONDITION]`: a validation rule of the org that its describes don't carry.
//!
//! A rule sees the Case as it is saved. So for each push its condition is read anew, with what the
//! push gives each field in the place of the field's name: the flow then knows what it knows of any
//! other condition.

use tidegate_diagnostics::codes;
use tidegate_plan::model::Fill;
use tidegate_schemas::catalog::{Catalog, Field, FieldKind, Object};

use crate::finding::Finding;
use crate::hir::{AttrId, Expr, ExprKind, Literal, Origin, Push, Rule, Space, Type};
use crate::lower::{Lowering, writable};
use crate::resolve::declarations::space_word;
use crate::resolve::names;
use crate::resolve::scope::{Query, Scope};
use crate::source::{ItemId, Loc, Range};
use crate::syntax::ast::{self, BinaryOp, Item, MapLine, Name, Path};
use crate::types::infer::{error, made};
use crate::types::table;

/// The only object whose records are created.
const CASE: &str = "Case";

/// A `require` line that was understood.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    field: &'a Field,
    when: Option<&'a ast::Expr>,
    at: Loc,
}

/// The fields of the Case while the condition of a rule is read: what a push gives them, where it
/// is read for one.
#[derive(Debug)]
pub(crate) struct Record<'a> {
    object: &'a Object,
    push: Option<Push>,
}

/// The rules of all maps. What is wrong with them is reported once, here.
pub(crate) fn lines<'a>(
    scope: &Scope<'a>,
    items: &[(ItemId, &'a Item)],
    findings: &mut Vec<Finding>,
) -> Vec<Line<'a>> {
    let catalog: &'a Catalog = scope.catalog;
    let mut found: Vec<Line<'a>> = Vec::new();
    for (item, syntax) in items {
        let Item::Map(map) = syntax else { continue };
        let Some(object) = catalog.objects.get(&map.object.text) else { continue };
        for line in &map.lines {
            let MapLine::Require { field: path, when, range } = line else { continue };
            let at = Loc { item: *item, range: *range };
            let mut lowering = Lowering::new(scope, *item);
            lowering.check_rule(object, path, when.as_ref(), at, &found);
            let absent =
                when.as_ref().is_some_and(|its| matches!(its.kind, ast::ExprKind::Missing));
            let understood = lowering.findings.is_empty() && !absent;
            findings.append(&mut lowering.findings);
            let field = path.parts.first().and_then(|name| object.fields.get(&name.text));
            if let Some(field) = field.filter(|_| understood) {
                found.push(Line { field, when: when.as_ref(), at });
            }
        }
    }
    found
}

/// The rules as they are for one push, whose lines have been read.
pub(crate) fn rules(lowering: &mut Lowering<'_>, object: &Object, push: &Push) -> Vec<Rule> {
    let scope = lowering.scope;
    let Some(object) = scope.catalog.objects.get(&object.name) else { return Vec::new() };
    let mut rules = Vec::new();
    for line in &scope.rules {
        let mut inner = Lowering::new(scope, line.at.item);
        inner.record = Some(Record { object, push: Some(push.clone()) });
        let when = line.when.map(|when| inner.condition(when));
        lowering.used.append(&mut inner.used);
        let field = line.field.name.clone();
        // A default that the describe does not tell may come to nothing, unless the org says never.
        let defaulted = match default_of(line.field) {
            Some(Some(_)) => true,
            Some(None) => !line.field.nillable,
            None => false,
        };
        rules.push(Rule { field, when, defaulted, at: line.at });
    }
    rules
}

impl<'a> Lowering<'a> {
    fn check_rule(
        &mut self,
        object: &'a Object,
        path: &Path,
        when: Option<&ast::Expr>,
        at: Loc,
        earlier: &[Line<'_>],
    ) {
        if object.name != CASE {
            let message =
                format!("no record of `{}` is created, so no rule can refuse it", object.name);
            return self.report(
                Finding::new(codes::REQUIRE_RULE, at, message)
                    .help("take the line out, or write it in `map Case to conversation`"),
            );
        }
        self.record = Some(Record { object, push: None });
        let field = self.own_field(object, path);
        if let Some(when) = when {
            self.condition(when);
        }
        let Some(field) = field else { return };
        self.can_be_demanded(field, self.at(path.range));
        let same = |line: &&Line<'_>| line.field.name == field.name && line.when.is_none();
        if let (None, Some(other)) = (when, earlier.iter().find(same)) {
            let message = format!("`{}` is required twice", field.name);
            self.report(
                Finding::new(codes::DECLARED_TWICE, at, message)
                    .also(other.at, "it is required here")
                    .help("keep one of the two lines"),
            );
        }
    }

    /// A field of the Case by its API name.
    fn own_field(&mut self, object: &'a Object, path: &Path) -> Option<&'a Field> {
        match path.parts.as_slice() {
            [only] => {
                let at = self.at(only.range);
                if let Some(finding) = self.own_data(object, only) {
                    self.report(finding);
                    return None;
                }
                names::field(object, only, at, &mut self.findings)
            }
            parts if parts.iter().any(Name::is_missing) => None,
            parts => {
                let finding = self.not_of_the_record(parts, path.range);
                self.report(finding);
                None
            }
        }
    }

    /// `urgency`, which is data of the program's own and no field.
    fn own_data(&self, object: &Object, name: &Name) -> Option<Finding> {
        let attribute = self.scope.find(Space::Conversation, &name.text)?;
        let own = matches!(self.scope.attribute(attribute).origin, Origin::Own);
        if !own || object.fields.contains_key(&name.text) {
            return None;
        }
        let path = self.scope.attribute(attribute).path();
        let message =
            format!("a rule sees the fields of the Case, and `{path}` is data of your own");
        let finding = Finding::new(codes::REQUIRE_RULE, self.at(name.range), message);
        Some(finding.help(
            "write a field by its API name, such as `Reason`: a rule of the org sees no other",
        ))
    }

    /// `conversation.Reason` where the rule has `Reason`.
    fn not_of_the_record(&self, parts: &[Name], range: Range) -> Finding {
        let at = self.at(range);
        let written: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
        let finding = Finding::new(
            codes::REQUIRE_RULE,
            at,
            format!("a rule sees the fields of the Case, and `{}` is none", written.join(".")),
        );
        let mut attributes = self.scope.declared.attributes.iter();
        let meant = match written.as_slice() {
            ["conversation", name] => attributes
                .find(|its| its.space == Space::Conversation && its.name == *name)
                .and_then(|its| match &its.origin {
                    Origin::Field { path, .. } => path.first().filter(|_| path.len() == 1),
                    _ => None,
                }),
            _ => None,
        };
        match meant {
            Some(field) => finding
                .help(format!("write `{field}`: the field by its API name"))
                .fix(format!("write `{field}`"), vec![(at, field.clone())]),
            None => finding.help("write a field by its API name, such as `Reason`"),
        }
    }

    fn can_be_demanded(&mut self, field: &Field, at: Loc) {
        let why = match (&field.kind, field.name.as_str()) {
            (_, "OwnerId") => Some("who owns a Case says its push: `owner queue NAME`"),
            (_, "RecordTypeId") => Some("the record type stands in the first line of a push"),
            (FieldKind::Boolean, _) => Some("a checkbox is never blank"),
            _ => writable::read_only_because(field),
        };
        if let Some(why) = why {
            let message = format!("no push can leave `{}` blank or fill it", field.name);
            self.report(
                Finding::new(codes::REQUIRE_RULE, at, message)
                    .label(why)
                    .help("name a field that a push can write"),
            );
        }
    }

    /// A name in the condition of a rule: what the push gives that field.
    pub(crate) fn field_of_record(&mut self, path: &Path) -> Expr {
        let Some(record) = self.record.take() else { return error(path.range) };
        let value = self.value_of_field(&record, path);
        self.record = Some(record);
        value
    }

    fn value_of_field(&mut self, record: &Record<'a>, path: &Path) -> Expr {
        let Some(field) = self.own_field(record.object, path) else { return error(path.range) };
        let unknowable = match field.name.as_str() {
            "OwnerId" | "RecordTypeId" => Some("it stands in no field line of a push"),
            _ => writable::read_only_because(field),
        };
        if let Some(why) = unknowable {
            let message =
                format!("what `{}` will be is not known before the Case is saved", field.name);
            let at = self.at(path.range);
            self.report(
                Finding::new(codes::REQUIRE_RULE, at, message)
                    .label(why)
                    .help("compare fields that a push can write, such as `Status`"),
            );
            return error(path.range);
        }
        let ty = table::field_type(CASE, field);
        let given = match &record.push {
            Some(push) => self.given(push, field),
            None => made(ExprKind::Unknown, ty.clone(), path.range),
        };
        Expr { ty, range: path.range, ..given }
    }

    /// What a Case of a push has in a field.
    fn given(&mut self, push: &Push, field: &Field) -> Expr {
        let name = field.name.as_str();
        let range = Range::default();
        let unknown = || made(ExprKind::Unknown, Type::Error, range);
        let written = |to: &Option<(String, Range)>| to.as_ref().is_some_and(|(to, _)| to == name);
        if written(&push.summary_to) || written(&push.transcript_to) {
            return unknown();
        }
        let line = push.fields.iter().find(|line| line.field == name);
        let carried = push.carry.iter().find(|(carried, _)| carried == name);
        let fill = push.fill.iter().find(|(filled, _)| filled == name);
        let own = if let Some(line) = line {
            Some(line.value.clone())
        } else if let Some((_, attr)) = carried {
            Some(made(ExprKind::Attr(*attr), self.scope.attribute(*attr).ty.clone(), range))
        } else {
            None
        };
        let filled = fill.filter(|_| line.is_none()).map(|(_, fill)| self.filled(*fill, unknown()));
        let default = default_of(field).map(|default| match default {
            Some(value) => made(
                ExprKind::Literal(Literal::Text(value.to_owned())),
                table::field_type(CASE, field),
                range,
            ),
            None => unknown(),
        });
        let mut values = [own, filled, default].into_iter().flatten();
        let first = values.next().unwrap_or_else(|| made(ExprKind::Blank, Type::Blank, range));
        values.fold(first, |value, otherwise| {
            if matches!(value.kind, ExprKind::Literal(_)) {
                return value;
            }
            let ty = table::field_type(CASE, field);
            let kind = ExprKind::Binary(BinaryOp::OrElse, Box::new(value), Box::new(otherwise));
            made(kind, ty, range)
        })
    }

    fn filled(&mut self, fill: Fill, unknown: Expr) -> Expr {
        let mut session = |name: &str| {
            self.uses(Query::Attribute(Space::Session, name.to_owned()));
            let attr: Option<AttrId> = self.scope.find(Space::Session, name);
            attr.map(|attr| {
                made(ExprKind::Attr(attr), self.scope.attribute(attr).ty.clone(), unknown.range)
            })
        };
        let claimed = match fill {
            Fill::SuppliedEmail => session("email"),
            Fill::SuppliedName => session("name"),
            Fill::Subject | Fill::Description | Fill::ContactId => None,
        };
        let Some(claimed) = claimed else { return unknown };
        let (ty, range) = (claimed.ty.clone(), unknown.range);
        let known = made(ExprKind::PersonKnown, Type::Bool, range);
        let blank = made(ExprKind::Blank, Type::Blank, range);
        made(ExprKind::If(Box::new(known), Box::new(blank), Box::new(claimed)), ty, range)
    }

    /// `person is verified` and the like in the condition of a rule.
    pub(crate) fn no_person_in_a_rule(&mut self, range: Range) -> Expr {
        let message = format!(
            "a rule sees the fields of the Case, and nothing of `{}`",
            space_word(Space::Person)
        );
        let finding = Finding::new(codes::REQUIRE_RULE, self.at(range), message)
            .help("write a field by its API name, such as `ContactId is set`");
        self.report(finding);
        error(range)
    }
}

/// What the org puts into a field that nothing else fills: a value where the describe tells it, or
/// something; `None` where it stays blank.
fn default_of(field: &Field) -> Option<Option<&str>> {
    if let FieldKind::Picklist(list) = &field.kind {
        let default = list.values.iter().find(|value| value.default && value.active);
        return match default {
            Some(value) => Some(Some(&value.value)),
            None => field.defaulted_on_create.then_some(None),
        };
    }
    (field.defaulted_on_create || matches!(field.kind, FieldKind::Boolean)).then_some(None)
}

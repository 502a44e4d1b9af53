//! What is set on the way, and what a Case made there will hold.

use std::collections::BTreeMap;

use tidegate_plan::model::Fill;
use tidegate_schemas::catalog::Catalog;

use crate::flow::domain::{Abs, Content};
use crate::flow::eval::eval;
use crate::flow::graph::Op;
use crate::flow::path::Map;
use crate::flow::state::State;
use crate::hir::{
    AttrId, Expr, ExprKind, Origin, Push, PushId, Space, Step, StepKind, Type, Workflow, WorkflowId,
};
use crate::syntax::ast::OwnerExpr;

use super::page::{Block, Item};
use super::steps::Teller;
use super::words::{self, listed, quoted};

/// What a workflow itself can set, in the order of names.
pub(super) fn settable(teller: &Teller<'_>, workflow: &Workflow) -> Vec<Item> {
    let mut ways: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut note = |attr: AttrId, way: String| {
        let attribute = teller.words.attribute(attr);
        if attribute.is_none_or(|attribute| attribute.space == Space::Let) {
            return;
        }
        let ways = ways.entry(teller.words.name(attr)).or_default();
        if !ways.contains(&way) {
            ways.push(way);
        }
    };
    workflow.steps().into_iter().for_each(|step| match &step.kind {
        StepKind::Set { attr, value } => note(*attr, teller.words.value(value)),
        StepKind::Clear { attr } => note(*attr, "nothing".to_owned()),
        StepKind::Collect { fields, .. } => {
            let by = |rating| if rating { "a rating" } else { "what the customer fills in" };
            fields.iter().for_each(|line| note(line.attr, by(line.rating).to_owned()));
        }
        _ => {}
    });
    let item = |(name, ways): (String, Vec<String>)| {
        Item::point(format!("{}: {}", capital(&name), listed(&ways, "or")))
    };
    ways.into_iter().map(item).collect()
}

/// For each push that a workflow uses itself, what its Cases will hold there.
pub(super) fn cases(
    teller: &Teller<'_>,
    catalog: &Catalog,
    map: &Map<'_, '_>,
    id: WorkflowId,
) -> Vec<Block> {
    let mut found: BTreeMap<PushId, State> = BTreeMap::new();
    let solved = map.solved(id);
    for (graph, solution) in map.units[id.0 as usize].graphs.iter().zip(&solved.solutions) {
        for (node, its) in graph.iter() {
            let push = match its.op {
                Op::Create(_, push) => Some(push),
                Op::Plain(Step { kind: StepKind::RecordCase { push }, .. }) => Some(*push),
                _ => None,
            };
            let Some(push) = push.filter(|_| solution.at(node).is_live()) else { continue };
            found.entry(push).or_insert_with(State::dead).join(solution.at(node));
        }
    }
    let mut told = Vec::new();
    for (id, state) in found {
        let Some(push) = teller.program.pushes.get(id.0 as usize) else { continue };
        let case = CaseTeller { teller, catalog, map, state };
        told.push(Block::Heading(format!("What a Case by {} will hold", quoted(&push.name))));
        told.push(Block::Items(case.items(push)));
    }
    told
}

/// Tells of the Cases of one push in one workflow.
struct CaseTeller<'t, 'p, 'm> {
    teller: &'t Teller<'p>,
    catalog: &'t Catalog,
    map: &'m Map<'m, 'm>,
    /// What is known wherever the workflow creates one.
    state: State,
}

impl CaseTeller<'_, '_, '_> {
    /// The record type, where the object has any: also the one that nobody chose.
    fn record_type(&self, push: &Push) -> Option<Item> {
        if let Some((name, _)) = &push.record_type {
            return Some(Item::point(format!("Record type: {}", quoted(name))));
        }
        let object = self.catalog.objects.get(&push.object);
        let object = object.filter(|object| !object.record_types.is_empty())?;
        let (name, user) = (object.default_record_type(), &self.catalog.origin.pulled_by);
        Some(Item::point(format!("Record type: {}, the default one of {user}", quoted(name))))
    }

    fn items(&self, push: &Push) -> Vec<Item> {
        let mut items = owner(self.teller, push);
        items.extend(self.record_type(push));
        for line in &push.fields {
            let label = line.known.as_ref().map_or(line.field.as_str(), |field| &field.label);
            let (said, value) = (self.teller.words.value(&line.value), self.known(&line.value));
            let plain = matches!(line.value.kind, ExprKind::Literal(_) | ExprKind::Template(_));
            let known = value.filter(|known| !plain && *known != said);
            let known = known.map(|known| format!("; here {known}")).unwrap_or_default();
            items.push(Item::point(format!("{label}: {said}{known}")));
        }
        for (field, attr) in &push.carry {
            items.extend(self.carried(field, *attr));
        }
        let named = |field: &str| push.fields.iter().any(|line| line.field == field);
        for (field, fill) in push.fill.iter().filter(|(field, _)| !named(field)) {
            let label = self.label(&push.object, field);
            items.push(Item::point(format!("{label}: {}", filled(*fill))));
        }
        items.push(Item::point(match push.transcript_to.as_ref().map(|(to, _)| to.as_str()) {
            None | Some("file") => "The transcript: as a file on the Case".to_owned(),
            Some("comment") => "The transcript: as comments on the Case".to_owned(),
            Some("nowhere") => "The transcript: nowhere".to_owned(),
            Some(field) => {
                format!("The transcript: in the field {}", self.label(&push.object, field))
            }
        }));
        match push.summary_to.as_ref().map(|(to, _)| to.as_str()) {
            Some("nowhere") => {}
            // The transcript has taken it.
            None if push.transcript_field().is_some_and(|(to, _)| to == "Description") => {}
            to => {
                let field = self.label(&push.object, to.unwrap_or("Description"));
                items.push(Item::point(format!("A summary: at the top of {field}")));
            }
        }
        items
    }

    /// What users of Salesforce see for a field.
    fn label<'f>(&'f self, object: &str, field: &'f str) -> &'f str {
        let known = self.catalog.objects.get(object).and_then(|object| object.fields.get(field));
        known.map_or(field, |known| &known.label)
    }

    /// A field that has what the conversation set, where it can have set something by here.
    fn carried(&self, field: &str, attr: AttrId) -> Option<Item> {
        let attribute = self.teller.words.attribute(attr)?;
        let value = self.state.read(attr);
        if !value.may_be_set() {
            return None;
        }
        let label = match &attribute.origin {
            Origin::Field { field, .. } => field.label.as_str(),
            Origin::Own | Origin::Session | Origin::Let => field,
        };
        let known = known_values(&value, &attribute.ty)
            .map_or_else(|| "what the conversation set".to_owned(), |known| known.0);
        let blank = if value.may_be_blank() { ", if any was set" } else { "" };
        Some(Item::point(format!("{label}: {known}{blank}")))
    }

    /// What a value can be here, where that is a handful of values.
    fn known(&self, expr: &Expr) -> Option<String> {
        let value = eval(self.map.around.world, &self.state, expr);
        let (values, blank) = known_values(&value, &expr.ty)?;
        Some(if blank { format!("{values}, or nothing") } else { values })
    }
}

/// The values of a list that are possible, and whether there may be none; `None` where nothing is
/// known but the type.
fn known_values(value: &Abs, ty: &Type) -> Option<(String, bool)> {
    const MANY: usize = 8;
    let (Type::List(list), Content::List(values)) = (ty, &value.content) else { return None };
    let possible: Vec<String> = values
        .positions()
        .filter_map(|at| list.values.get(at))
        .map(|one| words::list_value(list, &one.value))
        .collect();
    if possible.is_empty() || possible.len() > MANY || values.others() {
        return None;
    }
    Some((listed(&possible, "or"), value.may_be_blank()))
}

fn owner(teller: &Teller<'_>, push: &Push) -> Vec<Item> {
    let said: Vec<String> = owners(teller, push);
    vec![Item::point(format!("Owner: {}", said.join("; otherwise ")))]
}

/// The owners of a push's Cases, each with its condition.
pub(super) fn owners(teller: &Teller<'_>, push: &Push) -> Vec<String> {
    if push.owner.is_empty() {
        return vec!["as Salesforce's assignment rules say".to_owned()];
    }
    let said = push.owner.iter().map(|(owner, when, _)| {
        let who = match owner {
            OwnerExpr::Queue(name) => format!("the queue {}", quoted(&name.text)),
            OwnerExpr::User(name) => format!("the user {}", quoted(&name.text)),
            OwnerExpr::AssignmentRules | OwnerExpr::Missing => {
                "as Salesforce's assignment rules say".to_owned()
            }
        };
        match when {
            Some(when) => format!("{who} if {}", teller.words.condition(when)),
            None => who,
        }
    });
    said.collect()
}

fn filled(fill: Fill) -> &'static str {
    match fill {
        Fill::Subject => "the first words of the customer, on one line",
        Fill::Description => "what the customer wrote first",
        Fill::SuppliedEmail => {
            "the e-mail address that the page gives, where the visitor is not known"
        }
        Fill::SuppliedName => "the name that the page gives, where the visitor is not known",
        Fill::ContactId => "the visitor's Contact, where the visitor is known",
    }
}

/// The text with its first letter in capitals.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

//! Slots, their lists, and how the person is found.

use std::collections::BTreeSet;

use tidegate_plan::model::{
    AttrId, Attribute, List, ListId, ListValue, Origin, PersonMap, Required, Space,
};
use tidegate_plan::value::ValueType;

use super::{Emitter, position};
use crate::hir::{self, ListType, Type};
use crate::source::Range;
use crate::types::table;

impl Emitter<'_> {
    pub(super) fn attributes(&mut self) {
        let detected = detected(self.program);
        for (id, attribute) in (0u32..).map(hir::AttrId).zip(&self.program.attributes) {
            let default =
                attribute.default.as_ref().and_then(|literal| self.literal(literal, &attribute.ty));
            let list = match &attribute.ty {
                Type::List(list) | Type::MultiList(list) => {
                    Some(self.list(attribute, list, detected.contains(&id)))
                }
                _ => None,
            };
            // What a `let` gives is kept as it is: nothing cuts or rounds it.
            let bounded = attribute.space != hir::Space::Let;
            let decimals = match attribute.ty {
                Type::Number { precision, scale } if bounded => Some((precision, scale)),
                _ => None,
            };
            self.plan.attributes.push(Attribute {
                space: space(attribute.space),
                name: attribute.name.clone(),
                label: attribute.label.clone(),
                ty: value_type(&attribute.ty),
                max_length: length(&attribute.ty).filter(|_| bounded),
                decimals,
                list,
                origin: origin(&attribute.origin),
                default,
                private: attribute.private,
            });
        }
    }

    /// The list of an attribute; equal lists share one.
    fn list(&mut self, attribute: &hir::Attribute, list: &ListType, detected: bool) -> ListId {
        let description = |value: &str| {
            let found = attribute.descriptions.iter().find(|(of, _)| detected && of == value);
            found.map(|(_, text)| text.clone())
        };
        let values = list
            .values
            .iter()
            .filter(|value| value.active)
            .map(|value| ListValue {
                value: value.value.clone(),
                label: value.label.clone(),
                valid_for: value.valid_for.clone(),
                description: description(&value.value),
            })
            .collect();
        let list = List { controller: self.controller(attribute, list), open: list.open, values };
        let known = self.plan.lists.iter().position(|other| *other == list);
        let at = known.unwrap_or_else(|| {
            self.plan.lists.push(list);
            self.plan.lists.len() - 1
        });
        ListId(position(at))
    }

    /// The attribute of the controlling field, where it is synced too.
    fn controller(&self, attribute: &hir::Attribute, list: &ListType) -> Option<AttrId> {
        let controller = list.controller.as_deref()?;
        let at = self.program.attributes.iter().position(|other| {
            other.space == attribute.space
                && matches!(&other.origin, hir::Origin::Field { path, .. } if *path == [controller])
        });
        let parent = match &attribute.origin {
            hir::Origin::Field { path, .. } => path.len() > 1,
            _ => true,
        };
        at.filter(|_| !parent).map(|at| AttrId(position(at)))
    }

    /// The list of an attribute's type, for `| label`.
    pub(super) fn list_of(&self, list: &ListType) -> Option<ListId> {
        let at = self.program.attributes.iter().position(|attribute| {
            matches!(&attribute.ty, Type::List(its) | Type::MultiList(its) if **its == *list)
        })?;
        self.plan.attributes[at].list
    }

    pub(super) fn person(&mut self) {
        let Some(person) = &self.program.person else { return };
        let Some(find_by) = &person.find_by else { return };
        let at = self.span(person.at.item, person.at.range);
        self.requires(Required::Object(person.object.clone()), at);
        self.requires(Required::ReadField(person.object.clone(), find_by.clone()), at);
        self.requires(Required::Filter(person.object.clone(), find_by.clone()), at);
        let mut synced = Vec::new();
        for (position, attribute) in (0u32..).zip(&self.program.attributes) {
            if attribute.space != hir::Space::Person {
                continue;
            }
            if let hir::Origin::Field { path, field, .. } = &attribute.origin {
                synced.push(AttrId(position));
                let declared = attribute.declared.unwrap_or(person.at);
                let span = self.span(declared.item, declared.range);
                self.requires(Required::ReadField(person.object.clone(), path.join(".")), span);
                let word = field.kind.described_as().to_owned();
                self.requires(Required::Type(person.object.clone(), path.join("."), word), span);
            }
        }
        self.plan.person = Some(PersonMap {
            object: person.object.clone(),
            find_by: find_by.clone(),
            claim: person.claim.clone(),
            synced,
        });
    }

    /// A Case is read again when its agent replies.
    pub(super) fn reads_cases(&mut self) {
        for attribute in &self.program.attributes {
            let hir::Origin::Field { object, path, field } = &attribute.origin else { continue };
            let (hir::Space::Conversation, Some(declared)) = (attribute.space, attribute.declared)
            else {
                continue;
            };
            let span = self.span(declared.item, declared.range);
            self.requires(Required::ReadField(object.clone(), path.join(".")), span);
            let word = field.kind.described_as().to_owned();
            self.requires(Required::Type(object.clone(), path.join("."), word), span);
        }
    }

    /// Where an attribute's values come from: those of a `let`, from where its list does.
    fn origin_of(&self, attr: hir::AttrId) -> Option<&hir::Origin> {
        let attribute = self.attribute(attr);
        if attribute.space != hir::Space::Let {
            return Some(&attribute.origin);
        }
        let others = self.program.attributes.iter().filter(|its| its.space != hir::Space::Let);
        let (Type::List(list) | Type::MultiList(list)) = &attribute.ty else { return None };
        let mut others = others.filter(
            |other| matches!(&other.ty, Type::List(its) | Type::MultiList(its) if its == list),
        );
        others.next().map(|other| &other.origin)
    }

    /// Notes that an attribute's list must hold a value, where the org says what it holds.
    pub(super) fn requires_value(
        &mut self,
        attr: hir::AttrId,
        value: &str,
        place: (crate::source::ItemId, Range),
    ) {
        let Some(hir::Origin::Field { object, path, .. }) = self.origin_of(attr) else { return };
        let what = Required::ListValue(object.clone(), path.join("."), value.to_owned());
        let span = self.span(place.0, place.1);
        self.requires(what, span);
    }
}

/// The lists that steps detect: what their values mean stands in the plan.
fn detected(program: &hir::Program) -> BTreeSet<hir::AttrId> {
    let steps = program.workflows.iter().flat_map(|its| its.steps());
    let detected = steps.filter_map(|step| match step.kind {
        hir::StepKind::Detect { attr, .. } => Some(attr),
        _ => None,
    });
    detected.collect()
}

fn space(space: hir::Space) -> Space {
    match space {
        hir::Space::Person => Space::Person,
        hir::Space::Conversation => Space::Conversation,
        hir::Space::Session => Space::Session,
        hir::Space::Let => Space::Let,
    }
}

fn origin(origin: &hir::Origin) -> Origin {
    match origin {
        hir::Origin::Field { path, .. } => Origin::Field(path.clone()),
        hir::Origin::Own => Origin::Own,
        hir::Origin::Session => Origin::Session,
        hir::Origin::Let => Origin::Let,
    }
}

/// Characters at most of free text; a list's values need no bound.
fn length(ty: &Type) -> Option<u32> {
    match ty {
        Type::List(_) => None,
        other => table::text_length(other),
    }
}

/// The type that the runtime gives to a value.
pub(super) fn value_type(ty: &Type) -> ValueType {
    match ty {
        Type::Text(_)
        | Type::Phone(_)
        | Type::Url(_)
        | Type::List(_)
        | Type::Opaque
        | Type::Blank
        | Type::Error => ValueType::Text,
        Type::Email(_) => ValueType::Email,
        Type::Id(_) => ValueType::Id,
        Type::Number { .. } => ValueType::Number,
        Type::Bool => ValueType::Bool,
        Type::Date => ValueType::Date,
        Type::DateTime => ValueType::DateTime,
        Type::Time => ValueType::Time,
        Type::Duration => ValueType::Duration,
        Type::MultiList(_) => ValueType::Many,
    }
}

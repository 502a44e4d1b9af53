//! What a name's type is, for those who ask about names.

use tidegate_schemas::catalog::{Catalog, Field, FieldKind, Object};

use super::facade::Analysis;
use crate::edit::FieldName;
use crate::hir::{AttrId, Attribute, Space, Type};

use crate::lower::writable;
use crate::mentions::Valued;
use crate::source::{ItemId, Loc, Range};
use crate::types::{assign, table, words};

impl Analysis {
    /// An attribute by its namespace and name.
    pub fn attribute(&self, space: Space, name: &str) -> Option<(AttrId, &Attribute)> {
        self.attribute_where(|its| its.space == space && its.name == name)
    }

    /// The value of a `let`, by where its name stands.
    pub fn given(&self, item: ItemId, range: Range) -> Option<(AttrId, &Attribute)> {
        let at = Loc { item, range };
        self.attribute_where(|its| its.space == Space::Let && its.declared == Some(at))
    }

    fn attribute_where(&self, fits: impl Fn(&Attribute) -> bool) -> Option<(AttrId, &Attribute)> {
        let attributes = &self.program.attributes;
        let at = attributes.iter().position(fits)?;
        Some((AttrId(u32::try_from(at).ok()?), attributes.get(at)?))
    }

    /// The type of what a value belongs to; none where nothing is known of it.
    pub fn type_of(&self, item: ItemId, valued: &Valued) -> Option<Type> {
        let ty = match valued {
            Valued::Attribute(space, name) => self.attribute(*space, name)?.1.ty.clone(),
            Valued::Given(range) => self.given(item, *range)?.1.ty.clone(),
            Valued::Field(field) => {
                let (object, found) = field.find(&self.catalog)?;
                table::field_type(&object.name, found)
            }
        };
        (ty != Type::Error).then_some(ty)
    }
}

impl FieldName {
    /// A field of an object itself.
    pub fn of(object: &str, name: &str) -> Self {
        Self { object: object.to_owned(), path: vec![name.to_owned()] }
    }

    /// The object to which the last part of the path belongs.
    pub fn home<'c>(&self, catalog: &'c Catalog) -> Option<&'c Object> {
        let (_, parents) = self.path.split_last()?;
        parents.iter().try_fold(catalog.objects.get(&self.object)?, |object, parent| {
            let to = object.fields.values().find_map(|field| match &field.kind {
                FieldKind::Reference { to, relationship: Some(name) } if name == parent => Some(to),
                _ => None,
            })?;
            to.iter().find_map(|name| catalog.objects.get(name))
        })
    }

    /// The field, and the object to which it belongs.
    pub fn find<'c>(&self, catalog: &'c Catalog) -> Option<(&'c Object, &'c Field)> {
        let object = self.home(catalog)?;
        Some((object, object.fields.get(self.path.last()?)?))
    }
}

impl Attribute {
    /// Whether a program can set it.
    pub fn can_be_set(&self) -> bool {
        let nowhere = Loc { item: ItemId(0), range: Range::default() };
        writable::settable(self, nowhere).is_ok()
    }
}

impl Type {
    /// As a message names it: "a date with a time".
    pub fn in_words(&self) -> String {
        words::describe(self)
    }

    /// Whether a value of another type fits into a place of this one. How long texts and how large
    /// numbers are is the flow's business.
    pub fn takes(&self, value: &Self) -> bool {
        assign::assignable(value, self).is_ok()
    }
}

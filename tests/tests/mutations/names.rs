//! Mistakes in names and values: words that the org's metadata decides about.

use std::ops::Range;

use tidegate_compiler::analysis::{Analysis, Written};
use tidegate_compiler::edit::FieldName;
use tidegate_compiler::hir::{Origin, Space, Type};
use tidegate_compiler::mentions::{Mention, Named, Valued, mentions};
use tidegate_compiler::syntax::ast::Item;
use tidegate_schemas::catalog::{Field, List, Object};

use super::kinds::Kind;
use super::mutant::Mutant;

/// Every mistake of a name or value in a program, but for those in tests.
pub(crate) fn mistakes(analysis: &Analysis) -> Vec<Mutant> {
    let items = analysis.written().filter(|its| !matches!(its.parsed.item, Item::Test(_)));
    items
        .flat_map(|written| {
            let names = mentions(&written.parsed.item);
            let slips = Slips { analysis, written };
            names.into_iter().flat_map(move |name| slips.of(&name)).collect::<Vec<_>>()
        })
        .collect()
}

#[derive(Clone, Copy)]
struct Slips<'a> {
    analysis: &'a Analysis,
    written: Written<'a>,
}

impl<'a> Slips<'a> {
    fn of(&self, mention: &Mention) -> Vec<Mutant> {
        let text = self.text(mention);
        let slip = |kind, instead: String| self.mutant(mention, kind, instead);
        match &mention.named {
            Named::Field(_) => vec![slip(Kind::Field, misspelt(&text))],
            Named::Attribute(space, name)
                if *space != Space::Session && self.comes_from_salesforce(*space, name) =>
            {
                vec![slip(Kind::Field, misspelt(&text))]
            }
            Named::Queue(_) => self.queues(&text).map(|name| slip(Kind::Queue, name)).collect(),
            Named::RecordType { object, .. } => {
                let types = self.analysis.catalog.objects[object].record_types.values();
                let unfit = types.filter(|its| !its.active || !its.available);
                let names = unfit.map(|its| its.developer_name.clone());
                let names = names.chain([misspelt(&text)]);
                names.map(|name| slip(Kind::RecordType, name)).collect()
            }
            Named::Value(of, value) => self.values(mention, of, value),
            _ => Vec::new(),
        }
    }

    fn text(&self, mention: &Mention) -> String {
        let span = self.written.span(mention.range);
        let source = self.analysis.sources.get(span.source).expect("a source");
        source.text[span.start as usize..span.end as usize].to_owned()
    }

    fn mutant(&self, mention: &Mention, kind: Kind, instead: String) -> Mutant {
        let span = self.written.span(mention.range);
        let at: Range<usize> = span.start as usize..span.end as usize;
        Mutant { kind, source: span.source, at, instead }
    }

    fn comes_from_salesforce(&self, space: Space, name: &str) -> bool {
        let found = self.analysis.attribute(space, name);
        found.is_some_and(|(_, its)| matches!(its.origin, Origin::Field { .. }))
    }

    /// Queues that may own no Cases, and one that is none.
    fn queues(&self, text: &str) -> impl Iterator<Item = String> {
        let unfit = self.analysis.catalog.queues.values();
        let unfit = unfit.filter(|its| !its.objects.iter().any(|object| object == "Case"));
        let names: Vec<String> = unfit.map(|its| its.developer_name.clone()).collect();
        names.into_iter().chain([misspelt(text)])
    }

    fn values(&self, mention: &Mention, of: &Valued, value: &str) -> Vec<Mutant> {
        if !self.is_list(of) {
            return Vec::new();
        }
        let wrong = self.mutant(mention, Kind::Value, quoted(&misspelt(value)));
        let Some((object, field)) = self.field(of) else { return vec![wrong] };
        let Some(list) = field.kind.list() else { return Vec::new() };
        let slip = |kind, text: &str| self.mutant(mention, kind, quoted(text));
        let mut all = vec![wrong];
        let same = list.values.iter().find(|its| its.value == value);
        let label = same.filter(|its| its.label != its.value);
        all.extend(label.map(|its| slip(Kind::Label, &its.label)));
        let inactive = list.values.iter().find(|its| !its.active);
        all.extend(inactive.map(|its| slip(Kind::Inactive, &its.value)));
        let written = !matches!(self.written.parsed.item, Item::Map(_));
        let unfitting = unfitting(object, list, value).filter(|_| written);
        all.extend(unfitting.map(|text| slip(Kind::Dependent, text)));
        all
    }

    fn is_list(&self, of: &Valued) -> bool {
        let ty = self.analysis.type_of(self.written.id, of);
        ty.is_some_and(|ty| matches!(ty, Type::List(_) | Type::MultiList(_)))
    }

    fn field(&self, of: &Valued) -> Option<(&'a Object, &'a Field)> {
        let catalog = &self.analysis.catalog;
        match of {
            Valued::Field(name) => name.find(catalog),
            Valued::Given(_) => None,
            Valued::Attribute(space, name) => {
                let (_, attribute) = self.analysis.attribute(*space, name)?;
                let Origin::Field { object, path, .. } = &attribute.origin else { return None };
                FieldName { object: object.clone(), path: path.clone() }.find(catalog)
            }
        }
    }
}

/// A value that goes with none of the controller's values with which this one goes.
fn unfitting<'l>(object: &Object, list: &'l List, value: &str) -> Option<&'l str> {
    object.fields.get(list.controller.as_ref()?)?;
    let own = list.values.iter().find(|its| its.value == value)?.valid_for.as_ref()?;
    let other = list.values.iter().filter(|its| its.active).find(|its| {
        its.valid_for.as_ref().is_some_and(|with| !with.iter().any(|value| own.contains(value)))
    })?;
    Some(&other.value)
}

/// Two letters in the wrong order, or one too many.
fn misspelt(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let turn = (1..letters.len().saturating_sub(1)).find(|at| {
        let (one, next) = (letters[*at], letters[at + 1]);
        one != next && one.is_alphanumeric() && next.is_alphanumeric()
    });
    let mut wrong = letters;
    match turn {
        Some(at) => wrong.swap(at, at + 1),
        None => wrong.push('x'),
    }
    wrong.into_iter().collect()
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('{', "\\{"))
}

//! What a program has of the differences between two orgs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tidegate_diagnostics::{Diagnostic, SourceMap, SourceText};
use tidegate_schemas::catalog::{Catalog, FieldKind};

use super::change::Change;
use super::differences::differences;
use super::effects::effects;
use super::summary;
use crate::analysis::{Analysis, Analyzer, Inputs};
use crate::hir::Origin;
use crate::syntax;
use crate::syntax::ast::Item;

/// How a program fares in another org.
#[derive(Debug, Clone)]
pub struct Drift {
    /// What breaks or becomes different, by the change that causes it, in a fixed order.
    pub consequences: Vec<Consequence>,
    /// Differences that touch nothing of the program.
    pub untouched: usize,
    /// The sources that the diagnostics' spans point into.
    pub sources: SourceMap,
    /// Whether the program has errors in the reference itself. What they hide is not compared.
    pub broken_before: bool,
}

/// What one change, or several together, mean for the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consequence {
    /// What the org says otherwise: "value `Refund` of `Case.Reason` is deactivated".
    pub change: String,
    /// What becomes of it: "two arms dead (support.tide:31, :44), one push rejected".
    pub summary: String,
    /// What a check says that it does not say of the reference, and what a build makes otherwise;
    /// by place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Compares what a program needs of the reference, which the inputs hold, with another catalog.
///
/// Each change that touches the program is tried alone. What only several of them do together is
/// told as such. Equal inputs give equal answers.
pub fn compare(inputs: &Inputs, other: &Arc<Catalog>) -> Drift {
    let mut comparison = Comparison::new(inputs, other);
    let all = differences(&comparison.reference.catalog, other);
    let touches = comparison.objects();
    let (near, far): (Vec<Change>, Vec<Change>) = all
        .into_iter()
        .partition(|change| change.object().is_none_or(|object| touches.contains(object)));
    let mut found = Vec::new();
    let mut idle = Vec::new();
    comparison.causes(&near, &mut found, &mut idle);
    let together = comparison.rest(&near, &found);
    let mut consequences: Vec<Consequence> = found
        .into_iter()
        .map(|(change, diagnostics)| {
            comparison.consequence(change.told(&comparison.reference.catalog, other), diagnostics)
        })
        .collect();
    if !together.is_empty() {
        let change = "several differences together".to_owned();
        consequences.push(comparison.consequence(change, together));
    }
    Drift {
        consequences,
        untouched: idle.len() + far.len(),
        sources: inputs.sources.clone(),
        broken_before: comparison.reference.has_errors(),
    }
}

/// Sources in which tests are blank, everything else in its place.
fn without_tests(sources: &SourceMap) -> SourceMap {
    let blank = |text: &str| -> String {
        let blank = |byte: u8| if byte == b'\n' { '\n' } else { ' ' };
        text.bytes().map(blank).collect()
    };
    let texts = sources.iter().map(|(_, source)| {
        let mut text = source.text.clone();
        for chunk in syntax::chunks(&source.text) {
            let test = chunk.text.starts_with("test") || chunk.text.contains("\ntest");
            if test && matches!(syntax::parse(chunk.text).item, Item::Test(_)) {
                let start = chunk.start as usize;
                text.replace_range(start..start + chunk.text.len(), &blank(chunk.text));
            }
        }
        SourceText { name: source.name.clone(), text }
    });
    SourceMap::new(texts.collect())
}

struct Comparison<'a> {
    /// Without tests, which no conversation of the org depends on.
    inputs: Inputs,
    other: &'a Arc<Catalog>,
    analyzer: Analyzer,
    /// The program in the reference, as the other org's user.
    reference: Analysis,
}

impl<'a> Comparison<'a> {
    fn new(inputs: &'a Inputs, other: &'a Arc<Catalog>) -> Self {
        let mut analyzer = Analyzer::new();
        let mut catalog = (*inputs.catalog).clone();
        catalog.origin = other.origin.clone();
        let inputs = Inputs { sources: without_tests(&inputs.sources), ..inputs.clone() };
        let inputs_of_reference = Inputs { catalog: Arc::new(catalog), ..inputs.clone() };
        let reference = analyzer.check(&inputs_of_reference);
        Self { inputs, other, analyzer, reference }
    }

    /// The objects of which the program knows something, and those that its paths go through.
    fn objects(&self) -> BTreeSet<String> {
        let program = &self.reference.program;
        let mut objects: BTreeSet<String> =
            program.pushes.iter().map(|push| push.object.clone()).collect();
        objects.extend(program.person.as_ref().map(|person| person.object.clone()));
        for attribute in &program.attributes {
            let Origin::Field { object, path, .. } = &attribute.origin else { continue };
            objects.insert(object.clone());
            if path.len() > 1 {
                self.reach(object, &mut objects);
            }
        }
        // An item with an error may have meant any.
        if self.reference.has_errors() {
            objects.extend(self.reference.catalog.objects.keys().cloned());
        }
        objects
    }

    fn reach(&self, object: &str, objects: &mut BTreeSet<String>) {
        let fields = self.reference.catalog.objects.get(object).into_iter();
        for field in fields.flat_map(|object| object.fields.values()) {
            if let FieldKind::Reference { to, .. } = &field.kind {
                for next in to {
                    if objects.insert(next.clone()) {
                        self.reach(next, objects);
                    }
                }
            }
        }
    }

    /// Finds the changes that have a consequence by themselves. Where many together have none,
    /// none of them is tried.
    fn causes(
        &mut self,
        changes: &[Change],
        found: &mut Vec<(Change, Vec<Diagnostic>)>,
        idle: &mut Vec<Change>,
    ) {
        if changes.is_empty() {
            return;
        }
        let consequences = self.of(changes);
        if consequences.is_empty() {
            idle.extend_from_slice(changes);
        } else if let [change] = changes {
            found.push((change.clone(), consequences));
        } else {
            let (first, second) = changes.split_at(changes.len() / 2);
            self.causes(first, found, idle);
            self.causes(second, found, idle);
        }
    }

    /// What is found with these changes made, and not without them.
    fn of(&mut self, changes: &[Change]) -> Vec<Diagnostic> {
        let mut catalog = (*self.reference.catalog).clone();
        for change in changes {
            change.make(&mut catalog, self.other);
        }
        let inputs = Inputs { catalog: Arc::new(catalog), ..self.inputs.clone() };
        let changed = self.analyzer.check(&inputs);
        let mut found = news(&self.reference.diagnostics, &changed.diagnostics);
        let broken = !found.is_empty();
        found.extend(effects(&self.reference, &changed, broken));
        found
    }

    /// What all changes do together and no single one does.
    fn rest(&mut self, changes: &[Change], found: &[(Change, Vec<Diagnostic>)]) -> Vec<Diagnostic> {
        if changes.is_empty() {
            return Vec::new();
        }
        let told: Vec<Diagnostic> = found.iter().flat_map(|(_, its)| its.iter().cloned()).collect();
        // The same place with the same code says the same in other words: a list that lost two
        // values, not one.
        let told: BTreeSet<_> = told.iter().map(|its| (its.code, its.primary.span)).collect();
        let mut rest = self.of(changes);
        rest.retain(|its| !told.contains(&(its.code, its.primary.span)));
        rest
    }

    fn consequence(&self, change: String, diagnostics: Vec<Diagnostic>) -> Consequence {
        let summary = summary::of(&diagnostics, &self.reference);
        Consequence { change, summary, diagnostics }
    }
}

/// The diagnostics that were not there before: by code, place and words.
fn news(before: &[Diagnostic], after: &[Diagnostic]) -> Vec<Diagnostic> {
    let key = |its: &Diagnostic| (its.code, its.primary.span, its.message.clone());
    let mut known: BTreeMap<_, usize> = BTreeMap::new();
    for its in before {
        *known.entry(key(its)).or_default() += 1;
    }
    let mut found = Vec::new();
    for its in after {
        match known.get_mut(&key(its)) {
            Some(left) if *left > 0 => *left -= 1,
            _ => found.push(its.clone()),
        }
    }
    found
}

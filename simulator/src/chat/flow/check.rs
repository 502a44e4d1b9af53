//! What is wrong with a flow before it runs: names that mean nothing.

use std::collections::BTreeSet;

use super::formula::Formula;
use super::{Create, Element, Flow, Kind, Lookup, Operand, Selection, Update};

/// What is known of the org's objects and fields.
pub(crate) trait Fields {
    /// Whether there is such an object.
    fn has_object(&self, object: &str) -> bool;
    /// Whether it has such a field.
    fn has_field(&self, object: &str, field: &str) -> bool;
}

impl Flow {
    /// Everything that is wrong with it.
    pub(crate) fn problems(&self, org: &impl Fields) -> Vec<String> {
        let mut check = Check { flow: self, org, found: Vec::new() };
        match &self.start {
            Some(start) => check.target("the start", start),
            None => check.found.push("it does not say where it starts".to_owned()),
        }
        for (name, element) in &self.elements {
            check.element(name, element);
        }
        for (name, formula) in &self.formulas {
            for reference in formula.references() {
                check.reference(name, reference);
            }
        }
        for (name, template) in &self.templates {
            check.text(name, template);
        }
        for (name, variable) in &self.variables {
            check.operand(name, &variable.value);
            if let Some(object) = &variable.object {
                check.object(name, object);
            }
        }
        for name in self.formulas.keys().chain(self.templates.keys()) {
            if self.leads_to(name, name, &mut BTreeSet::new()) {
                check.found.push(format!("`{name}` leads back to itself"));
            }
        }
        check.found
    }

    /// Whether what a formula or a template refers to leads to another.
    fn leads_to<'f>(&'f self, from: &str, to: &str, seen: &mut BTreeSet<&'f str>) -> bool {
        let of_formula = self.formulas.get(from).map(Formula::references);
        let of_template = self.templates.get(from).map(|text| merged(text).collect());
        let references: Vec<&str> = of_formula.or(of_template).unwrap_or_default();
        references.into_iter().any(|reference| {
            let root = reference.split('.').next().unwrap_or_default();
            root == to || seen.insert(root) && self.leads_to(root, to, seen)
        })
    }
}

/// What a text names by `{!name}`.
fn merged(text: &str) -> impl Iterator<Item = &str> {
    text.split("{!").skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name)
}

struct Check<'c, O> {
    flow: &'c Flow,
    org: &'c O,
    found: Vec<String>,
}

impl<O: Fields> Check<'_, O> {
    fn element(&mut self, name: &str, element: &Element) {
        for to in element.next.iter().chain(&element.fault) {
            self.target(name, to);
        }
        match &element.kind {
            Kind::RouteWork { inputs } => inputs.values().for_each(|it| self.operand(name, it)),
            Kind::CheckAvailability { outputs } => {
                outputs.iter().for_each(|(_, variable)| self.variable(name, variable));
            }
            Kind::Assign(items) => {
                for item in items {
                    self.variable(name, &item.to);
                    self.operand(name, &item.value);
                }
            }
            Kind::Decide(rules) => {
                for rule in rules {
                    rule.next.iter().for_each(|to| self.target(&rule.name, to));
                    for condition in &rule.conditions {
                        self.reference(&rule.name, &condition.left);
                        self.operand(&rule.name, &condition.right);
                    }
                }
            }
            Kind::Lookup(lookup) => self.lookup(name, lookup),
            Kind::Update(update) => self.update(name, update),
            Kind::Create(create) => self.create(name, create),
        }
    }

    fn lookup(&mut self, name: &str, lookup: &Lookup) {
        self.selection(name, &lookup.from);
        lookup.into.iter().for_each(|variable| self.variable(name, variable));
        for (field, variable) in &lookup.fields_into {
            self.field(name, &lookup.from.object, field);
            self.variable(name, variable);
        }
    }

    fn update(&mut self, name: &str, update: &Update) {
        if let Some(record) = &update.record {
            self.reference(name, record);
        }
        if let Some(of) = &update.of {
            self.selection(name, of);
            self.values(name, &of.object, &update.values);
        }
    }

    fn create(&mut self, name: &str, create: &Create) {
        if let Some(record) = &create.record {
            self.reference(name, record);
        }
        if let Some(object) = &create.object {
            self.object(name, object);
            self.values(name, object, &create.values);
        }
        create.id_into.iter().for_each(|variable| self.variable(name, variable));
    }

    fn selection(&mut self, name: &str, selection: &Selection) {
        self.object(name, &selection.object);
        if let Some((field, _)) = &selection.sorted_by {
            self.field(name, &selection.object, field);
        }
        for filter in &selection.filters {
            self.field(name, &selection.object, &filter.field);
            self.operand(name, &filter.value);
        }
    }

    fn values(&mut self, name: &str, object: &str, values: &[(String, Operand)]) {
        for (field, value) in values {
            self.field(name, object, field);
            self.operand(name, value);
        }
    }

    fn object(&mut self, name: &str, object: &str) {
        if !self.org.has_object(object) {
            self.found.push(format!("`{name}`: the org has no object `{object}`"));
        }
    }

    fn field(&mut self, name: &str, object: &str, field: &str) {
        if self.org.has_object(object) && !self.org.has_field(object, field) {
            self.found.push(format!("`{name}`: `{object}` has no field `{field}`"));
        }
    }

    fn target(&mut self, name: &str, to: &str) {
        if !self.flow.elements.contains_key(to) {
            self.found.push(format!("`{name}`: there is no element `{to}` to go on with"));
        }
    }

    fn variable(&mut self, name: &str, reference: &str) {
        let root = reference.split('.').next().unwrap_or_default();
        if !self.flow.variables.contains_key(root) {
            self.found.push(format!("`{name}`: there is no variable `{root}`"));
        }
    }

    fn operand(&mut self, name: &str, operand: &Operand) {
        match operand {
            Operand::Reference(reference) => self.reference(name, reference),
            Operand::Text(text) => self.text(name, text),
            Operand::Blank | Operand::Flag(_) | Operand::Number(_) => {}
        }
    }

    fn text(&mut self, name: &str, text: &str) {
        merged(text).for_each(|reference| self.reference(name, reference));
    }

    fn reference(&mut self, name: &str, reference: &str) {
        let mut parts = reference.split('.');
        let root = parts.next().unwrap_or_default();
        let field = parts.next();
        if root.starts_with('$') {
            return;
        }
        if parts.next().is_some() {
            let problem = "the local org reads fields of a record, not of what it points to";
            self.found.push(format!("`{name}`: `{reference}`: {problem}"));
            return;
        }
        let flow = self.flow;
        let known = flow.variables.contains_key(root)
            || flow.elements.contains_key(root)
            || flow.constants.contains_key(root)
            || flow.formulas.contains_key(root)
            || flow.templates.contains_key(root);
        if !known {
            self.found.push(format!("`{name}`: nothing is called `{root}`"));
        }
        if let (Some(object), Some(field)) = (flow.object_of(root), field) {
            self.field(name, object, field);
        }
    }
}

impl Flow {
    /// The object whose records a name stands for.
    fn object_of(&self, name: &str) -> Option<&str> {
        if let Some(variable) = self.variables.get(name) {
            return variable.object.as_deref();
        }
        match &self.elements.get(name)?.kind {
            Kind::Lookup(lookup) => Some(&lookup.from.object),
            _ => None,
        }
    }
}

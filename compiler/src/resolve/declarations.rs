//! Everything that `map` and `data` declare: the attributes.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_diagnostics::codes;
use tidegate_schemas::catalog::Catalog;

use crate::analysis::Settings;
use crate::finding::Finding;
use crate::hir::{AttrId, Attribute, PersonMap, Space};
use crate::resolve::{data, map, session, suggest};
use crate::source::{ItemId, Loc};
use crate::syntax::ast::{Item, Name};

/// What `map` and `data` declare.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    pub(crate) person: Option<PersonMap>,
    /// Sorted by namespace and name.
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) index: BTreeMap<(Space, String), AttrId>,
    /// Fields taken out by `except`, by API name.
    pub(crate) removed: BTreeMap<(Space, String), Loc>,
    /// Fields with an alias: API name to alias.
    pub(crate) renamed: BTreeMap<(Space, String), String>,
    /// The object mapped to each namespace.
    pub(crate) mapped: BTreeMap<Space, String>,
    /// Namespaces whose map was not understood: nothing that they lack is reported again.
    pub(crate) broken: BTreeSet<Space>,
    /// Names whose lines were not understood.
    pub(crate) failed: BTreeSet<(Space, String)>,
    /// The slots of `let`, by item and by where the name stands in it.
    pub(crate) lets: BTreeMap<(ItemId, u32), AttrId>,
    pub(crate) findings: Vec<Finding>,
}

/// Declared so far.
pub(crate) struct Builder<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) out: Declared,
    attributes: BTreeMap<(Space, String), Attribute>,
    /// The first name of those that are the same but for case, by the name in lower case.
    folded: BTreeMap<(Space, String), String>,
    /// Where each namespace is mapped.
    pub(crate) maps: BTreeMap<Space, Loc>,
}

/// Reads all declarations of attributes. Maps come before own data, whatever the files' order.
pub(crate) fn declare(
    items: &[(ItemId, &Item)],
    catalog: &Catalog,
    settings: &Settings,
) -> Declared {
    let mut builder = Builder {
        catalog,
        out: Declared::default(),
        attributes: BTreeMap::new(),
        folded: BTreeMap::new(),
        maps: BTreeMap::new(),
    };
    for attribute in session::attributes(settings) {
        builder.insert(attribute);
    }
    for (item, syntax) in items {
        if let Item::Map(declaration) = syntax {
            map::declare(&mut builder, *item, declaration);
        }
    }
    for (item, syntax) in items {
        if let Item::Data(declaration) = syntax {
            data::declare(&mut builder, *item, declaration);
        }
    }
    builder.finish()
}

impl Builder<'_> {
    pub(crate) fn report(&mut self, finding: Finding) {
        self.out.findings.push(finding);
    }

    /// The namespace of a declaration's head; reports another word.
    pub(crate) fn space(&mut self, item: ItemId, name: &Name) -> Option<Space> {
        match name.text.as_str() {
            "person" => Some(Space::Person),
            "conversation" => Some(Space::Conversation),
            "" => None,
            other => {
                let at = Loc { item, range: name.range };
                let finding = Finding::new(
                    codes::UNKNOWN_NAMESPACE,
                    at,
                    format!("`{other}` holds no attributes that a project can declare"),
                );
                let near = suggest::closest(other, ["person", "conversation"]);
                self.report(match near {
                    Some(near) => finding
                        .help(format!("write `{near}`"))
                        .fix(format!("write `{near}`"), vec![(at, near.to_owned())]),
                    None => finding.help("write `person` or `conversation`"),
                });
                None
            }
        }
    }

    /// Adds an attribute; reports a name that is taken, or that differs from one only by case.
    pub(crate) fn add(&mut self, attribute: Attribute, at: Loc) {
        let key = (attribute.space, attribute.name.clone());
        if let Some(earlier) = self.attributes.get(&key) {
            let finding = Finding::new(
                codes::DECLARED_TWICE,
                at,
                format!("`{}.{}` is declared twice", space_word(attribute.space), attribute.name),
            )
            .help("give one of them another name, or remove it");
            let finding = also_declared(finding, earlier);
            return self.report(finding);
        }
        let alike = self
            .folded
            .get(&(attribute.space, attribute.name.to_lowercase()))
            .and_then(|name| self.attributes.get(&(attribute.space, name.clone())));
        if let Some(other) = alike {
            let finding = Finding::new(
                codes::SAME_BUT_CASE,
                at,
                format!("`{}` and `{}` differ only by case", attribute.name, other.name),
            )
            .help("give one of them a name that cannot be mistaken for the other");
            let finding = also_declared(finding, other);
            self.report(finding);
        }
        self.insert(attribute);
    }

    fn insert(&mut self, attribute: Attribute) {
        let Attribute { space, name, .. } = &attribute;
        let first = self.folded.entry((*space, name.to_lowercase()));
        let first = first.or_insert_with(|| name.clone());
        if name < first {
            first.clone_from(name);
        }
        self.attributes.insert((*space, name.clone()), attribute);
    }

    fn finish(mut self) -> Declared {
        for (position, (key, attribute)) in (0u32..).zip(self.attributes) {
            self.out.index.insert(key, AttrId(position));
            self.out.attributes.push(attribute);
        }
        self.out
    }
}

fn also_declared(finding: Finding, earlier: &Attribute) -> Finding {
    match earlier.declared {
        Some(declared) => finding.also(declared, format!("`{}` comes from here", earlier.name)),
        None => finding,
    }
}

/// The word for a namespace.
pub(crate) fn space_word(space: Space) -> &'static str {
    match space {
        Space::Person => "person",
        Space::Conversation => "conversation",
        Space::Session => "session",
        Space::Let => "let",
    }
}

//! What names mean in one check, and a digest of each answer, by which cached results are kept.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::{Debug, Write as _};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use tidegate_schemas::catalog::Catalog;

use crate::analysis::Settings;
use crate::hir::{
    AttrId, Attribute, ChannelId, Form, FormId, HoursId, PushId, Space, SpokenText, TextId,
    WorkflowId,
};
use crate::resolve::declarations::Declared;
use crate::resolve::require::Line;
use crate::source::{ItemId, Loc};

/// A SHA-256.
pub(crate) type Hash = [u8; 32];

/// A question that an item asked about what lies outside of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Query {
    /// What is the attribute of this name?
    Attribute(Space, String),
    /// Which attribute is written `NAME` without a namespace?
    AnyAttribute,
    /// Which workflow has this name?
    Workflow(String),
    /// Which push has this name?
    Push(String),
    /// Which push to a channel has this name?
    Channel(String),
    /// Which form has this name?
    Form(String),
    /// Which text has this name?
    Text(String),
    /// Which hours have this name?
    Hours(String),
    /// Which record types has this object, and what do they offer?
    RecordTypes(String),
    /// Which slots have the `let` steps of this item?
    Lets(ItemId),
}

/// Names with the items that declare them.
pub(crate) type Named<Id> = BTreeMap<String, (Id, Loc)>;

/// What names mean in one check.
pub(crate) struct Scope<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) settings: &'a Settings,
    pub(crate) declared: &'a Declared,
    pub(crate) workflows: Named<WorkflowId>,
    pub(crate) pushes: Named<PushId>,
    pub(crate) channels: Named<ChannelId>,
    pub(crate) forms: Named<FormId>,
    pub(crate) texts: Named<TextId>,
    pub(crate) hours: Named<HoursId>,
    /// The validation rules that the maps tell.
    pub(crate) rules: Vec<Line<'a>>,
    /// Digests of what the pushes are, by id.
    pub(crate) push_digests: Vec<Hash>,
    /// Digests of what the pushes to channels are, by id.
    pub(crate) channel_digests: Vec<Hash>,
    /// The forms, by id, and digests of what they are.
    pub(crate) lowered_forms: Vec<Arc<Form>>,
    pub(crate) form_digests: Vec<Hash>,
    /// The texts, by id, and digests of what they are.
    pub(crate) lowered_texts: Vec<Arc<SpokenText>>,
    pub(crate) text_digests: Vec<Hash>,
    /// Digests of what hours are, by id.
    pub(crate) hours_digests: Vec<Hash>,
    digests: RefCell<BTreeMap<Query, Hash>>,
}

impl<'a> Scope<'a> {
    pub(crate) fn new(
        catalog: &'a Catalog,
        settings: &'a Settings,
        declared: &'a Declared,
        workflows: Named<WorkflowId>,
        (pushes, channels): (Named<PushId>, Named<ChannelId>),
        forms: Named<FormId>,
        (texts, hours): (Named<TextId>, Named<HoursId>),
    ) -> Self {
        Self {
            catalog,
            settings,
            declared,
            workflows,
            pushes,
            channels,
            forms,
            texts,
            hours,
            rules: Vec::new(),
            push_digests: Vec::new(),
            channel_digests: Vec::new(),
            lowered_forms: Vec::new(),
            form_digests: Vec::new(),
            lowered_texts: Vec::new(),
            text_digests: Vec::new(),
            hours_digests: Vec::new(),
            digests: RefCell::default(),
        }
    }

    pub(crate) fn attribute(&self, id: AttrId) -> &'a Attribute {
        &self.declared.attributes[id.0 as usize]
    }

    pub(crate) fn find(&self, space: Space, name: &str) -> Option<AttrId> {
        self.declared.index.get(&(space, name.to_owned())).copied()
    }

    /// The digest of the answer to a question: equal digests, equal answers.
    pub(crate) fn digest(&self, query: &Query) -> Hash {
        if let Some(known) = self.digests.borrow().get(query) {
            return *known;
        }
        let digest = self.answer_digest(query);
        self.digests.borrow_mut().insert(query.clone(), digest);
        digest
    }

    fn answer_digest(&self, query: &Query) -> Hash {
        match query {
            Query::Attribute(space, name) => match self.find(*space, name) {
                Some(id) => digest_of(&(id, self.attribute(id))),
                None => self.namespace_digest(*space),
            },
            Query::AnyAttribute => {
                let declared = self.declared;
                let all = declared.attributes.iter();
                let all: Vec<_> = all.map(|its| (&its.name, &its.origin)).collect();
                digest_of(&(&declared.index, all))
            }
            Query::Workflow(name) => match self.workflows.get(name) {
                Some((id, _)) => digest_of(id),
                None => digest_of(&self.workflows.keys().collect::<Vec<_>>()),
            },
            Query::Push(name) => match self.pushes.get(name) {
                Some((id, _)) => digest_of(&(id, self.push_digests.get(id.0 as usize))),
                None => digest_of(&self.pushes.keys().collect::<Vec<_>>()),
            },
            Query::Channel(name) => match self.channels.get(name) {
                Some((id, _)) => digest_of(&(id, self.channel_digests.get(id.0 as usize))),
                None => digest_of(&self.channels.keys().collect::<Vec<_>>()),
            },
            Query::Form(name) => match self.forms.get(name) {
                Some((id, _)) => digest_of(&(id, self.form_digests.get(id.0 as usize))),
                None => digest_of(&self.forms.keys().collect::<Vec<_>>()),
            },
            Query::Text(name) => match self.texts.get(name) {
                Some((id, _)) => {
                    digest_of(&(id, self.text_digests.get(id.0 as usize), &self.settings.languages))
                }
                None => digest_of(&self.texts.keys().collect::<Vec<_>>()),
            },
            Query::Hours(name) => match self.hours.get(name) {
                Some((id, _)) => digest_of(&(id, self.hours_digests.get(id.0 as usize))),
                None => digest_of(&self.hours.keys().collect::<Vec<_>>()),
            },
            Query::RecordTypes(object) => {
                let object = self.catalog.objects.get(object);
                digest_of(&object.map(|object| (&object.record_types, &object.offers)))
            }
            // Those of one item follow one another.
            Query::Lets(item) => {
                let lets = &self.declared.lets;
                digest_of(&lets.range((*item, 0)..).next().map(|(_, attr)| attr))
            }
        }
    }

    /// What an unknown name's suggestions come from.
    fn namespace_digest(&self, space: Space) -> Hash {
        let declared = self.declared;
        let fields = declared
            .mapped
            .get(&space)
            .and_then(|object| self.catalog.objects.get(object))
            .map(|object| {
                object.fields.values().map(|field| (&field.name, &field.label)).collect::<Vec<_>>()
            });
        digest_of(&(
            space,
            &declared.index,
            &declared.removed,
            &declared.renamed,
            &declared.broken,
            &declared.failed,
            fields,
        ))
    }
}

/// The digest of a value by its debug form, which tells two different values apart.
pub(crate) fn digest_of(value: &impl Debug) -> Hash {
    struct Sink(Sha256);
    impl std::fmt::Write for Sink {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            self.0.update(text.as_bytes());
            Ok(())
        }
    }
    let mut sink = Sink(Sha256::new());
    // Writing into a hash cannot fail.
    let _ = write!(sink, "{value:?}");
    sink.0.finalize().into()
}

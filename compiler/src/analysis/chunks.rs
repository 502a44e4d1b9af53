//! Sources to parsed items, each chunk parsed once for as long as its text stays.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use sha2::{Digest as _, Sha256};
use tidegate_diagnostics::{SourceId, SourceMap};

use crate::knowledge;
use crate::resolve::scope::Hash;
use crate::source::{ItemId, ItemMap};
use crate::syntax::ast::Item;
use crate::syntax::{self, ParsedItem};

/// One chunk of this check.
#[derive(Debug, Clone)]
pub(super) struct Chunk {
    pub(super) item: ItemId,
    pub(super) text: Hash,
    pub(super) parsed: Arc<ParsedItem>,
}

/// What was parsed before, and the ids that items keep.
#[derive(Debug, Default)]
pub(super) struct Chunks {
    parsed: FxHashMap<Hash, Arc<ParsedItem>>,
    ids: BTreeMap<ItemName, ItemId>,
    next: u32,
}

/// What an item is known by from check to check: source, keyword and name, ordinal among equals.
type ItemName = (String, String, u32);

/// The chunks of all sources.
#[derive(Default)]
pub(super) struct Read {
    pub(super) chunks: Vec<Chunk>,
    pub(super) items: ItemMap,
    /// The articles among the sources.
    pub(super) articles: Vec<(ItemId, SourceId)>,
    /// How many were parsed anew.
    pub(super) parsed: usize,
}

/// What a whole article is known as; no item has this name.
const ARTICLE: &str = "knowledge";

impl Chunks {
    /// Cuts and parses what is new; forgets what is gone.
    pub(super) fn read(&mut self, sources: &SourceMap) -> Read {
        let before = std::mem::take(&mut self.parsed);
        let known = std::mem::take(&mut self.ids);
        let mut out = Read::default();
        for (source, text) in sources.iter() {
            if knowledge::is_article(&text.name) {
                let item = self.id((text.name.clone(), ARTICLE.to_owned(), 1), &known);
                out.items.insert(item, source, 0);
                out.articles.push((item, source));
                continue;
            }
            let mut ordinals: BTreeMap<String, u32> = BTreeMap::new();
            for chunk in syntax::chunks(&text.text) {
                let hash: Hash = Sha256::digest(chunk.text.as_bytes()).into();
                let earlier = self.parsed.get(&hash).or_else(|| before.get(&hash));
                let parsed = match earlier {
                    Some(parsed) => Arc::clone(parsed),
                    None => {
                        out.parsed += 1;
                        Arc::new(syntax::parse(chunk.text))
                    }
                };
                self.parsed.insert(hash, Arc::clone(&parsed));
                let name = item_name(&parsed.item);
                let ordinal = ordinals.entry(name.clone()).or_insert(0);
                *ordinal += 1;
                let item = self.id((text.name.clone(), name, *ordinal), &known);
                out.items.insert(item, source, chunk.start);
                out.chunks.push(Chunk { item, text: hash, parsed });
            }
        }
        out
    }

    fn id(&mut self, name: ItemName, known: &BTreeMap<ItemName, ItemId>) -> ItemId {
        let id = known.get(&name).copied().unwrap_or_else(|| {
            self.next += 1;
            ItemId(self.next)
        });
        self.ids.insert(name, id);
        id
    }
}

fn item_name(item: &Item) -> String {
    match item {
        Item::Map(map) => format!("map {}", map.space.text),
        Item::Data(data) => format!("data {}", data.space.text),
        Item::Push(push) => format!("push {}", push.name.text),
        Item::Channel(push) => format!("push {}", push.name.text),
        Item::Text(text) => format!("text {}", text.name.text),
        Item::Hours(hours) => format!("hours {}", hours.name.text),
        Item::Form(form) => format!("form {}", form.name.text),
        Item::Workflow(workflow) => format!("workflow {}", workflow.name.text),
        Item::Test(test) => {
            format!("test {}", test.name.as_ref().map_or("", |name| name.text.as_str()))
        }
        Item::Nothing => String::new(),
    }
}

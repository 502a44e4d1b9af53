//! The name at the cursor, and all places of the same thing.

use tidegate_compiler::analysis::{Analysis, Written};
use tidegate_compiler::hir::Attribute;
use tidegate_compiler::mentions::{Mention, Named, mentions};
use tidegate_compiler::source::{ItemId, Loc};
use tidegate_diagnostics::{SourceId, Span};

/// A name where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Here<'a> {
    pub(crate) item: Written<'a>,
    pub(crate) mention: Mention,
}

/// What a name is a name of, in the whole project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Symbol {
    named: Named,
    /// For what is known in one item only.
    item: Option<ItemId>,
}

/// One place of a symbol.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) span: Span,
    pub(crate) declares: bool,
}

impl Here<'_> {
    pub(crate) fn span(&self) -> Span {
        self.item.span(self.mention.range)
    }

    pub(crate) fn symbol(&self) -> Symbol {
        let item = match &self.mention.named {
            Named::Given(_) => Some(self.item.id),
            _ => None,
        };
        Symbol { named: self.mention.named.clone(), item }
    }

    /// The attribute that it names, if there is one.
    pub(crate) fn attribute<'a>(
        &self,
        analysis: &'a Analysis,
    ) -> Option<(tidegate_compiler::hir::AttrId, &'a Attribute)> {
        match &self.mention.named {
            Named::Attribute(space, name) => analysis.attribute(*space, name),
            Named::Given(range) => analysis.given(self.item.id, *range),
            _ => None,
        }
    }
}

/// The name at a byte of a source; of two that touch there, the one that begins.
pub(crate) fn at(analysis: &Analysis, source: SourceId, offset: u32) -> Option<Here<'_>> {
    let item = analysis.written_at(source, offset)?;
    let offset = offset - item.start;
    let touching = mentions(&item.parsed.item)
        .into_iter()
        .filter(|mention| mention.range.start <= offset && offset <= mention.range.end);
    let ends_there = |mention: &Mention| mention.range.end == offset;
    let width = |mention: &Mention| mention.range.end - mention.range.start;
    let mention = touching.min_by_key(|mention| (ends_there(mention), width(mention)))?;
    Some(Here { item, mention })
}

/// All places of a symbol, in the order of sources and of their text.
pub(crate) fn places(analysis: &Analysis, symbol: &Symbol) -> Vec<Place> {
    let items = analysis.written().filter(|its| symbol.item.is_none_or(|only| only == its.id));
    items
        .flat_map(|item| {
            let same = mentions(&item.parsed.item).into_iter();
            let same = same.filter(|mention| mention.named == symbol.named);
            same.map(move |its| Place { span: item.span(its.range), declares: its.declares })
        })
        .collect()
}

/// Where a symbol is declared: its name there, or else the line that brings it.
pub(crate) fn declarations(analysis: &Analysis, here: &Here<'_>) -> Vec<Span> {
    let places = places(analysis, &here.symbol()).into_iter();
    let named: Vec<Span> = places.filter(|its| its.declares).map(|its| its.span).collect();
    if !named.is_empty() {
        return named;
    }
    let line = here.attribute(analysis).and_then(|(_, attribute)| attribute.declared);
    line.map(|at: Loc| analysis.items.span(at)).into_iter().collect()
}

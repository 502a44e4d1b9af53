//! The declarations of a document.

use gen_lsp_types::{DocumentSymbol, SymbolKind};
use tidegate_compiler::analysis::{Analysis, Written};
use tidegate_compiler::hir::Space;
use tidegate_compiler::mentions::{Mention, Named, mentions};
use tidegate_compiler::source::Range;
use tidegate_compiler::syntax::ast::{Item, Name};
use tidegate_diagnostics::{SourceId, Span};

use crate::diagnostics::Places;

/// All of one source, with what they hold.
pub(crate) fn symbols(
    analysis: &Analysis,
    places: &Places<'_>,
    source: SourceId,
) -> Vec<DocumentSymbol> {
    let items: Vec<Written<'_>> = analysis.written().filter(|its| its.source == source).collect();
    let text = analysis.sources.get(source).map_or("", |source| source.text.as_str());
    let ends = items.iter().skip(1).map(|next| next.start as usize).chain([text.len()]);
    items
        .iter()
        .zip(ends)
        .filter_map(|(item, end)| {
            let written = text.get(item.start as usize..end)?.trim_end();
            let end = item.start + u32::try_from(written.len()).ok()?;
            symbol(places, item, end)
        })
        .collect()
}

fn symbol(places: &Places<'_>, item: &Written<'_>, end: u32) -> Option<DocumentSymbol> {
    let (name, detail, kind, at) = match &item.parsed.item {
        Item::Map(map) => {
            let name = format!("map {} to {}", map.object.text, map.space.text);
            (name, None, SymbolKind::Interface, map.head)
        }
        Item::Data(data) => {
            (format!("data {}", data.space.text), None, SymbolKind::Struct, data.head)
        }
        Item::Push(push) => {
            let detail = format!("push to {}", push.object.text);
            named(&push.name, push.head, detail, SymbolKind::Event)?
        }
        Item::Channel(push) => {
            let detail = format!("push to channel {}", push.channel.text);
            named(&push.name, push.head, detail, SymbolKind::Event)?
        }
        Item::Form(form) => named(&form.name, form.head, "form".to_owned(), SymbolKind::Struct)?,
        Item::Text(text) => named(&text.name, text.head, "text".to_owned(), SymbolKind::String)?,
        Item::Hours(hours) => {
            named(&hours.name, hours.head, "hours".to_owned(), SymbolKind::Constant)?
        }
        Item::Workflow(workflow) => {
            let detail = match &workflow.trigger {
                Some(trigger) => format!("workflow on {}", trigger.event.text),
                None => "workflow".to_owned(),
            };
            named(&workflow.name, workflow.head, detail, SymbolKind::Function)?
        }
        Item::Test(test) => {
            let name = test.name.as_ref()?;
            (name.text.clone(), Some("test".to_owned()), SymbolKind::Method, name.range)
        }
        Item::Nothing => return None,
    };
    let children: Vec<DocumentSymbol> = mentions(&item.parsed.item)
        .iter()
        .filter(|mention| mention.declares && mention.range != at)
        .filter_map(|mention| child(places, item, mention))
        .collect();
    let start = item.start + head(&item.parsed.item).start.min(at.start);
    let whole = Span { source: item.source, start, end };
    let (whole, named) = (places.range(whole)?, places.range(item.span(at))?);
    let children = Some(children).filter(|children| !children.is_empty());
    Some(DocumentSymbol::new(name, detail, kind, None, None, whole, named, children))
}

type Head = (String, Option<String>, SymbolKind, Range);

/// Something with a name; one without is no symbol yet.
fn named(name: &Name, head: Range, detail: String, kind: SymbolKind) -> Option<Head> {
    let at = if name.is_missing() { head } else { name.range };
    (!name.is_missing()).then(|| (name.text.clone(), Some(detail), kind, at))
}

fn head(item: &Item) -> Range {
    match item {
        Item::Map(map) => map.head,
        Item::Data(data) => data.head,
        Item::Push(push) => push.head,
        Item::Channel(push) => push.head,
        Item::Form(form) => form.head,
        Item::Text(text) => text.head,
        Item::Hours(hours) => hours.head,
        Item::Workflow(workflow) => workflow.head,
        Item::Test(test) => test.head,
        Item::Nothing => Range::default(),
    }
}

fn child(places: &Places<'_>, item: &Written<'_>, mention: &Mention) -> Option<DocumentSymbol> {
    let range = places.range(item.span(mention.range))?;
    let (name, kind) = match &mention.named {
        Named::Attribute(space, name) => {
            let word = match space {
                Space::Person => "person.",
                Space::Conversation => "conversation.",
                Space::Session => "session.",
                Space::Let => "",
            };
            (format!("{word}{name}"), SymbolKind::Field)
        }
        Named::Step(name) => (name.clone(), SymbolKind::Key),
        Named::File(name) => (format!("file {name}"), SymbolKind::File),
        _ => return None,
    };
    Some(DocumentSymbol::new(name, None, kind, None, None, range, range, None))
}

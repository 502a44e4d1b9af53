//! A question about a text, and all that its answer needs.

use gen_lsp_types as lsp;
use lsp_server::{ErrorCode, Request};
use serde_json::{Value, json};
use tidegate_diagnostics::{SourceId, Span};

use super::answer::{Refusal, params};
use crate::client::Client;
use crate::diagnostics::Places;
use crate::features::changes::Editing;
use crate::features::completion::{self, At};
use crate::features::{fixes, hover, rename, symbol, symbols};
use crate::worker::Known;
use crate::workspace::{Document, Project};

/// A question about a text that has been checked.
pub(super) struct Asked<'a> {
    pub(super) known: &'a Known,
    pub(super) project: &'a Project,
    pub(super) document: &'a Document,
    pub(super) source: SourceId,
    pub(super) client: &'a Client,
}

type Answer = Result<Value, Refusal>;
type Answering = fn(&Asked<'_>, &Request) -> Answer;

/// The one question that is answered of a text that has changed since: whoever writes goes on.
pub(super) const COMPLETION: &str = "textDocument/completion";

/// What is asked, and who answers it.
const SERVED: [(&str, Answering); 9] = [
    (COMPLETION, |its, request| its.complete(request)),
    ("textDocument/hover", |its, request| its.hover(request)),
    ("textDocument/definition", |its, request| its.definition(request)),
    ("textDocument/references", |its, request| its.references(request)),
    ("textDocument/documentHighlight", |its, request| its.highlights(request)),
    ("textDocument/prepareRename", |its, request| its.prepare_rename(request)),
    ("textDocument/rename", |its, request| its.rename(request)),
    ("textDocument/documentSymbol", |its, request| its.symbols(request)),
    ("textDocument/codeAction", |its, request| its.fixes(request)),
];

impl Asked<'_> {
    /// Whether there is an answer to requests of a method.
    pub(super) fn serves(method: &str) -> bool {
        SERVED.iter().any(|(served, _)| *served == method)
    }

    pub(super) fn answer(&self, request: &Request) -> Answer {
        let served = SERVED.iter().find(|(served, _)| *served == request.method);
        served.map_or(Ok(Value::Null), |(_, answer)| answer(self, request))
    }

    fn places(&self) -> Places<'_> {
        Places::new(&self.known.shown, &self.known.analysis.sources)
    }

    fn offset(&self, position: lsp::Position) -> u32 {
        let offset = self.document.text.offset(position, self.client.encoding);
        u32::try_from(offset).unwrap_or(u32::MAX)
    }

    /// The place that a request is about.
    fn at(&self, request: &Request) -> Result<u32, Refusal> {
        let params: lsp::TextDocumentPositionParams = params(request)?;
        Ok(self.offset(params.position))
    }

    fn complete(&self, request: &Request) -> Answer {
        let params: lsp::TextDocumentPositionParams = params(request)?;
        let (text, encoding) = (&self.document.text, self.client.encoding);
        let at = At {
            analysis: &self.known.analysis,
            settings: self.project.settings(),
            source: self.source,
            text,
            offset: text.offset(params.position, encoding),
            encoding,
        };
        Ok(json!(completion::complete(&at)))
    }

    fn hover(&self, request: &Request) -> Answer {
        let at = self.at(request)?;
        Ok(json!(hover::hover(&self.known.analysis, &self.places(), self.source, at)))
    }

    fn definition(&self, request: &Request) -> Answer {
        let at = self.at(request)?;
        let analysis = &self.known.analysis;
        let Some(here) = symbol::at(analysis, self.source, at) else { return Ok(Value::Null) };
        let places = self.places();
        let declared = symbol::declarations(analysis, &here);
        let mut found: Vec<lsp::Location> =
            declared.into_iter().filter_map(|span| places.location(span)).collect();
        if found.is_empty() {
            found.extend(self.project.definition(&here.mention.named, &analysis.catalog));
        }
        Ok(json!(found))
    }

    /// Where the thing at a place stands.
    fn everywhere(&self, request: &Request, also_declared: bool) -> Result<Vec<Span>, Refusal> {
        let at = self.at(request)?;
        let analysis = &self.known.analysis;
        let Some(here) = symbol::at(analysis, self.source, at) else { return Ok(Vec::new()) };
        let places = symbol::places(analysis, &here.symbol()).into_iter();
        Ok(places.filter(|its| also_declared || !its.declares).map(|its| its.span).collect())
    }

    fn references(&self, request: &Request) -> Answer {
        let declared = request.params.pointer("/context/includeDeclaration");
        let declared = declared.and_then(Value::as_bool).unwrap_or(true);
        let places = self.places();
        let found = self.everywhere(request, declared)?.into_iter();
        let found: Vec<lsp::Location> = found.filter_map(|span| places.location(span)).collect();
        Ok(json!(found))
    }

    fn highlights(&self, request: &Request) -> Answer {
        let places = self.places();
        let here =
            self.everywhere(request, true)?.into_iter().filter(|its| its.source == self.source);
        let ranges = here.filter_map(|span| places.range(span));
        Ok(ranges.map(|range| json!({ "range": range })).collect())
    }

    fn prepare_rename(&self, request: &Request) -> Answer {
        let at = self.at(request)?;
        let here = rename::prepare(&self.known.analysis, self.source, at).map_err(refused)?;
        Ok(json!(self.places().range(here.span())))
    }

    fn rename(&self, request: &Request) -> Answer {
        let params: lsp::RenameParams = params(request)?;
        let at = self.offset(params.text_document_position_params.position);
        let version = |uri: &lsp::Uri| self.project.version(uri);
        let editing = Editing { versioned: self.client.versioned_edits, version: &version };
        let (analysis, places) = (&self.known.analysis, self.places());
        let settings = self.project.settings();
        rename::rename(analysis, &places, settings, editing, (self.source, at), &params.new_name)
            .map(|edit| json!(edit))
            .map_err(refused)
    }

    fn symbols(&self, _: &Request) -> Answer {
        Ok(json!(symbols::symbols(&self.known.analysis, &self.places(), self.source)))
    }

    fn fixes(&self, request: &Request) -> Answer {
        let params: lsp::CodeActionParams = params(request)?;
        let version = |uri: &lsp::Uri| self.project.version(uri);
        let editing = Editing { versioned: self.client.versioned_edits, version: &version };
        let (analysis, places) = (&self.known.analysis, self.places());
        Ok(json!(fixes::fixes(analysis, &places, editing, self.source, params.range)))
    }
}

fn refused(why: String) -> Refusal {
    (ErrorCode::RequestFailed, why)
}

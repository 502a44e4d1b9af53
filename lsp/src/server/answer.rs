//! Answering requests. One about a text waits until that text has been checked.

use std::panic::{AssertUnwindSafe, catch_unwind};

use gen_lsp_types as lsp;
use lsp_server::{ErrorCode, Request, RequestId, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::asked::{Asked, COMPLETION};
use super::{Server, read};
use crate::features;
use crate::workspace::Document;

/// A request that waits for a check.
#[derive(Debug)]
pub(super) struct Waiting {
    request: Request,
    /// The text that it is about, as it was when it was asked.
    document: Document,
    revision: u64,
}

/// `$/cancelRequest`
#[derive(Debug, Deserialize)]
pub(super) struct Cancelled {
    id: RequestId,
}

/// Why a request has no answer.
pub(super) type Refusal = (ErrorCode, String);

impl Server {
    pub(super) fn request(&mut self, request: Request) {
        if request.method == "textDocument/formatting" {
            return self.answer(request.id.clone(), |server| {
                let params: lsp::DocumentFormattingParams = params(&request)?;
                let document = server.document(&params.text_document.uri)?;
                let edits = features::format::edits(&document.text, server.client.encoding);
                Ok(json!(edits))
            });
        }
        if !Asked::serves(&request.method) {
            let why = format!("`{}` is not served", request.method);
            return self.refuse(request.id, ErrorCode::MethodNotFound, &why);
        }
        let uri = request.params.pointer("/textDocument/uri").and_then(Value::as_str);
        let uri = lsp::Uri(uri.unwrap_or_default().to_owned());
        match self.document(&uri) {
            Err((code, why)) => self.refuse(request.id, code, &why),
            Ok(document) => {
                let document = document.clone();
                let project = document.root.as_ref().and_then(|root| self.workspace.project(root));
                let revision = project.map_or(0, |project| project.revision());
                self.waiting.push(Waiting { request, document, revision });
            }
        }
    }

    fn document(&self, uri: &lsp::Uri) -> Result<&Document, Refusal> {
        let why = || (ErrorCode::InvalidParams, format!("`{uri}` is not open"));
        self.workspace.document(uri).ok_or_else(why)
    }

    /// Sends what comes of it. Where that panics, the client is told, and the server goes on.
    fn answer(&self, id: RequestId, work: impl FnOnce(&Self) -> Result<Value, Refusal>) {
        match catch_unwind(AssertUnwindSafe(|| work(self))) {
            Ok(Ok(result)) => self.send(Response::new_ok(id, result)),
            Ok(Err((code, why))) => self.refuse(id, code, &why),
            Err(_) => self.refuse(id, ErrorCode::InternalError, "this is a fault of Tidegate's"),
        }
    }

    /// Answers what has waited for a check that is done.
    pub(super) fn answer_waiting(&mut self) {
        let (ready, waiting): (Vec<Waiting>, Vec<Waiting>) =
            std::mem::take(&mut self.waiting).into_iter().partition(|it| self.is_ready(it));
        self.waiting = waiting;
        for Waiting { request, document, .. } in ready {
            self.answer(request.id.clone(), |server| server.look_up(&request, &document));
        }
    }

    fn is_ready(&self, waiting: &Waiting) -> bool {
        let project = waiting.document.root.as_deref().filter(|root| {
            // One that is gone is never checked again.
            self.workspace.project(root).is_some()
        });
        let Some(root) = project else { return true };
        let known = self.known.get(root).map_or(0, |(revision, _)| *revision);
        known >= waiting.revision
    }

    fn look_up(&self, request: &Request, document: &Document) -> Result<Value, Refusal> {
        let known = document.root.as_ref().and_then(|root| self.known.get(root));
        // Nothing is known of a text without a project, or of one without metadata.
        let Some((_, Some(known))) = known else { return Ok(Value::Null) };
        let Some(source) = known.shown.source(&document.uri) else { return Ok(Value::Null) };
        let current = known.analysis.sources.get(source);
        let same = current.is_some_and(|current| current.text == document.text.as_str());
        if !same && request.method != COMPLETION {
            let why = "the text has changed since";
            return Err((ErrorCode::ContentModified, why.to_owned()));
        }
        let project = document.root.as_ref().and_then(|root| self.workspace.project(root));
        let Some(project) = project else { return Ok(Value::Null) };
        Asked { known, project, document, source, client: &self.client }.answer(request)
    }

    /// A request that nobody waits for any more.
    pub(super) fn cancelled(&mut self, Cancelled { id }: Cancelled) {
        let before = self.waiting.len();
        self.waiting.retain(|waiting| waiting.request.id != id);
        if self.waiting.len() < before {
            self.refuse(id, ErrorCode::RequestCanceled, "cancelled");
        }
    }
}

pub(super) fn params<T: DeserializeOwned>(request: &Request) -> Result<T, Refusal> {
    read(request.params.clone()).map_err(|error| (ErrorCode::InvalidParams, error.to_string()))
}

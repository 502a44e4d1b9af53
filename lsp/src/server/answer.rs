//! Answering requests.

use std::panic::{AssertUnwindSafe, catch_unwind};

use gen_lsp_types as lsp;
use lsp_server::{ErrorCode, Request, RequestId, Response};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Server, read};
use crate::features;
use crate::workspace::Document;

/// Why a request has no answer.
type Refusal = (ErrorCode, String);

impl Server {
    pub(super) fn request(&mut self, request: Request) {
        match request.method.as_str() {
            "textDocument/formatting" => self.answer(request.id.clone(), |server| {
                let params: lsp::DocumentFormattingParams = params(&request)?;
                let document = server.document(&params.text_document.uri)?;
                let edits = features::format::edits(&document.text, server.client.encoding);
                Ok(to_value(edits))
            }),
            method => {
                let why = format!("`{method}` is not served");
                self.refuse(request.id.clone(), ErrorCode::MethodNotFound, &why);
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
}

fn params<T: DeserializeOwned>(request: &Request) -> Result<T, Refusal> {
    read(request.params.clone()).map_err(|error| (ErrorCode::InvalidParams, error.to_string()))
}

fn to_value(result: impl serde::Serialize) -> Value {
    serde_json::to_value(result).unwrap_or_default()
}

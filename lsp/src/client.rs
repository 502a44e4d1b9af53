//! What the client can do, as it says when it connects.

use std::path::PathBuf;

use gen_lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionProvider, CompletionOptions, PositionEncodingKind,
    RenameOptions, RenameProvider, Save, ServerCapabilities, TextDocumentSyncKind,
    TextDocumentSyncOptions, Uri,
};
use serde_json::{Value, json};

use crate::text::Encoding;
use crate::uri;

/// What the client can do.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    /// What columns count.
    pub(crate) encoding: Encoding,
    /// The folders that it works in.
    pub(crate) folders: Vec<PathBuf>,
    /// Whether it can be asked to watch files.
    pub(crate) watches: bool,
    /// Whether it understands edits with the versions of their documents.
    pub(crate) versioned_edits: bool,
}

impl Client {
    /// Reads the parameters of `initialize`. What is not understood counts as not said: an editor
    /// with a new capability, or a wrong one, is served all the same.
    pub(crate) fn of(params: &Value) -> Self {
        let is = |pointer: &str| params.pointer(pointer).and_then(Value::as_bool).unwrap_or(false);
        let offers_utf8 = params
            .pointer("/capabilities/general/positionEncodings")
            .and_then(Value::as_array)
            .is_some_and(|offered| offered.iter().any(|it| it == "utf-8"));
        Self {
            encoding: if offers_utf8 { Encoding::Utf8 } else { Encoding::Utf16 },
            folders: folders(params),
            versioned_edits: is("/capabilities/workspace/workspaceEdit/documentChanges"),
            watches: is("/capabilities/workspace/didChangeWatchedFiles/dynamicRegistration"),
        }
    }

    /// What the server does for it.
    pub(crate) fn served(&self) -> Value {
        let sync = TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::Incremental),
            save: Some(Save::Bool(true)),
            ..TextDocumentSyncOptions::default()
        };
        let capabilities = ServerCapabilities {
            position_encoding: Some(match self.encoding {
                Encoding::Utf8 => PositionEncodingKind::UTF8,
                Encoding::Utf16 => PositionEncodingKind::UTF16,
            }),
            text_document_sync: Some(sync.into()),
            document_formatting_provider: Some(true.into()),
            hover_provider: Some(true.into()),
            definition_provider: Some(true.into()),
            references_provider: Some(true.into()),
            document_highlight_provider: Some(true.into()),
            document_symbol_provider: Some(true.into()),
            rename_provider: Some(RenameProvider::RenameOptions(RenameOptions {
                prepare_provider: Some(true),
                ..RenameOptions::default()
            })),
            code_action_provider: Some(CodeActionProvider::CodeActionOptions(CodeActionOptions {
                code_action_kinds: Some(vec![CodeActionKind::QuickFix]),
                ..CodeActionOptions::default()
            })),
            completion_provider: Some(CompletionOptions {
                trigger_characters: Some(vec![".".to_owned(), "\"".to_owned(), "|".to_owned()]),
                ..CompletionOptions::default()
            }),
            ..ServerCapabilities::default()
        };
        json!({
            "capabilities": capabilities,
            "serverInfo": { "name": "tidegate", "version": env!("CARGO_PKG_VERSION") },
        })
    }
}

fn folders(params: &Value) -> Vec<PathBuf> {
    let path = |uri: &Value| uri::to_path(&Uri(uri.as_str()?.to_owned()));
    let several = params.get("workspaceFolders").and_then(Value::as_array);
    let found: Vec<PathBuf> =
        several.into_iter().flatten().filter_map(|folder| path(folder.get("uri")?)).collect();
    if found.is_empty() {
        params.get("rootUri").and_then(path).into_iter().collect()
    } else {
        found
    }
}

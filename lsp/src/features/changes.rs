//! Edits of several documents.

use std::collections::{BTreeMap, HashMap};

use gen_lsp_types::{
    DocumentChange, OptionalVersionedTextDocumentIdentifier, TextDocumentEdit,
    TextDocumentIdentifier, TextEdit, Uri, WorkspaceEdit,
};
use tidegate_diagnostics::Span;

use crate::diagnostics::Places;

/// How a client wants to be told of edits.
#[derive(Clone, Copy)]
pub(crate) struct Editing<'a> {
    /// Whether it understands edits with the versions of their documents.
    pub(crate) versioned: bool,
    /// The versions of what is open.
    pub(crate) version: &'a dyn Fn(&Uri) -> Option<i32>,
}

/// Edits by document.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    edits: BTreeMap<String, Vec<TextEdit>>,
}

impl Changes {
    /// Puts a text in the place of another; nothing where the place is in no source.
    pub(crate) fn put(&mut self, places: &Places<'_>, at: Span, text: &str) -> Option<()> {
        let location = places.location(at)?;
        let edit = TextEdit { range: location.range, new_text: text.to_owned() };
        self.edits.entry(location.uri.0).or_default().push(edit);
        Some(())
    }

    pub(crate) fn edit(self, editing: Editing<'_>) -> WorkspaceEdit {
        if !editing.versioned {
            let changes: HashMap<Uri, Vec<TextEdit>> =
                self.edits.into_iter().map(|(uri, edits)| (Uri(uri), edits)).collect();
            return WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() };
        }
        let changed = |(uri, edits): (String, Vec<TextEdit>)| {
            let uri = Uri(uri);
            let text_document = OptionalVersionedTextDocumentIdentifier {
                version: (editing.version)(&uri),
                text_document_identifier: TextDocumentIdentifier { uri },
            };
            let edits = edits.into_iter().map(Into::into).collect();
            DocumentChange::TextDocumentEdit(TextDocumentEdit { text_document, edits })
        };
        let changes = self.edits.into_iter().map(changed).collect();
        WorkspaceEdit { document_changes: Some(changes), ..WorkspaceEdit::default() }
    }
}

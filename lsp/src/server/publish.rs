//! Showing what was found, and taking back what holds no more.

use std::collections::BTreeMap;
use std::path::Path;

use gen_lsp_types::{Diagnostic, PublishDiagnosticsParams, Uri};
use tidegate_compiler::syntax::format::format;
use tidegate_diagnostics::{SourceId, SourceMap, SourceText};

use super::Server;
use crate::diagnostics::{Found, Shown, at_line};
use crate::uri;
use crate::workspace::Document;

/// What the client shows, by address. What a check found and what is wrong with a file as a whole
/// come at different times, and are shown together.
#[derive(Debug, Default)]
pub(super) struct Published {
    files: BTreeMap<String, File>,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct File {
    version: Option<i32>,
    found: Vec<Diagnostic>,
    troubles: Vec<Diagnostic>,
}

impl Server {
    /// Shows what a check found. What it found in a text that has changed since is not shown: the
    /// next check is under way.
    pub(super) fn publish(&mut self, root: &Path, found: &[Found]) {
        let Some(project) = self.workspace.project(root) else { return };
        let fresh: Vec<&Found> =
            found.iter().filter(|its| its.version == project.version(&its.uri)).collect();
        let prefix = uri::of_path(root).map(|uri| format!("{uri}/")).unwrap_or_default();
        let mut next = Vec::new();
        for its in &fresh {
            let before = self.published.files.get(its.uri.as_ref());
            let troubles = before.map_or_else(Vec::new, |file| file.troubles.clone());
            let found = its.diagnostics.clone();
            next.push((its.uri.clone(), File { version: its.version, found, troubles }));
        }
        // A source that is gone has nothing wrong with it any more.
        let gone = self.published.files.iter().filter(|(uri, file)| {
            !file.found.is_empty()
                && uri.starts_with(&prefix)
                && !found.iter().any(|its| its.uri.as_ref() == uri.as_str())
        });
        for (uri, file) in gone {
            let file = File { version: None, found: Vec::new(), ..file.clone() };
            next.push((Uri(uri.clone()), file));
        }
        for (uri, file) in next {
            self.show(uri, file);
        }
    }

    /// Shows what is wrong with files as a whole, and with texts that no check reads.
    pub(super) fn publish_troubles(&mut self) {
        let mut wanted: BTreeMap<String, Vec<Diagnostic>> = BTreeMap::new();
        for trouble in self.workspace.projects().flat_map(|project| project.troubles()) {
            if let Some(uri) = uri::of_path(&trouble.path) {
                let shown = at_line(trouble.line, &trouble.message, &trouble.help);
                wanted.entry(uri.0).or_default().push(shown);
            }
        }
        let before: Vec<String> = self
            .published
            .files
            .iter()
            .filter(|(_, file)| !file.troubles.is_empty())
            .map(|(uri, _)| uri.clone())
            .collect();
        for uri in before {
            wanted.entry(uri).or_default();
        }
        for (uri, troubles) in wanted {
            let before = self.published.files.get(&uri).cloned().unwrap_or_default();
            self.show(Uri(uri), File { troubles, ..before });
        }
        self.publish_unchecked();
    }

    /// Texts without a project, or whose project has no metadata, are read and no more.
    fn publish_unchecked(&mut self) {
        let encoding = self.client.encoding;
        let unchecked: Vec<Document> = self.workspace.unchecked().cloned().collect();
        let mut next = Vec::new();
        for document in &unchecked {
            let before = self.published.files.get(document.uri.as_ref());
            if before.is_some_and(|file| file.version == Some(document.version)) {
                continue;
            }
            let text = document.text.as_str().to_owned();
            let found = format(&text).diagnostics(SourceId(0));
            let name = document.uri.as_ref().to_owned();
            let sources = SourceMap::new(vec![SourceText { name, text }]);
            let shown = Shown {
                encoding,
                uris: [document.uri.clone()].into(),
                versions: [Some(document.version)].into(),
            };
            for found in shown.found(&found, &sources) {
                let (version, found, uri) = (found.version, found.diagnostics, found.uri);
                next.push((uri, File { version, found, troubles: Vec::new() }));
            }
        }
        for (uri, file) in next {
            self.show(uri, file);
        }
    }

    /// Takes back all that is shown of a folder's files.
    pub(super) fn forget_below(&mut self, root: &Path) {
        let prefix = uri::of_path(root).map(|uri| format!("{uri}/")).unwrap_or_default();
        let shown = self.published.files.keys().filter(|uri| uri.starts_with(&prefix));
        for uri in shown.cloned().collect::<Vec<_>>() {
            self.forget(&Uri(uri));
        }
    }

    /// Takes back what was found in a text that belongs to no project and is closed.
    pub(super) fn forget(&mut self, uri: &Uri) {
        if self.published.files.contains_key(uri.as_ref()) {
            self.show(uri.clone(), File::default());
            self.published.files.remove(uri.as_ref());
        }
    }

    fn show(&mut self, uri: Uri, file: File) {
        let before = self.published.files.get(uri.as_ref());
        let nothing = File::default();
        let before = before.unwrap_or(&nothing);
        let same = before.found == file.found && before.troubles == file.troubles;
        if same && (before.version == file.version || file.version.is_none()) {
            return;
        }
        let diagnostics = file.troubles.iter().chain(&file.found).cloned().collect();
        let version = file.version;
        self.published.files.insert(uri.as_ref().to_owned(), file);
        let params = PublishDiagnosticsParams { uri, version, diagnostics };
        self.notify("textDocument/publishDiagnostics", params);
    }
}

//! What is open in the editor, and the projects that it belongs to.

mod declared;
mod project;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gen_lsp_types::{FileChangeType, FileEvent, TextDocumentContentChangeEvent as Change, Uri};
use tidegate_project::root;

use crate::text::{Encoding, Text};
use crate::uri;

pub(crate) use project::Project;

/// A text that is open in the editor: what the editor holds counts, not what is on disk.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    /// As the client writes it.
    pub(crate) uri: Uri,
    pub(crate) version: i32,
    pub(crate) text: Text,
    /// Where it lies, if on a disk.
    path: Option<PathBuf>,
    /// The folder of its project; none for a text that belongs to none.
    pub(crate) root: Option<PathBuf>,
}

/// Everything that the client has told, and what is on disk beside it.
#[derive(Debug, Default)]
pub(crate) struct Workspace {
    documents: BTreeMap<String, Document>,
    projects: BTreeMap<PathBuf, Project>,
}

impl Workspace {
    /// Opens the projects of folders that the editor works in, as far as they are ones.
    pub(crate) fn add_folders(&mut self, folders: &[PathBuf]) {
        for folder in folders {
            if let Some(root) = root::find(folder) {
                self.project_at(root);
            }
        }
    }

    fn project_at(&mut self, root: PathBuf) -> &mut Project {
        self.projects.entry(root).or_insert_with_key(|root| Project::open(root.clone()))
    }

    pub(crate) fn document(&self, uri: &Uri) -> Option<&Document> {
        self.documents.get(uri.as_ref())
    }

    pub(crate) fn project(&self, root: &Path) -> Option<&Project> {
        self.projects.get(root)
    }

    pub(crate) fn projects(&self) -> impl Iterator<Item = &Project> {
        self.projects.values()
    }

    /// Texts that belong to no project, or to one that has no metadata.
    pub(crate) fn unchecked(&self) -> impl Iterator<Item = &Document> {
        self.documents.values().filter(|document| {
            let project = document.root.as_ref().and_then(|root| self.projects.get(root));
            !project.is_some_and(Project::can_be_checked)
        })
    }

    pub(crate) fn open(&mut self, uri: Uri, version: i32, text: &str) {
        let path = uri::to_path(&uri);
        let text = Text::new(text);
        let mut document = Document { uri, version, text, path, root: None };
        self.assign(&mut document);
        self.documents.insert(document.uri.as_ref().to_owned(), document);
    }

    /// Finds the project of a document and tells it.
    fn assign(&mut self, document: &mut Document) {
        document.root = document.path.as_deref().and_then(|path| {
            let root = root::find(path.parent()?)?;
            tidegate_project::sources::is_source(&root, path).then_some(root)
        });
        if let (Some(root), Some(path)) = (&document.root, &document.path) {
            let project = self.project_at(root.clone());
            project.opened(path, &document.uri, document.version, &document.text);
        }
    }

    /// Applies changes in their order. `false` if the document is not open.
    pub(crate) fn change(
        &mut self,
        uri: &Uri,
        version: i32,
        changes: &[Change],
        encoding: Encoding,
    ) -> bool {
        let Some(document) = self.documents.get_mut(uri.as_ref()) else { return false };
        for change in changes {
            document.text = document.text.changed(change, encoding);
        }
        document.version = version;
        if let (Some(root), Some(path)) = (&document.root, &document.path)
            && let Some(project) = self.projects.get_mut(root)
        {
            project.opened(path, &document.uri, version, &document.text);
        }
        true
    }

    /// Closes a document: what is on disk counts again.
    pub(crate) fn close(&mut self, uri: &Uri) {
        let Some(document) = self.documents.remove(uri.as_ref()) else { return };
        if let (Some(root), Some(path)) = (&document.root, &document.path)
            && let Some(project) = self.projects.get_mut(root)
        {
            project.closed(path);
        }
    }

    /// Looks at files again that have changed on disk.
    pub(crate) fn touched(&mut self, events: &[FileEvent]) {
        let mut manifests_moved = false;
        for event in events {
            let Some(path) = uri::to_path(&event.uri) else { continue };
            for project in self.projects.values_mut() {
                project.touched(&path);
            }
            manifests_moved |= path.file_name().is_some_and(|name| name == root::MANIFEST)
                && event.kind != FileChangeType::Changed;
        }
        if manifests_moved {
            self.reassign();
        }
    }

    /// Finds the projects of all documents anew: one has come or gone.
    fn reassign(&mut self) {
        self.projects.retain(|root, _| root.join(root::MANIFEST).is_file());
        for mut document in self.documents.values().cloned().collect::<Vec<_>>() {
            let before = document.root.take();
            self.assign(&mut document);
            if let (Some(before), Some(path)) = (before, &document.path)
                && document.root.as_ref() != Some(&before)
                && let Some(project) = self.projects.get_mut(&before)
            {
                project.closed(path);
            }
            self.documents.insert(document.uri.as_ref().to_owned(), document);
        }
    }
}

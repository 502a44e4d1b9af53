//! A project as the editor sees it: what is open counts, the rest is on disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types::Uri;
use tidegate_compiler::analysis::{Inputs, Settings};
use tidegate_diagnostics::{SourceMap, SourceText};
use tidegate_project::manifest::Manifest;
use tidegate_project::{root, schema_folder, sources};
use tidegate_schemas::catalog::Catalog;

use crate::diagnostics::Shown;
use crate::text::{Encoding, Text};
use crate::uri;
use crate::worker::Job;

/// A project.
#[derive(Debug)]
pub(crate) struct Project {
    root: PathBuf,
    /// By path, as a check from the command line orders them.
    sources: BTreeMap<PathBuf, Source>,
    /// What the AI may quote, as it is on disk; a check reads it behind the sources.
    articles: BTreeMap<PathBuf, Source>,
    settings: Result<Settings, Trouble>,
    /// The last that could be read, for as long as the one on disk cannot.
    last_settings: Settings,
    catalog: Result<Arc<Catalog>, Trouble>,
    /// The last that could be read.
    last_catalog: Option<Arc<Catalog>>,
    /// How many changes it has seen.
    revision: u64,
}

/// One source.
#[derive(Debug, Clone)]
enum Source {
    Open {
        uri: Uri,
        version: i32,
        text: Text,
    },
    OnDisk {
        text: Arc<str>,
    },
    /// Why it cannot be read.
    Unreadable(String),
}

/// What is wrong with a project as a whole, or with a file as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// The file that it is shown in.
    pub(crate) path: PathBuf,
    /// The line, counted from 0.
    pub(crate) line: usize,
    pub(crate) message: String,
    pub(crate) help: String,
}

impl Project {
    /// Reads a project.
    pub(super) fn open(root: PathBuf) -> Self {
        let mut project = Self {
            sources: BTreeMap::new(),
            articles: BTreeMap::new(),
            settings: Ok(Settings::default()),
            last_settings: Settings::default(),
            catalog: Ok(Arc::default()),
            last_catalog: None,
            revision: 1,
            root,
        };
        project.read_manifest();
        project.read_catalog();
        // A folder that cannot be read has no sources; its files say why when they are opened.
        for path in sources::list(&project.root).unwrap_or_default() {
            let source = on_disk(&path);
            project.sources.insert(path, source);
        }
        for path in sources::list_articles(&project.root).unwrap_or_default() {
            let source = on_disk(&path);
            project.articles.insert(path, source);
        }
        project
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    fn read_manifest(&mut self) {
        let path = self.root.join(root::MANIFEST);
        let trouble = |line: Option<usize>, message: String, help: &str| Trouble {
            path: path.clone(),
            line: line.map_or(0, |line| line.saturating_sub(1)),
            message,
            help: help.to_owned(),
        };
        self.settings = match fs::read_to_string(&path) {
            Err(error) => Err(trouble(None, format!("the manifest cannot be read: {error}"), "")),
            Ok(text) => Manifest::parse(&text)
                .map(|manifest| manifest.settings())
                .map_err(|its| trouble(its.line(), its.message().to_owned(), its.help())),
        };
        if let Ok(settings) = &self.settings {
            self.last_settings = settings.clone();
        }
    }

    fn read_catalog(&mut self) {
        self.catalog = match schema_folder::read(&self.root) {
            Ok(read) => Ok(match &self.last_catalog {
                // What was learned of an equal one still holds.
                Some(known) if **known == read => Arc::clone(known),
                _ => Arc::new(read),
            }),
            Err(error) => Err(Trouble {
                path: self.root.join(root::MANIFEST),
                line: 0,
                message: error.to_string(),
                help: error.help().to_owned(),
            }),
        };
        if let Ok(catalog) = &self.catalog {
            self.last_catalog = Some(Arc::clone(catalog));
        }
    }

    /// What is wrong beside what a check finds.
    pub(crate) fn troubles(&self) -> Vec<Trouble> {
        let unreadable =
            self.sources.iter().chain(&self.articles).filter_map(|(path, source)| match source {
                Source::Unreadable(message) => {
                    let (message, help) = (message.clone(), String::new());
                    Some(Trouble { path: path.clone(), line: 0, message, help })
                }
                Source::Open { .. } | Source::OnDisk { .. } => None,
            });
        let manifest = self.settings.as_ref().err().cloned();
        let catalog = self.catalog.as_ref().err().cloned();
        manifest.into_iter().chain(catalog).chain(unreadable).collect()
    }

    /// The sources that are open.
    pub(crate) fn open_texts(&self) -> impl Iterator<Item = (&Uri, i32, &Text)> {
        self.sources.values().filter_map(|source| match source {
            Source::Open { uri, version, text } => Some((uri, *version, text)),
            Source::OnDisk { .. } | Source::Unreadable(_) => None,
        })
    }

    /// What the manifest last told the compiler.
    pub(crate) fn settings(&self) -> &Settings {
        &self.last_settings
    }

    /// Whether metadata was ever read.
    pub(crate) fn can_be_checked(&self) -> bool {
        self.last_catalog.is_some()
    }

    /// The version of a source, if it is open.
    pub(crate) fn version(&self, wanted: &Uri) -> Option<i32> {
        self.open_texts().find(|(uri, ..)| *uri == wanted).map(|(_, version, _)| version)
    }

    /// What is to be checked; `None` where no metadata was ever read.
    pub(crate) fn job(&self, encoding: Encoding) -> Option<Job> {
        let catalog = Arc::clone(self.last_catalog.as_ref()?);
        let (mut texts, mut uris, mut versions) = (Vec::new(), Vec::new(), Vec::new());
        for (path, source) in self.sources.iter().chain(&self.articles) {
            let (uri, version, text) = match source {
                Source::Open { uri, version, text } => (uri.clone(), Some(*version), text.as_str()),
                Source::OnDisk { text } => {
                    let Some(uri) = uri::of_path(path) else { continue };
                    (uri, None, &**text)
                }
                Source::Unreadable(_) => continue,
            };
            let name = sources::name(&self.root, path);
            texts.push(SourceText { name, text: text.to_owned() });
            uris.push(uri);
            versions.push(version);
        }
        let settings = self.last_settings.clone();
        let inputs = Inputs { sources: SourceMap::new(texts), catalog, settings };
        let shown = Shown { encoding, uris: uris.into(), versions: versions.into() };
        Some(Job { root: self.root.clone(), revision: self.revision, inputs, shown })
    }

    /// A source is open, with this text.
    pub(super) fn opened(&mut self, path: &Path, uri: &Uri, version: i32, text: &Text) {
        let source = Source::Open { uri: uri.clone(), version, text: text.clone() };
        self.sources.insert(path.to_path_buf(), source);
        self.revision += 1;
    }

    /// A source is not open any more.
    pub(super) fn closed(&mut self, path: &Path) {
        self.sources.remove(path);
        self.look_at(path);
        self.revision += 1;
    }

    /// A file of the project may have changed on disk.
    pub(super) fn touched(&mut self, path: &Path) {
        let Ok(inside) = path.strip_prefix(&self.root) else { return };
        let first = inside.iter().next().unwrap_or_default().to_string_lossy();
        if inside.as_os_str() == root::MANIFEST {
            self.read_manifest();
        } else if first == schema_folder::FOLDER || first.starts_with(".schema-") {
            self.read_catalog();
        } else if sources::is_source(&self.root, path) {
            self.look_at(path);
        } else if sources::is_article(&self.root, path) {
            look_at(&mut self.articles, path);
        } else {
            return;
        }
        self.revision += 1;
    }

    /// Reads a source that is not open.
    fn look_at(&mut self, path: &Path) {
        if matches!(self.sources.get(path), Some(Source::Open { .. })) {
            return;
        }
        look_at(&mut self.sources, path);
    }
}

/// Reads a file that may be there.
fn look_at(files: &mut BTreeMap<PathBuf, Source>, path: &Path) {
    let is_file = fs::symlink_metadata(path).is_ok_and(|its| its.is_file());
    if is_file {
        files.insert(path.to_path_buf(), on_disk(path));
    } else {
        files.remove(path);
    }
}

fn on_disk(path: &Path) -> Source {
    match sources::read_file(path) {
        Ok(text) => Source::OnDisk { text: text.into() },
        Err(error) => Source::Unreadable(error.to_string()),
    }
}

//! What a new project begins with.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::root::MANIFEST;

const IGNORED: &str = ".gitignore";
const IGNORED_TEXT: &str = include_str!("../templates/gitignore");
const MANIFEST_TEXT: &str = include_str!("../templates/tidegate.toml");
/// What a project is called whose folder's name is no name.
const UNNAMED: &str = "support";

/// One of the templates.
#[derive(Debug, Clone, Copy)]
pub struct Template {
    /// Its name.
    pub name: &'static str,
    /// What a project of it does, in a few words.
    pub about: &'static str,
    sources: &'static [(&'static str, &'static str)],
}

macro_rules! sources {
    ($folder:literal: $($name:literal),*) => {
        &[$(($name, include_str!(concat!("../templates/", $folder, "/", $name)))),*]
    };
}

/// All templates; the first is taken unless another is named.
pub const TEMPLATES: &[Template] = &[
    Template {
        name: "chat",
        about: "the first message becomes a Case",
        sources: sources!("chat": "fields.tide", "pushes.tide", "support.tide", "tests.tide"),
    },
    Template {
        name: "triage",
        about: "buttons, a match and forms find out what it is about, then a Case is opened",
        sources: sources!("triage": "fields.tide", "pushes.tide", "support.tide", "tests.tide"),
    },
];

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// Names of the new files, in order.
    pub files: Vec<&'static str>,
    /// Whether a `.gitignore` was there, which was left alone.
    pub kept_gitignore: bool,
}

/// Why there is no new project. Nothing that was there has been changed.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// Files of these names are there.
    #[error("there is already `{}`; nothing was written", .0.join("`, `"))]
    Occupied(Vec<&'static str>),
    /// The disk refused.
    #[error("`{path}` cannot be written: {error}")]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// What the disk said.
        error: io::Error,
    },
}

impl Template {
    /// Writes a project into a folder, which is made where it is missing. No file is replaced.
    ///
    /// # Errors
    /// One of its files is there already, or the disk refuses.
    pub fn create(&self, folder: &Path) -> Result<Created, TemplateError> {
        let manifest = MANIFEST_TEXT.replace("NAME", &name_for(folder));
        let mut files = vec![(MANIFEST, manifest.as_str())];
        files.extend(self.sources);
        let there: Vec<&str> =
            files.iter().map(|(name, _)| *name).filter(|name| taken(folder, name)).collect();
        if !there.is_empty() {
            return Err(TemplateError::Occupied(there));
        }
        let kept_gitignore = taken(folder, IGNORED);
        if !kept_gitignore {
            files.push((IGNORED, IGNORED_TEXT));
        }
        let failed = |path: &Path| {
            let path = path.to_path_buf();
            |error| TemplateError::Disk { path, error }
        };
        fs::create_dir_all(folder).map_err(failed(folder))?;
        for (name, text) in &files {
            let path = folder.join(name);
            // Whatever came to be there since the look above stays too.
            let file = OpenOptions::new().write(true).create_new(true).open(&path);
            file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(failed(&path))?;
        }
        Ok(Created { files: files.into_iter().map(|(name, _)| name).collect(), kept_gitignore })
    }
}

/// The template of a name.
pub fn find(name: &str) -> Option<&'static Template> {
    TEMPLATES.iter().find(|template| template.name == name)
}

/// Links that lead nowhere count too.
fn taken(folder: &Path, name: &str) -> bool {
    fs::symlink_metadata(folder.join(name)).is_ok()
}

/// The folder's own name, as far as a project may have it.
fn name_for(folder: &Path) -> String {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
    let own = absolute.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let fitting: String = own
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' })
        .take(64)
        .collect();
    let name = fitting.trim_matches('-');
    if name.is_empty() { UNNAMED.to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifest;

    fn read(folder: &Path, name: &str) -> String {
        fs::read_to_string(folder.join(name)).expect("a file")
    }

    #[test]
    fn every_template_has_a_manifest_that_is_one() {
        for template in TEMPLATES {
            let folder = tempfile::tempdir().expect("a folder");
            let new = folder.path().join("a/Web shop (beta)");
            let created = template.create(&new).expect("a project");
            assert_eq!(created.files[0], MANIFEST);
            let manifest = Manifest::parse(&read(&new, MANIFEST)).expect("a manifest");
            assert_eq!(manifest.project.name.as_str(), "Web-shop--beta");
            assert!(manifest.reference_org().is_some());
            assert!(read(&new, IGNORED).contains("/.tidegate"));
        }
    }

    #[test]
    fn nothing_is_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("pushes.tide"), "mine").expect("a file");
        fs::write(folder.path().join(IGNORED), "mine").expect("a file");
        let refused = TEMPLATES[0].create(folder.path()).expect_err("occupied");
        assert_eq!(refused.to_string(), "there is already `pushes.tide`; nothing was written");
        assert!(!folder.path().join(MANIFEST).exists());
        fs::remove_file(folder.path().join("pushes.tide")).expect("removed");
        let created = TEMPLATES[0].create(folder.path()).expect("a project");
        assert!(created.kept_gitignore);
        assert_eq!(read(folder.path(), IGNORED), "mine");
        TEMPLATES[0].create(folder.path()).expect_err("its own files are there");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_is_not_written_through() {
        let folder = tempfile::tempdir().expect("a folder");
        let aim = folder.path().join("elsewhere");
        std::os::unix::fs::symlink(&aim, folder.path().join(MANIFEST)).expect("a link");
        TEMPLATES[0].create(folder.path()).expect_err("occupied");
        assert!(!aim.exists());
    }
}

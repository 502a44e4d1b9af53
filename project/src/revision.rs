//! A project as it stood in a git revision, read through the user's own git.
//!
//! Nothing of the working tree or of git's index is touched: what a check reads of the project (the
//! manifest, sources, pulled metadata) is written to a folder of its own, which goes with the value.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use tempfile::TempDir;
use tidegate_compiler::knowledge;

use crate::root;

/// Why a revision could not be read.
#[derive(Debug, thiserror::Error)]
pub enum RevisionError {
    /// Git could not be started.
    #[error("git cannot be started: {0}")]
    NoGit(io::Error),
    /// The folder belongs to no repository.
    #[error("`{0}` is in no git repository")]
    NoRepository(PathBuf),
    /// There is no such revision.
    #[error("git knows no revision `{0}`")]
    Unknown(String),
    /// The project is not in it.
    #[error("the revision `{revision}` has no `{manifest}` there", manifest = root::MANIFEST)]
    NoProject {
        /// The revision.
        revision: String,
    },
    /// Git said something that was not understood, or nothing.
    #[error("git could not read the revision `{revision}`: {why}")]
    Git {
        /// The revision.
        revision: String,
        /// Its words.
        why: String,
    },
    /// The disk refused.
    #[error("the revision `{revision}` cannot be laid out: {error}")]
    Disk {
        /// The revision.
        revision: String,
        /// What the disk said.
        error: io::Error,
    },
}

/// A project of a revision, in a folder that goes with it.
#[derive(Debug)]
pub struct Revision {
    folder: TempDir,
}

impl Revision {
    /// Reads the project whose root is this folder as it stood in a revision.
    ///
    /// # Errors
    ///
    /// [`RevisionError`].
    pub fn read(project: &Path, revision: &str) -> Result<Self, RevisionError> {
        let commit = commit(project, revision)?;
        let failed = |error| RevisionError::Disk { revision: revision.to_owned(), error };
        let folder = tempfile::tempdir().map_err(failed)?;
        let mut objects = Objects::open(project, revision)?;
        let mut is_there = false;
        for (object, path) in files(project, revision, &commit)? {
            is_there |= path == Path::new(root::MANIFEST);
            let bytes = objects.read(&object)?;
            let target = folder.path().join(&path);
            let above = target.parent().unwrap_or(folder.path());
            fs::create_dir_all(above).map_err(failed)?;
            fs::write(&target, bytes).map_err(failed)?;
        }
        objects.close();
        if !is_there {
            return Err(RevisionError::NoProject { revision: revision.to_owned() });
        }
        Ok(Self { folder })
    }

    /// Where the project lies.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }
}

fn git(project: &Path) -> Command {
    let mut git = Command::new("git");
    // Its words are read by us; nobody sits there who could answer a question of its.
    git.current_dir(project).env("LC_ALL", "C").env("GIT_TERMINAL_PROMPT", "0");
    git
}

/// The commit that a revision names. It is a name, never an option.
fn commit(project: &Path, revision: &str) -> Result<String, RevisionError> {
    let asked = format!("{revision}^{{commit}}");
    let done = git(project)
        .args(["rev-parse", "--verify", "--quiet", "--end-of-options", &asked])
        .output()
        .map_err(RevisionError::NoGit)?;
    let name = String::from_utf8_lossy(&done.stdout).trim().to_owned();
    if done.status.success() && name.chars().all(|c| c.is_ascii_hexdigit()) && !name.is_empty() {
        return Ok(name);
    }
    let inside = git(project)
        .args(["rev-parse", "--is-inside-work-tree"])
        .output()
        .map_err(RevisionError::NoGit)?;
    if inside.status.success() {
        Err(RevisionError::Unknown(revision.to_owned()))
    } else {
        Err(RevisionError::NoRepository(project.to_path_buf()))
    }
}

/// The files of the project that a check reads: the ids of their contents, and where they lie.
fn files(
    project: &Path,
    revision: &str,
    commit: &str,
) -> Result<Vec<(String, PathBuf)>, RevisionError> {
    let failed = |why: String| RevisionError::Git { revision: revision.to_owned(), why };
    let done = git(project)
        .args(["ls-tree", "-r", "-z", commit, "."])
        .output()
        .map_err(RevisionError::NoGit)?;
    if !done.status.success() {
        return Err(failed(String::from_utf8_lossy(&done.stderr).trim().to_owned()));
    }
    let mut found = Vec::new();
    for row in done.stdout.split(|byte| *byte == 0).filter(|row| !row.is_empty()) {
        let row = String::from_utf8_lossy(row);
        let Some((about, path)) = row.split_once('\t') else {
            return Err(failed("a row of `git ls-tree` has no path".to_owned()));
        };
        let mut about = about.split(' ');
        let (mode, object) = (about.next().unwrap_or_default(), about.nth(1).unwrap_or_default());
        // Links and submodules are not followed, here as on disk.
        if mode.starts_with("100") && is_read(Path::new(path)) {
            found.push((object.to_owned(), PathBuf::from(path)));
        }
    }
    Ok(found)
}

/// Whether a check reads a file, and it stays within the folder.
fn is_read(path: &Path) -> bool {
    let inside = path.components().all(|part| matches!(part, Component::Normal(_)));
    let ending = path.extension().unwrap_or_default();
    let name = path.to_string_lossy();
    inside && (ending == "tide" || ending == "toml" || knowledge::is_article(&name))
}

/// Git's contents, asked for one after another.
struct Objects {
    git: Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
    revision: String,
}

impl Objects {
    fn open(project: &Path, revision: &str) -> Result<Self, RevisionError> {
        let mut git = git(project)
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(RevisionError::NoGit)?;
        let (Some(asks), Some(answers)) = (git.stdin.take(), git.stdout.take()) else {
            let why = "it has no input or output".to_owned();
            return Err(RevisionError::Git { revision: revision.to_owned(), why });
        };
        let answers = BufReader::new(answers);
        Ok(Self { git, asks, answers, revision: revision.to_owned() })
    }

    fn read(&mut self, object: &str) -> Result<Vec<u8>, RevisionError> {
        self.ask(object).map_err(|error| RevisionError::Git {
            revision: self.revision.clone(),
            why: error.to_string(),
        })
    }

    fn ask(&mut self, object: &str) -> io::Result<Vec<u8>> {
        writeln!(self.asks, "{object}")?;
        self.asks.flush()?;
        let mut head = String::new();
        self.answers.read_line(&mut head)?;
        let length = head.trim().split(' ').nth(2).and_then(|length| length.parse().ok());
        let length: usize =
            length.ok_or_else(|| io::Error::other(format!("no contents for `{object}`")))?;
        // The contents, and a line end.
        let mut bytes = vec![0; length + 1];
        self.answers.read_exact(&mut bytes)?;
        bytes.truncate(length);
        Ok(bytes)
    }

    fn close(self) {
        let Self { mut git, asks, answers, .. } = self;
        drop((asks, answers));
        // It ends where its input does; how does not matter any more.
        let _ = git.wait();
    }
}

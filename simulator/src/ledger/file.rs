//! The ledger on disk: one JSON object a line, each transaction synced before the org answers.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::Entry;

const NAME: &str = "ledger.jsonl";

/// The ledger's file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The disk refused.
    #[error("could not {doing} `{}`: {source}", path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another org has it open.
    #[error("`{}` is in use by another org; stop that one, or choose another directory", .0.display())]
    Locked(PathBuf),
    /// A line in the middle is not an entry.
    #[error("line {line} of `{}` is not a ledger entry: {problem}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Counts from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
}

#[derive(Debug)]
pub(super) struct LedgerFile {
    file: File,
    path: PathBuf,
    /// Where the last whole transaction ends.
    end: u64,
}

impl LedgerFile {
    pub(super) fn open(directory: &Path) -> Result<(LedgerFile, Vec<Entry>), LedgerError> {
        let path = directory.join(NAME);
        let failed = |doing| {
            let path = path.clone();
            move |source| LedgerError::Io { doing, path, source }
        };
        std::fs::create_dir_all(directory).map_err(failed("make the directory of"))?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&path).map_err(failed("open"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LedgerError::Locked(path)),
            Err(TryLockError::Error(source)) => return Err(failed("lock")(source)),
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed("read"))?;
        let (entries, end) = read_entries(&path, &bytes)?;
        file.set_len(end).map_err(failed("drop the unfinished end of"))?;
        file.seek(SeekFrom::Start(end)).map_err(failed("seek in"))?;
        file.sync_all().map_err(failed("sync"))?;
        let parent = File::open(directory).map_err(failed("open the directory of"))?;
        parent.sync_all().map_err(failed("sync the directory of"))?;
        Ok((LedgerFile { file, path, end }, entries))
    }

    pub(super) fn append(&mut self, entries: &[Entry]) -> Result<(), LedgerError> {
        let written = self.write(entries);
        if let Err(source) = written {
            // What was half written must not stand before the next entry.
            let undone = self
                .file
                .set_len(self.end)
                .and_then(|()| self.file.seek(SeekFrom::Start(self.end)).map(|_| ()));
            if let Err(problem) = undone {
                tracing::error!(%problem, path = %self.path.display(), "ledger line not undone");
            }
            return Err(LedgerError::Io { doing: "write", path: self.path.clone(), source });
        }
        Ok(())
    }

    fn write(&mut self, entries: &[Entry]) -> io::Result<()> {
        let mut lines = Vec::new();
        for entry in entries {
            serde_json::to_writer(&mut lines, entry)?;
            lines.push(b'\n');
        }
        self.file.write_all(&lines)?;
        self.file.sync_data()?;
        self.end += lines.len() as u64;
        Ok(())
    }
}

fn read_entries(path: &Path, bytes: &[u8]) -> Result<(Vec<Entry>, u64), LedgerError> {
    let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |last| last + 1);
    let mut entries: Vec<Entry> = Vec::new();
    // Where the last whole transaction ends, in entries and in bytes.
    let mut ended = (0, 0);
    let mut read = 0;
    for (index, line) in bytes[..whole].split(|&byte| byte == b'\n').enumerate() {
        read += line.len() + 1;
        if line.is_empty() {
            continue;
        }
        let damaged = |problem: String| LedgerError::Damaged {
            path: path.to_owned(),
            line: index + 1,
            problem,
        };
        let entry: Entry =
            serde_json::from_slice(line).map_err(|problem| damaged(problem.to_string()))?;
        let expected = entries.last().map_or(0, |last| last.sequence) + 1;
        if entry.sequence != expected {
            let problem = format!("it is number {}, not {expected}", entry.sequence);
            return Err(damaged(problem));
        }
        let last = !entry.continues;
        entries.push(entry);
        if last {
            ended = (entries.len(), read);
        }
    }
    if ended.1 < bytes.len() {
        let dropped = bytes.len() - ended.1;
        tracing::warn!(dropped, path = %path.display(), "dropped an unfinished end of the ledger");
    }
    entries.truncate(ended.0);
    Ok((entries, ended.1 as u64))
}

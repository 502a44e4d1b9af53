//! `tidegate fmt`: sources in the one canonical style.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use similar::TextDiff;
use tidegate_compiler::syntax::format::format;
use tidegate_diagnostics::{Diagnostic, SourceMap, SourceText};
use tidegate_project::sources::{self, SourcesError};
use tidegate_project::{root, whole_file};

use crate::failure::Failure;
use crate::report::{self, plural, print};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without FILES, all files of the project are formatted. What is not understood is told and stays as it \
is; all else is formatted. Exit code 1 says that something is not understood, or, with --check, not \
formatted.")]
pub(crate) struct Arguments {
    /// Files, or folders with all `.tide` files below; `-` reads standard input and writes to
    /// standard output
    files: Vec<PathBuf>,
    /// Change nothing, and name the files that are not formatted
    #[arg(long)]
    check: bool,
    /// Change nothing, and show what formatting would change
    #[arg(long)]
    diff: bool,
}

/// A source and where it is written; nowhere for standard input.
struct File {
    path: Option<PathBuf>,
    source: SourceText,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let files = files(&arguments.files)?;
    let sources = SourceMap::new(files.iter().map(|file| file.source.clone()).collect());
    let mut found = Vec::new();
    let mut changed = 0;
    for (file, (id, source)) in files.iter().zip(sources.iter()) {
        let formatted = format(&source.text);
        found.extend(formatted.diagnostics(id));
        let differs = formatted.text != source.text;
        changed += usize::from(differs);
        deliver(arguments, file, &formatted.text, differs)?;
    }
    tell(arguments, &files, changed, &found, &sources);
    if found.is_empty() && !(arguments.check && changed > 0) {
        Ok(())
    } else {
        Err(Failure::Problems)
    }
}

fn files(named: &[PathBuf]) -> Result<Vec<File>, Failure> {
    if named.iter().any(|path| path.as_os_str() == "-") {
        let [_] = named else {
            return Err(Failure::usage("`-` stands alone: one text is read and written", ""));
        };
        return Ok(vec![standard_input()?]);
    }
    if named.is_empty() {
        return below(&project()?, Path::new(""));
    }
    let mut files = Vec::new();
    for path in named {
        if path.is_dir() {
            files.extend(below(path, path.strip_prefix(".").unwrap_or(path))?);
        } else {
            files.push(one(path)?);
        }
    }
    Ok(files)
}

/// The root of the project that we are in. What its manifest says does not matter here.
fn project() -> Result<PathBuf, Failure> {
    let here = std::env::current_dir().map_err(|error| {
        Failure::usage(format!("the current folder cannot be opened: {error}"), "")
    })?;
    root::find(&here).ok_or_else(|| {
        Failure::usage(
            format!("there is no `{}` in `{}` or above it", root::MANIFEST, here.display()),
            "name the files or folders that are to be formatted",
        )
    })
}

/// The sources below a folder, shown with a folder's name before theirs.
fn below(folder: &Path, shown: &Path) -> Result<Vec<File>, Failure> {
    let found = sources::read(folder).map_err(|error| unreadable(&error))?;
    let file = |source: &SourceText| File {
        path: Some(folder.join(&source.name)),
        source: SourceText {
            name: shown.join(&source.name).display().to_string(),
            text: source.text.clone(),
        },
    };
    Ok(found.iter().map(|(_, source)| file(source)).collect())
}

fn one(path: &Path) -> Result<File, Failure> {
    let text = sources::read_file(path).map_err(|error| unreadable(&error))?;
    // A link stays one.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let source = SourceText { name: path.display().to_string(), text };
    Ok(File { path: Some(target), source })
}

fn unreadable(error: &SourcesError) -> Failure {
    match error {
        SourcesError::Read { .. } => Failure::usage(format!("{error}; no file was changed"), ""),
        _ => Failure::input(format!("{error}; no file was changed"), ""),
    }
}

fn standard_input() -> Result<File, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| Failure::input(format!("standard input cannot be read: {error}"), ""))?;
    Ok(File { path: None, source: SourceText { name: "standard input".to_owned(), text } })
}

/// Writes a text, or says what would be written.
fn deliver(arguments: &Arguments, file: &File, text: &str, differs: bool) -> Result<(), Failure> {
    let name = &file.source.name;
    if arguments.diff {
        let lines = TextDiff::from_lines(file.source.text.as_str(), text);
        return print(&lines.unified_diff().header(name, name).to_string());
    }
    match &file.path {
        _ if arguments.check => print(&if differs { format!("{name}\n") } else { String::new() }),
        None => print(text),
        Some(path) if differs => {
            whole_file::write(path, text.as_bytes()).map_err(|error| {
                Failure::world(format!("`{name}` cannot be written: {error}; it is as it was"), "")
            })?;
            print(&format!("{name}\n"))
        }
        Some(_) => Ok(()),
    }
}

fn tell(
    arguments: &Arguments,
    files: &[File],
    changed: usize,
    found: &[Diagnostic],
    sources: &SourceMap,
) {
    report::tell_found(found, sources);
    if !found.is_empty() {
        let places = plural(found.len(), "place");
        anstream::eprintln!("not understood in {places}; these lines stay as they are");
    }
    if files.iter().all(|file| file.path.is_some()) {
        let changes = if arguments.check || arguments.diff { "would change" } else { "changed" };
        anstream::eprintln!("{changed} of {} {changes}", plural(files.len(), "file"));
    }
}

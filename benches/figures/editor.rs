//! The language server on a large project, from the bytes that an editor writes to the bytes that
//! show what was found.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufReader, PipeReader, PipeWriter, Write as _, pipe};
use std::path::Path;
use std::thread;
use std::time::Instant;

use lsp_server::{Message, Notification, Request};
use serde_json::{Value, json};
use tempfile::TempDir;
use tidegate_compiler::analysis::Analyzer;

use crate::generate::{MOST_CALLED, Project};
use crate::project::{SCHEMA, catalog};
use crate::report::{Mark, Report, number, quantile};

const LINES: usize = 20_000;
/// Edits of each kind, no two the same.
const EDITS: usize = 240;
const MANIFEST: &str = "[project]\nname = \"large\"\norg = \"o\"\n\n[org.o]\nlogin_url = \"https://o.my.salesforce.com\"\nlogin = { flow = \"client-credentials\", consumer_key_env = \"K\", consumer_secret_env = \"S\" }\n\n[messenger.web]\norigins = []\n";

/// An editor at the other end of two pipes.
struct Editor {
    input: PipeWriter,
    output: BufReader<PipeReader>,
    folder: TempDir,
    version: i64,
}

impl Editor {
    fn in_project(project: &Project) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        };
        write("tidegate.toml", MANIFEST);
        SCHEMA.iter().for_each(|(name, text)| write(name, text));
        project.files.iter().for_each(|(name, text)| write(name, text));
        let (theirs_in, input) = pipe().expect("a pipe");
        let (output, theirs_out) = pipe().expect("a pipe");
        thread::spawn(move || tidegate_lsp::serve_streams(theirs_in, theirs_out));
        let mut editor = Self { input, output: BufReader::new(output), folder, version: 0 };
        let root = format!("file://{}", editor.folder.path().display());
        let folders = json!([{ "uri": root, "name": "large" }]);
        let params = json!({ "capabilities": {}, "workspaceFolders": folders });
        let hello = Request::new(1.into(), "initialize".to_owned(), params);
        Message::from(hello).write(&mut editor.input).expect("a server");
        editor.tell("initialized", json!({}));
        editor
    }

    fn tell(&mut self, method: &str, params: Value) {
        let notification = Notification::new(method.to_owned(), params);
        Message::from(notification).write(&mut self.input).expect("a server");
        self.input.flush().expect("a server");
    }

    fn uri(&self, name: &str) -> String {
        format!("file://{}", Path::new(self.folder.path()).join(name).display())
    }

    fn open(&mut self, name: &str, text: &str) {
        self.version += 1;
        let uri = self.uri(name);
        let version = self.version;
        let document =
            json!({ "uri": uri, "languageId": "tide", "version": version, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
        self.await_shown();
    }

    /// Replaces a line, and gives the milliseconds until what was found is shown.
    fn replace_line(&mut self, name: &str, at: usize, line: &str) -> f64 {
        self.version += 1;
        let range = json!({
            "start": { "line": at, "character": 0 }, "end": { "line": at + 1, "character": 0 },
        });
        let document = json!({ "uri": self.uri(name), "version": self.version });
        let change = json!({ "range": range, "text": format!("{line}\n") });
        let begun = Instant::now();
        self.tell(
            "textDocument/didChange",
            json!({ "textDocument": document, "contentChanges": [change] }),
        );
        self.await_shown();
        begun.elapsed().as_secs_f64() * 1e3
    }

    fn await_shown(&mut self) {
        loop {
            let message = Message::read(&mut self.output).expect("a message");
            let Some(Message::Notification(Notification { method, params })) = message else {
                continue;
            };
            if method == "textDocument/publishDiagnostics" && params["version"] == self.version {
                return;
            }
        }
    }
}

pub(crate) fn run(report: &mut Report) {
    let mut project = Project::new(LINES, catalog());
    let lines = number(project.lines() as f64);
    report.note(&format!("a project of {lines} lines"), "");
    let mut editor = Editor::in_project(&project);
    let mut open = BTreeMap::new();
    let mut analyzer = Analyzer::new();
    analyzer.check(&project.inputs());
    for (called, title) in [(false, "an edit anywhere"), (true, "in the most-called workflow")] {
        let (mut shown, mut alone) = (Vec::new(), Vec::new());
        for turn in 0..EDITS {
            let (below, by, line) = edit(&project, called, turn);
            let (name, at) = place(&project, &below, by);
            if open.insert(name.clone(), ()).is_none() {
                let text = project.files.iter().find(|(file, _)| *file == name);
                editor.open(&name, &text.expect("a file").1);
            }
            project.edit(&below, by, &line);
            shown.push(editor.replace_line(&name, at, &line));
            let inputs = project.inputs();
            let begun = Instant::now();
            analyzer.check(&inputs);
            alone.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        let (ours, check) = (quantile(&mut shown, 0.5), quantile(&mut alone, 0.5));
        report.beside(
            &format!("  {title}, median"),
            &format!("{} ms", number(ours)),
            &format!("the check alone {} ms", number(check)),
            ours / check,
        );
        let check = number(quantile(&mut alone, 0.95));
        report.note("    p95 of the check alone", &format!("{check} ms"));
        report.bound("    p95", quantile(&mut shown, 0.95), "ms", Mark::AtMost(20.0));
        report.bound("    p99", quantile(&mut shown, 0.99), "ms", Mark::AtMost(50.0));
    }
}

/// The line that is replaced, by so many below another, and what comes in its place.
fn edit(project: &Project, called: bool, turn: usize) -> (String, usize, String) {
    if called {
        // Every other time, what its callers have to know of it changes too.
        let required = if turn.is_multiple_of(2) { "" } else { " required" };
        let line = format!("      conversation.contact_email{required} label \"E-mail {turn}\"");
        return (format!("workflow {MOST_CALLED} {{"), 3, line);
    }
    let department = turn % project.departments();
    let below = format!("workflow department_{department}_{} {{", turn % 7);
    (below, 1, format!("  say \"Now comes turn {turn}.\""))
}

/// The file and the line of it.
fn place(project: &Project, below: &str, by: usize) -> (String, usize) {
    let holding = project.files.iter().find(|(_, text)| text.contains(below));
    let (name, text) = holding.expect("what is to be edited");
    let at = text.lines().position(|line| line.contains(below)).expect("the line");
    (name.clone(), at + by)
}

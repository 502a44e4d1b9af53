//! An editor that does what it is told, and waits for what the server says.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use lsp_server::{Connection, Message, Notification, Request, RequestId, Response};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::Ended;

/// Far longer than anything takes: only a server that says nothing at all lets it pass.
const PATIENCE: Duration = Duration::from_secs(120);

const PUBLISH: &str = "textDocument/publishDiagnostics";

pub(super) struct Editor {
    connection: Connection,
    server: JoinHandle<Ended>,
    folder: TempDir,
    asked: i32,
    version: i32,
    /// Notifications that nobody has waited for yet.
    heard: Vec<Notification>,
    /// Answers that nobody has waited for yet.
    answers: Vec<Response>,
    /// Diagnostics by address.
    shown: BTreeMap<String, Value>,
    pub(super) greeting: Value,
}

impl Editor {
    /// An editor in a copy of the example.
    pub(super) fn in_example() -> Self {
        Self::with_capabilities(json!({}))
    }

    pub(super) fn with_capabilities(capabilities: Value) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/support");
        copy(&example, folder.path());
        let (ours, theirs) = Connection::memory();
        let server = thread::spawn(move || crate::serve(theirs).expect("threads"));
        let mut editor = Self {
            connection: ours,
            server,
            folder,
            asked: 0,
            version: 0,
            heard: Vec::new(),
            answers: Vec::new(),
            shown: BTreeMap::new(),
            greeting: Value::Null,
        };
        let root = editor.uri("");
        let root = root.trim_end_matches('/');
        let params = json!({
            "processId": null, "rootUri": root, "capabilities": capabilities,
            "workspaceFolders": [{ "uri": root, "name": "support" }],
        });
        editor.greeting = editor.ask("initialize", params).expect("a greeting");
        editor.tell("initialized", json!({}));
        editor
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn uri(&self, name: &str) -> String {
        format!("file://{}/{name}", self.folder.path().display())
    }

    pub(super) fn on_disk(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("a file of the example")
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a write");
    }

    /// Tells that files have changed on disk.
    pub(super) fn touched(&self, names: &[&str]) {
        let changes: Vec<Value> =
            names.iter().map(|name| json!({ "uri": self.uri(name), "type": 2 })).collect();
        self.tell("workspace/didChangeWatchedFiles", json!({ "changes": changes }));
    }

    pub(super) fn tell(&self, method: &str, params: Value) {
        let notification = Notification::new(method.to_owned(), params);
        self.connection.sender.send(notification.into()).expect("a server");
    }

    fn next(&self) -> Message {
        self.connection.receiver.recv_timeout(PATIENCE).expect("the server says something")
    }

    pub(super) fn send_request(&mut self, method: &str, params: Value) -> i32 {
        self.asked += 1;
        let request = Request::new(self.asked.into(), method.to_owned(), params);
        self.connection.sender.send(request.into()).expect("a server");
        self.asked
    }

    pub(super) fn answer_to(&mut self, id: i32) -> Result<Value, String> {
        let wanted = RequestId::from(id);
        loop {
            if let Some(at) = self.answers.iter().position(|its| its.id == wanted) {
                let result = self.answers.remove(at).response_result;
                return result.map_err(|error| format!("{} {}", error.code, error.message));
            }
            match self.next() {
                Message::Response(response) => self.answers.push(response),
                Message::Notification(notification) => self.heard.push(notification),
                Message::Request(_) => {}
            }
        }
    }

    /// Asks, and waits for the answer.
    pub(super) fn ask(&mut self, method: &str, params: Value) -> Result<Value, String> {
        let id = self.send_request(method, params);
        self.answer_to(id)
    }

    pub(super) fn ask_about(&mut self, method: &str, name: &str) -> Result<Value, String> {
        let options = json!({ "tabSize": 2, "insertSpaces": true });
        let uri = self.uri(name);
        self.ask(method, json!({ "textDocument": { "uri": uri }, "options": options }))
    }

    /// Waits for the next notification that fits.
    fn hear(&mut self, fits: impl Fn(&Notification) -> bool) -> Value {
        if let Some(at) = self.heard.iter().position(&fits) {
            return self.heard.remove(at).params;
        }
        loop {
            match self.next() {
                Message::Notification(notification) if fits(&notification) => {
                    return notification.params;
                }
                Message::Notification(notification) => self.heard.push(notification),
                Message::Response(response) => self.answers.push(response),
                Message::Request(_) => {}
            }
        }
    }

    pub(super) fn open(&mut self, name: &str, text: &str) {
        self.version += 1;
        let document = json!({
            "uri": self.uri(name), "languageId": "tide", "version": self.version, "text": text,
        });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    pub(super) fn close(&self, name: &str) {
        self.tell("textDocument/didClose", json!({ "textDocument": { "uri": self.uri(name) } }));
    }

    /// Changes an open document: ranges as `line:column-line:column`, counted from 0, with texts.
    pub(super) fn change(&mut self, name: &str, changes: &[(&str, &str)]) {
        let changes: Vec<Value> = changes
            .iter()
            .map(|(range, text)| match *range {
                "" => json!({ "text": text }),
                range => json!({ "range": self::range(range), "text": text }),
            })
            .collect();
        self.change_by(name, changes);
    }

    /// Changes an open document as the protocol writes it.
    pub(super) fn change_by(&mut self, name: &str, changes: Vec<Value>) {
        self.version += 1;
        let document = json!({ "uri": self.uri(name), "version": self.version });
        let params = json!({ "textDocument": document, "contentChanges": changes });
        self.tell("textDocument/didChange", params);
    }

    /// What is shown of a document once its newest text has been checked.
    pub(super) fn shown(&mut self, name: &str) -> String {
        let (uri, version) = (self.uri(name), self.version);
        self.shown_as(|params| params["uri"] == uri && params["version"] == version)
    }

    /// The diagnostics of each document as they are shown now.
    pub(super) fn everything_shown(&mut self) -> &BTreeMap<String, Value> {
        for notification in std::mem::take(&mut self.heard) {
            if notification.method == PUBLISH {
                let uri = notification.params["uri"].as_str().expect("an address").to_owned();
                self.shown.insert(uri, notification.params["diagnostics"].clone());
            }
        }
        &self.shown
    }

    /// What is shown next of a file that is not open.
    pub(super) fn shown_on_disk(&mut self, name: &str) -> String {
        let uri = self.uri(name);
        self.shown_as(|params| params["uri"] == uri && params["version"].is_null())
    }

    fn shown_as(&mut self, fits: impl Fn(&Value) -> bool) -> String {
        let params = self.hear(|its| its.method == PUBLISH && fits(&its.params));
        let mut text = String::new();
        for its in params["diagnostics"].as_array().expect("diagnostics") {
            let _ = writeln!(
                text,
                "{} {} {}: {}",
                place(&its["range"]),
                ["", "error", "warning", "note"][its["severity"].as_u64().unwrap_or(0) as usize],
                its["code"].as_str().unwrap_or("-"),
                its["message"].as_str().expect("a message").replace('\n', " / "),
            );
            for also in its["relatedInformation"].as_array().into_iter().flatten() {
                let uri = also["location"]["uri"].as_str().expect("an address");
                let file = uri.rsplit('/').next().unwrap_or_default();
                let place = place(&also["location"]["range"]);
                let _ = writeln!(text, "  {file} {place}: {}", also["message"]);
            }
        }
        text
    }

    /// Says goodbye, and hears how the server ended.
    pub(super) fn leave(mut self) -> Ended {
        self.ask("shutdown", Value::Null).expect("an answer");
        self.tell("exit", Value::Null);
        self.server.join().expect("no panic")
    }

    /// Goes away without a word.
    pub(super) fn vanish(self) -> Ended {
        drop(self.connection);
        self.server.join().expect("no panic")
    }
}

/// `line:column-line:column`
pub(super) fn place(range: &Value) -> String {
    let at = |end: &str| format!("{}:{}", range[end]["line"], range[end]["character"]);
    format!("{}-{}", at("start"), at("end"))
}

pub(super) fn range(text: &str) -> Value {
    let (start, end) = text.split_once('-').unwrap_or((text, text));
    json!({ "start": position(start), "end": position(end) })
}

pub(super) fn position(text: &str) -> Value {
    let (line, column) = text.split_once(':').expect("line:column");
    let number = |text: &str| text.parse::<u32>().expect("a number");
    json!({ "line": number(line), "character": number(column) })
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a kind").is_dir() {
            fs::create_dir_all(&target).expect("a folder");
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// Edits of several documents as `file line:column-line:column text`, or why there are none.
pub(super) fn changes(answer: &Result<Value, String>) -> String {
    let edit = match answer {
        Ok(edit) => edit,
        Err(why) => return format!("refused: {why}\n"),
    };
    let mut lines = Vec::new();
    let mut add = |uri: &str, version: &Value, edits: &Value| {
        let file = uri.rsplit('/').next().unwrap_or_default();
        for edit in edits.as_array().expect("edits") {
            let version = if version.is_null() { String::new() } else { format!(" v{version}") };
            lines.push(format!("{file}{version} {} {}\n", place(&edit["range"]), edit["newText"]));
        }
    };
    for (uri, edits) in edit["changes"].as_object().into_iter().flatten() {
        add(uri, &Value::Null, edits);
    }
    for change in edit["documentChanges"].as_array().into_iter().flatten() {
        let document = &change["textDocument"];
        add(document["uri"].as_str().expect("an address"), &document["version"], &change["edits"]);
    }
    lines.sort();
    lines.concat()
}

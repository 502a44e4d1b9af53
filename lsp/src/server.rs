//! The loop: what the client sends, what checks have found, and what follows from either.

mod answer;
mod asked;
mod publish;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use crossbeam_channel::{Receiver, Sender, select};
use gen_lsp_types as lsp;
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::Ended;
use crate::client::Client;
use crate::worker::{self, Checked, Job, Known};
use crate::workspace::Workspace;

use answer::Waiting;
use publish::Published;

/// The server of one client.
pub(crate) struct Server {
    client: Client,
    connection: Connection,
    workspace: Workspace,
    jobs: Sender<Job>,
    results: Receiver<Checked>,
    /// Whether a check is under way.
    busy: bool,
    /// What is known of each project, and of which of its revisions.
    known: BTreeMap<PathBuf, (u64, Option<Known>)>,
    published: Published,
    waiting: Vec<Waiting>,
    /// Requests of ours.
    asked: i32,
}

impl Server {
    pub(crate) fn new(client: Client, connection: Connection) -> io::Result<Self> {
        let (jobs, results) = worker::begin()?;
        let mut workspace = Workspace::default();
        workspace.add_folders(&client.folders);
        Ok(Self {
            client,
            connection,
            workspace,
            jobs,
            results,
            busy: false,
            known: BTreeMap::new(),
            published: Published::default(),
            waiting: Vec::new(),
            asked: 0,
        })
    }

    /// Serves until the client goes.
    pub(crate) fn run(mut self) -> io::Result<Ended> {
        if self.client.watches {
            self.watch_files();
        }
        loop {
            self.settle();
            let (receiver, results) = (self.connection.receiver.clone(), self.results.clone());
            select! {
                recv(receiver) -> message => match message {
                    Ok(message) => {
                        if let Some(ended) = self.message(message) {
                            return Ok(ended);
                        }
                    }
                    Err(_) => return Ok(Ended::Abruptly),
                },
                recv(results) -> checked => match checked {
                    Ok(checked) => self.checked(checked),
                    Err(_) => return Err(io::Error::other("the thread that checks has ended")),
                },
            }
        }
    }

    /// The client is gone only when the loop is about to hear of it.
    fn send(&self, message: impl Into<Message>) {
        let _ = self.connection.sender.send(message.into());
    }

    fn notify(&self, method: &str, params: impl serde::Serialize) {
        self.send(Notification::new(method.to_owned(), params));
    }

    fn message(&mut self, message: Message) -> Option<Ended> {
        match message {
            Message::Request(request) => match self.connection.handle_shutdown(&request) {
                Ok(true) => return Some(Ended::Properly),
                Ok(false) => self.request(request),
                Err(_) => return Some(Ended::Abruptly),
            },
            Message::Notification(notification) if notification.method == "exit" => {
                return Some(Ended::Abruptly);
            }
            Message::Notification(notification) => self.notification(notification),
            // Nothing hangs on the client's answers.
            Message::Response(_) => {}
        }
        None
    }

    fn notification(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        let understood = match method.as_str() {
            "textDocument/didOpen" => read(params).map(|its| self.opened(its)),
            "textDocument/didChange" => read(params).map(|its| self.changed(&its)),
            "textDocument/didClose" => read(params).map(|its| self.closed(&its)),
            "textDocument/didSave" => read(params).map(|its| self.saved(&its)),
            "workspace/didChangeWatchedFiles" => {
                read(params).map(|its: lsp::DidChangeWatchedFilesParams| {
                    self.workspace.touched(&its.changes);
                })
            }
            "$/cancelRequest" => read(params).map(|its| self.cancelled(its)),
            // Those that begin so may be left alone, and so may those that nobody asked for.
            _ => Ok(()),
        };
        if let Err(why) = understood {
            self.log(&format!("`{method}` is not understood: {why}"));
        }
    }

    fn opened(&mut self, params: lsp::DidOpenTextDocumentParams) {
        let lsp::TextDocumentItem { uri, version, text, .. } = params.text_document;
        self.workspace.open(uri, version, &text);
    }

    fn changed(&mut self, params: &lsp::DidChangeTextDocumentParams) {
        let document = &params.text_document;
        let uri = &document.text_document_identifier.uri;
        let (changes, encoding) = (&params.content_changes, self.client.encoding);
        if !self.workspace.change(uri, document.version, changes, encoding) {
            self.log(&format!("`{uri}` is changed, but it is not open"));
        }
    }

    fn closed(&mut self, params: &lsp::DidCloseTextDocumentParams) {
        let uri = &params.text_document.uri;
        let is_loose = self.workspace.document(uri).is_some_and(|its| its.root.is_none());
        self.workspace.close(uri);
        if is_loose {
            self.forget(uri);
        }
    }

    /// A client that watches no files tells at least which ones it writes.
    fn saved(&mut self, params: &lsp::DidSaveTextDocumentParams) {
        if !self.client.watches {
            let uri = params.text_document.uri.clone();
            let kind = lsp::FileChangeType::Changed;
            self.workspace.touched(&[lsp::FileEvent { uri, kind }]);
        }
    }

    /// What follows from the state: the next check, answers, what is shown.
    fn settle(&mut self) {
        self.forget_projects();
        self.publish_troubles();
        self.begin_check();
        self.answer_waiting();
    }

    /// Takes back what is known of projects that are gone.
    fn forget_projects(&mut self) {
        let gone: Vec<PathBuf> = self
            .known
            .keys()
            .filter(|root| self.workspace.project(root).is_none())
            .cloned()
            .collect();
        for root in gone {
            self.known.remove(&root);
            self.forget_below(&root);
        }
    }

    /// Begins the next check, where none is under way.
    fn begin_check(&mut self) {
        if self.busy {
            return;
        }
        let stale = self.workspace.projects().find(|project| !self.is_current(project.root()));
        let Some(project) = stale else { return };
        match project.job(self.client.encoding) {
            Some(job) => self.busy = self.jobs.send(job).is_ok(),
            None => {
                let (root, revision) = (project.root().to_path_buf(), project.revision());
                self.known.insert(root, (revision, None));
            }
        }
    }

    /// Whether what is known of a project is known of it as it stands.
    fn is_current(&self, root: &Path) -> bool {
        let known = self.known.get(root).map(|(revision, _)| *revision);
        self.workspace.project(root).map(|project| project.revision()) == known
    }

    fn checked(&mut self, checked: Checked) {
        self.busy = false;
        let Checked { root, revision, known } = checked;
        match &known {
            Some(known) => self.publish(&root, &known.found),
            None => self.log("the check has failed; this is a fault of Tidegate's"),
        }
        self.known.insert(root, (revision, known));
    }

    /// Tells the client's log.
    fn log(&self, message: &str) {
        self.notify("window/logMessage", json!({ "type": 2, "message": message }));
    }

    /// Asks the client to tell what changes on disk.
    fn watch_files(&mut self) {
        let watched =
            ["**/*.tide", "**/tidegate.toml", "**/schema/**/*.toml", "**/knowledge/**/*.md"];
        let watchers: Vec<Value> =
            watched.iter().map(|pattern| json!({ "globPattern": pattern })).collect();
        let method = "workspace/didChangeWatchedFiles";
        let registration =
            json!({ "id": "files", "method": method, "registerOptions": { "watchers": watchers } });
        self.asked += 1;
        let params = json!({ "registrations": [registration] });
        self.send(Request::new(self.asked.into(), "client/registerCapability".to_owned(), params));
    }

    fn refuse(&self, id: RequestId, code: ErrorCode, why: &str) {
        self.send(Response::new_err(id, code as i32, why.to_owned()));
    }
}

fn read<T: DeserializeOwned>(params: Value) -> Result<T, serde_json::Error> {
    serde_json::from_value(params)
}

//! Chats in which agents write as fast as they are heard: each message is on disk, and how far the chat
//! was followed is, too. Beside how often the disk syncs.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use tidegate_compiler::analysis::{Inputs, Settings};
use tidegate_diagnostics::{SourceMap, SourceText};
use tidegate_engine::event::{Author, ChatEvent};
use tidegate_server::chats::channel::{
    Admitted, Channel, ChatCall, ChatError, Cursor, FilesTaken, Heard, Message, News, Opening,
    Receipt, Session, Signed, Withdrawn,
};
use tidegate_server::{RunningServer, Server};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::child;
use crate::http::Client;
use crate::project::{EXAMPLE, catalog, emitted};
use crate::report::{Mark, Report, number, quantile};
use crate::steps::{folder, opened, syncs};

const CHATS: usize = 200;
/// Messages of each agent.
const MESSAGES: usize = 20;
/// So often a second an agent may write, at the most that people do.
const PACE: f64 = 2.0;

const WORKFLOW: &str = "push agents to channel desk {\n  send session.id as \"visit\"\n}\n\n\
    workflow start {\n  on open\n  ask \"What can we do for you?\"\n  \
    hand off using agents waiting up to 1h\n  defaults {\n    \
    idle 1h => end because \"silence\"\n    \
    ended, no agent, failed, lost => end because \"it is enough\"\n  }\n}\n";

pub(crate) fn run(report: &mut Report) {
    let folder = folder();
    let plan = folder.path().join("relay.plan");
    std::fs::write(&plan, program()).expect("a file");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let mut sync = syncs(folder.path());
    let taken = runtime.block_on(relayed(&plan, &folder.path().join("relay.db")));
    sync.extend(syncs(folder.path()));
    let rate = (CHATS * MESSAGES) as f64 / taken.as_secs_f64();
    let raw = 1e3 / quantile(&mut sync, 0.5);
    report.ratio(
        &format!("agents' messages, {CHATS} chats"),
        &format!("{}/s", number(rate)),
        &format!("raw fdatasync {}/s", number(raw)),
        rate / raw,
        Mark::AtLeast(1.0),
    );
    let needed = CHATS as f64 * PACE;
    report.beside(
        &format!("  beside {} a second each", number(PACE)),
        &format!("{}/s", number(rate)),
        &format!("{}/s", number(needed)),
        rate / needed,
    );
}

fn program() -> Vec<u8> {
    let text = |(name, text): (&str, &str)| SourceText { name: name.into(), text: text.into() };
    let sources = [EXAMPLE[2], EXAMPLE[3], ("workflow.tide", WORKFLOW)];
    let parameters = BTreeMap::from([("visit".to_owned(), 255)]);
    let settings = Settings {
        messengers: vec!["web".into()],
        channels: BTreeMap::from([("desk".to_owned(), parameters)]),
        ..Settings::default()
    };
    let sources = SourceMap::new(sources.into_iter().map(text).collect());
    emitted(&Inputs { sources, catalog: catalog(), settings }).encode()
}

/// How long it takes until all that agents write is kept.
async fn relayed(plan: &Path, store: &Path) -> Duration {
    let desk = Arc::new(Desk::default());
    let channel: Arc<dyn Channel> = desk.clone();
    let channels = BTreeMap::from([("desk".to_owned(), channel)]);
    let config = child::config(plan, store);
    let server = Server::start(tidegate_server::config::ServerConfig { channels, ..config });
    let server: RunningServer = server.await.expect("a server");
    hand_off(server.address()).await;
    desk.reached(&desk.opened, CHATS).await;
    let begun = Instant::now();
    desk.begin.notify_waiters();
    desk.reached(&desk.received, CHATS * MESSAGES).await;
    begun.elapsed()
}

async fn hand_off(address: SocketAddr) {
    let mut client = Client::connect(address).await;
    for _ in 0..CHATS {
        client.token.clear();
        let path = opened(&mut client).await;
        let id = Uuid::new_v4();
        client.json(&path, &format!(r#"{{"id":"{id}","text":"Nothing works"}}"#)).await;
    }
}

/// Agents who all write at once.
#[derive(Debug, Default)]
struct Desk {
    opened: AtomicUsize,
    received: AtomicUsize,
    counted: Notify,
    begin: Notify,
}

impl Desk {
    fn count(&self, what: &AtomicUsize) {
        what.fetch_add(1, Ordering::SeqCst);
        self.counted.notify_waiters();
    }

    async fn reached(&self, what: &AtomicUsize, wanted: usize) {
        loop {
            let counted = self.counted.notified();
            if what.load(Ordering::SeqCst) >= wanted {
                return;
            }
            counted.await;
        }
    }
}

fn done<T: Send + 'static>(what: T) -> ChatCall<'static, T> {
    Box::pin(std::future::ready(Ok(what)))
}

impl Channel for Desk {
    fn admit(&self, _chat: Uuid, _signed: Option<Signed>) -> ChatCall<'_, Admitted> {
        let (session, files) = (Session("{}".into()), FilesTaken::default());
        done(Admitted { session, files, finds_cases: false })
    }

    fn open(&self, session: Session, _opening: Opening) -> ChatCall<'_, Session> {
        done(session)
    }

    fn send(&self, session: Session, _message: Message) -> ChatCall<'_, Session> {
        done(session)
    }

    fn fetch(&self, _address: String, _most: usize) -> ChatCall<'_, Vec<u8>> {
        Box::pin(std::future::ready(Err(ChatError::Gone("no files".into()))))
    }

    fn typing(&self, _session: Session, _chat: Uuid, _types: bool) -> ChatCall<'_, ()> {
        done(())
    }

    fn acknowledge(&self, _: Session, _: Uuid, receipts: Vec<Receipt>) -> ChatCall<'_, ()> {
        self.received.fetch_add(receipts.len(), Ordering::SeqCst);
        self.counted.notify_waiters();
        done(())
    }

    fn withdraw(&self, _session: Session, _chat: Uuid) -> ChatCall<'_, Withdrawn> {
        done(Withdrawn::Closed)
    }

    fn close(&self, _session: Session, _chat: Uuid) -> ChatCall<'_, ()> {
        done(())
    }

    fn follow(&self, _session: Session, _chat: Uuid, since: Cursor) -> BoxStream<'_, Heard> {
        let from = since.0.parse().unwrap_or(0);
        let all = (from..MESSAGES).map(|number| Heard {
            news: News::Happened {
                id: number.to_string(),
                what: ChatEvent::Wrote { by: Author::Agent, text: "Have you tried again?".into() },
            },
            cursor: Some(Cursor((number + 1).to_string())),
        });
        let begun = async move {
            let begin = self.begin.notified();
            self.count(&self.opened);
            begin.await;
            stream::iter(all).chain(stream::pending())
        };
        stream::once(begun).flatten().boxed()
    }
}

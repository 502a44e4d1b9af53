//! Agents at a desk, without a network: what a channel does to those who use it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use tidegate_engine::event::{Author, ChatEvent};
use tidegate_server::chats::channel::{
    Admitted, Channel, ChatCall, ChatError, Content, Cursor, FilesTaken, Heard, Message, News, Now,
    OfferedFile, Opening, Receipt, Session, Signed, Withdrawn,
};
use tokio::sync::watch;
use uuid::Uuid;

/// Nothing that a test waits for takes so long.
const PATIENCE: Duration = Duration::from_secs(20);

/// A desk that a test plays.
#[derive(Debug, Clone)]
pub(crate) struct Desk {
    state: Arc<Mutex<State>>,
    changed: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct State {
    chats: BTreeMap<Uuid, Chat>,
    admitted: u32,
    /// What goes wrong with the next calls that say something.
    trouble: VecDeque<ChatError>,
    /// What can be fetched, by its address.
    offered: BTreeMap<String, Vec<u8>>,
    /// What was fetched.
    fetched: Vec<String>,
    /// What it takes of files.
    takes: FilesTaken,
    /// Whether it finds Cases by their keys.
    finds_cases: bool,
    refuses_lines: bool,
    away: bool,
    /// Whether nobody hears of what agents do.
    deaf: bool,
    /// Whether what is told again is read again.
    without_ids: bool,
    takes_no_receipts: bool,
    /// Whether calls are done before they go wrong.
    done_all_the_same: bool,
}

/// One chat as agents see it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chat {
    /// The values of its opening.
    pub(crate) routing: Vec<(String, String)>,
    /// What the customer said, each with its values.
    pub(crate) lines: Vec<Message>,
    /// What files the customer sent.
    pub(crate) files: Vec<Message>,
    /// The tokens under which it was said.
    pub(crate) tokens: Vec<String>,
    /// What agents did.
    news: Vec<News>,
    /// Who got what.
    pub(crate) received: Vec<String>,
    /// What of it was seen.
    pub(crate) seen: Vec<String>,
    /// How often receipts came.
    pub(crate) batches: usize,
    pub(crate) typing: Vec<bool>,
    pub(crate) closed: bool,
}

impl Chat {
    pub(crate) fn texts(&self) -> Vec<&str> {
        let words = self.lines.iter().filter_map(|message| match &message.content {
            Content::Words(text) => Some(text.as_str()),
            Content::Reply { .. } | Content::File { .. } => None,
        });
        words.collect()
    }

    /// The only file, by its name and bytes.
    pub(crate) fn file(&self) -> (&str, &[u8]) {
        match self.files.iter().map(|file| &file.content).collect::<Vec<_>>()[..] {
            [Content::File { name, bytes, .. }] => (name, bytes),
            ref other => panic!("no single file: {other:?}"),
        }
    }
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self { state: Arc::default(), changed: watch::Sender::new(0) }
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        let done = work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.send_modify(|count| *count += 1);
        done
    }

    /// What goes wrong next, one call after the other.
    pub(crate) fn trouble(&self, errors: impl IntoIterator<Item = ChatError>, done: bool) {
        self.with(|state| {
            state.trouble.extend(errors);
            state.done_all_the_same = done;
        });
    }

    /// From now on nothing that is said is taken.
    pub(crate) fn refuses_lines(&self) {
        self.with(|state| state.refuses_lines = true);
    }

    /// Whether no call gets through.
    pub(crate) fn is_away(&self, away: bool) {
        self.with(|state| state.away = away);
    }

    /// From now on what is told again is read again.
    pub(crate) fn goes_by_no_ids(&self) {
        self.with(|state| state.without_ids = true);
    }

    /// Whether no call that tells a receipt comes to an end.
    pub(crate) fn takes_no_receipts(&self, none: bool) {
        self.with(|state| state.takes_no_receipts = none);
    }

    /// From now on agents do what nobody hears of.
    pub(crate) fn goes_deaf(&self) {
        self.with(|state| state.deaf = true);
    }

    /// What it takes of files, from the next chat on.
    pub(crate) fn takes(&self, files: FilesTaken) {
        self.with(|state| state.takes = files);
    }

    /// From the next chat on it finds Cases by their keys.
    pub(crate) fn finds_cases(&self) {
        self.with(|state| state.finds_cases = true);
    }

    pub(crate) fn admitted(&self) -> u32 {
        self.with(|state| state.admitted)
    }

    /// The one chat, once it is as wanted.
    pub(crate) async fn chat(&self, wanted: impl Fn(&Chat) -> bool) -> Chat {
        let mut changed = self.changed.subscribe();
        let seen = async {
            loop {
                changed.mark_unchanged();
                let found = {
                    let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                    assert!(state.chats.len() < 2, "one chat at a time");
                    state.chats.values().find(|chat| wanted(chat)).cloned()
                };
                match found {
                    Some(chat) => return chat,
                    None => changed.changed().await.expect("a desk"),
                }
            }
        };
        let found = tokio::time::timeout(PATIENCE, seen).await;
        found.unwrap_or_else(|_| panic!("the desk has: {:#?}", self.state))
    }

    /// An agent does something in the one chat.
    pub(crate) fn does(&self, what: ChatEvent) {
        self.with(|state| {
            let chat = state.chats.values_mut().next().expect("a chat");
            let id = format!("entry-{}", chat.news.len());
            chat.news.push(News::Happened { id, what });
        });
    }

    pub(crate) fn accepts(&self, name: &str) {
        self.does(ChatEvent::Accepted { name: Some(name.into()) });
    }

    pub(crate) fn says(&self, text: &str) {
        self.does(ChatEvent::Wrote { by: Author::Agent, text: text.into() });
    }

    /// An agent sends a file in the one chat.
    pub(crate) fn sends(&self, name: &str, content: &[u8]) {
        self.with(|state| {
            let address = format!("desk:{name}");
            state.offered.insert(address.clone(), content.to_vec());
            let chat = state.chats.values_mut().next().expect("a chat");
            let id = format!("entry-{}", chat.news.len());
            let file = OfferedFile { name: Some(name.to_owned()), address: Some(address) };
            chat.news.push(News::Files { id, by: Author::Agent, text: None, files: vec![file] });
        });
    }

    /// How often something was fetched.
    pub(crate) fn fetched(&self) -> usize {
        self.with(|state| state.fetched.len())
    }

    pub(crate) fn shows(&self, now: Now) {
        self.with(|state| {
            let chat = state.chats.values_mut().next().expect("a chat");
            chat.news.push(News::Passing(now));
        });
    }

    fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut State) -> Result<T, ChatError>,
    ) -> ChatCall<'static, T> {
        let done = self.with(|state| match state.trouble.pop_front() {
            _ if state.away => {
                Err(ChatError::Later { why: "the network is away".into(), after: None })
            }
            Some(error) if !state.done_all_the_same => Err(error),
            Some(error) => work(state).and(Err(error)),
            None => work(state),
        });
        Box::pin(std::future::ready(done))
    }
}

fn of(state: &mut State, chat: Uuid) -> Result<&mut Chat, ChatError> {
    state.chats.get_mut(&chat).ok_or_else(|| ChatError::Gone("unknown".into()))
}

impl Channel for Desk {
    fn admit(&self, _chat: Uuid, _signed: Option<Signed>) -> ChatCall<'_, Admitted> {
        self.call(|state| {
            state.admitted += 1;
            let files = state.takes;
            let finds_cases = state.finds_cases;
            Ok(Admitted { session: Session("token 1".into()), files, finds_cases })
        })
    }

    fn open(&self, session: Session, opening: Opening) -> ChatCall<'_, Session> {
        self.call(|state| {
            state.chats.entry(opening.chat).or_default().routing = opening.routing;
            Ok(session)
        })
    }

    /// Renews the token each time.
    fn send(&self, session: Session, message: Message) -> ChatCall<'_, Session> {
        self.call(|state| {
            let words = !matches!(message.content, Content::File { .. });
            if state.refuses_lines && words {
                let why = "not in these words".into();
                return Err(ChatError::Refused { status: Some(400), why });
            }
            let without_ids = state.without_ids;
            let chat = of(state, message.chat)?;
            let kept = if words { &mut chat.lines } else { &mut chat.files };
            if without_ids || kept.iter().all(|one| one.id != message.id) {
                kept.push(message);
            }
            chat.tokens.push(session.0);
            Ok(Session(format!("token {}", chat.tokens.len() + 1)))
        })
    }

    fn fetch(&self, address: String, most: usize) -> ChatCall<'_, Vec<u8>> {
        self.call(|state| {
            state.fetched.push(address.clone());
            let file = state.offered.get(&address).cloned();
            let file = file.ok_or_else(|| ChatError::Gone("no such file".into()))?;
            match file.len() <= most {
                true => Ok(file),
                false => Err(ChatError::Refused { status: None, why: "too large".into() }),
            }
        })
    }

    fn typing(&self, _session: Session, chat: Uuid, types: bool) -> ChatCall<'_, ()> {
        self.call(|state| {
            of(state, chat)?.typing.push(types);
            Ok(())
        })
    }

    fn acknowledge(
        &self,
        _session: Session,
        chat: Uuid,
        receipts: Vec<Receipt>,
    ) -> ChatCall<'_, ()> {
        let done = self.with(|state| {
            let silent = state.takes_no_receipts;
            of(state, chat).map(|chat| {
                chat.batches += 1;
                for Receipt { entry, read } in receipts {
                    if read { chat.seen.push(entry) } else { chat.received.push(entry) }
                }
                silent
            })
        });
        Box::pin(async move {
            match done? {
                false => Ok(()),
                true => std::future::pending().await,
            }
        })
    }

    fn withdraw(&self, _session: Session, chat: Uuid) -> ChatCall<'_, Withdrawn> {
        self.call(|state| {
            let chat = of(state, chat)?;
            let joined = chat.news.iter().find_map(|news| match news {
                News::Happened { id, what: ChatEvent::Accepted { name } } => {
                    Some(Withdrawn::Accepted { id: id.clone(), name: name.clone() })
                }
                _ => None,
            });
            chat.closed |= joined.is_none();
            Ok(joined.unwrap_or(Withdrawn::Closed))
        })
    }

    fn close(&self, _session: Session, chat: Uuid) -> ChatCall<'_, ()> {
        self.call(|state| {
            of(state, chat)?.closed = true;
            Ok(())
        })
    }

    /// Tells the last two things once more whenever it begins, as streams that resume do.
    fn follow(&self, _session: Session, chat: Uuid, since: Cursor) -> BoxStream<'_, Heard> {
        let from = since.0.parse::<usize>().unwrap_or(0).saturating_sub(2);
        let (state, changed) = (Arc::clone(&self.state), self.changed.subscribe());
        stream::unfold((from, state, changed), move |(at, state, mut changed)| async move {
            loop {
                changed.mark_unchanged();
                let news = {
                    let state = state.lock().unwrap_or_else(PoisonError::into_inner);
                    let chat = state.chats.get(&chat).filter(|_| !state.deaf);
                    chat.and_then(|chat| chat.news.get(at)).cloned()
                };
                if let Some(news) = news {
                    let heard = Heard { news, cursor: Some(Cursor((at + 1).to_string())) };
                    return Some((heard, (at + 1, state, changed)));
                }
                changed.changed().await.ok()?;
            }
        })
        .boxed()
    }
}

//! Events for each subject, numbered, and those who read them.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Chat;

/// Where the numbers of events begin: they are large in real orgs.
const FIRST: u64 = 2_147_867_834;

/// Every event that was told.
#[derive(Debug)]
pub(crate) struct Streams {
    last: u64,
    by_subject: BTreeMap<String, Vec<Event>>,
    breaks: Vec<Break>,
    open: BTreeMap<String, usize>,
}

/// One event.
#[derive(Debug, Clone)]
struct Event {
    id: u64,
    name: String,
    data: String,
}

/// How open streams break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Break {
    /// The answer ends, as answers do.
    End,
    /// The connection breaks.
    Cut,
    /// Nothing more comes, pings neither.
    Silence,
}

impl Default for Streams {
    fn default() -> Streams {
        Streams {
            last: FIRST,
            by_subject: BTreeMap::new(),
            breaks: Vec::new(),
            open: BTreeMap::new(),
        }
    }
}

impl Streams {
    /// Tells a subject something.
    pub(crate) fn tell(&mut self, subject: &str, name: &str, data: String) {
        self.last += 1;
        let event = Event { id: self.last, name: name.to_owned(), data };
        self.by_subject.entry(subject.to_owned()).or_default().push(event);
    }

    /// The number of the newest event.
    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    /// How often streams were broken.
    pub(crate) fn breaks(&self) -> usize {
        self.breaks.len()
    }

    /// Breaks all streams that are open now; says how many.
    pub(crate) fn break_all(&mut self, how: Break) -> usize {
        self.breaks.push(how);
        self.open.values().sum()
    }

    /// How many streams each subject has open.
    pub(crate) fn open(&self) -> &BTreeMap<String, usize> {
        &self.open
    }

    /// The number to go on behind, so that so many of the events before come again.
    fn cursor(&self, subject: &str, after: u64, repeated: usize) -> u64 {
        let events = self.by_subject.get(subject).map_or(&[][..], Vec::as_slice);
        let seen = events.partition_point(|event| event.id <= after);
        match seen.checked_sub(repeated).filter(|_| repeated > 0) {
            Some(0) => 0,
            Some(first) => events[first - 1].id,
            None if repeated > 0 => 0,
            None => after,
        }
    }
}

/// Somebody who reads a subject's events.
#[derive(Debug)]
pub(crate) struct Reader {
    token: String,
    subject: String,
    cursor: u64,
    breaks: usize,
    silent: bool,
    spoke: Timestamp,
}

/// What there is to read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// This, now.
    Text(String),
    /// Nothing before something changes or it is so late.
    Wait(Option<Timestamp>),
    /// Nothing any more.
    Broken(Break),
}

impl Chat {
    /// Begins to read; `after` is the last event that the reader has seen.
    pub(crate) fn open_stream(&self, token: &str, subject: &str, after: Option<u64>) -> Reader {
        let now = self.clock.now();
        let mut state = self.lock();
        let (replay, repeated) = (state.switches.replay, state.switches.repeated_events);
        let cursor = match after.filter(|_| replay) {
            Some(after) => state.streams.cursor(subject, after, repeated),
            None => state.streams.last(),
        };
        *state.streams.open.entry(subject.to_owned()).or_default() += 1;
        let breaks = state.streams.breaks.len();
        drop(state);
        self.note_change();
        Reader {
            token: token.to_owned(),
            subject: subject.to_owned(),
            cursor,
            breaks,
            silent: false,
            spoke: now,
        }
    }

    /// The reader has gone.
    pub(crate) fn close_stream(&self, reader: &Reader) {
        let mut state = self.lock();
        if let Some(open) = state.streams.open.get_mut(&reader.subject) {
            *open = open.saturating_sub(1);
        }
        state.streams.open.retain(|_, open| *open > 0);
        drop(state);
        self.note_change();
    }

    /// What the reader has not read yet.
    pub(crate) fn read(&self, reader: &mut Reader) -> Read {
        if self.has_ended() {
            return Read::Broken(Break::End);
        }
        let now = self.clock.now();
        let state = self.lock();
        if let Some(how) = state.streams.breaks.get(reader.breaks) {
            reader.breaks = state.streams.breaks.len();
            match how {
                Break::Silence => reader.silent = true,
                Break::End | Break::Cut => return Read::Broken(*how),
            }
        }
        if reader.silent {
            return Read::Wait(None);
        }
        if state.tokens.holder(&reader.token, now).is_none() {
            return Read::Broken(Break::End);
        }
        let events = state.streams.by_subject.get(&reader.subject).map_or(&[][..], Vec::as_slice);
        let first = events.partition_point(|event| event.id <= reader.cursor);
        let mut text = String::new();
        for event in &events[first..] {
            let Event { id, name, data } = event;
            text.push_str(&format!("id: {id}\nevent: {name}\ndata: {data}\n\n"));
            reader.cursor = *id;
        }
        let pause = SignedDuration::from_secs(i64::from(state.switches.ping_seconds));
        let ping = reader.spoke.checked_add(pause).unwrap_or(Timestamp::MAX);
        if text.is_empty() && now < ping {
            return Read::Wait(Some(ping));
        }
        if text.is_empty() {
            text.push_str("event: ping\ndata: 0\n\n");
        }
        reader.spoke = now;
        Read::Text(text)
    }
}

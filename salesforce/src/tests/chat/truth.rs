//! What really happens in a conversation, made by chance: entries as the org keeps them, and what a
//! customer is to see of them, told without the feed.

use std::collections::{BTreeMap, BTreeSet};

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

use super::host::conversation;
use crate::chat::{Entry, Heard, Incoming};

/// Something that the org keeps.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    /// As a stream brings it.
    pub(super) event: Incoming,
    /// As a list brings it, where it does.
    pub(super) entry: Option<Entry>,
}

/// What a customer sees in the end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct View {
    /// Who said what, in its order.
    pub(super) messages: Vec<(String, String)>,
    /// Messages of the customer's own that arrived, and how often that was told.
    pub(super) echoes: BTreeMap<String, usize>,
    /// Who is there.
    pub(super) present: BTreeSet<String>,
    /// Handings over that succeeded, and that did not; routing that failed.
    pub(super) routed: [usize; 3],
    /// What is told on a stream alone, or by some orgs: receipts, acceptances, sessions' ends and the
    /// conversation's.
    pub(super) fleeting: BTreeMap<String, usize>,
    /// Positions in the queue, in their order.
    pub(super) positions: Vec<u32>,
}

/// A conversation.
#[derive(Debug)]
pub(super) struct Truth {
    pub(super) facts: Vec<Fact>,
    pub(super) view: View,
}

struct Maker {
    chance: StdRng,
    millis: i64,
    event_id: u64,
    /// Whether sessions' changes are listed, which only newer orgs do.
    lists_sessions: bool,
    truth: Truth,
    number: usize,
    agents: usize,
    session: usize,
}

impl Truth {
    pub(super) fn of(seed: u64) -> Truth {
        let mut chance = StdRng::seed_from_u64(seed);
        let lists_sessions = chance.random();
        let truth = Truth { facts: Vec::new(), view: View::default() };
        let mut maker = Maker {
            chance,
            millis: 1_760_000_000_000,
            event_id: 2_147_000_000,
            lists_sessions,
            truth,
            number: 0,
            agents: 0,
            session: 0,
        };
        // Some are so long that not all of it is remembered.
        let long = maker.chance.random_bool(0.05);
        let sessions = maker.chance.random_range(if long { 12..20 } else { 1..3 });
        for _ in 0..sessions {
            maker.session();
        }
        if maker.chance.random_bool(0.2) {
            maker.note("CloseConversation", json!({}), "EndUser");
            maker.fleeting("closed".to_owned());
        }
        maker.truth
    }
}

impl Maker {
    /// Keeps an entry, some time behind the last one.
    fn note(&mut self, kind: &str, payload: Value, role: &str) -> String {
        self.number += 1;
        let id = format!("e-{}", self.number);
        self.note_as(&id, kind, payload, role);
        id
    }

    fn note_as(&mut self, id: &str, kind: &str, mut payload: Value, role: &str) {
        self.millis += self.chance.random_range(1..2500);
        // Other conversations of the visitor's have their events between.
        self.event_id += self.chance.random_range(1..4);
        payload["entryType"] = kind.into();
        let object = json!({"identifier": id, "entryType": kind, "entryPayload": payload,
            "sender": {"role": role, "subject": format!("{role}-1")}, "senderDisplayName": role,
            "transcriptedTimestamp": self.millis});
        let mut text = object.clone();
        text["entryPayload"] = payload.to_string().into();
        let listed = match kind {
            "Message" | "ParticipantChanged" | "RoutingResult" => true,
            "SessionStatusChanged" => self.lists_sessions,
            _ => false,
        };
        let in_text = self.chance.random_bool(0.5);
        let list = if in_text { &text } else { &object };
        let read = |value: &Value| Entry::read(value, None).expect("an entry");
        let what = Heard::Entry { conversation: conversation(), entry: Box::new(read(&text)) };
        let fact = Fact {
            event: Incoming { last_event_id: Some(self.event_id.to_string()), what },
            entry: listed.then(|| read(list)),
        };
        self.truth.facts.push(fact);
    }

    fn fleeting(&mut self, what: String) {
        *self.truth.view.fleeting.entry(what).or_default() += 1;
    }

    fn status(&mut self, status: &str) {
        let payload = json!({"sessionId": format!("0Mw{}", self.session), "sessionStatus": status,
            "sessionEndedByRole": "Agent"});
        self.note("SessionStatusChanged", payload, "System");
    }

    fn routing(&mut self, kind: &str, failure: &str) {
        let payload = json!({"routingType": kind, "failureType": failure, "failureReason": "",
            "estimatedWaitTime": {"estimatedWaitTimeInSeconds": 60}});
        self.note("RoutingResult", payload, "Router");
        let index = match (kind, failure) {
            ("Transfer", "None") => 0,
            ("Transfer", _) => 1,
            ("Initial", "None") => return,
            _ => 2,
        };
        self.truth.view.routed[index] += 1;
    }

    fn participants(&mut self, changes: &[(&str, &str, &str)]) {
        let change = |(operation, role, subject): &(&str, &str, &str)| {
            json!({"operation": operation, "displayName": subject,
                "participant": {"role": role, "subject": subject}})
        };
        let entries: Vec<Value> = changes.iter().map(change).collect();
        self.note("ParticipantChanged", json!({"entries": entries}), "System");
        for (operation, role, subject) in changes {
            let present = &mut self.truth.view.present;
            match *operation {
                _ if *role == "EndUser" => {}
                "add" => drop(present.insert((*subject).to_owned())),
                _ => drop(present.remove(*subject)),
            }
        }
    }

    fn text(&mut self, id: &str, role: &str, text: &str) {
        let message = json!({"id": id, "messageType": "StaticContentMessage",
            "staticContent": {"formatType": "Text", "text": text}});
        let reason = if role == "System" { json!("AutomatedResponse") } else { Value::Null };
        let payload = json!({"abstractMessage": message, "messageReason": reason});
        self.note_as(id, "Message", payload, role);
        if role == "EndUser" {
            self.truth.view.echoes.insert(id.to_owned(), 1);
        } else {
            self.truth.view.messages.push((role.to_owned(), text.to_owned()));
        }
    }

    /// The second of the two that the org makes of a text with a link.
    fn link(&mut self, id: &str, role: &str) {
        let url = format!("https://acme.example/{}", self.number);
        let message = json!({"id": id, "messageType": "StaticContentMessage", "staticContent":
            {"formatType": "RichLink", "linkItem": {"url": url}}});
        self.note_as(id, "Message", json!({"abstractMessage": message}), role);
        if role == "EndUser" {
            self.truth.view.echoes.insert(id.to_owned(), 1);
        } else {
            self.truth.view.messages.push((role.to_owned(), url));
        }
    }

    fn says(&mut self, role: &str) {
        self.number += 1;
        let id = format!("m-{}", self.number);
        let text = format!("text {}", self.number);
        self.text(&id, role, &text);
        if self.chance.random_bool(0.1) {
            // Under the same id or under one of its own: nobody says.
            let other = format!("{id}-link");
            let id = if self.chance.random_bool(0.5) { id.clone() } else { other };
            self.link(&id, role);
        }
        if role == "EndUser" && self.chance.random_bool(0.4) {
            self.note(
                "ReadAcknowledgement",
                json!({"acknowledgedConversationEntryIdentifier": id}),
                "Agent",
            );
            self.fleeting(format!("read {id}"));
        }
    }

    fn talk(&mut self, role: &str) {
        for _ in 0..self.chance.random_range(0..8) {
            match self.chance.random_range(0..5) {
                0 => drop(self.note("TypingStartedIndicator", json!({}), role)),
                1 | 2 => self.says("EndUser"),
                _ => self.says(role),
            }
        }
    }

    fn session(&mut self) {
        self.session += 1;
        self.status("Waiting");
        self.routing("Initial", "None");
        if self.chance.random_bool(0.3) {
            self.participants(&[("add", "Chatbot", "Bot")]);
            self.talk("Chatbot");
            self.routing("Transfer", "None");
            self.participants(&[("remove", "Chatbot", "Bot")]);
        }
        let mut position = self.chance.random_range(0..6);
        while position > 0 {
            self.note("QueuePosition", json!({"position": position}), "Router");
            self.truth.view.positions.push(position);
            position -= 1;
        }
        if self.chance.random_bool(0.1) {
            return self.routing("Initial", "RoutingError");
        }
        self.note("RoutingWorkResult", json!({"workType": "Accepted"}), "Router");
        self.fleeting(format!("accepted {}", self.number));
        self.status("Active");
        let mut agent = self.agent();
        self.participants(&[("add", "Agent", &agent)]);
        self.says("System");
        for _ in 0..self.chance.random_range(0..3) {
            self.talk("Agent");
            if self.chance.random_bool(0.3) {
                self.routing("Transfer", "RoutingError");
                continue;
            }
            self.routing("Transfer", "None");
            let next = self.agent();
            let (leaves, comes) =
                (("remove", "Agent", agent.as_str()), ("add", "Agent", next.as_str()));
            match self.chance.random_range(0..4) {
                0 => self.participants(&[leaves, comes]),
                1 => self.participants(&[comes, leaves]),
                2 => {
                    self.participants(&[leaves]);
                    self.participants(&[comes]);
                }
                _ => {
                    self.participants(&[comes]);
                    self.participants(&[leaves]);
                }
            }
            agent = next;
        }
        self.talk("Agent");
        self.status("Ended");
        self.fleeting(format!("ended 0Mw{}", self.session));
        self.participants(&[("remove", "Agent", &agent)]);
    }

    fn agent(&mut self) -> String {
        // The same one may come again.
        self.agents += self.chance.random_range(0..2);
        format!("Agent {}", self.agents)
    }
}

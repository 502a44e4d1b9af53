//! What agents, bots and the org can do in a conversation, whoever plays them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::entry::payload::{self, ChoicesFormat, FormInput, Said};
use super::entry::{EntryType, NewEntry, Participant, Role};
use super::message::attached;
use super::problem::Problem;
use super::routing::{RoutingType, Target};
use super::script::{RoutingFailure, usual_failure};
use super::session::Status;
use super::{Desk, Upload, ids};

/// One thing that is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Act {
    /// An agent takes the session.
    Accept {
        /// A user's name or login name, or any name.
        agent: Option<String>,
    },
    /// An agent does not take it.
    Decline {
        /// The same.
        agent: Option<String>,
    },
    /// A bot takes the session.
    JoinBot {
        /// Its name.
        name: Option<String>,
    },
    /// Somebody says something.
    Say {
        /// What; `{message}` stands for what the customer said last.
        text: String,
        /// Who: whoever serves, where absent.
        from: Option<Role>,
    },
    /// Sends a web address.
    Link {
        /// The address.
        url: String,
        /// Its title.
        title: Option<String>,
    },
    /// Sends something to choose from.
    Choices {
        /// What is asked.
        text: String,
        /// The options.
        options: Vec<String>,
        /// How they are shown.
        #[serde(default)]
        format: ChoicesFormat,
    },
    /// Sends a form to fill.
    Form {
        /// Its title.
        title: String,
        /// Its lines.
        inputs: Vec<FormInput>,
    },
    /// Sends a file.
    File {
        /// Its name.
        name: String,
        /// Its media type.
        mime: Option<String>,
        /// What is in it, as text.
        text: Option<String>,
        /// Or in Base64.
        base64: Option<String>,
    },
    /// Begins to type.
    StartTyping {},
    /// Stops.
    StopTyping {},
    /// Has got a message.
    Deliver {
        /// Which; the customer's last where absent.
        message: Option<String>,
    },
    /// Has read a message.
    Read {
        /// Which; the customer's last where absent.
        message: Option<String>,
    },
    /// Hands the session on.
    Transfer {
        /// To a queue, by its developer name.
        queue: Option<String>,
        /// Or to an agent.
        agent: Option<String>,
        /// Why that does not work.
        failure: Option<RoutingFailure>,
    },
    /// Goes without a word; the session stays.
    Vanish {},
    /// Ends the session.
    End {},
    /// Finds the customer silent for too long.
    Inactivate {},
    /// Nobody can be found for the session.
    FailRouting {
        /// `RoutingError` and others.
        #[serde(default = "usual_failure")]
        failure_type: String,
        /// In words.
        #[serde(default)]
        failure_reason: String,
    },
    /// The place in the queue.
    QueuePosition {
        /// From 1.
        position: u32,
    },
    /// The waiting time, anew.
    EstimateWait {
        /// In seconds; unknown where absent.
        seconds: Option<u32>,
    },
    /// Any event, known or not.
    Event {
        /// Its name.
        name: String,
        /// What stands for the entry in it.
        #[serde(default)]
        entry: Json,
    },
}

impl Act {
    /// The same where `{message}` is what the customer said.
    #[must_use]
    pub(crate) fn about(mut self, message: &str) -> Act {
        if let Act::Say { text, .. } = &mut self {
            *text = text.replace("{message}", message);
        }
        self
    }
}

impl Desk<'_> {
    /// Does it.
    pub(crate) fn act(&mut self, id: &str, act: Act) -> Result<(), Problem> {
        match act {
            Act::Accept { agent } => self.accept(id, agent.as_deref()),
            Act::Decline { agent } => self.decline(id, agent.as_deref()),
            Act::JoinBot { name } => self.join_bot(id, name.as_deref()),
            Act::Say { text, from } => self.say(id, from, payload::text(&text)),
            Act::Link { url, title } => {
                let link = payload::rich_link(&url, title.as_deref().unwrap_or(&url));
                self.say(id, None, link)
            }
            Act::Choices { text, options, format } => {
                self.say(id, None, payload::choices(format, &text, &options))
            }
            Act::Form { title, inputs } => self.say(id, None, payload::form(&title, &inputs)),
            Act::File { name, mime, text, base64 } => {
                let bytes = match (text, base64) {
                    (Some(text), _) => text.into_bytes(),
                    (None, Some(encoded)) => STANDARD
                        .decode(encoded)
                        .map_err(|problem| Problem::bad(format!("base64: {problem}")))?,
                    (None, None) => Vec::new(),
                };
                let mime = mime.unwrap_or_else(|| "application/octet-stream".to_owned());
                self.send_agents_file(id, Upload { name, mime, bytes })
            }
            Act::StartTyping {} => self.agent_types(id, EntryType::TypingStartedIndicator),
            Act::StopTyping {} => self.agent_types(id, EntryType::TypingStoppedIndicator),
            Act::Deliver { message } => {
                self.acknowledge(id, EntryType::DeliveryAcknowledgement, message)
            }
            Act::Read { message } => self.acknowledge(id, EntryType::ReadAcknowledgement, message),
            Act::Transfer { queue, agent, failure } => {
                let target = match (queue, agent) {
                    (Some(queue), None) => Target::Queue(self.queue_called(&queue)?),
                    (None, Some(agent)) => Target::Agent(self.agent_called(Some(&agent))),
                    _ => return Err(Problem::bad("a transfer names a queue or an agent")),
                };
                self.transfer(id, &target, failure)
            }
            Act::Vanish {} => {
                let gone = std::mem::take(&mut self.session_mut(id)?.serving);
                self.tell_of_participants(id, "remove", &gone)
            }
            Act::End {} => self.end_session(id, Role::Agent),
            Act::Inactivate {} => self.inactivate(id),
            Act::FailRouting { failure_type, failure_reason } => {
                let failure = RoutingFailure { failure_type, failure_reason };
                self.fail_routing(id, RoutingType::Initial, &failure)
            }
            Act::QueuePosition { position } => self.tell_queue_position(id, position),
            Act::EstimateWait { seconds } => self.estimate_wait(id, seconds),
            Act::Event { name, entry } => self.tell(id, &name, entry),
        }
    }

    /// The agent's file goes to the customer.
    pub(crate) fn send_agents_file(&mut self, id: &str, upload: Upload) -> Result<(), Problem> {
        let sender = self.speaker(id, None)?;
        let file = self.keep(ids::random(), upload);
        self.send_said(id, sender, attached(file, ids::random()))
    }

    /// An agent, known to the org as a user or not.
    pub(crate) fn agent_called(&self, name: Option<&str>) -> Participant {
        let user = name.and_then(|name| self.user(name));
        let user = user.or_else(|| if name.is_none() { self.usual_agent() } else { None });
        let called = user.as_ref().map(|user| user.name.clone());
        let called = called.or_else(|| name.map(str::to_owned)).unwrap_or_default();
        let subject = user.map(|user| user.id.to_string());
        Participant {
            role: Role::Agent,
            subject: subject.unwrap_or_else(|| ids::derived(&["agent", &called])),
            client: ids::derived(&["client", &called]),
            name: called,
        }
    }

    fn say(&mut self, id: &str, from: Option<Role>, content: Json) -> Result<(), Problem> {
        let sender = self.speaker(id, from)?;
        self.send_said(id, sender, Said { id: ids::random(), content })
    }

    fn send_said(&mut self, id: &str, sender: Participant, said: Said) -> Result<(), Problem> {
        let reason = (sender.role == Role::System).then_some("AutomatedResponse");
        let by_agent = sender.role == Role::Agent;
        let payload = payload::message(&said, None, reason);
        self.put(id, NewEntry::new(EntryType::Message, sender, payload).with_id(said.id))?;
        if by_agent {
            self.watch_silence(id)?;
        }
        Ok(())
    }

    fn speaker(&self, id: &str, from: Option<Role>) -> Result<Participant, Problem> {
        let session = self.session(id)?;
        match from {
            Some(Role::System | Role::Router) => Ok(Participant::system()),
            Some(Role::EndUser) => Err(Problem::bad("the customer speaks through the API")),
            Some(role @ (Role::Agent | Role::Chatbot)) => {
                let found = session.serving.iter().find(|its| its.role == role);
                found.cloned().ok_or_else(nobody_serves)
            }
            None => session.serving.last().cloned().ok_or_else(nobody_serves),
        }
    }

    fn agent_types(&mut self, id: &str, entry_type: EntryType) -> Result<(), Problem> {
        let sender = self.speaker(id, None)?;
        let payload = json!({ "timestamp": self.now.as_millisecond() });
        self.put(id, NewEntry::new(entry_type, sender, payload)).map(|_| ())
    }

    fn acknowledge(
        &mut self,
        id: &str,
        entry_type: EntryType,
        message: Option<String>,
    ) -> Result<(), Problem> {
        let sender = self.speaker(id, None)?;
        let entries = self.conversation(id)?.entries.iter().rev();
        let last = entries
            .filter(|entry| {
                entry.sender.role == Role::EndUser && entry.entry_type == EntryType::Message
            })
            .map(|entry| entry.id.clone())
            .next();
        let about = message.or(last).ok_or_else(|| Problem::not_found("A customer's message"))?;
        let payload = json!({
            "acknowledgedConversationEntryIdentifier": about,
            "acknowledgementTimestamp": self.now.as_millisecond(),
            "recipient": sender.json(),
        });
        self.put(id, NewEntry::new(entry_type, sender, payload).about(about)).map(|_| ())
    }

    fn join_bot(&mut self, id: &str, name: Option<&str>) -> Result<(), Problem> {
        if self.session(id)?.status != Status::Waiting {
            return Err(Problem::conflict("The session is not waiting"));
        }
        let name = name.unwrap_or("Assistant");
        let bot = Participant {
            role: Role::Chatbot,
            subject: ids::derived(&["bot", name]),
            client: ids::derived(&["client", name]),
            name: name.to_owned(),
        };
        let session = self.session_mut(id)?;
        session.serving.push(bot.clone());
        let record = session.record.clone();
        self.set_status(id, Status::Active, None)?;
        self.note(&record, &json!({ "AgentType": "Bot" }));
        self.tell_of_participants(id, "add", &[bot])
    }
}

fn nobody_serves() -> Problem {
    Problem::conflict("Nobody serves the session: `accept` comes first")
}

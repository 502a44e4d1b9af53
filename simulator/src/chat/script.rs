//! Agents that a script plays: what they do, when, and what they wait for.

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::Desk;
use super::act::Act;
use super::entry::Role;
use super::problem::Problem;
use super::session::Status;

/// Who serves which sessions, and how.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Staffing {
    /// The deployment whose sessions these are; all where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment: Option<String>,
    /// The conversation whose sessions these are; all where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// The waiting time that routing tells, where the channel tells one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimated_wait_seconds: Option<u32>,
    /// Why no session is routed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing_failure: Option<RoutingFailure>,
    /// What the agent does in each session.
    pub steps: Vec<Step>,
}

/// Why a session could not be routed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoutingFailure {
    /// `RoutingError` and others.
    #[serde(default = "usual_failure")]
    pub failure_type: String,
    /// In words.
    #[serde(default)]
    pub failure_reason: String,
}

pub(crate) fn usual_failure() -> String {
    "RoutingError".to_owned()
}

/// One thing that an agent does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Json>", into = "Map<String, Json>")]
pub(crate) struct Step {
    on: Cue,
    containing: Option<String>,
    after_ms: u64,
    again: bool,
    act: Act,
}

/// What a step waits for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Cue {
    /// The step before, or the routing of the session.
    #[default]
    Then,
    /// A message of the customer's that no step before has waited for.
    Message,
    /// A file.
    File,
    /// The customer types.
    Typing,
}

/// What the customer has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Sent a message, which reads so.
    Message(String),
    /// Sent a file of this name.
    File(String),
    /// Begun or stopped to type.
    Typing,
}

impl TryFrom<Map<String, Json>> for Step {
    type Error = String;

    fn try_from(mut step: Map<String, Json>) -> Result<Step, String> {
        fn taken<T: serde::de::DeserializeOwned + Default>(
            step: &mut Map<String, Json>,
            key: &str,
        ) -> Result<T, String> {
            let value = step.remove(key).map(serde_json::from_value).transpose();
            Ok(value.map_err(|problem| format!("`{key}`: {problem}"))?.unwrap_or_default())
        }
        let on = taken(&mut step, "on")?;
        let containing = taken(&mut step, "containing")?;
        let after_ms = taken(&mut step, "after_ms")?;
        let again = taken(&mut step, "again")?;
        let act = serde_json::from_value(Json::Object(step)).map_err(|its| its.to_string())?;
        if again && on == Cue::Then {
            return Err("`again` needs something to wait for: `\"on\": \"message\"`".to_owned());
        }
        Ok(Step { on, containing, after_ms, again, act })
    }
}

impl From<Step> for Map<String, Json> {
    fn from(step: Step) -> Map<String, Json> {
        let mut map = match serde_json::to_value(&step.act) {
            Ok(Json::Object(map)) => map,
            _ => Map::new(),
        };
        map.insert("on".to_owned(), serde_json::to_value(step.on).unwrap_or_default());
        map.insert("after_ms".to_owned(), step.after_ms.into());
        map.insert("again".to_owned(), step.again.into());
        if let Some(containing) = step.containing {
            map.insert("containing".to_owned(), containing.into());
        }
        map
    }
}

impl Step {
    fn waits_for(&self, heard: &Heard) -> bool {
        let (cue, text) = match heard {
            Heard::Message(text) => (Cue::Message, text.as_str()),
            Heard::File(name) => (Cue::File, name.as_str()),
            Heard::Typing => (Cue::Typing, ""),
        };
        let contains = |part: &String| text.to_lowercase().contains(&part.to_lowercase());
        self.on == cue && self.containing.as_ref().is_none_or(contains)
    }
}

/// Where a session's script stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Progress {
    steps: Vec<Step>,
    next: usize,
    under_way: bool,
    heard: VecDeque<Heard>,
    said_last: String,
    /// Steps that could not be done.
    pub problems: Vec<String>,
}

/// What is to be done at some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Due {
    /// A step of a script.
    Step {
        /// Where.
        conversation: String,
        /// In which of its sessions.
        session: u64,
        /// Which one.
        step: usize,
    },
    /// The customer may have been silent for too long.
    Idle {
        /// Where.
        conversation: String,
        /// In which of its sessions.
        session: u64,
        /// How many messages the customer had sent.
        after_messages: u64,
    },
    /// An inactive session may have to end.
    Expiry {
        /// Where.
        conversation: String,
        /// Which of its sessions.
        session: u64,
    },
}

/// What is to be done, by time.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    items: BTreeMap<(Timestamp, u64), Due>,
    number: u64,
}

impl Agenda {
    /// Plans something.
    pub(crate) fn add(&mut self, at: Timestamp, due: Due) {
        self.number += 1;
        self.items.insert((at, self.number), due);
    }

    /// Plans something unless it is planned already.
    pub(crate) fn add_once(&mut self, at: Timestamp, due: Due) {
        if !self.items.values().any(|known| *known == due) {
            self.add(at, due);
        }
    }

    /// How much was ever planned.
    pub(crate) fn planned(&self) -> u64 {
        self.number
    }

    /// When something is to be done next.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.items.keys().next().map(|(at, _)| *at)
    }

    /// What is due first, if it is due.
    pub(crate) fn take(&mut self, now: Timestamp) -> Option<(Timestamp, Due)> {
        let first = self.items.first_entry().filter(|first| first.key().0 <= now)?;
        let ((at, _), due) = first.remove_entry();
        Some((at, due))
    }
}

impl Desk<'_> {
    /// Who serves a conversation: what was said of it, of its deployment, of all.
    pub(crate) fn staffing(&self, id: &str) -> Result<Staffing, Problem> {
        let deployment = &self.conversation(id)?.deployment;
        let of = |named: (Option<&str>, Option<&str>)| {
            let all = self.state.staffing.iter();
            all.rev().find(|its| (its.deployment.as_deref(), its.conversation.as_deref()) == named)
        };
        let found = [(None, Some(id)), (Some(deployment.as_str()), None), (None, None)];
        Ok(found.into_iter().find_map(of).cloned().unwrap_or_default())
    }

    /// Replaces what was said of the same sessions. A session of that very conversation goes by it at once.
    pub(crate) fn staff(&mut self, staffing: Staffing) -> Result<(), Problem> {
        let whose = |its: &Staffing| (its.deployment.clone(), its.conversation.clone());
        self.state.staffing.retain(|known| whose(known) != whose(&staffing));
        let conversation = staffing.conversation.clone();
        self.state.staffing.push(staffing);
        let Some(id) = conversation else { return Ok(()) };
        if self.state.conversations.get(&id).is_some_and(|its| its.live().is_some()) {
            self.assign_script(&id)?;
            self.go_on(&id)?;
        }
        Ok(())
    }

    /// Lets the session go by its script, from the beginning.
    pub(crate) fn assign_script(&mut self, id: &str) -> Result<(), Problem> {
        let steps = self.staffing(id)?.steps;
        self.session_mut(id)?.progress = Progress { steps, ..Progress::default() };
        Ok(())
    }

    /// Lets the script know what the customer has done.
    pub(crate) fn hear(&mut self, id: &str, heard: Heard) -> Result<(), Problem> {
        let session = self.session_mut(id)?;
        if !matches!(heard, Heard::Typing) {
            session.customer_messages += 1;
        }
        session.progress.heard.push_back(heard);
        let (record, count) = (session.record.clone(), session.customer_messages);
        self.note(&record, &serde_json::json!({ "EndUserMessageCount": count }));
        self.go_on(id)
    }

    /// Plans the next step, if what it waits for has come.
    pub(crate) fn go_on(&mut self, id: &str) -> Result<(), Problem> {
        let now = self.now;
        let session = self.session_mut(id)?;
        let (number, progress) = (session.number, &mut session.progress);
        let Some(step) = progress.steps.get(progress.next).filter(|_| !progress.under_way) else {
            return Ok(());
        };
        if step.on != Cue::Then {
            let heard = &mut progress.heard;
            let fitting = std::iter::from_fn(|| heard.pop_front()).find(|its| step.waits_for(its));
            match fitting {
                Some(Heard::Message(text) | Heard::File(text)) => progress.said_last = text,
                Some(Heard::Typing) => {}
                None => return Ok(()),
            }
        }
        let after = i64::try_from(step.after_ms).unwrap_or(i64::MAX);
        let at = now.checked_add(SignedDuration::from_millis(after)).unwrap_or(Timestamp::MAX);
        progress.under_way = true;
        let due = Due::Step { conversation: id.to_owned(), session: number, step: progress.next };
        self.state.agenda.add(at, due);
        Ok(())
    }

    /// Does what is due, where it still means anything.
    pub(crate) fn perform_due(&mut self, due: Due) {
        let (id, number) = match &due {
            Due::Step { conversation, session, .. }
            | Due::Idle { conversation, session, .. }
            | Due::Expiry { conversation, session } => (conversation.clone(), *session),
        };
        let Ok(session) = self.session(&id) else { return };
        if session.number != number {
            return;
        }
        let silent = |after: u64| session.customer_messages == after;
        let done = match due {
            Due::Step { step, .. } => self.perform_step(&id, step),
            Due::Idle { after_messages, .. }
                if session.status == Status::Active && silent(after_messages) =>
            {
                self.inactivate(&id)
            }
            Due::Expiry { .. } if session.status == Status::Inactive => {
                self.end_session(&id, Role::System)
            }
            Due::Idle { .. } | Due::Expiry { .. } => Ok(()),
        };
        if let Err(problem) = done {
            tracing::debug!(problem = problem.message, "what was due could not be done");
        }
    }

    fn perform_step(&mut self, id: &str, step: usize) -> Result<(), Problem> {
        let progress = &mut self.session_mut(id)?.progress;
        let fitting = progress.steps.get(progress.next);
        let Some(found) = fitting.filter(|_| progress.under_way && progress.next == step) else {
            return Ok(());
        };
        let act = found.act.clone().about(&progress.said_last);
        progress.under_way = false;
        if !found.again {
            progress.next += 1;
        }
        if let Err(problem) = self.act(id, act) {
            let session = self.conversation_mut(id)?.session.as_mut();
            if let Some(session) = session {
                session.progress.problems.push(format!("step {}: {}", step + 1, problem.message));
            }
        }
        if self.conversation(id)?.live().is_some() { self.go_on(id) } else { Ok(()) }
    }
}

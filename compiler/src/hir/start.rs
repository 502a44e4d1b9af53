//! What starts workflows, and how often.

use std::sync::Arc;

use tidegate_plan::value::duration_text;

use super::Program;

/// What starts workflows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trigger {
    /// `on visit [after 30s]`: for so many milliseconds the visitor has been on a page that carries the
    /// Messenger, and has no conversation.
    Visit(u64),
    /// `on open`: the customer opens the Messenger.
    Open,
    /// `on message`: the customer writes, and the opening has started nothing.
    Message,
    /// `on agent reply`: an agent to whom the conversation was handed off writes. What it starts runs
    /// in the background.
    AgentReply,
}

impl Trigger {
    /// All that can start something in a program, those first that come first in a conversation.
    pub fn all(program: &Program) -> Vec<Self> {
        let mut all = Self::visits(program);
        all.extend([Self::Open, Self::Message, Self::AgentReply]);
        all
    }

    /// The visits that can start something in a program, the shortest first.
    pub fn visits(program: &Program) -> Vec<Self> {
        let triggers = program.workflows.iter().filter_map(|its| its.on);
        let mut visits: Vec<Self> = triggers.filter(|its| its.is_visit()).collect();
        visits.sort_unstable();
        visits.dedup();
        visits
    }

    /// Whether conversations begin with what it starts.
    pub fn begins(self) -> bool {
        self != Self::AgentReply
    }

    /// Whether it is a visit.
    pub fn is_visit(self) -> bool {
        matches!(self, Self::Visit(_))
    }

    /// How its event is written.
    pub fn event(self) -> &'static str {
        match self {
            Self::Visit(_) => "on visit",
            Self::Open => "on open",
            Self::Message => "on message",
            Self::AgentReply => "on agent reply",
        }
    }

    /// How it is written.
    pub fn name(self) -> String {
        match self {
            Self::Visit(after) if after > 0 => format!("on visit after {}", self.after()),
            _ => self.event().to_owned(),
        }
    }

    /// The time of a visit, in words.
    pub fn after(self) -> String {
        let Self::Visit(after) = self else { return duration_text(0) };
        // As it is written: in one unit.
        let minutes = after.is_multiple_of(60_000);
        if minutes { format!("{}m", after / 60_000) } else { format!("{}s", after / 1_000) }
    }
}

/// How often something starts a workflow, for one visitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Once {
    /// `once per visit`
    Visit,
    /// `once per day in "Europe/Berlin"`, with the zone's name.
    Day(Arc<str>),
    /// `once per person`
    Person,
}

impl Once {
    /// How it is written.
    pub fn words(&self) -> String {
        match self {
            Self::Visit => "once per visit".to_owned(),
            Self::Day(zone) => format!("once per day in \"{zone}\""),
            Self::Person => "once per person".to_owned(),
        }
    }
}

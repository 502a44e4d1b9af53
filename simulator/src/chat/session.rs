//! Messaging sessions: from one routing to its end.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value as Json, json};

use super::Desk;
use super::attributes::{self, Received};
use super::conversation::participants;
use super::deployment::Standard;
use super::entry::{EntryType, NewEntry, Participant, Role, payload};
use super::ids;
use super::problem::Problem;
use super::records::Owner;
use super::routing::Routed;
use super::script::{Due, Progress};
use crate::org::RecordId;

/// How long an inactive session waits for the customer.
const INACTIVE_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// The states of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// Made, not routed yet.
    New,
    /// Waiting for an agent.
    Waiting,
    /// With an agent or a bot.
    Active,
    /// The customer has been silent for long.
    Inactive,
    /// Over.
    Ended,
    /// Nobody could be found.
    Error,
}

impl Status {
    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Status::New => "New",
            Status::Waiting => "Waiting",
            Status::Active => "Active",
            Status::Inactive => "Inactive",
            Status::Ended => "Ended",
            Status::Error => "Error",
        }
    }
}

/// One session.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// Its record.
    pub record: RecordId,
    /// Which of the conversation's it is.
    pub number: u64,
    /// Its state.
    pub status: Status,
    started: Timestamp,
    ended: Option<Timestamp>,
    /// Since when it has waited for an agent.
    pub waiting_since: Timestamp,
    /// The queue that it waits in.
    pub queue: Option<Owner>,
    /// Whether it has been handed on.
    pub transferred: bool,
    /// What routing made of it.
    pub work: Option<RecordId>,
    /// Who serves the customer.
    pub serving: Vec<Participant>,
    /// Who goes once the next one has come.
    pub leaving: Vec<Participant>,
    /// The place in the queue that was told last.
    pub told_position: Option<u32>,
    /// How many messages the customer has sent in it.
    pub customer_messages: u64,
    /// How it was routed, and with what.
    pub routed: Routed,
    /// What the script does next.
    pub progress: Progress,
}

impl Session {
    /// Whether it goes on.
    pub(crate) fn is_live(&self) -> bool {
        self.status != Status::Ended
    }

    /// The person who serves.
    pub(crate) fn agent(&self) -> Option<&Participant> {
        self.serving.iter().find(|its| its.role == Role::Agent)
    }
}

impl Desk<'_> {
    /// Sorts the attributes of a call for a deployment.
    pub(crate) fn received(
        &self,
        deployment: &str,
        attributes: &Map<String, Json>,
    ) -> Result<Received, Problem> {
        attributes::receive(self.deployment(deployment)?, &self.state.switches, attributes)
    }

    /// Begins a session of a conversation, and routes it.
    pub(crate) fn begin_session(
        &mut self,
        id: &str,
        attributes: &Map<String, Json>,
        received: Received,
    ) -> Result<(), Problem> {
        let name = [Standard::FirstName, Standard::LastName]
            .iter()
            .filter_map(|part| received.standard.get(part).map(String::as_str))
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        if !name.is_empty() {
            self.conversation_mut(id)?.customer = name;
        }
        let end_user = self.end_user_record(id)?;
        let record = self.session_record(id, &end_user)?;
        let now = self.now;
        let conversation = self.conversation_mut(id)?;
        conversation.end_user = Some(end_user);
        conversation.sessions += 1;
        conversation.session = Some(Session {
            record,
            number: conversation.sessions,
            status: Status::New,
            started: now,
            ended: None,
            waiting_since: now,
            queue: None,
            transferred: false,
            work: None,
            serving: Vec::new(),
            leaving: Vec::new(),
            told_position: None,
            customer_messages: 0,
            routed: Routed::with(attributes, received),
            progress: Progress::default(),
        });
        self.assign_script(id)?;
        self.route_new(id)
    }

    /// The session of a conversation.
    pub(crate) fn session(&self, id: &str) -> Result<&Session, Problem> {
        let live = self.conversation(id)?.live();
        live.ok_or_else(|| Problem::conflict("The conversation has no session that goes on"))
    }

    pub(crate) fn session_mut(&mut self, id: &str) -> Result<&mut Session, Problem> {
        let session = self.conversation_mut(id)?.session.as_mut();
        let live = session.filter(|session| session.is_live());
        live.ok_or_else(|| Problem::conflict("The conversation has no session that goes on"))
    }

    /// Puts the session into another state, tells of it and writes it down.
    pub(crate) fn set_status(
        &mut self,
        id: &str,
        status: Status,
        ended_by: Option<Role>,
    ) -> Result<(), Problem> {
        let now = self.now;
        let session = self.session_mut(id)?;
        let before = std::mem::replace(&mut session.status, status);
        if before == status {
            return Ok(());
        }
        if status == Status::Waiting {
            session.waiting_since = now;
        }
        if status == Status::Ended {
            session.ended = Some(now);
        }
        let (record, started, ended) = (session.record.clone(), session.started, session.ended);
        let address = self.deployment(&self.conversation(id)?.deployment)?.channel.address();
        let payload = json!({
            "sessionId": record,
            "sessionStatus": status.name(),
            "sessionStatusPrev": before.name(),
            "sessionStartTime": started.as_millisecond(),
            "sessionEndTime": ended.map(Timestamp::as_millisecond),
            "sessionEndedByRole": ended_by.map(Role::name),
            "conversationIdentifier": id,
            "channelAddressIdentifier": address,
        });
        let entry = NewEntry::new(EntryType::SessionStatusChanged, Participant::system(), payload);
        self.put(id, entry.about(record.as_str()))?;
        let mut values = json!({ "Status": status.name() });
        if let Some(ended) = ended {
            values["EndTime"] = json!(ended.to_string());
        }
        self.note(&record, &values);
        Ok(())
    }

    /// Ends the session.
    pub(crate) fn end_session(&mut self, id: &str, by: Role) -> Result<(), Problem> {
        let session = self.session_mut(id)?;
        let mut gone = std::mem::take(&mut session.serving);
        gone.append(&mut session.leaving);
        let by_agent = by == Role::Agent;
        if by_agent {
            self.say_automatically(id, "AgentEndEngagementResponse")?;
        }
        self.set_status(id, Status::Ended, Some(by))?;
        self.tell_of_participants(id, "remove", &gone)?;
        self.tell_queue_positions()
    }

    /// Tells of those who come or go.
    pub(crate) fn tell_of_participants(
        &mut self,
        id: &str,
        operation: &str,
        who: &[Participant],
    ) -> Result<(), Problem> {
        for participant in who {
            let payload = participants(operation, std::slice::from_ref(participant));
            let sender = Participant::system();
            self.put(id, NewEntry::new(EntryType::ParticipantChanged, sender, payload))?;
        }
        Ok(())
    }

    /// Sends what the channel says by itself at a moment.
    pub(crate) fn say_automatically(&mut self, id: &str, moment: &str) -> Result<(), Problem> {
        let deployment = self.deployment(&self.conversation(id)?.deployment)?;
        let Some(text) = deployment.channel.automated(moment).map(payload::text) else {
            return Ok(());
        };
        let said = payload::Said { id: ids::random(), content: text };
        let payload = payload::message(&said, None, Some("AutomatedResponse"));
        let entry = NewEntry::new(EntryType::Message, Participant::system(), payload);
        self.put(id, entry.with_id(said.id)).map(|_| ())
    }

    /// Lets the customer's silence count from an agent's answer.
    pub(crate) fn watch_silence(&mut self, id: &str) -> Result<(), Problem> {
        let conversation = self.conversation(id)?;
        let minutes = self.deployment(&conversation.deployment)?.channel.idle_minutes;
        let session = self.session(id)?;
        if let (Some(minutes), Status::Active) = (minutes, session.status) {
            let due = Due::Idle {
                conversation: id.to_owned(),
                session: session.number,
                after_messages: session.customer_messages,
            };
            let at = self.now + SignedDuration::from_mins(i64::from(minutes));
            self.state.agenda.add_once(at, due);
        }
        Ok(())
    }

    /// The customer has been silent for so long that the session is inactive.
    pub(crate) fn inactivate(&mut self, id: &str) -> Result<(), Problem> {
        let session = self.session_mut(id)?;
        let gone = std::mem::take(&mut session.serving);
        let due = Due::Expiry { conversation: id.to_owned(), session: session.number };
        self.say_automatically(id, "EndUserInactiveResponse")?;
        self.set_status(id, Status::Inactive, None)?;
        self.tell_of_participants(id, "remove", &gone)?;
        let at = self.now + INACTIVE_LIFE;
        self.state.agenda.add(at, due);
        Ok(())
    }

    /// Writes into the session's record; what can't be written is noted, and nothing else.
    pub(crate) fn note(&self, record: &RecordId, values: &Json) {
        if let Err(refusal) = self.update("MessagingSession", record, values) {
            tracing::warn!(errors = ?refusal.errors(), "a messaging session was not written");
        }
    }

    fn end_user_record(&self, id: &str) -> Result<RecordId, Problem> {
        let conversation = self.conversation(id)?;
        let known = self.find("MessagingEndUser", "MessagingPlatformKey", &conversation.subject);
        if let Some(known) = known {
            return Ok(known);
        }
        let values = json!({
            "Name": conversation.customer,
            "MessagingChannelId": self.channel_record(&conversation.deployment)?,
            "MessageType": "EmbeddedMessaging",
            "MessagingPlatformKey": conversation.subject,
            "MessagingConsentStatus": "ImplicitlyOptedIn",
        });
        self.create("MessagingEndUser", &values).map_err(|refusal| unwritten(&refusal))
    }

    fn session_record(&self, id: &str, end_user: &RecordId) -> Result<RecordId, Problem> {
        let conversation = self.conversation(id)?;
        let values = json!({
            "MessagingChannelId": self.channel_record(&conversation.deployment)?,
            "MessagingEndUserId": end_user,
            "Status": Status::New.name(),
            "Origin": "InboundInitiated",
            "ChannelType": "EmbeddedMessaging",
            "ConversationId": id,
            "StartTime": self.now.to_string(),
        });
        self.create("MessagingSession", &values).map_err(|refusal| unwritten(&refusal))
    }

    /// The record of a deployment's channel; made where it is missing.
    pub(crate) fn channel_record(&self, deployment: &str) -> Result<RecordId, Problem> {
        let channel = &self.deployment(deployment)?.channel;
        if let Some(known) = self.find("MessagingChannel", "DeveloperName", &channel.name) {
            return Ok(known);
        }
        let values = json!({
            "DeveloperName": channel.name,
            "MasterLabel": channel.label,
            "IsActive": true,
            "MessageType": "EmbeddedMessaging",
            "MessagingPlatformKey": channel.address(),
        });
        self.create("MessagingChannel", &values).map_err(|refusal| unwritten(&refusal))
    }
}

fn unwritten(refusal: &crate::org::Refusal) -> Problem {
    let message = refusal.errors().first().map_or("", |error| error.message.as_str());
    Problem::internal(format!("The session could not be written: {message}"))
}

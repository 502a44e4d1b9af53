//! Routing: who gets a session, first and when it is handed on.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::Desk;
use super::attributes::Received;
use super::deployment::Handler;
use super::entry::{EntryType, NewEntry, Participant};
use super::flow::{Flow, Held, Ran, Work};
use super::problem::Problem;
use super::records::Owner;
use super::script::{RoutingFailure, usual_failure};
use super::session::Status;
use crate::org::RecordId;

/// What ids of routings and of the work that they make begin with.
const ROUTING_PREFIX: &str = "0JR";
const WORK_PREFIX: &str = "0Bz";
/// The user who takes sessions where nobody is named.
const USUAL_AGENT: &str = "Jonas Weber";

/// How a session was routed, and with what.
#[derive(Debug, Clone, Default)]
pub(crate) struct Routed {
    /// What the client sent.
    pub attributes: Map<String, Json>,
    /// What of it the channel knows.
    pub received: Received,
    /// Values that found no variable of the flow.
    pub lost: Vec<String>,
    /// What the flow did.
    pub flow: Option<Ran>,
    /// Why it could not be routed, or not as it was meant.
    pub problem: Option<String>,
}

/// Why a session is routed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RoutingType {
    /// It is new, or the customer has come back.
    Initial,
    /// Somebody hands it on.
    Transfer,
}

impl RoutingType {
    fn name(self) -> &'static str {
        match self {
            RoutingType::Initial => "Initial",
            RoutingType::Transfer => "Transfer",
        }
    }
}

/// Where a session goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// To whoever works off a queue.
    Queue(Owner),
    /// To one agent.
    Agent(Participant),
}

impl Routed {
    /// Not routed yet.
    pub(crate) fn with(attributes: &Map<String, Json>, received: Received) -> Routed {
        Routed { attributes: attributes.clone(), received, ..Routed::default() }
    }
}

impl Desk<'_> {
    /// Routes a session that has just been made.
    pub(crate) fn route_new(&mut self, id: &str) -> Result<(), Problem> {
        let deployment = &self.conversation(id)?.deployment;
        let handler = self.deployment(deployment)?.channel.handler.clone();
        let target = match handler {
            Handler::Queue(name) => self.queue(&name).map(Target::Queue),
            Handler::Flow { name, fallback } => {
                let fallback = fallback.and_then(|name| self.queue(&name)).map(Target::Queue);
                self.decided_by(id, &name)?.or(fallback)
            }
        };
        match target {
            Some(target) => self.route_to(id, RoutingType::Initial, &target),
            None => {
                let failure_reason = "There is no queue for the channel".to_owned();
                let failure_type = "SubmissionError".to_owned();
                let failure = RoutingFailure { failure_type, failure_reason };
                self.fail_routing(id, RoutingType::Initial, &failure)
            }
        }
    }

    /// Runs a flow, and gives whom it names.
    fn decided_by(&mut self, id: &str, flow: &str) -> Result<Option<Target>, Problem> {
        let Some(flow) = self.state.flows.get(flow).filter(|flow| flow.active).cloned() else {
            let problem = format!("there is no active flow `{flow}`");
            self.session_mut(id)?.routed.problem = Some(problem);
            return Ok(None);
        };
        let (inputs, lost) = self.inputs(id, &flow)?;
        let ran = flow.run(self.org, self.now, &inputs);
        if let Some(lost) = &ran.unsaved {
            return Err(Problem::internal(lost.clone()));
        }
        let owner = |id: &str| RecordId::parse(id).ok().and_then(|id| self.owner(&id));
        let target = match &ran.work {
            Some(Work::Queue(queue)) => {
                owner(queue).filter(|it| self.takes_sessions(&it.id)).map(Target::Queue)
            }
            Some(Work::Agent(user)) => {
                owner(user).map(|user| Target::Agent(self.agent_called(Some(&user.name))))
            }
            None => None,
        };
        let problem = match (&ran.fault, &ran.work, &target) {
            (Some(fault), ..) => Some(format!("the flow failed: {fault}")),
            (None, None, _) => Some("the flow ended and routed to nobody".to_owned()),
            (None, Some(_), None) => {
                Some("the flow routed to what is not there or takes no sessions".to_owned())
            }
            _ => None,
        };
        let faulty = ran.fault.is_some();
        let routed = &mut self.session_mut(id)?.routed;
        routed.problem = problem;
        routed.lost = lost;
        routed.flow = Some(ran);
        Ok(target.filter(|_| !faulty))
    }

    /// What a flow is handed, and which values find no variable.
    fn inputs(
        &self,
        id: &str,
        flow: &Flow,
    ) -> Result<(BTreeMap<String, Held>, Vec<String>), Problem> {
        let channel = &self.deployment(&self.conversation(id)?.deployment)?.channel;
        let session = self.session(id)?;
        let received = &session.routed.received;
        let mut inputs = BTreeMap::new();
        let mut lost = Vec::new();
        let custom = channel.parameters.iter().filter_map(|its| {
            Some((its.name.as_str(), &its.mapped_to, received.parameters.get(&its.name)?))
        });
        let standard = channel.standard_parameters.iter().filter_map(|its| {
            Some((its.parameter.name(), &its.mapped_to, received.standard.get(&its.parameter)?))
        });
        for (name, variables, value) in custom.chain(standard) {
            if variables.is_empty() {
                lost.push(format!("`{name}` is mapped to nothing"));
            }
            for variable in variables {
                match flow.refuses(variable) {
                    Some(why) => {
                        lost.push(format!("`{name}` to `{variable}`: {} {why}", flow.name));
                    }
                    None => {
                        inputs.insert(variable.clone(), Held::Text(value.clone()));
                    }
                }
            }
        }
        inputs.insert("recordId".to_owned(), Held::Text(session.record.to_string()));
        let schema = self.org.schema();
        let state = self.org.state();
        let object = schema.object("MessagingSession");
        let row = object.and_then(|its| state.records.get(&its.name, &session.record));
        if let Some((object, row)) = object.zip(row) {
            let record = Held::of_row(&state.records, object, row);
            inputs.insert("input_record".to_owned(), record);
        }
        Ok((inputs, lost))
    }

    /// Routes a session to where it was before.
    pub(crate) fn route_again(&mut self, id: &str) -> Result<(), Problem> {
        match self.session(id)?.queue.clone() {
            Some(queue) => self.route_to(id, RoutingType::Initial, &Target::Queue(queue)),
            None => self.route_new(id),
        }
    }

    /// Lets a session wait for its target, unless nobody is to be found.
    pub(crate) fn route_to(
        &mut self,
        id: &str,
        routing: RoutingType,
        target: &Target,
    ) -> Result<(), Problem> {
        let closed = self.closed_now(id)?.then(|| RoutingFailure {
            failure_type: usual_failure(),
            failure_reason: "Outside business hours".to_owned(),
        });
        if let Some(failure) = closed.or(self.staffing(id)?.routing_failure) {
            return self.fail_routing(id, routing, &failure);
        }
        self.state.works += 1;
        let work = RecordId::numbered(WORK_PREFIX, self.state.works);
        let session = self.session_mut(id)?;
        session.work = Some(work);
        if let Target::Queue(queue) = target {
            session.queue = Some(queue.clone());
        }
        let record = session.record.clone();
        self.set_status(id, Status::Waiting, None)?;
        if let Target::Queue(queue) = target {
            self.note(&record, &json!({ "OwnerId": queue.id }));
        }
        let seconds = self.staffing(id)?.estimated_wait_seconds;
        self.tell_routing_result(id, routing, target, seconds)?;
        self.tell_queue_positions()?;
        self.go_on(id)
    }

    /// Tells that nobody could be found.
    pub(crate) fn fail_routing(
        &mut self,
        id: &str,
        routing: RoutingType,
        failure: &RoutingFailure,
    ) -> Result<(), Problem> {
        let session = self.session_mut(id)?;
        session.routed.problem = Some(failure.failure_reason.clone());
        let record = session.record.clone();
        let payload = json!({
            "recordId": record,
            "errorMessages": [failure.failure_reason],
            "pendingServiceRoutingId": Json::Null,
            "routingType": routing.name(),
            "failureType": failure.failure_type,
            "failureReason": failure.failure_reason,
            "estimatedWaitTime": Json::Null,
            "skipRouterCPRemovalIfNoRoutingFailures": false,
            "workOwnerId": Json::Null,
            "isExternallyRouted": false,
            "cancelReason": Json::Null,
            "routingConfigurationDetails": Json::Null,
        });
        let entry = NewEntry::new(EntryType::RoutingResult, Participant::router(), payload);
        self.put(id, entry.about(record.as_str()))?;
        if routing == RoutingType::Initial {
            self.set_status(id, Status::Error, None)?;
        }
        Ok(())
    }

    /// An agent takes the session.
    pub(crate) fn accept(&mut self, id: &str, agent: Option<&str>) -> Result<(), Problem> {
        if self.session(id)?.status != Status::Waiting {
            return Err(Problem::conflict("The session is not waiting for an agent"));
        }
        let agent = self.agent_called(agent);
        self.engage(id, agent)
    }

    /// An agent does not take the session; it goes on waiting.
    pub(crate) fn decline(&mut self, id: &str, agent: Option<&str>) -> Result<(), Problem> {
        if self.session(id)?.status != Status::Waiting {
            return Err(Problem::conflict("The session is not waiting for an agent"));
        }
        let agent = self.agent_called(agent);
        self.tell_work_result(id, "Assigned", &agent)?;
        self.tell_work_result(id, "Declined", &agent)
    }

    fn engage(&mut self, id: &str, agent: Participant) -> Result<(), Problem> {
        self.tell_work_result(id, "Assigned", &agent)?;
        self.tell_work_result(id, "Accepted", &agent)?;
        let session = self.session_mut(id)?;
        let leaving = std::mem::take(&mut session.leaving);
        session.serving.push(agent.clone());
        let record = session.record.clone();
        self.set_status(id, Status::Active, None)?;
        let mut values = json!({ "AgentType": "Agent", "AcceptTime": self.now.to_string() });
        if let Ok(user) = RecordId::parse(&agent.subject) {
            values["OwnerId"] = json!(user);
        }
        self.note(&record, &values);
        self.tell_of_participants(id, "add", &[agent])?;
        self.tell_of_participants(id, "remove", &leaving)?;
        self.say_automatically(id, "AgentEngagedResponse")?;
        self.tell_queue_positions()
    }

    /// Hands the session on; where that does not work, everything stays as it is.
    pub(crate) fn transfer(
        &mut self,
        id: &str,
        target: &Target,
        failure: Option<RoutingFailure>,
    ) -> Result<(), Problem> {
        let session = self.session(id)?;
        if session.status != Status::Active {
            return Err(Problem::conflict("Nobody serves the session"));
        }
        if let Some(failure) = failure {
            return self.fail_routing(id, RoutingType::Transfer, &failure);
        }
        let adds_first = self.state.switches.transfer_adds_first;
        if let Some(agent) = self.session(id)?.agent().cloned() {
            self.tell_work_result(id, "Transferred", &agent)?;
        }
        let session = self.session_mut(id)?;
        session.transferred = true;
        let gone = std::mem::take(&mut session.serving);
        if adds_first {
            session.leaving = gone;
        } else {
            self.tell_of_participants(id, "remove", &gone)?;
        }
        match target {
            Target::Queue(_) => self.route_to(id, RoutingType::Transfer, target),
            Target::Agent(agent) => {
                self.tell_routing_result(id, RoutingType::Transfer, target, None)?;
                self.engage(id, agent.clone())
            }
        }
    }

    /// The queue with this developer name, which there must be.
    pub(crate) fn queue_called(&self, name: &str) -> Result<Owner, Problem> {
        let queue =
            self.queue(name).ok_or_else(|| Problem::bad(format!("there is no queue `{name}`")))?;
        if self.takes_sessions(&queue.id) {
            return Ok(queue);
        }
        Err(Problem::bad(format!("the queue `{name}` takes no messaging sessions")))
    }

    /// Who takes sessions where nobody is named.
    pub(crate) fn usual_agent(&self) -> Option<Owner> {
        self.user(USUAL_AGENT)
    }

    /// Tells a waiting session's customer another waiting time.
    pub(crate) fn estimate_wait(&mut self, id: &str, seconds: Option<u32>) -> Result<(), Problem> {
        let queue = self.session(id)?.queue.clone();
        let queue = queue.ok_or_else(|| Problem::conflict("The session waits in no queue"))?;
        self.tell_routing_result(id, RoutingType::Initial, &Target::Queue(queue), seconds)
    }

    /// Tells everybody who waits their place, where channels tell it.
    pub(crate) fn tell_queue_positions(&mut self) -> Result<(), Problem> {
        let mut waiting: Vec<_> = self
            .state
            .conversations
            .values()
            .filter_map(|its| {
                let session = its.live().filter(|session| session.status == Status::Waiting)?;
                Some((session.waiting_since, its.id.clone(), session.queue.clone()?.id))
            })
            .collect();
        waiting.sort();
        for (at, (_, id, queue)) in waiting.iter().enumerate() {
            let before = waiting[..at].iter().filter(|(_, _, other)| other == queue).count();
            let position = u32::try_from(before + 1).unwrap_or(u32::MAX);
            let deployment = &self.conversation(id)?.deployment;
            let told = self.deployment(deployment)?.channel.queue_position;
            if told && self.session(id)?.told_position != Some(position) {
                self.tell_queue_position(id, position)?;
            }
        }
        Ok(())
    }

    /// Tells a place in the queue.
    pub(crate) fn tell_queue_position(&mut self, id: &str, position: u32) -> Result<(), Problem> {
        let session = self.session_mut(id)?;
        session.told_position = Some(position);
        let payload = json!({
            "position": position,
            "workItemId": session.record,
            "pendingServiceRoutingId": session.work.as_ref().map(routing_of),
        });
        self.put(id, NewEntry::new(EntryType::QueuePosition, Participant::router(), payload))
            .map(|_| ())
    }

    fn tell_routing_result(
        &mut self,
        id: &str,
        routing: RoutingType,
        target: &Target,
        seconds: Option<u32>,
    ) -> Result<(), Problem> {
        let deployment = &self.conversation(id)?.deployment;
        let told = self.deployment(deployment)?.channel.estimated_wait_time;
        let session = self.session(id)?;
        let record = session.record.clone();
        let (owner, details) = match target {
            Target::Queue(queue) => (
                queue.id.to_string(),
                json!({ "routingConfigurationType": "QueueRoutingType", "queueId": queue.id }),
            ),
            Target::Agent(agent) => (
                agent.subject.clone(),
                json!({ "routingConfigurationType": "AgentRoutingType", "agentId": agent.subject }),
            ),
        };
        let payload = json!({
            "recordId": record,
            "errorMessages": [],
            "pendingServiceRoutingId": session.work.as_ref().map(routing_of),
            "routingType": routing.name(),
            "failureType": "None",
            "failureReason": "",
            "estimatedWaitTime": {
                "isEWTRequested": told,
                "estimatedWaitTimeInSeconds": if told { json!(seconds) } else { Json::Null },
            },
            "skipRouterCPRemovalIfNoRoutingFailures": false,
            "workOwnerId": owner,
            "isExternallyRouted": false,
            "cancelReason": Json::Null,
            "routingConfigurationDetails": details,
        });
        let entry = NewEntry::new(EntryType::RoutingResult, Participant::router(), payload);
        self.put(id, entry.about(record.as_str())).map(|_| ())
    }

    fn tell_work_result(
        &mut self,
        id: &str,
        work_type: &str,
        agent: &Participant,
    ) -> Result<(), Problem> {
        let session = self.session(id)?;
        let payload = json!({
            "conversationId": id,
            "workType": work_type,
            "workId": session.work,
            "workTargetId": session.record,
            "queueId": session.queue.as_ref().map(|queue| queue.id.clone()),
            "botId": Json::Null,
            "agentSessionId": agent.client,
            "agentGroupIds": [],
            "routingType": if session.transferred { "Transfer" } else { "Initial" },
            "errorMessages": [],
        });
        self.put(id, NewEntry::new(EntryType::RoutingWorkResult, Participant::router(), payload))
            .map(|_| ())
    }
}

/// The routing that made a piece of work: both have the same number.
fn routing_of(work: &RecordId) -> String {
    let short = &work.short()[3..];
    let id = RecordId::parse(&format!("{ROUTING_PREFIX}{short}"));
    id.map(|id| id.to_string()).unwrap_or_default()
}

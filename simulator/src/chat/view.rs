//! What operators see of conversations.

use serde_json::{Map, Value as Json, json};

use super::entry::{Entry, EntryType, payload};
use super::{Conversation, State};

/// Every conversation, oldest first.
pub(crate) fn all(state: &State) -> Vec<Json> {
    let mut all: Vec<&Conversation> = state.conversations.values().collect();
    all.sort_by_key(|its| its.started);
    all.into_iter().map(one).collect()
}

/// One conversation.
pub(crate) fn one(conversation: &Conversation) -> Json {
    let session = conversation.session.as_ref().map(|session| {
        let routed = &session.routed;
        let standard = routed.received.standard.iter();
        let standard: Map<String, Json> =
            standard.map(|(its, value)| (its.name().to_owned(), json!(value))).collect();
        let flow = routed.flow.as_ref().map(
            |ran| json!({ "steps": ran.steps, "variables": ran.variables, "fault": ran.fault }),
        );
        json!({
            "id": session.record,
            "number": session.number,
            "status": session.status.name(),
            "queue": session.queue.as_ref().map(|queue| queue.name.clone()),
            "serving": session.serving.iter().map(|its| its.name.clone()).collect::<Vec<_>>(),
            "attributes": routed.attributes,
            "parameters": routed.received.parameters,
            "standard_parameters": standard,
            "dropped": routed.received.dropped,
            "lost": routed.lost,
            "flow": flow,
            "problem": routed.problem,
            "script_problems": session.progress.problems,
        })
    });
    let reached = |id: &str| {
        let told = conversation.receipts.iter().filter(|(about, _)| about == id);
        told.map(|(_, read)| if *read { "read" } else { "delivered" }).max()
    };
    let entries = conversation.entries.iter().map(|entry| {
        json!({
            "receipt": reached(&entry.id),
            "type": entry.entry_type.name(),
            "role": entry.sender.role.name(),
            "from": entry.sender.name,
            "text": text(entry),
        })
    });
    json!({
        "id": conversation.id,
        "deployment": conversation.deployment,
        "subject": conversation.subject,
        "client": conversation.client,
        "customer": conversation.customer,
        "end_user": conversation.end_user,
        "language": conversation.language,
        "closed": conversation.closed.is_some(),
        "routing_status": conversation.routing_status(),
        "sessions": conversation.sessions,
        "session": session,
        "entries": entries.collect::<Vec<_>>(),
    })
}

/// What a person reads of an entry.
pub(crate) fn text(entry: &Entry) -> String {
    let field = |name: &str| entry.payload.get(name).and_then(Json::as_str).unwrap_or_default();
    match entry.entry_type {
        EntryType::Message => {
            payload::readable(entry.payload.get("abstractMessage").unwrap_or(&Json::Null))
        }
        EntryType::SessionStatusChanged => {
            format!("{} → {}", field("sessionStatusPrev"), field("sessionStatus"))
        }
        EntryType::RoutingResult => match field("failureType") {
            "None" => format!("{}: routed", field("routingType")),
            failure => {
                format!("{}: {failure} {}", field("routingType"), field("failureReason"))
            }
        },
        EntryType::RoutingWorkResult => field("workType").to_owned(),
        EntryType::ParticipantChanged => {
            let entries = entry.payload.get("entries").and_then(Json::as_array);
            let who = |it: &Json| {
                let text = |at: &str| it.pointer(at).and_then(Json::as_str).unwrap_or_default();
                format!(
                    "{} {} {}",
                    text("/operation"),
                    text("/participant/role"),
                    text("/displayName")
                )
            };
            entries.into_iter().flatten().map(who).collect::<Vec<_>>().join(", ")
        }
        _ => String::new(),
    }
}

//! Lists: a subject's conversations, and a conversation's entries.

use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::Desk;
use super::entry::{Entry, EntryType};
use super::problem::Problem;
use super::token::Holder;

const USUAL_LIMIT: i64 = 20;
const GREATEST_LIMIT: i64 = 50;

/// The query of a list of conversations.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListAsked {
    incl_closed_convs: Option<bool>,
    limit: Option<i64>,
}

/// The query of a list of entries.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EntriesAsked {
    limit: Option<i64>,
    start_timestamp: Option<i64>,
    end_timestamp: Option<i64>,
    direction: Option<String>,
    entry_type_filter: Option<String>,
}

/// Entry types that a filter may name.
const FILTERABLE: [EntryType; 5] = [
    EntryType::Message,
    EntryType::ParticipantChanged,
    EntryType::RoutingResult,
    EntryType::RoutingWorkResult,
    EntryType::SessionStatusChanged,
];

impl Desk<'_> {
    /// The conversations of the holder's subject, newest first.
    pub(crate) fn list(&self, holder: &Holder, asked: &ListAsked) -> Result<Json, Problem> {
        let limit = limit(asked.limit)?;
        let own = self.state.conversations.values().filter(|its| its.subject == holder.subject);
        let (mut open, closed): (Vec<_>, Vec<_>) = own.partition(|its| its.closed.is_none());
        let (found_open, found_closed) = (open.len(), closed.len());
        let with_closed = asked.incl_closed_convs == Some(true);
        if with_closed {
            open.extend(closed);
        }
        open.sort_by_key(|its| std::cmp::Reverse(its.started));
        let conversations: Vec<Json> = open
            .iter()
            .take(limit)
            .map(|its| {
                json!({
                    "conversationId": its.id,
                    "startTimestamp": its.started.as_millisecond(),
                    "endTimestamp": its.closed.map_or(0, jiff::Timestamp::as_millisecond),
                })
            })
            .collect();
        Ok(json!({
            "openConversationsFound": found_open,
            "closedConversationsFound": if with_closed { found_closed } else { 0 },
            "conversations": conversations,
        }))
    }

    /// The entries of a conversation; newest first unless the query says otherwise.
    pub(crate) fn entries(
        &self,
        holder: &Holder,
        id: &str,
        asked: &EntriesAsked,
    ) -> Result<Json, Problem> {
        let conversation = self.any_own(holder, id)?;
        let limit = limit(asked.limit)?;
        let wanted = wanted(asked.entry_type_filter.as_deref())?;
        let fits = |entry: &&Entry| {
            asked.start_timestamp.is_none_or(|start| entry.at >= start)
                && asked.end_timestamp.is_none_or(|end| entry.at <= end)
                && wanted.as_ref().is_none_or(|types| types.contains(&entry.entry_type))
        };
        let form = self.state.switches.entry_payload;
        let entries = conversation.entries.iter().filter(fits);
        let listed: Vec<Json> = match asked.direction.as_deref() {
            Some("FromStart") => entries.take(limit).map(|entry| entry.json(form)).collect(),
            Some("FromEnd") | None => {
                entries.rev().take(limit).map(|entry| entry.json(form)).collect()
            }
            Some(other) => {
                return Err(Problem::bad(format!(
                    "direction must be FromStart or FromEnd: '{other}'"
                )));
            }
        };
        Ok(json!({ "conversationEntries": listed }))
    }

    /// The state of a conversation's routing.
    pub(crate) fn routing_status(&self, holder: &Holder, id: &str) -> Result<Json, Problem> {
        let conversation = self.any_own(holder, id)?;
        Ok(json!({ "conversationId": id, "routingStatus": conversation.routing_status() }))
    }
}

fn limit(asked: Option<i64>) -> Result<usize, Problem> {
    let limit = asked.unwrap_or(USUAL_LIMIT);
    if !(1..=GREATEST_LIMIT).contains(&limit) {
        return Err(Problem::bad(format!("limit must be between 1 and {GREATEST_LIMIT}")));
    }
    Ok(usize::try_from(limit).unwrap_or_default())
}

fn wanted(filter: Option<&str>) -> Result<Option<Vec<EntryType>>, Problem> {
    let Some(filter) = filter.filter(|filter| !filter.is_empty()) else { return Ok(None) };
    let known = |name: &str| {
        let found = FILTERABLE.into_iter().find(|known| known.name() == name);
        found.ok_or_else(|| Problem::bad(format!("entryTypeFilter does not know '{name}'")))
    };
    filter.split(',').map(|name| known(name.trim())).collect::<Result<_, _>>().map(Some)
}

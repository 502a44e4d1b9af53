//! The records that chats leave in the org.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::Desk;
use crate::org::{AutoAssign, Call, Org, RecordId, Records, Refusal, Row, Value, read};

/// The user by whom the org itself writes, by its kind.
const AUTOMATED: &str = "AutomatedProcess";

/// A user or a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owner {
    /// Its record.
    pub id: RecordId,
    /// What people call it.
    pub name: String,
}

impl Desk<'_> {
    /// Makes a record.
    pub(crate) fn create(&self, object: &str, values: &Json) -> Result<RecordId, Refusal> {
        create(self.org, object, values)
    }

    /// Changes a record.
    pub(crate) fn update(&self, object: &str, id: &RecordId, values: &Json) -> Result<(), Refusal> {
        update(self.org, object, id, values)
    }

    /// The first live record with this text in a field.
    pub(crate) fn find(&self, object: &str, field: &str, text: &str) -> Option<RecordId> {
        let schema = self.org.schema();
        let object = schema.object(object)?;
        let field = object.field(field)?;
        let state = self.org.state();
        let is = |row: &&Row| match read(&state.records, object, field, row) {
            Value::Text(known) => known.eq_ignore_ascii_case(text),
            _ => false,
        };
        state.records.rows(&object.name).find(is).map(|row| row.id.clone())
    }

    /// The queue with this developer name.
    pub(crate) fn queue(&self, developer_name: &str) -> Option<Owner> {
        let id = self.find("Group", "DeveloperName", developer_name)?;
        self.owner(&id)
    }

    /// Whether a queue may own messaging sessions.
    pub(crate) fn takes_sessions(&self, queue: &RecordId) -> bool {
        takes_sessions(&self.org.state().records, queue)
    }

    /// The user or queue with this id.
    pub(crate) fn owner(&self, id: &RecordId) -> Option<Owner> {
        let schema = self.org.schema();
        let object = schema.object_of_prefix(id.key_prefix())?;
        let state = self.org.state();
        let row = state.records.get(&object.name, id)?;
        let name = read(&state.records, object, object.name_field()?, row).shown();
        Some(Owner { id: id.clone(), name })
    }

    /// The user with this name or login name.
    pub(crate) fn user(&self, name: &str) -> Option<Owner> {
        let id = self.find("User", "Name", name).or_else(|| self.find("User", "Username", name))?;
        self.owner(&id)
    }
}

/// Whether a queue may own messaging sessions.
pub(crate) fn takes_sessions(records: &Records, queue: &RecordId) -> bool {
    records.rows("QueueSobject").any(|row| {
        row.get("QueueId").as_id() == Some(queue)
            && row.get("SobjectType").as_text() == Some("MessagingSession")
    })
}

/// Makes a record, as the org itself.
fn create(org: &Org, object: &str, values: &Json) -> Result<RecordId, Refusal> {
    let call = automated(org);
    let mut transaction = org.begin();
    let made = transaction.create(&call, object, &fields(values));
    transaction.commit()?;
    made
}

/// Changes a record, as the org itself.
pub(crate) fn update(org: &Org, object: &str, id: &RecordId, values: &Json) -> Result<(), Refusal> {
    let call = automated(org);
    let mut transaction = org.begin();
    let done = transaction.update(&call, object, id, &fields(values));
    transaction.commit()?;
    done
}

/// The fields of a record that JSON holds.
pub(crate) fn fields(values: &Json) -> Map<String, Json> {
    values.as_object().cloned().unwrap_or_default()
}

/// The org itself, as the one that writes.
pub(crate) fn automated(org: &Org) -> Call {
    let user = {
        let state = org.state();
        let mut users = state.records.rows("User");
        let user = users.find(|user| user.get("UserType").as_text() == Some(AUTOMATED));
        user.map(|user| (user.id.clone(), user.get("Username").shown()))
    };
    let schema = org.schema();
    let owner = || org.seeds().id(&schema.rules().default_owner).cloned();
    let nobody = || (owner().unwrap_or_else(|| RecordId::numbered("005", 1)), AUTOMATED.to_owned());
    let (user, username) = user.unwrap_or_else(nobody);
    Call { user, username, auto_assign: AutoAssign::Off, headers: BTreeMap::new() }
}

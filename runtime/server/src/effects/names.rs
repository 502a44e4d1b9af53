//! Names that plans use, and the ids that the org has for them.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use tidegate_salesforce::RetryClass;

use super::org::{CallError, Find, Org};

/// Something with a name that a request needs the id of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Named {
    /// A queue by developer name.
    Queue(String),
    /// A user by the name that the manifest binds.
    User(String),
    /// A record type of an object by developer name.
    RecordType(String, String),
}

/// Remembers ids. They do not change; a name that is given to something else does.
#[derive(Debug, Default)]
pub(crate) struct Names {
    known: Mutex<HashMap<Named, String>>,
}

impl Names {
    /// The id. A name that the org does not have is refused like a field that it does not take.
    pub(crate) async fn id(
        &self,
        org: &dyn Org,
        users: &BTreeMap<String, String>,
        named: Named,
    ) -> Result<String, CallError> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&named).cloned();
        if let Some(id) = known {
            return Ok(id);
        }
        let found = org.find(question(users, &named)?).await?;
        let [record] = found.as_slice() else {
            return Err(unknown(&named, found.len()));
        };
        let Some(Value::String(id)) = record.get("Id") else {
            let why = "a record came back without an id";
            let class = RetryClass::Ambiguous;
            return Err(CallError::new(class, "tidegate.unclear_answer", why));
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(named, id.clone());
        Ok(id.clone())
    }

    /// Forgets all: the org refused something, and a name may mean something else now.
    pub(crate) fn forget(&self) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn question(users: &BTreeMap<String, String>, named: &Named) -> Result<Find, CallError> {
    let find = |object: &str, equal: &[(&str, &str)]| Find {
        object: object.into(),
        fields: vec!["Id".into()],
        equal: equal.iter().map(|(field, text)| ((*field).into(), (*text).into())).collect(),
        limit: 2,
    };
    Ok(match named {
        Named::Queue(name) => find("Group", &[("Type", "Queue"), ("DeveloperName", name)]),
        Named::User(name) => {
            let username = users.get(name).ok_or_else(|| unbound(name))?;
            find("User", &[("Username", username)])
        }
        Named::RecordType(object, name) => {
            find("RecordType", &[("SobjectType", object), ("DeveloperName", name)])
        }
    })
}

fn unbound(user: &str) -> CallError {
    let why = format!("the manifest binds no username to the user `{user}`");
    refused("tidegate.user_not_bound", "OwnerId", why)
}

fn unknown(named: &Named, found: usize) -> CallError {
    let (code, field, what) = match named {
        Named::Queue(name) => ("tidegate.queue_not_found", "OwnerId", format!("queue `{name}`")),
        Named::User(name) => ("tidegate.user_not_found", "OwnerId", format!("user `{name}`")),
        Named::RecordType(object, name) => (
            "tidegate.record_type_not_found",
            "RecordTypeId",
            format!("record type `{name}` of {object}"),
        ),
    };
    let answer = match found {
        0 => format!("the org has no {what}, or the integration user can't see it"),
        _ => format!("the org has more than one {what}"),
    };
    refused(code, field, answer)
}

fn refused(code: &str, field: &str, answer: String) -> CallError {
    let fields = vec![field.to_owned()];
    CallError { fields, ..CallError::new(RetryClass::Request, code, answer) }
}

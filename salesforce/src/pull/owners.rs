//! Who can own records: queues and users.

use std::collections::BTreeMap;

use tidegate_schemas::catalog::{Queue, User};

use crate::client::Client;
use crate::error::Error;
use crate::record::Row;
use crate::soql::Soql;

/// The org's queues by developer name, with the objects that each may own.
pub(super) async fn queues(client: &Client) -> Result<BTreeMap<String, Queue>, Error> {
    let groups = Soql::new("SELECT Id, DeveloperName, Name FROM Group WHERE Type = 'Queue'");
    let may_own = Soql::new("SELECT QueueId, SobjectType FROM QueueSobject");
    let mut objects: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in client.query(&may_own).await? {
        objects.entry(text(&row, "QueueId")?).or_default().push(text(&row, "SobjectType")?);
    }
    let mut queues = BTreeMap::new();
    for row in client.query(&groups).await? {
        let developer_name = text(&row, "DeveloperName")?;
        let mut objects = objects.remove(&text(&row, "Id")?).unwrap_or_default();
        objects.sort();
        objects.dedup();
        let label = text(&row, "Name")?;
        queues.insert(developer_name.clone(), Queue { developer_name, label, objects });
    }
    Ok(queues)
}

/// The org's active people by username: not guests, not customers of a portal, not processes.
pub(super) async fn users(client: &Client) -> Result<BTreeMap<String, User>, Error> {
    let people = Soql::new(
        "SELECT Username, Name FROM User WHERE IsActive = true AND UserType = 'Standard'",
    );
    let mut users = BTreeMap::new();
    for row in client.query(&people).await? {
        let username = text(&row, "Username")?;
        let label = text(&row, "Name")?;
        users.insert(username.clone(), User { username, label, active: true });
    }
    Ok(users)
}

pub(super) fn text(row: &Row, field: &str) -> Result<String, Error> {
    let value = row.get(field).and_then(|value| value.as_str());
    value.map(str::to_owned).ok_or_else(|| Error::unclear(200, format!("a row without `{field}`")))
}

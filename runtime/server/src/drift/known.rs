//! What the org has said of itself so far.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tidegate_plan::model::{Plan, Required};
use tidegate_salesforce::describe::{Described, LastModified};
use tidegate_schemas::catalog::{FieldKind, Object};

use super::{Sparingly, Unasked};
use crate::effects::org::Find;

/// Paths to a parent's field are no longer than Salesforce lets them be.
const LONGEST_PATH: usize = 5;

/// What the org has said of itself so far.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// By name; none where the org has no such object, or does not show it.
    pub(super) objects: BTreeMap<String, Option<Object>>,
    stamps: BTreeMap<String, LastModified>,
    /// For each queue and object, whether the queue is there, and may own the object's records.
    pub(super) queues: BTreeMap<(String, String), (bool, bool)>,
    /// For each username, whether the user is there and active.
    pub(super) users: BTreeMap<String, bool>,
}

impl Known {
    /// Asks for everything that the plan relies on, in requests that others may overtake. Where it
    /// comes to no end, what was asked before counts.
    pub(super) async fn refresh(
        &mut self,
        org: Sparingly<'_>,
        plan: &Plan,
        users: &BTreeMap<String, String>,
    ) -> Result<(), Unasked> {
        let mut asked = BTreeSet::new();
        // What a path goes through is known when the object before it is.
        for _ in 0..=LONGEST_PATH {
            let next: Vec<String> =
                self.needed(plan).into_iter().filter(|name| !asked.contains(name)).collect();
            for name in next {
                self.describe(org, &name).await?;
                asked.insert(name);
            }
        }
        for requirement in &plan.requirements {
            match &requirement.what {
                Required::Queue(object, name) => self.queue(org, object, name).await?,
                Required::User(name) => self.user(org, users.get(name)).await?,
                _ => {}
            }
        }
        Ok(())
    }

    async fn describe(&mut self, org: Sparingly<'_>, name: &str) -> Result<(), Unasked> {
        let since = self.stamps.get(name).filter(|_| self.objects.contains_key(name)).cloned();
        match org.org()?.describe(name.to_owned(), since).await? {
            Some(Described::NotModified) => {}
            Some(Described::Fresh { described, last_modified }) => {
                match last_modified {
                    Some(stamp) => self.stamps.insert(name.to_owned(), stamp),
                    None => self.stamps.remove(name),
                };
                self.objects.insert(name.to_owned(), Some(described));
            }
            None => {
                self.stamps.remove(name);
                self.objects.insert(name.to_owned(), None);
            }
        }
        Ok(())
    }

    /// The objects that the plan names, and those that its paths lead to as far as is known.
    fn needed(&self, plan: &Plan) -> BTreeSet<String> {
        let mut needed = BTreeSet::new();
        for requirement in &plan.requirements {
            match &requirement.what {
                Required::Object(object) => {
                    needed.insert(object.clone());
                }
                Required::ReadField(object, path) => {
                    needed.insert(object.clone());
                    needed.extend(self.ends(object, path).into_iter().map(|(object, _)| object));
                }
                _ => {}
            }
        }
        needed
    }

    /// The objects to which a path leads, with the last field's name; none where it goes astray.
    pub(super) fn ends<'p>(&self, object: &str, path: &'p str) -> Vec<(String, &'p str)> {
        let mut at = vec![object.to_owned()];
        let mut rest = path;
        while let Some((relationship, behind)) = rest.split_once('.') {
            at = at.iter().flat_map(|object| self.targets(object, relationship)).collect();
            rest = behind;
        }
        at.into_iter().map(|object| (object, rest)).collect()
    }

    fn targets(&self, object: &str, relationship: &str) -> Vec<String> {
        let object = self.objects.get(object).and_then(Option::as_ref);
        let fields = object.into_iter().flat_map(|object| object.fields.values());
        let targets = fields.filter_map(|field| match &field.kind {
            FieldKind::Reference { to, relationship: Some(name) } if name == relationship => {
                Some(to.clone())
            }
            _ => None,
        });
        targets.flatten().collect()
    }

    async fn queue(&mut self, org: Sparingly<'_>, object: &str, name: &str) -> Result<(), Unasked> {
        let find = |object: &str, field: &str, equal: &[(&str, &str)]| Find {
            object: object.to_owned(),
            fields: vec![field.to_owned()],
            equal: equal.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect(),
            limit: 1,
        };
        let group = find("Group", "Id", &[("Type", "Queue"), ("DeveloperName", name)]);
        let found = org.org()?.find(group).await?;
        let id = found.first().and_then(|row| row.get("Id")).and_then(Value::as_str);
        let owns = match id {
            Some(id) => {
                let owns = [("QueueId", id), ("SobjectType", object)];
                !org.org()?.find(find("QueueSobject", "Id", &owns)).await?.is_empty()
            }
            None => false,
        };
        self.queues.insert((name.to_owned(), object.to_owned()), (id.is_some(), owns));
        Ok(())
    }

    async fn user(&mut self, org: Sparingly<'_>, username: Option<&String>) -> Result<(), Unasked> {
        let Some(username) = username else { return Ok(()) };
        let find = Find {
            object: "User".into(),
            fields: vec!["Id".into(), "IsActive".into()],
            equal: vec![("Username".into(), username.clone())],
            limit: 1,
        };
        let found = org.org()?.find(find).await?;
        let active =
            found.first().is_some_and(|row| row.get("IsActive") == Some(&Value::Bool(true)));
        self.users.insert(username.clone(), active);
        Ok(())
    }
}

//! The org over Salesforce's REST API.

use tidegate_salesforce::client::{ApiUsage, Client};
use tidegate_salesforce::record::{SaveOption, Upload};
use tidegate_salesforce::soql::{Soql, SoqlText};
use tidegate_salesforce::{ApiName, BadName, Error, RecordId};

use super::org::{Attach, Call, CallError, DescribeCall, Find, Insert, LastModified, Org, Record};

/// A Salesforce org, through the client that knows how to log in to it.
#[derive(Clone)]
pub struct SalesforceOrg {
    client: Client,
}

impl std::fmt::Debug for SalesforceOrg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SalesforceOrg(…)")
    }
}

impl SalesforceOrg {
    /// An org through this client.
    pub fn new(client: Client) -> Self {
        Self { client }
    }
}

impl Org for SalesforceOrg {
    fn id(&self) -> Call<'_, String> {
        Box::pin(async move { self.client.org_id().await.map_err(told) })
    }

    fn insert(&self, insert: Insert) -> Call<'_, String> {
        Box::pin(async move {
            let object = name(&insert.object)?;
            let options = [SaveOption::AutoAssign(insert.assignment_rules)];
            let created = self.client.create(&object, &insert.fields, &options).await;
            created.map(|id| id.to_string()).map_err(told)
        })
    }

    fn attach(&self, attach: Attach) -> Call<'_, ()> {
        Box::pin(async move {
            let upload = Upload {
                parent: &RecordId::new(&attach.parent).map_err(unaskable)?,
                title: &attach.title,
                file_name: &attach.file_name,
                bytes: &attach.bytes,
            };
            self.client.upload(&upload).await.map(drop).map_err(told)
        })
    }

    fn find(&self, find: Find) -> Call<'_, Vec<Record>> {
        Box::pin(async move { self.client.query(&query(&find)?).await.map_err(told) })
    }

    fn describe(&self, object: String, since: Option<LastModified>) -> DescribeCall<'_> {
        Box::pin(async move {
            match self.client.describe(&name(&object)?, since.as_ref()).await {
                Ok(described) => Ok(Some(described)),
                Err(error) if error.is_not_found() => Ok(None),
                Err(error) => Err(told(error)),
            }
        })
    }

    fn usage(&self) -> Option<ApiUsage> {
        self.client.usage()
    }
}

fn query(find: &Find) -> Result<Soql, CallError> {
    let fields: Vec<ApiName> =
        find.fields.iter().map(|field| name(field)).collect::<Result<_, _>>()?;
    let mut soql = Soql::new("SELECT ").names(&fields).words(" FROM ").name(&name(&find.object)?);
    for (at, (field, text)) in find.equal.iter().enumerate() {
        soql = soql
            .words(if at == 0 { " WHERE " } else { " AND " })
            .name(&name(field)?)
            .words(" = ")
            .text(&SoqlText::new(text));
    }
    Ok(soql.words(match find.limit {
        0 | 1 => " LIMIT 1",
        2 => " LIMIT 2",
        _ => " LIMIT 2000",
    }))
}

fn name(text: &str) -> Result<ApiName, CallError> {
    ApiName::new(text).map_err(unaskable)
}

fn unaskable(bad: BadName) -> CallError {
    told(Error::from(bad))
}

fn told(error: Error) -> CallError {
    let class = error.class();
    let failed = |status: Option<u16>, code: &str, fields: Vec<String>| CallError {
        status,
        fields,
        retry_after: error.retry_after(),
        ..CallError::new(class, code, error.to_string())
    };
    match &error {
        Error::NotSent { .. } => failed(None, "tidegate.not_reached", Vec::new()),
        Error::Unclear { status, code: Some(code), .. } => failed(*status, code, Vec::new()),
        Error::Unclear { status: Some(status), .. } => {
            failed(Some(*status), "tidegate.unclear_answer", Vec::new())
        }
        Error::Unclear { .. } => failed(None, "tidegate.no_answer", Vec::new()),
        Error::Duplicate { field, refusal } => {
            failed(Some(refusal.status), refusal.code(), field.iter().cloned().collect())
        }
        Error::Login(_) => failed(None, "tidegate.login", Vec::new()),
        Error::Limit(refusal) | Error::Refused(refusal) => {
            let fields = refusal.faults.iter().flat_map(|fault| fault.fields.clone());
            failed(Some(refusal.status), refusal.code(), fields.collect())
        }
        Error::SeveralMatch { key } => {
            failed(Some(300), "tidegate.key_not_unique", vec![key.clone()])
        }
        Error::Unaskable { .. } => failed(None, "tidegate.unaskable", Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::query;
    use crate::effects::org::Find;

    #[test]
    fn a_hostile_text_stays_a_text() {
        let find = Find {
            object: "Contact".into(),
            fields: vec!["Id".into(), "Account.Industry".into()],
            equal: vec![("Email".into(), "' OR Id != null --".into()), ("A".into(), "b".into())],
            limit: 2,
        };
        assert_eq!(
            query(&find).unwrap().as_str(),
            "SELECT Id, Account.Industry FROM Contact \
             WHERE Email = '\\' OR Id != null --' AND A = 'b' LIMIT 2"
        );
    }

    #[test]
    fn a_name_that_is_none_is_refused() {
        let find = Find {
            object: "Contact WHERE".into(),
            fields: vec!["Id".into()],
            equal: Vec::new(),
            limit: 1,
        };
        assert!(query(&find).is_err());
    }
}

//! `--check --org`: what of a package an org has, as far as it can be asked.

use std::fmt;

use tidegate_diagnostics::printable;
use tidegate_package::Package;
use tidegate_salesforce::client::Client;
use tidegate_salesforce::describe::Described;
use tidegate_salesforce::record::Row;
use tidegate_salesforce::soql::{Soql, SoqlText};
use tidegate_salesforce::{ApiName, Error};
use tidegate_schemas::catalog::{Field, FieldKind, Object};

use crate::failure::Failure;
use crate::opened::Opened;
use crate::org_login;
use crate::report::plural;

/// What no request tells.
const NOT_ASKED: &str = "not asked, because no request tells it: what flows and permission sets hold, how parameters are \
                         mapped,\nwhether deployments are published, who works in queues; the package's README.md \
                         says where to look.\nA field that the login's user may not see counts as missing";

/// What queues for chats must be allowed to own.
const SESSION: &str = "MessagingSession";

/// What is known of a component.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    There,
    Missing,
    /// It is there, and not as it should be.
    Other(String),
    /// The org does not say, and why.
    NotTold(String),
}

/// A component, with what is known of it.
#[derive(Debug)]
struct Asked {
    component: String,
    found: Found,
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { component, found } = self;
        match found {
            Found::There => write!(f, "there     {component}"),
            Found::Missing => write!(f, "missing   {component}"),
            Found::Other(why) => write!(f, "other     {component}: {}", printable(why)),
            Found::NotTold(why) => write!(f, "not told  {component}: {}", printable(why)),
        }
    }
}

/// Asks an org of the manifest, and shows what it has.
pub(super) fn compare(opened: &Opened, org: &str, package: &Package) -> Result<(), Failure> {
    let client = org_login::named(&opened.manifest, org)?;
    let asked = crate::command::asynchronous()?.block_on(all(&client, package));
    let asked = asked.map_err(|error| {
        let message = format!("the org `{org}` could not be asked to the end: {error}");
        Failure::world(message, "nothing was changed there")
    })?;
    asked.iter().for_each(|asked| anstream::println!("{asked}"));
    anstream::eprintln!("{NOT_ASKED}");
    let wrong = |asked: &&Asked| matches!(asked.found, Found::Missing | Found::Other(_));
    match asked.iter().filter(wrong).count() {
        0 => Ok(()),
        count => Err(Failure::input(
            format!("{} of the org `{org}` must be mended", plural(count, "component")),
            "write the package with `tidegate emit salesforce`, and deploy it as its README.md says",
        )),
    }
}

async fn all(client: &Client, package: &Package) -> Result<Vec<Asked>, Error> {
    let case = described(client, "Case").await?;
    let session = match package.chats.is_empty() {
        true => None,
        false => described(client, SESSION).await?,
    };
    let mut all = Vec::new();
    for (kind, member) in &package.members {
        let found = match (*kind, member.split_once('.')) {
            ("CustomField", Some((SESSION, name))) => {
                let mut fields = package.chats.iter().flat_map(|chat| chat.fields());
                let length = fields.find(|(_, field, _)| *field == name).map(|(_, _, it)| it);
                text(session.as_ref(), name, length.unwrap_or_default())
            }
            ("CustomField", Some((_, name))) => key(case.as_ref(), name),
            ("Queue", _) => queue(client, member).await?,
            ("EmbeddedServiceConfig", _) => {
                Found::NotTold("no query tells of deployments; the first chat shows it".to_owned())
            }
            (kind, _) => by_name(client, kind, member).await?,
        };
        all.push(Asked { component: format!("{kind} {member}"), found });
    }
    for chat in package.chats.iter().filter(|chat| chat.queue.known) {
        let name = &chat.queue.name;
        let found = queue(client, name).await?;
        all.push(Asked { component: format!("Queue {name}"), found });
    }
    Ok(all)
}

/// An object as the login's user sees it, where there is one.
async fn described(client: &Client, object: &str) -> Result<Option<Object>, Error> {
    let unaskable =
        |error: tidegate_salesforce::BadName| Error::Unaskable { what: error.to_string() };
    let name = ApiName::new(object).map_err(unaskable)?;
    match client.describe(&name, None).await {
        Ok(Described::Fresh { described, .. }) => Ok(Some(described)),
        Ok(Described::NotModified) => Ok(None),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

fn field<'o>(object: Option<&'o Object>, name: &str) -> Result<&'o Field, Found> {
    let Some(object) = object else {
        let why = "the login's user may not see the object, or the org lacks it";
        return Err(Found::NotTold(why.to_owned()));
    };
    let mut fields = object.fields.values();
    fields.find(|its| its.name.eq_ignore_ascii_case(name)).ok_or(Found::Missing)
}

fn key(case: Option<&Object>, name: &str) -> Found {
    match field(case, name) {
        Ok(its) if its.unique && its.external_id => Found::There,
        Ok(_) => Found::Other("it must be unique and an external id".to_owned()),
        Err(found) => found,
    }
}

fn text(session: Option<&Object>, name: &str, length: u32) -> Found {
    match field(session, name).map(|its| &its.kind) {
        Ok(FieldKind::String { length: own }) if *own >= length => Found::There,
        Ok(FieldKind::String { length: own }) => {
            Found::Other(format!("it holds {own} characters, and {length} come"))
        }
        Ok(other) => Found::Other(format!("it is no text but `{}`", other.described_as())),
        Err(found) => found,
    }
}

async fn queue(client: &Client, name: &str) -> Result<Found, Error> {
    let words = "SELECT Id FROM Group WHERE Type = 'Queue' AND DeveloperName = ";
    let queue = match rows(client, words, name).await? {
        Ok(rows) => rows.into_iter().next(),
        Err(found) => return Ok(found),
    };
    let Some(id) = queue.as_ref().and_then(|row| row.get("Id")?.as_str()) else {
        return Ok(Found::Missing);
    };
    let owns = rows(client, "SELECT SobjectType FROM QueueSobject WHERE QueueId = ", id).await?;
    Ok(match owns {
        Err(found) => found,
        Ok(rows) => {
            let own =
                |row: &Row| row.get("SobjectType").and_then(|it| it.as_str()) == Some(SESSION);
            match rows.iter().any(own) {
                true => Found::There,
                false => Found::Other(format!("it may not own `{SESSION}`")),
            }
        }
    })
}

/// What has a name alone, and whether it is active where that matters.
async fn by_name(client: &Client, kind: &str, name: &str) -> Result<Found, Error> {
    let (words, active) = match kind {
        "Flow" => {
            ("SELECT ApiName, IsActive FROM FlowDefinitionView WHERE ApiName = ", Some("IsActive"))
        }
        "MessagingChannel" => (
            "SELECT DeveloperName, IsActive FROM MessagingChannel WHERE DeveloperName = ",
            Some("IsActive"),
        ),
        "PermissionSet" => ("SELECT Id FROM PermissionSet WHERE Name = ", None),
        "QueueRoutingConfig" => ("SELECT Id FROM QueueRoutingConfig WHERE DeveloperName = ", None),
        _ => return Ok(Found::NotTold("no query tells of it".to_owned())),
    };
    let rows = match rows(client, words, name).await? {
        Ok(rows) => rows,
        Err(found) => return Ok(found),
    };
    let Some(row) = rows.first() else { return Ok(Found::Missing) };
    let runs = |field: &str| row.get(field).and_then(serde_json::Value::as_bool) != Some(false);
    Ok(match active {
        Some(field) if !runs(field) => Found::Other("it is not active".to_owned()),
        _ => Found::There,
    })
}

/// The rows of one name; what the org does not tell this user is no failure.
async fn rows(
    client: &Client,
    words: &'static str,
    name: &str,
) -> Result<Result<Vec<Row>, Found>, Error> {
    match client.query(&Soql::new(words).text(&SoqlText::new(name))).await {
        Ok(rows) => Ok(Ok(rows)),
        Err(Error::Refused(refusal))
            if matches!(
                refusal.code(),
                "INVALID_TYPE" | "INVALID_FIELD" | "INSUFFICIENT_ACCESS"
            ) =>
        {
            Ok(Err(Found::NotTold(format!("the org says {}", refusal.code()))))
        }
        Err(error) => Err(error),
    }
}

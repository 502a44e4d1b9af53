//! The local org of `dev`, and what is pulled from it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use secrecy::SecretString;
use serde_json::{Value, json};
use tidegate_plan::model::Plan;
use tidegate_project::manifest::Manifest;
use tidegate_project::schema_folder;
use tidegate_salesforce::client::{Client, Settings};
use tidegate_salesforce::describe::{describe_of, hours_of, offers_of};
use tidegate_salesforce::oauth::{Grant, Login};
use tidegate_schemas::catalog::Catalog;
use tidegate_simulator::{
    ConnectedApp, Metadata, OpenError, Org, OrgConfig, RunningOrg, StartError, Told, ToldQueue,
    ToldUser,
};

use super::page::Visitor;
use crate::command::{emit, pull};
use crate::failure::Failure;
use crate::opened::Opened;
use crate::org_login;
use crate::serving;

const CONSUMER_KEY: &str = "tidegate-dev";
const RUN_AS: &str = "integration@warmhaus.example";

/// Starts the org; its records last in the project's `.tidegate/dev`. Where the project's metadata came
/// from another org, it is like that one.
pub(super) async fn start(
    listen: SocketAddr,
    folder: &Path,
    pulled: Option<&Catalog>,
) -> Result<(RunningOrg, Client), Failure> {
    let secret: [u8; 32] = rand::random();
    let secret: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let app = ConnectedApp {
        consumer_key: CONSUMER_KEY.to_owned(),
        consumer_secret: Some(secret.clone()),
        public_key: None,
        run_as: RUN_AS.to_owned(),
    };
    let config =
        OrgConfig { listen, data_dir: Some(folder.join("org")), connected_apps: vec![app] };
    let metadata = pulled.map_or(Metadata::BuiltIn, |catalog| Metadata::Told(told(catalog)));
    let org = Org::start_with(metadata, config).await.map_err(|error| {
        let help = match error {
            StartError::Listen { .. } => {
                "is another `tidegate dev` running? `--port` takes other ports"
            }
            StartError::Open(OpenError::Schema(_)) => {
                "this is a fault of Tidegate's; please report it with the project's schema/"
            }
            StartError::Open(_) => {
                "is another `tidegate dev` running in this project? If not, `.tidegate/dev/org` \
                 holds records of another org: delete it to begin with a new one"
            }
        };
        Failure::world(format!("the local org cannot start: {error}"), help)
    })?;
    let url = org.url().parse().map_err(|error| Failure::usage(format!("{error}"), ""))?;
    let grant = Grant::ClientCredentials {
        consumer_key: CONSUMER_KEY.to_owned(),
        consumer_secret: SecretString::from(secret),
    };
    let client = org_login::client(Settings::new(Login { url, grant }))?;
    Ok((org, client))
}

/// Gives the org the deployments of the project's channels, with the parameters that these take.
pub(super) async fn deploy(org: &RunningOrg, manifest: &Manifest) -> Result<(), Failure> {
    let refused = |why: String| {
        let message = format!("the local org does not take the project's channels: {why}");
        Failure::world(message, "is each `[channel.NAME]` as Setup shows it?")
    };
    let http = reqwest::Client::builder().no_proxy().build();
    let http = http.map_err(|error| refused(error.to_string()))?;
    // Keys that can be no API names are what Setup calls channel variable names.
    let switch = http.post(format!("{}/__org/chat/switches", org.url()));
    let switched = switch.json(&json!({ "parameter_key": "external_name" })).send().await;
    switched.map_err(|error| refused(error.to_string()))?;
    for (name, section) in &manifest.channel {
        let deployment = serving::local_deployment(name, section);
        let parameter =
            |(name, length): (String, u32)| json!({ "name": name, "max_length": length });
        let parameters: Vec<Value> = section.lengths().into_iter().map(parameter).collect();
        let channel = json!({ "name": deployment, "parameters": parameters });
        let body = json!({ "name": deployment, "channel": channel });
        let url = format!("{}/__org/chat/deployments", org.url());
        let answer = http.post(url).json(&body).send().await;
        let answer = answer.map_err(|error| refused(error.to_string()))?;
        if !answer.status().is_success() {
            return Err(refused(answer.text().await.unwrap_or_default()));
        }
    }
    Ok(())
}

/// Gives the org what an admin would deploy for a plan, so that chats go through the flow that agents
/// will get them by. What can't be written or taken is said, and chats stay as they were.
pub(super) fn deploy_package(
    org: &RunningOrg,
    plan: &Plan,
    catalog: &Catalog,
    manifest: &Manifest,
) {
    if plan.channels.is_empty() {
        return;
    }
    let files = match emit::package(plan, catalog, manifest) {
        Ok(package) => {
            emit::tell_of_queues(&package.chats);
            package.files
        }
        Err(failure) => {
            failure.report();
            anstream::eprintln!("chats of the local org go on without a flow");
            return;
        }
    };
    let files = files.into_iter().map(|file| (file.path, file.text)).collect();
    match org.deploy(&files) {
        Ok(deployed) => deployed.notes.iter().for_each(|note| anstream::eprintln!("{note}")),
        Err(problems) => {
            for problem in problems {
                anstream::eprintln!("error: the local org does not take the package: {problem}");
            }
        }
    }
}

/// The project's own metadata, where it came from another org than the local one.
pub(super) fn from_another_org(opened: &Opened) -> Option<Catalog> {
    let catalog = schema_folder::read(&opened.root).ok()?;
    (catalog.origin.org_id != Org::built_in_id()).then_some(catalog)
}

/// What the local org has to be told, to be like the one that was pulled.
fn told(catalog: &Catalog) -> Told {
    let describes = catalog.objects.values();
    let describes = describes.filter_map(|object| serde_json::to_value(describe_of(object)).ok());
    let queues = catalog.queues.values().map(|queue| ToldQueue {
        developer_name: queue.developer_name.clone(),
        label: queue.label.clone(),
        objects: queue.objects.clone(),
    });
    let users = catalog.users.values().map(|user| ToldUser {
        username: user.username.clone(),
        label: user.label.clone(),
        active: user.active,
    });
    let offered = catalog.objects.values().flat_map(offers_of);
    let offered = offered.filter_map(|answer| serde_json::to_value(answer).ok());
    Told {
        describes: describes.collect(),
        offered: offered.collect(),
        queues: queues.collect(),
        users: users.collect(),
        hours: hours_of(catalog)
            .into_iter()
            .map(|(object, row)| (object.to_owned(), row))
            .collect(),
    }
}

/// What stands in `schema/`, which the local org is made from or has written, when it started.
pub(super) struct Schema {
    known: Option<Catalog>,
}

impl Schema {
    pub(super) fn of(opened: &Opened) -> Self {
        Self { known: schema_folder::read(&opened.root).ok() }
    }

    /// Says that something else stands there now, once for each change: neither the org nor the check
    /// follow it.
    pub(super) fn tell_of_changes(&mut self, opened: &Opened) {
        match schema_folder::read(&opened.root) {
            Ok(now) if self.known.as_ref() == Some(&now) => {}
            Ok(now) => {
                self.known = Some(now);
                anstream::eprintln!(
                    "schema/ has changed: start `tidegate dev` again, for the local org and the check \
                     go by what stood there when it started"
                );
            }
            Err(error) => anstream::eprintln!("error: {error}\nhelp: {}", error.help()),
        }
    }
}

/// What programs are checked against: the project's own metadata where the local org was made from it,
/// and otherwise what is pulled from the local org.
pub(super) async fn catalog(
    client: &Client,
    opened: &Opened,
    own: Option<Catalog>,
) -> Result<Catalog, Failure> {
    let pulled = pull::fetch(client, &opened.manifest).await?;
    let Some(own) = own else {
        pull::write(&opened.root, &pulled)?;
        return Ok(pulled);
    };
    anstream::eprintln!(
        "the local org is made from schema/, pulled from the org {}: its fields, lists, record types, \
         queues, users and business hours are there, its automation and its records are not",
        own.origin.org_id.escape_debug()
    );
    Ok(Catalog { origin: pulled.origin, ..own })
}

/// Whom you can be: the org's Contacts, each with what a company's server would vouch for.
pub(super) fn visitors(org: &RunningOrg, plan: &Plan) -> Vec<Visitor> {
    let claim = plan.person.as_ref().map_or("email", |person| person.claim.as_str());
    let contacts = org.contacts();
    let shared: Vec<bool> = contacts
        .iter()
        .map(|one| contacts.iter().filter(|other| other.email == one.email).count() > 1)
        .collect();
    contacts
        .into_iter()
        .zip(shared)
        .map(|(contact, shared)| {
            let mut claims = BTreeMap::from([
                ("sub".to_owned(), contact.id.clone()),
                ("name".to_owned(), contact.name.clone()),
            ]);
            let email = contact.email.clone().unwrap_or_default();
            claims.insert("email".to_owned(), email.clone());
            claims.entry(claim.to_owned()).or_insert_with(|| email.clone());
            let tier = contact.tier.map_or_else(String::new, |tier| format!(" · {tier}"));
            let shared = if shared && contact.email.is_some() {
                " · shares the address, so counts as not known"
            } else {
                ""
            };
            let note = format!("{email}{tier}{shared}");
            Visitor { id: contact.id, name: contact.name, note, claims }
        })
        .collect()
}

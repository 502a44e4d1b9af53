//! The local org of `dev`, and what is pulled from it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use secrecy::SecretString;
use tidegate_plan::model::Plan;
use tidegate_project::schema_folder;
use tidegate_salesforce::client::{Client, Settings};
use tidegate_salesforce::oauth::{Grant, Login};
use tidegate_schemas::catalog::Catalog;
use tidegate_simulator::{ConnectedApp, Org, OrgConfig, RunningOrg, StartError};

use super::page::Visitor;
use crate::command::pull;
use crate::failure::Failure;
use crate::opened::Opened;
use crate::org_login;

const CONSUMER_KEY: &str = "tidegate-dev";
const RUN_AS: &str = "integration@warmhaus.example";

/// Starts the org; its records last in the project's `.tidegate/dev`.
pub(super) async fn start(
    listen: SocketAddr,
    folder: &Path,
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
    let org = Org::start(config).await.map_err(|error| {
        let help = match error {
            StartError::Listen { .. } => {
                "is another `tidegate dev` running? `--port` takes other ports"
            }
            StartError::Open(_) => "is another `tidegate dev` running in this project?",
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

/// Pulls, and keeps the project's own `schema/` where it came from another org.
pub(super) async fn catalog(client: &Client, opened: &Opened) -> Result<Catalog, Failure> {
    let pulled = pull::fetch(client, &opened.manifest).await?;
    match schema_folder::read(&opened.root) {
        Ok(there) if there.origin.org_id != pulled.origin.org_id => anstream::eprintln!(
            "schema/ was pulled from the org {}: it is left alone, and the local org's metadata is \
             used here",
            there.origin.org_id.escape_debug()
        ),
        _ => {
            pull::write(&opened.root, &pulled)?;
        }
    }
    Ok(pulled)
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

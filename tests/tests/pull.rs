//! Pulling the local org into a project's `schema/`, over HTTP, as `tidegate pull` does.

#[allow(dead_code, reason = "it serves other tests too")]
#[path = "soundness/dice.rs"]
mod dice;
#[path = "pull/every_field.rs"]
mod every_field;
#[path = "pull/mutations.rs"]
mod mutations;
#[path = "pull/orgs.rs"]
mod orgs;
#[path = "pull/rules.rs"]
mod rules;
#[path = "pull/slips.rs"]
mod slips;
#[path = "pull/spots.rs"]
mod spots;
#[path = "soundness/talk.rs"]
mod talk;
#[path = "pull/typos.rs"]
mod typos;

use std::collections::BTreeMap;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;
use tidegate_project::schema_folder::{self, Written};
use tidegate_salesforce::client::{Client, Settings};
use tidegate_salesforce::describe::Described;
use tidegate_salesforce::oauth::{Grant, Login};
use tidegate_salesforce::pull::{Progress, pull};
use tidegate_salesforce::record::{Row, SaveOption};
use tidegate_salesforce::{ApiName, Error, LoginError};
use tidegate_schemas::catalog::{Field, FieldKind};
use tidegate_simulator::{ConnectedApp, Org, OrgConfig, RunningOrg};

const KEY: &str = "consumer-key";
const SECRET: &str = "consumer-secret";
const USERNAME: &str = "integration@warmhaus.example";

fn app(public_key: Option<String>) -> ConnectedApp {
    ConnectedApp {
        consumer_key: KEY.to_owned(),
        consumer_secret: Some(SECRET.to_owned()),
        public_key,
        run_as: USERNAME.to_owned(),
    }
}

async fn org(public_key: Option<String>) -> RunningOrg {
    let listen = ([127, 0, 0, 1], 0).into();
    let config = OrgConfig { listen, data_dir: None, connected_apps: vec![app(public_key)] };
    Org::start(config).await.expect("the local org")
}

fn client(org: &RunningOrg, grant: Grant) -> Client {
    let login = Login { url: org.url().parse().expect("its address"), grant };
    Client::new(Settings::new(login)).expect("a client")
}

fn by_secret(secret: &str) -> Grant {
    Grant::ClientCredentials { consumer_key: KEY.to_owned(), consumer_secret: secret.into() }
}

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}

fn name(text: &str) -> ApiName {
    ApiName::new(text).expect("a name")
}

#[tokio::test]
async fn the_local_org_is_pulled_into_files_and_read_back() {
    let org = org(None).await;
    let client = client(&org, by_secret(SECRET));
    let mut told = Vec::new();
    let catalog = pull(&client, &[], |step| told.push(step)).await.expect("a catalog");
    assert!(matches!(&told[0], Progress::LoggedIn { username, .. } if username == USERNAME));

    let project = TempDir::new().expect("a folder");
    let written = schema_folder::write(project.path(), &catalog).expect("written");
    assert_eq!(written, Written::Changed);
    assert_eq!(schema_folder::read(project.path()).expect("read"), catalog);

    let again = pull(&client, &[], |_| {}).await.expect("a catalog");
    assert_eq!(again, catalog, "an unchanged org gives an equal catalog");
    let written = schema_folder::write(project.path(), &again).expect("written");
    assert_eq!(written, Written::Unchanged);

    let org_file = project.path().join("schema/org.toml");
    insta::assert_snapshot!("org", std::fs::read_to_string(org_file).expect("the file"));
}

#[tokio::test]
async fn what_must_be_given_and_what_depends_on_what_survives_the_journey() {
    let org = org(None).await;
    let catalog = pull(&client(&org, by_secret(SECRET)), &[], |_| {}).await.expect("a catalog");
    let required: BTreeMap<&str, Vec<&str>> = catalog
        .objects
        .values()
        .map(|object| {
            let required = object.fields.values().filter(|field| field.required_on_create());
            (object.name.as_str(), required.map(|field| field.name.as_str()).collect())
        })
        .collect();
    insta::assert_debug_snapshot!(required);
    let component = &catalog.objects["Case"].fields["Component__c"];
    let FieldKind::Picklist(list) = &component.kind else { panic!("{component:?}") };
    assert_eq!(list.controller.as_deref(), Some("Product__c"));
    assert!(list.values.iter().all(|value| value.valid_for.is_some()));
    let key: Vec<&Field> =
        catalog.objects["Case"].fields.values().filter(|it| it.unique && it.external_id).collect();
    assert!(!key.is_empty(), "no field can carry the key of a create");
}

#[tokio::test]
async fn a_signed_assertion_pulls_as_the_user_it_names() {
    let pair = KeyPair::generate(KeySize::Rsa2048).expect("a key");
    let private: Pkcs8V1Der<'_> = pair.as_der().expect("its bytes");
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("its bytes");
    let org = org(Some(pem("PUBLIC KEY", public.as_ref()))).await;
    let grant = |username: &str| Grant::JwtBearer {
        consumer_key: KEY.to_owned(),
        username: username.to_owned(),
        private_key: pem("PRIVATE KEY", private.as_ref()).into(),
        audience: None,
    };
    let user = "mara.lindt@warmhaus.example";
    let catalog = pull(&client(&org, grant(user)), &[], |_| {}).await.expect("a catalog");
    assert_eq!(catalog.origin.pulled_by, user);
    let nobody = pull(&client(&org, grant("nobody@warmhaus.example")), &[], |_| {}).await;
    let error = nobody.expect_err("no such user").to_string();
    insta::assert_snapshot!(error);
}

#[tokio::test]
async fn a_wrong_secret_is_told_and_an_unchanged_object_is_not_sent() {
    let org = org(None).await;
    let refused = client(&org, by_secret("wrong")).versions().await.expect_err("a wrong secret");
    assert!(matches!(refused, Error::Login(LoginError::Refused { .. })), "{refused}");
    let client = client(&org, by_secret(SECRET));
    let first = client.describe(&name("Contact"), None).await.expect("a describe");
    let Described::Fresh { last_modified, .. } = first else { panic!("nothing was asked before") };
    assert!(last_modified.is_some());
    let second = client.describe(&name("Contact"), last_modified.as_ref()).await;
    assert_eq!(second, Ok(Described::NotModified));
}

#[tokio::test]
async fn a_create_repeated_with_its_key_is_a_duplicate_that_can_be_found() {
    let org = org(None).await;
    let client = client(&org, by_secret(SECRET));
    let catalog = pull(&client, &[], |_| {}).await.expect("a catalog");
    let case = &catalog.objects["Case"];
    let key = case.fields.values().find(|it| it.unique && it.external_id).expect("a key field");
    let mut fields = Row::from_iter([(key.name.clone(), json!("3f0e"))]);
    for field in case.fields.values().filter(|field| field.required_on_create()) {
        let value = match &field.kind {
            FieldKind::Picklist(list) => list.values.iter().find(|it| it.active),
            other => panic!("{} is required: {other:?}", field.name),
        };
        fields.insert(field.name.clone(), value.map_or(Value::Null, |it| json!(it.value)));
    }
    let options = [SaveOption::AutoAssign(false)];
    let id = client.create(&name("Case"), &fields, &options).await.expect("a Case");
    let repeated = client.create(&name("Case"), &fields, &options).await;
    let Err(Error::Duplicate { field, .. }) = repeated else { panic!("{repeated:?}") };
    assert_eq!(field.as_ref(), Some(&key.name));
    let found = client
        .read_by_key(&name("Case"), &name(&key.name), "3f0e", &[name("Id")])
        .await
        .expect("an answer")
        .expect("the Case");
    assert_eq!(found["Id"], json!(id.as_str()));
    assert!(client.usage().is_some());
}

//! The org as a client meets it: over real HTTP.

#![expect(clippy::expect_used, reason = "a helper of a test fails as the test does")]

mod chat;
mod collections;
mod composite;
mod described;
mod describes;
mod faults;
mod ledger;
mod logins;
mod permissions;
mod queries;
mod refusals;
mod rows;
mod rules;
mod schema_changes;

use std::path::PathBuf;

use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value as Json, json};
use tidegate_simulator::{ConnectedApp, Metadata, Org, OrgConfig, RunningOrg};

/// A started org, and a client that is logged in.
struct Stage {
    org: RunningOrg,
    client: Client,
    token: String,
}

impl Stage {
    async fn new() -> Stage {
        Stage::with(None).await
    }

    async fn with(data_dir: Option<PathBuf>) -> Stage {
        Stage::of(data_dir, ConnectedApp::INTEGRATION_USER).await
    }

    /// Logged in as this user.
    async fn of(data_dir: Option<PathBuf>, username: &str) -> Stage {
        Stage::from(Metadata::BuiltIn, data_dir, username).await
    }

    /// The same in an org whose metadata come from elsewhere.
    async fn from(metadata: Metadata, data_dir: Option<PathBuf>, username: &str) -> Stage {
        let app = ConnectedApp { run_as: username.to_owned(), ..ConnectedApp::local() };
        let config =
            OrgConfig { listen: ([127, 0, 0, 1], 0).into(), data_dir, connected_apps: vec![app] };
        let org = Org::start_with(metadata, config).await.expect("the org starts");
        let client = Client::new();
        let token = login(&client, org.url()).await;
        Stage { org, client, token }
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}/services/data/v66.0{path}", self.org.url());
        self.client.request(method, url).bearer_auth(&self.token)
    }

    async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.expect("an answer")
    }

    async fn create(&self, object: &str, body: Json) -> Response {
        let request = self.request(Method::POST, &format!("/sobjects/{object}"));
        request.header("sforce-auto-assign", "FALSE").json(&body).send().await.expect("an answer")
    }

    async fn created(&self, object: &str, body: Json) -> String {
        let response = self.create(object, body).await;
        assert_eq!(response.status(), StatusCode::CREATED);
        let body: Json = response.json().await.expect("JSON");
        body["id"].as_str().expect("an id").to_owned()
    }

    async fn query(&self, soql: &str) -> (StatusCode, Json) {
        let request = self.request(Method::GET, "/query").query(&[("q", soql)]);
        let response = request.send().await.expect("an answer");
        (response.status(), response.json().await.expect("JSON"))
    }

    /// The first record's field, by a path such as `/Owner/Name`.
    async fn one(&self, soql: &str, pointer: &str) -> Json {
        let (status, body) = self.query(soql).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body["records"][0].pointer(pointer).cloned().unwrap_or_default()
    }

    /// What a request with a JSON body is answered.
    async fn send(&self, method: Method, path: &str, body: Json) -> (u16, Json) {
        let response = self.request(method, path).json(&body).send().await.expect("an answer");
        let status = response.status().as_u16();
        let text = response.text().await.expect("a body");
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    /// The number of live rows.
    async fn count(&self, object: &str) -> Json {
        let (_, found) = self.query(&format!("SELECT COUNT() FROM {object}")).await;
        found["totalSize"].clone()
    }

    async fn operator(&self, path: &str, body: Json) -> Json {
        let url = format!("{}/__org/{path}", self.org.url());
        let response = self.client.post(url).json(&body).send().await.expect("an answer");
        response.json().await.expect("JSON")
    }

    async fn ledger(&self) -> Vec<Json> {
        let url = format!("{}/__org/ledger", self.org.url());
        self.client.get(url).send().await.expect("an answer").json().await.expect("entries")
    }
}

async fn login(client: &Client, url: &str) -> String {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", "tidegate-local"),
        ("client_secret", "tidegate-local-secret"),
    ];
    let request = client.post(format!("{url}/services/oauth2/token")).form(&form);
    let body: Json = request.send().await.expect("an answer").json().await.expect("JSON");
    body["access_token"].as_str().expect("a token").to_owned()
}

/// A Case that the org takes, with more values or others.
fn case(more: Json) -> Json {
    let mut case = json!({ "Subject": "The heater stopped", "Channel__c": "web_chat" });
    if let (Json::Object(case), Json::Object(more)) = (&mut case, more) {
        case.extend(more);
    }
    case
}

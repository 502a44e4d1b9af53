//! What is emitted for live chat, deployed to a local org: what goes along with a chat stands on the
//! chat's record, in the field that is meant for it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tempfile::TempDir;
use tidegate_plan::model::Plan;
use tidegate_salesforce::chat::{
    ChatClient, ChatSettings, ConversationId, Deployment, Identity, Routing, Visitor,
};
use tidegate_simulator::{ConnectedApp, Org, OrgConfig, Row, RunningOrg};

use super::{change, copy, root, screen};
use tidegate_tests::process::Process;

type Files = BTreeMap<String, String>;

/// An example with a channel: its name, its deployment and its queue, which are the channel's.
const CHANNELS: [(&str, &str); 2] = [("fin-migration", "support_chat"), ("software", "engineers")];

/// The example's package, and its plan.
fn emitted(example: &str) -> (TempDir, Files, Plan) {
    emitted_with(example, &[])
}

/// The same with something else in some of its files.
fn emitted_with(example: &str, changes: &[(&str, &str, &str)]) -> (TempDir, Files, Plan) {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&root().join("examples").join(example), folder.path());
    changes.iter().for_each(|(file, from, to)| change(folder.path(), file, from, to));
    let done = screen(folder.path(), &["emit", "salesforce", "."], &[]);
    assert!(done.contains("exit code 0"), "{done}");
    let done = screen(folder.path(), &["build", "."], &[]);
    assert!(done.contains("exit code 0"), "{done}");
    let plan = fs::read(folder.path().join(format!("{example}.plan"))).expect("a plan");
    let files = files(&folder.path().join("salesforce"));
    (folder, files, Plan::decode(&plan).expect("a plan"))
}

fn files(root: &Path) -> Files {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).expect("below").to_string_lossy().into_owned();
                files.insert(name, fs::read_to_string(&path).expect("text"));
            }
        }
    }
    files
}

async fn org(files: &Files) -> RunningOrg {
    let listen = "127.0.0.1:0".parse().expect("an address");
    let apps = vec![ConnectedApp::local()];
    let config = OrgConfig { listen, data_dir: None, connected_apps: apps };
    let org = Org::start(config).await.expect("an org");
    // Fin's keys have blanks, so they are channel variable names and no API names.
    let switches = serde_json::json!({ "parameter_key": "external_name" });
    let url = format!("{}/__org/chat/switches", org.url());
    let answer = reqwest::Client::new().post(url).json(&switches).send().await.expect("an answer");
    assert!(answer.status().is_success());
    let deployed = org.deploy(files).expect("the org takes the package");
    assert_eq!(deployed.notes, Vec::<String>::new());
    org
}

/// What goes along under each key of the plan: the key itself, as far as it fits.
fn values(plan: &Plan) -> BTreeMap<String, String> {
    let entries = plan.channels.iter().flat_map(|push| &push.entries);
    let value = |key: &str, length: u32| key.chars().take(length as usize).collect();
    entries.map(|entry| (entry.key.clone(), value(&entry.key, entry.max_length))).collect()
}

/// The key of a Case.
const KEY: &str = "0b0f6a52-0c5e-4c5b-9a0c-7f4f6a9c1d11";

/// Begins a chat with what goes along.
async fn begin(org: &str, channel: &str, values: BTreeMap<String, String>) -> ConversationId {
    let deployment = Deployment {
        scrt: org.parse().expect("a host"),
        org: Org::built_in_id().parse().expect("an org"),
        name: channel.parse().expect("a name"),
    };
    let client = ChatClient::new(ChatSettings::new(deployment)).expect("a client");
    let (visitor, _) = Visitor::new(client, Identity::Guest, None).await.expect("a visitor");
    let routing = Routing { attributes: values, language: None };
    let id = ConversationId::fresh();
    visitor.create(id, &routing).await.expect("a chat");
    id
}

/// Begins a chat, and gives what stands on its record: who has it, and each custom field.
async fn chat(
    org: &RunningOrg,
    files: &Files,
    channel: &str,
    values: BTreeMap<String, String>,
) -> String {
    let id = begin(org.url(), channel, values).await;
    let state = org.org().state();
    let ours = |row: &&Row| row.get("ConversationId").shown() == id.to_string();
    let row = state.records.rows("MessagingSession").find(ours).expect("a record");
    let owner = row.get("OwnerId").shown();
    let owner = state.records.rows("Group").find(|its| its.id.to_string() == owner);
    let queue = owner.map(|its| its.get("DeveloperName").shown()).unwrap_or_default();
    let fields = files.keys().filter_map(|path| {
        let name =
            path.split_once("/MessagingSession/fields/")?.1.strip_suffix(".field-meta.xml")?;
        Some(format!("{name} = {}\n", row.get(name).shown()))
    });
    format!("queue {queue}\n{}", fields.collect::<String>())
}

fn empty(record: &str) -> Vec<&str> {
    record.lines().filter_map(|line| line.strip_suffix(" = ")).collect()
}

#[tokio::test]
async fn what_goes_along_stands_on_the_chats_record() {
    let mut shown = String::new();
    for (example, channel) in CHANNELS {
        let (_folder, files, plan) = emitted(example);
        let org = org(&files).await;
        let record = chat(&org, &files, channel, values(&plan)).await;
        assert_eq!(empty(&record), Vec::<&str>::new(), "{record}");
        shown += &format!("# {example}\n{record}\n");
        let blank = chat(&org, &files, channel, BTreeMap::new()).await;
        assert!(blank.starts_with(&format!("queue {channel}\n")), "{blank}");
    }
    insta::assert_snapshot!(shown);
}

/// The sabotage twin: one letter of one name, and its field stays empty.
#[tokio::test]
async fn a_name_of_other_capitals_is_an_empty_field() {
    let (_folder, files, plan) = emitted("software");
    let flow = "force-app/main/default/flows/Route_engineers.flow-meta.xml";
    let channel = "force-app/main/default/messagingChannels/engineers.messagingChannel-meta.xml";
    for (path, old, new) in [
        (channel, "<actionParameterName>severity<", "<actionParameterName>Severity<"),
        (flow, "        <name>severity</name>", "        <name>Severity</name>"),
    ] {
        let mut other = files.clone();
        let text = other.get_mut(path).expect("a file");
        assert!(text.contains(old), "{old}");
        *text = text.replace(old, new).replace("{!severity}", "{!Severity}");
        let org = org(&other).await;
        let record = chat(&org, &other, "engineers", values(&plan)).await;
        assert_eq!(empty(&record), ["severity__c"], "{record}");
    }
}

/// A Case of the org, made over its API under a key.
async fn a_case(org: &RunningOrg, key: &str) -> String {
    let http = reqwest::Client::new();
    let login = "grant_type=client_credentials&client_id=tidegate-local&client_secret=tidegate-local-secret";
    let token = http.post(format!("{}/services/oauth2/token", org.url()));
    let form = "application/x-www-form-urlencoded";
    let token = token.header("content-type", form).body(login).send().await.expect("a token");
    let token: serde_json::Value = token.json().await.expect("JSON");
    let case = http.post(format!("{}/services/data/v66.0/sobjects/Case", org.url()));
    let case = case.bearer_auth(token["access_token"].as_str().expect("a token"));
    let case = case
        .json(&serde_json::json!({ "Channel__c": "web_chat", "Tidegate_Key__c": key }))
        .send()
        .await;
    let case: serde_json::Value = case.expect("a Case").json().await.expect("JSON");
    case["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn a_chat_is_linked_to_the_case_and_the_contact_whose_ids_go_along() {
    let sent = "  send person.plan\n  send conversation.Id as \"case\"\n  send person.Id as \"customer\"\n";
    let changes = [
        ("tidegate.toml", "users = 10", "users = 10, case = 18, customer = 18"),
        ("pushes.tide", "  send person.plan\n", sent),
    ];
    let (_folder, files, _) = emitted_with("software", &changes);
    let org = org(&files).await;
    let (case, contact) = (a_case(&org, KEY).await, org.contacts()[0].id.clone());
    // Of a Case that is not there nothing is written, and all else is.
    let mut linked = Vec::new();
    for (case, contact) in [(case.as_str(), contact.as_str()), ("500000000000bad", "")] {
        let values = [("case", case), ("customer", contact), ("plan", "Business")];
        let values = values.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let id = begin(org.url(), "engineers", values.into()).await.to_string();
        let state = org.org().state();
        let row = |object: &str, fits: &dyn Fn(&Row) -> bool| {
            state.records.rows(object).find(|row| fits(row)).expect("a record").clone()
        };
        let session = row("MessagingSession", &|row| row.get("ConversationId").shown() == id);
        let user = session.get("MessagingEndUserId").shown();
        let user = row("MessagingEndUser", &|row| row.id.to_string() == user);
        let of = |row: &Row, field: &str| row.get(field).shown();
        assert_eq!(of(&session, "plan__c"), "Business");
        linked.push((of(&session, "CaseId"), of(&user, "ContactId")));
    }
    assert_eq!(linked, [(case, contact), (String::new(), String::new())]);
}

/// Whoever knows an id links nothing by it; what a conversation has recorded is known by its key.
#[tokio::test]
async fn a_chat_is_linked_to_the_case_that_its_conversation_has_recorded() {
    let (_folder, files, plan) = emitted("software");
    let org = org(&files).await;
    let case = a_case(&org, KEY).await;
    let other = "0b0f6a52-0c5e-4c5b-9a0c-7f4f6a9c1d12";
    let mut linked = Vec::new();
    for key in [KEY, other, case.as_str(), ""] {
        let mut values = values(&plan);
        values.insert("tidegate_case".to_owned(), key.to_owned());
        let id = begin(org.url(), "engineers", values).await.to_string();
        let state = org.org().state();
        let ours = |row: &&Row| row.get("ConversationId").shown() == id;
        let row = state.records.rows("MessagingSession").find(ours).expect("a record");
        linked.push(row.get("CaseId").shown());
        let owner = row.get("OwnerId").shown();
        let queue = state.records.rows("Group").find(|its| its.id.to_string() == owner);
        assert_eq!(queue.expect("a queue").get("DeveloperName").shown(), "engineers");
    }
    assert_eq!(linked, [case, String::new(), String::new(), String::new()]);
}

/// `dev` in a folder: its process, and where its org is.
fn dev(folder: &Path) -> (Process, String) {
    let folder = folder.display().to_string();
    let (process, told) = Process::start(&["dev", &folder, "--port", "0"], &[], "org  ");
    let url = told.split(' ').next().unwrap_or_default().trim_end_matches('/').to_owned();
    (process, url)
}

async fn asked_of(org: &str, what: &str) -> serde_json::Value {
    let answer = reqwest::get(format!("{org}/__org/chat/{what}")).await.expect("an answer");
    answer.json().await.expect("JSON")
}

#[tokio::test]
async fn chats_of_dev_go_through_the_flow_that_is_emitted() {
    for (example, channel) in CHANNELS {
        let (folder, _, plan) = emitted(example);
        // The second time, the org has the first chat's record.
        for _ in 0..2 {
            let (_dev, org) = dev(folder.path());
            let id = begin(&org, channel, values(&plan)).await;
            let session = &asked_of(&org, &format!("conversations/{id}")).await["session"];
            assert_eq!(session["problem"], serde_json::Value::Null, "{session}");
            let steps = session["flow"]["steps"].as_array().expect("steps");
            assert_eq!(steps.first(), Some(&"Stamp_Session: 1 of MessagingSession".into()));
            assert_eq!(session["dropped"], serde_json::json!([]));
        }
    }
}

/// The screen of a check against an org of its own.
fn asked(folder: &Path, org: &[&str]) -> String {
    let (_org, address) =
        Process::start(&[&["org", "--port", "0"], org].concat(), &[], "the org answers at");
    let manifest = folder.join("tidegate.toml");
    let text = fs::read_to_string(&manifest).expect("a manifest");
    let section = format!(
        "\n[org.local]\nlogin_url = \"{address}\"\nlogin = {{ flow = \"client-credentials\", \
         consumer_key_env = \"KEY\", consumer_secret_env = \"SECRET\" }}\n"
    );
    fs::write(&manifest, format!("{text}{section}")).expect("a manifest");
    let variables = [("KEY", "tidegate-local"), ("SECRET", "tidegate-local-secret")];
    let shown =
        screen(folder, &["emit", "salesforce", ".", "--check", "--org", "local"], &variables);
    fs::write(&manifest, text).expect("a manifest");
    shown
}

#[test]
fn an_org_is_asked_what_it_has() {
    let (folder, _, _) = emitted("software");
    let before = asked(folder.path(), &[]);
    let field =
        "salesforce/force-app/main/default/objects/MessagingSession/fields/error__c.field-meta.xml";
    change(folder.path(), field, "<length>255<", "<length>80<");
    let deployed = folder.path().join("salesforce").display().to_string();
    let after = asked(folder.path(), &["--deploy", &deployed]);
    insta::assert_snapshot!([before, after].join("\n---\n"));
}

#[test]
fn what_salesforce_could_not_tell_apart_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&root().join("examples/software"), folder.path());
    change(folder.path(), "tidegate.toml", "role = 40", "\"First Name\" = 40");
    change(folder.path(), "pushes.tide", "send person.role", "send person.role as \"First Name\"");
    change(folder.path(), "tidegate.toml", "users = 10", "recordid = 300");
    change(folder.path(), "pushes.tide", "as \"users\"", "as \"recordid\"");
    change(
        folder.path(),
        "tidegate.toml",
        "[channel.engineers]",
        "[channel.engineers]\nqueue = \"Incidents\"",
    );
    insta::assert_snapshot!(screen(folder.path(), &["emit", "salesforce", "."], &[]));
}

#[test]
fn a_queue_of_the_org_that_takes_no_chats_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&root().join("examples/software"), folder.path());
    let section = "[channel.engineers]";
    change(folder.path(), "tidegate.toml", section, &format!("{section}\nqueue = \"Incidents\""));
    insta::assert_snapshot!(screen(folder.path(), &["emit", "salesforce", "."], &[]));
}

//! Deployed metadata: what attributes become on their way through a channel and a flow into records.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value as Json, json};

use super::{API, Stage, Visitor, uuid};

const CLIENT: &str = "Support_Client";
const FLOW: &str = "flows/Route_Chats.flow-meta.xml";
const CHANNEL: &str = "messagingChannels/Support_Chat.messagingChannel-meta.xml";
const CONFIG: &str = "EmbeddedServiceConfig/Support_Client.EmbeddedServiceConfig-meta.xml";

/// The folder that an admin deploys.
fn package() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/http/chat/salesforce");
    let mut files = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&root).expect("below").to_string_lossy().into_owned();
                files.insert(name, std::fs::read_to_string(&path).expect("text"));
            }
        }
    }
    files
}

/// The same with something else in one file.
fn changed(path: &str, changes: &[(&str, &str)]) -> BTreeMap<String, String> {
    let mut files = package();
    let file = files.get_mut(path).expect("a file");
    for (old, new) in changes {
        assert!(file.contains(old), "{old}");
        *file = file.replace(old, new);
    }
    files
}

impl Stage {
    async fn try_deploy(&self, files: &BTreeMap<String, String>) -> (u16, Json) {
        self.door("chat/metadata", json!({ "files": files })).await
    }

    async fn deployed(&self, files: &BTreeMap<String, String>) -> Json {
        let (status, answer) = self.try_deploy(files).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    async fn client(&self) -> Visitor<'_> {
        let mut body = self.token_body();
        body["esDeveloperName"] = json!(CLIENT);
        let path = format!("{API}/authorization/unauthenticated/access-token");
        let (status, token) = self.call(reqwest::Method::POST, &path, Some(body)).await;
        assert_eq!(status, 200, "{token}");
        Visitor::of(self, &token)
    }

    /// What operators see of a session that begins with these attributes, and its record.
    async fn routed(&self, attributes: Json) -> (Json, Json) {
        let client = self.client().await;
        let id = uuid();
        let body = json!({ "conversationId": id, "esDeveloperName": CLIENT,
                           "routingAttributes": attributes });
        let (status, answer) = client.post("/conversation", body).await;
        assert_eq!(status, 201, "{answer}");
        let soql = format!(
            "SELECT AI_Topic__c, CaseId, Case.Subject, Status, Owner.Name, \
             MessagingEndUser.ContactId FROM MessagingSession WHERE ConversationId = '{id}'"
        );
        let (_, rows) = self.query(&soql).await;
        (self.view(&id).await["session"].clone(), rows["records"][0].clone())
    }
}

#[tokio::test]
async fn attributes_are_stamped_on_records_and_decide_the_queue() {
    let stage = Stage::new().await;
    let deployed = stage.deployed(&package()).await;
    assert_eq!(deployed["left_out"], json!(["permissionsets/Chat_Agents.permissionset-meta.xml"]));
    assert_eq!(deployed["notes"], json!([]));
    let case = stage.created("Case", super::super::case(json!({ "Subject": "Refund" }))).await;
    let attributes = json!({ "ai_topic": "billing: refund", "caseId": case,
                             "_email": "ADA@example.com", "_firstName": "Ada", "unknown": "x" });
    let (session, row) = stage.routed(attributes).await;
    assert_eq!(row["AI_Topic__c"], "billing: refund");
    assert_eq!((&row["CaseId"], &row["Case"]["Subject"]), (&json!(case), &json!("Refund")));
    assert_eq!(
        (&row["Status"], &row["Owner"]["Name"]),
        (&json!("Waiting"), &json!("Billing chats"))
    );
    let ada = stage.one("SELECT Id FROM Contact WHERE Email = 'ada@example.com'", "/Id").await;
    assert_eq!(row["MessagingEndUser"]["ContactId"], ada);
    assert_eq!((&session["problem"], &session["dropped"]), (&Json::Null, &json!(["unknown"])));
    let steps: Vec<_> = session["flow"]["steps"].as_array().expect("steps").iter().collect();
    insta::assert_snapshot!(
        steps.iter().map(|it| it.as_str().expect("text")).collect::<Vec<_>>().join("\n")
    );
}

#[tokio::test]
async fn without_attributes_nothing_is_stamped_and_a_case_is_made_where_the_flow_says_so() {
    let stage = Stage::new().await;
    stage.deployed(&package()).await;
    let (session, row) = stage.routed(json!({})).await;
    assert_eq!((&row["AI_Topic__c"], &row["CaseId"]), (&Json::Null, &Json::Null));
    assert_eq!((&row["Owner"]["Name"], &session["problem"]), (&json!("Messaging"), &Json::Null));
    let (_, row) = stage.routed(json!({ "ai_topic": "outage" })).await;
    assert_eq!(row["Case"]["Subject"], "Chat about outage");
}

#[tokio::test]
async fn a_variable_of_another_spelling_gets_nothing() {
    let stage = Stage::new().await;
    let mapping = "<actionParameterName>ai_topic</actionParameterName>";
    let other = "<actionParameterName>AI_Topic</actionParameterName>";
    stage.deployed(&changed(CHANNEL, &[(mapping, other)])).await;
    let (session, row) = stage.routed(json!({ "ai_topic": "billing" })).await;
    assert_eq!((&row["AI_Topic__c"], &row["Owner"]["Name"]), (&Json::Null, &json!("Messaging")));
    let lost = "`ai_topic` to `AI_Topic`: Route_Chats has no variable of this name";
    assert_eq!(session["lost"], json!([lost]));
    let input = "<name>ai_topic</name>\n        <dataType>String</dataType>\n        \
                 <isCollection>false</isCollection>\n        <isInput>true</isInput>";
    let inner = input.replace("<isInput>true", "<isInput>false");
    stage.deployed(&changed(FLOW, &[(input, &inner)])).await;
    let (session, row) = stage.routed(json!({ "ai_topic": "billing" })).await;
    assert_eq!(row["AI_Topic__c"], Json::Null);
    assert!(session["lost"][0].as_str().is_some_and(|it| it.contains("not as an input")));
}

#[tokio::test]
async fn an_org_whose_records_last_keeps_deployed_fields() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = || Some(folder.path().to_path_buf());
    let stage = Stage::with(at()).await;
    stage.deployed(&package()).await;
    let (_, row) = stage.routed(json!({ "ai_topic": "billing" })).await;
    assert_eq!(row["AI_Topic__c"], "billing");
    stage.org.shutdown().await;
    let stage = Stage::with(at()).await;
    let topic = "SELECT AI_Topic__c FROM MessagingSession";
    assert_eq!(stage.one(topic, "/AI_Topic__c").await, "billing");
    stage.org.shutdown().await;
    // Without the note, the records have a field that nobody knows.
    std::fs::remove_file(folder.path().join("fields.json")).expect("the note");
    let again =
        tidegate_simulator::Org::open(&tidegate_simulator::Metadata::BuiltIn, at().as_deref());
    let refused = again.expect_err("no such field").to_string();
    assert!(refused.contains("there is no MessagingSession.AI_Topic__c"), "{refused}");
}

#[tokio::test]
async fn a_text_that_is_deployed_again_becomes_longer_and_never_shorter() {
    let stage = Stage::new().await;
    stage.deployed(&package()).await;
    let field = "objects/MessagingSession/fields/AI_Topic__c.field-meta.xml";
    for (other, becomes) in [("250", 250), ("20", 250)] {
        stage.deployed(&changed(field, &[("<length>80<", &format!("<length>{other}<"))])).await;
        let described = stage.get("/sobjects/MessagingSession/describe").await;
        let described: Json = described.json().await.expect("JSON");
        let fields = described["fields"].as_array().expect("fields");
        let its = fields.iter().find(|its| its["name"] == "AI_Topic__c").expect("the field");
        assert_eq!(its["length"], becomes);
    }
}

#[tokio::test]
async fn a_stamp_that_fails_loses_no_chat() {
    let stage = Stage::new().await;
    stage.deployed(&package()).await;
    let wrong = json!({ "ai_topic": "billing", "caseId": "not a case" });
    let (session, row) = stage.routed(wrong.clone()).await;
    assert_eq!(
        (&row["AI_Topic__c"], &row["Owner"]["Name"]),
        (&Json::Null, &json!("Billing chats"))
    );
    assert_eq!(session["problem"], Json::Null, "the fault has a way to go on");
    let fault = "<faultConnector>\n            <targetReference>Which_Queue</targetReference>\n        \
                 </faultConnector>";
    stage.deployed(&changed(FLOW, &[(fault, "")])).await;
    let (session, row) = stage.routed(wrong.clone()).await;
    assert_eq!(row["Owner"]["Name"], "Messaging", "the queue to fall back on");
    let problem = session["problem"].as_str().expect("a problem");
    assert!(problem.starts_with("the flow failed: `Stamp_Session`"), "{problem}");
    let mut known = wrong;
    known["_email"] = json!("ada@example.com");
    let (session, row) = stage.routed(known).await;
    assert_eq!(row["MessagingEndUser"]["ContactId"], Json::Null, "what it wrote before is undone");
    let steps = session["flow"]["steps"].as_array().expect("steps");
    assert!(steps.contains(&json!("Link_Customer: 1 of MessagingEndUser")), "{steps:?}");
}

#[tokio::test]
async fn a_flow_that_routes_to_nobody_falls_back() {
    let queue = |name: &str| changed(FLOW, &[("Billing_Chats<", &format!("{name}<"))]);
    let stage = Stage::new().await;
    for (name, problem) in [
        ("Nowhere", "the flow failed: `Route`: `queueId` is blank"),
        ("Tier_1", "the flow routed to what is not there or takes no sessions"),
    ] {
        stage.deployed(&queue(name)).await;
        let (session, row) = stage.routed(json!({ "ai_topic": "billing" })).await;
        assert_eq!(
            (&row["Owner"]["Name"], &session["problem"]),
            (&json!("Messaging"), &json!(problem))
        );
    }
}

#[tokio::test]
async fn mappings_without_an_active_flow_are_lost_in_silence() {
    let stage = Stage::new().await;
    let inactive = changed(FLOW, &[("<status>Active<", "<status>Draft<")]);
    let deployed = stage.deployed(&inactive).await;
    let note = "the channel Support_Chat has no mappings: no active flow is bound";
    assert_eq!(deployed["notes"], json!([note]));
    let (session, row) = stage.routed(json!({ "ai_topic": "billing" })).await;
    assert_eq!(row["Owner"]["Name"], "Messaging");
    assert_eq!(session["problem"], "there is no active flow `Route_Chats`");
    stage.switch(json!({ "mappings_deployed": false })).await;
    stage.deployed(&package()).await;
    let (session, row) = stage.routed(json!({ "ai_topic": "billing" })).await;
    assert_eq!((&row["AI_Topic__c"], &row["Owner"]["Name"]), (&Json::Null, &json!("Messaging")));
    assert_eq!(session["lost"], json!(["`ai_topic` is mapped to nothing"]));
}

#[tokio::test]
async fn what_can_not_be_deployed_is_told_file_by_file_and_changes_nothing() {
    let stage = Stage::new().await;
    let mut told = Vec::new();
    let mut refuse = async |title: &str, files: BTreeMap<String, String>| {
        let (status, answer) = stage.try_deploy(&files).await;
        assert_eq!(status, 400, "{title}: {answer}");
        let problems = answer["problems"].as_array().expect("problems").iter();
        told.push(format!("{title}:"));
        told.extend(problems.map(|it| format!("  {}", it.as_str().expect("text"))));
    };
    let flow = |changes: &[(&str, &str)]| changed(FLOW, changes);
    refuse("no such field", flow(&[("<field>AI_Topic__c<", "<field>AI_Topics__c<")])).await;
    refuse("no such object", flow(&[("<object>Group<", "<object>Grupp<")])).await;
    refuse("no such name", flow(&[("<elementReference>queueName<", "<elementReference>queue<")]))
        .await;
    refuse("no such field of a record", flow(&[("Get_Queue.Id<", "Get_Queue.Idd<")])).await;
    refuse("too far", flow(&[("Get_Queue.Id<", "Get_Queue.Owner.Id<")])).await;
    refuse("no such element", flow(&[("<targetReference>Route<", "<targetReference>Rout<")])).await;
    refuse("no such function", flow(&[("BLANKVALUE(", "REGEX(")])).await;
    refuse("a circle", flow(&[("{!ai_topic}, {!input", "{!topicOrBefore}, {!input")])).await;
    refuse("no such action", flow(&[("<actionName>routeWork<", "<actionName>submit<")])).await;
    refuse("a loop", flow(&[("<label>Route chats<", "<loops/><label>Route chats<")])).await;
    refuse("another kind", flow(&[(">RoutingFlow<", ">Flow<")])).await;
    refuse("no XML", flow(&[("</Flow>", "")])).await;
    refuse("every record", flow(&[("<filters>", "<filter>"), ("</filters>", "</filter>")])).await;
    refuse("no such flow", changed(CHANNEL, &[("Flow>Route_Chats<", "Flow>Route<")])).await;
    refuse("no such queue", changed(CHANNEL, &[("Queue>Messaging<", "Queue>Nobody<")])).await;
    refuse("a bad name", changed(CHANNEL, &[("<name>ai_topic<", "<name>_ai_topic<")])).await;
    refuse("no such channel", changed(CONFIG, &[(">Support_Chat<", ">Chat<")])).await;
    refuse("a web deployment", changed(CONFIG, &[(">API<", ">Web<")])).await;
    insta::assert_snapshot!(told.join("\n"));
    let (status, _) = stage.query("SELECT AI_Topic__c FROM MessagingSession").await;
    assert_eq!(status, 400, "no field was added");
    stage.deployed(&package()).await;
    stage.deployed(&package()).await;
}

#[tokio::test]
async fn nobody_is_found_outside_business_hours() {
    let stage = Stage::new().await;
    stage.clock(json!({ "still": true })).await;
    let mut deployment = json!({ "name": "Web_Chat", "business_hours": "Service Desk" });
    stage.deploy(deployment.clone()).await;
    // A week has hours of either kind, whenever it begins.
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..8 {
        let (guest, id) = stage.waiting().await;
        let session = stage.view(&id).await["session"].clone();
        seen.insert((session["status"].to_string(), session["problem"].to_string()));
        guest.delete(&format!("/conversation/{id}")).await;
        stage.advance(21 * 60).await;
    }
    let expected = [("\"Error\"", "\"Outside business hours\""), ("\"Waiting\"", "null")];
    assert_eq!(seen, expected.map(|(a, b)| (a.to_owned(), b.to_owned())).into());
    deployment["business_hours"] = json!("Default");
    stage.deploy(deployment).await;
    let (_, id) = stage.waiting().await;
    assert_eq!(stage.view(&id).await["session"]["status"], "Waiting");
}

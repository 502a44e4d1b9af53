//! Chats with agents of the local org, through the client: whatever is not known of the real API and is a
//! switch there, the customer sees the same.

use std::time::Duration;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tidegate_salesforce::chat::{
    Attachment, Author, ChatClass, ChatClient, ChatError, ChatSettings, ChosenOption, Content,
    ConversationId, Customer, Deployment, EntryId, Feed, FileMessage, FormInput, Happening,
    Identity, Item, Live, MessageId, Outgoing, OutgoingContent, ReceiptKind, Reconnect, Routing,
    Visitor,
};
use tidegate_simulator::{Org, OrgConfig, RunningOrg};

/// One customer, one agent played by hand.
struct Stage {
    org: RunningOrg,
    http: reqwest::Client,
    conversation: ConversationId,
    live: Live,
    /// Ids of the customer's messages, in their order.
    mine: Vec<MessageId>,
    /// What the customer saw.
    told: Vec<String>,
    /// An option that can be chosen, with the message that offers it.
    offer: Option<(EntryId, ChosenOption)>,
}

/// An org and a client of its deployment.
async fn org() -> (RunningOrg, ChatClient) {
    let listen = "127.0.0.1:0".parse().expect("an address");
    let config = OrgConfig { listen, data_dir: None, connected_apps: Vec::new() };
    let org = Org::start(config).await.expect("an org");
    let deployment = Deployment {
        scrt: org.url().parse().expect("a host"),
        org: org.org().id().expect("an id").to_string().parse().expect("an org"),
        name: "Web_Chat".parse().expect("a name"),
    };
    let client = ChatClient::new(ChatSettings::new(deployment)).expect("a client");
    (org, client)
}

impl Stage {
    /// A guest's.
    async fn new(switches: &Value) -> Self {
        let (org, client) = org().await;
        let visitor = Visitor::new(client, Identity::Guest, None).await;
        let (visitor, configuration) = visitor.expect("a visitor");
        let configuration = configuration.expect("a configuration");
        assert_eq!(configuration.for_custom_clients, Some(true));
        assert_eq!(configuration.attachments.largest, Some(5 << 20));
        let stage = Self::of(org, visitor);
        stage.door("switches", switches).await;
        stage
    }

    fn of(org: RunningOrg, visitor: Visitor) -> Self {
        let http = reqwest::Client::new();
        let conversation = ConversationId::fresh();
        let live = Live::new(visitor, Feed::new(conversation), soon());
        Stage { org, http, conversation, live, mine: Vec::new(), told: Vec::new(), offer: None }
    }

    async fn door(&self, path: &str, body: &Value) {
        let url = format!("{}/__org/chat/{path}", self.org.url());
        let answer = self.http.post(url).json(body).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.expect("text"));
    }

    async fn act(&self, act: &str, body: Value) {
        self.door(&format!("conversations/{}/{act}", self.conversation), &body).await;
    }

    /// Waits until the customer sees this.
    async fn until(&mut self, line: &str) {
        let before = self.told.len();
        while !self.told[before..].iter().any(|told| told == line) {
            let waited = tokio::time::timeout(Duration::from_secs(20), self.live.next()).await;
            let items = waited.unwrap_or_else(|_| panic!("no `{line}` after {:#?}", self.told));
            for item in items.expect("items") {
                self.see(&item);
            }
        }
    }

    fn see(&mut self, item: &Item) {
        assert!(!item.late, "{item:?}");
        let name = |name: &Option<String>| name.clone().unwrap_or_default();
        let line = match &item.what {
            Happening::Joined { role, name: who } => format!("{role:?} {} joins", name(who)),
            Happening::Left { role, name: who, .. } => format!("{role:?} {} leaves", name(who)),
            Happening::Message { from, name: who, content, .. } => {
                let who = if *from == Author::System { "the org".to_owned() } else { name(who) };
                format!("{who}: {}", self.said(item, content))
            }
            Happening::Echo { message } => {
                let known = self.mine.iter().position(|id| id.to_string() == message.as_str());
                // The org makes two of some, and the other one's id is its own.
                let Some(number) = known else { return };
                format!("arrived: {number}")
            }
            Happening::Transferred => "transferred".to_owned(),
            Happening::TransferFailed(failure) => format!("not transferred: {}", failure.kind),
            Happening::RoutingFailed(failure) => format!("nobody can come: {}", failure.kind),
            Happening::SessionEnded { by, .. } => format!("ended by {by:?}"),
            Happening::Closed => "closed".to_owned(),
            Happening::Receipt { read, .. } => format!("read: {read}"),
            // For the moment, or not told again behind a gap.
            Happening::Accepted
            | Happening::Typing { .. }
            | Happening::QueuePosition(_)
            | Happening::EstimatedWait { .. } => return,
        };
        self.told.push(line);
    }

    fn said(&mut self, item: &Item, content: &Content) -> String {
        match content {
            Content::Text(text) => text.clone(),
            Content::Link { url, .. } => format!("<{url}>"),
            Content::Attachments { files, .. } => {
                let name = |file: &Attachment| {
                    format!("{} {:?}", file.name.clone().unwrap_or_default(), file.state)
                };
                files.iter().map(name).collect::<Vec<_>>().join(", ")
            }
            Content::Choices { text, options, .. } => {
                let first = &options[0];
                let chosen = ChosenOption { id: first.id.clone(), title: first.title.clone() };
                self.offer = Some((item.entry.clone(), chosen));
                let titles: Vec<&str> = options.iter().map(|it| it.title.as_str()).collect();
                format!("{} [{}]", text.clone().unwrap_or_default(), titles.join("|"))
            }
            Content::Form { title, inputs } => {
                let label = |input: &FormInput| {
                    format!("{} ({})", input.label.clone().unwrap_or_default(), input.kind)
                };
                let labels: Vec<String> = inputs.iter().map(label).collect();
                format!("{} [{}]", title.clone().unwrap_or_default(), labels.join("|"))
            }
            Content::Other { kind, .. } => format!("something: {kind}"),
        }
    }

    fn message(&mut self, content: OutgoingContent, new_session: bool) -> Outgoing {
        let id = MessageId::fresh();
        self.mine.push(id);
        Outgoing { id, content, new_session, routing: routing() }
    }

    async fn say(&mut self, text: &str) {
        let content = OutgoingContent::Text { text: text.to_owned(), in_reply_to: None };
        let message = self.message(content, false);
        let visitor = self.live.visitor().clone();
        visitor.send(self.conversation, &message).await.expect("taken");
        // Once more, as after an answer that got lost.
        visitor.send(self.conversation, &message).await.expect("taken");
        self.until(&format!("arrived: {}", self.mine.len() - 1)).await;
    }
}

/// Comes back soon.
fn soon() -> Reconnect {
    Reconnect { first: Duration::from_millis(20), ..Reconnect::default() }
}

fn routing() -> Routing {
    let pair = ("_email".to_owned(), "ada@example.test".to_owned());
    Routing { attributes: [pair].into(), language: "en_US".parse().ok() }
}

/// A whole chat; gives what the customer saw.
async fn chat(switches: &Value) -> Vec<String> {
    let mut stage = Stage::new(switches).await;
    let (visitor, id) = (stage.live.visitor().clone(), stage.conversation);
    stage.live.open().await.expect("open");
    visitor.create(id, &routing()).await.expect("created");
    visitor.create(id, &routing()).await.expect("there");
    let first = OutgoingContent::Text { text: "Hello".to_owned(), in_reply_to: None };
    let first = stage.message(first, true);
    visitor.send(id, &first).await.expect("taken");
    stage.until("arrived: 0").await;
    stage.act("accept", json!({"agent": "Mara Lindt"})).await;
    stage.until("Agent Mara Lindt joins").await;
    stage.act("start_typing", json!({})).await;
    stage.act("say", json!({"text": "Hello, I am Mara"})).await;
    stage.until("Mara Lindt: Hello, I am Mara").await;
    stage.say("Look at https://a.example").await;
    stage.act("read", json!({"message": stage.mine[1].to_string()})).await;
    stage.until("read: true").await;
    chooses_and_sends(&mut stage, &visitor).await;
    gaps(&mut stage).await;
    stage.act("transfer", json!({"agent": "Somebody Else"})).await;
    stage.until("transferred").await;
    ends(&mut stage, &visitor).await;
    stage.told
}

async fn chooses_and_sends(stage: &mut Stage, visitor: &Visitor) {
    let id = stage.conversation;
    stage.act("choices", json!({"text": "Which order?", "options": ["A", "B"]})).await;
    stage.until("Mara Lindt: Which order? [A|B]").await;
    let (question, option) = stage.offer.clone().expect("an offer");
    visitor
        .acknowledge(
            id,
            &[(question.clone(), ReceiptKind::Delivered), (question.clone(), ReceiptKind::Read)],
        )
        .await
        .expect("taken");
    visitor.typing(id, true).await.expect("taken");
    let chosen = stage.message(OutgoingContent::Choices { question, options: vec![option] }, false);
    visitor.send(id, &chosen).await.expect("taken");
    stage.until("arrived: 2").await;
    let form = json!({"title": "You", "inputs": [{"label": "Name", "required": true}]});
    stage.act("form", form).await;
    stage.act("file", json!({"name": "a.pdf", "mime": "application/pdf", "text": "x"})).await;
    stage.until("Mara Lindt: a.pdf Completed").await;
    let file = FileMessage {
        id: MessageId::fresh(),
        file: MessageId::fresh(),
        name: "photo é.png".to_owned(),
        media_type: "image/png".to_owned(),
        bytes: vec![0; 100_000],
        text: "see photo".to_owned(),
        in_reply_to: None,
        new_session: false,
        routing: routing(),
    };
    stage.mine.push(file.id);
    visitor.send_file(id, &file).await.expect("taken");
    stage.until("arrived: 3").await;
    let large = FileMessage { bytes: vec![0; 6 << 20], id: MessageId::fresh(), ..file };
    let error = visitor.send_file(id, &large).await.expect_err("too large");
    assert!(!error.class().may_pass(), "{error}");
}

/// The stream breaks, in each way, while something happens.
async fn gaps(stage: &mut Stage) {
    for (number, way) in ["end", "cut", "end"].iter().enumerate() {
        stage.door("streams", &json!({"break": way})).await;
        for text in ["one", "two", "three"] {
            stage.act("say", json!({"text": format!("{text} in gap {number}")})).await;
        }
        stage.until(&format!("Mara Lindt: three in gap {number}")).await;
    }
    // As if the relay had been started anew.
    let kept = serde_json::to_string(stage.live.feed()).expect("JSON");
    stage.act("say", json!({"text": "after the restart"})).await;
    let visitor = stage.live.visitor().clone();
    let feed: Feed = serde_json::from_str(&kept).expect("a feed");
    stage.live = Live::new(visitor, feed, soon());
    stage.until("Mara Lindt: after the restart").await;
}

async fn ends(stage: &mut Stage, visitor: &Visitor) {
    let id = stage.conversation;
    stage.act("end", json!({})).await;
    stage.until("ended by Agent").await;
    let text = OutgoingContent::Text { text: "One more thing".to_owned(), in_reply_to: None };
    let again = stage.message(text, false);
    match visitor.send(id, &again).await {
        Ok(_) => {}
        Err(error) => {
            assert_eq!(error.class(), ChatClass::Session, "{error}");
            let again = Outgoing { new_session: true, ..again };
            visitor.send(id, &again).await.expect("taken");
        }
    }
    stage.until("arrived: 4").await;
    stage.act("accept", json!({"agent": "Mara Lindt"})).await;
    stage.act("say", json!({"text": "Yes?"})).await;
    stage.until("Mara Lindt: Yes?").await;
    visitor.end_session(id).await.expect("ended");
    stage.until("ended by EndUser").await;
    visitor.close(id).await.expect("closed");
    visitor.close(id).await.expect("closed");
    let stranger = Visitor::new(visitor.client().clone(), Identity::Guest, None).await;
    let (stranger, _) = stranger.expect("a visitor");
    let error = stranger.routing_status(id).await.expect_err("another's");
    assert!(matches!(error.class(), ChatClass::Foreign | ChatClass::Unknown), "{error}");
}

#[tokio::test]
async fn a_chat_from_its_beginning_to_its_end() {
    insta::assert_snapshot!(chat(&json!({})).await.join("\n"));
}

#[tokio::test]
async fn whatever_the_org_does_the_customer_sees_the_same() {
    let usual = chat(&json!({})).await;
    for switches in [
        json!({"entry_payload": "string"}),
        json!({"replay": false}),
        json!({"repeated_events": 30}),
        json!({"unknown_events": true, "ping_seconds": 1}),
        json!({"message_without_session": "opens"}),
        json!({"repeated_message_is_conflict": true}),
        json!({"routing_starts": "on_first_message", "last_event_id_required": true}),
        json!({"error_codes": false, "receipts": "short", "closed_status": 410}),
        json!({"success": {"create": 200, "message": 200, "end_session": 200, "close": 202}}),
    ] {
        assert_eq!(chat(&switches).await, usual, "{switches}");
    }
}

#[tokio::test]
async fn a_guest_whose_token_is_over_is_told_so() {
    let mut stage = Stage::new(&json!({})).await;
    stage.live.open().await.expect("open");
    stage.door("expire-tokens", &json!({})).await;
    stage.door("streams", &json!({"break": "end"})).await;
    let error = stage.live.next().await.expect_err("over");
    assert_eq!(error.class(), ChatClass::Token, "{error}");
}

/// A new key: the private half and the public one.
fn key() -> (String, String) {
    let pair = KeyPair::generate(KeySize::Rsa2048).expect("a key");
    let private: Pkcs8V1Der<'_> = pair.as_der().expect("its bytes");
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("its bytes");
    let pem = |label: &str, der: &[u8]| {
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
    };
    (pem("PRIVATE KEY", private.as_ref()), pem("PUBLIC KEY", public.as_ref()))
}

#[tokio::test]
async fn a_customer_whom_we_vouch_for_goes_on_with_another_token() {
    let (org, client) = org().await;
    let (private_key, public_key) = key();
    let keys = json!([{"key_set": "shop", "issuer": "https://shop.example", "key_id": "k1",
        "public_key": public_key}]);
    let deployment = json!({"name": "Web_Chat", "channel": {"verified_users": true, "keys": keys}});
    let deploy = format!("{}/__org/chat/deployments", org.url());
    let http = reqwest::Client::new();
    let answer = http.post(deploy).json(&deployment).send().await.expect("an answer");
    assert!(answer.status().is_success(), "{}", answer.text().await.expect("text"));
    let customer = |key_id: &str| Customer {
        subject: "ada".to_owned(),
        issuer: "https://shop.example".to_owned(),
        audience: None,
        key_id: key_id.to_owned(),
        private_key: private_key.clone().into(),
    };
    let unknown = client.verified_token(&customer("k2"), None).await.expect_err("nobody");
    assert!(matches!(unknown, ChatError::NotVerified { .. }), "{unknown}");
    let ada = Visitor::new(client, Identity::Verified(customer("k1")), None).await;
    let mut stage = Stage::of(org, ada.expect("a visitor").0);
    stage.live.open().await.expect("open");
    let visitor = stage.live.visitor().clone();
    visitor.create(stage.conversation, &routing()).await.expect("created");
    stage.act("accept", json!({"agent": "Mara Lindt"})).await;
    stage.until("Agent Mara Lindt joins").await;
    stage.door("expire-tokens", &json!({})).await;
    stage.door("streams", &json!({"break": "cut"})).await;
    stage.act("say", json!({"text": "Are you there?"})).await;
    stage.until("Mara Lindt: Are you there?").await;
    stage.say("Yes").await;
}

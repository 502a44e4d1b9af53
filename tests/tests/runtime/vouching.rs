//! Customers whom the runtime vouches for: who they are to the org, and what becomes of them where it
//! does not believe that.

use std::collections::BTreeSet;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tidegate_server::chats::messaging::Vouching;

use crate::chats::{program, say, wrote};
use crate::live_chat::{conversations, does, texts};
use crate::world::{Visitor, World, identity};

fn pem(label: &str, der: &[u8]) -> String {
    let body = BASE64_STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

/// A key to vouch with, and its public half.
fn key() -> (Vouching, String) {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let private: aws_lc_rs::encoding::Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let vouching = Vouching {
        issuer: "warmhaus".into(),
        audience: None,
        key_id: "2026-11".into(),
        private_key: pem("PRIVATE KEY", private.as_ref()).into(),
        messengers: BTreeSet::new(),
    };
    (vouching, pem("RSA PUBLIC KEY", pair.public_key().as_ref()))
}

async fn world(vouching: Vouching, public: &str) -> World {
    let program = program("3m");
    let world = World::with_vouching(&program, Some(vouching)).await;
    let keys = json!([{ "key_set": "Site", "issuer": "warmhaus", "key_id": "2026-11",
        "public_key": public }]);
    let parameters = json!([{ "name": "email", "max_length": 80 }]);
    let channel = json!({ "verified_users": true, "keys": keys, "parameters": parameters });
    door(&world, "deployments", json!({ "name": "Web_Chat", "channel": channel })).await;
    world
}

async fn door(world: &World, path: &str, body: Value) {
    let url = format!("{}/__org/chat/{path}", world.org.url());
    let answer = world.http.post(url).json(&body).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
}

/// Chats as somebody; the visitor, the chat, and who it is to the org.
async fn chat(world: &World, signed: bool) -> (Visitor, String, String) {
    let mut body = json!({ "messenger": "web" });
    if signed {
        body["identity"] = identity("ada@example.com").into();
    }
    let visitor = world.open(body).await;
    say(world, &visitor, "The heater stopped working on Sunday.").await;
    let told = |all: &Value| all[0]["id"].is_string() && texts(&all[0]).len() == 1;
    let all = conversations(world, told).await;
    let text = |key: &str| all[0][key].as_str().unwrap().to_owned();
    (visitor, text("id"), text("subject"))
}

const ADA: &str = "v2/iamessage/AUTH/Site/uid:ada@example.com";

#[tokio::test]
async fn who_is_signed_in_chats_as_who_they_are_and_through_a_restart() {
    let (vouching, public) = key();
    let mut world = world(vouching, &public).await;
    let (visitor, chat, subject) = chat(&world, true).await;
    assert_eq!(subject, ADA);
    does(&world, &chat, "accept", json!({ "agent": "Mara Lindt" })).await;
    world.until_one(&visitor, |entry| entry["state"] == "joined").await;
    // No token of before holds any more, and another one of the same customer does.
    world.stop().await;
    door(&world, "expire-tokens", json!({})).await;
    world.start().await;
    does(&world, &chat, "say", json!({ "text": "Still there?" })).await;
    world.until_one(&visitor, wrote("Still there?")).await;
    say(&world, &visitor, "I am.").await;
    conversations(&world, |all| texts(&all[0]).contains(&"I am.")).await;
    does(&world, &chat, "end", json!({})).await;
    world.until(&visitor, "ended").await;
}

#[tokio::test]
async fn who_is_not_signed_in_is_a_guest() {
    let (vouching, public) = key();
    let world = world(vouching, &public).await;
    let (_, _, subject) = chat(&world, false).await;
    assert!(subject.starts_with("v2/iamessage/UNAUTH/"), "{subject}");
}

#[tokio::test]
async fn nobody_is_vouched_for_who_signed_in_elsewhere() {
    let (vouching, public) = key();
    let vouching = Vouching { messengers: ["app".to_owned()].into(), ..vouching };
    let world = world(vouching, &public).await;
    let (_, _, subject) = chat(&world, true).await;
    assert!(subject.starts_with("v2/iamessage/UNAUTH/"), "{subject}");
}

/// The org has another key under the same id: it gives a guest's token without a word, or none.
#[tokio::test]
async fn where_the_org_does_not_believe_it_a_customer_chats_as_a_guest() {
    let (_, anothers) = key();
    for silent in [true, false] {
        let (vouching, _) = key();
        let world = world(vouching, &anothers).await;
        door(&world, "switches", json!({ "silent_fallback": silent })).await;
        let (visitor, chat, subject) = chat(&world, true).await;
        assert!(subject.starts_with("v2/iamessage/UNAUTH/"), "{subject}");
        does(&world, &chat, "accept", json!({ "agent": "Mara Lindt" })).await;
        does(&world, &chat, "say", json!({ "text": "Hello" })).await;
        world.until_one(&visitor, wrote("Hello")).await;
    }
}

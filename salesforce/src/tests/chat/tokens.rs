//! Tokens: asking for them, and renewing them.

use std::time::Duration;

use jsonwebtoken::{Algorithm, Validation};
use serde_json::{Value, json};

use super::super::login::key;
use super::super::org::Seen;
use super::host::{Host, Reply, conversation, jwt, token};
use crate::chat::{ChatClass, ChatError, Clock as _, Customer, Identity, RoutingStatus, Visitor};

const GUEST: &str = "v2/iamessage/UNAUTH/NA/uid:6d";
const ADA: &str = "v2/iamessage/AUTH/keys/uid:ada";

fn ada(private_key: secrecy::SecretString) -> Customer {
    Customer {
        subject: "ada".to_owned(),
        issuer: "https://shop.example".to_owned(),
        audience: None,
        key_id: "key-1".to_owned(),
        private_key,
    }
}

fn routed() -> Reply {
    Reply::Json(200, json!({"conversationId": "x", "routingStatus": "ROUTED"}))
}

fn is(seen: &Seen, path: &str) -> bool {
    seen.target.ends_with(path)
}

#[tokio::test]
async fn a_guest_asks_as_the_documentation_says() {
    let host = Host::answering(|_| token("t", GUEST)).await;
    let device = "3f0c1f2e-8f0e-4c5d-9a55-0d3c2f6a7b10".parse().expect("a device");
    let granted = host.client().guest_token(Some(device)).await.expect("a token");
    insta::assert_snapshot!(host.told().replace(env!("CARGO_PKG_VERSION"), "VERSION"));
    assert_eq!(host.seen()[0].header("content-type"), "application/json");
    assert_eq!(granted.token.last_event_id(), Some("100"));
    let configuration = granted.configuration.expect("a configuration");
    assert_eq!(configuration.for_custom_clients, Some(true));
}

#[tokio::test]
async fn a_customer_is_vouched_for() {
    let host = Host::answering(|_| token("t", ADA)).await;
    let (private_key, public_key) = key();
    let customer = ada(private_key);
    host.client().verified_token(&customer, None).await.expect("a token");
    let seen = &host.seen()[0];
    assert!(is(seen, "/authorization/authenticated/access-token"), "{}", seen.target);
    let body: Value = serde_json::from_slice(&seen.body).expect("JSON");
    assert_eq!(
        (&body["authorizationType"], &body["orgId"]),
        (&json!("JWT"), &json!("00D5e000000Abcd"))
    );
    let assertion = body["customerIdentityToken"].as_str().expect("an assertion");
    let mut validation = Validation::new(Algorithm::RS256);
    // The test's clock is not the machine's.
    validation.validate_exp = false;
    let decoded = jsonwebtoken::decode::<Value>(assertion, &public_key, &validation);
    let decoded = decoded.expect("a valid assertion");
    assert_eq!(decoded.header.kid.as_deref(), Some("key-1"));
    let now = host.clock.now().as_second();
    let claims = json!({"iss": "https://shop.example", "sub": "ada", "iat": now, "exp": now + 300});
    assert_eq!(decoded.claims, claims);
}

#[tokio::test]
async fn a_customer_whom_the_org_does_not_recognise_gets_no_token() {
    let host = Host::answering(|_| token("t", "v2/iamessage/ANON/NA/uid:6d")).await;
    let (private_key, _) = key();
    let error = host.client().verified_token(&ada(private_key), None).await.expect_err("nobody");
    assert_eq!(error.class(), ChatClass::Refused);
    insta::assert_snapshot!(error);
    let bad = host.client().verified_token(&ada("hush-no-key".into()), None).await;
    assert_eq!(bad.map(drop), Err(ChatError::BadKey));
}

#[tokio::test]
async fn a_token_is_renewed_before_its_end_by_one_for_all() {
    let host = Host::answering(|seen| {
        if is(seen, "/continuation-access-token") { token("second", GUEST) } else { routed() }
    })
    .await;
    let exp = host.clock.now().checked_add(Duration::from_secs(3600)).expect("a time");
    let visitor = host.visitor(Identity::Guest, &jwt("first", exp));
    let asked = async |visitor: &Visitor| visitor.routing_status(conversation()).await;
    assert_eq!(asked(&visitor).await, Ok(RoutingStatus::Routed));
    host.clock.advance(Duration::from_secs(3301));
    let calls = (0..4).map(|_| {
        let visitor = visitor.clone();
        tokio::spawn(async move { visitor.routing_status(conversation()).await })
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.expect("no panic"), Ok(RoutingStatus::Routed));
    }
    let renewals: Vec<Seen> =
        host.seen().into_iter().filter(|seen| is(seen, "/continuation-access-token")).collect();
    assert_eq!(renewals.len(), 1);
    assert!(renewals[0].header("authorization").starts_with("Bearer first."));
    assert_eq!(host.seen().last().expect("a call").header("authorization"), "Bearer second");
}

#[tokio::test]
async fn a_token_that_cannot_be_renewed_is_used_to_its_end() {
    let host = Host::answering(|seen| {
        if is(seen, "/continuation-access-token") { Reply::Page(503, "busy") } else { routed() }
    })
    .await;
    let exp = host.clock.now().checked_add(Duration::from_secs(3600)).expect("a time");
    let visitor = host.visitor(Identity::Guest, &jwt("first", exp));
    host.clock.advance(Duration::from_secs(3400));
    assert_eq!(visitor.routing_status(conversation()).await, Ok(RoutingStatus::Routed));
    host.clock.advance(Duration::from_secs(200));
    let error = visitor.routing_status(conversation()).await.expect_err("no token");
    assert_eq!(error.class(), ChatClass::Outage);
}

#[tokio::test]
async fn a_refused_token_is_continued_and_the_call_repeated() {
    let host = Host::answering(|seen| match seen.header("authorization") {
        _ if is(seen, "/continuation-access-token") => token("second", GUEST),
        "Bearer second" => routed(),
        _ => Reply::Json(401, json!({"message": "expired", "errorCode": "UNAUTHORIZED"})),
    })
    .await;
    let visitor = host.visitor(Identity::Guest, "first");
    assert_eq!(visitor.routing_status(conversation()).await, Ok(RoutingStatus::Routed));
    assert_eq!(host.seen().len(), 3);
}

#[tokio::test]
async fn what_is_over_is_over_for_guests_and_not_for_customers() {
    let host = Host::answering(|seen| match seen.header("authorization") {
        _ if is(seen, "/authenticated/access-token") => token("second", ADA),
        "Bearer second" => routed(),
        _ => Reply::Json(401, json!({"message": "expired"})),
    })
    .await;
    let guest = host.visitor(Identity::Guest, "first");
    let error = guest.routing_status(conversation()).await.expect_err("no token");
    assert_eq!(error.class(), ChatClass::Token);
    let (private_key, _) = key();
    let customer = host.visitor(Identity::Verified(ada(private_key)), "first");
    assert_eq!(customer.routing_status(conversation()).await, Ok(RoutingStatus::Routed));
    assert_eq!(customer.token().await.last_event_id(), Some("100"));
}

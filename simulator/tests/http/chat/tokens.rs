//! Tokens: for guests, for verified users, again, and no longer.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::Method;
use serde_json::{Value as Json, json};

use super::{API, DEPLOYMENT, Stage, Visitor};

#[tokio::test]
async fn a_guest_gets_a_token_that_says_whom_it_names_and_how_long_it_lasts() {
    let stage = Stage::new().await;
    let (status, body) = stage.token_for(stage.token_body()).await;
    assert_eq!(status, 200);
    let subject = body["context"]["endUser"]["subject"].as_str().expect("a subject");
    assert!(subject.starts_with("v2/iamessage/UNAUTH/NA/uid:"), "{subject}");
    assert!(body["lastEventId"].as_str().is_some_and(|id| id.parse::<u64>().is_ok()));
    let token = body["accessToken"].as_str().expect("a token");
    let claims = token.split('.').nth(1).expect("claims");
    let claims = URL_SAFE_NO_PAD.decode(claims).expect("Base64");
    let claims: Json = serde_json::from_slice(&claims).expect("JSON");
    let life = claims["exp"].as_i64().zip(claims["iat"].as_i64()).map(|(exp, iat)| exp - iat);
    assert_eq!((life, &claims["sub"]), (Some(360 * 60), &json!(subject)));
    assert_eq!(claims["orgId"], stage.org_id());
    let config = &body["context"]["configuration"]["embeddedServiceConfig"];
    assert_eq!((&config["name"], &config["deploymentType"]), (&json!(DEPLOYMENT), &json!("API")));
    assert_eq!(config["attachments"], json!({ "endUserToAgent": true, "maxFileSize": 5 }));
}

#[tokio::test]
async fn what_is_no_request_for_a_token_is_refused() {
    let stage = Stage::new().await;
    for (key, value) in [
        ("orgId", json!("00D000000000000")),
        ("orgId", json!(null)),
        ("esDeveloperName", json!("Nobody")),
        ("capabilitiesVersion", json!("2")),
        ("platform", json!("")),
        ("deviceId", json!("mine")),
        ("context", json!({ "appName": "has a space" })),
        ("context", json!({ "appName": "x".repeat(41) })),
    ] {
        let mut body = stage.token_body();
        body[key] = value;
        let (status, answer) = stage.token_for(body).await;
        assert_eq!(status, 400, "{key}: {answer}");
        assert!(answer["message"].is_string() && answer["code"].is_string(), "{answer}");
    }
    let mut long = stage.token_body();
    long["orgId"] = json!(stage.org.org().id().expect("an id").as_str());
    assert_eq!(stage.token_for(long.clone()).await.0, 200, "some orgs take the long id");
    stage.switch(json!({ "long_org_id": false })).await;
    assert_eq!(stage.token_for(long).await.0, 400);
}

#[tokio::test]
async fn a_token_goes_on_as_another_one_for_the_same_subject() {
    let stage = Stage::new().await;
    let (guest, id) = stage.waiting().await;
    let (status, body) = guest.get("/authorization/continuation-access-token").await;
    assert_eq!(status, 200);
    let again = Visitor::of(&stage, &body);
    assert_ne!(again.token, guest.token);
    assert_eq!(again.subject, guest.subject);
    assert_eq!(again.say(&id, "I am back").await.0, 202);
    let (_, list) = again.get("/conversation/list?inclClosedConvs=false&limit=20").await;
    assert_eq!(list["conversations"][0]["conversationId"], id);
    assert_eq!(list["openConversationsFound"], 1);
}

#[tokio::test]
async fn a_token_expires_by_the_orgs_clock_and_its_stream_ends() {
    let stage = Stage::new().await;
    stage.clock(json!({ "still": true })).await;
    let (guest, id) = stage.waiting().await;
    let mut events = guest.listen().await;
    events.until("routing_result Initial None").await;
    stage.advance(359).await;
    assert_eq!(guest.say(&id, "still there").await.0, 202);
    stage.advance(1).await;
    assert_eq!(guest.say(&id, "too late").await.0, 401);
    assert_eq!(guest.get("/authorization/continuation-access-token").await.0, 401);
    assert_eq!(guest.stream(None).await.status(), 401);
    while let Ok(Some(_)) = events.try_next().await {}
}

#[tokio::test]
async fn two_hundred_tokens_are_given_in_a_minute() {
    let stage = Stage::new().await;
    stage.clock(json!({ "still": true })).await;
    stage.switch(json!({ "tokens_per_minute": 3 })).await;
    let guest = stage.guest().await;
    for expected in [200, 200, 429] {
        assert_eq!(stage.token_for(stage.token_body()).await.0, expected);
    }
    for expected in [200, 200, 200, 429] {
        let renewal = guest.get("/authorization/continuation-access-token").await.0;
        assert_eq!(renewal, expected, "renewals count apart");
    }
    stage.advance(1).await;
    assert_eq!(stage.token_for(stage.token_body()).await.0, 200);
}

#[tokio::test]
async fn nothing_is_done_without_a_token_that_holds() {
    let stage = Stage::new().await;
    let (guest, id) = stage.waiting().await;
    for (method, path) in [
        (Method::POST, "/conversation".to_owned()),
        (Method::GET, "/conversation/list".to_owned()),
        (Method::GET, format!("/conversation/{id}")),
        (Method::GET, format!("/conversation/{id}/entries")),
        (Method::POST, format!("/conversation/{id}/message")),
        (Method::POST, format!("/conversation/{id}/entry")),
        (Method::POST, format!("/conversation/{id}/acknowledge-entries")),
        (Method::POST, format!("/conversation/{id}/file")),
        (Method::DELETE, format!("/conversation/{id}/session?esDeveloperName=Web_Chat")),
        (Method::DELETE, format!("/conversation/{id}?esDeveloperName=Web_Chat")),
        (Method::GET, "/authorization/continuation-access-token".to_owned()),
    ] {
        let (status, _) = stage.call(method, &format!("{API}{path}"), None).await;
        assert_eq!(status, 401, "{path}");
    }
    let (status, _) = stage.door("chat/expire-tokens", json!({})).await;
    assert_eq!(status, 200);
    assert_eq!(guest.say(&id, "hello").await.0, 401);
}

fn pem(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

#[tokio::test]
async fn a_customers_token_names_a_verified_user_and_a_bad_one_a_guest() {
    let stage = Stage::new().await;
    let pair = KeyPair::generate(KeySize::Rsa2048).expect("a key");
    let private: Pkcs8V1Der<'_> = pair.as_der().expect("its bytes");
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("its bytes");
    let key = json!({ "key_set": "Site", "issuer": "https://shop.example", "key_id": "k1",
                      "public_key": pem("PUBLIC KEY", public.as_ref()) });
    let channel = json!({ "verified_users": true, "keys": [key] });
    stage.deploy(json!({ "name": DEPLOYMENT, "channel": channel })).await;
    let private = pem("PRIVATE KEY", private.as_ref());
    let key = EncodingKey::from_rsa_pem(private.as_bytes()).expect("a key");
    let now = jiff::Timestamp::now().as_second();
    let sign = |kid: &str, issuer: &str, life: i64| {
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(kid.to_owned());
        let claims = json!({ "iss": issuer, "sub": "ada", "iat": now, "exp": now + life });
        jsonwebtoken::encode(&header, &claims, &key).expect("a token")
    };
    let ask = async |token: String| {
        let mut body = stage.token_body();
        body["authorizationType"] = json!("JWT");
        body["customerIdentityToken"] = json!(token);
        let path = format!("{API}/authorization/authenticated/access-token");
        stage.call(Method::POST, &path, Some(body)).await
    };
    let (status, body) = ask(sign("k1", "https://shop.example", 60)).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["context"]["endUser"]["subject"], "v2/iamessage/AUTH/Site/uid:ada");
    let visitor = Visitor::of(&stage, &body);
    let id = visitor.begun(json!({})).await;
    let key =
        stage.one("SELECT MessagingPlatformKey FROM MessagingEndUser", "/MessagingPlatformKey");
    assert_eq!(key.await, "v2/iamessage/AUTH/Site/uid:ada");
    let bad = [
        sign("k2", "https://shop.example", 60),
        sign("k1", "https://other.example", 60),
        sign("k1", "https://shop.example", -60),
        "no.token.atall".to_owned(),
    ];
    for token in bad.clone() {
        let (status, body) = ask(token).await;
        let subject = body["context"]["endUser"]["subject"].as_str().expect("a subject").to_owned();
        assert!(status == 200 && subject.contains("/UNAUTH/"), "{subject}");
    }
    stage.switch(json!({ "silent_fallback": false, "guest": "ANON/NA" })).await;
    for token in bad {
        assert_eq!(ask(token).await.0, 401);
    }
    assert!(stage.guest().await.subject.contains("/ANON/"));
    assert_eq!(stage.guest().await.say(&id, "not mine").await.0, 403);
}

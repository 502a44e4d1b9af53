//! Logging in, and renewing a session.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::org::{Answer, Org, Seen, json_answer, own_url, text_answer, token};
use crate::client::{Client, Settings};
use crate::error::{Error, LoginError};
use crate::oauth::{Grant, Login};

/// A new private key as PEM, and its public half.
pub(super) fn key() -> (SecretString, DecodingKey) {
    let pair = KeyPair::generate(KeySize::Rsa2048).expect("a key");
    let der: Pkcs8V1Der<'_> = pair.as_der().expect("its bytes");
    let body = STANDARD.encode(der.as_ref());
    let label = "PRIVATE KEY";
    let pem = format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n");
    (pem.into(), DecodingKey::from_rsa_der(pair.public_key().as_ref()))
}

fn by_assertion(org: &Org, private_key: SecretString, audience: Option<&str>) -> Client {
    let grant = Grant::JwtBearer {
        consumer_key: "the-key".to_owned(),
        username: "tidegate@acme.example".to_owned(),
        private_key,
        audience: audience.map(str::to_owned),
    };
    let login = Login { url: org.url.parse().expect("an address"), grant };
    Client::new(Settings { login, ..org.settings() }).expect("a client")
}

fn form(seen: &Seen) -> Vec<(String, String)> {
    url::form_urlencoded::parse(&seen.body).into_owned().collect()
}

fn versions() -> Answer {
    json_answer(200, &json!([{"label": "x", "url": "/services/data/v66.0", "version": "66.0"}]))
}

fn expired() -> Answer {
    let body =
        json!([{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]);
    json_answer(401, &body)
}

#[tokio::test]
async fn a_signed_assertion_logs_in_and_the_token_goes_along() {
    let org = Org::with_data(|_| versions()).await;
    let (private_key, public_key) = key();
    let client = by_assertion(&org, private_key, Some("https://test.salesforce.com"));
    client.versions().await.expect("an answer");
    let seen = org.seen();
    let form = form(&seen[0]);
    let grant = ("grant_type".to_owned(), "urn:ietf:params:oauth:grant-type:jwt-bearer".to_owned());
    assert_eq!(form[0], grant);
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&["https://test.salesforce.com"]);
    let decoded = jsonwebtoken::decode::<Value>(&form[1].1, &public_key, &validation);
    let claims = decoded.expect("a valid assertion").claims;
    assert_eq!(
        (&claims["iss"], &claims["sub"]),
        (&json!("the-key"), &json!("tidegate@acme.example"))
    );
    let left = claims["exp"].as_i64().expect("a time") - jiff::Timestamp::now().as_second();
    assert!((100..=180).contains(&left), "{left}");
    assert_eq!(seen[1].header("authorization"), "Bearer T");
    assert_eq!(seen[1].header("sforce-call-options"), "client=tidegate");
    assert!(seen[1].header("user-agent").starts_with("tidegate/"));
}

#[tokio::test]
async fn client_credentials_go_in_the_body() {
    let org = Org::with_data(|_| versions()).await;
    org.client().versions().await.expect("an answer");
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let expected = [
        pair("grant_type", "client_credentials"),
        pair("client_id", "the-key"),
        pair("client_secret", "hush-secret"),
    ];
    assert_eq!(form(&org.seen()[0]), expected);
}

#[tokio::test]
async fn a_key_that_is_none_is_told_without_its_text() {
    let org = Org::with_data(|_| versions()).await;
    let client = by_assertion(&org, "hush-no-key".into(), None);
    let error = client.versions().await.expect_err("no key");
    assert_eq!(error, LoginError::BadKey.into());
    assert_eq!(org.seen().len(), 0);
}

#[tokio::test]
async fn a_refused_login_is_tried_once_for_all_who_wait() {
    let org = Org::answering(|_| {
        let body = json!({"error": "invalid_grant", "error_description": "audience is invalid"});
        json_answer(400, &body).after(Duration::from_millis(200))
    })
    .await;
    let client = org.client();
    let calls = (0..8).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.versions().await.map(drop) })
    });
    for call in calls.collect::<Vec<_>>() {
        let refused = LoginError::Refused {
            error: "invalid_grant".to_owned(),
            description: "audience is invalid".to_owned(),
        };
        assert_eq!(call.await.expect("no panic"), Err(refused.into()));
    }
    assert_eq!(org.logins(), 1);
}

/// Takes only the newest token.
async fn org_with_expired_first_token() -> Org {
    let logins = Arc::new(AtomicUsize::new(0));
    Org::answering(move |seen| {
        if seen.is_login() {
            let number = logins.fetch_add(1, Ordering::SeqCst) + 1;
            return token(&format!("T{number}"), &own_url(seen)).after(Duration::from_millis(50));
        }
        if seen.header("authorization") == "Bearer T1" { expired() } else { versions() }
    })
    .await
}

#[tokio::test]
async fn an_expired_session_is_renewed_once_and_every_call_repeated() {
    let org = org_with_expired_first_token().await;
    let client = org.client();
    let calls = (0..16).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.versions().await.map(|versions| versions.len()) })
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.expect("no panic"), Ok(1));
    }
    assert_eq!(org.logins(), 2);
}

#[tokio::test]
async fn a_fresh_session_that_is_refused_ends_the_call() {
    let org = Org::with_data(|_| expired()).await;
    let error = org.client().versions().await.expect_err("no session");
    let what = "INVALID_SESSION_ID: Session expired or invalid".to_owned();
    assert_eq!(error, LoginError::SessionRefused { what }.into());
    assert_eq!((org.logins(), org.data_calls().len()), (2, 2));
}

#[tokio::test]
async fn a_session_that_never_serves_is_not_renewed() {
    let org = Org::with_data(|_| {
        let message = "This session is not valid for use with the REST API";
        json_answer(401, &json!([{"message": message, "errorCode": "INVALID_SESSION_ID"}]))
    })
    .await;
    let error = org.client().versions().await.expect_err("no session");
    assert!(matches!(error, Error::Login(LoginError::SessionRefused { .. })), "{error}");
    assert_eq!((org.logins(), org.data_calls().len()), (1, 1));
}

#[tokio::test]
async fn a_login_that_points_elsewhere_is_not_followed() {
    let org = Org::answering(|_| token("T", "https://acme.evil.example.com")).await;
    let error = org.client().versions().await.expect_err("a foreign address");
    assert!(matches!(error, Error::Login(LoginError::ForeignInstance { .. })), "{error}");
    assert_eq!(org.seen().len(), 1);
}

#[tokio::test]
async fn a_login_host_in_trouble_leaves_the_call_unsent() {
    for answer in [text_answer(503, "<html>"), text_answer(500, "")] {
        let org = Org::answering(move |_| answer.clone()).await;
        let error = org.client().versions().await.expect_err("no login");
        assert!(matches!(error, Error::NotSent { .. }), "{error}");
        assert!(error.may_pass() && !error.may_have_happened());
    }
    for answer in [text_answer(200, "<html>"), text_answer(404, "")] {
        let org = Org::answering(move |_| answer.clone()).await;
        let error = org.client().versions().await.expect_err("no login");
        assert!(matches!(error, Error::Login(LoginError::NotSalesforce { .. })), "{error}");
    }
}

#[tokio::test]
async fn nothing_printable_holds_a_secret() {
    let org = Org::with_data(|_| versions()).await;
    let client = org.client();
    client.versions().await.expect("an answer");
    let (private_key, _) = key();
    let printed = format!("{client:?} {:?} {:?}", org.settings(), private_key);
    assert!(!printed.contains("hush") && !printed.contains("BEGIN"), "{printed}");
}

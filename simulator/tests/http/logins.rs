//! Logging in, and what happens without.

use reqwest::{Client, StatusCode};
use serde_json::{Value as Json, json};

use super::{Stage, login};

async fn token(stage: &Stage, form: &[(&str, &str)]) -> (StatusCode, Json) {
    let url = format!("{}/services/oauth2/token", stage.org.url());
    let response = Client::new().post(url).form(form).send().await.expect("an answer");
    (response.status(), response.json().await.expect("JSON"))
}

#[tokio::test]
async fn wrong_logins_are_refused_in_oauths_shape() {
    let stage = Stage::new().await;
    let credentials = ("grant_type", "client_credentials");
    for (form, error) in [
        (vec![credentials, ("client_id", "nobody")], "invalid_client_id"),
        (
            vec![credentials, ("client_id", "tidegate-local"), ("client_secret", "x")],
            "invalid_client",
        ),
        (vec![("grant_type", "password")], "unsupported_grant_type"),
        (
            vec![
                ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                ("assertion", "a.b.c"),
            ],
            "invalid_grant",
        ),
    ] {
        let (status, body) = token(&stage, &form).await;
        assert_eq!((status, &body["error"]), (StatusCode::BAD_REQUEST, &json!(error)));
    }
}

#[tokio::test]
async fn an_expired_token_is_refused_until_the_client_logs_in_again() {
    let mut stage = Stage::new().await;
    assert_eq!(stage.operator("expire-tokens", json!({})).await["expired"], 1);
    let refused = stage.get("/sobjects").await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    let body: Json = refused.json().await.expect("JSON");
    assert_eq!(
        body,
        json!([{ "message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID" }])
    );
    stage.token = login(&stage.client, stage.org.url()).await;
    assert_eq!(stage.get("/sobjects").await.status(), StatusCode::OK);
}

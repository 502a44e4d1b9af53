//! Logging in: JWT bearer and client credentials.

mod jwt;

use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::session::Session;
use super::{Served, Shared, answer};
use crate::org::{RecordId, Value};

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const CLIENT_CREDENTIALS: &str = "client_credentials";

/// An external client app that may log in.
#[derive(Clone)]
pub struct ConnectedApp {
    /// What the client calls itself.
    pub consumer_key: String,
    /// Proves the client in the client credentials flow; without it that flow is off.
    pub consumer_secret: Option<String>,
    /// The RSA public key (PEM) of the one that signs JWT assertions; without it that flow is off.
    pub public_key: Option<String>,
    /// The username that client credentials log in as.
    pub run_as: String,
}

impl ConnectedApp {
    /// The app of an org on one's own machine. Its secret is no secret: it opens nothing else.
    pub fn local() -> ConnectedApp {
        ConnectedApp {
            consumer_key: "tidegate-local".to_owned(),
            consumer_secret: Some("tidegate-local-secret".to_owned()),
            public_key: None,
            run_as: ConnectedApp::INTEGRATION_USER.to_owned(),
        }
    }

    /// The seed's user for integrations.
    pub const INTEGRATION_USER: &str = "integration@warmhaus.example";
}

impl std::fmt::Debug for ConnectedApp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConnectedApp")
            .field("consumer_key", &self.consumer_key)
            .field("run_as", &self.run_as)
            .finish_non_exhaustive()
    }
}

/// Why nobody was logged in, in OAuth's shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TokenError {
    error: &'static str,
    description: &'static str,
}

impl TokenError {
    const fn new(error: &'static str, description: &'static str) -> TokenError {
        TokenError { error, description }
    }
}

impl IntoResponse for TokenError {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.error, "error_description": self.description });
        answer::json(StatusCode::BAD_REQUEST, &body)
    }
}

#[derive(Deserialize)]
pub(super) struct TokenRequest {
    grant_type: Option<String>,
    assertion: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct RevokeRequest {
    token: String,
}

pub(super) async fn token(
    State(served): State<Shared>,
    headers: HeaderMap,
    form: Result<Form<TokenRequest>, FormRejection>,
) -> Result<Response, TokenError> {
    let Ok(Form(request)) = form else {
        return Err(TokenError::new("invalid_request", "must use HTTP POST with a form body"));
    };
    let (username, scope) = match request.grant_type.as_deref() {
        Some(JWT_BEARER) => {
            let assertion = request.assertion.as_deref().unwrap_or_default();
            (jwt::verify(&served.apps, &served.url, assertion)?, "api web")
        }
        Some(CLIENT_CREDENTIALS) => (client_credentials(&served, &headers, &request)?, "api"),
        Some(_) => {
            return Err(TokenError::new("unsupported_grant_type", "grant type not supported"));
        }
        None => return Err(TokenError::new("invalid_request", "missing required parameter")),
    };
    let user = active_user(&served, &username)?;
    let org = served.org.id().ok_or(TokenError::new("server_error", "the org has no id"))?;
    let access_token = served.sessions.begin(org, Session { user: user.clone(), username });
    let body = json!({
        "access_token": access_token,
        "scope": scope,
        "instance_url": served.url,
        "id": format!("{}/id/{org}/{user}", served.url),
        "token_type": "Bearer",
    });
    Ok(answer::json(StatusCode::OK, &body))
}

pub(super) async fn revoke(
    State(served): State<Shared>,
    Form(request): Form<RevokeRequest>,
) -> Response {
    if served.sessions.revoke(&request.token) {
        return StatusCode::OK.into_response();
    }
    TokenError::new("unsupported_token_type", "this token type is not supported").into_response()
}

pub(super) async fn userinfo(State(served): State<Shared>, headers: HeaderMap) -> Response {
    let Ok(session) = served.sessions.of(&headers) else {
        return (StatusCode::FORBIDDEN, "Bad_OAuth_Token").into_response();
    };
    let state = served.org.state();
    let Some(user) = state.records.get("User", &session.user) else {
        return (StatusCode::FORBIDDEN, "Bad_OAuth_Token").into_response();
    };
    let text = |field: &str| user.get(field).to_json();
    let names = [text("FirstName"), text("LastName")];
    let name = names.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(" ");
    let org = served.org.id().map(ToString::to_string).unwrap_or_default();
    let body = json!({
        "sub": format!("{}/id/{org}/{}", served.url, session.user),
        "user_id": session.user,
        "organization_id": org,
        "preferred_username": session.username,
        "nickname": text("CommunityNickname"),
        "name": name,
        "email": text("Email"),
        "email_verified": true,
        "given_name": text("FirstName"),
        "family_name": text("LastName"),
        "zoneinfo": text("TimeZoneSidKey"),
        "active": true,
        "user_type": "STANDARD",
        "language": text("LanguageLocaleKey"),
        "locale": text("LocaleSidKey"),
        "utcOffset": 0,
        "urls": {
            "rest": format!("{}/services/data/v{{version}}/", served.url),
            "sobjects": format!("{}/services/data/v{{version}}/sobjects/", served.url),
            "query": format!("{}/services/data/v{{version}}/query/", served.url),
        },
    });
    answer::json(StatusCode::OK, &body)
}

fn client_credentials(
    served: &Served,
    headers: &HeaderMap,
    request: &TokenRequest,
) -> Result<String, TokenError> {
    let (key, secret) = match basic(headers) {
        Some(pair) => pair,
        None => (
            request.client_id.clone().unwrap_or_default(),
            request.client_secret.clone().unwrap_or_default(),
        ),
    };
    let app = served.apps.iter().find(|app| app.consumer_key == key);
    let app = app.ok_or(TokenError::new("invalid_client_id", "client identifier invalid"))?;
    match &app.consumer_secret {
        None => Err(TokenError::new("invalid_grant", "no client credentials user enabled")),
        Some(known) if same_secret(known, &secret) => Ok(app.run_as.clone()),
        Some(_) => Err(TokenError::new("invalid_client", "invalid client credentials")),
    }
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let encoded = headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (key, secret) = decoded.split_once(':')?;
    Some((key.to_owned(), secret.to_owned()))
}

/// Compares in a time that does not tell where the difference is.
fn same_secret(known: &str, given: &str) -> bool {
    let difference = known
        .bytes()
        .zip(given.bytes())
        .fold(0, |difference, (one, other)| difference | one ^ other);
    known.len() == given.len() && difference == 0
}

fn active_user(served: &Served, username: &str) -> Result<RecordId, TokenError> {
    let state = served.org.state();
    let user = state.records.rows("User").find(|user| {
        user.get("Username").as_text().is_some_and(|known| known.eq_ignore_ascii_case(username))
    });
    match user {
        Some(user) if *user.get("IsActive") == Value::Flag(true) => Ok(user.id.clone()),
        Some(_) => Err(TokenError::new("invalid_grant", "inactive user")),
        None => Err(TokenError::new("invalid_grant", "user hasn't approved this consumer")),
    }
}

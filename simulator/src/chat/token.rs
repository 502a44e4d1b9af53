//! Access tokens: whom they name, and how long they hold.

use std::collections::{HashMap, HashSet, VecDeque};

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::deployment::{Channel, Deployment, FormField};
use super::problem::Problem;
use super::switches::Switches;
use super::{Desk, ids};
use crate::org::RecordId;

const MINUTE: SignedDuration = SignedDuration::from_secs(60);
const LONGEST_APP_NAME: usize = 40;

/// Who holds a token.
#[derive(Debug, Clone)]
pub(crate) struct Holder {
    /// The identity.
    pub subject: String,
    /// The client: a page, an app.
    pub client: String,
    /// The deployment that it was given for.
    pub deployment: String,
    device: String,
    verified: bool,
    expires: Timestamp,
}

/// All tokens.
#[derive(Debug)]
pub(crate) struct Tokens {
    holders: HashMap<String, Holder>,
    given: VecDeque<Timestamp>,
    renewed: VecDeque<Timestamp>,
    secret: String,
}

impl Default for Tokens {
    fn default() -> Tokens {
        Tokens {
            holders: HashMap::new(),
            given: VecDeque::new(),
            renewed: VecDeque::new(),
            secret: ids::random(),
        }
    }
}

/// What a token is asked for with.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TokenRequest {
    org_id: String,
    es_developer_name: String,
    capabilities_version: Option<String>,
    platform: Option<String>,
    device_id: Option<String>,
    context: Option<Map<String, Json>>,
    authorization_type: Option<String>,
    customer_identity_token: Option<String>,
}

#[derive(Serialize)]
struct Claims<'a> {
    sub: &'a str,
    #[serde(rename = "orgId")]
    org_id: &'a str,
    #[serde(rename = "clientId")]
    client_id: &'a str,
    iss: &'a str,
    iat: i64,
    exp: i64,
    jti: String,
}

/// What a customer's own token says.
#[derive(Deserialize)]
struct CustomerClaims {
    iss: String,
    sub: String,
    exp: i64,
}

impl Tokens {
    /// Who holds a token, while it holds.
    pub(crate) fn holder(&self, token: &str, now: Timestamp) -> Option<&Holder> {
        self.holders.get(token).filter(|holder| now < holder.expires)
    }

    /// Ends all tokens; says how many there were.
    pub(crate) fn expire_all(&mut self) -> usize {
        let ended = self.holders.len();
        self.holders.clear();
        ended
    }
}

impl Desk<'_> {
    /// A token for a guest.
    pub(crate) fn guest_token(&mut self, request: &TokenRequest) -> Result<Json, Problem> {
        let deployment = self.deployment_asked_for(request)?;
        let subject = self.guest();
        self.give(request, &deployment, subject, false)
    }

    /// A token for whom a customer's token names; for a guest where that does not hold.
    pub(crate) fn verified_token(&mut self, request: &TokenRequest) -> Result<Json, Problem> {
        let deployment = self.deployment_asked_for(request)?;
        if request.authorization_type.as_deref() != Some("JWT") {
            return Err(Problem::bad("authorizationType must be JWT"));
        }
        let token = request.customer_identity_token.as_deref().unwrap_or_default();
        if token.is_empty() {
            return Err(Problem::bad("customerIdentityToken is required"));
        }
        if !deployment.channel.verified_users {
            return Err(Problem::bad("User verification is not enabled for the channel"));
        }
        match verify(&deployment.channel, token, self.now) {
            Some(subject) => self.give(request, &deployment, subject, true),
            None if self.state.switches.silent_fallback => {
                let subject = self.guest();
                self.give(request, &deployment, subject, false)
            }
            None => Err(Problem::unauthorized()),
        }
    }

    /// Another token for the same subject, for a client of its own.
    pub(crate) fn continuation_token(&mut self, token: &str) -> Result<Json, Problem> {
        let holder = self.holder(token)?;
        let limit = self.state.switches.tokens_per_minute;
        throttle(&mut self.state.tokens.renewed, limit, self.now)?;
        let deployment = self.deployment(&holder.deployment)?.clone();
        let Holder { subject, verified, device, .. } = holder;
        self.token(&deployment, subject, verified, device)
    }

    /// Who holds this token.
    pub(crate) fn holder(&self, token: &str) -> Result<Holder, Problem> {
        let holder = self.state.tokens.holder(token, self.now);
        holder.cloned().ok_or_else(Problem::unauthorized)
    }

    /// The deployment of this name.
    pub(crate) fn deployment(&self, name: &str) -> Result<&Deployment, Problem> {
        let found = self.state.deployments.iter().find(|its| its.name == name && its.enabled);
        found.ok_or_else(|| {
            Problem::bad(format!("There is no deployment '{name}' for custom clients"))
        })
    }

    fn guest(&self) -> String {
        format!("v2/iamessage/{}/uid:{}", self.state.switches.guest, ids::random())
    }

    fn deployment_asked_for(&self, request: &TokenRequest) -> Result<Deployment, Problem> {
        check_form(request)?;
        let own = self.org.id();
        let short = own.map(RecordId::short).unwrap_or_default();
        let long = own.map(RecordId::as_str).unwrap_or_default();
        let known =
            request.org_id == short || self.state.switches.long_org_id && request.org_id == long;
        if !known {
            return Err(Problem::bad(format!("orgId '{}' is not this org's", request.org_id)));
        }
        self.deployment(&request.es_developer_name).cloned()
    }

    fn give(
        &mut self,
        request: &TokenRequest,
        deployment: &Deployment,
        subject: String,
        verified: bool,
    ) -> Result<Json, Problem> {
        let limit = self.state.switches.tokens_per_minute;
        throttle(&mut self.state.tokens.given, limit, self.now)?;
        let device = request.device_id.clone().unwrap_or_else(ids::random);
        self.token(deployment, subject, verified, device)
    }

    fn token(
        &mut self,
        deployment: &Deployment,
        subject: String,
        verified: bool,
        device: String,
    ) -> Result<Json, Problem> {
        let channel = &deployment.channel;
        let switches = &self.state.switches;
        let minutes = if verified {
            switches.verified_token_minutes.unwrap_or(channel.verified_token_minutes)
        } else {
            switches.guest_token_minutes.unwrap_or(channel.guest_token_minutes)
        };
        let life = SignedDuration::from_mins(i64::from(minutes));
        let expires = self.now.checked_add(life).unwrap_or(Timestamp::MAX);
        let client = ids::random();
        let claims = Claims {
            sub: &subject,
            org_id: self.org.id().map(RecordId::short).unwrap_or_default(),
            client_id: &client,
            iss: "iamessage",
            iat: self.now.as_second(),
            exp: expires.as_second(),
            jti: ids::random(),
        };
        let key = EncodingKey::from_secret(self.state.tokens.secret.as_bytes());
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key)
            .map_err(|problem| Problem::internal(problem.to_string()))?;
        let answer = json!({
            "accessToken": token,
            "lastEventId": self.state.streams.last().to_string(),
            "context": {
                "deviceId": device,
                "endUser": { "appType": "iamessage", "role": "EndUser", "subject": subject },
                "configuration": {
                    "timestamp": self.now.as_millisecond(),
                    "embeddedServiceConfig": configuration(deployment, switches),
                },
            },
        });
        let deployment = deployment.name.clone();
        let holder = Holder { subject, client, deployment, device, verified, expires };
        self.state.tokens.holders.insert(token, holder);
        Ok(answer)
    }
}

/// What a client is told of its deployment.
fn configuration(deployment: &Deployment, switches: &Switches) -> Json {
    let channel = &deployment.channel;
    let field = |(order, field): (usize, &FormField)| {
        let parameter = channel.parameters.iter().find(|its| its.name == field.name);
        json!({
            "name": field.name,
            "order": order + 1,
            "type": field.field_type,
            "required": field.required,
            "maxLength": parameter.map(super::deployment::Parameter::longest),
            "isHidden": field.hidden,
            "choiceListId": Json::Null,
        })
    };
    let fields: Vec<Json> = deployment.form_fields.iter().enumerate().map(field).collect();
    let form =
        json!({ "formType": "PreChat", "displayContext": "Conversation", "formFields": fields });
    json!({
        "name": deployment.name,
        "deploymentType": switches.deployment_type,
        "embeddedServiceMessagingChannel": {
            "channelAddressIdentifier": channel.address(),
            "authMode": if channel.verified_users { "Auth" } else { "UnAuth" },
        },
        "forms": if fields.is_empty() { Vec::new() } else { vec![form] },
        "choiceListConfig": { "choiceList": [] },
        "attachments": {
            "endUserToAgent": channel.attachments.enabled,
            "maxFileSize": channel.attachments.max_megabytes,
        },
        "transcript": { "allowTranscriptDownload": false },
    })
}

fn check_form(request: &TokenRequest) -> Result<(), Problem> {
    if request.capabilities_version.as_deref() != Some("1") {
        return Err(Problem::bad("capabilitiesVersion must be \"1\""));
    }
    if request.platform.as_deref().unwrap_or_default().is_empty() {
        return Err(Problem::bad("platform is required"));
    }
    if let Some(device) = &request.device_id {
        ids::chosen(device, "deviceId", false)?;
    }
    let name = request.context.as_ref().and_then(|context| context.get("appName"));
    let fits = |name: &str| {
        let allowed = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '.');
        !name.is_empty() && name.len() <= LONGEST_APP_NAME && name.chars().all(allowed)
    };
    if name.is_some_and(|name| !name.as_str().is_some_and(fits)) {
        return Err(Problem::bad(
            "context.appName may have letters, digits, underscores and periods, 40 at most",
        ));
    }
    Ok(())
}

fn throttle(asked: &mut VecDeque<Timestamp>, limit: usize, now: Timestamp) -> Result<(), Problem> {
    while asked.front().is_some_and(|at| now.duration_since(*at) >= MINUTE) {
        asked.pop_front();
    }
    if asked.len() >= limit {
        return Err(Problem::throttled());
    }
    asked.push_back(now);
    Ok(())
}

/// The subject that a customer's token names, where one of the channel's keys has signed it.
fn verify(channel: &Channel, token: &str, now: Timestamp) -> Option<String> {
    let id = jsonwebtoken::decode_header(token).ok()?.kid?;
    let key = channel.keys.iter().find(|key| key.key_id == id)?;
    let public = DecodingKey::from_rsa_pem(key.public_key.as_bytes()).ok()?;
    // Times go by the org's clock, which need not be the machine's.
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_aud = false;
    validation.validate_exp = false;
    validation.required_spec_claims = HashSet::new();
    let claims = jsonwebtoken::decode::<CustomerClaims>(token, &public, &validation).ok()?.claims;
    let holds = claims.iss == key.issuer && claims.exp > now.as_second() && !claims.sub.is_empty();
    holds.then(|| format!("v2/iamessage/AUTH/{}/uid:{}", key.key_set, claims.sub))
}

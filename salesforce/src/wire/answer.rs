//! Answers other than describes and errors.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::fault::Fault;

/// One entry of `GET /services/data`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Such as "Spring '26".
    #[serde(default)]
    pub label: String,
    /// Such as `/services/data/v66.0`.
    pub url: String,
    /// Such as `66.0`.
    pub version: String,
}

/// The answer of `/services/oauth2/token` to an accepted login.
#[derive(Clone, Serialize, Deserialize)]
pub struct TokenAnswer {
    /// The secret that opens the org; never logged, hence no `Debug`.
    pub access_token: String,
    /// Where the data calls go.
    pub instance_url: String,
    /// The address of who logged in, such as `https://login.salesforce.com/id/00D…/005…`.
    #[serde(default)]
    pub id: String,
    /// `Bearer`.
    #[serde(default)]
    pub token_type: String,
    /// Such as `api web`.
    #[serde(default)]
    pub scope: String,
}

/// The answer of `/services/oauth2/token` to a refused login.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenRefusal {
    /// Such as `invalid_grant`.
    pub error: String,
    /// Such as `user hasn't approved this consumer`.
    pub error_description: String,
}

/// Who a token belongs to; the answer of `/services/oauth2/userinfo`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The org's 18-character id.
    pub organization_id: String,
    /// The user's id.
    pub user_id: String,
    /// The login name; the older identity service calls it `username`.
    #[serde(alias = "username")]
    pub preferred_username: String,
}

/// The answer to an accepted create.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CreateAnswer {
    /// The new record's 18-character id.
    pub id: String,
    /// Whether it exists now.
    pub success: bool,
    /// Why not, where it does not.
    pub errors: Vec<Fault>,
}

/// One page of a query's result.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct QueryPage {
    /// Rows of all pages.
    pub total_size: u64,
    /// Whether this is the last page.
    pub done: bool,
    /// The address of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_records_url: Option<String>,
    /// Each with `attributes` before its fields.
    pub records: Vec<Map<String, Value>>,
}

//! Who pulls, and from which org.

use tidegate_schemas::catalog::Origin;

use crate::client::{Address, Answered, Call, Client};
use crate::error::{Error, LoginError};
use crate::name::RecordId;
use crate::soql::{Soql, SoqlText};
use crate::wire::Identity;

/// Asks for the token's user; where the app's scopes do not allow that, reads it from the org.
pub(super) async fn origin(client: &Client) -> Result<Origin, Error> {
    let told = client.send(Call::get(Address::userinfo())).await.and_then(Answered::json);
    let identity = match told {
        Ok(identity) => identity,
        Err(
            Error::Refused(_)
            | Error::Unclear { .. }
            | Error::Login(LoginError::SessionRefused { .. }),
        ) => from_token(client).await?,
        Err(error) => return Err(error),
    };
    let Identity { organization_id, preferred_username, .. } = identity;
    let api_version = client.api_version().await?.to_string();
    Ok(Origin { org_id: organization_id, pulled_by: preferred_username, api_version })
}

/// The login's answer names org and user by id: `https://login.salesforce.com/id/00D…/005…`.
async fn from_token(client: &Client) -> Result<Identity, Error> {
    let unknown = || Error::unclear(200, "the org does not tell who is logged in");
    let address = client.identity_address().await?;
    let (org, user) = ids(&address).ok_or_else(unknown)?;
    let soql =
        Soql::new("SELECT Username FROM User WHERE Id = ").text(&SoqlText::new(user.as_str()));
    let rows = client.query(&soql).await?;
    let username =
        rows.first().and_then(|row| row.get("Username")?.as_str()).ok_or_else(unknown)?;
    Ok(Identity {
        organization_id: org.as_str().to_owned(),
        user_id: user.as_str().to_owned(),
        preferred_username: username.to_owned(),
    })
}

pub(crate) fn ids(address: &str) -> Option<(RecordId, RecordId)> {
    let (_, ids) = address.split_once("/id/")?;
    let (org, user) = ids.split_once('/')?;
    Some((RecordId::new(org).ok()?, RecordId::new(user).ok()?))
}

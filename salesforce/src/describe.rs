//! What the org says about its objects.

mod convert;
mod hours;
mod restore;

use http::{HeaderValue, header};
use reqwest::StatusCode;
use tidegate_schemas::catalog::Object;

pub use convert::{Contradiction, catalog_object};
pub use hours::hours_of;
pub use restore::{describe_of, offers_of};

use crate::client::{Address, Answered, Call, Client};
use crate::error::Error;
use crate::name::ApiName;
use crate::wire::{GlobalDescribe, ObjectDescribe};

/// The stamp of a describe: the org's own text, given back to it to ask whether anything changed.
///
/// It also moves for changes elsewhere in the org, so a new one means "compare", not "changed".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastModified(HeaderValue);

/// The answer to a conditional describe.
#[derive(Debug, Clone, PartialEq)]
pub enum Described<T> {
    /// Described anew.
    Fresh {
        /// What the org says now.
        described: T,
        /// To ask with the next time; absent where the org gave none.
        last_modified: Option<LastModified>,
    },
    /// As it was at the stamp that was asked with.
    NotModified,
}

impl Client {
    /// Describes the whole org: its objects, without their fields.
    ///
    /// # Errors
    ///
    /// As any call.
    pub async fn describe_global(
        &self,
        since: Option<&LastModified>,
    ) -> Result<Described<GlobalDescribe>, Error> {
        let answered = self.conditional(self.data(&["sobjects"]).await?, since).await?;
        fresh(answered, |body: GlobalDescribe| Ok(body))
    }

    /// Describes one object as a part of a catalog, unless nothing changed since a stamp.
    ///
    /// # Errors
    ///
    /// As any call; [`Error::is_not_found`] where there is no such object, or none that this user
    /// may see.
    pub async fn describe(
        &self,
        object: &ApiName,
        since: Option<&LastModified>,
    ) -> Result<Described<Object>, Error> {
        let address = self.data(&["sobjects", object.as_str(), "describe"]).await?;
        let answered = self.conditional(address, since).await?;
        fresh(answered, |body: ObjectDescribe| {
            catalog_object(&body)
                .map_err(|contradiction| Error::unclear(200, contradiction.to_string()))
        })
    }

    /// Describes one object, as the org puts it.
    pub(crate) async fn describe_as_sent(&self, object: &ApiName) -> Result<ObjectDescribe, Error> {
        let address = self.data(&["sobjects", object.as_str(), "describe"]).await?;
        self.send(Call::get(address)).await?.json()
    }

    async fn conditional(
        &self,
        address: Address,
        since: Option<&LastModified>,
    ) -> Result<Answered, Error> {
        let mut call = Call::get(address);
        if let Some(LastModified(stamp)) = since {
            call.headers.insert(header::IF_MODIFIED_SINCE, stamp.clone());
        }
        self.send(call).await
    }
}

fn fresh<W, T>(
    answered: Answered,
    convert: impl FnOnce(W) -> Result<T, Error>,
) -> Result<Described<T>, Error>
where
    W: serde::de::DeserializeOwned,
{
    if answered.status == StatusCode::NOT_MODIFIED {
        return Ok(Described::NotModified);
    }
    let last_modified = answered.headers.get(header::LAST_MODIFIED).cloned().map(LastModified);
    let described = convert(answered.json()?)?;
    Ok(Described::Fresh { described, last_modified })
}

//! Reading a whole catalog from an org.

mod hours;
pub(crate) mod identity;
mod offers;
mod owners;

use tidegate_schemas::catalog::{Catalog, Origin};

use crate::client::Client;
use crate::describe::catalog_object;
use crate::error::Error;
use crate::name::ApiName;
use crate::wire::{ObjectDescribe, RecordTypeInfo};

/// The objects that every program may speak of.
pub const USUAL_OBJECTS: [&str; 4] = ["Account", "Case", "Contact", "User"];

/// The objects of which programs create records: what their record types offer is read as well.
const CREATED_OBJECTS: [&str; 1] = ["Case"];

/// How far a pull has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Logged in.
    LoggedIn {
        /// As whom; field-level security hides what this user may not see.
        username: String,
        /// The org's 18-character id.
        org_id: String,
    },
    /// One object is described.
    Described {
        /// Its API name.
        object: String,
        /// Objects described so far.
        done: usize,
        /// Objects in all.
        of: usize,
    },
    /// What one record type offers is read.
    Offers {
        /// The object.
        object: String,
        /// The record type's developer name.
        record_type: String,
        /// Record types of the object so far.
        done: usize,
        /// Record types of the object in all: so many calls it takes.
        of: usize,
    },
    /// The org does not say what one record type offers.
    OffersNotKnown {
        /// The object.
        object: String,
        /// The record type's developer name.
        record_type: String,
        /// The org's words.
        why: String,
    },
    /// The queues are read.
    Queues(usize),
    /// The users are read.
    Users(usize),
    /// Business hours and holidays are read.
    Hours {
        /// How many business hours.
        business_hours: usize,
        /// How many holidays.
        holidays: usize,
    },
    /// The org does not show its business hours or holidays, or one of them can't be read.
    HoursNotKnown {
        /// What.
        what: String,
        /// The org's words, or ours.
        why: String,
    },
}

/// A pull came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PullError {
    /// The org has no such object, or none that this user may see.
    #[error("`{object}` is no object of the org that `{username}` may see")]
    NoSuchObject {
        /// The object asked for.
        object: String,
        /// Who asked.
        username: String,
    },
    /// A call failed.
    #[error(transparent)]
    Call(#[from] Error),
}

/// Reads origin, queues, users, business hours, the [`USUAL_OBJECTS`] and those asked for besides. An unchanged
/// org gives an equal catalog.
///
/// # Errors
///
/// An object cannot be seen, or a call failed; nothing is kept then.
pub async fn pull(
    client: &Client,
    besides: &[ApiName],
    progress: impl FnMut(Progress),
) -> Result<Catalog, PullError> {
    read(client, besides, Absent::Fails, progress).await
}

/// Reads the same as [`pull`], to be compared with what was pulled before: what the org does not
/// have, or does not show to this user, is left out.
///
/// # Errors
///
/// A call failed.
pub async fn survey(
    client: &Client,
    besides: &[ApiName],
    progress: impl FnMut(Progress),
) -> Result<Catalog, PullError> {
    read(client, besides, Absent::LeftOut, progress).await
}

/// What becomes of an object that cannot be seen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Absent {
    Fails,
    LeftOut,
}

async fn read(
    client: &Client,
    besides: &[ApiName],
    absent: Absent,
    mut progress: impl FnMut(Progress),
) -> Result<Catalog, PullError> {
    let origin = identity::origin(client).await?;
    let Origin { pulled_by, org_id, .. } = origin.clone();
    progress(Progress::LoggedIn { username: pulled_by, org_id });
    let mut catalog = Catalog { origin, ..Catalog::default() };
    let wanted = wanted(besides)?;
    let mut created: Vec<(String, Vec<RecordTypeInfo>)> = Vec::new();
    for (at, name) in wanted.iter().enumerate() {
        let describe = match described(client, name, &catalog.origin.pulled_by).await {
            Err(PullError::NoSuchObject { .. }) if absent == Absent::LeftOut => continue,
            describe => describe?,
        };
        let object = catalog_object(&describe)
            .map_err(|contradiction| Error::unclear(200, contradiction.to_string()))?;
        let (done, of) = (at + 1, wanted.len());
        progress(Progress::Described { object: object.name.clone(), done, of });
        if CREATED_OBJECTS.contains(&object.name.as_str()) {
            created.push((object.name.clone(), describe.record_type_infos));
        }
        catalog.objects.insert(object.name.clone(), object);
    }
    for (name, types) in created {
        if let Some(object) = catalog.objects.get_mut(&name) {
            object.offers = offers::read(client, object, &types, &mut progress).await?;
        }
    }
    catalog.queues = seen(owners::queues(client).await, absent)?;
    progress(Progress::Queues(catalog.queues.len()));
    catalog.users = seen(owners::users(client).await, absent)?;
    progress(Progress::Users(catalog.users.len()));
    (catalog.business_hours, catalog.holidays) = hours::read(client, &mut progress).await?;
    Ok(catalog)
}

/// An object that the user may not query has no rows for this user.
fn seen<T: Default>(rows: Result<T, Error>, absent: Absent) -> Result<T, Error> {
    match rows {
        Err(Error::Refused(refusal))
            if absent == Absent::LeftOut && refusal.code() == "INVALID_TYPE" =>
        {
            Ok(T::default())
        }
        rows => rows,
    }
}

/// Sorted, each once; API names are the same in any case.
fn wanted(besides: &[ApiName]) -> Result<Vec<ApiName>, Error> {
    let mut wanted: Vec<ApiName> = besides.to_vec();
    for name in USUAL_OBJECTS {
        wanted.insert(0, ApiName::new(name)?);
    }
    wanted.sort_by_key(|name| name.as_str().to_ascii_lowercase());
    wanted.dedup_by_key(|name| name.as_str().to_ascii_lowercase());
    Ok(wanted)
}

async fn described(
    client: &Client,
    name: &ApiName,
    username: &str,
) -> Result<ObjectDescribe, PullError> {
    match client.describe_as_sent(name).await {
        Err(error) if error.is_not_found() => Err(PullError::NoSuchObject {
            object: name.as_str().to_owned(),
            username: username.to_owned(),
        }),
        describe => Ok(describe?),
    }
}

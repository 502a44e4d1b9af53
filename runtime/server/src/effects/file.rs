//! Files on a Case.

use std::sync::Arc;

use tidegate_engine::file::FileRef;
use tidegate_salesforce::RetryClass;
use tidegate_store::contract::Claimed;
use uuid::Uuid;

use super::org::{Attach, CallError, Find, Org};
use crate::app::App;

/// Attaches a file, unless an earlier attempt had done so: it is found by its path, which carries the
/// effect's key.
pub(super) async fn attach_once(
    org: &dyn Org,
    attach: Attach,
    repeated: bool,
) -> Result<(), CallError> {
    if repeated && exists(org, &attach.file_name).await? {
        return Ok(());
    }
    org.attach(attach).await
}

async fn exists(org: &dyn Org, path: &str) -> Result<bool, CallError> {
    let find = Find {
        object: "ContentVersion".into(),
        fields: vec!["Id".into()],
        equal: vec![("PathOnClient".into(), path.into())],
        limit: 1,
    };
    Ok(!org.find(find).await?.is_empty())
}

/// Attaches what a customer sent, under its own name.
pub(super) async fn attach(
    app: &App,
    claimed: &Claimed,
    case_id: &str,
    file: &FileRef,
    content: Option<Arc<[u8]>>,
) -> Result<(), CallError> {
    let Some(bytes) = content else {
        let why = "the file is not kept any more";
        return Err(CallError::new(RetryClass::Request, "tidegate.file_gone", why));
    };
    let attach = Attach {
        parent: case_id.to_owned(),
        title: file.name.clone(),
        file_name: path(&file.name, claimed.effect.key),
        bytes,
    };
    attach_once(app.org.as_ref(), attach, claimed.attempt > 1).await
}

/// `photo.jpg` with a key in its middle; Salesforce tells a file's kind by what stands behind the
/// last point.
fn path(name: &str, key: Uuid) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}-{key}.{extension}"),
        None => format!("{name}-{key}"),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::path;

    #[test]
    fn a_path_carries_the_key_before_its_extension() {
        let key = Uuid::nil();
        assert_eq!(path("a.b.jpg", key), format!("a.b-{key}.jpg"));
        assert_eq!(path("photo", key), format!("photo-{key}"));
    }
}

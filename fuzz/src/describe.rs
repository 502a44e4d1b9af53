//! What an org says of itself, and the files in which we keep it.
//!
//! An input that begins with `{` is a describe as Salesforce sends it; any other is the file of an
//! object as it stands in a schema folder. What can be read is written and read back as it was.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use tidegate_salesforce::describe::catalog_object;
use tidegate_salesforce::wire::{FaultBody, GlobalDescribe, ObjectDescribe};
use tidegate_schemas::catalog::{Catalog, Object};
use tidegate_schemas::codec::{from_files, object_path, to_files};
use tidegate_simulator::check_describe;

/// The file that every schema folder has.
static ORG: LazyLock<(String, String)> = LazyLock::new(|| {
    to_files(&Catalog::default()).into_iter().next().expect("the file of the org")
});

/// Reads any describe or file.
pub fn run(data: &[u8]) {
    is_read(data);
}

/// The same; tells whether an object came of it.
pub fn is_read(data: &[u8]) -> bool {
    if data.first() == Some(&b'{') { described(data) } else { kept(data) }
}

fn described(data: &[u8]) -> bool {
    // The local org reads the same documents on its own.
    if let Ok(json) = serde_json::from_slice(data) {
        let _ = check_describe(json);
    }
    let _ = FaultBody::read(data);
    let _ = serde_json::from_slice::<GlobalDescribe>(data);
    let Ok(describe) = serde_json::from_slice::<ObjectDescribe>(data) else { return false };
    let Ok(object) = catalog_object(&describe) else { return false };
    written_and_read(object);
    true
}

fn kept(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let files = BTreeMap::from([ORG.clone(), (object_path("Case"), text.to_owned())]);
    let Ok(mut catalog) = from_files(&files) else { return false };
    written_and_read(catalog.objects.remove("Case").expect("the object of the file"));
    true
}

fn written_and_read(object: Object) {
    let objects = BTreeMap::from([(object.name.clone(), object)]);
    let catalog = Catalog { objects, ..Catalog::default() };
    let files = to_files(&catalog);
    assert_eq!(from_files(&files).as_ref(), Ok(&catalog), "{files:#?}");
}

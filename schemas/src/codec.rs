//! A catalog as TOML files, one an object, one of the org and one of its hours, and back.
//!
//! The text is made to be reviewed in a diff: keys in a fixed order, tables sorted by name, one
//! line for each attribute of a field and for each value of a list. Labels and list values come
//! from an org's admins and are hostile until shown otherwise, so characters that would hide or
//! reorder text are written as escapes.
//!
//! Writing and reading are inverse: `from_files(&to_files(&c)) == Ok(c)`.

mod coherent;
mod error;
mod hours;
mod layout;
mod literal;
mod read;
mod shape;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::catalog::Catalog;

pub use coherent::coherent;
pub use error::{Fault, Unreadable};
pub use read::from_files;

/// The layout that this version writes and reads, stated in [`ORG_FILE`].
pub const FORMAT: u32 = 1;

/// The file that says where the catalog came from, with queues and users.
pub const ORG_FILE: &str = "org.toml";

/// The file of business hours and holidays; not there where the org has none.
pub const HOURS_FILE: &str = "hours.toml";

/// The folder of the object files.
pub const OBJECTS: &str = "objects";

/// The files of a catalog: text by path below the schema folder, with `/` between folders.
pub fn to_files(catalog: &Catalog) -> BTreeMap<String, String> {
    let objects =
        catalog.objects.values().map(|object| (object_path(&object.name), layout::object(object)));
    let hours = hours::file(catalog).map(|text| (HOURS_FILE.to_owned(), text));
    objects.chain([(ORG_FILE.to_owned(), layout::org(catalog))]).chain(hours).collect()
}

/// Where the file of an object lies, such as `objects/Case.toml`.
///
/// Salesforce's names are letters, digits and underscores; any other byte is percent-encoded, so
/// that no name reaches outside the folder.
pub fn object_path(name: &str) -> String {
    let mut path = format!("{OBJECTS}/");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
    path.push_str(".toml");
    path
}

impl Catalog {
    /// SHA-256 of what the catalog says: equal catalogs have equal hashes, on every machine.
    pub fn hash(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        for (path, text) in to_files(self) {
            for part in [path, text] {
                digest.update((part.len() as u64).to_be_bytes());
                digest.update(part);
            }
        }
        digest.finalize().into()
    }
}

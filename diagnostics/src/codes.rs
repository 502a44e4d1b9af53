//! The registry: every code, its usual severity, its title and its page.
//!
//! Codes are stable for ever and reserved by range. A code's page is
//! `diagnostics/pages/CODE.md`; its failing fixture is `tests/ui/CODE_*.tide`. A test holds that
//! both exist for each.
//!
//! | range | subject |
//! |---|---|
//! | E01xx | syntax |
//! | E02xx | names |
//! | E03xx | types and values |
//! | E04xx | what Salesforce lets be written or asked for |
//! | E05xx–E09xx | proofs over workflows |
//! | W0xxx | warnings, numbered like the errors of their subject |
//! | W09xx | what becomes of a program in another org |
//! | E10xx | tests that fail |

mod names;
mod orgs;
mod proofs;
mod rehearsals;
mod syntax;
mod types;
mod writes;

use serde::{Serialize, Serializer};

use crate::Severity;

pub use names::*;
pub use orgs::*;
pub use proofs::*;
pub use rehearsals::*;
pub use syntax::*;
pub use types::*;
pub use writes::*;

/// What the registry holds about one code.
#[derive(Debug)]
pub struct Entry {
    id: &'static str,
    title: &'static str,
    page: &'static str,
}

/// One registered code.
#[derive(Debug, Clone, Copy)]
pub struct Code(&'static Entry);

impl Code {
    /// `E0201`.
    pub fn id(self) -> &'static str {
        self.0.id
    }

    /// The subject in a few words.
    pub fn title(self) -> &'static str {
        self.0.title
    }

    /// The page that `tidegate explain` shows, in Markdown.
    pub fn page(self) -> &'static str {
        self.0.page
    }

    /// An error for `E…`, a warning for `W…`, a note for `N…`.
    pub fn severity(self) -> Severity {
        match self.0.id.as_bytes().first() {
            Some(b'W') => Severity::Warning,
            Some(b'N') => Severity::Note,
            _ => Severity::Error,
        }
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl Eq for Code {}

impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Code {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.id().cmp(other.id())
    }
}

impl std::hash::Hash for Code {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.id().hash(state);
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

/// Every registered code, in order.
pub fn all() -> impl Iterator<Item = Code> {
    let subjects = [syntax::ALL, names::ALL, types::ALL, writes::ALL, proofs::ALL, orgs::ALL];
    subjects.into_iter().chain([rehearsals::ALL]).flatten().copied()
}

/// The code that a user named, whatever its case.
pub fn find(id: &str) -> Option<Code> {
    all().find(|code| code.id().eq_ignore_ascii_case(id))
}

macro_rules! codes {
    ($($name:ident = $id:literal, $title:literal;)*) => {
        $(
            #[doc = concat!("`", $id, "`: ", $title, ".")]
            pub const $name: $crate::codes::Code = {
                static ENTRY: $crate::codes::Entry = $crate::codes::Entry {
                    id: $id,
                    title: $title,
                    page: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/pages/", $id, ".md")),
                };
                $crate::codes::Code(&ENTRY)
            };
        )*
        pub(super) const ALL: &[$crate::codes::Code] = &[$($name),*];
    };
}
use codes;

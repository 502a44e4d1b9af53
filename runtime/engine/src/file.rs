//! Files that customers send.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A file that was uploaded. Its bytes are with whoever took it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// The upload.
    pub id: Uuid,
    /// Its name, as the customer's device has it, without a path.
    pub name: String,
    /// How large it is.
    pub bytes: u64,
    /// What its content says it is: `image/jpeg`.
    pub media_type: String,
}

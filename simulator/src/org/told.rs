//! An org as others know it.

/// An org as its answers tell of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// Describes of objects.
    pub describes: Vec<serde_json::Value>,
    /// Answers of the UI API: what record types offer.
    pub offered: Vec<serde_json::Value>,
    /// Queues, beside those that are built in.
    pub queues: Vec<ToldQueue>,
    /// Users, beside those that are built in.
    pub users: Vec<ToldUser>,
    /// Records of `BusinessHours` and `Holiday`, by object, in place of those that are built in.
    pub hours: Vec<(String, serde_json::Map<String, serde_json::Value>)>,
}

/// A queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldQueue {
    /// What code calls it.
    pub developer_name: String,
    /// What users see.
    pub label: String,
    /// The objects whose records it may own.
    pub objects: Vec<String>,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldUser {
    /// The login name.
    pub username: String,
    /// What users see.
    pub label: String,
    /// Whether the user can log in and own records.
    pub active: bool,
}

//! E02xx: names that nothing answers to.

super::codes! {
    UNKNOWN_FIELD = "E0201", "unknown Salesforce field";
}

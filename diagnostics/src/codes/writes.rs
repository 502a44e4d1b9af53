//! E04xx: what Salesforce does not let be written, asked for or owned.

super::codes! {}

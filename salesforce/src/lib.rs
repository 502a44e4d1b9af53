//! Typed clients for the Salesforce APIs that Tidegate uses.

pub mod wire;

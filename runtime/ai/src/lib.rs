//! Matching, retrieval and extracts: pure, no network.

pub mod extract;

//! Matching, retrieval and extracts: pure, no network.

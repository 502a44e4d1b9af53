//! E01xx: text that is not Tide.

super::codes! {}

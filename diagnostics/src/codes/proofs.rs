//! E05xx to E08xx: what a proof refuted.

super::codes! {}

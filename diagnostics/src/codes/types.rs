//! E03xx: types and values that do not fit.

super::codes! {}

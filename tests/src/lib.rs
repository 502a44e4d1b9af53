//! What crosses crates: diagnostics, plans, end-to-end runs, the shape of the house.

//! W09xx: what becomes of a program in another org, or in the same one later.

super::codes! {
    OTHER_IN_THE_ORG = "W0901", "the org makes something else of it";
}

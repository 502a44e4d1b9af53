//! E10xx: tests that fail.

super::codes! {
    NOT_AS_EXPECTED = "E1001", "something else happens than a test expects";
    NOT_EXPECTED = "E1002", "something happens that a test does not expect";
    NOT_POSSIBLE = "E1003", "a test does what can't be done there";
}

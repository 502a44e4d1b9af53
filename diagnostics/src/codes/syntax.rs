//! E01xx: text that is not Tide. E0109 was for words that were still to come, and is not used again.

super::codes! {
    UNEXPECTED_TEXT = "E0101", "unexpected text";
    MISSING_PART = "E0102", "missing part";
    UNCLOSED_TEXT = "E0103", "text without a closing quote";
    UNCLOSED_BRACKET = "E0104", "bracket that is never closed";
    TEXT_BEHIND_ITEM = "E0105", "text behind the end of an item";
    INDENTED_ITEM = "E0106", "indented item";
    UNKNOWN_ITEM = "E0107", "unknown item";
    UNKNOWN_LINE = "E0108", "unknown step or line";
    FOREIGN_SIGN = "E0110", "sign of another language";
    BAD_ESCAPE = "E0111", "unknown escape in a text";
    BAD_NUMBER = "E0112", "malformed number or duration";
    BEYOND_LIMITS = "E0113", "too large or nested too deeply";
    FORBIDDEN_CHARACTER = "E0114", "character that can't be seen";
    CONFLICT_MARKER = "E0115", "unresolved merge conflict";
    HOLE_NOT_ALLOWED = "E0116", "text that can't have holes";
    GIVEN_TWICE = "E0117", "part given twice";
    OUT_OF_PLACE = "E0118", "line out of place";
    COMPARISON_CHAIN = "E0119", "chain of comparisons";
    CURLY_QUOTES = "E0120", "curly quotes";
    BAD_NAME = "E0121", "name with other letters than a to z";
}

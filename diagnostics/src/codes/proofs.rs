//! E05xx to E09xx: what a proof refuted; W05xx to W08xx: what it could not prove, and what is
//! there in vain. What privacy could not prove is an error too.

super::codes! {
    MATCH_NOT_EXHAUSTIVE = "E0501", "a `match` does not cover every value";
    MAY_BE_BLANK = "E0511", "a value that may be blank is used";
    CASE_INCOMPLETE = "E0521", "a Case without a field that the org requires";
    TEXT_TOO_LONG = "E0531", "a text that may not fit";
    NUMBER_DOES_NOT_FIT = "E0532", "a number that may not fit";
    LIST_VALUE_REFUSED = "E0541", "a value that the list may not take";
    VALUE_NOT_OFFERED = "E0542", "a value that the record type does not offer";
    FORM_ACCEPTS_TOO_MUCH = "E0601", "a form accepts what its field does not";
    FORM_IMPOSSIBLE = "E0602", "a form that nobody can fill in";
    FORM_IN_VAIN = "E0603", "an answer is overwritten before it is read";
    UNDESCRIBED = "E0611", "a value of which nobody says what it means";
    LANGUAGE_LACKING = "E0621", "a text lacks a language";
    HOLES_DIFFER = "E0622", "a text shows other values in another language";
    KEY_NOT_TAKEN = "E0631", "a key that a channel does not take";
    KEY_TWICE = "E0632", "two values under one key";
    BAD_ARTICLE = "E0641", "an article that can't be read";
    OUTCOME_UNHANDLED = "E0701", "an outcome that nothing handles";
    ARM_STAYS = "E0702", "an arm that does not leave";
    ARM_WAITS = "E0703", "an arm that waits and goes back to a wait";
    OUTCOME_CYCLE = "E0704", "an outcome leads back to its own arm";
    END_LOSES_WORDS = "E0705", "a conversation ends and nobody reads it";
    TOO_MANY_ROUNDS = "E0706", "more rounds than one message can lead to";
    TRIGGER_CYCLE = "E0711", "workflows that each start before the other";
    NO_START = "E0712", "a customer to whom nothing answers";
    PUSH_DISCARDS = "E0801", "a push discards what the conversation set";
    PRIVATE_GIVEN_AWAY = "E0901", "a private value is given away";
    PRIVATE_MADE_PUBLIC = "E0902", "a private value where it is not private";
    PRIVATE_LEFT_BEHIND = "E0903", "a push says nothing of a private value";
    REVEALED_TO_ANYBODY = "E0904", "a private value is revealed to anybody";
    REVEAL_MISPLACED = "E0905", "a private value is revealed where nobody reads it";
    PRIVACY_NOT_PROVED = "E0911", "not proved that a private value stays private";
    ARM_NOT_REACHED = "W0501", "an arm that no conversation takes";
    MATCH_MISSES_INACTIVE = "W0502", "a `match` does not cover an inactive value";
    MATCH_NOT_PROVED = "W0503", "not proved that a `match` covers every value";
    BLANK_NOT_PROVED = "W0511", "not proved that a value is not blank";
    CASE_NOT_PROVED = "W0521", "not proved that a Case has every field";
    SIZE_NOT_PROVED = "W0531", "not proved that a value fits";
    LIST_NOT_PROVED = "W0541", "not proved that a list takes a value";
    OFFER_NOT_PROVED = "W0542", "not proved that the record type offers a value";
    DESCRIPTIONS_ALIKE = "W0611", "descriptions that say the same";
    DETECT_IN_VAIN = "W0612", "a `detect` that decides nothing";
    SENT_IN_VAIN = "W0631", "what a channel does not take";
    ARTICLE_EMPTY = "W0641", "an article that says nothing";
    OUTCOME_ARM_NOT_REACHED = "W0701", "an arm for an outcome that never comes";
    ENDING_NOT_PROVED = "W0705", "not proved that somebody reads what a customer wrote";
    NEVER_STARTS = "W0711", "a workflow that never starts";
    DISCARD_NOT_PROVED = "W0801", "not proved that a push keeps what the conversation set";
    SET_IN_VAIN = "W0811", "a value is set again before it is read";
    STEP_NOT_REACHED = "W0821", "a step that no conversation comes to";
    BRANCH_NOT_REACHED = "W0822", "a condition that never holds";
    WORKFLOW_NOT_RUN = "W0823", "a workflow that nothing runs";
}

//! E02xx: names that nothing answers to.

super::codes! {
    UNKNOWN_FIELD = "E0201", "unknown Salesforce field";
    UNKNOWN_OBJECT = "E0202", "unknown Salesforce object";
    UNKNOWN_ATTRIBUTE = "E0203", "unknown attribute";
    DECLARED_TWICE = "E0204", "declared twice";
    SAME_BUT_CASE = "E0205", "names that differ only by case";
    REMOVED_BY_EXCEPT = "E0206", "a field that `except` took out";
    SYSTEM_FIELD_EXCEPTED = "E0207", "a field that always comes";
    RENAMED = "E0208", "a field that has another name here";
    UNKNOWN_NAMESPACE = "E0209", "unknown namespace";
    PARENT_PATH = "E0210", "a parent field that can't be reached so";
    UNKNOWN_WORKFLOW = "E0211", "unknown workflow";
    UNKNOWN_PUSH = "E0212", "unknown push";
    UNKNOWN_TYPE = "E0213", "unknown type";
    UNKNOWN_PIPE = "E0214", "unknown pipe";
    RUN_CIRCLE = "E0215", "workflows that run in a circle";
    SEVERAL_ON_OPEN = "E0216", "workflows that start together, in no order";
    FIND_BY = "E0217", "how a person is found";
    UNKNOWN_OUTCOME = "E0218", "an outcome that can't come";
    NOT_SYNCED = "E0219", "a field that is not synced";
    WRONG_OBJECT = "E0220", "an object that can't stand here";
    LET_NAME = "E0221", "a name that a `let` can't give";
    LET_OUT_OF_REACH = "E0222", "a value that is not known here";
    REQUIRE_RULE = "E0223", "a rule that can't be";
    UNKNOWN_STEP = "E0224", "unknown step";
    GIVEN_TO_NOBODY = "E0225", "a field of somebody whom nobody knows";
    UNKNOWN_FORM = "E0226", "unknown form";
    UNKNOWN_LANGUAGE = "E0227", "a language that the project does not have";
    UNKNOWN_TEXT = "E0228", "unknown text";
    UNKNOWN_CHANNEL = "E0229", "unknown channel";
    UNKNOWN_ZONE = "E0230", "unknown time zone";
    UNKNOWN_HOURS = "E0231", "unknown hours";
    NOT_IN_THE_ORGS_HOURS = "E0232", "business hours or a holiday that the org does not have";
    HOURS_NOT_ACTIVE = "E0233", "business hours that are not in use";
    HOURS_UNDECIDED = "E0234", "hours or a holiday that can't be decided";
    NOTHING_STARTS = "W0201", "no workflow starts";
    LET_UNUSED = "W0202", "a value that nothing reads";
    FORM_UNUSED = "W0203", "a form that no step uses";
    TEXT_UNUSED = "W0204", "a text that nothing uses";
    HOURS_UNUSED = "W0205", "hours that nothing asks for";
}

//! E03xx: types and values that do not fit.

super::codes! {
    WRONG_TYPE = "E0301", "a value of another type";
    NOT_A_CONDITION = "E0302", "no condition";
    OPERANDS = "E0303", "operands that do not go together";
    UNKNOWN_LIST_VALUE = "E0304", "unknown list value";
    LABEL_INSTEAD_OF_VALUE = "E0305", "a label instead of a value";
    INACTIVE_LIST_VALUE = "E0306", "inactive list value";
    LISTS_NEVER_MEET = "E0307", "lists without a common value";
    LIST_MISFIT = "E0308", "list values that a place refuses";
    TEXT_INTO_LIST = "E0309", "free text for a list";
    PIPE_MISUSE = "E0310", "a pipe that can't follow";
    NOT_SHOWABLE = "E0311", "nothing to show";
    NUMBER_MISFIT = "E0312", "a number that does not fit";
    DESCRIPTION_MISPLACED = "E0313", "a description that can't stand here";
    PATTERN_MISFIT = "E0314", "an arm that can't stand here";
    BAD_PATTERN = "E0315", "a pattern that can't be used";
    TYPE_ARGUMENTS = "E0316", "a type that can't be so";
    LITERAL_EXPECTED = "E0317", "a fixed value is wanted";
    FORM_RULE = "E0318", "a form rule that can't be";
    NOT_SENDABLE = "E0319", "nothing that can be sent along";
    SECRET = "W0301", "what looks like a secret";
}

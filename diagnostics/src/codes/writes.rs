//! E04xx: what Salesforce does not let be written, asked for or owned.

super::codes! {
    NOT_WRITABLE = "E0401", "a field that can't be written";
    SESSION_READ_ONLY = "E0402", "a session attribute can't be changed";
    NOT_CREATEABLE = "E0403", "records that can't be created";
    UNKNOWN_RECORD_TYPE = "E0404", "unknown record type";
    RECORD_TYPE_UNUSABLE = "E0405", "a record type that can't be used";
    UNKNOWN_QUEUE = "E0406", "unknown queue";
    QUEUE_CANNOT_OWN = "E0407", "a queue that can't own Cases";
    UNKNOWN_USER = "E0408", "a user that can't own Cases";
    NOT_ASKABLE = "E0409", "a form can't ask for this";
    NO_KEY_FIELD = "E0410", "no field for the key";
    NOT_A_TEXT_FIELD = "E0411", "a field that can't take a text";
    OWNER_ORDER = "E0412", "owners that leave a gap";
    LET_CHANGED = "E0413", "a value that never changes";
}

-- `submitted` once a form has taken it.
CREATE TABLE file (
    id           BLOB NOT NULL PRIMARY KEY,
    conversation BLOB NOT NULL,
    at           INTEGER NOT NULL,
    submitted    INTEGER NOT NULL DEFAULT 0,
    name         TEXT NOT NULL,
    media_type   TEXT NOT NULL,
    content      BLOB NOT NULL
) STRICT;
CREATE INDEX file_of ON file (conversation, at);

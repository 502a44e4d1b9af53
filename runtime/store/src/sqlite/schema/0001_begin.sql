CREATE TABLE visitor (
    id        BLOB NOT NULL PRIMARY KEY,
    messenger TEXT NOT NULL,
    subject   TEXT,
    profile   TEXT NOT NULL,
    lasting   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX visitor_subject ON visitor (messenger, subject) WHERE subject IS NOT NULL;

CREATE TABLE token (
    hash    BLOB NOT NULL PRIMARY KEY,
    visitor BLOB NOT NULL REFERENCES visitor (id),
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE conversation (
    id        BLOB NOT NULL PRIMARY KEY,
    visitor   BLOB NOT NULL,
    messenger TEXT NOT NULL,
    plan      TEXT NOT NULL,
    version   INTEGER NOT NULL,
    messages  INTEGER NOT NULL,
    is_open   INTEGER NOT NULL,
    snapshot  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX conversation_open ON conversation (visitor) WHERE is_open = 1;

CREATE TABLE message (
    conversation BLOB NOT NULL,
    sequence     INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    body         TEXT NOT NULL,
    PRIMARY KEY (conversation, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
    conversation BLOB NOT NULL,
    version      INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    event        TEXT NOT NULL,
    trace        TEXT NOT NULL,
    PRIMARY KEY (conversation, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE inbound (
    addressed    BLOB NOT NULL,
    key          BLOB NOT NULL,
    body         BLOB NOT NULL,
    conversation BLOB NOT NULL,
    sequence     INTEGER NOT NULL,
    PRIMARY KEY (addressed, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
    position     INTEGER PRIMARY KEY AUTOINCREMENT,
    key          BLOB NOT NULL UNIQUE,
    conversation BLOB NOT NULL,
    effect       TEXT NOT NULL,
    not_before   INTEGER NOT NULL,
    claimed      INTEGER NOT NULL DEFAULT 0,
    attempts     INTEGER NOT NULL DEFAULT 0,
    why          TEXT
) STRICT;
CREATE INDEX outbox_conversation ON outbox (conversation, position);
CREATE INDEX outbox_ready ON outbox (claimed, not_before);

CREATE TABLE timer (
    conversation BLOB NOT NULL,
    key          BLOB NOT NULL,
    due          INTEGER NOT NULL,
    event        TEXT NOT NULL,
    PRIMARY KEY (conversation, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX timer_due ON timer (due);

CREATE TABLE plan (
    hash  TEXT NOT NULL PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;
CREATE TABLE active_plan (
    only_one INTEGER NOT NULL PRIMARY KEY CHECK (only_one = 1),
    hash     TEXT NOT NULL REFERENCES plan (hash)
) STRICT;

CREATE TABLE dead_letter (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    key      BLOB NOT NULL,
    at       INTEGER NOT NULL,
    letter   TEXT NOT NULL
) STRICT;

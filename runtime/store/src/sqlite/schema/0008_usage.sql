-- What was asked of AIs behind endpoints, for their budgets: of a day (in UTC, as 2026-11-23), and of a
-- conversation until it is over.
CREATE TABLE ai_day (
    day      TEXT PRIMARY KEY,
    requests INTEGER NOT NULL,
    tokens   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE ai_conversation (
    conversation BLOB PRIMARY KEY,
    requests     INTEGER NOT NULL,
    tokens       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

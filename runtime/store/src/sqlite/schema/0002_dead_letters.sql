ALTER TABLE outbox ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN strikes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
UPDATE outbox SET since = not_before;
DROP INDEX outbox_ready;
CREATE INDEX outbox_ready ON outbox (claimed, held, not_before);

CREATE INDEX dead_letter_key ON dead_letter (key);

CREATE TABLE decision (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    decided  TEXT NOT NULL
) STRICT;

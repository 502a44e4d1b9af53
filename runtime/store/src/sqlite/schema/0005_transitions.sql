-- One row a transition, in the order in which they are made: those that one sync makes durable lie
-- side by side, however many conversations they are of. `last` is the number of the conversation's
-- last message then. What stood in tables of their own before keeps rows of its own: messages
-- without an event, in front of the rest, and events without messages.
CREATE TABLE transition (
    position     INTEGER PRIMARY KEY,
    conversation BLOB NOT NULL,
    version      INTEGER NOT NULL,
    last         INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    messages     TEXT,
    event        TEXT,
    trace        TEXT
) STRICT;
INSERT INTO transition (conversation, version, last, at, messages)
    SELECT conversation, 0, sequence, at, '[' || body || ']' FROM message
    ORDER BY conversation, sequence;
INSERT INTO transition (conversation, version, last, at, event, trace)
    SELECT conversation, version, 0, at, event, trace FROM journal
    ORDER BY conversation, version;
DROP TABLE message;
DROP TABLE journal;
CREATE UNIQUE INDEX transition_of ON transition (conversation, version, last);

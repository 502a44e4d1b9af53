-- Chats with agents that are not over. `state` holds the token with which one is gone on with; the
-- row goes with the chat.
CREATE TABLE chat (
    key          BLOB PRIMARY KEY,
    conversation BLOB NOT NULL,
    state        TEXT NOT NULL
) STRICT, WITHOUT ROWID;

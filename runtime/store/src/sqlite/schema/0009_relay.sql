-- What only reads stands in a row of its own.
ALTER TABLE outbox ADD COLUMN reads INTEGER NOT NULL DEFAULT 0;
-- Agents' files do not count as the customer's; all of them together have a limit.
ALTER TABLE file ADD COLUMN of_agents INTEGER NOT NULL DEFAULT 0;
ALTER TABLE file ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
UPDATE file SET bytes = length(content);
CREATE INDEX file_bytes ON file (bytes);
CREATE INDEX file_sender ON file (conversation, of_agents);

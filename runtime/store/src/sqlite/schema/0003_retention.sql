CREATE INDEX token_expires ON token (expires);

CREATE INDEX token_visitor ON token (visitor);

"""Pure cleaning of one row: text in; value, changes and reasons out. Knows no Django."""

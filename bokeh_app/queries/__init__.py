"""The questions put to the marts and features; PostgreSQL does the counting."""

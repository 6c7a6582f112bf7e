"""The names of the roles, as `sql/010_roles.sql` creates them."""

ADMINISTRATOR = "administrator"
"""Superuser of the embedded server; an external server brings its own."""

LOGIN_ROLES = ("loader", "transformer", "trainer", "scorer", "advisor", "auditor")
"""One role per consumer, each with only what it needs."""

DEFAULT_DATABASE = "home_credit"

MAINTENANCE_DATABASE = "postgres"
"""The database from which others are created, dropped and renamed."""

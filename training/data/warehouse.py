"""The door through which training reads the warehouse."""

from contextlib import closing

from psycopg2 import extensions

from database import connect


def warehouse() -> closing[extensions.connection]:
    """Connect as ``trainer``, who reads and never writes, until the block ends."""
    return closing(connect("trainer", application_name="training", read_only=True))

"""Whether the database has room for the connections that a server may open."""

import logging
from contextlib import closing

from psycopg2 import extensions

from function_app.errors import ConnectionRoomError, UnavailableError
from function_app.logs import log_event
from function_app.settings import FunctionSettings
from function_app.warehouse.connection_pool import ConnectionPool, scorer_connect

# What docs/roles.md leaves to the scorer: the other roles have limits of their own.
_ROOM = """
    select
        current_setting('max_connections')::integer
        - current_setting('superuser_reserved_connections')::integer
        - coalesce(
            sum(others.rolconnlimit) filter (where others.rolconnlimit > 0), 0
        )::integer
    from pg_catalog.pg_roles as others
    where
        others.rolcanlogin
        and others.rolname in ('loader', 'transformer', 'trainer', 'advisor', 'auditor')
"""


def require_room(settings: FunctionSettings, workers: int) -> None:
    """Compare the connections of all processes with what the server leaves them.

    A database that is away is no reason not to start: it is logged, and the calls
    tell of it until it is back.

    Parameters
    ----------
    settings : FunctionSettings
    workers : int
        How many processes answer.

    Raises
    ------
    ConnectionRoomError
        If there are too few, with what to change.
    """
    connect = scorer_connect(settings.scoring_statement_timeout_ms)
    with closing(ConnectionPool(connect, size=1)) as pool:
        try:
            room = pool.run(_room)
        except UnavailableError:
            return
    each = settings.connections
    if workers * each > room:
        raise ConnectionRoomError(
            f"{workers} {'process' if workers == 1 else 'processes'} may open {each} "
            f"database connections each, {workers * each} together, and the server "
            f"has room for {room}. Lower --workers or SCORING_POOL_SIZE, or raise "
            "max_connections."
        )
    log_event(logging.INFO, "connections", most=workers * each, room=room)


def _room(cursor: extensions.cursor) -> int:
    cursor.execute(_ROOM)
    row = cursor.fetchone()
    return 0 if row is None else int(row[0])

"""All clients scored at once: their place among each other, and no decision.

Nothing is logged as a decision, since nobody asked for one and nobody is told. The
scores of one model over one state of the feature table replace all others in one
transaction, so that no reader sees two of them mixed.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from psycopg2 import Error, extensions
from psycopg2 import errors as pg_errors

from function_app.errors import PortfolioUnavailableError
from function_app.warehouse.feature_table import (
    FEATURE_SCHEMA,
    FEATURE_TABLE,
    feature_columns,
    with_placeholders,
)
from scoring import ScoringModel

CHUNK = 1000

# Of one statement, and between two of them: each is a chunk or reads the table once.
# The wait for the lock is long enough for an autovacuum to give way.
_LIMITS = """
    set local lock_timeout = '10s';
    set local statement_timeout = '10min';
    set local idle_in_transaction_session_timeout = '5min';
"""
# Taken before the first row is read: what is compared is what is replaced.
_ALONE = "lock table ops.client_score in share row exclusive mode"
_STATE = f"""
    select
        count(*),
        coalesce(sum(hash_record_extended({FEATURE_TABLE}, 0)::numeric), 0)::text
    from {FEATURE_SCHEMA}.{FEATURE_TABLE}
"""
_LAST_RUN = """
    select model_version, client_count, fingerprint
    from ops.client_score_run
    order by run_id desc
    limit 1
"""
_RUN = """
    insert into ops.client_score_run
        (model_version, client_count, fingerprint, scored_at)
    values (%s, %s, %s, %s)
"""
_COPY = """
    copy ops.client_score
        (client_id, model_version, scored_at, probability, points, rating, decision)
    from stdin (format csv)
"""
_MISMATCH = (
    pg_errors.UndefinedTable,
    pg_errors.UndefinedColumn,
    pg_errors.InsufficientPrivilege,
)


@dataclass(frozen=True)
class PortfolioScores:
    """How many clients there are, and whether they were scored anew."""

    clients: int
    is_new: bool


def score_portfolio(
    connection: extensions.connection,
    model: ScoringModel,
    *,
    force: bool = False,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> PortfolioScores:
    """Replace the scores of all clients, unless they could only be the same.

    Parameters
    ----------
    connection : connection
        Of the role ``scorer``, in no transaction.
    model : ScoringModel
    force : bool, default=False
        Score also where neither model nor features have changed.
    report : callable, optional
        Told after each chunk how many clients of how many are scored.

    Returns
    -------
    PortfolioScores

    Raises
    ------
    PortfolioUnavailableError
        If another run is under way, or the database lacks or refuses what is needed.
    """
    connection.set_session(isolation_level="REPEATABLE READ")
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(_LIMITS)
            cursor.execute(_ALONE)
            cursor.execute(_STATE)
            clients, fingerprint = cursor.fetchone() or (0, "")
            cursor.execute(_LAST_RUN)
            if cursor.fetchone() == (model.version, clients, fingerprint) and not force:
                return PortfolioScores(clients, is_new=False)
            scored_at = datetime.now(UTC)
            cursor.execute("delete from ops.client_score")
            done = 0
            for chunk in _chunks(connection, model):
                cursor.copy_expert(_COPY, _scored(model, chunk, scored_at))
                done += len(chunk)
                report(done, clients)
            cursor.execute(_RUN, (model.version, done, fingerprint, scored_at))
    except Error as error:
        raise _told(error) from None
    return PortfolioScores(clients, is_new=True)


def _chunks(
    connection: extensions.connection, model: ScoringModel
) -> Iterator[Sequence[tuple[object, ...]]]:
    """Yield rows of client number and features; the server keeps the others."""
    columns = with_placeholders(feature_columns(model.feature_names))
    with connection.cursor("portfolio") as cursor:
        cursor.execute(
            f"select client_id, {columns} from {FEATURE_SCHEMA}.{FEATURE_TABLE}", {}
        )
        while rows := cursor.fetchmany(CHUNK):
            yield rows


def _scored(
    model: ScoringModel, rows: Sequence[tuple[object, ...]], scored_at: datetime
) -> io.StringIO:
    names = model.feature_names
    scores = model.score_many([dict(zip(names, row[1:], strict=True)) for row in rows])
    lines = io.StringIO()
    csv.writer(lines).writerows(
        (
            *(row[0], model.version, scored_at.isoformat(), repr(score.probability)),
            *(score.points, score.rating, score.decision),
        )
        for row, score in zip(rows, scores, strict=True)
    )
    lines.seek(0)
    return lines


def _told(error: Error) -> PortfolioUnavailableError:
    """Say what to do; the server's own message may quote values."""
    if isinstance(error, pg_errors.LockNotAvailable):
        return PortfolioUnavailableError(
            "Another run is scoring the clients; wait for its end."
        )
    if isinstance(error, _MISMATCH):
        return PortfolioUnavailableError(
            "The database lacks a table, a column or a right "
            f"({type(error).__name__}): `python -m database start` or `bootstrap` "
            "brings ops.client_score, `dbt build` the features of this model."
        )
    return PortfolioUnavailableError(
        f"The clients cannot be scored ({type(error).__name__}); the scores that "
        "were there before still stand."
    )

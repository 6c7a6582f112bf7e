"""Whether a decision could be answered now, and if not, what is in the way."""

import logging
from collections.abc import Sequence

from psycopg2 import extensions

from function_app.errors import ArtefactUnavailableError, UnavailableError
from function_app.logs import log_event
from function_app.model.champion import Champion
from function_app.records.decision_log import is_writable
from function_app.schemas.health import ReadinessCheck
from function_app.warehouse.connection_pool import ConnectionPool
from function_app.warehouse.feature_table import missing_columns


def readiness(pool: ConnectionPool, champion: Champion) -> list[ReadinessCheck]:
    """Look at everything that scoring needs.

    Parameters
    ----------
    pool : ConnectionPool
    champion : Champion

    Returns
    -------
    list of ReadinessCheck
        Artefact, database, decision log and features, in this order. Details name
        no host, folder or column, since anyone may ask; the log does.
    """
    feature_names: Sequence[str] | None = None
    artefact = ReadinessCheck(name="artefact", status="ok")
    try:
        feature_names = champion.get().model.feature_names
        if champion.successor_is_refused:
            artefact = ReadinessCheck(
                name="artefact",
                status="warning",
                detail="A new model is refused; the one before it is served.",
            )
    except ArtefactUnavailableError as error:
        artefact = ReadinessCheck(name="artefact", status="failed", detail=str(error))
    try:
        in_database = pool.run(lambda cursor: _in_database(cursor, feature_names))
    except UnavailableError as error:
        in_database = [
            ReadinessCheck(name="database", status="failed", detail=str(error)),
            ReadinessCheck(name="decision_log", status="unknown"),
            ReadinessCheck(name="features", status="unknown"),
        ]
    return [artefact, *in_database]


def stopping() -> ReadinessCheck:
    """Return what a server that is about to stop fails by."""
    return ReadinessCheck(
        name="process", status="failed", detail="This server is about to stop."
    )


def _in_database(
    cursor: extensions.cursor, feature_names: Sequence[str] | None
) -> list[ReadinessCheck]:
    return [
        ReadinessCheck(name="database", status="ok"),
        _decision_log(cursor),
        _features(cursor, feature_names),
    ]


def _decision_log(cursor: extensions.cursor) -> ReadinessCheck:
    if is_writable(cursor):
        return ReadinessCheck(name="decision_log", status="ok")
    return ReadinessCheck(
        name="decision_log",
        status="failed",
        detail="Decisions cannot be added to the log.",
    )


def _features(
    cursor: extensions.cursor, feature_names: Sequence[str] | None
) -> ReadinessCheck:
    if feature_names is None:
        return ReadinessCheck(name="features", status="unknown")
    missing = missing_columns(cursor, feature_names)
    if not missing:
        return ReadinessCheck(name="features", status="ok")
    log_event(logging.ERROR, "features_missing", columns=missing)
    return ReadinessCheck(
        name="features",
        status="failed",
        detail=f"The feature table lacks {len(missing)} of the model's columns.",
    )

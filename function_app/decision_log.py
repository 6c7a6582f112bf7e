"""Write and read ``ops.decision_log``, which nobody may update or delete."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg2 import extensions

from function_app.feature_table import FeatureValue

# The identifier is made by the caller of this module: the same statement repeated
# after a lost connection finds its own row and adds none.
_INSERT = """
    insert into ops.decision_log (
        decision_id, client_id, model_version, decided_at, decision, probability,
        points, rating, threshold, language, inputs, response, caller, request_id
    )
    values (
        %(decision_id)s, %(client_id)s, %(model_version)s, %(decided_at)s,
        %(decision)s, %(probability)s, %(points)s, %(rating)s, %(threshold)s,
        %(language)s, %(inputs)s, %(response)s, %(caller)s, %(request_id)s
    )
    on conflict (decision_id) do nothing
"""

_SELECT = """
    select inputs, response, request_id
    from ops.decision_log
    where decision_id = %(decision_id)s
"""

_IS_WRITABLE = """
    select
        not pg_catalog.pg_is_in_recovery()
        and pg_catalog.current_setting('transaction_read_only') = 'off'
        and coalesce(
            pg_catalog.has_table_privilege(
                pg_catalog.to_regclass('ops.decision_log'), 'INSERT'
            ),
            false
        )
"""


@dataclass(frozen=True)
class DecisionRecord:
    """One decision: what was answered, on which inputs, to whom."""

    decision_id: UUID
    client_id: int
    model_version: str
    decided_at: datetime
    decision: str
    probability: float
    points: int
    rating: str
    threshold: float
    language: str
    inputs: Mapping[str, FeatureValue]
    response_json: str
    caller: str
    request_id: str


@dataclass(frozen=True)
class LoggedDecision:
    """What the log keeps of a decision beyond its columns."""

    inputs: dict[str, FeatureValue]
    response: dict[str, Any]
    request_id: str


def insert_decision(cursor: extensions.cursor, record: DecisionRecord) -> None:
    """Add one decision; on a connection in autocommit it is durable on return."""
    cursor.execute(
        _INSERT,
        {
            "decision_id": str(record.decision_id),
            "client_id": record.client_id,
            "model_version": record.model_version,
            "decided_at": record.decided_at,
            "decision": record.decision,
            "probability": record.probability,
            "points": record.points,
            "rating": record.rating,
            "threshold": record.threshold,
            "language": record.language,
            "inputs": json.dumps(record.inputs, allow_nan=False),
            "response": record.response_json,
            "caller": record.caller,
            "request_id": record.request_id,
        },
    )


def select_decision(
    cursor: extensions.cursor, decision_id: UUID
) -> LoggedDecision | None:
    """Return one decision of the log, or None where there is none."""
    cursor.execute(_SELECT, {"decision_id": str(decision_id)})
    row = cursor.fetchone()
    return None if row is None else LoggedDecision(*row)


def is_writable(cursor: extensions.cursor) -> bool:
    """Tell whether this role can add a decision on this server now."""
    cursor.execute(_IS_WRITABLE)
    row = cursor.fetchone()
    return row is not None and bool(row[0])

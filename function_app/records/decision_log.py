"""Write and read ``ops.decision_log``, which nobody may update or delete."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg2 import errors as pg_errors
from psycopg2 import extensions
from pydantic_core import to_json

from function_app.records.feature_lists import feature_lists_statement, names_hash
from function_app.records.idempotent_calls import (
    Claim,
    EarlierCall,
    claim_statement,
    select_calls,
)
from function_app.warehouse.feature_table import FeatureValue

# The identifier is made by the caller of this module: the same statement repeated
# after a lost connection finds its own rows and adds none. A decision under a key
# is added only where its call has claimed that key.
_INSERT = """
    insert into ops.decision_log (
        decision_id, client_id, model_version, decided_at, decision, probability,
        points, rating, threshold, language, inputs, response, caller, request_id
    )
    select
        decision_id, client_id, model_version, decided_at, decision, probability,
        points, rating, threshold, language, inputs, response, caller, request_id
    from (values {rows}) as decided (
        decision_id, client_id, model_version, decided_at, decision, probability,
        points, rating, threshold, language, inputs, response, caller, request_id,
        call_id
    )
    where
        call_id is null
        or exists (
            select from ops.idempotent_call as claimed
            where claimed.call_id = decided.call_id
        )
    on conflict (decision_id) do nothing
"""

_ROW = """(
    %(decision_id)s::uuid, %(client_id)s::bigint, %(model_version)s,
    %(decided_at)s::timestamptz, %(decision)s, %(probability)s::float8,
    %(points)s::integer, %(rating)s, %(threshold)s::float8, %(language)s,
    %(inputs)s::jsonb, %(response)s::json, %(caller)s, %(request_id)s,
    %(call_id)s::uuid
)"""

_SELECT = """
    select ops.named_inputs(inputs)::text, response::text, request_id
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

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the inputs, in their order."""
        return tuple(self.inputs)


@dataclass(frozen=True)
class Entry:
    """What one call adds to the log, whole or not at all.

    Attributes
    ----------
    decisions : sequence of DecisionRecord or None
        In the order of the answer, None where a client was unknown.
    claim : Claim, optional
        Of the key under which the call was made.
    """

    decisions: Sequence[DecisionRecord | None]
    claim: Claim | None = None

    @property
    def records(self) -> list[DecisionRecord]:
        """The decisions that there are."""
        return [record for record in self.decisions if record is not None]

    @property
    def decision_ids(self) -> list[UUID | None]:
        """Their identifiers, in the order of the answer."""
        return [
            None if record is None else record.decision_id for record in self.decisions
        ]


class LoggedDecision(NamedTuple):
    """What the log keeps of a decision beyond its columns, as texts of JSON."""

    inputs_json: str
    response_json: str
    request_id: str


def insert_entries(
    cursor: extensions.cursor, entries: Sequence[Entry]
) -> list[EarlierCall | None]:
    """Add the decisions of several calls in one transaction.

    On a connection in autocommit they are durable on return.

    Parameters
    ----------
    cursor : psycopg2 cursor
    entries : sequence of Entry

    Returns
    -------
    list of EarlierCall or None
        For each entry with a claim the call that has its key: its own, or an earlier
        one, and then none of its decisions were added.
    """
    claims = [(e.claim, e.decision_ids) for e in entries if e.claim is not None]
    statements = [claim_statement(cursor, claims)] if claims else []
    rows = [
        cursor.mogrify(_ROW, _values(record, entry.claim))
        for entry in entries
        for record in entry.records
    ]
    if rows:
        head, _, tail = _INSERT.partition("{rows}")
        statements.append(head.encode() + b", ".join(rows) + tail.encode())
    # One message to the server is one transaction.
    try:
        cursor.execute(b";".join(statements))
    except pg_errors.ForeignKeyViolation:
        # The first decision of a model: nobody keeps account of what the log has.
        names = {record.names for entry in entries for record in entry.records}
        lists = feature_lists_statement(cursor, sorted(names))
        cursor.execute(b";".join([lists, *statements]))
    if not claims:
        return [None] * len(entries)
    calls = select_calls(cursor, [claim for claim, _ in claims])
    return [None if e.claim is None else calls[e.claim.key] for e in entries]


def _values(record: DecisionRecord, claim: Claim | None) -> dict[str, object]:
    return {
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
        "inputs": _inputs_json(record),
        "response": record.response_json,
        "caller": record.caller,
        "request_id": record.request_id,
        "call_id": None if claim is None else str(claim.call_id),
    }


def _inputs_json(record: DecisionRecord) -> str:
    # In a tenth of the time of the standard library's, for the same numbers. What is
    # no number in JSON is none in the database either, which would refuse it.
    named = {"names": names_hash(record.names), "values": [*record.inputs.values()]}
    return to_json(named).decode()


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

"""Read and write ``ops.idempotent_call``: which decisions were answered under a key.

The table keeps digests: a key is the caller's own text, and may tell of a client.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from psycopg2 import extensions

from function_app.errors import IdempotencyKeyReusedError

# Sorted by key: two transactions that take the same ones take them in one order.
_CLAIM = """
    insert into ops.idempotent_call (
        caller, key_hash, request_hash, call_id, decision_ids
    )
    values {rows}
    on conflict (caller, key_hash) do nothing
"""

_CLAIM_ROW = """(
    %(caller)s, %(key_hash)s, %(request_hash)s, %(call_id)s::uuid,
    %(decision_ids)s::uuid[]
)"""

_SELECT = """
    select
        call.caller, call.key_hash, call.request_hash, call.call_id::text,
        case when call.call_id <> all (%(untold)s::uuid[]) then array(
            select logged.response::text
            from unnest(call.decision_ids) with ordinality as asked (decision_id, place)
            left join ops.decision_log as logged using (decision_id)
            order by asked.place
        ) end
    from ops.idempotent_call as call
    where (call.caller, call.key_hash) in %(keys)s
"""

Answers = Sequence[str | None]
"""The logged answers of a call in its order, None where a client was unknown."""


@dataclass(frozen=True)
class Claim:
    """That one call be the only one under its caller's key.

    Attributes
    ----------
    caller : str
    key_hash, request_hash : bytes
        SHA-256 of the key, and of what was asked under it.
    call_id : UUID
        Of this attempt: it tells a repeated statement that the row is its own.
    """

    caller: str
    key_hash: bytes
    request_hash: bytes
    call_id: UUID

    @classmethod
    def of(cls, caller: str, key: str, asked: Sequence[Any]) -> "Claim":
        """Make the claim of a new call.

        Parameters
        ----------
        caller : str
        key : str
            What the caller sent as its key.
        asked : sequence
            All that the answer depends on, fit for JSON.
        """
        return cls(
            caller, _digest(key), _digest(json.dumps(asked, ensure_ascii=True)), uuid4()
        )

    @property
    def key(self) -> tuple[str, bytes]:
        """What no two calls may share."""
        return self.caller, self.key_hash


@dataclass(frozen=True)
class EarlierCall:
    """What the table has under a key."""

    request_hash: bytes
    call_id: str
    answers: Answers | None

    def answers_to(self, claim: Claim) -> Answers | None:
        """Return the answers, None where the claim's own decisions are in the log.

        Raises
        ------
        IdempotencyKeyReusedError
            If something else was asked.
        """
        if self.request_hash != claim.request_hash:
            raise IdempotencyKeyReusedError
        return None if self.call_id == str(claim.call_id) else self.answers


def claim_statement(
    cursor: extensions.cursor, claims: Sequence[tuple[Claim, Sequence[UUID | None]]]
) -> bytes:
    """Return the statement that claims keys for calls, where they are free.

    It waits for whoever is claiming one of them at the same moment.

    Parameters
    ----------
    cursor : psycopg2 cursor
    claims : sequence of (Claim, sequence of UUID or None)
        With the decisions of each call, in the order of its answer.
    """
    rows = [
        cursor.mogrify(
            _CLAIM_ROW,
            {
                "caller": claim.caller,
                "key_hash": claim.key_hash,
                "request_hash": claim.request_hash,
                "call_id": str(claim.call_id),
                "decision_ids": [None if d is None else str(d) for d in decision_ids],
            },
        )
        for claim, decision_ids in sorted(claims, key=lambda pair: pair[0].key)
    ]
    head, _, tail = _CLAIM.partition("{rows}")
    return head.encode() + b", ".join(rows) + tail.encode()


def select_calls(
    cursor: extensions.cursor, claims: Sequence[Claim]
) -> dict[tuple[str, bytes], EarlierCall]:
    """Return what the table has under the keys of these claims."""
    calls = Counter(claim.key for claim in claims)
    # Who is alone in claiming its key, and has it, knows its own answers.
    untold = [str(claim.call_id) for claim in claims if calls[claim.key] == 1]
    cursor.execute(_SELECT, {"keys": tuple(calls), "untold": untold})
    return {
        (caller, bytes(key_hash)): EarlierCall(bytes(request_hash), call_id, answers)
        for caller, key_hash, request_hash, call_id, answers in cursor.fetchall()
    }


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()

"""Write and read ``ops.decision_review``: what advisors decided themselves, and why."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from psycopg2 import extensions

from function_app.errors import IdempotencyKeyReusedError, UnknownDecisionError
from function_app.schemas.review import ReviewAnswer, ReviewRequest
from function_app.warehouse.connection_pool import ConnectionPool
from function_app.web.security import Caller

# The identifier is made here: the same statement repeated after a lost connection, or
# the same call repeated under its key, finds its own row and adds none.
_INSERT = """
    insert into ops.decision_review (
        review_id, decision_id, reviewed_at, decision, motive, advisor, caller,
        request_id
    )
    values (
        %(review_id)s, %(decision_id)s, %(reviewed_at)s, %(decision)s, %(motive)s,
        %(advisor)s, %(caller)s, %(request_id)s
    )
    on conflict (review_id) do nothing
"""

_SELECT = """
    select review_id::text, decision_id::text, reviewed_at, decision, motive, advisor
    from ops.decision_review
    where decision_id = %(decision_id)s
    order by chain_number
"""

MOST_OF_CLIENT = 50
_SELECT_OF_CLIENT = f"""
    select
        review_id::text,
        review.decision_id::text,
        reviewed_at,
        review.decision,
        motive,
        advisor
    from ops.decision_review as review
    inner join ops.decision_log as log on log.decision_id = review.decision_id
    where log.client_id = %(client_id)s
    order by review.chain_number desc
    limit {MOST_OF_CLIENT}
"""

_SELECT_ONE = """
    select review_id::text, decision_id::text, reviewed_at, decision, motive, advisor
    from ops.decision_review
    where review_id = %(review_id)s
"""

_IS_LOGGED = """
    select exists (
        select from ops.decision_log where decision_id = %(decision_id)s
    )
"""


@dataclass(frozen=True)
class ReviewCall:
    """Who adds a review, in which request, under which key of their own."""

    caller: Caller
    request_id: str
    key: str | None = None

    def review_id(self, decision_id: UUID) -> UUID:
        """Return the review's identifier: the same one for the same key."""
        if self.key is None:
            return uuid4()
        return uuid5(decision_id, f"{self.caller.name}\n{self.key}")


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class ReviewService:
    """Keeps the reviews of decisions.

    Attributes
    ----------
    pool : ConnectionPool
    clock : callable
        Gives the time of a review, in UTC.
    """

    pool: ConnectionPool
    clock: Callable[[], datetime] = _now

    def add(
        self, decision_id: UUID, review: ReviewRequest, call: ReviewCall
    ) -> ReviewAnswer:
        """Add a review to those there are, and return it once it is durable.

        Raises
        ------
        UnknownDecisionError
            If the log has no such decision.
        IdempotencyKeyReusedError
            If another review was added under the call's key.
        UnavailableError
            If the database is away. The caller may try again, with the same key if
            the review may be there already.
        """
        review_id = call.review_id(decision_id)
        values = {
            "review_id": str(review_id),
            "decision_id": str(decision_id),
            "reviewed_at": self.clock(),
            **review.model_dump(),
            "caller": call.caller.name,
            "request_id": call.request_id,
        }

        def insert(cursor: extensions.cursor) -> list[ReviewAnswer]:
            cursor.execute(_IS_LOGGED, values)
            if cursor.fetchone() != (True,):
                return []
            cursor.execute(_INSERT, values)
            return _read(cursor, _SELECT_ONE, values)

        kept = self.pool.run(insert)
        if not kept:
            raise UnknownDecisionError("No decision has this identifier.")
        if kept[0].model_dump(include=set(ReviewRequest.model_fields)) != (
            review.model_dump()
        ):
            raise IdempotencyKeyReusedError
        return kept[0]

    def of(self, decision_id: UUID) -> list[ReviewAnswer]:
        """Return the reviews of one decision, the first one first.

        Raises
        ------
        UnavailableError
            If the database is away.
        """
        values = {"decision_id": str(decision_id)}
        return self.pool.run(lambda cursor: _read(cursor, _SELECT, values))

    def of_client(self, client_id: int) -> list[ReviewAnswer]:
        """Return the latest reviews of all of a client's decisions, the last first.

        Raises
        ------
        UnavailableError
            If the database is away.
        """
        values = {"client_id": client_id}
        return self.pool.run(lambda cursor: _read(cursor, _SELECT_OF_CLIENT, values))


def _read(
    cursor: extensions.cursor, query: str, values: dict[str, Any]
) -> list[ReviewAnswer]:
    cursor.execute(query, values)
    names = tuple(ReviewAnswer.model_fields)
    return [
        ReviewAnswer(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()
    ]

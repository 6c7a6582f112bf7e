"""Group commit: together into the log, each with its own end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import psycopg2
import pytest
from psycopg2 import extensions

from database.decision_chain import verify
from function_app.errors import BusyError, DatabaseUnavailableError
from function_app.records.decision_log import DecisionRecord, Entry, insert_entries
from function_app.records.decision_writer import DecisionWriter
from function_app.records.idempotent_calls import Claim
from function_app.warehouse.connection_pool import ConnectionPool, scorer_connect
from tests.database.test_roles import DECISION
from tests.function_app.small_bank import SmallBank, environment
from tests.running import wait_until

CALLS = 12


def record(**changed: object) -> DecisionRecord:
    sound = DecisionRecord(
        decision_id=uuid4(),
        client_id=1,
        model_version="v1",
        decided_at=datetime.now(UTC),
        decision="grant",
        probability=0.02,
        points=640,
        rating="A",
        threshold=0.09,
        language="fr",
        inputs={"a": 0.1, "b": None, "c": "x'\\"},
        response_json='{"a": "\\u00e9 \'", "b":1.50}',
        caller="desk",
        request_id="r",
    )
    return replace(sound, **changed)  # type: ignore[arg-type]


def entry(*records: DecisionRecord) -> Entry:
    return Entry(records or (record(),))


def logged(bank: SmallBank, entries: list[Entry]) -> set[str]:
    ids = [str(made.decision_id) for e in entries for made in e.records]
    query = (
        "select decision_id::text from ops.decision_log"
        " where decision_id = any(%s::uuid[])"
    )
    return {decision_id for (decision_id,) in bank.rows(query, ids)}


def ids_of(*entries: Entry) -> set[str]:
    return {str(made.decision_id) for e in entries for made in e.records}


@pytest.fixture
def pool(small_bank: SmallBank) -> Iterator[ConnectionPool]:
    with environment(**small_bank.environment):
        made = ConnectionPool(scorer_connect(2_000), size=1)
        yield made
        made.close()


@contextmanager
def held_log(bank: SmallBank) -> Iterator[extensions.connection]:
    """Keep the log from taking rows until the block ends."""
    with bank.connection("administrator") as blocker:
        blocker.autocommit = False
        blocker.cursor().execute("lock table ops.decision_log in share mode")
        yield blocker
        blocker.rollback()


def written_behind(
    writer: DecisionWriter,
    bank: SmallBank,
    threads: ThreadPoolExecutor,
    entries: list[Entry],
) -> list[Future[object]]:
    """Let one call write, the others wait behind it, and the log go on."""
    with held_log(bank):
        first = threads.submit(writer.write, entries[0])
        wait_until(lambda: is_blocked(bank), "the first to write")
        others = [threads.submit(writer.write, e) for e in entries[1:]]
        behind = sum(len(e.decisions) for e in entries[1:])
        wait_until(lambda: writer.waiting == behind, "the others to wait")
    return [first, *others]


def is_blocked(bank: SmallBank) -> bool:
    query = (
        "select from pg_stat_activity where wait_event_type = 'Lock'"
        " and application_name = 'function_app'"
    )
    return bool(bank.rows(query, role="administrator"))


def assert_chain_holds(bank: SmallBank) -> None:
    with bank.connection("auditor") as auditor:
        auditor.autocommit = False
        assert verify(auditor).fault is None


def test_who_waits_together_is_logged_in_one_transaction(
    small_bank: SmallBank, pool: ConnectionPool
) -> None:
    sizes: list[int] = []
    writer = DecisionWriter(pool, count=sizes.append)
    entries = [entry() for _ in range(CALLS)] + [entry(record(), record())]
    with ThreadPoolExecutor(len(entries)) as threads:
        ends = written_behind(writer, small_bank, threads, entries)
        assert [end.result() for end in ends] == [None] * len(entries)
    assert sizes == [1, CALLS + 1]
    assert writer.waiting == 0
    assert logged(small_bank, entries) == ids_of(*entries)
    assert_chain_holds(small_bank)


@pytest.mark.parametrize(
    "unfit",
    [{"decision": "maybe"}, {"points": 2**31}, {"caller": "a\0b"}, {"rating": None}],
)
def test_a_row_that_cannot_be_logged_fails_its_own_call_and_no_other(
    small_bank: SmallBank, pool: ConnectionPool, unfit: dict[str, object]
) -> None:
    writer = DecisionWriter(pool)
    entries = [entry() for _ in range(5)]
    entries[3] = entry(record(), record(**unfit))
    with ThreadPoolExecutor(len(entries)) as threads:
        ends = written_behind(writer, small_bank, threads, entries)
        errors = [end.exception() for end in ends]
    assert isinstance(errors[3], psycopg2.Error | ValueError)
    assert [errors[n] for n in (0, 1, 2, 4)] == [None] * 4
    assert logged(small_bank, entries) == ids_of(*entries[:3], entries[4])
    writer.write(entry())


def test_too_many_decisions_are_refused_at_once_and_those_in_line_are_not(
    small_bank: SmallBank, pool: ConnectionPool
) -> None:
    writer = DecisionWriter(pool, most_waiting=3)
    entries = [entry(), entry(record(), record()), entry()]
    with ThreadPoolExecutor(3) as threads, held_log(small_bank) as blocker:
        first = threads.submit(writer.write, entries[0])
        wait_until(lambda: is_blocked(small_bank), "the first to write")
        others = [threads.submit(writer.write, e) for e in entries[1:]]
        wait_until(lambda: writer.waiting == 3, "the others to wait")
        with pytest.raises(BusyError):
            writer.write(entry())
        blocker.rollback()
        assert [end.result() for end in (first, *others)] == [None] * 3
    assert logged(small_bank, entries) == ids_of(*entries)


def test_a_call_whose_turn_does_not_come_is_refused_and_never_logged(
    small_bank: SmallBank, pool: ConnectionPool
) -> None:
    writer = DecisionWriter(pool, wait_seconds=0.05)
    entries = [entry(), entry()]
    with ThreadPoolExecutor(1) as threads, held_log(small_bank) as blocker:
        first = threads.submit(writer.write, entries[0])
        wait_until(lambda: is_blocked(small_bank), "the first to write")
        with pytest.raises(DatabaseUnavailableError):
            writer.write(entries[1])
        assert writer.waiting == 0
        blocker.rollback()
        assert first.result() is None
    assert logged(small_bank, entries) == ids_of(entries[0])
    writer.write(entry())


def test_all_that_wait_are_refused_when_the_database_goes(
    small_bank: SmallBank,
) -> None:
    """Each of them, by the failure of one: nobody tries in vain after another."""
    is_in_line, tries = threading.Event(), []

    def connect() -> extensions.connection:
        tries.append(1)
        is_in_line.wait(10)
        raise psycopg2.OperationalError("no such server")

    writer = DecisionWriter(ConnectionPool(connect, size=1))
    with ThreadPoolExecutor(CALLS) as threads:
        ends = [threads.submit(writer.write, entry()) for _ in range(CALLS)]
        wait_until(lambda: writer.waiting == CALLS - 1, "all in line")
        is_in_line.set()
        errors = [end.exception() for end in ends]
    assert all(type(error) is DatabaseUnavailableError for error in errors)
    assert len({id(error) for error in errors}) == CALLS
    assert (len(tries), writer.waiting) == (1, 0)


def test_a_statement_that_is_repeated_adds_nothing(
    small_bank: SmallBank, pool: ConnectionPool
) -> None:
    claim = Claim.of("desk", uuid4().hex, ["score", 1])
    entries = [entry(), Entry([record(), None, record()], claim)]
    for _ in range(2):
        found = pool.run(lambda cursor: insert_entries(cursor, entries))
        assert found[0] is None
        assert found[1] is not None
        assert found[1].answers_to(claim) is None
    assert logged(small_bank, entries) == ids_of(*entries)
    assert_chain_holds(small_bank)


def test_only_the_first_of_two_calls_under_one_key_is_logged(
    small_bank: SmallBank, pool: ConnectionPool
) -> None:
    key = uuid4().hex
    claims = [Claim.of("desk", key, ["score", 1]) for _ in range(3)]
    first, second, third = (Entry([record()], claim) for claim in claims)
    found = pool.run(lambda cursor: insert_entries(cursor, [first, second]))
    found += pool.run(lambda cursor: insert_entries(cursor, [third]))
    own, *others = [
        call.answers_to(claim)  # type: ignore[union-attr]
        for call, claim in zip(found, claims, strict=True)
    ]
    assert own is None
    # To the letter, as no JSON that was taken apart would be.
    assert others == [[first.records[0].response_json]] * 2
    assert logged(small_bank, [first, second, third]) == ids_of(first)


def test_inputs_are_logged_without_their_names_and_read_with_them_in_their_order(
    small_bank: SmallBank, pool: ConnectionPool
) -> None:
    # Of no model yet: the names come into their table with the first decision.
    inputs = {uuid4().hex: 0.1, uuid4().hex: None, "c": "x", "a": -1e-7}
    entries = [entry(record(inputs=inputs)), entry(record(inputs=inputs))]
    pool.run(lambda cursor: insert_entries(cursor, entries))
    rows = small_bank.rows(
        "select inputs::text, ops.named_inputs(inputs) from ops.decision_log"
        " where decision_id = any(%s::uuid[])",
        list(ids_of(*entries)),
    )
    assert [list(named.items()) for _, named in rows] == [list(inputs.items())] * 2
    assert [name for name in inputs for text, _ in rows if f'"{name}"' in text] == []
    assert_chain_holds(small_bank)


def test_values_without_names_are_refused(small_bank: SmallBank) -> None:
    with pytest.raises(psycopg2.errors.ForeignKeyViolation):
        small_bank.execute(
            DECISION.replace("'{}'", """'{"names": "00", "values": [1]}'""", 1),
            role="scorer",
        )


def test_inputs_of_an_older_database_are_read_as_they_are(
    small_bank: SmallBank,
) -> None:
    (row,) = small_bank.rows('select ops.named_inputs(\'{"b": 1.5, "a": null}\')')
    assert row == ({"a": None, "b": 1.5},)

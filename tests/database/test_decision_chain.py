"""What is done to the decision log behind its triggers is seen in its hash chain."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from uuid import uuid4

import psycopg2
import pytest

from database.decision_chain import ChainHead, ChainReport, read_head, verify

from .conftest import House, MakeHouse
from .test_roles import DECISION

COUNT = 9
CHAINING = ("open_decision_chain", "chain_decision", "close_decision_chain")


@pytest.fixture(scope="module")
def logged(make_house: MakeHouse) -> House:
    """A server with some decisions, and a copy of them outside of the log."""
    house = make_house()
    house.done("start")
    for number in range(COUNT):
        house.query("scorer", DECISION.replace(" 640,", f" {600 + number},"))
    as_superuser(
        house,
        "create table public.log as table ops.decision_log",
        "create table public.chain as table ops.decision_chain",
    )
    return house


def as_superuser(house: House, *statements: str) -> None:
    """Change the log as nobody but a superuser can: with its triggers off."""
    triggers = ("append_only", *CHAINING)
    with (
        closing(house.connect("administrator")) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        for trigger in triggers:
            cursor.execute(f"alter table ops.decision_log disable trigger {trigger}")
        for statement in statements:
            cursor.execute(statement)
        for trigger in triggers:
            cursor.execute(
                f"alter table ops.decision_log enable always trigger {trigger}"
            )


@pytest.fixture
def house(logged: House) -> Iterator[House]:
    yield logged
    as_superuser(
        logged,
        "truncate ops.decision_log, ops.decision_chain",
        "create unique index if not exists decision_log_chain_number_idx"
        " on ops.decision_log (chain_number)",
        "insert into ops.decision_log select * from public.log",
        "insert into ops.decision_chain select * from public.chain",
    )


def check(house: House, expected: str | None = None) -> ChainReport:
    with closing(house.connect("auditor")) as connection:
        return verify(connection, expected)


def head(house: House) -> ChainHead:
    with closing(house.connect("auditor")) as connection:
        return read_head(connection)


REHASH = """
    update ops.decision_log as entry set row_hash = ops.decision_hash(entry)
    where chain_number = {}
"""
REHASH_ALL = """
    do $$
    declare
        entry_id uuid;
        last bytea := decode(repeat('00', 32), 'hex');
    begin
        for entry_id in select decision_id from ops.decision_log order by chain_number
        loop
            update ops.decision_log set previous_hash = last
            where decision_id = entry_id;
            update ops.decision_log as entry set row_hash = ops.decision_hash(entry)
            where decision_id = entry_id returning row_hash into last;
        end loop;
        update ops.decision_chain set length = (select count(*) from ops.decision_log),
            head = last;
    end
    $$
"""
FORGED = """
    insert into ops.decision_log
    select (jsonb_populate_record(entry, jsonb_build_object(
        'decision_id', gen_random_uuid(), 'chain_number', {number}))).*
    from ops.decision_log as entry where chain_number = {like}
"""
SHIFT = """
    update ops.decision_log set chain_number = -chain_number where chain_number >= {0};
    update ops.decision_log set chain_number = {1} - chain_number
    where chain_number < 0
"""
SWAP_NUMBERS = """
    update ops.decision_log set chain_number = -1 where chain_number = {0};
    update ops.decision_log set chain_number = {0} where chain_number = {1};
    update ops.decision_log set chain_number = {1} where chain_number = -1
"""
SWAP_CONTENTS = """
    update ops.decision_log as entry set (decision_id, points, decided_at) =
        (gen_random_uuid(), other.points, other.decided_at)
    from public.log as other
    where entry.chain_number = {0} and other.chain_number = {1}
        or entry.chain_number = {1} and other.chain_number = {0};
    update ops.decision_log as entry set decision_id = other.decision_id
    from public.log as other
    where entry.chain_number = {0} and other.chain_number = {1}
        or entry.chain_number = {1} and other.chain_number = {0}
"""
ALTER = "update ops.decision_log set points = 700 where chain_number = {}"
DELETE = "delete from ops.decision_log where {}"

# What was done, what it is called, the last row that fits, what is said of it.
TAMPERINGS = {
    "a value": ([ALTER.format(4)], "altered", 3, "row 4"),
    "the first row": ([ALTER.format(1)], "altered", 0, "row 1"),
    "the last row": ([ALTER.format(9)], "altered", 8, "row 9"),
    "a value and its hash": (
        [ALTER.format(4), REHASH.format(4)],
        "altered",
        4,
        "row 4, before this one",
    ),
    "the last value and its hash": (
        [ALTER.format(9), REHASH.format(9)],
        "altered",
        9,
        "row 9, the last one",
    ),
    "a previous hash": (
        ["update ops.decision_log set previous_hash = row_hash where chain_number = 4"],
        "altered",
        3,
        "row 4",
    ),
    "a number": (
        ["update ops.decision_log set chain_number = 40 where chain_number = 9"],
        "altered",
        8,
        "row 9",
    ),
    "one row is gone": ([DELETE.format("chain_number = 4")], "removed", 3, "row 4 is"),
    "the first rows are gone": (
        [DELETE.format("chain_number < 4")],
        "removed",
        0,
        "rows 1 to 3",
    ),
    "the last rows are gone": (
        [DELETE.format("chain_number > 4")],
        "removed",
        4,
        "rows 5 to 9",
    ),
    "all rows are gone": (
        ["truncate ops.decision_log"],
        "removed",
        0,
        "rows 1 to 9",
    ),
    "the last rows are gone, and new ones follow": (
        [
            DELETE.format("chain_number > 4"),
            *(
                f"alter table ops.decision_log enable trigger {trigger}"
                for trigger in CHAINING
            ),
            DECISION,
        ],
        "removed",
        4,
        "rows 5 to 9",
    ),
    "a row is gone and the others closed up": (
        [DELETE.format("chain_number = 4"), SHIFT.format(4, -1)],
        "removed",
        3,
        "row 4 is",
    ),
    "a row at the end": ([FORGED.format(number=10, like=9)], "inserted", 9, "row 9"),
    "a row at the end, well hashed": (
        [
            FORGED.format(number=10, like=9),
            "update ops.decision_log set previous_hash = head from ops.decision_chain"
            " where chain_number = 10",
            REHASH.format(10),
        ],
        "inserted",
        10,
        "row 10",
    ),
    "a row in between": (
        [SHIFT.format(4, 1), FORGED.format(number=4, like=5)],
        "inserted",
        3,
        "at 4",
    ),
    "a row in between, well hashed": (
        [
            SHIFT.format(4, 1),
            FORGED.format(number=4, like=5),
            REHASH.format(4),
        ],
        "inserted",
        4,
        "once row 4",
    ),
    "a second row of a number": (
        [
            "drop index ops.decision_log_chain_number_idx",
            FORGED.format(number=4, like=4),
            "update ops.decision_log set points = 1 where decision_id not in"
            " (select decision_id from public.log)",
        ],
        "inserted",
        None,
        "never chained",
    ),
    "neighbours": ([SWAP_NUMBERS.format(3, 4)], "reordered", 2, "stands at 4"),
    "distant rows": ([SWAP_NUMBERS.format(2, 8)], "reordered", 1, "stands at 8"),
    "contents": ([SWAP_CONTENTS.format(3, 4)], "reordered", 2, "stands at 4"),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_a_tampering_is_found_and_named(house: House, what: str) -> None:
    statements, kind, last_sound, explanation = TAMPERINGS[what]
    as_superuser(house, *statements)
    report = check(house)
    assert report.fault is not None
    assert (report.fault.kind, explanation in report.fault.explanation) == (kind, True)
    assert last_sound is None or report.end.length == last_sound


def test_an_untouched_log_is_sound(house: House) -> None:
    report = check(house)
    assert report.fault is None
    assert report.end == head(house)
    assert report.end.length == COUNT


def test_an_empty_log_is_sound(house: House) -> None:
    as_superuser(house, "truncate ops.decision_log, ops.decision_chain")
    assert check(house).fault is None
    assert head(house) == ChainHead(0, "00" * 32)


def test_a_head_noted_earlier_is_found_after_more_decisions(house: House) -> None:
    noted = head(house)
    house.query("scorer", DECISION)
    report = check(house, noted.head)
    assert (report.fault, report.expected_at) == (None, COUNT)
    assert report.end.length == COUNT + 1


@pytest.mark.parametrize(
    "statement", [ALTER.format(4), DELETE.format("chain_number > 4")]
)
def test_a_chain_made_anew_is_found_by_a_head_noted_earlier(
    house: House, statement: str
) -> None:
    noted = head(house)
    as_superuser(house, statement, REHASH_ALL)
    assert check(house).fault is None
    fault = check(house, noted.head).fault
    assert fault is not None
    assert fault.kind == "rewritten"


def test_the_command_tells_length_and_head_of_a_sound_log(house: House) -> None:
    noted = head(house)
    said = house.done("verify-log", "--expect", noted.head.upper())
    assert f"{COUNT} decisions" in said
    assert noted.head in said


def test_the_command_names_the_first_row_that_does_not_fit(house: House) -> None:
    as_superuser(house, ALTER.format(4), ALTER.format(6))
    [(decision,)] = house.query(
        "auditor", "select decision_id from ops.decision_log where chain_number = 4"
    )
    result = house.run("verify-log")
    assert result.returncode == 1
    assert "altered" in result.stderr
    assert str(decision) in result.stderr


def test_a_head_that_is_no_hash_is_refused(house: House) -> None:
    result = house.run("verify-log", "--expect", "'; drop table ops.decision_log")
    assert result.returncode == 1
    assert "64 hexadecimal digits" in result.stderr


def test_a_repeated_insert_takes_no_place_in_the_chain(house: House) -> None:
    fixed = DECISION.replace("gen_random_uuid()", f"'{uuid4()}'")
    for _ in range(2):
        house.query("scorer", f"{fixed} on conflict (decision_id) do nothing")
    with pytest.raises(psycopg2.errors.UniqueViolation):
        house.query("scorer", fixed)
    house.query("scorer", DECISION)
    report = check(house)
    assert (report.fault, report.end.length) == (None, COUNT + 2)


def test_what_a_writer_says_of_the_chain_is_not_believed(house: House) -> None:
    forged = DECISION.replace("response\n", "response, chain_number, row_hash\n")
    forged = forged.replace("'{}')", "'{}', 77, '\\x00')")
    house.query("scorer", forged)
    report = check(house)
    assert (report.fault, report.end.length) == (None, COUNT + 1)


def test_decisions_of_one_statement_are_chained(house: House) -> None:
    values = DECISION.partition("values")[2]
    house.query("scorer", f"{DECISION}, {values}, {values}")
    report = check(house)
    assert (report.fault, report.end.length) == (None, COUNT + 3)
    assert report.end == head(house)


def test_a_repeated_decision_amid_others_leaves_no_gap(house: House) -> None:
    values = DECISION.partition("values")[2]
    fixed = values.replace("gen_random_uuid()", f"'{uuid4()}'")
    statement = f"{DECISION}, {fixed}, {fixed}, {values}"
    house.query("scorer", f"{statement} on conflict (decision_id) do nothing")
    report = check(house)
    assert (report.fault, report.end.length) == (None, COUNT + 3)


def test_nothing_is_chained_to_what_came_in_past_the_triggers(house: House) -> None:
    as_superuser(house, FORGED.format(number=10, like=9))
    with pytest.raises(psycopg2.errors.IntegrityConstraintViolation, match="behind"):
        house.query("scorer", DECISION)
    fault = check(house).fault
    assert fault is not None
    assert fault.kind == "inserted"


def test_the_session_settings_of_a_writer_change_no_hash(house: House) -> None:
    settings = "-c timezone=+5 -c extra_float_digits=-15 -c bytea_output=escape"
    house.query("scorer", DECISION.replace("0.02", "0.1 + 0.2"), options=settings)
    assert check(house).fault is None


def test_decisions_logged_at_once_make_one_chain_without_gaps(house: House) -> None:
    def log(_: int) -> None:
        with closing(house.connect("scorer")) as connection:
            connection.autocommit = True
            for _ in range(25):
                connection.cursor().execute(DECISION)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(log, range(8)))
    report = check(house)
    assert (report.fault, report.end.length) == (None, COUNT + 200)


def test_a_decision_that_is_taken_back_leaves_no_gap(house: House) -> None:
    with closing(house.connect("scorer")) as connection:
        connection.cursor().execute(DECISION)
        connection.rollback()
    house.query("scorer", DECISION)
    report = check(house)
    assert (report.fault, report.end.length) == (None, COUNT + 1)


def test_answers_of_an_older_database_are_text_from_then_on_and_the_chain_holds(
    house: House,
) -> None:
    as_json = "alter table ops.decision_log alter column response type {0} using {1}"
    as_superuser(house, as_json.format("jsonb", "response::text::jsonb"))
    before = check(house).end
    house.done("start")
    assert check(house) == ChainReport(before, None, None)
    written = '{"b":1.50, "a":"x"}'
    house.query("scorer", DECISION.replace("'{}')", f"'{written}')"))
    assert check(house).fault is None
    [(kept,)] = house.query(
        "auditor",
        "select response::text from ops.decision_log"
        " order by chain_number desc limit 1",
    )
    assert kept == written

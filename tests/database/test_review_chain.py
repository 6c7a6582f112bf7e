"""Reviews are kept as decisions are: added, chained, never changed."""

from contextlib import closing

import psycopg2
import pytest

from database.decision_chain import ChainReport, verify
from database.decision_chain_faults import REVIEWS

from .conftest import House, MakeHouse
from .test_roles import DECISION, REVIEW

COUNT = 3


@pytest.fixture(scope="module")
def house(make_house: MakeHouse) -> House:
    house = make_house()
    house.done("start")
    house.query("scorer", DECISION)
    for _ in range(COUNT):
        house.query("scorer", REVIEW)
    return house


def check(house: House) -> ChainReport:
    with closing(house.connect("auditor")) as connection:
        return verify(connection, log=REVIEWS)


def test_reviews_make_one_chain_and_carry_the_hash_of_their_decision(
    house: House,
) -> None:
    report = check(house)
    assert report.fault is None
    assert report.end.length == COUNT
    [(bound,)] = house.query(
        "auditor",
        "select count(*) from ops.decision_review inner join ops.decision_log"
        " on decision_hash = decision_log.row_hash",
    )
    assert bound == COUNT


def test_a_decision_that_is_not_in_the_log_cannot_be_reviewed(house: House) -> None:
    unknown = REVIEW.replace(
        "gen_random_uuid(), decision_id", "gen_random_uuid(), gen_random_uuid()"
    )
    with pytest.raises(psycopg2.errors.ForeignKeyViolation):
        house.query("scorer", unknown)
    assert check(house).end.length == COUNT


@pytest.mark.parametrize("role", ["scorer", "administrator"])
@pytest.mark.parametrize(
    "change",
    [
        "update ops.decision_review set motive = 'Other'",
        "delete from ops.decision_review",
        "truncate ops.decision_review",
    ],
)
def test_nobody_changes_or_removes_a_review(
    house: House, role: str, change: str
) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        house.query(role, change)


def test_the_command_names_a_review_changed_behind_the_trigger(house: House) -> None:
    switch = "alter table ops.decision_review {} trigger append_only"
    change = "update ops.decision_review set motive = '{}' where chain_number = 2"
    sound = house.done("verify-log", "--expect-review", check(house).end.head)

    def alter(motive: str) -> None:
        for statement in (
            switch.format("disable"),
            change.format(motive),
            switch.format("enable always"),
        ):
            house.query("administrator", statement)

    alter("Forged")
    broken = house.run("verify-log")
    alter("Seen")
    [(review,)] = house.query(
        "auditor", "select review_id from ops.decision_review where chain_number = 2"
    )

    assert f"{COUNT} reviews" in sound
    assert broken.returncode == 1
    assert f"review {review}" in broken.stderr.replace("\n", " ")
    assert "1 decisions" in broken.stdout

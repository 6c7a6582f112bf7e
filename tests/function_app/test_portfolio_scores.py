"""All clients scored at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from psycopg2 import extensions

from database import connect
from function_app.errors import PortfolioUnavailableError
from function_app.warehouse import portfolio_scores
from function_app.warehouse.portfolio_scores import score_portfolio
from scoring import ScoringModel, load_model
from tests.function_app.conftest import Server
from tests.function_app.small_bank import CLIENTS, FIRST_CLIENT, SmallBank, environment
from tests.running import run_module

SCORES = """
    select client_id, model_version, probability, points, rating, decision
    from ops.client_score
    order by client_id
"""


@pytest.fixture(scope="module")
def model(small_bank: SmallBank) -> ScoringModel:
    return load_model(small_bank.champion)


@pytest.fixture
def scorer(small_bank: SmallBank) -> Iterator[extensions.connection]:
    with environment(**small_bank.environment):
        connection = connect("scorer")
    yield connection
    connection.close()


def test_every_client_gets_the_score_of_the_call_and_no_decision_is_logged(
    small_bank: SmallBank, small_server: Server
) -> None:
    logged = "select count(*) from ops.decision_log"
    before = small_bank.rows(logged)
    done = run_module("function_app", "score-all", **small_bank.environment)
    assert done.returncode == 0
    assert f"{CLIENTS} clients scored" in done.stdout
    assert "no decision was made or logged" in done.stdout
    assert small_bank.rows(logged) == before
    rows = small_bank.rows(SCORES)
    assert [row[0] for row in rows] == [FIRST_CLIENT + n for n in range(CLIENTS)]
    for client_id, version, probability, points, rating, decision in rows[:5]:
        answer = small_server.client.get(
            f"/api/v1/clients/{client_id}/score", params={"explain": "false"}
        ).json()
        assert answer["model_version"] == version
        assert answer["probability"] == probability
        assert (answer["points"], answer["rating"]) == (points, rating)
        assert answer["decision"] == decision


def test_nothing_is_done_again_until_a_feature_changes_or_it_is_forced(
    small_bank: SmallBank, scorer: extensions.connection, model: ScoringModel
) -> None:
    score_portfolio(scorer, model)
    assert not score_portfolio(scorer, model).is_new
    assert score_portfolio(scorer, model, force=True).is_new
    assert not score_portfolio(scorer, model).is_new
    ((client_id, age),) = small_bank.rows(
        "select client_id, application_age_years from features.client_features"
        " where application_age_years is not null order by client_id limit 1"
    )
    change = "update features.client_features set application_age_years = {}"
    of_one = f"{change} where client_id = {client_id}"
    small_bank.execute(of_one.format(age + 1))
    assert score_portfolio(scorer, model).is_new
    small_bank.execute(of_one.format(age))
    assert score_portfolio(scorer, model).is_new


def test_readers_see_the_old_scores_until_all_are_new(
    small_bank: SmallBank,
    scorer: extensions.connection,
    model: ScoringModel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(portfolio_scores, "CHUNK", 7)
    score_portfolio(scorer, model, force=True)
    when = (
        "select count(*), count(distinct scored_at), max(scored_at)"
        " from ops.client_score"
    )
    old = small_bank.rows(when)
    seen = []
    score_portfolio(
        scorer,
        model,
        force=True,
        report=lambda done, total: seen.append((done, small_bank.rows(when))),
    )
    assert [done for done, _ in seen] == [7, 14, 21, 28, 35, 40]
    assert {str(rows) for _, rows in seen} == {str(old)}
    ((count, moments, latest),) = small_bank.rows(when)
    assert (count, moments) == (CLIENTS, 1)
    assert latest > old[0][2]


def test_a_run_that_fails_leaves_the_scores_of_before(
    small_bank: SmallBank,
    scorer: extensions.connection,
    model: ScoringModel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    score_portfolio(scorer, model)
    before = small_bank.rows(SCORES)
    monkeypatch.setattr(portfolio_scores, "FEATURE_TABLE", "absent")
    with pytest.raises(PortfolioUnavailableError, match="dbt build"):
        score_portfolio(scorer, model, force=True)
    assert small_bank.rows(SCORES) == before

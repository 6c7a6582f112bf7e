from __future__ import annotations

from dataclasses import replace

import pytest

from function_app.schemas.overrides import term_of
from function_app.simulation.advice_search import AMOUNT_SHARES, Candidate, Search
from scoring import Decision, Score

APPLICATION = {
    "contract_type": "Cash loans",
    "credit_amount": 360_000.0,
    "annuity_amount": 10_000.0,
    "goods_price_amount": 300_000.0,
}
REFUSED = Score(
    probability=0.2,
    points=540,
    unrounded_points=540.0,
    rating="E",
    decision="refuse",
    threshold=0.09,
    base_points=600.0,
)


def found(search: Search, decisions: dict[int, Decision]) -> list[Candidate]:
    """Search where the candidates at these places are decided so, others refused."""
    scores = [
        replace(REFUSED, decision=decisions.get(place, "refuse"))
        for place in range(len(search.variants))
    ]
    return [candidate for candidate, _ in search.best(REFUSED, scores)]


def test_the_annuity_follows_a_smaller_amount_at_the_same_term() -> None:
    for candidate in Search.around(APPLICATION).lines[0]:
        asked = {**APPLICATION, **candidate.overrides}
        assert term_of(asked) == pytest.approx(36)
        assert asked["credit_amount"] < 360_000
        assert asked["goods_price_amount"] == 300_000


def test_nothing_is_tried_but_the_request_and_no_more_than_a_hundred_times() -> None:
    search = Search.around(APPLICATION)
    assert len(search.variants) < 100
    assert {name for variant in search.variants for name in variant} == {
        "credit_amount",
        "annuity_amount",
        "goods_price_amount",
    }


def test_the_smallest_change_that_stands_is_advised() -> None:
    search = Search.around(APPLICATION)
    last = len(AMOUNT_SHARES) - 1
    reached = dict.fromkeys(range(3, last + 1), "grant")
    assert found(search, reached) == [search.lines[0][3]]


def test_an_island_among_refusals_is_no_advice() -> None:
    assert found(Search.around(APPLICATION), {3: "grant"}) == []


def test_where_nothing_is_decided_better_there_is_no_advice() -> None:
    assert found(Search.around(APPLICATION), {}) == []


def test_two_changes_at_once_are_named_only_where_one_does_not_suffice() -> None:
    search = Search.around(APPLICATION)
    every = range(len(search.variants))
    assert {c.kind for c in found(search, dict.fromkeys(every, "grant"))} == {
        "amount",
        "purchase",
        "term",
    }
    singles = sum(len(line) for line in search.lines[:4])
    combined = dict.fromkeys(every[singles:], "grant")
    assert {c.kind for c in found(search, combined)} == {"amount_and_term"}


def test_a_revolving_credit_has_no_term_to_change() -> None:
    search = Search.around({**APPLICATION, "contract_type": "Revolving loans"})
    assert [{c.kind for c in line} for line in search.lines] == [{"purchase"}]


def test_a_term_that_no_shorter_one_can_replace_leaves_the_others() -> None:
    search = Search.around({**APPLICATION, "annuity_amount": 60_000.0})
    assert search.lines[2] == ()
    assert found(search, dict.fromkeys(range(8), "grant"))[0].kind == "amount"


def test_without_an_annuity_nothing_can_be_tried() -> None:
    assert Search.around({**APPLICATION, "annuity_amount": None}).variants == []

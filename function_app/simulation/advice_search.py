"""Which other request would be decided better: a bounded, honest search.

Only the request is varied, since a client can ask for something else but cannot be
someone else: less borrowed for the same purchase, a smaller purchase, another term.
The annuity always follows, so that no advice hides a cost that the model would not see.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from function_app.schemas.overrides import (
    MAX_TERM_MONTHS,
    MIN_TERM_MONTHS,
    Application,
    Overrides,
    changed_columns,
    term_of,
)
from scoring import Decision, Score

Kind = Literal["amount", "purchase", "term", "amount_and_term"]

AMOUNT_SHARES = (0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.6, 0.5)
COMBINED_SHARES = (0.9, 0.8, 0.7, 0.6, 0.5)
TERM_STEP_MONTHS = 6
# A shorter term raises the annuity, by a third at most.
SHORTEST_TERM_SHARE = 0.75
LONGEST_TERM_SHARE = 1.5
AMOUNT_STEP = 100

_RANK: Mapping[Decision, int] = {"refuse": 0, "review": 1, "grant": 2}


@dataclass(frozen=True)
class Candidate:
    """Another request.

    Attributes
    ----------
    kind : {"amount", "purchase", "term", "amount_and_term"}
    overrides : mapping of str to object
        As a simulation takes them.
    effort : float
        What is given up: shares of amount and term that change.
    """

    kind: Kind
    overrides: Overrides
    effort: float


Line = tuple[Candidate, ...]
"""Candidates that go ever further in one direction."""


@dataclass(frozen=True)
class Search:
    """The requests to try for one client, in lines.

    Attributes
    ----------
    application : mapping of str to object
        What the client asked for.
    lines : tuple of tuple of Candidate
    """

    application: Application
    lines: tuple[Line, ...]

    @classmethod
    def around(cls, application: Application) -> "Search":
        """Lay the lines around one request; none where too little is known of it."""
        term = term_of(application)
        if term is None:
            return cls(application, ())
        if application["contract_type"] == "Revolving loans":
            return cls(application, (tuple(_amounts(application, "purchase")),))
        terms = _terms(term)
        return cls(
            application,
            (
                tuple(_amounts(application, "amount")),
                tuple(_amounts(application, "purchase")),
                tuple(_term(months, term) for months in reversed(terms[0])),
                tuple(_term(months, term) for months in terms[1]),
                *(
                    tuple(_combined(application, months, term))
                    for months in (*terms[0], *terms[1])
                ),
            ),
        )

    @property
    def variants(self) -> list[dict[str, Any]]:
        """What ``features.what_if`` is to compute, line after line."""
        return [
            changed_columns(self.application, candidate.overrides)
            for line in self.lines
            for candidate in line
        ]

    def best(
        self, current: Score, scores: Sequence[Score]
    ) -> list[tuple[Candidate, Score]]:
        """Return the smallest change of each kind with the best decision within reach.

        A change counts only if the next one in its line is decided as well: an island
        of the trees is no advice. Two changes at once are named only where no single
        one leads as far.

        Parameters
        ----------
        current : Score
            Of the request as it is.
        scores : sequence of Score
            Of :attr:`variants`, in their order.
        """
        rest = iter(scores)
        reached = [
            (candidate, score)
            for line in self.lines
            for candidate, score in _standing([(c, next(rest)) for c in line])
            if _RANK[score.decision] > _RANK[current.decision]
        ]
        if not reached:
            return []
        goal = max(_RANK[score.decision] for _, score in reached)
        found: dict[Kind, tuple[Candidate, Score]] = {}
        for candidate, score in sorted(reached, key=lambda pair: pair[0].effort):
            if _RANK[score.decision] == goal:
                found.setdefault(candidate.kind, (candidate, score))
        if len(found) > 1:
            found.pop("amount_and_term", None)
        return list(found.values())


def _standing(
    line: Sequence[tuple[Candidate, Score]],
) -> Iterator[tuple[Candidate, Score]]:
    for place, (candidate, score) in enumerate(line):
        # Nothing was tried beyond the last.
        if all(
            _RANK[score.decision] <= _RANK[following.decision]
            for _, following in line[place + 1 : place + 2]
        ):
            yield candidate, score


def _amounts(application: Application, kind: Kind) -> Iterator[Candidate]:
    for share in AMOUNT_SHARES:
        yield Candidate(kind, _less(application, share, kind), 1 - share)


def _less(application: Application, share: float, kind: Kind) -> Overrides:
    """Borrow less over the same term, of a purchase that shrinks as well or stays."""
    amount = _rounded(application["credit_amount"] * share)
    kept = amount / application["credit_amount"]
    less = Overrides(
        credit_amount=amount,
        annuity_amount=round(application["annuity_amount"] * kept, 2),
    )
    goods_price = application["goods_price_amount"]
    if kind == "purchase" and goods_price is not None:
        less["goods_price_amount"] = _rounded(goods_price * share)
    return less


def _terms(term: float) -> tuple[list[int], list[int]]:
    """Return the usual terms below and above one, rising."""
    first = max(MIN_TERM_MONTHS, SHORTEST_TERM_SHARE * term)
    last = min(MAX_TERM_MONTHS, LONGEST_TERM_SHARE * term)
    usual = [
        months
        for months in range(MIN_TERM_MONTHS, MAX_TERM_MONTHS + 1, TERM_STEP_MONTHS)
        if first <= months <= last and abs(months - term) >= 1
    ]
    return [m for m in usual if m < term], [m for m in usual if m > term]


def _term(months: int, term: float) -> Candidate:
    return Candidate("term", Overrides(term_months=months), abs(months - term) / term)


def _combined(
    application: Application, months: int, term: float
) -> Iterator[Candidate]:
    for share in COMBINED_SHARES:
        overrides = Overrides(
            credit_amount=_rounded(application["credit_amount"] * share),
            term_months=months,
        )
        effort = (1 - share) + abs(months - term) / term
        yield Candidate("amount_and_term", overrides, effort)


def _rounded(amount: float) -> float:
    return float(math.floor(amount / AMOUNT_STEP) * AMOUNT_STEP)

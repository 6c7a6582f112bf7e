"""How all clients' scores are spread, by points and by rating."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from bokeh_app.queries.scores import ScoreSpread
from bokeh_app.texts import Texts
from bokeh_app.views.activity import decision_shares
from bokeh_app.views.find import DECISIONS
from bokeh_app.views.stack import Stack

STEP = 20  # points of a bar


@dataclass(frozen=True)
class SpreadView:
    """Sentences, bars by points, and the rows of two tables.

    Attributes
    ----------
    ratings : tuple of tuple of str
        Rating, clients, share of all.
    bands : tuple of tuple of str
        Points, then the clients of each decision.
    """

    words: str
    note: str
    stacks: tuple[Stack, ...]
    ratings: tuple[tuple[str, ...], ...]
    bands: tuple[tuple[str, ...], ...]


def view_spread(texts: Texts, spread: ScoreSpread) -> SpreadView:
    """Count clients by bands of points and by rating."""
    written = texts.format
    by_decision: Counter[str] = Counter()
    by_rating: Counter[str] = Counter()
    by_band: Counter[tuple[int, str]] = Counter()
    for cell in spread.cells:
        by_decision[cell.decision] += cell.client_count
        by_rating[cell.rating] += cell.client_count
        band = math.floor(cell.points / STEP)
        by_band[band, cell.decision] += cell.client_count
    total = spread.client_count
    bands = [band for band, _ in by_band]
    stacks = tuple(
        Stack(
            left=band * STEP,
            right=(band + 1) * STEP,
            label=texts(
                "portfolio.spread.band",
                low=band * STEP,
                high=(band + 1) * STEP - 1,
            ),
            counts=tuple(by_band[band, kind] for kind in DECISIONS),
        )
        for band in range(min(bands), max(bands) + 1)
    )
    return SpreadView(
        words=texts(
            "portfolio.spread.words",
            clients=written.number(total),
            shares=decision_shares(texts, by_decision),
        ),
        note=texts(
            "portfolio.spread.note",
            model=spread.model_version,
            day=spread.scored_at.strftime("%d/%m/%Y %H:%M"),
        ),
        stacks=stacks,
        ratings=tuple(
            (rating, written.number(count), written.share(count / total, 1))
            for rating, count in sorted(by_rating.items())
        ),
        bands=tuple(
            (stack.label, *(written.number(count) for count in stack.counts))
            for stack in stacks
        ),
    )

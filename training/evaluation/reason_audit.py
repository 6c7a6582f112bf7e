"""Whether reasons are true to the score, and whether they stay when nothing happens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring import Feature, Reason, Reasoning
from training.evaluation.bootstrap import wilson_interval

Row = NDArray[np.float32]

_CLIENTS = 400
_DRAWS = 8
NOISE = 0.01


@dataclass(frozen=True)
class _Check:
    """Whether the score moved as a reason says."""

    direction: str
    position: int
    with_usual_values: bool
    with_granted_clients: bool


def reason_audit(
    reasoning: Reasoning,
    matrix: NDArray[np.float32],
    is_granted: NDArray[np.bool_],
    seed: int,
) -> dict[str, Any]:
    """Try the reasons of a sample of clients.

    Parameters
    ----------
    reasoning : Reasoning
    matrix : ndarray of shape (n_clients, n_features)
    is_granted : ndarray of shape (n_clients,)
    seed : int
        Of the sample, of the granted clients drawn, and of the noise.

    Returns
    -------
    dict
        ``clients``; ``positions``, how often the score moved the way a reason says when
        its theme was replaced, by the usual values of granted clients
        (``with_usual_values``) and by the theme of some granted clients themselves, on
        average (``with_granted_clients``); ``refused_without_reason``;
        ``granted_without_favour``; ``stability``, how often first reason and set of
        reasons stay when every measured value is moved by about one per cent.
    """
    rng = np.random.default_rng(seed)
    size = min(_CLIENTS, len(matrix))
    chosen = np.sort(rng.choice(len(matrix), size, replace=False))
    sample = matrix[chosen]
    told = _reasons(reasoning, sample)
    granted = matrix[is_granted]
    checks = [
        check
        for row, reasons in zip(sample, told, strict=True)
        for check in _checks(reasoning, row, reasons, granted, rng)
    ]
    has_direction = {
        direction: np.array([any(r.direction == direction for r in rs) for rs in told])
        for direction in ("against", "in_favour")
    }
    return {
        "clients": size,
        "positions": _by_position(checks),
        "refused_without_reason": _share(
            ~has_direction["against"][~is_granted[chosen]]
        ),
        "granted_without_favour": _share(
            ~has_direction["in_favour"][is_granted[chosen]]
        ),
        "stability": _stability(reasoning, sample, told, rng),
    }


def named_row(features: Sequence[Feature], row: Row) -> dict[str, object]:
    """Return an encoded row by name, with codes in place of their indices."""
    return {
        feature.name: None
        if np.isnan(value)
        else feature.categories[int(value)].code
        if feature.categories
        else float(value)
        for feature, value in zip(features, row, strict=True)
    }


def _reasons(
    reasoning: Reasoning, matrix: NDArray[np.float32]
) -> list[tuple[Reason, ...]]:
    rows = [named_row(reasoning.features, row) for row in matrix]
    return reasoning.reasoned(matrix, rows, "en").reasons


def _checks(
    reasoning: Reasoning,
    row: Row,
    reasons: Sequence[Reason],
    granted: NDArray[np.float32],
    rng: np.random.Generator,
) -> Iterator[_Check]:
    matrix = row.reshape(1, -1)
    own = float(reasoning.points(matrix)[0])
    usual = reasoning.usual_points(matrix)
    themes = [theme.code for theme in reasoning.themes]
    numbers = {"against": count(1), "in_favour": count(1)}
    for reason in reasons:
        theme = themes.index(reason.theme)
        drawn = np.repeat(matrix, _DRAWS, axis=0)
        columns = np.flatnonzero(reasoning.theme_of_feature == theme)
        others = rng.integers(len(granted), size=_DRAWS)
        drawn[:, columns] = granted[np.ix_(others, columns)]
        is_against = reason.direction == "against"
        yield _Check(
            reason.direction,
            next(numbers[reason.direction]),
            bool(usual[theme] > own) == is_against,
            bool(reasoning.points(drawn).mean() > own) == is_against,
        )


def _by_position(checks: Sequence[_Check]) -> list[dict[str, Any]]:
    return [
        {
            "direction": direction,
            "position": position,
            "reasons": len(here),
            **{
                kind: _share(np.array([getattr(check, kind) for check in here]))
                for kind in ("with_usual_values", "with_granted_clients")
            },
        }
        for direction, position in sorted({(c.direction, c.position) for c in checks})
        if (
            here := [
                c for c in checks if (c.direction, c.position) == (direction, position)
            ]
        )
    ]


def _stability(
    reasoning: Reasoning,
    sample: NDArray[np.float32],
    told: Sequence[Sequence[Reason]],
    rng: np.random.Generator,
) -> dict[str, Any]:
    # A yes-or-no or a code is not measured: it is what it is.
    is_measured = np.array(
        [f.unit not in ("flag", "category") for f in reasoning.features]
    )
    moved = sample.copy()
    noise = 1 + NOISE * rng.standard_normal((len(sample), int(is_measured.sum())))
    moved[:, is_measured] *= noise.astype(np.float32)
    again = _reasons(reasoning, moved)
    pairs = [
        (_themes(before), _themes(after))
        for before, after in zip(told, again, strict=True)
    ]
    distance = np.abs(reasoning.points(moved) - reasoning.points(sample))
    return {
        "noise": NOISE,
        "same_first": _share(np.array([b[:1] == a[:1] for b, a in pairs])),
        "same_set": _share(np.array([set(b) == set(a) for b, a in pairs])),
        "mean_absolute_points": float(distance.mean()),
    }


def _themes(reasons: Sequence[Reason]) -> list[tuple[str, str]]:
    return [(reason.theme, reason.direction) for reason in reasons]


def _share(event: NDArray[np.bool_]) -> dict[str, float | None]:
    trials = int(event.size)
    low, high = wilson_interval(int(event.sum()), trials) or (None, None)
    return {
        "value": float(event.mean()) if trials else None,
        "low": low,
        "high": high,
    }

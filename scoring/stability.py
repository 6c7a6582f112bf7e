"""How far clients have moved from those of training, and how much of it is chance.

References
----------
N. Siddiqi, "Credit Risk Scorecards", Wiley 2006 (0.10 is to be watched, 0.25 acted
upon).
B. Yurdakul, "Statistical Properties of Population Stability Index", 2018: without any
drift the index is about ``(1/n + 1/m)`` times a chi-squared variable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from scoring.errors import ScoringError
from scoring.feature import Feature
from scoring.profile import Profile

Verdict = Literal["stable", "watch", "act"]

WATCH, ACT = 0.10, 0.25

DRIFT_EXIT_CODES: Mapping[Verdict, int] = {"stable": 0, "watch": 3, "act": 4}
"""Status of a command by the worst verdict it tells; 1 is an error, as everywhere."""

_SMALLEST_SHARE = 1e-4
_BEYOND_CHANCE = 0.05


@dataclass(frozen=True, slots=True)
class Stability:
    """The population stability index of one column.

    Attributes
    ----------
    index : float
    by_chance : float
        Below which 95 in 100 would lie without any drift, or the greatest of several.
    verdict : {"stable", "watch", "act"}
        What chance could show is stable.
    """

    index: float
    by_chance: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class FeatureStability(Stability):
    """The same of a feature, with the shares of clients without a value."""

    name: str
    label_fr: str
    label_en: str
    theme: str
    missing_before: float
    missing_now: float


def stability_index(
    expected: Sequence[int], actual: Sequence[int], *, comparisons: int = 1
) -> Stability:
    """Compare two rows of counts over the same bins.

    Parameters
    ----------
    expected, actual : sequence of int
        Of :class:`Profile`; each of one client at least.
    comparisons : int, default=1
        How many columns are compared at once: among hundreds, some always lie beyond
        what chance would show of one (Bonferroni).

    Raises
    ------
    ScoringError
        If one of them counts nobody.
    """
    # Here, since a first score, which needs no chance, is to come soon after a start.
    from scipy.special import chdtri

    counts = np.array([expected, actual], dtype=np.float64)
    totals = counts.sum(axis=1, keepdims=True)
    if not totals.all():
        raise ScoringError("A stability index needs clients before and now.")
    shares = np.maximum(counts / totals, _SMALLEST_SHARE)
    index = float(np.sum((shares[1] - shares[0]) * np.log(shares[1] / shares[0])))
    bins = int((counts.sum(axis=0) > 0).sum())
    by_chance = float(
        (1 / totals).sum() * chdtri(max(bins - 1, 1), _BEYOND_CHANCE / comparisons)
    )
    return Stability(
        index=index,
        by_chance=by_chance,
        verdict="stable" if index <= by_chance else _verdict_of(index),
    )


def feature_stability(
    profiles: Mapping[str, Profile],
    counts: Mapping[str, Sequence[int]],
    features: Sequence[Feature],
    *,
    comparisons: int = 1,
) -> list[FeatureStability]:
    """Compare feature by feature.

    Parameters
    ----------
    profiles : mapping of str to Profile
        Of the earlier population.
    counts : mapping of str to sequence of int
        Of the later one, by the bins of the profiles.
    features : sequence of Feature
        Those without profile or counts are left out.
    comparisons : int, default=1
        As of :func:`stability_index`.

    Returns
    -------
    list of FeatureStability
        Most moved first.
    """
    found = []
    for feature in features:
        if feature.name not in profiles or feature.name not in counts:
            continue
        profile, actual = profiles[feature.name], counts[feature.name]
        stability = stability_index(profile.counts, actual, comparisons=comparisons)
        found.append(
            FeatureStability(
                index=stability.index,
                by_chance=stability.by_chance,
                verdict=stability.verdict,
                name=feature.name,
                label_fr=feature.label_fr,
                label_en=feature.label_en,
                theme=feature.theme,
                missing_before=profile.missing_share,
                missing_now=actual[-1] / sum(actual),
            )
        )
    return sorted(found, key=lambda row: (-row.index, row.name))


def worst_verdict(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the verdict that asks for most."""
    ranked: tuple[Verdict, ...] = ("act", "watch", "stable")
    return next((verdict for verdict in ranked if verdict in verdicts), "stable")


def _verdict_of(index: float) -> Verdict:
    return "act" if index >= ACT else "watch" if index >= WATCH else "stable"

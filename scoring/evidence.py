"""What the training showed of a model's decisions, in counts: no client is among it.

Other thresholds and other costs than the model's own can be judged from it later, and
whether groups are decided upon alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from scoring.errors import ArtefactError

GROUP_RATES = (
    *("default_rate", "predicted_rate", "calibration_gap"),
    *("approval_rate", "true_positive_rate", "false_positive_rate"),
)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Clients scored without having been learned from, by probability of default.

    Attributes
    ----------
    edges : tuple of float
        Rising from 0 to 1. A probability on an edge lies in the bin above.
    good, bad : tuple of float
        Clients by bin who paid, and who defaulted; means over the seeds.
    lost_margin, lost_credit : tuple of float, or None
        Money by bin: lost by refusing the good ones, and by granting to the bad ones.
        None where the amounts are not known.
    """

    edges: tuple[float, ...]
    good: tuple[float, ...]
    bad: tuple[float, ...]
    lost_margin: tuple[float, ...] | None = None
    lost_credit: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse counts that are not of these bins."""
        if (self.edges[:1], self.edges[-1:]) != ((0.0,), (1.0,)):
            raise ArtefactError("The outcomes' bins must go from 0 to 1.")
        if any(not lower < upper for lower, upper in pairwise(self.edges)):
            raise ArtefactError("The outcomes' edges must rise.")
        if (self.lost_margin is None) != (self.lost_credit is None):
            raise ArtefactError("The outcomes have one half of their money only.")
        for column in (self.good, self.bad, self.lost_margin, self.lost_credit):
            if column is None:
                continue
            if len(column) != len(self.edges) - 1 or not min(column) >= 0:
                raise ArtefactError("The outcomes have other counts than bins.")
        if sum(self.good) + sum(self.bad) == 0:
            raise ArtefactError("The outcomes count nobody.")

    def to_dict(self) -> dict[str, Any]:
        """Return the document that ``from_dict`` reads."""
        return {
            "edges": list(self.edges),
            "good": list(self.good),
            "bad": list(self.bad),
            "lost_margin": _list_or_none(self.lost_margin),
            "lost_credit": _list_or_none(self.lost_credit),
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "Outcomes":
        """Read outcomes; KeyError, TypeError, ValueError where a part is not as due."""
        return cls(
            edges=_numbers(document["edges"]),
            good=_numbers(document["good"]),
            bad=_numbers(document["bad"]),
            lost_margin=_numbers_or_none(document["lost_margin"]),
            lost_credit=_numbers_or_none(document["lost_credit"]),
        )


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class GroupRates:
    """How the clients of one group were decided upon.

    Attributes
    ----------
    group : str
    clients : int
    is_compared : bool
        Whether there are enough of them for their rates to say anything.
    rates : mapping of str to Interval or None
        Each of ``GROUP_RATES``; None where nobody is in its denominator.
    """

    group: str
    clients: int
    is_compared: bool
    rates: Mapping[str, Interval | None]

    def to_dict(self) -> dict[str, Any]:
        """Return the document that ``from_dict`` reads."""
        return {
            "group": self.group,
            "clients": self.clients,
            "is_compared": self.is_compared,
        } | {
            name: None
            if rate is None
            else {"value": rate.value, "low": rate.low, "high": rate.high}
            for name, rate in self.rates.items()
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "GroupRates":
        """Read a group; KeyError, TypeError, ValueError where a part is not as due."""
        return cls(
            group=str(document["group"]),
            clients=int(document["clients"]),
            is_compared=bool(document["is_compared"]),
            rates={name: _interval(document[name]) for name in GROUP_RATES},
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """Outcomes by probability, and rates by group.

    Attributes
    ----------
    outcomes : Outcomes
    fairness : mapping of str to tuple of GroupRates
        By ``gender`` and ``age``, at the model's own threshold.
    """

    outcomes: Outcomes
    fairness: Mapping[str, tuple[GroupRates, ...]]

    def to_dict(self) -> dict[str, Any]:
        """Return the document that ``from_dict`` reads."""
        return {
            "outcomes": self.outcomes.to_dict(),
            "fairness": {
                name: [group.to_dict() for group in groups]
                for name, groups in self.fairness.items()
            },
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "Evidence":
        """Read evidence.

        Raises
        ------
        ArtefactError
            If a part is absent, of another type, or contradicts itself.
        """
        try:
            return cls(
                outcomes=Outcomes.from_dict(document["outcomes"]),
                fairness={
                    str(name): tuple(map(GroupRates.from_dict, groups))
                    for name, groups in document["fairness"].items()
                },
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ArtefactError(
                f"The evidence cannot be read: {type(error).__name__} {error}."
            ) from error


def _numbers(values: Sequence[Any]) -> tuple[float, ...]:
    return tuple(map(float, values))


def _numbers_or_none(values: Sequence[Any] | None) -> tuple[float, ...] | None:
    return None if values is None else _numbers(values)


def _list_or_none(values: tuple[float, ...] | None) -> list[float] | None:
    return None if values is None else list(values)


def _interval(document: Mapping[str, Any] | None) -> Interval | None:
    if document is None:
        return None
    return Interval(*(float(document[name]) for name in ("value", "low", "high")))

"""Whether groups of clients are decided upon alike."""

from __future__ import annotations

from dataclasses import dataclass

from bokeh_app.queries.catalogue import Catalogue
from bokeh_app.sources.scoring_client import Evidence, Group, Rate
from bokeh_app.texts import Texts

# The "four-fifths rule" of the US Uniform Guidelines (29 CFR 1607.4 D).
FOUR_FIFTHS = 0.8
DIVISIONS = ("gender", "age")
AGE_KEYS = {
    "<30": "under_30",
    "30-39": "from_30_to_39",
    "40-49": "from_40_to_49",
    "50-59": "from_50_to_59",
    "≥60": "from_60",
}


@dataclass(frozen=True)
class RateView:
    """A figure with its interval; positions are percentages of the bar's width."""

    text: str
    interval: str
    at: float
    left: float
    width: float


@dataclass(frozen=True)
class GroupView:
    """A group and its figures; too small a group has none."""

    name: str
    clients: str
    approval: RateView | None
    caught: RateView | None
    wronged: RateView | None
    observed: str
    predicted: str


@dataclass(frozen=True)
class GroupsView:
    """One way of dividing all clients, and whether the shares granted lie apart."""

    name: str
    words: str
    is_apart: bool
    groups: tuple[GroupView, ...]


def view_fairness(
    texts: Texts, catalogue: Catalogue, evidence: Evidence
) -> tuple[GroupsView, ...]:
    """Lay the groups beside each other, by gender and by age."""
    return tuple(
        _view(texts, catalogue, name, evidence.fairness[name])
        for name in DIVISIONS
        if name in evidence.fairness
    )


def group_name(texts: Texts, catalogue: Catalogue, kind: str, group: str) -> str:
    """Return a group's name in the page's language, by the way of dividing."""
    if kind == "age" and group in AGE_KEYS:
        return texts(f"age_band.{AGE_KEYS[group]}")
    if kind == "gender" and (kind, group) in catalogue.code_labels:
        return catalogue.code_label(kind, group, texts.language)
    return texts("portfolio.fairness.unknown")


def _view(
    texts: Texts, catalogue: Catalogue, name: str, groups: tuple[Group, ...]
) -> GroupsView:
    names = {one.group: group_name(texts, catalogue, name, one.group) for one in groups}
    rates = {
        names[one.group]: one.approval_rate.value
        for one in groups
        if one.is_compared and one.approval_rate is not None
    }
    words, is_apart = _words(texts, rates)
    return GroupsView(
        name=name,
        words=words,
        is_apart=is_apart,
        groups=tuple(_group(texts, names[one.group], one) for one in groups),
    )


def _words(texts: Texts, rates: dict[str, float]) -> tuple[str, bool]:
    if len(rates) < 2:
        return texts("portfolio.fairness.alone"), False
    least, most = min(rates, key=rates.__getitem__), max(rates, key=rates.__getitem__)
    ratio = rates[least] / rates[most] if rates[most] else 1.0
    is_apart = ratio < FOUR_FIFTHS
    written = texts.format
    return (
        texts(
            f"portfolio.fairness.{'apart' if is_apart else 'near'}",
            least=least,
            least_rate=written.share(rates[least]),
            most=most,
            most_rate=written.share(rates[most]),
            ratio=written.number(ratio, 2),
        ),
        is_apart,
    )


def _group(texts: Texts, name: str, group: Group) -> GroupView:
    known = group.is_compared

    def rate(found: Rate | None) -> RateView | None:
        return _rate(texts, found) if known and found is not None else None

    def plain(found: Rate | None) -> str:
        none = texts("portfolio.fairness.too_few")
        return texts.format.share(found.value, 1) if known and found else none

    return GroupView(
        name=name,
        clients=texts.format.number(group.clients),
        approval=rate(group.approval_rate),
        caught=rate(group.true_positive_rate),
        wronged=rate(group.false_positive_rate),
        observed=plain(group.default_rate),
        predicted=plain(group.predicted_rate),
    )


def _rate(texts: Texts, rate: Rate) -> RateView:
    written = texts.format
    return RateView(
        text=written.share(rate.value),
        interval=texts(
            "portfolio.fairness.interval",
            low=written.share(rate.low),
            high=written.share(rate.high),
        ),
        at=round(100 * rate.value, 1),
        left=round(100 * rate.low, 1),
        width=round(100 * (rate.high - rate.low), 1),
    )

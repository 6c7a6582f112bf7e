"""A client's value among those of a group, in words, bars and a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bokeh_app.queries.catalogue import Variable
from bokeh_app.queries.distribution import Bar, Category, Distribution, Standing
from bokeh_app.queries.population import Counted
from bokeh_app.texts import Texts
from bokeh_app.views.values import SHARES_SHOWN_FROM, ValueWriter

LABEL_LENGTH = 16
CATEGORY_LIMIT = 12
HALF_BAR = 0.4  # of a category
WEEKDAYS = (
    "MONDAY",
    "TUESDAY",
    "WEDNESDAY",
    "THURSDAY",
    "FRIDAY",
    "SATURDAY",
    "SUNDAY",
)
TICK_COUNT = 5


@dataclass(frozen=True)
class ChartBar:
    """A bar of a chart with all that its tooltip says."""

    left: float
    right: float
    height: float
    is_client: bool
    band: str
    clients: str
    outcomes: str
    share: str
    rate: str


@dataclass(frozen=True)
class TableRow:
    """A band of the table."""

    band: str
    clients: str
    outcomes: str
    rate: str
    is_client: bool


@dataclass(frozen=True)
class ComparisonView:
    """All that the comparison says and draws.

    Attributes
    ----------
    client_at : float or None
        Where the client stands on the horizontal axis.
    ticks : dict of float to str
        Labels of the horizontal axis.
    """

    label: str
    value: str
    standing: str
    note: str
    typical: str = ""
    low: float = 0.0
    high: float = 1.0
    client_at: float | None = None
    is_categorical: bool = False
    ticks: dict[float, str] = field(default_factory=dict)
    distribution: tuple[ChartBar, ...] = ()
    rates: tuple[ChartBar, ...] = ()
    rows: tuple[TableRow, ...] = ()
    chart_text: str = ""
    rate_note: str = ""


def view_comparison(
    writer: ValueWriter,
    variable: Variable,
    standing: Standing,
    counted: Counted,
    note: str,
) -> ComparisonView:
    """Describe a comparison; without anybody's value it has no bars.

    Parameters
    ----------
    note : str
        Who is in the group, in words.
    """
    texts = writer.texts
    label = variable.label(texts.language)
    view = ComparisonView(
        label=label,
        value=writer.value(variable, standing.value),
        standing="",
        note=note,
        chart_text=texts("comparison.chart_text", label=label),
        rate_note=texts("comparison.default_rate_note", count=SHARES_SHOWN_FROM),
    )
    if not counted:
        return replace(view, standing=texts("comparison.nobody"))
    if isinstance(counted, Distribution):
        return _numeric(writer, variable, standing, counted, view)
    return _categorical(writer, variable, standing, counted, view)


def standing_in_words(texts: Texts, standing: Standing) -> str:
    """Say where a number lies, by the side on which most of the group is."""
    if standing.value is None:
        return texts("comparison.missing")
    if not standing.known_count:
        return texts("comparison.nobody")
    known = standing.known_count
    below = standing.below_count / known
    equal = standing.equal_count / known
    above = 1 - below - equal
    if equal >= 0.5:
        where = texts("comparison.equal", clients=_so_many_clients(texts, equal))
    elif below >= above:
        where = texts("comparison.higher", clients=_so_many_clients(texts, below))
    else:
        where = texts("comparison.lower", clients=_so_many_clients(texts, above))
    return _in_group(texts, where, texts.plural("comparison.members", known))


def _likeness_in_words(
    texts: Texts, standing: Standing, counted: tuple[Category, ...]
) -> str:
    """Say how many are alike, of all clients of the group as the bars count them."""
    if standing.value is None:
        return texts("comparison.missing")
    everybody = sum(category.client_count for category in counted)
    share = standing.equal_count / everybody
    where = texts("comparison.category_share", clients=_so_many_clients(texts, share))
    has_gaps = any(category.code is None for category in counted)
    key = "comparison.members_with_gaps" if has_gaps else "comparison.members_all"
    return _in_group(texts, where, texts.plural(key, everybody))


def _so_many_clients(texts: Texts, share: float) -> str:
    """Write a share of clients; what only rounding makes all or none is said so."""
    if share in (0.0, 1.0):
        return texts(f"comparison.clients.{'all' if share else 'none'}")
    if share < 0.01:
        return texts("comparison.clients.under_one")
    if share >= 0.995:
        return texts("comparison.clients.almost_all")
    return texts("comparison.clients.share", share=texts.format.share(share))


def nice_ticks(low: float, high: float, count: int = TICK_COUNT) -> list[float]:
    """Return round numbers within a span, about as many as asked for."""
    if high <= low:
        return [low]
    rough = (high - low) / count
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(
        magnitude * factor for factor in (1, 2, 5, 10) if magnitude * factor >= rough
    )
    first, last = math.ceil(low / step), math.floor(high / step)
    return [round(index * step, 12) for index in range(first, last + 1)]


def _in_group(texts: Texts, where: str, members: str) -> str:
    return texts("comparison.standing", standing=where, count=members)


def _numeric(
    writer: ValueWriter,
    variable: Variable,
    standing: Standing,
    counted: Distribution,
    view: ComparisonView,
) -> ComparisonView:
    value = None if standing.value is None else float(standing.value)
    client_at = None if value is None else min(max(value, counted.low), counted.high)
    own_bin = _holding(counted.bins, client_at)
    own_band = _holding(counted.bands, value)
    is_flag = variable.unit == "flag"
    bars = tuple(
        _bar(
            writer,
            writer.span(variable.unit, bar.left, bar.right),
            bar,
            bar.client_count / counted.known_count,
            counted.known_count,
            is_client=bar is own_bin,
        )
        for bar in counted.bins
    )
    rates = tuple(
        _bar(
            writer,
            writer.span(variable.unit, bar.left, bar.right),
            bar,
            bar.default_count / bar.labelled_count if bar.labelled_count else 0.0,
            counted.known_count,
            is_client=bar is own_band,
        )
        for bar in counted.bands
    )
    rows = [_row(bar) for bar in rates]
    missing = counted.missing
    if missing.client_count:
        rows.append(
            TableRow(
                writer.texts("comparison.not_filled"),
                writer.texts.format.number(missing.client_count),
                writer.texts.format.number(missing.labelled_count),
                writer.default_rate(missing.default_count, missing.labelled_count),
                value is None,
            )
        )
    shown_rates = tuple(
        _slimmed(bar)
        if is_flag
        else replace(
            bar,
            left=max(bar.left, counted.low),
            right=min(bar.right, counted.high),
        )
        for bar, counts in zip(rates, counted.bands, strict=True)
        if counts.labelled_count >= SHARES_SHOWN_FROM
    )
    return replace(
        view,
        standing=standing_in_words(writer.texts, standing),
        typical=_typical(writer, variable, counted, is_known=value is not None),
        low=counted.low,
        high=counted.high,
        client_at=client_at,
        ticks={
            tick: writer.number(variable.unit, tick)
            for tick in _ticks(variable, counted.low, counted.high)
        },
        is_categorical=is_flag,
        distribution=tuple(map(_slimmed, bars)) if is_flag else bars,
        rates=shown_rates,
        rows=tuple(rows),
    )


def _typical(
    writer: ValueWriter, variable: Variable, counted: Distribution, *, is_known: bool
) -> str:
    """Say the group's middle value, or who else lacks the value that a client lacks."""
    texts, missing = writer.texts, counted.missing
    if is_known:
        median = writer.number(variable.unit, counted.median)
        return texts("population.median", value=median)
    rate = writer.default_rate(missing.default_count, missing.labelled_count)
    if missing.labelled_count < SHARES_SHOWN_FROM:
        return ""
    share = writer.client_share(missing.client_count / counted.client_count)
    return texts("population.missing_as_well", share=share, rate=rate)


def _slimmed(bar: ChartBar) -> ChartBar:
    """Leave a gap on either side of a bar that stands for one value."""
    middle = (bar.left + bar.right) / 2
    return replace(bar, left=middle - HALF_BAR, right=middle + HALF_BAR)


def _row(bar: ChartBar) -> TableRow:
    return TableRow(bar.band, bar.clients, bar.outcomes, bar.rate, bar.is_client)


def _holding(bars: Sequence[Bar], value: float | None) -> Bar | None:
    """Return the bar of a value; the last one holds its right end too."""
    if value is None:
        return None
    reached = [bar for bar in bars if bar.left <= value <= bar.right]
    return reached[-1] if reached else None


def _ticks(variable: Variable, low: float, high: float) -> Sequence[float]:
    if variable.unit == "flag":
        return [tick for tick in (0.0, 1.0) if low <= tick <= high]
    ticks = nice_ticks(low, high)
    if variable.unit == "count":
        return [tick for tick in ticks if tick == round(tick)]
    return ticks


def _bar(
    writer: ValueWriter,
    band: str,
    bar: Bar,
    height: float,
    member_count: int,
    *,
    is_client: bool,
) -> ChartBar:
    written = writer.texts.format
    return ChartBar(
        left=bar.left,
        right=bar.right,
        height=height,
        is_client=is_client,
        band=band,
        clients=written.number(bar.client_count),
        outcomes=written.number(bar.labelled_count),
        share=writer.client_share(bar.client_count / member_count),
        rate=writer.default_rate(bar.default_count, bar.labelled_count),
    )


def _categorical(
    writer: ValueWriter,
    variable: Variable,
    standing: Standing,
    counted: tuple[Category, ...],
    view: ComparisonView,
) -> ComparisonView:
    texts = writer.texts
    members = sum(category.client_count for category in counted)
    shown = _fold(_in_order(counted))
    # A rare code is among those that one bar counts together.
    is_folded = standing.value in {one.code for one in counted[len(shown) - 1 :]}
    own_code = _OTHERS if shown[-1].code == _OTHERS and is_folded else standing.value
    bars = []
    for index, category in enumerate(shown):
        name = (
            texts("comparison.not_filled")
            if category.code is None
            else texts("comparison.other")
            if category.code == _OTHERS
            else writer.code(variable.code_set or variable.name, category.code)
        )
        bars.append(
            ChartBar(
                left=index - HALF_BAR,
                right=index + HALF_BAR,
                height=category.client_count / members,
                is_client=category.code == own_code,
                band=name,
                clients=texts.format.number(category.client_count),
                outcomes=texts.format.number(category.labelled_count),
                share=writer.client_share(category.client_count / members),
                rate=writer.default_rate(
                    category.default_count, category.labelled_count
                ),
            )
        )
    own = next((bar for bar in bars if bar.is_client), None)
    return replace(
        view,
        standing=_likeness_in_words(texts, standing, counted),
        low=-0.6,
        high=len(bars) - 0.4,
        client_at=(own.left + own.right) / 2 if own else None,
        is_categorical=True,
        ticks={float(index): _short(bar.band) for index, bar in enumerate(bars)},
        distribution=tuple(bars),
        rates=tuple(
            replace(bar, height=category.default_count / category.labelled_count)
            for bar, category in zip(bars, shown, strict=True)
            if category.labelled_count >= SHARES_SHOWN_FROM
        ),
        rows=tuple(map(_row, bars)),
    )


_OTHERS = "\0others"


def _in_order(counted: tuple[Category, ...]) -> tuple[Category, ...]:
    """Leave the most frequent first, except where the codes have an order."""
    if {one.code for one in counted} <= {*WEEKDAYS, None}:
        places: dict[str | None, int] = {day: at for at, day in enumerate(WEEKDAYS)}
        return tuple(
            sorted(counted, key=lambda one: places.get(one.code, len(WEEKDAYS)))
        )
    return counted


def _fold(counted: tuple[Category, ...]) -> list[Category]:
    if len(counted) <= CATEGORY_LIMIT:
        return list(counted)
    head, tail = counted[: CATEGORY_LIMIT - 1], counted[CATEGORY_LIMIT - 1 :]
    others = Category(
        _OTHERS,
        sum(category.client_count for category in tail),
        sum(category.labelled_count for category in tail),
        sum(category.default_count for category in tail),
    )
    return [*head, others]


def _short(label: str) -> str:
    return label if len(label) <= LABEL_LENGTH else label[: LABEL_LENGTH - 1] + "…"

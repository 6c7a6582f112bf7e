"""A region of the density map: who is in it, and how its clients repaid."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias

from bokeh_app.queries.catalogue import Variable
from bokeh_app.queries.density import Cell, Density
from bokeh_app.views.values import SHARES_SHOWN_FROM, ValueWriter, lower_first

BAND_LIMIT = 10

Span: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class Region:
    """A span of each variable; None leaves the variable free."""

    x: Span | None = None
    y: Span | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is selected."""
        return self.x is None and self.y is None

    def holds_x(self, cell: Cell) -> bool:
        """Tell whether a cell's middle lies within the span of the first variable."""
        return _holds(self.x, cell.left, cell.right)

    def holds_y(self, cell: Cell) -> bool:
        """Tell whether a cell's middle lies within the span of the second variable."""
        return _holds(self.y, cell.bottom, cell.top)

    def holds(self, cell: Cell) -> bool:
        """Tell whether a cell is selected."""
        return self.holds_x(cell) and self.holds_y(cell)


@dataclass(frozen=True)
class RateBar:
    """The share not repaid between two values; faded where it is not selected."""

    left: float
    right: float
    height: float
    is_selected: bool
    band: str
    clients: str
    rate: str


@dataclass(frozen=True)
class SelectionView:
    """What the selection shows in each of the linked charts."""

    words: str
    x_rates: tuple[RateBar, ...]
    y_rates: tuple[RateBar, ...]
    selected: tuple[bool, ...]


def view_selection(
    writer: ValueWriter, x: Variable, y: Variable, density: Density, region: Region
) -> SelectionView:
    """Describe a region; each rate chart counts what the other variable selects.

    `selected` tells of each cell of the density, in its order.
    """
    across = _rates(
        writer, x, bands_of(density.x_edges), filter(region.holds_y, density.cells),
        lambda cell: cell.left, region.x,
    )  # fmt: skip
    along = _rates(
        writer, y, bands_of(density.y_edges), filter(region.holds_x, density.cells),
        lambda cell: cell.bottom, region.y,
    )  # fmt: skip
    return SelectionView(
        words=_words(writer, x, y, density, region),
        x_rates=across,
        y_rates=along,
        selected=tuple(region.holds(cell) for cell in density.cells),
    )


def bands_of(edges: Sequence[float]) -> list[float]:
    """Return every so many of a map's edges: a share needs more clients than a cell."""
    step = math.ceil((len(edges) - 1) / BAND_LIMIT)
    return [*edges[:-1:step], edges[-1]]


def band_labels(
    writer: ValueWriter, variable: Variable, edges: Sequence[float]
) -> list[str]:
    """Return the bands of a map's edges in words."""
    return [writer.span(variable.unit, *ends) for ends in pairwise(bands_of(edges))]


def band_span(edges: Sequence[float], written: str) -> Span | None:
    """Return the span of a band by its number as a page sends it, if there is one."""
    spans = list(pairwise(bands_of(edges)))
    is_known = written.isdecimal() and len(written) <= 2 and int(written) < len(spans)
    return spans[int(written)] if is_known else None


def band_number(edges: Sequence[float], span: Span | None) -> str:
    """Return the number of the band that a span is, or nothing for any other span."""
    spans = list(pairwise(bands_of(edges)))
    return str(spans.index(span)) if span in spans else ""


def within(region: Region, density: Density) -> Region:
    """Return a region as the whole cells whose middles it holds, or what is left.

    A span that holds no middle of a cell selects nothing.
    """
    return replace(
        region,
        x=_whole(region.x, density.x_edges),
        y=_whole(region.y, density.y_edges),
    )


def _whole(span: Span | None, edges: Sequence[float]) -> Span | None:
    held = [ends for ends in pairwise(edges) if _holds(span, *ends)]
    return (held[0][0], held[-1][1]) if span is not None and held else None


def _holds(span: Span | None, low: float, high: float) -> bool:
    return span is None or span[0] <= (low + high) / 2 <= span[1]


def _rates(
    writer: ValueWriter,
    variable: Variable,
    edges: Sequence[float],
    cells: Iterable[Cell],
    start: Callable[[Cell], float],
    span: Span | None,
) -> tuple[RateBar, ...]:
    counts = [[0, 0, 0] for _ in edges[1:]]
    for cell in cells:
        count = counts[bisect_right(edges, start(cell)) - 1]
        count[0] += cell.client_count
        count[1] += cell.labelled_count
        count[2] += cell.default_count
    return tuple(
        RateBar(
            left=left,
            right=right,
            height=defaults / labelled,
            is_selected=_holds(span, left, right),
            band=writer.span(variable.unit, left, right),
            clients=writer.texts.format.number(clients),
            rate=writer.default_rate(defaults, labelled),
        )
        for (left, right), (clients, labelled, defaults) in zip(
            pairwise(edges), counts, strict=True
        )
        if labelled >= SHARES_SHOWN_FROM
    )


def _words(
    writer: ValueWriter, x: Variable, y: Variable, density: Density, region: Region
) -> str:
    texts = writer.texts
    chosen = [cell for cell in density.cells if region.holds(cell)]
    everyone = sum(cell.client_count for cell in density.cells)
    clients = sum(cell.client_count for cell in chosen)
    rate = _rate(writer, chosen)
    count = texts.plural("find.result_count", clients)
    if region.is_empty:
        return texts("population.nothing_selected", clients=count, rate=rate)
    spans = "; ".join(
        texts(
            "population.criterion_is",
            label=lower_first(variable.label(texts.language)),
            value=writer.span(variable.unit, *span),
        )
        for variable, span in ((x, region.x), (y, region.y))
        if span is not None
    )
    if not everyone or not clients:
        return texts("population.selected_nobody", spans=spans)
    return texts(
        "population.selected",
        spans=spans,
        clients=count,
        share=writer.client_share(clients / everyone),
        rate=rate,
        all_rate=_rate(writer, density.cells),
    )


def _rate(writer: ValueWriter, cells: Sequence[Cell]) -> str:
    return writer.default_rate(
        sum(cell.default_count for cell in cells),
        sum(cell.labelled_count for cell in cells),
    )

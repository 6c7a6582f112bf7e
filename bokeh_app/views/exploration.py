"""Two variables at once: where the clients are, and where this one is."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, replace

from bokeh_app.queries.catalogue import Variable
from bokeh_app.queries.density import Cell, Density
from bokeh_app.views.values import SHARES_SHOWN_FROM, ValueWriter, lower_first

TABLE_ROWS = 12
FAINTEST = 0.08


@dataclass(frozen=True)
class DensityCell:
    """A coloured cell with all that its tooltip says; `alpha` grows with clients."""

    left: float
    right: float
    bottom: float
    top: float
    alpha: float
    x_text: str
    y_text: str
    clients: str
    rate: str


@dataclass(frozen=True)
class DensityView:
    """All that the density map says and draws."""

    x_label: str
    y_label: str
    text: str
    words: tuple[str, ...]
    cells: tuple[DensityCell, ...] = ()
    x_span: tuple[float, float] = (0.0, 1.0)
    y_span: tuple[float, float] = (0.0, 1.0)
    client: tuple[float, float] | None = None
    rows: tuple[DensityCell, ...] = ()


def view_density(
    writer: ValueWriter,
    x: Variable,
    y: Variable,
    density: Density | None,
    position: tuple[float | None, float | None],
    cells: tuple[DensityCell, ...],
) -> DensityView:
    """Describe a density map; without anybody's values it has no cells.

    Parameters
    ----------
    cells : tuple of DensityCell
        What `density_cells` makes of the density: the same for every client.
    """
    texts = writer.texts
    language = texts.language
    x_label, y_label = x.label(language), y.label(language)
    view = DensityView(
        x_label,
        y_label,
        texts("exploration.text", x=x_label, y=y_label),
        words=(texts("exploration.nobody"),),
    )
    if density is None or not density.cells:
        return view
    x_span = (density.x_edges[0], density.x_edges[-1])
    y_span = (density.y_edges[0], density.y_edges[-1])
    view = replace(
        view, cells=cells, rows=cells[:TABLE_ROWS], x_span=x_span, y_span=y_span
    )
    across, along = position
    if across is None or along is None:
        return replace(view, words=(texts("exploration.outside"),))
    client = (_within(across, x_span), _within(along, y_span))
    here = texts(
        "exploration.position",
        x_label=lower_first(x_label),
        x=writer.value(x, across),
        y_label=lower_first(y_label),
        y=writer.value(y, along),
    )
    return replace(
        view, client=client, words=(here, *_neighbourhood(writer, density, client))
    )


def density_cells(
    writer: ValueWriter, x: Variable, y: Variable, density: Density | None
) -> tuple[DensityCell, ...]:
    """Describe the cells of a density map in their order."""
    cells = density.cells if density else ()
    fullest = math.log1p(max((cell.client_count for cell in cells), default=1))
    return tuple(_cell(writer, x, y, cell, fullest) for cell in cells)


def _cell(
    writer: ValueWriter, x: Variable, y: Variable, cell: Cell, fullest: float
) -> DensityCell:
    strength = math.log1p(cell.client_count) / fullest
    return DensityCell(
        left=cell.left,
        right=cell.right,
        bottom=cell.bottom,
        top=cell.top,
        alpha=FAINTEST + (1 - FAINTEST) * strength,
        x_text=writer.span(x.unit, cell.left, cell.right),
        y_text=writer.span(y.unit, cell.bottom, cell.top),
        clients=writer.texts.format.number(cell.client_count),
        rate=writer.default_rate(cell.default_count, cell.labelled_count),
    )


def _neighbourhood(
    writer: ValueWriter, density: Density, client: tuple[float, float]
) -> tuple[str, ...]:
    texts = writer.texts
    x_index = min(bisect_right(density.x_edges, client[0]), len(density.x_edges) - 1)
    y_index = min(bisect_right(density.y_edges, client[1]), len(density.y_edges) - 1)
    left, bottom = density.x_edges[x_index - 1], density.y_edges[y_index - 1]
    total = sum(cell.client_count for cell in density.cells)
    own = next(
        (cell for cell in density.cells if cell.left == left and cell.bottom == bottom),
        None,
    )
    if own is None:
        return ()
    words = [
        texts.plural(
            "exploration.neighbourhood",
            own.client_count,
            share=writer.client_share(own.client_count / total),
        )
    ]
    if own.labelled_count >= SHARES_SHOWN_FROM:
        words.append(
            texts(
                "exploration.neighbourhood_rate",
                rate=writer.default_rate(own.default_count, own.labelled_count),
            )
        )
    return tuple(words)


def _within(value: float, span: tuple[float, float]) -> float:
    return min(max(float(value), span[0]), span[1])

"""The slides' words with their figures, and where each thing stands on a slide."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from tools.documents.errors import DocumentsError
from tools.documents.typesetting import TEMPLATES, environment

# Inches, as PowerPoint's wide slide has them.
WIDTH, HEIGHT = 13.333, 7.5
_LEFT, _FULL = 0.6, 12.13
_BODY_TOP, _BODY_BOTTOM = 1.55, 6.85

INVENTED = "Clients inventés : ces chiffres ne disent rien de vrais clients."
"""On each slide, since slides are shown one by one."""


@dataclass(frozen=True)
class Box:
    """A place on a slide, in inches."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Text:
    """Paragraphs in one style; `**` marks what is bold."""

    box: Box
    paragraphs: tuple[str, ...]
    style: str


@dataclass(frozen=True)
class Picture:
    """A chart by its name, as large as its box lets it be."""

    box: Box
    chart: str
    alt: str


@dataclass(frozen=True)
class Panel:
    """A coloured ground."""

    box: Box
    colour: str


@dataclass(frozen=True)
class Table:
    """Rows of words, the first of them heads."""

    box: Box
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]


Element = Text | Picture | Panel | Table


@dataclass(frozen=True)
class Slide:
    """What is shown, and what the speaker says."""

    title: str
    elements: tuple[Element, ...]
    notes: str


def read_deck(values: Mapping[str, Any]) -> list[Slide]:
    """Return the slides, filled with figures."""
    source = yaml.safe_load((TEMPLATES / "slides.yaml").read_text())
    figures = values["f"]
    measured = [s for s in source if "needs" not in s or figures.has(s["needs"])]
    written = _filled(measured, values)
    mark = INVENTED if values["is_invented"] else ""
    return [_slide(one, place, mark) for place, one in enumerate(written)]


def _filled(source: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(source, str):
        written = environment().from_string(source).render(values)
        return written.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")
    if isinstance(source, list):
        return [_filled(one, values) for one in source]
    if isinstance(source, dict):
        return {key: _filled(one, values) for key, one in source.items()}
    return source


def _slide(source: Mapping[str, Any], place: int, mark: str) -> Slide:
    try:
        layout = _LAYOUTS[source["layout"]]
        elements = tuple(layout(source))
    except KeyError as error:
        raise DocumentsError(f"Slide {place + 1} has no {error}.") from error
    if source["layout"] != "cover":
        elements = (*_frame(source["title"], place + 1, mark), *elements)
    return Slide(source["title"], elements, source["notes"])


def _frame(title: str, page: int, mark: str) -> Iterator[Element]:
    yield Panel(Box(0, 0, WIDTH, 0.14), "navy")
    yield Text(Box(_LEFT, 0.42, _FULL, 0.85), (title,), "title")
    yield Text(Box(12.2, 7.02, 0.6, 0.3), (str(page),), "page")
    if mark:
        yield Text(Box(_LEFT, 7.02, 10.0, 0.3), (mark,), "mark")


def _cover(source: Mapping[str, Any]) -> Iterator[Element]:
    yield Panel(Box(0, 0, WIDTH, HEIGHT), "navy")
    yield Panel(Box(0.9, 3.72, 1.6, 0.07), "accent")
    yield Text(Box(0.9, 2.2, 11.5, 1.3), (source["title"],), "cover")
    yield Text(Box(0.9, 4.05, 11.6, 1.2), (source["lead"],), "cover lead")
    yield Text(Box(0.9, 6.6, 10.5, 0.4), (source["small"],), "cover small")


def _cards(source: Mapping[str, Any]) -> Iterator[Element]:
    cards = source["cards"]
    gap = 0.25
    width = (_FULL - gap * (len(cards) - 1)) / len(cards)
    for place, (figure, words) in enumerate(cards):
        x = _LEFT + place * (width + gap)
        yield Panel(Box(x, _BODY_TOP, width, 2.35), "pale")
        yield Text(Box(x, 1.72, width, 0.8), (figure,), "figure")
        yield Text(Box(x + 0.2, 2.6, width - 0.4, 1.2), (words,), "caption")
    yield _bullets(source, Box(_LEFT, 4.3, _FULL, _BODY_BOTTOM - 4.3))


def _chart(source: Mapping[str, Any]) -> Iterator[Element]:
    height = _BODY_BOTTOM - _BODY_TOP
    yield _bullets(source, Box(_LEFT, _BODY_TOP, 4.75, height))
    place = Box(5.6, _BODY_TOP, 7.13, height)
    yield Picture(place, f"{source['chart']}-slide", source["alt"])


def _table(source: Mapping[str, Any]) -> Iterator[Element]:
    table = source["table"]
    rows = tuple(tuple(row) for row in table["rows"])
    height = 0.62 * len(rows)
    widths = tuple(table["columns"])
    yield Table(Box(_LEFT, _BODY_TOP, sum(widths), height), widths, rows)
    top = _BODY_TOP + height + 0.35
    yield _bullets(source, Box(_LEFT, top, _FULL, _BODY_BOTTOM - top))


def _flow(source: Mapping[str, Any]) -> Iterator[Element]:
    steps = source["steps"]
    gap = 0.42
    width = (_FULL - gap * (len(steps) - 1)) / len(steps)
    for place, (heading, words) in enumerate(steps):
        x = _LEFT + place * (width + gap)
        yield Panel(Box(x, _BODY_TOP, width, 2.35), "pale")
        yield Panel(Box(x, _BODY_TOP, width, 0.08), "accent")
        yield Text(Box(x + 0.1, 1.75, width - 0.2, 0.75), (heading,), "heading")
        yield Text(Box(x + 0.1, 2.55, width - 0.2, 1.3), (words,), "caption")
        if place:
            yield Text(Box(x - gap, 2.4, gap, 0.6), ("→",), "arrow")
    yield _bullets(source, Box(_LEFT, 4.3, _FULL, _BODY_BOTTOM - 4.3))


def _columns(source: Mapping[str, Any]) -> Iterator[Element]:
    columns = source["columns"]
    gap = 0.3
    width = (_FULL - gap * (len(columns) - 1)) / len(columns)
    for place, column in enumerate(columns):
        x = _LEFT + place * (width + gap)
        yield Panel(Box(x, _BODY_TOP, width, 4.9), "pale")
        yield Panel(Box(x, _BODY_TOP, width, 0.08), "accent")
        yield Text(Box(x + 0.2, 1.8, width - 0.4, 0.5), (column["heading"],), "heading")
        yield _bullets(column, Box(x + 0.2, 2.5, width - 0.4, 3.8))


def _bullets(source: Mapping[str, Any], box: Box) -> Text:
    return Text(box, tuple(source["bullets"]), "bullets")


_LAYOUTS: Mapping[str, Callable[[Mapping[str, Any]], Iterator[Element]]] = {
    "cover": _cover,
    "cards": _cards,
    "chart": _chart,
    "table": _table,
    "flow": _flow,
    "columns": _columns,
}

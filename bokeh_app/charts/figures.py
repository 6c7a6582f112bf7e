"""What all figures have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from typing import Any, TypeAlias

from bokeh.events import SelectionGeometry
from bokeh.models import (
    BoxZoomTool,
    CustomAction,
    CustomJS,
    CustomJSTickFormatter,
    HoverTool,
    PanTool,
    Range1d,
    ResetTool,
    SaveTool,
    Tool,
    WheelZoomTool,
    ZoomInTool,
    ZoomOutTool,
)
from bokeh.plotting import figure

from bokeh_app.texts import Texts
from bokeh_app.texts.formats import MINUS

Columns: TypeAlias = dict[str, Any]
Span: TypeAlias = tuple[float, float]


def new_figure(name: str, height: int, x_range: Range1d, y_range: Range1d) -> figure:
    """Make an empty figure that takes the width of its place on the page.

    Parameters
    ----------
    name : str
        The template embeds the figure by this name.
    height : int
        In CSS pixels.
    x_range, y_range : Range1d
        Figures that share one move together.
    """
    return figure(  # type: ignore[call-arg]  # tools is an option of its own
        name=name,
        height=height,
        sizing_mode="stretch_width",
        tools="",
        x_range=x_range,
        y_range=y_range,
    )


def add_exploring_tools(plot: figure, texts: Texts) -> None:
    """Give a figure its tools to move and zoom, named in the page's language."""
    wheel = WheelZoomTool(description=texts("tools.wheel"))
    pan = PanTool(description=texts("tools.pan"))
    tools: list[Tool] = [
        pan,
        wheel,
        BoxZoomTool(description=texts("tools.box")),
        ZoomInTool(description=texts("tools.zoom_in")),
        ZoomOutTool(description=texts("tools.zoom_out")),
        ResetTool(description=texts("tools.reset")),
    ]
    plot.add_tools(*tools)
    add_save(plot, texts)
    plot.toolbar.active_drag = pan
    plot.toolbar.active_scroll = None


def add_save(plot: figure, texts: Texts) -> None:
    """Let a figure be saved as a picture, under a name that tells of no client.

    Bokeh's own tool saves in the format that a figure is drawn in, PNG here.
    """
    plot.toolbar_location = "above"
    plot.add_tools(
        SaveTool(description=texts("tools.save"), filename=plot.name),
        CustomAction(
            description=texts("tools.save_vector"),
            icon="--icon-save-svg",
            callback=CustomJS(
                args={"name": plot.name},
                code="return window.creditFile.savePicture(name)",
            ),
        ),
    )


def add_hover(plot: figure, renderer: Any, tooltips: Sequence[tuple[str, str]]) -> None:
    """Show a tooltip over the marks of one renderer; values are escaped by Bokeh."""
    plot.add_tools(
        HoverTool(renderers=[renderer], tooltips=list(tooltips), visible=False)
    )


def columns(kind: type, records: Iterable[Any]) -> Columns:
    """Turn records of one dataclass into columns; no records give empty columns."""
    rows = [asdict(record) for record in records]
    return {field.name: [row[field.name] for row in rows] for field in fields(kind)}


def local_numbers(
    texts: Texts, *, is_share: bool = False, decimals: int = 4
) -> CustomJSTickFormatter:
    """Write an axis' numbers as the page's language does.

    Bokeh's own formatters carry the marks of English alone.
    """
    return CustomJSTickFormatter(
        args=local_options(texts, is_share=is_share, decimals=decimals),
        code="return new Intl.NumberFormat(language, "
        "{style, maximumFractionDigits: decimals}).format(tick)"
        f'.replace("-", "{MINUS}")',
    )


def local_options(texts: Texts, *, is_share: bool, decimals: int) -> Columns:
    """Return the arguments of `local_numbers`, to change how an axis writes."""
    return {
        "language": texts.language,
        "style": "percent" if is_share else "decimal",
        "decimals": decimals,
    }


def set_span(target: Range1d, low: float, high: float) -> None:
    """Move a range, and what its reset tool returns to."""
    target.update(start=low, end=high, reset_start=low, reset_end=high)


def drawn_box(event: SelectionGeometry) -> tuple[Span, Span] | None:
    """Return the horizontal and the vertical span of a box, once it is drawn."""
    ends: Columns = dict(event.geometry or {})
    if not event.final or ends.get("type") != "rect":
        return None
    return _span(ends["x0"], ends["x1"]), _span(ends["y0"], ends["y1"])


def _span(one: float, other: float) -> Span:
    return min(one, other), max(one, other)

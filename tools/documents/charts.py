"""The report's own charts, in French, as pictures for the documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tools.documents.typesetting import FONT, picture_of
from training.report.charts.drawing import Chart
from training.report.sections import FIRST_PAGE, TECHNICAL_PART

# Chart of the report, and the part of the report that it is drawn from.
_PART_OF_CHART = {
    "cost": None,
    "themes": None,
    "reliability": None,
    "importances": "interpretation",
    "scorecard": "scorecard",
    "candidates": "candidates",
    "drift_features": "drift",
}
# Inches on a slide, at which the charts' text is as large as that of the page.
_ON_A_SLIDE = (7.1, 5.25)


def draw_charts(report: Mapping[str, Any], folder: Path) -> None:
    """Draw every chart: `<name>.svg` for a page, `<name>-slide.svg` and `.png`.

    Parameters
    ----------
    report : mapping
    folder : pathlib.Path
        Is there already.
    """
    charts = {
        name: chart
        for section in (*FIRST_PAGE, *TECHNICAL_PART)
        for name, chart in section.charts.items()
    }
    for name, part in _PART_OF_CHART.items():
        data = report[part] if part else report
        if name == "drift_features" and data["features"] is None:
            continue
        _draw(charts[name], data, folder / f"{name}.svg")
        slide = folder / f"{name}-slide.svg"
        _draw(replace(charts[name], size=_ON_A_SLIDE), data, slide)
        slide.with_suffix(".png").write_bytes(picture_of(slide))


def _draw(chart: Chart, data: Mapping[str, Any], path: Path) -> None:
    # A browser without the font takes its own.
    families = f"'{FONT}', sans-serif"
    path.write_text(chart.svg(data, "fr").replace("'DejaVu Sans'", families))

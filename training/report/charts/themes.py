"""How far each theme moves a score."""

from matplotlib.axes import Axes

from training.report.charts.drawing import BLUE, WIDE, Chart, Data
from training.report.words import Language, number, word


def _themes(axes: Axes, data: Data, language: Language) -> None:
    rows = data["importance"]["themes"][::-1]
    labels = [row[f"label_{language}"] for row in rows]
    values = [row["mean_absolute_points"] for row in rows]
    bars = axes.barh(labels, values, color=BLUE, height=0.65)
    axes.bar_label(bars, [number(value, 1, language) for value in values], padding=4)
    axes.grid(axis="y", visible=False)
    axes.margins(x=0.12)
    axes.set_xlabel(word("points_moved", language))


CHARTS = {"themes": Chart(_themes, (WIDE, 3.9))}

"""The report as one HTML page that needs nothing else."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from training.report.charts import draw_all
from training.report.words import LANGUAGES, Language, number, percent, word

_TEMPLATES = Path(__file__).parent / "templates"


def render_report(document: Mapping[str, Any]) -> str:
    """Render the page in both languages, French first.

    Parameters
    ----------
    document : mapping
        As made by ``report_document``.

    Returns
    -------
    str
        HTML with its charts and styles inside.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        say=_say,
        name=lambda key: _both(lambda language: word(key, language)),
        number=_number,
        percent=_percent,
    )
    charts = {language: draw_all(document, language) for language in LANGUAGES}
    return environment.get_template("report.html.j2").render(
        report=document,
        rows={row["name"]: row for row in document["thresholds"]},
        decisions={row["decision"]: row for row in document["decisions"]},
        chart=lambda key: _both(lambda language: Markup(charts[language][key])),
        style=Markup((_TEMPLATES / "report.css").read_text()),
    )


def _both(text_in: Callable[[Language], str]) -> Markup:
    return Markup("").join(
        Markup('<span lang="{}">{}</span>').format(language, text_in(language))
        for language in LANGUAGES
    )


def _say(french: str, english: str) -> Markup:
    return _both(lambda language: french if language == "fr" else english)


def _number(value: float | None, decimals: int = 3) -> Markup:
    if value is None:
        return escape("\N{EN DASH}")
    return _both(lambda language: number(value, decimals, language))


def _percent(value: float | None, decimals: int = 1) -> Markup:
    if value is None:
        return escape("\N{EN DASH}")
    return _both(lambda language: percent(value, decimals, language))

"""The report as one HTML page that needs nothing else."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from training.evaluation.suspicion import is_too_good
from training.report.sections import FIRST_PAGE, TECHNICAL_PART, Section
from training.report.words import LANGUAGES, Language, number, percent, word

_TEMPLATES = Path(__file__).parent / "templates"


def render_report(
    document: Mapping[str, Any],
    first_page: Sequence[Section] = FIRST_PAGE,
    technical_part: Sequence[Section] = TECHNICAL_PART,
) -> str:
    """Render the page in both languages, French first.

    Parameters
    ----------
    document : mapping
        As made by ``report_document``.
    first_page, technical_part : sequence of Section, optional
        Those whose needs the document does not meet are listed at the page's end,
        with how to get them.

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
        chart=_charts_of((*first_page, *technical_part), document),
    )
    return environment.get_template("report.html.j2").render(
        report=document,
        rows={row["name"]: row for row in document["money"]["policies"]},
        metrics=document["metrics"],
        is_too_good=is_too_good(document["metrics"]["auc"]["value"]),
        first_page=[s for s in first_page if s.is_in(document)],
        technical_part=[s for s in technical_part if s.is_in(document)],
        absent=[s for s in (*first_page, *technical_part) if not s.is_in(document)],
        style=Markup((_TEMPLATES / "report.css").read_text()),
    )


def _charts_of(
    sections: Sequence[Section], document: Mapping[str, Any]
) -> Callable[..., Markup]:
    charts = {name: c for section in sections for name, c in section.charts.items()}

    def chart(name: str, data: Mapping[str, Any] = document) -> Markup:
        return _both(lambda language: Markup(charts[name].svg(data, language)))

    return chart


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

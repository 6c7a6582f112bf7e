"""The model card: what a model is for, and what it is not for, in one page of Markdown.

References
----------
M. Mitchell et al., "Model Cards for Model Reporting", FAT* 2019.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from training.report.words import LANGUAGES, Language, number, percent, word

_TEMPLATES = Path(__file__).parent / "templates" / "model_card"


def model_card(document: Mapping[str, Any]) -> str:
    """Write the card in French, then in English.

    Parameters
    ----------
    document : mapping
        The report's, as made by ``report_document``.
    """
    return "\n".join(_in_language(document, language) for language in LANGUAGES)


def _in_language(document: Mapping[str, Any], language: Language) -> str:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        # Markdown for people of the house, made of our own words and numbers.
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        number=lambda value, decimals=3: number(value, decimals, language),
        percent=lambda value, decimals=1: percent(value, decimals, language),
        word=partial(word, language=language),
    )
    return environment.get_template(f"{language}.md.j2").render(
        report=document,
        rows=document["training"]["rows"],
        held_out=document.get("held_out"),
        business=next(
            row for row in document["money"]["policies"] if row["name"] == "business"
        ),
    )

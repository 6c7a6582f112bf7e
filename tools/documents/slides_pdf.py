"""The slides as PDF, each thing where PowerPoint has it; refuses what does not fit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tools.documents.deck import HEIGHT, WIDTH, Element, Slide, Table, Text
from tools.documents.look import (
    CELL_INCHES,
    COLOURS,
    LINE,
    PARAGRAPH_POINTS,
    STYLES,
    runs_of,
)
from tools.documents.typesetting import TEMPLATES, typeset


def set_slides(slides: Sequence[Slide], folder: Path) -> bytes:
    """Return the slides as PDF.

    Parameters
    ----------
    slides : sequence of Slide
    folder : pathlib.Path
        Holds `<name>.svg` of every chart.

    Raises
    ------
    DocumentsError
        If a text does not fit its box.
    """
    deck = {
        "title": slides[0].title,
        "width": WIDTH,
        "height": HEIGHT,
        "colours": COLOURS,
        "styles": {name: asdict(style) for name, style in STYLES.items()},
        "line": LINE,
        "paragraph": PARAGRAPH_POINTS,
        "cell": CELL_INCHES,
        "slides": [[_described(one) for one in s.elements] for s in slides],
    }
    (folder / "slides.json").write_text(json.dumps(deck))
    return typeset((TEMPLATES / "slides.typ").read_text(), folder)


def _described(element: Element) -> dict[str, Any]:
    described = asdict(element) | {"kind": type(element).__name__.lower()}
    if isinstance(element, Text):
        described["paragraphs"] = [runs_of(words) for words in element.paragraphs]
    if isinstance(element, Table):
        described["rows"] = [[runs_of(word) for word in row] for row in element.rows]
    return described

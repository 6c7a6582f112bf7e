"""Sizes and colours of the slides, the same in PowerPoint and in PDF."""

from __future__ import annotations

import re
from dataclasses import dataclass

COLOURS = {
    "navy": "12355B",
    "accent": "E69F00",
    "blue": "0072B2",
    "pale": "F2F6FA",
    "ink": "1F2933",
    "soft": "52606D",
    "white": "FFFFFF",
}


@dataclass(frozen=True)
class Style:
    """How paragraphs look.

    Attributes
    ----------
    size : int
        Points.
    colour : str
    align : {"left", "center", "right"}, default="left"
    is_bold, has_bullets : bool, default=False
    anchor : {"top", "middle"}, default="top"
    """

    size: int
    colour: str
    align: str = "left"
    is_bold: bool = False
    has_bullets: bool = False
    anchor: str = "top"


STYLES = {
    "cover": Style(46, "white", is_bold=True),
    "cover lead": Style(21, "white"),
    "cover small": Style(13, "white"),
    "title": Style(29, "navy", is_bold=True, anchor="middle"),
    "page": Style(11, "soft", align="right"),
    "mark": Style(11, "soft"),
    "bullets": Style(18, "ink", has_bullets=True),
    "figure": Style(36, "blue", align="center", is_bold=True),
    "caption": Style(15, "ink", align="center"),
    "heading": Style(18, "navy", align="center", is_bold=True, anchor="middle"),
    "arrow": Style(22, "accent", align="center", is_bold=True, anchor="middle"),
    "table head": Style(15, "white", is_bold=True, anchor="middle"),
    "table cell": Style(15, "ink", anchor="middle"),
}

# Between lines as a multiple of the size, between paragraphs and around cells.
LINE, PARAGRAPH_POINTS, CELL_INCHES = 1.15, 9, 0.1


def runs_of(paragraph: str) -> list[tuple[str, bool]]:
    """Cut a paragraph where `**` turns bold on and off."""
    parts = re.split(r"\*\*", paragraph)
    return [(part, place % 2 == 1) for place, part in enumerate(parts) if part]

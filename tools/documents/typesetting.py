"""Typst: templates filled, pages set, pictures drawn, with the fonts of the house."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import matplotlib
import typst
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tools.documents.errors import DocumentsError

FONT = "Lato"
TEMPLATES = Path(__file__).parent / "templates"
_DOTS_PER_INCH = 200.0
_FONT_FOLDERS = [
    Path(str(files("font_lato"))) / "files",
    Path(matplotlib.get_data_path()) / "fonts" / "ttf",
]


def environment(**options: Any) -> Environment:
    """Return templates whose placeholders stand between `<<` and `>>`."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<!--",
        comment_end_string="-->",
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # neither HTML nor XML: each language escapes by `finalize`
        **options,
    )


def fill(template: str, values: Mapping[str, Any]) -> str:
    """Fill a template of Typst; what is filled in is text and never markup."""
    return environment(finalize=_as_text).get_template(template).render(values)


def typeset(
    source: str, folder: Path, kind: Literal["pdf", "png", "html"] = "pdf"
) -> bytes:
    """Set a document whose pictures and styles lie in a folder.

    Parameters
    ----------
    source : str
        Typst markup.
    folder : pathlib.Path
        Takes the source as well.
    kind : {"pdf", "png", "html"}, default="pdf"
        A PDF is tagged for screen readers (PDF/UA); a PNG is of a document with one
        page.

    Raises
    ------
    DocumentsError
        If Typst refuses it, a text that does not fit its box included.
    """
    document = folder / "document.typ"
    document.write_text(source)
    try:
        made = typst.compile(
            document,
            root=folder,
            font_paths=_FONT_FOLDERS,
            ignore_system_fonts=True,
            format=kind,
            ppi=_DOTS_PER_INCH,
            pdf_standards="ua-1" if kind == "pdf" else [],
        )
    except typst.TypstError as error:
        raise DocumentsError(f"The pages cannot be set: {error.message}") from error
    return made


def picture_of(svg: Path) -> bytes:
    """Return an SVG as a PNG on white."""
    page = f'#set page(width: auto, height: auto, margin: 2pt)\n#image("/{svg.name}")'
    return typeset(page, svg.parent, "png")


def _as_text(value: Any) -> str:
    """Write a string of Typst, in which nothing is markup."""
    return f"#{json.dumps(str(value), ensure_ascii=False)};"

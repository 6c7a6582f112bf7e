"""A report with candidates, and the documents made of it, once for the session."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lxml.html
import pypdfium2
import pytest
from pptx import Presentation

from tests.running import must_run
from tools.documents.__main__ import documents_of
from tools.documents.deck import read_deck
from tools.documents.figures import Figures
from tools.documents.note import vocabulary
from tools.documents.source import read_report
from tools.documents.typesetting import fill

COMPARED = ("dummy", "scorecard", "forest", "lightgbm-smote")


@dataclass(frozen=True)
class Made:
    """Documents, the text that they show, and the figures they were to write."""

    files: dict[str, bytes]
    note: str
    note_in_html: str
    slides: str
    presentation: str
    figures_of_note: dict[str, str]
    figures_of_slides: dict[str, str]


@pytest.fixture(scope="session")
def report(champion_dir: Path, session_dir: Path) -> dict[str, Any]:
    runs = session_dir / "runs"
    only = [word for name in COMPARED for word in ("--only", name)]
    few = ("--seeds", "0", "--folds", "2")
    must_run("training", "candidates", *few, *only, "--runs-dir", str(runs))
    return read_report(champion_dir / "report" / "report.json", runs)


@pytest.fixture(scope="session")
def made(report: dict[str, Any]) -> Made:
    files = documents_of(report)
    of_note, of_slides = Figures(report), Figures(report)
    fill("note.typ.j2", vocabulary(of_note))
    read_deck(vocabulary(of_slides))
    return Made(
        files,
        text_of_pdf(files["note-methodologique.pdf"]),
        text_of_html(files["note-methodologique.html"]),
        text_of_pdf(files["presentation.pdf"]),
        text_of_presentation(files["presentation.pptx"]),
        of_note.written,
        of_slides.written,
    )


def text_of_pdf(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def text_of_html(content: bytes) -> str:
    body = lxml.html.fromstring(content).find("body")
    return str(body.text_content())


def text_of_presentation(content: bytes) -> str:
    """Return what slides show and notes say, without the numbers of the pages."""
    lines = []
    for page, slide in enumerate(Presentation(io.BytesIO(content)).slides, start=1):
        for shape in slide.shapes:
            if shape.has_text_frame and shape.text_frame.text != str(page):
                lines.append(shape.text_frame.text)
            if shape.has_table:
                lines += [cell.text for row in shape.table.rows for cell in row.cells]
        lines.append(slide.notes_slide.notes_text_frame.text)
    return "\n".join(lines)

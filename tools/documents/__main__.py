"""Write note and slides: `python -m tools.documents`.

The report is the champion's unless `--report` names another one; without candidates in
it they are taken from `--runs`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.documents.charts import draw_charts
from tools.documents.deck import read_deck
from tools.documents.errors import DocumentsError
from tools.documents.figures import Figures
from tools.documents.note import set_note, vocabulary
from tools.documents.powerpoint import write_powerpoint
from tools.documents.slides_pdf import set_slides
from tools.documents.source import read_report


def documents_of(report: Mapping[str, Any]) -> dict[str, bytes]:
    """Make all documents of a report.

    Parameters
    ----------
    report : mapping
        With candidates.

    Returns
    -------
    dict of str to bytes
        By file name.

    Raises
    ------
    DocumentsError
        If the report lacks a figure, or a text does not fit its slide.
    """
    figures = Figures(report)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        draw_charts(report, folder)
        slides = read_deck(vocabulary(figures))
        return {
            "note-methodologique.pdf": set_note(figures, folder, "pdf"),
            "note-methodologique.html": set_note(figures, folder, "html"),
            "presentation.pdf": set_slides(slides, folder),
            "presentation.pptx": write_powerpoint(slides, folder),
        }


def main() -> int:
    """Write everything; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--report", type=Path, default=Path("models/champion/report/report.json")
    )
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--out", type=Path, default=Path("build/documents"))
    given = parser.parse_args()
    try:
        report = read_report(given.report, given.runs)
        made = documents_of(report)
    except DocumentsError as error:
        print(f"documents: {error}", file=sys.stderr)
        return 1
    given.out.mkdir(parents=True, exist_ok=True)
    for name, content in made.items():
        (given.out / name).write_bytes(content)
        print(given.out / name)
    print(f"Their figures are of {_told(report['training']['origin'])}.")
    return 0


def _told(origin: Mapping[str, Any]) -> str:
    name = origin["source"] or "data whose load was not noted"
    return f"{name}: invented clients" if origin["is_invented"] else name


if __name__ == "__main__":
    sys.exit(main())

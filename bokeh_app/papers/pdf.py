"""Papers as PDF, set by Typst from data alone: no word of them is ever markup."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import typst

from bokeh_app.papers.letter import Letter
from bokeh_app.papers.summary import Summary

LAYOUTS = Path(__file__).with_name("layouts")


def as_pdf(paper: Letter | Summary) -> bytes:
    """Return a paper as tagged PDF that screen readers can read (PDF/UA-1)."""
    layout = "letter" if isinstance(paper, Letter) else "summary"
    return typst.compile(
        LAYOUTS / f"{layout}.typ",
        root=LAYOUTS,
        # Fonts come with the compiler: the same pages on every machine.
        ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(asdict(paper), ensure_ascii=False)},
        format="pdf",
        pdf_standards="ua-1",
    )

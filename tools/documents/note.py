"""The methodology note, in French: pages to print, and one file for browsers."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Literal

from tools.documents.figures import Figures
from tools.documents.typesetting import TEMPLATES, fill, typeset
from training.report.words import percent, word

CONFIDENCE = 0.95
VERDICT_ON_RANKING = {
    "better": "il classe mieux",
    "worse": "il classe moins bien",
    "same": "aucune différence n'est démontrée",
}
VERDICT_ON_COST = {
    "better": "il coûte moins que la référence, au-delà du hasard",
    "worse": "même recalibré, il coûte plus que la référence ; on s'en passe",
    "same": "il ne fait gagner aucun argent que l'on puisse démontrer ; on s'en passe",
}


def vocabulary(figures: Figures) -> dict[str, object]:
    """Return what the templates of all documents may name."""
    return {
        "f": figures,
        "confidence": percent(CONFIDENCE, 0, "fr"),
        "origin": _origin(figures),
        "is_invented": figures.value("training.origin")["is_invented"],
        "metric_name": lambda name: word(name, "fr"),
        "verdict_ranking": VERDICT_ON_RANKING,
        "verdict_cost": VERDICT_ON_COST,
    }


def set_note(figures: Figures, folder: Path, kind: Literal["pdf", "html"]) -> bytes:
    """Return the note.

    Parameters
    ----------
    figures : Figures
    folder : pathlib.Path
        Holds the charts.
    kind : {"pdf", "html"}
        HTML has its charts and its style inside.
    """
    shutil.copy(TEMPLATES / "note_style.typ", folder)
    made = typeset(fill("note.typ.j2", vocabulary(figures)), folder, kind)
    if kind == "pdf":
        return made
    style = f"<style>{(TEMPLATES / 'note.css').read_text()}</style></head>"
    return made.replace(b"</head>", style.encode(), 1)


def _origin(figures: Figures) -> str:
    """Say what was loaded for the model, and whether its clients are invented."""
    if figures.value("training.origin")["source"] is None:
        return "origine non notée"
    name = figures.text("training.origin.source")
    is_invented = figures.value("training.origin")["is_invented"]
    return f"{name} (clients inventés)" if is_invented else name

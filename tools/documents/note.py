"""The methodology note, in French."""

from __future__ import annotations

import shutil
from pathlib import Path

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
        "metric_name": lambda name: word(name, "fr"),
        "verdict_ranking": VERDICT_ON_RANKING,
        "verdict_cost": VERDICT_ON_COST,
    }


def set_note(figures: Figures, folder: Path) -> bytes:
    """Return the note as PDF.

    Parameters
    ----------
    figures : Figures
    folder : pathlib.Path
        Holds the charts.
    """
    shutil.copy(TEMPLATES / "note_style.typ", folder)
    return typeset(fill("note.typ.j2", vocabulary(figures)), folder)

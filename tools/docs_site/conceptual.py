"""The conceptual model (MCD) as a picture and the logical one that follows from it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tools.docs_site.lettering import as_narrow


def draw_conceptual(source: Path) -> tuple[str, str]:
    """Return the MCD as SVG and the MLD as Markdown.

    Parameters
    ----------
    source : pathlib.Path
        The model in Mocodo's notation.
    """
    with tempfile.TemporaryDirectory() as name:
        subprocess.run(
            [
                *(str(Path(sys.executable).with_name("mocodo")), "--input", source),
                *("--output_dir", name, "--language", "en", "--transform", "markdown"),
                *("--colors", "ocean", "--shapes", "arial", "--encodings", "utf8"),
            ],
            capture_output=True,
            check=True,
        )
        made = Path(name)
        picture = as_narrow((made / f"{source.stem}.svg").read_text())
        relations = (made / f"{source.stem}_mld.md").read_text()
    return picture, relations

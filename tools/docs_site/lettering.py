"""Letters of the drawn models."""

from __future__ import annotations

import re

# Boxes are as wide as the words of the first two; a machine that has neither is to take
# no wider font.
_FAMILIES = "Helvetica,Arial,Liberation Sans,DejaVu Sans Condensed,sans-serif"


def as_narrow(svg: str) -> str:
    """Let every text of a drawing take the first of its fonts that a machine has."""
    return re.sub(r'font-family="[^"]*"', f'font-family="{_FAMILIES}"', svg)

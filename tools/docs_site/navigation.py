"""Which page stands where on the site."""

from __future__ import annotations

from pathlib import Path
from typing import Any

# Pages by their path below docs/; what the site makes itself stands in data/ and made/.
_TABS: dict[str, list[str]] = {
    "Platform": ["readme.md", "contributing.md"],
    "Guides": ["*-guide.md", "advisor-guide-en.md", "advisor-trial.md"],
    "Data": [
        "data/overview.md",
        "data/dictionary.md",
        "data/models.md",
        "data/dbt.md",
        "features.md",
        "data/decisions.md",
    ],
    "Model": [
        "training.md",
        "experiments.md",
        "made/model-card.md",
        "made/documents.md",
    ],
    "API": ["made/api.md"],
    "Operation": [
        "deployment.md",
        "runbook.md",
        "roles.md",
        "security.md",
        "data-protection.md",
    ],
    "Decisions": ["adr/README.md", "adr/[0-9]*.md"],
}


def navigation(pages: Path) -> list[dict[str, Any]]:
    """Return the start, which MkDocs wants above all tabs, and the tabs.

    Parameters
    ----------
    pages : pathlib.Path
        The folder that the site is built from. A page that no tab names is left out,
        which MkDocs then reports.
    """
    start: list[dict[str, Any]] = [{"Start": "index.md"}]
    return start + [
        {tab: [name for pattern in patterns for name in _found(pages, pattern)]}
        for tab, patterns in _TABS.items()
    ]


def _found(pages: Path, pattern: str) -> list[str]:
    if "*" not in pattern:
        return [pattern]
    return sorted(str(path.relative_to(pages)) for path in pages.glob(pattern))

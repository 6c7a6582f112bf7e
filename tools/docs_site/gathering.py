"""The documents of the repository as pages, with links that hold on the site."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

_LINK = re.compile(
    r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\((?!\w+:|#)([^)#\s]+)(#[^)\s]*)?\)"
)
# Documents outside docs/, and their pages.
_ELSEWHERE = {
    "README.md": "readme.md",
    "CONTRIBUTING.md": "contributing.md",
    "dbt_project/DECISIONS.md": "data/decisions.md",
}
_LEFT_OUT = shutil.ignore_patterns("*.mcd", "logical.md")


class BrokenLinkError(Exception):
    """A document leads to a file that is not there."""


def gather(root: Path, pages: Path) -> None:
    """Copy the documents of a repository into a folder of pages.

    Parameters
    ----------
    root : pathlib.Path
        Of the repository.
    pages : pathlib.Path
        Is made.

    Raises
    ------
    BrokenLinkError
        If a link leads nowhere.
    """
    shutil.copytree(root / "docs", pages, ignore=_LEFT_OUT)
    for source, page in _ELSEWHERE.items():
        (pages / page).parent.mkdir(exist_ok=True)
        shutil.copy(root / source, pages / page)
    for path in pages.rglob("*.md"):
        written = _source_of(root, path.relative_to(pages))
        path.write_text(relinked(path.read_text(), written, root))


def relinked(text: str, source: Path, root: Path) -> str:
    """Lead the links of a document to the site's pages.

    What the site does not hold, code above all, is named by its path instead.

    Parameters
    ----------
    text : str
        Markdown.
    source, root : pathlib.Path
        The document, and the repository that it stands in.
    """
    here = _page_of(root, source)

    def lead(link: re.Match[str]) -> str:
        mark, label, target, anchor = link.groups()
        target_path = Path(os.path.normpath(source.parent / target))
        if not target_path.exists():
            raise BrokenLinkError(f"{source} links to {target}, which is not there.")
        page = _page_of(root, target_path)
        if page is None:
            return f"{label} (`{target_path.relative_to(root)}`)"
        way = os.path.relpath(page, here.parent if here else ".")
        return f"{mark}[{label}]({way}{anchor or ''})"

    return _LINK.sub(lead, text)


def _page_of(root: Path, path: Path) -> Path | None:
    """Return the page of a file of the repository, where the site has one."""
    inside = path.relative_to(root)
    if str(inside) in _ELSEWHERE:
        return Path(_ELSEWHERE[str(inside)])
    if inside == Path("docs/model/logical.md"):
        return Path("data/models.md")
    if inside == Path("docs/adr"):
        return Path("adr/README.md")
    is_page = path.is_file() and inside.parts[0] == "docs" and path.suffix != ".mcd"
    return inside.relative_to("docs") if is_page else None


def _source_of(root: Path, page: Path) -> Path:
    sources = {there: here for here, there in _ELSEWHERE.items()}
    return root / sources.get(str(page), f"docs/{page}")

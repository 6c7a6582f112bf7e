"""Pages of the site: start, data dictionary, models."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from tools.docs_site.catalogue import Table

_MARKDOWN = MarkdownIt("commonmark").enable("table")
_INLINE = MarkdownIt("commonmark", {"html": False})


def make_environment() -> Environment:
    """Return the templates, which escape what they are given."""
    environment = Environment(
        loader=PackageLoader("tools.docs_site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["marked_up"] = _marked_up
    return environment


def read_overview(source: Path) -> str:
    """Return the Markdown that dbt shows on its first page."""
    return re.sub(r"{% (docs __overview__|enddocs) %}", "", source.read_text()).strip()


def write_pages(
    folder: Path, tables: Sequence[Table], overview: str, relations: str
) -> None:
    """Write the site's own pages.

    Parameters
    ----------
    folder : pathlib.Path
    tables : sequence of Table
    overview, relations : str
        Markdown of the first page and of the logical model.
    """
    environment = make_environment()
    parts = {
        "index": {"overview": _linked(_MARKDOWN.render(overview), tables)},
        "models": {"relations": _MARKDOWN.render(relations)},
        "dictionary": {"tables": tables},
    }
    for name, content in parts.items():
        page = environment.get_template(f"{name}.html.j2").render(content)
        (folder / f"{name}.html").write_text(page)


def _linked(page: str, tables: Sequence[Table]) -> str:
    """Let the names of tables lead to their entries in the dictionary."""
    names = "|".join(table.name for table in tables)
    entry = r'<a href="dictionary.html#\1"><code>\1</code></a>'
    return re.sub(f"<code>({names})</code>", entry, page)


def _marked_up(text: str) -> Markup:
    return Markup(_INLINE.renderInline(text))

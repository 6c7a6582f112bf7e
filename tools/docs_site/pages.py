"""Pages that are made, not written: data, API, model card, documents."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from tools.docs_site.api import calls_of, type_of
from tools.docs_site.catalogue import Table

_INLINE = MarkdownIt("commonmark", {"html": False})
# Markdown, which escapes by itself; all other templates are HTML.
_MARKDOWN = {"api.md.j2", "index.md.j2", "models.md.j2", "documents.md.j2"}


def make_environment() -> Environment:
    """Return the templates; those of HTML escape what they are given."""
    environment = Environment(
        loader=PackageLoader("tools.docs_site"),
        autoescape=lambda name: name not in _MARKDOWN,
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["marked_up"] = _marked_up
    environment.filters["cell"] = _cell
    environment.filters["type_of"] = type_of
    return environment


def read_overview(source: Path) -> str:
    """Return the Markdown that dbt shows on its first page."""
    return re.sub(r"{% (docs __overview__|enddocs) %}", "", source.read_text()).strip()


def write_start_page(pages: Path) -> None:
    """Write where each kind of reader begins."""
    page = make_environment().get_template("index.md.j2").render()
    (pages / "index.md").write_text(page)


def write_data_pages(
    pages: Path, tables: Sequence[Table], overview: str, relations: str
) -> None:
    """Write what is known of the warehouse into `data/`.

    Parameters
    ----------
    pages : pathlib.Path
    tables : sequence of Table
    overview, relations : str
        Markdown of dbt's first page and of the logical model.
    """
    environment = make_environment()
    folder = pages / "data"
    folder.mkdir(exist_ok=True)
    for name, content in {
        "dictionary": {"tables": tables},
        "models": {"relations": relations},
    }.items():
        page = environment.get_template(f"{name}.md.j2").render(content)
        (folder / f"{name}.md").write_text(page)
    (folder / "overview.md").write_text(_linked(overview, tables))


def write_dbt_page(pages: Path, static: Path) -> None:
    """Write the page that shows dbt's own documentation, one file of dbt's making."""
    (pages / "dbt").mkdir()
    shutil.copy(static, pages / "dbt" / "index.html")
    page = make_environment().get_template("dbt.md.j2").render()
    (pages / "data" / "dbt.md").write_text(page)


def write_api_page(pages: Path, document: Mapping[str, Any]) -> None:
    """Write the scoring function's calls, and their OpenAPI document beside them."""
    folder = pages / "made"
    folder.mkdir(exist_ok=True)
    (folder / "openapi.json").write_text(json.dumps(document, indent=1))
    page = make_environment().get_template("api.md.j2")
    (folder / "api.md").write_text(
        page.render(document=document, calls=calls_of(dict(document)))
    )


def write_model_pages(pages: Path, champion: Path, documents: Path) -> None:
    """Write the champion's model card, and what was made of its report.

    Parameters
    ----------
    pages : pathlib.Path
    champion, documents : pathlib.Path
        Either may be absent; its page then says which command makes it.
    """
    folder = pages / "made"
    folder.mkdir(exist_ok=True)
    card = champion / "report" / "model_card.md"
    (folder / "model-card.md").write_text(
        card.read_text() if card.exists() else _NO_MODEL
    )
    page = make_environment().get_template("documents.md.j2")
    (folder / "documents.md").write_text(
        page.render(
            files=list(_brought(folder, champion / "report", documents)),
            origin=_origin(champion / "report" / "report.json"),
        )
    )


_NO_MODEL = (
    "# Model card\n\nNo model has been trained here yet: `make docs` trains one where "
    "there is none.\n"
)
_DOCUMENTS = (
    (
        "Methodology note",
        "method, cost, optimisation, interpretation, fairness, drift, limits",
        "note-methodologique",
        {"html": "web page", "pdf": "PDF"},
    ),
    (
        "Slides",
        "the same in a quarter of an hour, with speaker's notes in PowerPoint",
        "presentation",
        {"pdf": "PDF", "pptx": "PowerPoint"},
    ),
    (
        "Training report",
        "every figure, with its interval",
        "report",
        {"html": "web page", "json": "JSON"},
    ),
)


def _brought(
    folder: Path, *sources: Path
) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """Copy the documents that there are; yield title, content, and names by format."""
    for title, tells, stem, labels in _DOCUMENTS:
        formats = []
        for ending, label in labels.items():
            name = f"{stem}.{ending}"
            for path in (source / name for source in sources):
                if path.exists():
                    shutil.copy(path, folder / name)
                    formats.append((name, label))
        if formats:
            yield title, tells, formats


def _origin(report: Path) -> dict[str, Any]:
    """Return what the champion was trained on, as far as its report says so."""
    unknown = {"source": None, "is_invented": None}
    if not report.exists():
        return unknown
    training = json.loads(report.read_bytes()).get("training", {})
    return {**unknown, **training.get("origin", {})}


def _linked(page: str, tables: Sequence[Table]) -> str:
    """Let the names of tables lead to their entries in the dictionary."""
    names = "|".join(table.name for table in tables)
    return re.sub(f"`({names})`", r"[`\1`](dictionary.md#\1)", page)


def _marked_up(text: str) -> Markup:
    return Markup(_INLINE.renderInline(text))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")

"""The site: pages gathered and made, then built by MkDocs with warnings as errors."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

from tools.docs_site.catalogue import Table
from tools.docs_site.gathering import gather
from tools.docs_site.navigation import navigation
from tools.docs_site.pages import (
    read_overview,
    write_api_page,
    write_data_pages,
    write_dbt_page,
    write_model_pages,
    write_start_page,
)

_HERE = Path(__file__).parent


class SiteError(Exception):
    """MkDocs warned of something, which it has said itself."""


@dataclass(frozen=True)
class Sources:
    """What the site is made of.

    Attributes
    ----------
    root : pathlib.Path
        The repository.
    tables : sequence of Table
    relations : str
        The logical model in Markdown.
    dbt_docs : pathlib.Path
        dbt's documentation in one file.
    api : mapping
        OpenAPI document of the scoring function.
    champion, documents : pathlib.Path
        Folders of the model, and of note and slides; either may be absent.
    """

    root: Path
    tables: Sequence[Table]
    relations: str
    dbt_docs: Path
    api: Mapping[str, Any]
    champion: Path
    documents: Path


def build_site(sources: Sources, site: Path) -> None:
    """Build the site into a folder, in place of what it held.

    Parameters
    ----------
    sources : Sources
    site : pathlib.Path

    Raises
    ------
    BrokenLinkError
        If a document links to a file that is not there.
    SiteError
        If MkDocs warns: of a link, an anchor, or a page that no tab leads to.
    """
    with tempfile.TemporaryDirectory() as name:
        pages = Path(name) / "pages"
        gather(sources.root, pages)
        overview = read_overview(sources.root / "dbt_project/models/overview.md")
        write_start_page(pages)
        write_data_pages(pages, sources.tables, overview, sources.relations)
        write_dbt_page(pages, sources.dbt_docs)
        write_api_page(pages, sources.api)
        write_model_pages(pages, sources.champion, sources.documents)
        for name in ("site.css", "iframe-worker.js"):
            shutil.copy(_HERE / "templates" / name, pages)
        config = load_config(
            str(_HERE / "mkdocs.yml"),
            docs_dir=str(pages),
            site_dir=str(site),
            nav=navigation(pages),
            strict=True,
        )
        try:
            build(config)
        except Abort as error:
            raise SiteError(f"The site was not built: {error}") from error

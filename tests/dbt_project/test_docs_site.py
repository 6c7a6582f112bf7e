"""The site has what each kind of reader needs, and all of it without a network."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page as BrowserPage

from tests.dbt_project.conftest import OwnWarehouse, Query, query_of
from tests.running import ROOT
from tools.docs_site.api import describe_api
from tools.docs_site.catalogue import Table
from tools.docs_site.gathering import BrokenLinkError, relinked
from tools.docs_site.pages import read_overview
from tools.docs_site.site import SiteError, Sources, build_site

OVERVIEW = read_overview(ROOT / "dbt_project" / "models" / "overview.md")
NOTE_AND_SLIDES = {
    "note-methodologique.html",
    "note-methodologique.pdf",
    "presentation.pdf",
    "presentation.pptx",
}
WORKED_QUERIES = re.findall(r"```sql\n(.*?)```", OVERVIEW, re.DOTALL)


class Page(HTMLParser):
    """What a page offers to links, where its own lead, and what it loads."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = {""}
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(path.read_text())

    def handle_starttag(
        self, tag: str, attributes: list[tuple[str, str | None]]
    ) -> None:
        given = {name: value or "" for name, value in attributes}
        self.anchors |= {given[n] for n in ("id", "name") if n in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag in ("script", "img", "iframe") and "src" in given:
            self.loaded.append(given["src"])
        if tag == "link" and given.get("rel") in ("stylesheet", "icon", "preconnect"):
            self.loaded.append(given["href"])


@pytest.fixture(scope="module", params=["advisor", "trainer", "auditor"])
def reader(built_warehouse: Path, request: pytest.FixtureRequest) -> Iterator[Query]:
    own = OwnWarehouse(Path(os.environ["WAREHOUSE_DIR"]))
    with closing(own.connect(request.param)) as connection:
        yield query_of(connection)


@pytest.fixture(scope="module")
def sources(
    declared_tables: list[Table], tmp_path_factory: pytest.TempPathFactory
) -> Sources:
    """Give all that a site is made of before a model has been trained."""
    folder = tmp_path_factory.mktemp("site")
    dbt_docs = folder / "static_index.html"
    dbt_docs.write_text("<!doctype html><title>dbt docs</title>")
    return Sources(
        root=ROOT,
        tables=declared_tables,
        relations="- **CLIENT** (<u>client_id</u>)",
        dbt_docs=dbt_docs,
        api=describe_api(),
        champion=folder / "champion",
        documents=folder / "documents",
    )


@pytest.fixture(scope="module")
def site(sources: Sources, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("made")
    build_site(sources, made)
    return made


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in site.rglob("*.html")}


def test_every_worked_query_answers_whoever_reads_the_marts(reader: Query) -> None:
    assert len(WORKED_QUERIES) >= 5
    assert all(reader(query) for query in WORKED_QUERIES)


def test_every_link_leads_to_a_page_and_a_place_on_it(
    pages: dict[Path, Page], site: Path
) -> None:
    broken = []
    for path, page in pages.items():
        for link in page.links:
            target, _, anchor = unquote(link).partition("#")
            if re.match(r"[a-z]+:", target) or path.name == "404.html":
                continue
            there = (path.parent / target).resolve() if target else path
            if there not in pages:
                broken += [f"{path.relative_to(site)}: {link}"] * (not there.is_file())
            elif anchor not in pages[there].anchors:
                broken.append(f"{path.relative_to(site)}: {link}")
    assert broken == []


def test_nothing_is_loaded_from_elsewhere(pages: dict[Path, Page], site: Path) -> None:
    loaded = {source for page in pages.values() for source in page.loaded}
    assert [source for source in loaded if re.match(r"(https?:)?//", source)] == []
    styles = "".join(path.read_text() for path in site.rglob("*.css"))
    assert re.findall(r"url\(['\"]?(?:https?:)?//[^)]*", styles) == []


@pytest.mark.browser
def test_the_site_is_searched_from_a_disk_without_a_network(
    stranger: BrowserPage, site: Path
) -> None:
    asked: list[str] = []
    stranger.on("request", lambda request: asked.append(request.url))
    stranger.goto((site / "index.html").as_uri())
    stranger.locator(".md-search__input").click()
    stranger.keyboard.type("quarantine")
    found = stranger.locator(".md-search-result__link").first
    found.wait_for(state="visible")
    found.click()
    stranger.wait_for_url("**/*quarantine*")
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def test_every_kind_of_reader_has_a_guide(site: Path) -> None:
    kinds = "advisor analyst data-scientist manager integrator auditor operator"
    for kind in kinds.split():
        assert (site / f"{kind}-guide.html").exists(), kind
    start = (site / "index.html").read_text()
    assert {f"{kind}-guide.html" for kind in kinds.split()} <= set(
        re.findall(r'href="([\w-]+-guide\.html)"', start)
    )


def test_every_table_is_in_the_dictionary(
    pages: dict[Path, Page], site: Path, declared_tables: list[Table]
) -> None:
    dictionary = pages[site / "data" / "dictionary.html"]
    assert {table.name for table in declared_tables} <= dictionary.anchors


def test_every_code_is_in_the_dictionary_with_its_labels(
    built: Query, site: Path
) -> None:
    dictionary = (site / "data" / "dictionary.html").read_text()
    entries = {
        entry.partition('"')[0]: unescape(entry)
        for entry in dictionary.split('<h2 id="')[1:]
    }
    for code_set, *cells in built("""
        select code_set, code, label_fr, label_en from marts.ref_code_label
    """):
        code, french, english = cells
        row = f"<td><code>{code}</code></td><td>{french}</td><td>{english}</td>"
        assert row in entries[f"ref_{code_set}"], code


def test_every_call_of_the_function_is_described(site: Path) -> None:
    described = (site / "made" / "api.html").read_text()
    paths = describe_api()["paths"]
    assert [path for path in paths if path not in described] == []
    assert (site / "made" / "openapi.json").exists()


def test_without_a_model_the_site_says_how_to_make_one(site: Path) -> None:
    for page in ("model-card", "documents"):
        assert "<code>make docs</code>" in (site / "made" / f"{page}.html").read_text()


def test_a_model_and_its_documents_are_on_the_site(
    sources: Sources, tmp_path: Path
) -> None:
    report = tmp_path / "champion" / "report"
    report.mkdir(parents=True)
    (report / "model_card.md").write_text("# Fiche du modèle 1\n")
    (report / "report.html").write_text("<title>Report</title>")
    origin = {"source": "sample-9", "is_invented": True}
    (report / "report.json").write_text(json.dumps({"training": {"origin": origin}}))
    documents = tmp_path / "documents"
    documents.mkdir()
    for name in NOTE_AND_SLIDES:
        (documents / name).write_bytes(name.encode())
    trained = replace(sources, champion=tmp_path / "champion", documents=documents)
    build_site(trained, tmp_path / "site")
    made = tmp_path / "site" / "made"
    assert "Fiche du modèle 1" in (made / "model-card.html").read_text()
    for name in NOTE_AND_SLIDES:
        assert (made / name).read_bytes() == name.encode()
    links = Page(made / "documents.html").links
    assert {"report.html", "report.json", *NOTE_AND_SLIDES} <= set(links)
    assert "Invented clients" in (made / "documents.html").read_text()


def test_a_document_that_leads_nowhere_is_refused() -> None:
    source = ROOT / "docs" / "runbook.md"
    with pytest.raises(BrokenLinkError, match=r"runbook\.md links to nowhere\.md"):
        relinked("[there](nowhere.md)", source, ROOT)


def test_a_warning_of_mkdocs_fails_the_build(sources: Sources, tmp_path: Path) -> None:
    """Here: a link to a place that its page does not have."""
    wrong = replace(sources, relations="[there](#nowhere)")
    with pytest.raises(SiteError):
        build_site(wrong, tmp_path / "site")


def test_code_is_named_where_the_site_does_not_hold_it() -> None:
    source = ROOT / "docs" / "runbook.md"
    text = relinked("[settings](../.env.example) [why](adr/README.md)", source, ROOT)
    assert text == "settings (`.env.example`) [why](adr/README.md)"


def test_a_worked_query_runs_as_it_is_pasted() -> None:
    assert all(query.endswith(";\n") for query in WORKED_QUERIES)


def test_every_table_that_the_overview_names_exists(
    declared_tables: list[Table],
) -> None:
    named = set(re.findall(r"\b(?:dim|fct|agg|ref)_\w+", OVERVIEW))
    assert named <= {table.name for table in declared_tables}

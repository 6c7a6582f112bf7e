"""The page: what a reader finds in it, whatever the run measured."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from rich.console import Console

from tests.training.test_scorecard_reading import Card
from training.data.feature_table import FeatureTable
from training.evaluation.scorecard_reading import scorecard_reading
from training.options import TrainingOptions
from training.progress import Progress
from training.report.all_sections import figures_of
from training.report.document import report_document
from training.report.model_card import model_card
from training.report.page import render_report
from training.report.sections import FIRST_PAGE, TECHNICAL_PART, Section
from training.runs import run
from training.runs.held_out import read_held_out

VOID = {"meta", "input", "br", "path", "use", "rect", "image", "line", "polygon"}


@pytest.fixture(scope="module")
def document(
    table: FeatureTable, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    options = TrainingOptions(folds=2, seeds=(0,))
    runs = tmp_path_factory.mktemp("runs")
    result = run.train(table, runs, options, Progress(Console(file=io.StringIO())))
    held_out = read_held_out(result, "version")
    figures = figures_of(result) | {"held_out": held_out}
    trees = {row["name"]: 1.0 for row in figures["importance"]["features"]}
    figures["scorecard"] = scorecard_reading(Card(), table.features, trees)
    return report_document(run._manifest(result), result.evaluation, figures)


@pytest.fixture(scope="module")
def page(document: dict[str, Any]) -> str:
    return render_report(document)


class Balance(HTMLParser):
    """Fail at the first element that is not closed where it was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if "svg" not in self.open and named.get("id"):
            self.ids.append(str(named["id"]))
        if tag == "a":
            self.links.append(str(named.get("href")))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, (tag, self.getpos())


def test_the_page_is_whole_and_its_table_of_contents_leads_somewhere(page: str) -> None:
    found = Balance()
    found.feed(page)
    assert found.open == []
    assert len(found.ids) == len(set(found.ids))
    assert len(found.links) >= 4
    assert {link.removeprefix("#") for link in found.links} <= set(found.ids)


def test_every_sentence_stands_in_both_languages(page: str) -> None:
    outside = re.sub(r"<svg.*?</svg>", "", page, flags=re.S)
    french, english = (outside.count(f'<span lang="{code}">') for code in ("fr", "en"))
    assert french == english > 100


def test_the_technical_part_is_closed_and_comes_last(
    page: str, document: dict[str, Any]
) -> None:
    assert (
        page.count("<details>")
        == page.count("<summary>")
        == len([s for s in TECHNICAL_PART if s.is_in(document)])
    )
    assert page.index("<details>") > max(
        page.index(f'id="{section.name}"') for section in FIRST_PAGE
    )


def test_what_was_not_measured_is_named_with_the_way_to_get_it(
    document: dict[str, Any],
) -> None:
    how = ("lancer <cela>", "run <this>")
    absent = Section("stars", ("Étoiles", "Stars"), {}, needs="stars", how=how)
    page = render_report(document, (), (absent,))
    assert "Étoiles" in page and "Stars" in page
    assert "run &lt;this&gt;" in page
    assert 'id="stars"' not in page


def test_every_section_that_needs_figures_tells_how_to_get_them() -> None:
    for section in (*FIRST_PAGE, *TECHNICAL_PART):
        assert all(section.title)
        assert all(section.how) == (section.needs is not None), section.name


def test_no_two_sections_name_a_chart_alike() -> None:
    names = [name for s in (*FIRST_PAGE, *TECHNICAL_PART) for name in s.charts]
    assert len(names) == len(set(names))


def test_searches_and_variants_are_told_with_their_intervals(
    document: dict[str, Any],
) -> None:
    estimate = {"value": 0.0012, "low": -0.003, "high": 0.005}
    pair = {"reference": 0.5, "candidate": 0.5012, "difference": estimate}
    measured = {"auc": pair, "cost_per_client": pair}
    trial = {"number": 0, "cost": 0.49, "auc": None, "rounds": 90, "recipe": {}}
    search = {
        "objective": "cost",
        "defaults": trial | {"number": -1, "recipe": {"num_leaves": 8}},
        "best": trial | {"recipe": {"num_leaves": 5}},
        "trials": [trial, trial | {"number": 1, "cost": None}],
    }
    columns = {"columns": {"mean": 40.0, "min": 30, "max": 50}, "in_every_fold": 12}
    added = {
        "search": search | {"nested": {"trials": [15, 9], **measured}},
        "selection": {
            "columns": 300,
            "rows": [{"name": "null_importance", **columns, **measured}],
        },
        "constraints": {
            "rows": [{"label_fr": "Retards", "label_en": "Delays", "columns": 9}]
        },
    }
    added["constraints"]["rows"][0] |= measured
    told = [s for s in TECHNICAL_PART if s.name in added]
    page = render_report(document | added, (), told)
    found = Balance()
    found.feed(page)
    assert found.open == []
    assert {"search", "selection", "constraints"} <= set(found.ids)
    assert "nothing certain" in page
    assert '+<span lang="fr">0,0012</span><span lang="en">0.0012</span>' in page
    assert "Measured on another recipe" not in page
    added["selection"]["is_other_method"] = True
    page = render_report(document | added, (), told)
    note = page.index("Measured on another recipe")
    assert page.index('id="selection"') < note < page.index('id="constraints"')
    added["search"] = search | {"nested": None}
    unmeasured = render_report(document | added, (), told)
    assert "training search --nested" in unmeasured


@pytest.mark.parametrize("is_invented", [True, False, None])
def test_page_and_card_say_where_the_clients_are_invented(
    document: dict[str, Any], is_invented: bool | None
) -> None:
    origin = {"source": "a-folder", "is_invented": is_invented}
    told = document | {"training": document["training"] | {"origin": origin}}
    card, page = model_card(told), render_report(told, (), ())
    assert ("Invented clients." in page) is bool(is_invented)
    assert ("**Invented clients:**" in card) is bool(is_invented)
    assert ("**Clients inventés :**" in card) is bool(is_invented)
    assert "Source: `a-folder`." in card

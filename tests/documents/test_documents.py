"""Note and slides say what the report says, and nothing of their own."""

from __future__ import annotations

import copy
import io
import re
from pathlib import Path
from typing import Any

import lxml.html
import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from pptx import Presentation
from pptx.util import Inches

from tests.documents.conftest import Made, text_of_html, text_of_presentation
from tests.running import run_module
from tools.documents.__main__ import documents_of
from tools.documents.deck import HEIGHT, INVENTED, WIDTH, Box, Slide, Text, read_deck
from tools.documents.errors import DocumentsError, MissingFigureError
from tools.documents.figures import Figures
from tools.documents.note import vocabulary
from tools.documents.powerpoint import write_powerpoint
from tools.documents.slides_pdf import set_slides
from tools.documents.source import read_report
from tools.documents.typesetting import TEMPLATES, fill

# Names, the 1 of the formula, and sizes on the page: none of them was measured.
NOT_FIGURES = (
    r"F[12]\b",
    r"\\u\{31\}",
    r"\d+fr\b",
    r"width: \d+%",
    r"columns: \[[\d., ]+\]",
)
A_NUMBER = r"\d+(?:[,\u202f]\d+)*"


def without_placeholders(template: str) -> str:
    return re.sub(r"<<.*?>>|<%.*?%>", "", template, flags=re.DOTALL)


def squeezed(text: str) -> str:
    """Drop what lines are broken by, which differs from format to format."""
    return re.sub(r"\s|\N{NO-BREAK SPACE}|\N{NARROW NO-BREAK SPACE}", "", text)


def with_figure(report: dict[str, Any], value: object, *path: str) -> dict[str, Any]:
    changed = copy.deepcopy(report)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return changed


@pytest.mark.parametrize("name", ["note.typ.j2", "slides.yaml"])
def test_no_number_of_a_document_is_typed_by_hand(name: str) -> None:
    words = without_placeholders((TEMPLATES / name).read_text())
    for pattern in NOT_FIGURES:
        words = re.sub(pattern, "", words)
    assert re.findall(r".*\d.*", words) == []


def test_every_figure_that_a_document_names_stands_in_it(made: Made) -> None:
    assert len(made.figures_of_note) > 200
    assert len(made.figures_of_slides) > 40
    for text, figures in (
        (made.note, made.figures_of_note),
        (made.note_in_html, made.figures_of_note),
        (made.presentation, made.figures_of_slides),
    ):
        shown = squeezed(text)
        missing = {k: v for k, v in figures.items() if squeezed(v) not in shown}
        # Shown or compared with: a name by which a sentence is chosen is no figure.
        assert {key for key in missing if re.search(r"\d", missing[key])} == set()


def test_every_number_of_the_slides_is_the_report_s(made: Made) -> None:
    written = " ".join(made.figures_of_slides.values())
    words = re.sub(r"F[12]\b", "", made.presentation)
    known = set(re.findall(A_NUMBER, written)) | {"95"}
    assert set(re.findall(A_NUMBER, words)) - known == set()


def test_another_report_gives_other_documents(report: dict[str, Any]) -> None:
    """And in French: a comma, a narrow space between thousands."""
    changed = with_figure(report, 0.4321, "metrics", "auc", "value")
    changed = with_figure(changed, 54_321, "training", "rows", "labelled")
    words = " ".join(
        paragraph
        for slide in read_deck(vocabulary(Figures(changed)))
        for element in slide.elements
        if isinstance(element, Text)
        for paragraph in element.paragraphs
    )
    assert "0,432" in words
    assert "54\N{NARROW NO-BREAK SPACE}321" in words


def test_a_missing_figure_is_named(report: dict[str, Any]) -> None:
    without = with_figure(report, {}, "metrics", "auc")
    with pytest.raises(MissingFigureError, match=r"`metrics\.auc\.value`"):
        read_deck(vocabulary(Figures(without)))


def test_without_anybody_to_drift_from_the_rest_is_told(
    report: dict[str, Any], made: Made
) -> None:
    drift = {"features": None, "score": None, "adversarial": None}
    files = documents_of(with_figure(report, drift, "drift"))
    slides = len(pypdfium2.PdfDocument(files["presentation.pdf"]))
    assert slides == len(pypdfium2.PdfDocument(made.files["presentation.pdf"])) - 1
    told = text_of_html(files["note-methodologique.html"])
    assert "issue de tous les clients de ces données est connue" in told


def test_whose_figures_they_are_is_told_and_invented_ones_on_each_slide(
    report: dict[str, Any], made: Made
) -> None:
    name = report["training"]["origin"]["source"]
    for text in (made.note, made.note_in_html, made.slides):
        assert f"{name} (clients inventés)" in " ".join(text.split())
    assert "Clients inventés." in made.note
    assert "Clients inventés." in made.note_in_html
    cover, *others = read_deck(vocabulary(Figures(report)))
    assert all(INVENTED in str(slide.elements) for slide in others)

    origin = {"source": "home-credit.zip", "is_invented": False}
    real = Figures(with_figure(report, origin, "training", "origin"))
    assert "Clients inventés" not in fill("note.typ.j2", vocabulary(real))
    cover, *others = read_deck(vocabulary(real))
    assert "données : home-credit.zip" in str(cover.elements)
    assert not any(INVENTED in str(slide.elements) for slide in others)


def test_the_note_for_browsers_needs_no_other_file(made: Made) -> None:
    page = lxml.html.fromstring(made.files["note-methodologique.html"])
    led_to = {*page.xpath("//@href"), *page.xpath("//@src")}
    assert {link[0] for link in led_to if not link.startswith("data:image/")} == {"#"}
    assert {link[1:] for link in led_to if link[0] == "#"} <= set(page.xpath("//@id"))
    assert "url(" not in "".join(page.xpath("//style/text()"))


@pytest.mark.browser
def test_the_note_is_read_on_any_screen_and_by_any_reader(
    stranger: Page, made: Made, tmp_path: Path
) -> None:
    path = tmp_path / "note.html"
    path.write_bytes(made.files["note-methodologique.html"])
    stranger.set_viewport_size({"width": 390, "height": 800})
    stranger.goto(path.as_uri())
    found = Axe().run(stranger).response["violations"]
    assert [violation["id"] for violation in found] == []
    width = stranger.evaluate("document.documentElement.scrollWidth")
    assert width == 390, "the page is to scroll downwards alone"


@pytest.mark.parametrize("name", ["note-methodologique.pdf", "presentation.pdf"])
def test_a_pdf_says_that_it_is_made_for_screen_readers(made: Made, name: str) -> None:
    document = pypdfium2.PdfDocument(made.files[name])
    assert pypdfium2.raw.FPDFCatalog_IsTagged(document)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made.files[name]


def test_slides_in_pdf_and_in_powerpoint_say_the_same(made: Made) -> None:
    slides = Presentation(io.BytesIO(made.files["presentation.pptx"])).slides
    assert len(slides) == len(pypdfium2.PdfDocument(made.files["presentation.pdf"]))
    assert 10 <= len(slides) <= 12
    # Arrows stand between boxes: a PDF's text has them wherever they come in a line.
    shown = squeezed(made.slides).replace("→", "")
    for slide in slides:
        assert slide.notes_slide.notes_text_frame.text
        for shape in slide.shapes:
            if shape.has_text_frame:
                for paragraph in shape.text_frame.paragraphs:
                    assert squeezed(paragraph.text).replace("→", "") in shown


def test_everything_on_a_slide_lies_on_it(made: Made) -> None:
    slides = Presentation(io.BytesIO(made.files["presentation.pptx"])).slides
    for slide in slides:
        for shape in slide.shapes:
            assert min(shape.left, shape.top) >= 0, shape.name
            assert shape.left + shape.width <= Inches(WIDTH) + 1, shape.name
            assert shape.top + shape.height <= Inches(HEIGHT) + 1, shape.name


def test_a_text_that_does_not_fit_its_box_is_refused(tmp_path: Path) -> None:
    box = Box(1, 1, 4, 1)
    fitting = Slide("t", (Text(box, ("Deux lignes de mots",), "bullets"),), "n")
    assert set_slides([fitting], tmp_path).startswith(b"%PDF")
    long = Slide("t", (Text(box, ("Trop de mots " * 20,), "bullets"),), "n")
    with pytest.raises(DocumentsError, match=r"does not fit its box .*Trop de mots"):
        set_slides([long], tmp_path)


def test_bold_is_a_run_of_its_own_in_powerpoint(tmp_path: Path) -> None:
    text = Text(Box(1, 1, 4, 1), ("dit **fort** ici",), "bullets")
    made = write_powerpoint([Slide("t", (text,), "n")], tmp_path)
    (slide,) = Presentation(io.BytesIO(made)).slides
    runs = slide.shapes[0].text_frame.paragraphs[0].runs
    assert [(run.text, run.font.bold) for run in runs] == [
        ("dit ", False),
        ("fort", True),
        (" ici", False),
    ]
    assert text_of_presentation(made) == "dit fort ici\nn"


def test_without_a_model_the_command_says_what_to_run(tmp_path: Path) -> None:
    report, made = tmp_path / "report.json", tmp_path / "made"
    finished = run_module(
        "tools.documents", "--report", str(report), "--out", str(made)
    )
    assert finished.returncode == 1
    assert "make demo SERVE=0" in finished.stderr
    assert not made.exists()


def test_without_candidates_the_refusal_says_what_to_run(
    champion_dir: Path, tmp_path: Path
) -> None:
    with pytest.raises(DocumentsError, match="python -m training candidates"):
        read_report(champion_dir / "report" / "report.json", tmp_path)

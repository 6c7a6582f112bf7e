"""The slides as PowerPoint: real text, tables and notes, charts as pictures."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from tools.documents.deck import (
    HEIGHT,
    WIDTH,
    Box,
    Panel,
    Picture,
    Slide,
    Table,
    Text,
)
from tools.documents.look import (
    CELL_INCHES,
    COLOURS,
    LINE,
    PARAGRAPH_POINTS,
    STYLES,
    Style,
    runs_of,
)

# Wherever PowerPoint runs it has Calibri, which is no wider than the PDF's Lato.
_FONT = "Calibri"
_BLANK_LAYOUT = 6
_ALIGNMENTS = {
    "left": PP_ALIGN.LEFT,
    "center": PP_ALIGN.CENTER,
    "right": PP_ALIGN.RIGHT,
}
_ANCHORS = {"top": MSO_ANCHOR.TOP, "middle": MSO_ANCHOR.MIDDLE}


def write_powerpoint(slides: Iterable[Slide], charts: Path) -> bytes:
    """Return a presentation.

    Parameters
    ----------
    slides : iterable of Slide
    charts : pathlib.Path
        Holds `<name>.png` of every chart.
    """
    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = Inches(WIDTH), Inches(HEIGHT)
    for slide in slides:
        page = presentation.slides.add_slide(presentation.slide_layouts[_BLANK_LAYOUT])
        for element in slide.elements:
            match element:
                case Panel():
                    _add_panel(page, element)
                case Text():
                    _add_text(page, element)
                case Picture():
                    _add_picture(page, element, charts)
                case Table():
                    _add_table(page, element)
        page.notes_slide.notes_text_frame.text = slide.notes
    made = io.BytesIO()
    presentation.save(made)
    return made.getvalue()


def _add_panel(page: Any, panel: Panel) -> None:
    shape = page.shapes.add_shape(MSO_SHAPE.RECTANGLE, *_place(panel.box))
    shape.fill.solid()
    shape.fill.fore_color.rgb = _colour(panel.colour)
    shape.line.fill.background()
    shape.shadow.inherit = False


def _add_text(page: Any, text: Text) -> None:
    frame = page.shapes.add_textbox(*_place(text.box)).text_frame
    style = STYLES[text.style]
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = _ANCHORS[style.anchor]
    _write(frame, text.paragraphs, style)


def _add_picture(page: Any, picture: Picture, charts: Path) -> None:
    x, y, width, height = _place(picture.box)
    shape = page.shapes.add_picture(str(charts / f"{picture.chart}.png"), x, y)
    scale = min(width / shape.width, height / shape.height)
    shape.width, shape.height = (
        Emu(int(shape.width * scale)),
        Emu(int(shape.height * scale)),
    )
    shape.left = Emu(x + (width - shape.width) // 2)
    shape.top = Emu(y + (height - shape.height) // 2)
    shape.name = picture.chart
    shape._element.nvPicPr.cNvPr.set("descr", picture.alt)


def _add_table(page: Any, table: Table) -> None:
    size = (len(table.rows), len(table.widths))
    shape = page.shapes.add_table(*size, *_place(table.box))
    made = shape.table
    # The look is set cell by cell: PowerPoint's own banding would lie under it.
    shape._element.graphic.graphicData.tbl.tblPr.set("bandRow", "0")
    for column, width in zip(made.columns, table.widths, strict=True):
        column.width = Inches(width)
    for place, words in enumerate(table.rows):
        ground = "navy" if place == 0 else "white" if place % 2 else "pale"
        style = STYLES["table head" if place == 0 else "table cell"]
        for cell, word in zip(made.rows[place].cells, words, strict=True):
            cell.fill.solid()
            cell.fill.fore_color.rgb = _colour(ground)
            cell.margin_left = cell.margin_right = Inches(CELL_INCHES)
            cell.margin_top = cell.margin_bottom = 0
            cell.vertical_anchor = _ANCHORS[style.anchor]
            _write(cell.text_frame, (word,), style)


def _write(frame: Any, paragraphs: Sequence[str], style: Style) -> None:
    frame.word_wrap = True
    for place, words in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.alignment = _ALIGNMENTS[style.align]
        paragraph.line_spacing = LINE
        if style.has_bullets:
            paragraph.space_after = Pt(PARAGRAPH_POINTS)
            _give_bullet(paragraph)
        for part, is_bold in runs_of(words):
            run = paragraph.add_run()
            run.text = part
            run.font.name = _FONT
            run.font.size = Pt(style.size)
            run.font.bold = style.is_bold or is_bold
            run.font.color.rgb = _colour(style.colour)


def _give_bullet(paragraph: Any) -> None:
    properties = paragraph._p.get_or_add_pPr()
    indent = Inches(0.25)
    properties.set("marL", str(int(indent)))
    properties.set("indent", str(-int(indent)))
    mark = properties.makeelement(qn("a:buChar"), {"char": "•"})
    properties.append(mark)


def _colour(name: str) -> RGBColor:
    return RGBColor(*bytes.fromhex(COLOURS[name]))  # type: ignore[no-untyped-call]


def _place(box: Box) -> tuple[Inches, Inches, Inches, Inches]:
    return Inches(box.x), Inches(box.y), Inches(box.width), Inches(box.height)

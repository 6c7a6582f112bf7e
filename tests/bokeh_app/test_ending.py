import gc
import sys
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from bokeh.document import Document
from bokeh.models import ColumnDataSource
from bokeh.server.session import ServerSession

from bokeh_app.page import ending
from bokeh_app.page.ending import ENDS_FOR_A_COLLECTION, at_end


def session_of(document: Document) -> ServerSession:
    return ServerSession("an-id", document)


@contextmanager
def walked_over() -> Iterator[list[int]]:
    """Collect how many objects each full collection has walked over."""
    counts: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start" and info["generation"] == 2:
            counts.append(len(gc.get_objects()))

    gc.callbacks.append(note)
    try:
        yield counts
    finally:
        gc.callbacks.remove(note)


def test_the_end_of_a_session_walks_over_no_other_session(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ending, "ENDS_FOR_A_COLLECTION", sys.maxsize)
    document = Document()
    at_end(document)
    session = session_of(document)
    others = [[] for _ in range(50_000)]
    with walked_over() as counts:
        session.destroy()
    assert counts, "Bokeh no longer collects: at_end has become superfluous."
    assert max(counts) < len(others) / 10
    assert gc.get_freeze_count() == 0


def test_the_end_of_a_session_is_told_once() -> None:
    told = []
    document = Document()
    at_end(document, lambda: told.append("left"))
    session_of(document).destroy()
    assert told == ["left"]


def test_what_ended_sessions_leave_is_collected_where_nothing_is_made_anew() -> None:
    def end_one() -> weakref.ref[ColumnDataSource]:
        left = ColumnDataSource({"x": [1, 2]})
        document = Document()
        document.add_root(left)
        at_end(document)
        session_of(document).destroy()
        return weakref.ref(left)

    gc.disable()
    try:
        left = [end_one() for _ in range(3 * ENDS_FOR_A_COLLECTION)]
        kept = sum(one() is not None for one in left)
    finally:
        gc.enable()
    assert kept < ENDS_FOR_A_COLLECTION

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from bokeh.document import Document
from bokeh.models import ColumnDataSource
from bokeh.server.session import ServerSession

from bokeh_app.page.ending import at_end


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


def test_the_end_of_a_session_walks_over_no_other_session() -> None:
    document = Document()
    at_end(document)
    ending = session_of(document)
    others = [[] for _ in range(50_000)]
    with walked_over() as counts:
        ending.destroy()
    assert counts, "Bokeh no longer collects: at_end has become superfluous."
    assert max(counts) < len(others) / 10
    assert gc.get_freeze_count() == 0


def test_the_end_of_a_session_is_told_once() -> None:
    told = []
    document = Document()
    at_end(document, lambda: told.append("left"))
    session_of(document).destroy()
    assert told == ["left"]


def test_what_an_ended_session_leaves_is_collected_later() -> None:
    document = Document()
    document.add_root(ColumnDataSource({"x": [1, 2]}, name="left behind"))
    at_end(document)
    session_of(document).destroy()
    del document
    gc.collect()
    kept = [
        one
        for one in gc.get_objects()
        if isinstance(one, ColumnDataSource) and one.name == "left behind"
    ]
    assert not kept

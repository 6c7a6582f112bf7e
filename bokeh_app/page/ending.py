"""The end of a session, which the others must not notice."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

from bokeh.document import Document


def at_end(document: Document, leave: Callable[[], None] = lambda: None) -> None:
    """Call back when a document's session is over, and let it go without a pause.

    Bokeh collects garbage when it destroys a document, and once more after the
    callbacks that one may register for that: each a walk over every object of the
    process, during which nobody is answered. Some pages closed one after the other are
    destroyed together, and their walks add up to seconds. So all objects are set aside
    meanwhile: there is nothing to walk over, and what the document leaves behind goes
    with the next of Python's own collections.

    Parameters
    ----------
    document : Document
    leave : callable, optional
        Must not raise.

    References
    ----------
    "Ensure gc.collect is not excessively called", holoviz/panel, pull request 3259:
    the same pauses, met otherwise.
    """
    destroy = document.destroy

    def end(session: Any) -> None:
        leave()
        gc.freeze()
        try:
            destroy(session)
        finally:
            gc.unfreeze()

    document.destroy = end  # type: ignore[method-assign]

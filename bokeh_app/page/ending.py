"""The end of a session, which the others must not notice."""

from __future__ import annotations

import gc
from collections.abc import Callable
from itertools import count
from typing import Any

from bokeh.document import Document

# Each leaves a few megabytes; one walk takes what all of them have left.
ENDS_FOR_A_COLLECTION = 20
_ends = count(1)


def at_end(document: Document, leave: Callable[[], None] = lambda: None) -> None:
    """Call back when a document's session is over, and let it go without a pause.

    Bokeh collects garbage when it destroys a document, and once more after the
    callbacks that one may register for that: each a walk over every object of the
    process, during which nobody is answered. Some pages closed one after the other are
    destroyed together, and their walks add up to seconds. So all objects are set aside
    meanwhile: there is nothing to walk over, and what some documents have left behind
    is collected in one walk. Python's own collections take it earlier only where as
    much is made anew.

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
        if next(_ends) % ENDS_FOR_A_COLLECTION == 0:
            gc.collect()

    document.destroy = end  # type: ignore[method-assign]

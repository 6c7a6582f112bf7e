"""The two mailboxes between the page in the browser and its session."""

from __future__ import annotations

from bokeh.core.properties import Any, Dict, String
from bokeh.model import DataModel


class PageBridge(DataModel):
    """Carries real HTML to the page, and the advisor's actions back.

    Figures live in shadow DOM; headings, tables and forms stay in the page itself,
    where assistive technology, printing and one style sheet reach them.

    Attributes
    ----------
    view : dict
        From session to browser: fragments of HTML by element, and the state of the
        page. Read by `static/js/dashboard.js`.
    request : dict
        From browser to session: an action and its values, none of them trusted.
    """

    view = Dict(String, Any, default={})
    request = Dict(String, Any, default={})

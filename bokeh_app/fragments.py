"""Pieces of HTML, rendered from `templates/fragments` with all data escaped."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from bokeh_app.texts import Texts

TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True)
class Fragments:
    """Renders the pieces of one language."""

    texts: Texts

    def render(self, name: str, /, **values: object) -> str:
        """Render a fragment.

        Parameters
        ----------
        name : str
            File name in `templates/fragments`, without its ending.
        values : object
            Escaped wherever the fragment writes them.
        """
        template = _environment().get_template(f"fragments/{name}.html")
        return template.render(t=self.texts, **values)


def page_template(name: str) -> Template:
    """Return the template of a whole page, by its file name in `templates`."""
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

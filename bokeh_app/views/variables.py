"""Finding variables by what people call them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bokeh_app.queries.catalogue import Catalogue, Variable
from bokeh_app.texts import Language, Texts

FOUND_LIMIT = 60

Options = list[tuple[str, str]]


@dataclass(frozen=True)
class FoundVariables:
    """Variables by theme, how many there are, and what to do about the others."""

    groups: dict[str, Options]
    count: str
    note: str


def find_variables(
    texts: Texts,
    offered: Sequence[Variable],
    text: str,
    cited: Sequence[str],
    language: Language,
) -> FoundVariables:
    """Return the variables that a text means; without one, the cited come first.

    Parameters
    ----------
    texts : Texts
    offered : sequence of Variable
    text : str
        Each of its words must be in the label or the theme, accents aside.
    cited : sequence of str
        Names of the variables that the reasons for a client cite.
    language : {"fr", "en"}
    """
    found = matching(offered, text, language)
    shown = found[:FOUND_LIMIT]
    groups: dict[str, Options] = {}
    if not text:
        by_name = {variable.name: variable for variable in offered}
        first = [by_name[name] for name in cited if name in by_name]
        if first:
            groups[texts("comparison.cited")] = [
                (one.name, one.label(language)) for one in first
            ]
        shown = [one for one in shown if one not in first]
    for variable in shown:
        options = groups.setdefault(variable.theme_label(language), [])
        options.append((variable.name, variable.label(language)))
    rest = len(found) - len(shown)
    note = texts("population.none_found") if not found else ""
    if len(found) > FOUND_LIMIT:
        note = texts("population.more_found", count=texts.format.number(rest))
    return FoundVariables(
        groups, texts.plural("population.found_count", len(found)), note
    )


def matching(
    offered: Iterable[Variable], text: str, language: Language
) -> list[Variable]:
    """Return the variables with every word of a text, by theme and label."""
    words = plain(text).split()
    found = [
        variable
        for variable in offered
        if all(word in _searched(variable, language) for word in words)
    ]
    return sorted(
        found, key=lambda one: (one.theme_label(language), one.label(language))
    )


def labels_of_themes(catalogue: Catalogue, language: Language) -> Options:
    """Return the themes with their labels, by label."""
    labels = {
        one.theme: one.theme_label(language) for one in catalogue.variables.values()
    }
    return sorted(labels.items(), key=lambda theme: theme[1])


def plain(text: str) -> str:
    """Return a text without case and accents, as people type it."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in decomposed if not unicodedata.combining(one))


def _searched(variable: Variable, language: Language) -> str:
    return plain(f"{variable.label(language)} {variable.theme_label(language)}")

"""Who is in a group, in words."""

from __future__ import annotations

from bokeh_app.queries.groups import Criterion, Group, Members
from bokeh_app.queries.similar import NEIGHBOUR_COUNT
from bokeh_app.views.values import ValueWriter, lower_first

OLDEST = 100


def group_in_words(writer: ValueWriter, group: Group, members: Members) -> str:
    """Say whom a client is compared with, and what makes them alike."""
    texts = writer.texts
    if group == "chosen" and not members.criteria:
        return texts("population.no_criterion")
    told = texts(f"comparison.groups_note.{group}", count=NEIGHBOUR_COUNT)
    if not members.criteria:
        return told
    alike = "; ".join(_in_words(writer, criterion) for criterion in members.criteria)
    return f"{told} {texts('population.alike', criteria=alike)}"


def _in_words(writer: ValueWriter, criterion: Criterion) -> str:
    texts, variable = writer.texts, criterion.variable
    label = lower_first(variable.label(texts.language))
    if criterion.span is None:
        value = lower_first(writer.value(variable, criterion.code))
    else:
        value = _years(writer, *criterion.span)
    return texts("population.criterion_is", label=label, value=value)


def _years(writer: ValueWriter, low: float, below: float) -> str:
    texts = writer.texts
    if low <= 0:
        return texts("population.years_below", below=int(below))
    if below >= OLDEST:
        return texts("population.years_from", low=int(low))
    return texts("population.years_between", low=int(low), high=int(below) - 1)

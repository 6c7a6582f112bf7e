"""All of a client's data in a list: what it is called, its value, what is usual."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bokeh_app.queries.catalogue import Variable
from bokeh_app.queries.typical import Typical
from bokeh_app.views.exports import Sheet
from bokeh_app.views.values import ValueWriter

Own = Mapping[str, float | str | None]


@dataclass(frozen=True)
class DataRow:
    """One variable; `value` is None where the client has none."""

    label: str
    theme: str
    value: str | None
    typical: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class ClientDataView:
    """Some variables, how many there are, and how many to show next."""

    count: str
    sample: str
    rows: tuple[DataRow, ...]
    next_shown: int | None


def data_rows(
    writer: ValueWriter,
    variables: Sequence[Variable],
    own: Own,
    typical: Mapping[str, Typical | None],
) -> tuple[DataRow, ...]:
    """Describe the variables of a client in their order."""
    texts = writer.texts
    return tuple(
        DataRow(
            label=variable.label(texts.language),
            theme=variable.theme_label(texts.language),
            value=None
            if own[variable.name] is None
            else writer.value(variable, own[variable.name]),
            typical=_typical(writer, variable, typical.get(variable.name)),
            unit=texts(f"population.unit.{variable.unit}"),
            meaning=variable.description,
        )
        for variable in variables
    )


def client_data_sheet(
    writer: ValueWriter, variables: Sequence[Variable], own: Own
) -> Sheet:
    """Return a client's variables as a table, numbers as they are stored."""
    texts = writer.texts
    return Sheet(
        "data",
        [
            texts("population.column_data"),
            texts("population.theme"),
            texts("population.column_value"),
            texts("population.column_unit"),
        ],
        [
            [
                variable.label(texts.language),
                variable.theme_label(texts.language),
                writer.value(variable, value) if isinstance(value, str) else value,
                texts(f"population.unit.{variable.unit}"),
            ]
            for variable in variables
            for value in [own[variable.name]]
        ],
    )


def _typical(writer: ValueWriter, variable: Variable, typical: Typical | None) -> str:
    if typical is None or typical.value is None:
        return writer.texts("population.mostly_missing")
    written = writer.value(variable, typical.value)
    if typical.missing_share < 0.005:
        return written
    return writer.texts(
        "population.typical_with_gaps",
        value=written,
        share=writer.client_share(typical.missing_share),
    )

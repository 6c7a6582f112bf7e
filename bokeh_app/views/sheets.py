"""What the charts show, as tables to take away."""

from __future__ import annotations

from collections.abc import Sequence

from bokeh_app.queries.catalogue import Variable
from bokeh_app.queries.density import Density
from bokeh_app.queries.distribution import Bar, Category, Distribution
from bokeh_app.queries.history import History
from bokeh_app.queries.population import Counted
from bokeh_app.texts import Texts
from bokeh_app.views.exports import Sheet, Value
from bokeh_app.views.values import ValueWriter


def comparison_sheet(
    writer: ValueWriter, variable: Variable, counted: Counted
) -> Sheet:
    """Return the bands or codes of a variable with their clients and outcomes."""
    texts = writer.texts
    label = variable.label(texts.language)
    counts = _count_headings(texts)
    if isinstance(counted, Distribution):
        missing = counted.missing
        rows: list[list[Value]] = [
            [bar.left, bar.right, *_counts(bar)] for bar in counted.bands
        ]
        if missing.client_count:
            rows.append([texts("comparison.not_filled"), None, *_counts(missing)])
        header = [
            texts("population.sheet_from", label=label),
            texts("population.sheet_to", label=label),
        ]
        return Sheet("comparison", [*header, *counts], rows)
    return Sheet(
        "comparison",
        [label, *counts],
        [
            [
                texts("comparison.not_filled")
                if one.code is None
                else writer.code(variable.code_set or variable.name, one.code),
                *_counts(one),
            ]
            for one in counted or ()
        ],
    )


def density_sheet(
    texts: Texts, x: Variable, y: Variable, density: Density | None
) -> Sheet:
    """Return the cells of two variables with their clients and outcomes."""
    header = [
        texts(f"population.sheet_{end}", label=variable.label(texts.language))
        for variable in (x, y)
        for end in ("from", "to")
    ]
    return Sheet(
        "density",
        [*header, *_count_headings(texts)],
        [
            [
                *(cell.left, cell.right, cell.bottom, cell.top),
                *(cell.client_count, cell.labelled_count, cell.default_count),
            ]
            for cell in (density.cells if density else ())
        ],
    )


def loans_sheet(writer: ValueWriter, history: History) -> Sheet:
    """Return the loans and applications, days counted from the application."""
    texts = writer.texts
    return Sheet(
        "loans",
        [
            texts("history.column_kind"),
            texts("history.column_product"),
            texts("history.column_status"),
            texts("population.sheet_start_day"),
            texts("population.sheet_end_day"),
            texts("history.column_amount"),
        ],
        [
            [
                texts(f"history.kind.{loan.kind}"),
                writer.code(
                    "credit_type" if loan.kind == "elsewhere" else "contract_type",
                    loan.product,
                ),
                writer.code(
                    "credit_status" if loan.kind == "elsewhere" else "contract_status",
                    loan.status,
                ),
                loan.start_day,
                loan.end_day,
                loan.amount,
            ]
            for loan in history.loans
        ],
    )


def payments_sheet(texts: Texts, history: History) -> Sheet:
    """Return the instalments, days counted from the application."""
    return Sheet(
        "payments",
        [
            texts("population.sheet_due_day"),
            texts("history.column_amount"),
            texts("history.axis_late"),
        ],
        [[one.due_day, one.due_amount, one.days_late] for one in history.installments],
    )


def _count_headings(texts: Texts) -> Sequence[str]:
    return (
        texts("comparison.column_clients"),
        texts("comparison.column_outcomes"),
        texts("population.sheet_defaults"),
    )


def _counts(counted: Bar | Category) -> tuple[int, int, int]:
    return counted.client_count, counted.labelled_count, counted.default_count

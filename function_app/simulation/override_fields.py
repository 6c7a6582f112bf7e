"""What of one client's request a simulation may change: now, and within what bounds.

Read from the type that simulations are checked against, so that both say the same.
"""

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin, get_type_hints

import annotated_types
from pydantic.fields import FieldInfo

from function_app.schemas.overrides import FIELDS, Application, Overrides, term_of
from function_app.schemas.simulation import (
    ChoiceField,
    FlagField,
    NumberField,
    RequestField,
)


def request_fields(application: Application) -> tuple[RequestField, ...]:
    """Describe every field that one client's simulations take, in their order.

    Parameters
    ----------
    application : mapping of str to object
        What the client asked for.
    """
    hints = get_type_hints(Overrides, include_extras=True)
    current = {**application, "term_months": term_of(application)}
    # A revolving credit has no term to simulate.
    is_revolving = application["contract_type"] == "Revolving loans"
    return tuple(
        _field(name, hints[name], current[name])
        for name in FIELDS
        if not (is_revolving and name == "term_months")
    )


def _field(name: str, hint: Any, current: Any) -> RequestField:
    kind, *metadata = get_args(hint)
    [info] = [one for one in metadata if isinstance(one, FieldInfo)]
    description = info.description or ""
    if get_origin(kind) is Literal:
        return ChoiceField(
            field=name,
            description=description,
            current=current,
            choices=list(get_args(kind)),
        )
    if kind is bool:
        return FlagField(field=name, description=description, current=current)
    low, high = _bounds(info)
    return NumberField(
        field=name,
        description=description,
        current=current,
        minimum=low,
        maximum=high,
    )


def _bounds(info: FieldInfo) -> Iterator[float]:
    for kind, bound in (
        (annotated_types.Ge, "ge"),
        (annotated_types.Le, "le"),
    ):
        [limit] = [one for one in info.metadata if isinstance(one, kind)]
        yield float(getattr(limit, bound))

"""Whom a client is compared with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from psycopg2.sql import SQL, Composable
from psycopg2.sql import Literal as Value

from bokeh_app.queries.blocks import side_by_side
from bokeh_app.queries.catalogue import Catalogue, Variable
from bokeh_app.queries.clients import AGE_BANDS
from bokeh_app.sources.warehouse import Warehouse

Group = Literal["all", "profile", "chosen", "similar"]
GROUPS: tuple[Group, ...] = get_args(Group)

AGE = "application_age_years"
# What an advisor may choose a group by, and the features that tell it.
CODE_CRITERIA: dict[str, str] = {
    "contract_type": "application_contract_type",
    "income_type": "application_income_type",
    "occupation": "application_occupation",
    "education_level": "application_education_level",
    "family_status": "application_family_status",
    "housing_type": "application_housing_type",
}
CRITERIA = ("age_band", *CODE_CRITERIA)
PROFILE = ("application_contract_type", "application_income_type")
PROFILE_YEARS = 10

Chosen: TypeAlias = Mapping[str, str]


@dataclass(frozen=True)
class Criterion:
    """What the members of a group have in common in one variable.

    A code, or None where all of them lack one; or a span, of which `below` is the
    first number outside.
    """

    variable: Variable
    code: str | None = None
    span: tuple[float, float] | None = None

    def condition(self) -> Composable:
        """Return the criterion as SQL over a column of the variable's name."""
        column = self.variable.column
        if self.span is None:
            return SQL("{column} is not distinct from {code}").format(
                column=column, code=Value(self.code)
            )
        low, below = self.span
        return SQL("{column} >= {low} and {column} < {below}").format(
            column=column, low=Value(low), below=Value(below)
        )


@dataclass(frozen=True)
class Members:
    """A group of clients: all who meet every criterion, or those of a list."""

    criteria: tuple[Criterion, ...] = ()
    client_ids: tuple[int, ...] | None = None

    def values(self, *variables: Variable) -> Composable:
        """Return a query of the members' `is_default` and these variables."""
        if self.client_ids is not None:
            return SQL(
                """
                select dim_client.is_default{columns}
                from features.client_features
                inner join marts.dim_client
                    on client_features.client_id = dim_client.client_id
                where client_features.client_id = any({client_ids}::integer[])
                """
            ).format(
                columns=_after_a_comma(variables),
                client_ids=Value(list(self.client_ids)),
            )
        everybody = side_by_side(
            [*variables, *(criterion.variable for criterion in self.criteria)]
        )
        conditions = [criterion.condition() for criterion in self.criteria]
        met = SQL(" where ") + SQL(" and ").join(conditions) if conditions else SQL("")
        return (
            SQL("select is_default{columns} from ({everybody}) as client").format(
                columns=_after_a_comma(variables), everybody=everybody
            )
            + met
        )


def same_profile(
    warehouse: Warehouse, catalogue: Catalogue, client_id: int
) -> tuple[Criterion, ...]:
    """Return what clients of the same profile as one have in common with them."""
    variables = [catalogue.variable(name) for name in (AGE, *PROFILE)]
    own = own_values(warehouse, variables, client_id)
    codes = ((variable, own[variable.name]) for variable in variables[1:])
    criteria = [
        Criterion(variable, code if isinstance(code, str) else None)
        for variable, code in codes
    ]
    age = own[AGE]
    if isinstance(age, float):
        low = age // PROFILE_YEARS * PROFILE_YEARS
        criteria.append(Criterion(variables[0], span=(low, low + PROFILE_YEARS)))
    return tuple(criteria)


def chosen_criteria(catalogue: Catalogue, chosen: Chosen) -> tuple[Criterion, ...]:
    """Return the criteria of a form; what is empty or unknown leaves clients free."""
    criteria = [
        Criterion(catalogue.variable(feature), chosen[name])
        for name, feature in CODE_CRITERIA.items()
        if chosen.get(name) in catalogue.codes(name)
    ]
    band = AGE_BANDS.get(chosen.get("age_band", ""))
    if band is not None:
        criteria.append(Criterion(catalogue.variable(AGE), span=band))
    return tuple(criteria)


def own_values(
    warehouse: Warehouse, variables: Iterable[Variable], client_id: int
) -> dict[str, float | str | None]:
    """Return one client's values by name, all None for an unknown client."""
    listed = _distinct(variables)
    query = SQL(
        "select {columns} from features.client_features where client_id = {client_id}"
    ).format(columns=SQL(", ").join(map(_exact, listed)), client_id=Value(client_id))
    return warehouse.row(query) or dict.fromkeys(one.name for one in listed)


def _distinct(variables: Iterable[Variable]) -> list[Variable]:
    return list({variable.name: variable for variable in variables}.values())


def _exact(variable: Variable) -> Composable:
    """Return the column as it is: a real is sent as a short decimal otherwise."""
    kept = "{column}::double precision as {column}"
    return SQL(kept if variable.is_numeric else "{column}").format(
        column=variable.column
    )


def _after_a_comma(variables: Iterable[Variable]) -> Composable:
    return SQL("").join(SQL(", ") + _exact(one) for one in _distinct(variables))

"""What a simulation may change, within which bounds, and what contradicts itself."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple, get_type_hints

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

MIN_TERM_MONTHS = 6
MAX_TERM_MONTHS = 72
_SCHOOL_YEARS = 14

ContractType = Literal["Cash loans", "Revolving loans"]
EducationLevel = Literal[
    "Lower secondary",
    "Secondary / secondary special",
    "Incomplete higher",
    "Higher education",
    "Academic degree",
]
HousingType = Literal[
    "House / apartment",
    "With parents",
    "Municipal apartment",
    "Rented apartment",
    "Office apartment",
    "Co-op apartment",
]


@with_config(ConfigDict(extra="forbid", strict=True))
class Overrides(TypedDict, total=False):
    """Other answers in one client's application; what is not named stays.

    A key is absent or has a value: nothing can be made unknown.
    """

    contract_type: Annotated[ContractType, Field(description="Kind of credit.")]
    credit_amount: Annotated[
        float,
        Field(
            ge=10_000,
            le=10_000_000,
            allow_inf_nan=False,
            description="Amount borrowed. The annuity stays unless it, or the term, is "
            "changed too.",
        ),
    ]
    annuity_amount: Annotated[
        float,
        Field(
            ge=500,
            le=1_000_000,
            allow_inf_nan=False,
            description="Amount of one instalment; not together with `term_months`.",
        ),
    ]
    term_months: Annotated[
        float,
        Field(
            ge=MIN_TERM_MONTHS,
            le=MAX_TERM_MONTHS,
            allow_inf_nan=False,
            description="Instalments that repay the amount borrowed, interest aside. "
            "An application states no other term; the annuity follows from it.",
        ),
    ]
    goods_price_amount: Annotated[
        float,
        Field(
            ge=5_000,
            le=10_000_000,
            allow_inf_nan=False,
            description="Price of what is bought.",
        ),
    ]
    income_amount: Annotated[
        float,
        Field(ge=5_000, le=20_000_000, allow_inf_nan=False, description="Income."),
    ]
    employment_years: Annotated[
        float,
        Field(
            ge=0, le=60, allow_inf_nan=False, description="Years in the current job."
        ),
    ]
    education_level: Annotated[EducationLevel, Field(description="Highest education.")]
    housing_type: Annotated[HousingType, Field(description="How the client lives.")]
    has_realty: Annotated[bool, Field(description="Owns a house or flat.")]


Application = Mapping[str, Any]
"""A client's answers by column of ``marts.dim_client``, those of COLUMNS."""

FIELDS = tuple(get_type_hints(Overrides))
COLUMNS = (*(name for name in FIELDS if name != "term_months"), "age_years")


class Contradiction(NamedTuple):
    """An override that goes with neither the others nor the client."""

    field: str
    message: str


def term_of(application: Application) -> float | None:
    """Return the months in which the annuity repays the amount, interest aside."""
    credit, annuity = application["credit_amount"], application["annuity_amount"]
    return credit / annuity if credit and annuity else None


def changed_columns(application: Application, overrides: Overrides) -> dict[str, Any]:
    """Return the columns that ``features.what_if`` is to be given.

    Parameters
    ----------
    application : mapping of str to object
    overrides : Overrides
        Without contradictions.
    """
    columns: dict[str, Any] = {**overrides}
    term = columns.pop("term_months", None)
    if term is not None:
        credit = columns.get("credit_amount", application["credit_amount"])
        columns["annuity_amount"] = round(credit / term, 2)
    if "employment_years" in columns:
        columns["is_employment_unknown"] = False
    return columns


def contradictions(
    application: Application, overrides: Overrides
) -> list[Contradiction]:
    """Return everything in which the overrides contradict each other or the client."""
    return [
        *_term_faults(application, overrides),
        *_repayment_faults(application, overrides),
        *_employment_faults(application, overrides),
    ]


def _term_faults(
    application: Application, overrides: Overrides
) -> Sequence[Contradiction]:
    if "term_months" not in overrides:
        return ()
    if "annuity_amount" in overrides:
        message = "annuity_amount and term_months say the same: give one of them"
        return [
            Contradiction("annuity_amount", message),
            Contradiction("term_months", message),
        ]
    if {**application, **overrides}["contract_type"] == "Revolving loans":
        return [Contradiction("term_months", "a revolving credit has no term")]
    return ()


def _repayment_faults(
    application: Application, overrides: Overrides
) -> Sequence[Contradiction]:
    if "term_months" in overrides:
        return ()
    term = term_of({**application, **overrides})
    if term is None or MIN_TERM_MONTHS <= term <= MAX_TERM_MONTHS:
        return ()
    message = (
        f"amount and annuity must give {MIN_TERM_MONTHS} to {MAX_TERM_MONTHS} months "
        "(credit_amount / annuity_amount)"
    )
    return [
        Contradiction(field, message)
        for field in ("credit_amount", "annuity_amount")
        if field in overrides
    ]


def _employment_faults(
    application: Application, overrides: Overrides
) -> Sequence[Contradiction]:
    age = application["age_years"]
    if age is None or overrides.get("employment_years", 0) <= age - _SCHOOL_YEARS:
        return ()
    return [
        Contradiction(
            "employment_years", "longer than this client can have been at work"
        )
    ]

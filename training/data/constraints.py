"""Where credit sense demands a direction: more delay never lowers the risk.

The families below say which columns; the direction of each is the catalogue's
``expected_direction``, written from credit sense and never from data. A column whose
direction the catalogue leaves open stays free, whatever its name.

The model then keeps its word to a client: all else equal, a longer delay, more debt or
another refusal cannot be what improved their score. It keeps it between known values
only: a column that is missing, as the days since a delay are for a client who was
never late, may stand on either side of any value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from psycopg2 import extensions

from scoring import Feature
from training.errors import ParametersError


@dataclass(frozen=True)
class Family:
    """Columns that share a reason for their direction.

    Attributes
    ----------
    name, label_fr, label_en : str
    patterns : tuple of str
        Names of columns, with ``*`` for anything.
    exceptions : tuple of str
        Patterns of names that are left free all the same.
    """

    name: str
    label_fr: str
    label_en: str
    patterns: tuple[str, ...]
    exceptions: tuple[str, ...] = ()

    def holds(self, column: str) -> bool:
        """Whether a column is of the family."""
        return _matches(column, self.patterns) and not _matches(column, self.exceptions)


# Trends and deviations are no levels: a delay that shrinks may still be a long one.
_CHANGES = ("*_trend*", "*_slope*", "*_deviation*", "*_difference*")

FAMILIES = (
    Family(
        "delay",
        "Retards de paiement",
        "Payment delays",
        (
            "*days_late*",
            "*late_share*",
            "*late_week_share*",
            "*late_first_share*",
            "*late_recent_mean*",
            "*late_money_ratio*",
            "*late_month_share*",
            "*late_month_tolerated_share*",
            "*severe_month_share*",
            "*_since_late_min*",
            "*days_past_due*",
            "*past_due_bucket*",
            "*overdue*",
            "*past_planned_end*",
        ),
        _CHANGES,
    ),
    Family(
        "shortfall",
        "Sommes impayées",
        "Amounts not paid",
        (
            "*underpaid_share*",
            "*unpaid_share*",
            "*unpaid_any*",
            "*shortfall_amount*",
            "*shortfall_to_income_ratio*",
            "*paid_to_due*",
            "*below_minimum*",
        ),
        _CHANGES,
    ),
    Family(
        "debt",
        "Endettement",
        "Debt",
        (
            "bureau_debt_*",
            "overall_debt_*",
            "*_annuity_to_income_ratio*",
            "card_balance_to_limit*",
            "card_over_limit_share*",
        ),
        _CHANGES,
    ),
    Family(
        "refusal",
        "Refus antérieurs",
        "Past refusals",
        (
            "previous_*count_refused*",
            "previous_days_since_decision_*_refused",
            "*refused_share*",
            "*refusal_share*",
            "previous_refusal_*_share",
        ),
        _CHANGES,
    ),
    Family(
        "external_score",
        "Scores externes",
        "External scores",
        ("application_external_score_*",),
        ("*_spread*", "*_count*", "*_to_age_*", *_CHANGES),
    ),
)

_DIRECTIONS_QUERY = """
    select feature_name, expected_direction from features.feature_catalogue
"""


def read_directions(connection: extensions.connection) -> dict[str, int]:
    """Read the direction that the catalogue expects of each feature."""
    with connection.cursor() as cursor:
        cursor.execute(_DIRECTIONS_QUERY)
        return {name: int(direction or 0) for name, direction in cursor}


def families_named(names: Sequence[str]) -> tuple[Family, ...]:
    """Return the families of a recipe.

    Raises
    ------
    ParametersError
        If there is none of a name.
    """
    by_name = {family.name: family for family in FAMILIES}
    unknown = sorted(set(names) - by_name.keys())
    if unknown:
        raise ParametersError(
            f"There is no family of constraints {', '.join(unknown)}. There are "
            f"{', '.join(by_name)}."
        )
    return tuple(by_name[name] for name in names)


def monotone_directions(
    features: Sequence[Feature],
    expected: Mapping[str, int],
    families: Sequence[Family] = FAMILIES,
) -> tuple[int, ...]:
    """Return the constraint of each column, for ``BoostedTrees``.

    Parameters
    ----------
    features : sequence of Feature
        In column order.
    expected : mapping of str to int
        1 where more is expected to mean more risk, -1 where less, 0 where unknown.
    families : sequence of Family

    Returns
    -------
    tuple of int
        0 for columns of no family, and for categorical ones, which have no order.
    """
    return tuple(
        expected.get(feature.name, 0)
        if feature.data_type == "numeric"
        and any(family.holds(feature.name) for family in families)
        else 0
        for feature in features
    )


def _matches(column: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(column, pattern) for pattern in patterns)

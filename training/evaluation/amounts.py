"""Each client's credit, as the cost of a wrong decision needs it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scoring import ClientCosts, CreditCostRates, Feature

Floats = NDArray[np.float64]

CREDIT = "application_credit_amount"
ANNUITY = "application_annuity_amount"
_MONTHS_PER_YEAR = 12


def client_costs(
    matrix: NDArray[np.float32], features: Sequence[Feature], rates: CreditCostRates
) -> ClientCosts | None:
    """Read amount and term of each client's credit from the feature matrix.

    The term is credit over annuity, which is paid monthly: what a table without a term
    allows to be known. A client whose amount or annuity is unknown has the median one.

    Returns
    -------
    ClientCosts or None
        None where the table has no such columns, or knows none of their values.
    """
    position = {feature.name: index for index, feature in enumerate(features)}
    if CREDIT not in position or ANNUITY not in position:
        return None
    credit = _positive_or_nan(matrix[:, position[CREDIT]])
    term = credit / _positive_or_nan(matrix[:, position[ANNUITY]]) / _MONTHS_PER_YEAR
    if np.isnan(credit).all() or np.isnan(term).all():
        return None
    return rates.costs(_filled(credit), _filled(term))


def _positive_or_nan(values: NDArray[np.float32]) -> Floats:
    amounts = values.astype(np.float64)
    return np.where(amounts > 0, amounts, np.nan)


def _filled(values: Floats) -> Floats:
    return np.where(np.isnan(values), np.nanmedian(values), values)

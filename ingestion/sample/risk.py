"""Who of the labelled defaults: a latent risk with noise, cut at the default rate."""

from typing import Final

import numpy as np
from numpy.random import Generator

from ingestion.sample.application import Applications
from ingestion.sample.bureau import BureauHistory
from ingestion.sample.clients import Clients
from ingestion.sample.draw import Bools, Floats, standardise
from ingestion.sample.previous import PreviousApplications
from ingestion.sample.repayment import PaymentConduct

DEFAULT_RATE: Final = 0.0807
"""Share of defaults among the labelled, as in the published application_train."""

_NOISE_SCALE: Final = 1.1
"""What the tables do not tell: it keeps a model of 5,000 clients near 0.75 AUC."""


def draw_defaults(
    rng: Generator,
    clients: Clients,
    applications: Applications,
    bureau: BureauHistory,
    previous: PreviousApplications,
    conduct: PaymentConduct,
    card_utilisation: Floats,
) -> Bools:
    """Draw the target.

    The latent risk is a weighted sum of what the tables show, plus logistic noise;
    the labelled clients above its quantile default. Hence the rate is the published
    one for any number of clients, and no model can be certain.

    Returns
    -------
    array of bool, shape (clients,)
        Meaningless for the unlabelled.
    """
    latent = (
        _application_risk(applications)
        + _history_risk(bureau, previous, conduct, card_utilisation)
        + rng.logistic(0.0, _NOISE_SCALE, len(clients))
    )
    count = round(DEFAULT_RATE * int(clients.is_labelled.sum()))
    labelled = np.flatnonzero(clients.is_labelled)
    riskiest = labelled[np.argsort(-latent[labelled], kind="stable")[:count]]
    defaults = np.zeros(len(clients), dtype=bool)
    defaults[riskiest] = True
    return defaults


def _application_risk(applications: Applications) -> Floats:
    scores = applications.external_scores
    burden = standardise(np.log(applications.annuity / applications.income))
    return np.asarray(
        -0.22 * standardise(scores[:, 0])
        - 0.42 * standardise(scores[:, 1])
        - 0.45 * standardise(scores[:, 2])
        - 0.14 * standardise(applications.age_years)
        - 0.16 * standardise(np.log1p(applications.employment_years))
        - 0.13 * standardise(applications.education.astype(np.float64))
        + 0.15 * burden
        + 0.05 * standardise(np.log(applications.credit / applications.income))
    )


def _history_risk(
    bureau: BureauHistory,
    previous: PreviousApplications,
    conduct: PaymentConduct,
    card_utilisation: Floats,
) -> Floats:
    return np.asarray(
        0.34 * standardise(np.clip(bureau.debt_ratio, 0.0, 1.2))
        + 0.18 * standardise(np.minimum(bureau.recent_count, 6.0))
        + 0.10 * standardise(bureau.recent_delay)
        + 0.28 * standardise(previous.refused_share)
        + 0.38 * standardise(np.sqrt(conduct.recent_late_share))
        + 0.12 * standardise(np.log1p(conduct.recent_days_late))
        + 0.90 * conduct.has_unpaid
        + 0.16 * standardise(card_utilisation)
    )

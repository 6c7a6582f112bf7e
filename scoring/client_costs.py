"""What wrong decisions cost in money, client by client.

A bad client who is granted costs the part of the credit that is never recovered; a good
one who is refused costs the margin that the credit would have earned over its term.
With calibrated probabilities each client is refused where the expected loss reaches the
expected margin, so large short credits are refused earlier than small long ones.

References
----------
C. Elkan, "The Foundations of Cost-Sensitive Learning", IJCAI 2001: costs may differ
from one example to the next; the rule is the same.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring.cost import CostCurve, CostMatrix, cost_curve
from scoring.errors import ScoringError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ClientCosts:
    """Costs of the two errors, one of each per client; right decisions cost nothing.

    Parameters
    ----------
    refusal : ndarray of shape (n_clients,)
        Cost of refusing this client, should they be good.
    default : ndarray of shape (n_clients,)
        Cost of granting this client, should they default.

    Raises
    ------
    ScoringError
        If the shapes differ or a cost is not a positive finite number.
    """

    refusal: Floats
    default: Floats

    def __post_init__(self) -> None:
        """Refuse costs that are not positive, or not one of each per client."""
        if self.refusal.shape != self.default.shape:
            raise ScoringError(
                f"Each client needs both costs: {self.refusal.size} of refusing and "
                f"{self.default.size} of granting were given."
            )
        for name, costs in (("refusal", self.refusal), ("default", self.default)):
            wrong = ~(np.isfinite(costs) & (costs > 0))
            if wrong.any():
                raise ScoringError(
                    f"The {name} costs must be positive numbers; "
                    f"{int(wrong.sum())} of {costs.size} are not."
                )

    @classmethod
    def constant(cls, costs: CostMatrix, clients: int) -> "ClientCosts":
        """Return the same two costs for so many clients."""
        return cls(
            np.full(clients, costs.false_positive_cost),
            np.full(clients, costs.false_negative_cost),
        )

    @property
    def thresholds(self) -> Floats:
        """Return each client's own cheapest threshold."""
        return self.refusal / (self.refusal + self.default)

    def is_refused(self, probability: ArrayLike) -> NDArray[np.bool_]:
        """Decide for each client what is cheapest when the probability is true.

        Parameters
        ----------
        probability : array-like of shape (n_clients,)

        Returns
        -------
        ndarray of shape (n_clients,), bool
            True where the expected loss reaches the expected margin.
        """
        risk = np.asarray(probability, dtype=np.float64)
        return np.asarray(risk * self.default >= (1 - risk) * self.refusal)

    def of_decisions(self, is_default: ArrayLike, is_refused: ArrayLike) -> Floats:
        """Return what each decision has cost, shape (n_clients,)."""
        outcome = np.asarray(is_default, dtype=bool)
        refused = np.asarray(is_refused, dtype=bool)
        lost_margin = np.where(refused & ~outcome, self.refusal, 0.0)
        return lost_margin + np.where(~refused & outcome, self.default, 0.0)

    def curve(self, is_default: ArrayLike, probability: ArrayLike) -> CostCurve:
        """Compute the mean cost per client at every useful threshold for all."""
        return cost_curve(is_default, probability, self.refusal, self.default)


@dataclass(frozen=True, slots=True)
class CreditCostRates:
    """Rates that turn the amounts of a credit into the costs of both errors.

    Parameters
    ----------
    loss_given_default : float, default=0.45
        Share of the amount granted that a default loses. The default is the
        supervisory value for senior unsecured claims without the bank's own estimate
        (Regulation (EU) 575/2013, article 161(1)(a)). The whole amount is taken as
        exposed: the outcome of these tables is trouble with the first instalments.
    margin_rate : float, default=0.025
        Net margin per year of term, as a share of the amount granted. The default is
        an **assumption**, of no source: with it the median credit of these tables
        costs about ten times as much when lost as when refused, which is the house's
        constant cost matrix. A bank sets its own.

    Raises
    ------
    ScoringError
        If a rate is not a positive number, or the loss exceeds the credit.
    """

    loss_given_default: float = 0.45
    margin_rate: float = 0.025

    def __post_init__(self) -> None:
        """Refuse rates that make no cost."""
        if not 0 < self.loss_given_default <= 1:
            raise ScoringError(
                "loss_given_default must lie between 0 and 1, not "
                f"{self.loss_given_default!r}."
            )
        if not (np.isfinite(self.margin_rate) and self.margin_rate > 0):
            raise ScoringError(
                f"margin_rate must be a positive number, not {self.margin_rate!r}."
            )

    def costs(self, credit_amount: ArrayLike, term_years: ArrayLike) -> ClientCosts:
        """Return the costs of clients from their credits.

        Parameters
        ----------
        credit_amount : array-like of shape (n_clients,)
            Granted, in the currency of the tables.
        term_years : array-like of shape (n_clients,)
        """
        credit = np.asarray(credit_amount, dtype=np.float64)
        term = np.asarray(term_years, dtype=np.float64)
        return ClientCosts(
            refusal=self.margin_rate * credit * term,
            default=self.loss_given_default * credit,
        )

"""What the counts of a period say, judged."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from function_app.drift.period import Period
from function_app.drift.tally import Tally
from function_app.errors import DriftUnavailableError
from scoring import (
    FeatureStability,
    Population,
    ScoringModel,
    Stability,
    Verdict,
    feature_stability,
    stability_index,
    worst_verdict,
)

# Ten bins are to hold ten each: an empty one counts for more than it says.
FEWEST_CLIENTS = 100

VERDICTS: tuple[Verdict, ...] = ("act", "watch", "stable")


@dataclass(frozen=True)
class DriftReport:
    """The clients decided on in a period against those of training.

    Attributes
    ----------
    model_version : str
    period : Period
    made_at : datetime
        In UTC.
    clients, clients_before : int
        Decided on in the period; of training.
    decisions : dict of str to int
        Clients by decision.
    score : Stability or None
        None where so few were decided on that their counts say nothing.
    features : tuple of FeatureStability
        Most moved first; empty where so few were decided on.
    """

    model_version: str
    period: Period
    made_at: datetime
    clients: int
    clients_before: int
    decisions: dict[str, int]
    score: Stability | None
    features: tuple[FeatureStability, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of score and features; stable where neither is judged."""
        score = [] if self.score is None else [self.score.verdict]
        return worst_verdict([*score, *(row.verdict for row in self.features)])

    @property
    def verdicts(self) -> dict[str, int]:
        """How many features there are of each verdict."""
        found = Counter(row.verdict for row in self.features)
        return {verdict: found[verdict] for verdict in VERDICTS}

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {
            "model_version": self.model_version,
            "since": self.period.since.isoformat(),
            "until": self.period.until.isoformat(),
            "made_at": self.made_at.isoformat(),
            "clients": self.clients,
            "clients_before": self.clients_before,
            "decisions": self.decisions,
            "verdict": self.verdict,
            "verdicts": self.verdicts,
            "score": None if self.score is None else asdict(self.score),
            "features": [asdict(row) for row in self.features],
        }


def population_of(model: ScoringModel) -> Population:
    """Return the training population of a model.

    Raises
    ------
    DriftUnavailableError
        If its folder keeps none.
    """
    if model.population is None:
        raise DriftUnavailableError(
            f"The model {model.version} does not tell which population it learned "
            "from. Train one that does: python -m training run"
        )
    return model.population


def drift_report(
    model: ScoringModel, tally: Tally, period: Period, made_at: datetime
) -> DriftReport:
    """Judge counts against the training population that they were made by."""
    population = population_of(model)
    is_judged = tally.clients >= FEWEST_CLIENTS
    columns = len(population.features) + 1
    return DriftReport(
        model_version=model.version,
        period=period,
        made_at=made_at,
        clients=tally.clients,
        clients_before=population.clients,
        decisions=dict(sorted(tally.decisions.items())),
        score=stability_index(population.score.counts, tally.score, comparisons=columns)
        if is_judged
        else None,
        features=tuple(
            feature_stability(
                population.features,
                tally.features,
                model.features,
                comparisons=columns,
            )
        )
        if is_judged
        else (),
    )

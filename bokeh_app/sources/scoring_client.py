"""The scoring function, asked over HTTP."""

from __future__ import annotations

import logging
from typing import Any, Literal, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from bokeh_app.errors import (
    DashboardError,
    InvalidRequestError,
    ModelReplacedError,
    NoPopulationError,
    NotScoredError,
    ScoringAnswerError,
    ScoringDatabaseError,
    ScoringRefusedError,
    ScoringUnavailableError,
)

logger = logging.getLogger(__name__)

KEY_HEADER = "x-functions-key"
DATABASE_PROBLEM = "database-unavailable"
NO_POPULATION_PROBLEM = "no-population"
TIMEOUT = httpx.Timeout(8.0, connect=2.0)
TIMEOUT_OF_DRIFT = httpx.Timeout(45.0, connect=2.0)  # thousands of decisions are read

Decision = Literal["grant", "review", "refuse"]


class Answer(BaseModel):
    """Base of the answers: what is not used is not read."""

    model_config = ConfigDict(frozen=True, extra="ignore")


AnswerT = TypeVar("AnswerT", bound=Answer)


class Contribution(Answer):
    """What one theme adds to the base points."""

    theme: str
    label: str
    points: float


class Reason(Answer):
    """A principal reason, as a sentence in the language asked for."""

    theme: str
    label: str
    direction: Literal["against", "in_favour"]
    contribution: float
    feature: str | None = None
    sentence: str


class Score(Answer):
    """The answer about one client.

    `base_points` plus the points of all contributions are the unrounded `points`.
    """

    client_id: int
    probability: float = Field(ge=0, le=1)
    points: int
    rating: str
    decision: Decision
    threshold: float = Field(gt=0, lt=1)
    base_points: float
    contributions: tuple[Contribution, ...]
    reasons: tuple[Reason, ...]
    model_version: str
    decision_id: str
    scored_at: str


class RatingBand(Answer):
    """A letter of the scale and the default rate observed among its clients."""

    name: str
    min_points: float | None
    default_rate: float | None


class PointsScale(Answer):
    """How probabilities become points."""

    base: float = 600.0
    pdo: float = Field(default=40.0, gt=0)


class ThemeName(Answer):
    """A theme in both languages, and how many points it moves on average."""

    fr: str
    en: str
    importance: float | None = None


class CostMatrix(Answer):
    """What the two errors cost, relative to each other."""

    false_positive_cost: float = Field(default=1.0, gt=0)
    false_negative_cost: float = Field(default=10.0, gt=0)

    @property
    def ratio(self) -> float:
        """How many refused good clients a default costs."""
        return self.false_negative_cost / self.false_positive_cost


class Outcomes(Answer):
    """Good and bad clients of training by probability, scored unseen.

    Attributes
    ----------
    edges
        Where bins meet, from 0 to 1: one more than bins.
    lost_margin, lost_credit
        Money by bin: of refusing its good clients, of granting to its bad ones.
    """

    edges: tuple[float, ...] = Field(min_length=2)
    good: tuple[float, ...]
    bad: tuple[float, ...]
    lost_margin: tuple[float, ...] | None = None
    lost_credit: tuple[float, ...] | None = None


class Rate(Answer):
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float


class Group(Answer):
    """How clients of one group were decided upon."""

    group: str
    clients: int
    is_compared: bool
    approval_rate: Rate | None
    true_positive_rate: Rate | None
    false_positive_rate: Rate | None
    default_rate: Rate | None
    predicted_rate: Rate | None
    calibration_gap: Rate | None


class Evidence(Answer):
    """What training showed of the model's decisions, in counts."""

    outcomes: Outcomes
    fairness: dict[str, tuple[Group, ...]]


class ModelCard(Answer):
    """What the scoring function publishes about its model.

    Models of earlier programs have no evidence.
    """

    version: str
    threshold: float = Field(gt=0, lt=1)
    review_band: tuple[float, float]
    points: PointsScale = PointsScale()
    ratings: tuple[RatingBand, ...] = ()
    themes: dict[str, ThemeName] = {}
    cost_matrix: CostMatrix = CostMatrix()
    evidence: Evidence | None = None

    def rating(self, name: str) -> RatingBand | None:
        """Return the band of that name, if there is one."""
        return next((band for band in self.ratings if band.name == name), None)


class Moved(Answer):
    """How far the score, or a feature, has moved from training."""

    index: float
    by_chance: float
    verdict: Literal["stable", "watch", "act"]


class MovedFeature(Moved):
    """A feature that has moved so far."""

    name: str
    label_fr: str
    label_en: str
    missing_before: float
    missing_now: float


class Drift(Answer):
    """The clients decided on of late against those that the model learned from."""

    model_version: str
    made_at: str
    clients: int
    clients_before: int
    verdict: Literal["stable", "watch", "act"]
    verdicts: dict[str, int]
    score: Moved | None
    features: tuple[MovedFeature, ...]


class ScoringClient:
    """Asks the scoring function; safe to share between threads.

    Parameters
    ----------
    base_url : str
        Address before `/api`.
    key : SecretStr
        Sent in the header `x-functions-key`.
    """

    def __init__(self, base_url: str, key: SecretStr) -> None:
        self._http = httpx.Client(
            base_url=base_url.rstrip("/") + "/api/v1/",
            headers={KEY_HEADER: key.get_secret_value()},
            timeout=TIMEOUT,
            trust_env=False,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def score(self, client_id: int, language: str) -> Score:
        """Ask for the decision about a client, and its reasons.

        Raises
        ------
        NotScoredError, ScoringUnavailableError, ScoringRefusedError, ScoringAnswerError
        """
        answer = self._get(f"clients/{client_id}/score", lang=language)
        score = read_answer(Score, answer)
        if score.client_id != client_id:
            raise ScoringAnswerError("The answer is about another client.")
        return score

    def model(self) -> ModelCard:
        """Ask for the public part of the model's manifest.

        Raises
        ------
        ScoringUnavailableError, ScoringRefusedError, ScoringAnswerError
        """
        return read_answer(ModelCard, self._get("model"))

    def drift(self, days: int) -> Drift:
        """Ask how far the clients of the last days are from those of training.

        Raises
        ------
        NoPopulationError
            If the model does not tell which clients it learned from.
        ScoringUnavailableError, ScoringRefusedError, ScoringAnswerError
        """
        document = self.call(
            "GET", "drift", parameters={"days": str(days)}, timeout=TIMEOUT_OF_DRIFT
        )
        return read_answer(Drift, document)

    def call(
        self,
        method: Literal["GET", "POST"],
        path: str,
        *,
        parameters: dict[str, str] | None = None,
        body: object = None,
        headers: dict[str, str] | None = None,
        timeout: httpx.Timeout = TIMEOUT,
    ) -> Any:
        """Call the scoring function and return the document it answers.

        Raises
        ------
        ScoringUnavailableError, ScoringRefusedError, ScoringAnswerError
        NotScoredError
            If it does not know the client, or the decision.
        InvalidRequestError
            If it takes the inputs for contradictory; they are named.
        """
        try:
            response = self._http.request(
                method,
                path,
                params=parameters,
                json=body,
                headers=headers,
                timeout=timeout,
            )
        except httpx.HTTPError as error:
            logger.warning("The scoring function is away: %s", type(error).__name__)
            raise ScoringUnavailableError(type(error).__name__) from error
        if not response.is_success:
            logger.warning("The scoring function answered %s", response.status_code)
            raise _problem(response)
        try:
            return response.json()
        except ValueError as error:
            raise ScoringAnswerError("The answer is no JSON.") from error

    def _get(self, path: str, **parameters: str) -> Any:
        return self.call("GET", path, parameters=parameters)


def _problem(response: httpx.Response) -> DashboardError:
    status = response.status_code
    if status == 503 and _problem_name(response) == DATABASE_PROBLEM:
        return ScoringDatabaseError(f"HTTP {status}")
    if status in (401, 403):
        return ScoringRefusedError(f"HTTP {status}")
    if status == 404 and _problem_name(response) == NO_POPULATION_PROBLEM:
        return NoPopulationError(f"HTTP {status}")
    if status == 404:
        return NotScoredError(f"HTTP {status}")
    if status == 409:
        return ModelReplacedError(f"HTTP {status}")
    if status == 422:
        return InvalidRequestError(_faulty_fields(response))
    if status == 429 or status >= 500:
        return ScoringUnavailableError(f"HTTP {status}")
    return ScoringAnswerError(f"HTTP {status}")


def _problem_name(response: httpx.Response) -> str:
    """Return the end of a problem document's type (RFC 9457), "" where none is."""
    uri = _problem_document(response).get("type")
    return uri.rpartition("#")[2] if isinstance(uri, str) else ""


def _faulty_fields(response: httpx.Response) -> frozenset[str]:
    """Return the names of the inputs that a problem document complains about."""
    errors = _problem_document(response).get("errors")
    named = (
        error.get("field")
        for error in (errors if isinstance(errors, list) else ())
        if isinstance(error, dict)
    )
    return frozenset(
        name.removeprefix("overrides.") for name in named if isinstance(name, str)
    )


def _problem_document(response: httpx.Response) -> dict[str, Any]:
    try:
        document = response.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def read_answer(kind: type[AnswerT], document: Any) -> AnswerT:
    """Read an answer of the scoring function, as far as this package uses it.

    Raises
    ------
    ScoringAnswerError
    """
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        fields = sorted({".".join(map(str, e["loc"])) for e in error.errors()})
        logger.warning("Unreadable %s: %s", kind.__name__, ", ".join(fields))
        raise ScoringAnswerError(f"Unreadable fields: {', '.join(fields)}") from error

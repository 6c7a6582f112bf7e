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
    NotScoredError,
    ScoringAnswerError,
    ScoringDatabaseError,
    ScoringRefusedError,
    ScoringUnavailableError,
)

logger = logging.getLogger(__name__)

KEY_HEADER = "x-functions-key"
DATABASE_PROBLEM = "database-unavailable"
TIMEOUT = httpx.Timeout(8.0, connect=2.0)

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


class ModelCard(Answer):
    """What the scoring function publishes about its model."""

    version: str
    threshold: float = Field(gt=0, lt=1)
    review_band: tuple[float, float]
    points: PointsScale = PointsScale()
    ratings: tuple[RatingBand, ...] = ()
    themes: dict[str, ThemeName] = {}

    def rating(self, name: str) -> RatingBand | None:
        """Return the band of that name, if there is one."""
        return next((band for band in self.ratings if band.name == name), None)


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

    def call(
        self,
        method: Literal["GET", "POST"],
        path: str,
        *,
        parameters: dict[str, str] | None = None,
        body: object = None,
        headers: dict[str, str] | None = None,
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
                method, path, params=parameters, json=body, headers=headers
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

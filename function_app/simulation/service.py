"""What would be decided on another request; nothing of it is logged as a decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from function_app.errors import InvalidOverridesError, UnknownClientError
from function_app.model.champion import Champion, ServedModel
from function_app.schemas.base import Language
from function_app.schemas.overrides import (
    Application,
    Overrides,
    changed_columns,
    contradictions,
)
from function_app.schemas.simulation import (
    Advice,
    AdviceAnswer,
    Change,
    RequestAnswer,
    SimulationAnswer,
)
from function_app.services.answers import explained, outcome
from function_app.simulation.advice_search import Search
from function_app.simulation.advice_words import sentence, statement
from function_app.simulation.override_fields import request_fields
from function_app.warehouse.connection_pool import ConnectionPool
from function_app.warehouse.feature_table import FeatureRow, fitting_the_model
from function_app.warehouse.what_if import read_application, read_variants
from scoring import Score


@dataclass(frozen=True)
class SimulationOptions:
    """How a simulation is to be answered."""

    language: Language
    explain: bool
    advise: bool


@dataclass(frozen=True)
class SimulationService:
    """Scores what a client could have asked for instead.

    Attributes
    ----------
    pool : ConnectionPool
    champion : Champion
    """

    pool: ConnectionPool
    champion: Champion

    def simulate(
        self, client_id: int, overrides: Overrides, options: SimulationOptions
    ) -> SimulationAnswer:
        """Score a client with other answers.

        Parameters
        ----------
        client_id : int
        overrides : Overrides
        options : SimulationOptions

        Returns
        -------
        SimulationAnswer

        Raises
        ------
        UnknownClientError
            If no client has this number.
        InvalidOverridesError
            If the overrides contradict each other or the client.
        UnavailableError
            If the database or the model is away.
        """
        served = self.champion.get()
        application = self._application(client_id)
        faults = contradictions(application, overrides)
        if faults:
            raise InvalidOverridesError(faults)
        changed = changed_columns(application, overrides)
        asked = {**application, **changed}
        search = Search.around(asked) if options.advise else Search(asked, ())
        own, simulated, *others = self._features(
            served,
            client_id,
            [{}, changed, *({**changed, **v} for v in search.variants)],
        )
        score = served.model.score(
            simulated, explain=options.explain, language=options.language.value
        )
        [current] = served.model.score_many([own])
        return SimulationAnswer(
            **explained(
                score,
                client_id=client_id,
                model_version=served.model.version,
                language=options.language,
            ),
            changes=_changes(application, changed),
            current=outcome(current),
            advice=_advice(
                search, score, served.model.score_many(others), options.language
            ),
        )

    def advise(self, client_id: int, language: Language) -> AdviceAnswer:
        """Search what a client could ask for that would be decided better.

        Raises
        ------
        UnknownClientError
            If no client has this number.
        UnavailableError
            If the database or the model is away.
        """
        served = self.champion.get()
        search = Search.around(self._application(client_id))
        rows = self._features(served, client_id, [{}, *search.variants])
        current, *scores = served.model.score_many(rows)
        advice = _advice(search, current, scores, language)
        return AdviceAnswer(
            client_id=client_id,
            model_version=served.model.version,
            current=outcome(current),
            advice=advice,
            statement=statement(current.decision, len(advice), language.value),
            tried=len(scores),
            language=language,
        )

    def request(self, client_id: int) -> RequestAnswer:
        """Return what a client asked for, and what of it may be simulated.

        Raises
        ------
        UnknownClientError
            If no client has this number.
        UnavailableError
            If the database is away.
        """
        application = self._application(client_id)
        return RequestAnswer(
            client_id=client_id, fields=list(request_fields(application))
        )

    def _application(self, client_id: int) -> Application:
        application = self.pool.run(lambda cursor: read_application(cursor, client_id))
        if application is None:
            raise UnknownClientError("No client has this number.")
        return application

    def _features(
        self,
        served: ServedModel,
        client_id: int,
        variants: Sequence[Mapping[str, Any]],
    ) -> list[FeatureRow]:
        with fitting_the_model():
            rows = self.pool.run(
                lambda cursor: read_variants(
                    cursor, served.features, client_id, variants
                )
            )
        if len(rows) != len(variants):
            raise UnknownClientError("No client has this number.")
        return rows


def _changes(application: Application, changed: Mapping[str, Any]) -> list[Change]:
    return [
        Change(field=field, before=application[field], after=after)
        for field, after in changed.items()
        if field in application and application[field] != after
    ]


def _advice(
    search: Search, current: Score, scores: Sequence[Score], language: Language
) -> list[Advice]:
    return [
        Advice.model_validate(
            {
                "kind": candidate.kind,
                "overrides": candidate.overrides,
                "decision": score.decision,
                "probability": score.probability,
                "points": score.points,
                "sentence": sentence(
                    search.application,
                    candidate,
                    score.decision,
                    language.value,
                ),
            }
        )
        for candidate, score in search.best(current, scores)
    ]

"""What all sessions of the process share, made once when the server starts."""

from __future__ import annotations

import logging
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial

from psycopg2 import extensions

from bokeh_app.access.door import Door, open_door
from bokeh_app.errors import ScoringAnswerError
from bokeh_app.queries.catalogue import Catalogue, read_catalogue
from bokeh_app.queries.facets import ClientCells, read_cells
from bokeh_app.queries.population import Population
from bokeh_app.queries.scores import ScoreSpread, read_spread
from bokeh_app.settings import Settings, read_settings
from bokeh_app.sources.case_client import CaseClient
from bokeh_app.sources.memory import TimedMemory
from bokeh_app.sources.scoring_client import ModelCard, Score, ScoringClient
from bokeh_app.sources.warehouse import Warehouse
from database import DatabaseError, connect

ROLE = "advisor"
APPLICATION_NAME = "credit-scoring dashboard"
WORKER_COUNT = 8
MEMORY_SECONDS = 60.0
POPULATION_SECONDS = 300.0
SCORE_LIMIT = 100

# These write client numbers or whole addresses into their lines.
TALKATIVE_LOGGERS = ("httpx", "httpcore", "tornado.access")


@dataclass(frozen=True)
class Memories:
    """What all sessions know for a while, and only then ask for anew."""

    catalogues: TimedMemory[Catalogue] = field(
        default_factory=lambda: TimedMemory(MEMORY_SECONDS, 1)
    )
    scores: TimedMemory[Score] = field(
        default_factory=lambda: TimedMemory(MEMORY_SECONDS, SCORE_LIMIT)
    )
    models: TimedMemory[ModelCard] = field(
        default_factory=lambda: TimedMemory(MEMORY_SECONDS, 2)
    )
    cells: TimedMemory[ClientCells] = field(
        default_factory=lambda: TimedMemory(POPULATION_SECONDS, 1)
    )
    spreads: TimedMemory[ScoreSpread | None] = field(
        default_factory=lambda: TimedMemory(POPULATION_SECONDS, 2)
    )


@dataclass(frozen=True)
class Services:
    """The scoring function, the marts, the door, and the threads that ask them."""

    scoring: ScoringClient
    warehouse: Warehouse
    population: Population
    executor: Executor
    door: Door
    _memories: Memories = field(default_factory=Memories)

    @property
    def cases(self) -> CaseClient:
        """What the scoring function tells and takes around one decision."""
        return CaseClient(self.scoring)

    def client_cells(self) -> ClientCells:
        """Return all clients counted by what filters ask for."""
        return self._memories.cells.get("cells", partial(read_cells, self.warehouse))

    def score_spread(self, model_version: str) -> ScoreSpread | None:
        """Return all clients' scores by a model, in counts; None without any."""
        return self._memories.spreads.get(
            model_version, partial(read_spread, self.warehouse, model_version)
        )

    def catalogue(self) -> Catalogue:
        """Return the feature catalogue, read anew once a minute."""
        return self._memories.catalogues.get(
            "catalogue", partial(read_catalogue, self.warehouse)
        )

    def score(self, client_id: int, language: str) -> Score:
        """Return the decision about a client, asked for anew after a minute.

        Each question to the scoring function is a decision in the bank's log: a page
        that is reloaded, or a client who is looked at again at once, shows the same
        decision under the same number instead of making another.
        """
        return self._memories.scores.get(
            (client_id, language), partial(self.scoring.score, client_id, language)
        )

    def model(self, version: str) -> ModelCard:
        """Return the card of the model that decided, asked for anew after a minute.

        Raises
        ------
        ScoringAnswerError
            If another model is served by now: its scale is not that decision's.
        """
        return self._memories.models.get(version, partial(self._ask_for_model, version))

    def current_model(self) -> ModelCard:
        """Return the card of the model served, asked for anew after a minute."""
        return self._memories.models.get("", self.scoring.model)

    def _ask_for_model(self, version: str) -> ModelCard:
        card = self.scoring.model()
        if card.version != version:
            raise ScoringAnswerError("The card is another model's.")
        return card

    def close(self) -> None:
        """End the threads and close the connections."""
        self.executor.shutdown(wait=False, cancel_futures=True)
        self.scoring.close()
        self.warehouse.close()
        self.door.writing.close()


def _connect_to_write() -> extensions.connection:
    """Connect with what the role may add to: its own default is to read only."""
    connection = connect(ROLE, application_name=APPLICATION_NAME)
    connection.set_session(readonly=False, autocommit=True)
    return connection


def open_services(settings: Settings) -> Services:
    """Make the services; nothing is asked before the first session needs it."""
    for name in TALKATIVE_LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    warehouse = Warehouse(
        partial(connect, ROLE, application_name=APPLICATION_NAME, read_only=True),
        unavailable=(DatabaseError,),
    )
    writing = Warehouse(_connect_to_write, (DatabaseError,), idle_limit=1)
    return Services(
        scoring=ScoringClient(str(settings.scoring_url), settings.scoring_api_key),
        warehouse=warehouse,
        population=Population(warehouse),
        executor=ThreadPoolExecutor(WORKER_COUNT, thread_name_prefix="dashboard"),
        door=open_door(settings, warehouse, writing),
    )


@cache
def shared_services() -> Services:
    """Return the services of this process, made on the first call.

    Raises
    ------
    SettingsError
        If the environment does not say where the scoring function is.
    """
    return open_services(read_settings())


def close_shared_services() -> None:
    """Close the services of this process, if they were ever made."""
    if shared_services.cache_info().currsize:
        shared_services().close()
        shared_services.cache_clear()

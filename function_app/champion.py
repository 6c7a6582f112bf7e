"""The model that is served: loaded once, verified, with the query of its features."""

import logging
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from function_app.errors import ArtefactUnavailableError
from function_app.feature_table import row_query
from function_app.logs import log_event
from scoring import ScoringError, ScoringModel, load_model

SECONDS_BETWEEN_TRIES = 5.0


@dataclass(frozen=True)
class ServedModel:
    """A model and what follows from it; both change together or not at all."""

    model: ScoringModel
    feature_names: tuple[str, ...]
    row_query: str


class Champion:
    """The champion of a folder, loaded at the first call and kept.

    The Functions worker may run several first requests at once, before or without the
    ASGI lifespan: a lock makes one of them load and the others wait.

    Parameters
    ----------
    directory : Path
        Folder of the artefact.
    seconds_between_tries : float, default=5
        How long a refused artefact is not looked at again.
    """

    def __init__(
        self,
        directory: Path,
        *,
        seconds_between_tries: float = SECONDS_BETWEEN_TRIES,
    ) -> None:
        self._directory = directory
        self._seconds_between_tries = seconds_between_tries
        self._lock = threading.Lock()
        self._served: ServedModel | None = None
        self._next_try = 0.0

    def get(self) -> ServedModel:
        """Return the loaded model, loading it where that has not happened yet.

        After a refusal the folder is looked at again a few seconds later, so that a
        repaired artefact is found without a restart.

        Raises
        ------
        ArtefactUnavailableError
            If the folder holds no artefact that passes its verification.
        """
        served = self._served
        if served is not None:
            return served
        with self._lock:
            if self._served is None:
                self._served = self._try_to_load()
            return self._served

    def load(self) -> ServedModel:
        """Load the model now.

        Raises
        ------
        ScoringError
            Saying what is wrong with the artefact, for the person who starts a server.
        """
        with self._lock:
            self._served = _load(self._directory)
            return self._served

    def _try_to_load(self) -> ServedModel:
        now = time.monotonic()
        if now >= self._next_try:
            try:
                return _load(self._directory)
            except ScoringError as error:
                self._next_try = now + self._seconds_between_tries
                log_event(logging.ERROR, "artefact_refused", reason=str(error))
        raise ArtefactUnavailableError("No verified model is loaded.")


def _load(directory: Path) -> ServedModel:
    started = time.perf_counter()
    model = load_model(directory)
    names = tuple(feature.name for feature in model.features)
    log_event(
        logging.INFO,
        "artefact_loaded",
        model_version=model.version,
        features=len(names),
        milliseconds=round(1000 * (time.perf_counter() - started)),
    )
    return ServedModel(model, names, row_query(names))

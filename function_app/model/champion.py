"""The model that is served: verified, and replaced while it serves."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from function_app.errors import ArtefactUnavailableError, UnavailableError
from function_app.logs import log_event
from function_app.model.artefact_stamp import Stamp, stamp_of
from function_app.warehouse.feature_table import FeatureRows
from scoring import ScoringError, ScoringModel, load_model

SECONDS_BETWEEN_TRIES = 5.0
SECONDS_BETWEEN_LOOKS = 2.0


@dataclass(frozen=True)
class ServedModel:
    """A model and what follows from it; both change together or not at all."""

    model: ScoringModel
    features: FeatureRows


class Champion:
    """The champion of a folder, loaded at the first call and replaced by its successor.

    The Functions worker may run several first requests at once, before or without the
    ASGI lifespan: a lock makes one of them load and the others wait. From then on a
    thread looks at the folder, loads what is new there beside the served model, and
    exchanges the two in one assignment. What it refuses is logged once, and the
    served model stays.

    Parameters
    ----------
    directory : Path
        Folder of the artefact.
    seconds_between_tries : float, default=5
        How long a refused artefact is not looked at again while there is no model.
    seconds_between_looks : float, default=2
        How often the folder of a served model is looked at.
    missing : callable, optional
        Given a successor's features, returns those that the database lacks.
    """

    def __init__(
        self,
        directory: Path,
        *,
        seconds_between_tries: float = SECONDS_BETWEEN_TRIES,
        seconds_between_looks: float = SECONDS_BETWEEN_LOOKS,
        missing: Callable[[Sequence[str]], Sequence[str]] = lambda names: (),
    ) -> None:
        self._missing = missing
        self._directory = directory
        self._seconds_between_tries = seconds_between_tries
        self._seconds_between_looks = seconds_between_looks
        self._lock = threading.Lock()
        self._served: ServedModel | None = None
        self._stamp: Stamp | None = None
        self._refused: Stamp | None = None
        self._successor: tuple[Stamp, ServedModel] | None = None
        self._next_try = 0.0
        self._watcher: threading.Thread | None = None
        self._is_closed = threading.Event()

    @property
    def successor_is_refused(self) -> bool:
        """Whether the folder holds something else than what is served, and unfit."""
        return self._refused is not None

    def get(self) -> ServedModel:
        """Return the loaded model, loading it where that has not happened yet.

        After a refusal the folder is looked at again a few seconds later, so that a
        repaired artefact is found without a restart. A caller keeps what it got for
        the whole of its answer.

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
                self._try_to_load()
            if self._served is None:
                raise ArtefactUnavailableError("No verified model is loaded.")
            return self._served

    @property
    def loaded(self) -> ServedModel | None:
        """The model, where one is loaded already."""
        return self._served

    def load(self) -> ServedModel:
        """Load the model now.

        Raises
        ------
        ScoringError
            Saying what is wrong with the artefact, for the person who starts a server.
        """
        with self._lock:
            return self._load()

    def close(self) -> None:
        """Stop looking at the folder; the served model stays."""
        self._is_closed.set()
        watcher = self._watcher
        if watcher is not None:
            watcher.join()

    def reopen(self) -> None:
        """Look at the folder again after :meth:`close`."""
        with self._lock:
            if self._is_closed.is_set():
                self._is_closed.clear()
                self._watcher = None
            if self._served is not None:
                self._watch()

    def _try_to_load(self) -> None:
        now = time.monotonic()
        if now >= self._next_try:
            try:
                self._load()
            except ScoringError as error:
                self._next_try = now + self._seconds_between_tries
                log_event(logging.ERROR, "artefact_refused", reason=str(error))

    def _load(self) -> ServedModel:
        # Taken first: what changes while it is read has another stamp at the next look.
        stamp = stamp_of(self._directory)
        served = _loaded(self._directory)
        self._serve(served, stamp)
        self._watch()
        return served

    def _watch(self) -> None:
        if self._watcher is None and not self._is_closed.is_set():
            self._watcher = threading.Thread(
                target=self._look_again_and_again, name="champion", daemon=True
            )
            self._watcher.start()

    def _look_again_and_again(self) -> None:
        while not self._is_closed.wait(self._seconds_between_looks):
            self._look()

    def _look(self) -> None:
        stamp = stamp_of(self._directory)
        if stamp == self._stamp:
            self._refused = self._successor = None
        elif stamp != self._refused or self._successor is not None:
            with self._lock:
                self._replace(stamp)

    def _replace(self, stamp: Stamp) -> None:
        try:
            successor = self._loaded_once(stamp)
            missing = self._missing(successor.model.feature_names)
        except UnavailableError:
            # It cannot be told whether the two fit: the next look will.
            return
        except Exception as error:
            # Whatever is wrong with a successor, the served model is still good.
            self._successor = None
            self._refuse(stamp, _reason(error))
            return
        if missing:
            # A rebuild of the table may bring them.
            self._refuse(
                stamp,
                f"The feature table lacks {len(missing)} of the model's columns.",
                columns=list(missing),
            )
            return
        self._serve(successor, stamp)
        self._refused = self._successor = None

    def _serve(self, served: ServedModel, stamp: Stamp) -> None:
        self._served, self._stamp = served, stamp
        log_event(logging.INFO, "artefact_served", model_version=self._version())

    def _loaded_once(self, stamp: Stamp) -> ServedModel:
        if self._successor is None or self._successor[0] != stamp:
            self._successor = stamp, _loaded(self._directory)
        return self._successor[1]

    def _refuse(self, stamp: Stamp, reason: str, **details: object) -> None:
        if stamp != self._refused:
            self._refused = stamp
            log_event(
                logging.ERROR,
                "successor_refused",
                reason=reason,
                still_served=self._version(),
                **details,
            )

    def _version(self) -> str | None:
        return None if self._served is None else self._served.model.version


def _reason(error: Exception) -> str:
    # Only the messages of the house are known to hold no values.
    return str(error) if isinstance(error, ScoringError) else type(error).__name__


def _loaded(directory: Path) -> ServedModel:
    started = time.perf_counter()
    model = load_model(directory)
    log_event(
        logging.INFO,
        "artefact_loaded",
        model_version=model.version,
        features=len(model.features),
        milliseconds=round(1000 * (time.perf_counter() - started)),
    )
    return ServedModel(model, FeatureRows(model.features))

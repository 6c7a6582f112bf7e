"""One way of training as a process of its own, so that its memory is its own.

``python -m benchmarks.training_child WAY`` prints seconds by step as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import chdir, closing, contextmanager
from typing import Any

import lightgbm
import pandas as pd

from benchmarks.timing import seconds
from database import connect
from training.data.feature_table import read_feature_table
from training.environment import processors
from training.learners import BoostedTrees

ROUNDS = 100
"""Trees of the single fits."""

PANDAS_QUERY = """
    select client_features.*, dim_client.is_default
    from features.client_features
    inner join marts.dim_client
        on client_features.client_id = dim_client.client_id
    where dim_client.is_default is not null
    order by client_features.client_id
"""


class Clock:
    """Wall time during which a library works, in however many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls = 0
        self._since = 0.0
        self.seconds = 0.0

    @contextmanager
    def over(self, *places: tuple[Any, str]) -> Iterator[None]:
        """Time the named functions of modules or classes."""
        originals = [getattr(owner, name) for owner, name in places]
        for (owner, name), original in zip(places, originals, strict=True):
            setattr(owner, name, self._timed(original))
        try:
            yield
        finally:
            for (owner, name), original in zip(places, originals, strict=True):
                setattr(owner, name, original)

    def _timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **options: Any) -> Any:
            with self._lock:
                self._calls += 1
                if self._calls == 1:
                    self._since = time.perf_counter()
            try:
                return function(*arguments, **options)
            finally:
                with self._lock:
                    self._calls -= 1
                    if self._calls == 0:
                        self.seconds += time.perf_counter() - self._since

        return timed


def whole_run(*options: str) -> dict[str, float]:
    """Run the training command; return its seconds and LightGBM's part of them."""
    from training.__main__ import app

    clock = Clock()
    places = (
        (lightgbm, "train"),
        (lightgbm, "cv"),
        (lightgbm.Dataset, "construct"),
        (lightgbm.Booster, "predict"),
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        # All that a run writes, it writes below the folder that it is started in.
        chdir(folder),
        clock.over(*places),
        # The command's own lines go where they do not mix with the figures.
        _stdout_to_stderr(),
    ):
        command = ["run", "--no-promote", *options]
        whole = seconds(lambda: app(command, standalone_mode=False))
    return {"whole": whole, "lightgbm": clock.seconds}


def own_way() -> dict[str, float]:
    """Read as training reads, and fit as it fits."""
    started = time.perf_counter()
    with closing(connect("trainer", read_only=True)) as connection:
        table = read_feature_table(connection)
    read = time.perf_counter() - started
    learner = BoostedTrees(tuple(table.categorical_positions), threads=processors())
    fit = seconds(
        lambda: learner.fit_rounds(table.labelled, table.is_default, 0, ROUNDS)
    )
    return {"read": read, "fit": fit}


def pandas_way() -> dict[str, float]:
    """Read by pandas, and fit by scikit-learn's interface of LightGBM."""
    started = time.perf_counter()
    with (
        closing(connect("trainer", read_only=True)) as connection,
        warnings.catch_warnings(),
    ):
        # pandas has tested SQLAlchemy's connections only; it reads by this one too.
        warnings.simplefilter("ignore", UserWarning)
        frame = pd.read_sql(PANDAS_QUERY, connection)
    outcome = frame.pop("is_default").astype(bool)
    frame = frame.drop(columns="client_id")
    texts = frame.select_dtypes(exclude="number").columns
    frame[texts] = frame[texts].astype("category")
    read = time.perf_counter() - started
    own: dict[str, Any] = BoostedTrees(threads=processors()).parameters(0)
    learner = lightgbm.LGBMClassifier(n_estimators=ROUNDS, **own)
    return {"read": read, "fit": seconds(lambda: learner.fit(frame, outcome))}


@contextmanager
def _stdout_to_stderr() -> Iterator[None]:
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


WAYS: dict[str, Callable[..., dict[str, float]]] = {
    "whole": whole_run,
    "own": own_way,
    "pandas": pandas_way,
}

if __name__ == "__main__":
    way, *options = sys.argv[1:]
    print(json.dumps(WAYS[way](*options)))

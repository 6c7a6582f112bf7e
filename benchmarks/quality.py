"""The model against two public peers on the same folds, and what more rows give.

The peers are the application's columns alone, and the features of the best-known
public kernel, both under the LightGBM of the public kernels. The features of the
warehouse are judged under that same LightGBM, so that the difference is the features',
and under the recipe of ``python -m training run``. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.errors import BenchmarkError
from benchmarks.fold_auc import FoldAuc, cross_validated
from benchmarks.more_rows import OnShare, WithMoreRows
from benchmarks.pandas_features import CLIENT, client_features, one_hot
from benchmarks.peer_trees import PeerTrees
from benchmarks.raw_tables import RawTables
from database import connect
from training.data.feature_table import FeatureTable, read_feature_table
from training.environment import processors
from training.evaluation.bootstrap import Estimate
from training.learners import BoostedTrees, Learner, Matrix, Outcomes
from training.validation.method import trees_of

APPLICATION = "application columns"
KERNEL = "public kernel's features"
FEATURES = "client_features"
RECIPE = "client_features, own recipe"

SHARES = (0.125, 0.25, 0.5, 1.0)
"""Of the training rows, on the learning curve."""

TABLE_OF_SOURCE = {
    "bureau": "bureau",
    "card": "credit_card_balance",
    "installments": "installments_payments",
    "pos": "pos_cash_balance",
    "previous": "previous_application",
}
"""Landing table by the first word of a feature's name."""

Report = Callable[[str], object]


@dataclass(frozen=True)
class Contestant:
    """Features under a learner."""

    name: str
    learner: Learner
    matrix: Matrix


@dataclass(frozen=True)
class Clients:
    """Labelled clients of the warehouse, in the order of their numbers.

    Attributes
    ----------
    raw : RawTables
        The files they came from.
    table : FeatureTable
        All clients of the warehouse.
    rows : ndarray of shape (n_clients,), int
        Their places in the table.
    """

    raw: RawTables
    table: FeatureTable
    rows: NDArray[np.intp]

    @classmethod
    def found(cls, raw: RawTables, table: FeatureTable) -> Clients:
        """Find the labelled clients of files in the feature table.

        Raises
        ------
        BenchmarkError
            If the warehouse lacks some of them.
        """
        ids = np.sort(raw.read("application_train")[CLIENT].to_numpy(np.int64))
        known = table.client_ids[: table.is_default.size]
        rows = np.minimum(np.searchsorted(known, ids), known.size - 1)
        absent = int((known[rows] != ids).sum())
        if absent:
            raise BenchmarkError(
                f"{absent:,} of the {ids.size:,} labelled clients of {raw.names} are "
                "not in the feature table. Load the first source with `python -m "
                "ingestion load`, each further one with `--append`, and run `dbt build "
                "--project-dir dbt_project`."
            )
        return cls(raw, table, rows)

    @property
    def matrix(self) -> Matrix:
        """Their features."""
        return self.table.matrix[self.rows]

    @property
    def is_default(self) -> Outcomes:
        """Their outcomes."""
        return self.table.is_default[self.rows]

    @property
    def ids(self) -> NDArray[np.int64]:
        """Their numbers."""
        return self.table.client_ids[self.rows]


def measure_quality(path: Path, more: Path | None, report: Report) -> None:
    """Judge peers and features on the labelled clients of one or two sources.

    Parameters
    ----------
    path : Path
        Zip or folder of the eight files that the warehouse was built from.
    more : Path, optional
        A source that was appended to it; it may lack files.
    report : callable
        Receives the lines.

    Raises
    ------
    BenchmarkError
        If files are absent or the warehouse holds other clients.
    """
    raw = RawTables(path)
    if raw.absent:
        raise BenchmarkError(
            f"{path} lacks the files of {', '.join(sorted(raw.absent))}, which the "
            "public kernel reads. Name a source of all eight files first."
        )
    with closing(connect("trainer", read_only=True)) as connection:
        table = read_feature_table(connection)
    clients = Clients.found(raw, table)
    judged = compare_with_peers(clients, report)
    if more is not None:
        pooled = Clients.found(RawTables(path, more), table)
        compare_with_peers(pooled, report)
        added = Clients.found(RawTables(more), table)
        say_what_more_rows_give(clients, added, judged[RECIPE], report)
        say_learning_curve(pooled, report)


def compare_with_peers(clients: Clients, report: Report) -> dict[str, FoldAuc]:
    """Judge each contestant on the same folds, then the pairs that matter."""
    report(
        f"\n{clients.raw.names}: {clients.rows.size:,} labelled clients, "
        f"{clients.is_default.mean():.2%} default. Mean AUC of the folds, stratified "
        "5-fold, seeds 0, 1, 2 [95 % interval]"
    )
    judged = {}
    for one in contestants(clients):
        auc = cross_validated(one.learner, one.matrix, clients.is_default, processors())
        judged[one.name] = auc
        columns = f"{one.matrix.shape[1]:,} columns"
        report(f"  {one.name:<30}{columns:>14}   {_interval(auc.estimate())}")
    for name, reference in (
        (KERNEL, APPLICATION),
        (FEATURES, KERNEL),
        (RECIPE, FEATURES),
        (RECIPE, KERNEL),
    ):
        difference = judged[name].minus(judged[reference])
        report(f"  {name} against {reference}: {_interval(difference, signed=True)}")
    return judged


def contestants(clients: Clients) -> Iterator[Contestant]:
    """Yield peers and ours, each matrix made when its turn comes."""
    positions = tuple(clients.table.categorical_positions)
    yield Contestant(APPLICATION, PeerTrees(), application_columns(clients))
    yield Contestant(KERNEL, PeerTrees(), kernel_columns(clients))
    yield Contestant(FEATURES, PeerTrees(positions), clients.matrix)
    yield Contestant(RECIPE, recipe(clients), clients.matrix)


def application_columns(clients: Clients) -> Matrix:
    """Return the columns of the application file, one-hot encoded, and no others."""
    frame = clients.raw.read("application_train").drop(columns="TARGET")
    frame, _ = one_hot(frame, missing=False)
    return _matrix_of(frame, clients.ids)


def kernel_columns(clients: Clients) -> Matrix:
    """Return the public kernel's features, without keys and outcome."""
    frame = client_features(clients.raw)
    return _matrix_of(frame.drop(columns="TARGET"), clients.ids)


def _matrix_of(frame: pd.DataFrame, ids: NDArray[np.int64]) -> Matrix:
    # A client whom a peer leaves out has a row in which nothing is known.
    return frame.set_index(CLIENT).reindex(ids).to_numpy(np.float32)


def recipe(clients: Clients) -> BoostedTrees:
    """Return the learner of `python -m training run` for so many clients."""
    return trees_of(clients.table, clients.rows.size, processors=1)


def say_what_more_rows_give(
    clients: Clients, added: Clients, alone: FoldAuc, report: Report
) -> None:
    """Judge the first source's clients by models that also saw the second's."""
    absent = sorted(added.raw.absent & set(TABLE_OF_SOURCE.values()))
    report(
        f"\nWhat {added.rows.size:,} clients more to learn from give to those of "
        f"{clients.raw.names}, own recipe"
    )
    report(f"  without them: {_interval(alone.estimate())}")
    ways = {"their features as built": added.matrix}
    if absent:
        ways[f"unknown where from {', '.join(absent)}"] = unknown_where_absent(added)
    for way, matrix in ways.items():
        learner = WithMoreRows(recipe(clients), matrix, added.is_default)
        auc = cross_validated(learner, clients.matrix, clients.is_default, processors())
        report(
            f"  with them, {way}: {_interval(auc.estimate())}, "
            f"{_interval(auc.minus(alone), signed=True)}"
        )


def unknown_where_absent(clients: Clients) -> Matrix:
    """Return the features, unknown where their table's file is absent.

    A table without rows of a client says that the client had no such loan; a table
    that was never delivered does not.
    """
    matrix = clients.matrix.copy()
    sources = [feature.name.partition("_")[0] for feature in clients.table.features]
    absent = [TABLE_OF_SOURCE.get(source) in clients.raw.absent for source in sources]
    matrix[:, absent] = np.nan
    return matrix


def say_learning_curve(
    clients: Clients, report: Report, shares: Sequence[float] = SHARES
) -> None:
    """Judge the recipe on the same held-out clients, trained on fewer of the others."""
    report(f"\nLearning curve over {clients.raw.names}, own recipe")
    for share in shares:
        learner: Learner = recipe(clients)
        if share < 1:
            learner = OnShare(learner, share)
        auc = cross_validated(learner, clients.matrix, clients.is_default, processors())
        trained_on = share * clients.rows.size * 4 / 5
        report(f"  trained on {trained_on:,.0f} clients: {_interval(auc.estimate())}")


def _interval(estimate: Estimate, *, signed: bool = False) -> str:
    sign = "+" if signed else ""
    low, high = (f"{bound:{sign}.3f}" for bound in (estimate.low, estimate.high))
    return f"{estimate.value:{sign}.4f} [{low}, {high}]"

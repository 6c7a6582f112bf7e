"""The part of the clients that choices may be made on, read from the database."""

import os
from dataclasses import dataclass

from database import connect
from scoring import Feature
from training.constraints import read_directions
from training.feature_table import read_feature_table
from training.learners import BoostedTrees, Matrix, Outcomes
from training.progress import Progress
from training.protocol import split_held_out


@dataclass(frozen=True)
class Development:
    """The development part.

    Attributes
    ----------
    trees : BoostedTrees
        The defaults for so many clients.
    matrix : ndarray of shape (n_clients, n_features)
    is_default : ndarray of shape (n_clients,)
    features : tuple of Feature
    expected_directions : dict of str to int
        As the catalogue has them.
    data_fingerprint : str
        Of all that was in the table, the clients held out included.
    """

    trees: BoostedTrees
    matrix: Matrix
    is_default: Outcomes
    features: tuple[Feature, ...]
    expected_directions: dict[str, int]
    data_fingerprint: str


def read_development(progress: Progress) -> Development:
    """Read the feature table and leave the clients out who are held out.

    Raises
    ------
    FeatureTableError
        If the table cannot be trained on.
    """
    with progress.step("Reading the feature table") as step:
        connection = connect("trainer", application_name="training", read_only=True)
        try:
            table = read_feature_table(connection)
            directions = read_directions(connection)
        finally:
            connection.close()
        is_kept = ~split_held_out(table.client_ids[: table.is_default.size])
        matrix, is_default = table.labelled[is_kept], table.is_default[is_kept]
        step.detail = f"{len(matrix):,} clients, {len(table.features)} features"
    trees = BoostedTrees.suited_to(
        len(matrix), table.categorical_positions, len(os.sched_getaffinity(0))
    )
    return Development(
        trees, matrix, is_default, table.features, directions, table.fingerprint
    )

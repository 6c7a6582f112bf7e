"""The part of the clients that choices may be made on, read from the database."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from database import connect
from scoring import Feature
from training.feature_table import read_feature_table
from training.learners import BoostedTrees, Matrix, Outcomes
from training.method import trees_of
from training.progress import Progress
from training.protocol import split_held_out
from training.recipe import Recipe, default_recipe


@dataclass(frozen=True)
class Development:
    """The development part.

    Attributes
    ----------
    trees : BoostedTrees
        Of the recipe, by default the one for so many clients.
    constraints : tuple of str
        Families of columns that the recipe binds.
    matrix : ndarray of shape (n_clients, n_features)
    is_default : ndarray of shape (n_clients,)
    features : tuple of Feature
    expected_directions : mapping of str to int
        As the catalogue has them.
    data_fingerprint : str
        Of all that was in the table, the clients held out included.
    """

    trees: BoostedTrees
    constraints: tuple[str, ...]
    matrix: Matrix
    is_default: Outcomes
    features: tuple[Feature, ...]
    expected_directions: Mapping[str, int]
    data_fingerprint: str


def read_development(progress: Progress, recipe: Recipe | None = None) -> Development:
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
        finally:
            connection.close()
        is_kept = ~split_held_out(table.client_ids[: table.is_default.size])
        matrix, is_default = table.labelled[is_kept], table.is_default[is_kept]
        step.detail = f"{len(matrix):,} clients, {len(table.features)} features"
    chosen = recipe or default_recipe(len(matrix))
    return Development(
        trees_of(table, len(matrix), len(os.sched_getaffinity(0)), chosen),
        chosen.constraints,
        matrix,
        is_default,
        table.features,
        table.expected_directions,
        table.fingerprint,
    )

"""The part of the clients that choices may be made on, with the trees to begin from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.data.feature_table import FeatureTable, read_feature_table
from training.data.warehouse import warehouse
from training.environment import processors
from training.learners import BoostedTrees, Matrix, Outcomes
from training.learners.recipe import Recipe, default_recipe
from training.progress import Progress
from training.validation.method import trees_of
from training.validation.protocol import split_held_out


@dataclass(frozen=True)
class Development:
    """The development part.

    Attributes
    ----------
    table : FeatureTable
        All clients, held-out ones among them.
    mask : ndarray of shape (n_labelled,), bool
        Which labelled clients are not held out.
    matrix : ndarray of shape (n_clients, n_features)
    is_default : ndarray of shape (n_clients,)
    recipe : Recipe
        By default the one for so many clients.
    trees : BoostedTrees
        Of the recipe.
    """

    table: FeatureTable
    mask: NDArray[np.bool_]
    matrix: Matrix
    is_default: Outcomes
    recipe: Recipe
    trees: BoostedTrees

    @classmethod
    def of(cls, table: FeatureTable, recipe: Recipe | None = None) -> "Development":
        """Leave the clients out who are held out.

        Raises
        ------
        ParametersError
            If the recipe names a parameter or a family that does not exist.
        """
        mask = ~split_held_out(table.client_ids[: table.is_default.size])
        rows = int(mask.sum())
        chosen = recipe or default_recipe(rows)
        return cls(
            table=table,
            mask=mask,
            matrix=table.labelled[mask],
            is_default=table.is_default[mask],
            recipe=chosen,
            trees=trees_of(table, rows, processors(), chosen),
        )

    @property
    def workers(self) -> int:
        """As many fits at a time as there are processors left for them."""
        return max(1, processors() // self.trees.threads)


def read_development(progress: Progress, recipe: Recipe | None = None) -> Development:
    """Read the feature table and leave the clients out who are held out.

    Raises
    ------
    FeatureTableError
        If the table cannot be trained on.
    ParametersError
        If the recipe names a parameter or a family that does not exist.
    """
    with progress.step("Reading the feature table") as step, warehouse() as connection:
        part = Development.of(read_feature_table(connection), recipe)
        features = len(part.table.features)
        step.detail = f"{len(part.matrix):,} clients, {features} features"
    return part

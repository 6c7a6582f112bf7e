"""The trees of a recipe on a feature table, and what makes two figures comparable."""

from dataclasses import replace

from scoring import CostMatrix
from training.data.constraints import families_named, monotone_directions
from training.data.feature_table import FeatureTable
from training.data.fingerprint import digest_of
from training.learners import BoostedTrees
from training.learners.recipe import Recipe, default_recipe


def trees_of(
    table: FeatureTable, rows: int, processors: int, recipe: Recipe | None = None
) -> BoostedTrees:
    """Return the trees of a recipe, bound where the recipe and the catalogue say so.

    Parameters
    ----------
    table : FeatureTable
    rows : int
        Clients to learn from.
    processors : int
    recipe : Recipe, optional
        By default the one for so many clients.

    Raises
    ------
    ParametersError
        If the recipe names a parameter or a family that does not exist.
    """
    chosen = recipe or default_recipe(rows)
    trees = BoostedTrees.suited_to(
        rows, table.categorical_positions, processors, chosen
    )
    families = families_named(chosen.constraints)
    return replace(
        trees,
        monotone_directions=monotone_directions(
            table.features, table.expected_directions, families
        ),
    )


def method_digest(trees: BoostedTrees, costs: CostMatrix, folds: int) -> str:
    """Hash what figures depend on besides data and code: trees, costs and folds.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    # The number of threads is the machine's affair.
    return digest_of(
        repr(replace(trees, threads=1)),
        float(costs.false_positive_cost),
        float(costs.false_negative_cost),
        folds,
    )

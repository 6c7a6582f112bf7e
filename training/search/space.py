"""What is searched: LightGBM's parameters and how rare defaults are made less rare.

The bounds of ``num_leaves`` and ``min_child_samples`` follow the number of clients.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any

import numpy as np

from training.errors import SearchError
from training.learners import BoostedTrees
from training.learners.recipe import LARGE_DATA_ROWS

# Bumped when a point of an earlier search no longer means the same.
SPACE_VERSION = 1

_WHOLE = ("num_leaves", "min_child_samples", "max_depth")
_NOT_A_RECIPE = ("categorical_positions", "monotone_directions", "threads")

RECIPE_NAMES = tuple(
    field.name for field in fields(BoostedTrees) if field.name not in _NOT_A_RECIPE
)


def search_space(rows: int) -> dict[str, Any]:
    """Describe the space to Hyperopt.

    Parameters
    ----------
    rows : int
        Clients to learn from.
    """
    from hyperopt import hp

    is_large = rows >= LARGE_DATA_ROWS
    most_leaves, most_in_leaf = (256, 1000) if is_large else (48, 250)
    return {
        "learning_rate": hp.loguniform("learning_rate", np.log(0.01), np.log(0.1)),
        "num_leaves": hp.qloguniform("num_leaves", np.log(4), np.log(most_leaves), 1),
        "max_depth": hp.quniform("max_depth", 2, 12, 1),
        "min_child_samples": hp.qloguniform(
            "min_child_samples", np.log(10), np.log(most_in_leaf), 1
        ),
        "feature_fraction": hp.loguniform("feature_fraction", np.log(0.05), np.log(1)),
        "bagging_fraction": hp.uniform("bagging_fraction", 0.4, 1.0),
        "lambda_l1": hp.loguniform("lambda_l1", np.log(1e-3), np.log(10)),
        "lambda_l2": hp.loguniform("lambda_l2", np.log(1e-2), np.log(100)),
        "min_split_gain": hp.loguniform("min_split_gain", np.log(1e-3), np.log(1)),
        "path_smooth": hp.loguniform("path_smooth", np.log(1e-2), np.log(100)),
        "extra_trees": hp.choice("extra_trees", [False, True]),
        "sampling": hp.choice(
            "sampling",
            [
                {},
                {"default_weight": hp.loguniform("default_weight", 0, np.log(12))},
                {"good_fraction": hp.loguniform("good_fraction", np.log(0.08), 0)},
            ],
        ),
    }


def recipe_of(point: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a point of the space into the fields of ``BoostedTrees`` that it sets."""
    flat = {name: value for name, value in point.items() if name != "sampling"}
    flat |= point["sampling"]
    return {
        name: int(value) if name in _WHOLE else _plain(value)
        for name, value in flat.items()
    }


def _plain(value: float | bool) -> float | bool:
    return value if isinstance(value, bool) else float(f"{value:.6g}")


def recipe_from(trees: BoostedTrees) -> dict[str, Any]:
    """Return what ``with_recipe`` needs to make the same trees again."""
    return {name: asdict(trees)[name] for name in RECIPE_NAMES}


def with_recipe(trees: BoostedTrees, recipe: Mapping[str, Any]) -> BoostedTrees:
    """Give trees the parameters of a recipe.

    Raises
    ------
    SearchError
        If it names a parameter that is none of a recipe's.
    """
    unknown = sorted(set(recipe) - set(RECIPE_NAMES))
    if unknown:
        raise SearchError(
            f"A recipe has no {', '.join(unknown)}. It may set: "
            f"{', '.join(RECIPE_NAMES)}."
        )
    return replace(trees, **recipe)

"""Parameters come from a file that says where they come from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from training.errors import ParametersError, TrainingError
from training.learners import BoostedTrees
from training.learners.recipe import Recipe, default_recipe, read_recipe
from training.options import seeds_of


def written(folder: Path, document: Any) -> Path:
    path = folder / "best.json"
    path.write_text(json.dumps(document))
    return path


def test_a_file_may_hold_more_than_is_asked_of_it(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        {"origin": "a search", "parameters": {"num_leaves": 5}, "trials": [1, 2]},
    )
    learner = BoostedTrees.suited_to(100, [2], processors=4, recipe=read_recipe(path))
    assert (learner.num_leaves, learner.threads) == (5, 1)
    assert learner.categorical_positions == (2,)


def test_few_clients_get_smaller_trees_and_one_thread_each() -> None:
    few, many = (
        BoostedTrees.suited_to(rows, [], processors=3) for rows in (4_000, 200_000)
    )
    # Leaves as full as those of a few thousand clients would split no few hundred.
    assert BoostedTrees.suited_to(600, [], processors=3).min_child_samples < 100
    assert few.num_leaves < many.num_leaves
    assert (few.threads, many.threads) == (1, 3)
    assert all(default_recipe(rows).origin for rows in (4_000, 200_000))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"leaves": 5}, "no parameter leaves. They have .*num_leaves"),
        ({"threads": 5}, "no parameter threads"),
        ({"num_leaves": 5.5}, "num_leaves must be of the kind int"),
        ({"num_leaves": True}, "num_leaves must be of the kind int"),
        ({"learning_rate": "fast"}, "learning_rate must be of the kind float"),
    ],
)
def test_parameters_that_the_trees_do_not_have_are_refused_by_name(
    parameters: dict[str, Any], message: str
) -> None:
    with pytest.raises(ParametersError, match=message):
        BoostedTrees.suited_to(100, [], 1, Recipe(parameters, "a test"))


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"parameters": {}},
        {"origin": "no"},
        {"origin": "a test", "parameters": {}, "constraints": "delay"},
    ],
)
def test_a_file_that_holds_no_recipe_is_refused(
    tmp_path: Path, document: object
) -> None:
    with pytest.raises(ParametersError, match=r"must (hold|be a list)"):
        read_recipe(written(tmp_path, document))
    with pytest.raises(ParametersError, match="cannot be read"):
        read_recipe(tmp_path / "absent.json")


def test_seeds_are_numbers_with_commas() -> None:
    assert seeds_of("0,1, 2") == (0, 1, 2)
    with pytest.raises(TrainingError, match="as 0,1,2"):
        seeds_of("0;1")

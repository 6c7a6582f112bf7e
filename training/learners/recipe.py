"""The parameters of the trees, read from a file with where they come from.

A file is a JSON object: ``origin``, a sentence that the report repeats, and
``parameters``, fields of ``BoostedTrees`` by name; it may name the families of columns
with a direction in ``constraints``. Whatever else it holds is left alone, so that the
best trial of a search is such a file.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.errors import ParametersError

# From here on trees may be large, and one fit can use several processors.
LARGE_DATA_ROWS = 50_000
# Below, leaves that must hold 160 clients leave next to nothing to split.
FEW_DATA_ROWS = 3_000
_FOLDER = Path(__file__).parent / "parameters"


@dataclass(frozen=True)
class Recipe:
    """Parameters of a learner.

    Attributes
    ----------
    parameters : mapping of str to object
    origin : str
        How they were chosen, as a sentence for a reader of the report.
    constraints : tuple of str
        Names of families in ``training.data.constraints``, whose columns have a
        direction.
    """

    parameters: Mapping[str, Any]
    origin: str
    constraints: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return them as they stand in a file."""
        return {
            "origin": self.origin,
            "constraints": list(self.constraints),
            "parameters": dict(self.parameters),
        }


def default_recipe(rows: int) -> Recipe:
    """Return the recipe for so many clients to learn from.

    Few clients carry small trees on few columns each; many carry larger ones.
    """
    name = "small" if rows >= FEW_DATA_ROWS else "few"
    name = "large" if rows >= LARGE_DATA_ROWS else name
    return read_recipe(_FOLDER / f"{name}.json")


def read_recipe(path: Path) -> Recipe:
    """Read a file of parameters.

    Raises
    ------
    ParametersError
        If it cannot be read or does not hold what it should.
    """
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ParametersError(f"The parameters {path} cannot be read: {error}") from (
            error
        )
    if not isinstance(document, dict):
        document = {}
    parameters, origin = document.get("parameters"), document.get("origin")
    if not (isinstance(parameters, dict) and isinstance(origin, str)):
        raise ParametersError(
            f"{path} must hold an object with a text `origin`, saying how the "
            "parameters were chosen, and an object `parameters`."
        )
    constraints = document.get("constraints", [])
    if not (
        isinstance(constraints, list) and all(isinstance(c, str) for c in constraints)
    ):
        raise ParametersError(
            f"In {path}, `constraints` must be a list of names of families."
        )
    return Recipe(parameters, origin, tuple(constraints))

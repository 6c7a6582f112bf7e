"""What fairness would cost, what gender would bring, what the split by person changes.

Every answer takes further models, trained on the same folds as the model itself. So
this is no part of a run: it is asked for, and the next report tells what it found.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.data.feature_table import FeatureTable
from training.evaluation.age_bands import age_bands
from training.evaluation.group_thresholds import equal_approval
from training.evaluation.mitigation import Comparison, Figures
from training.evaluation.persons import counts, person_groups
from training.evaluation.scored import Scored
from training.evaluation.separation import separation
from training.learners import Learner, Matrix
from training.learners.cross_validation import out_of_fold
from training.learners.reweighed import ReweighedTrees
from training.learners.selection import on_columns
from training.options import TrainingOptions
from training.progress import Progress
from training.validation.development import Development
from training.validation.method import method_digest

# So many features that tell gender best are dropped together, of many features.
DROPPED_PROXIES, DROPPED_SHARE = 10, 0.1
MEN, YOUNGEST = "M", "<30"


@dataclass(frozen=True)
class Variant:
    """A model to compare: what is learnt from, and how."""

    name: str
    matrix: Matrix
    learner: Learner
    persons: NDArray[np.intp] | None = None


@dataclass(frozen=True)
class Ground:
    """The development part, with what the audit alone may know."""

    part: Development
    persons: NDArray[np.intp]
    options: TrainingOptions

    @property
    def genders(self) -> NDArray[np.object_]:
        """Genders, None where unknown."""
        return self.part.table.genders[self.part.mask]

    @property
    def is_man(self) -> NDArray[np.bool_]:
        """Who is known to be a man."""
        return np.asarray(self.genders == MEN)

    @property
    def gender(self) -> NDArray[np.float32]:
        """1 for men, 0 for others, NaN where unknown: a column like any other."""
        return np.array(
            [
                np.nan if one is None else float(one == MEN)
                for one in self.genders.tolist()
            ],
            np.float32,
        )

    @property
    def is_young(self) -> NDArray[np.bool_]:
        """Who is in the youngest band."""
        bands = age_bands(self.part.table.ages[self.part.mask])
        return np.asarray(bands == YOUNGEST)

    def scored(self, variant: Variant) -> Scored:
        """Cross-validate a variant on every seed."""
        repeats = [
            out_of_fold(
                variant.learner,
                variant.matrix,
                self.part.is_default,
                self.options.folds,
                seed,
                self.part.workers,
                variant.persons,
            )
            for seed in self.options.seeds
        ]
        return Scored.of(repeats, self.part.is_default, self.options.seed)


def ground_of(
    table: FeatureTable, years: NDArray[np.float64], options: TrainingOptions
) -> Ground:
    """Take the development part of the labelled clients.

    Parameters
    ----------
    table : FeatureTable
    years : ndarray of shape (n_clients, 4)
        As ``read_person_years`` gives them.
    options : TrainingOptions
    """
    part = Development.of(table, options.recipe)
    persons = person_groups(
        years[: part.mask.size][part.mask], table.genders[part.mask]
    )
    return Ground(part, persons, options)


def audit_path(runs_dir: Path, data_fingerprint: str) -> Path:
    """Return where the figures for these data are kept."""
    return runs_dir / "audit" / f"{data_fingerprint[:16]}.json"


def run_audit(ground: Ground, progress: Progress) -> dict[str, Any]:
    """Train the model and its variants on the same folds, and compare them.

    Returns
    -------
    dict
        ``data_fingerprint``, ``method``, ``options``, ``clients``; ``variants``: AUC,
        cost, gaps of approval and of refused good clients (men and the youngest
        against the others), each with its paired difference from the model;
        ``proxies``: the features dropped; ``persons``: how many, and the model on
        folds that keep a person's applications together.
    """
    part, options = ground.part, ground.options
    costs = options.cost_matrix
    with progress.step("The model as it is"):
        scored = ground.scored(Variant("as_is", part.matrix, part.trees))
    comparison = Comparison(
        part.is_default,
        costs,
        {"men": ground.is_man, "youngest": ground.is_young},
        scored.replicates,
    )
    reference = comparison.figures(scored.probability)
    proxies = proxies_of_gender(ground)
    found: dict[str, Figures] = {"as_is": reference}
    for variant in variants(ground, proxies):
        with progress.step(_STEPS[variant.name]):
            found[variant.name] = comparison.figures(ground.scored(variant).probability)
    refused = equal_approval(scored, ground.is_man, costs)
    found["equal_approval"] = comparison.figures(scored.probability, refused)
    by_person = found.pop("by_person")
    return {
        "data_fingerprint": part.table.fingerprint,
        "method": method_digest(part.trees, costs, options.folds),
        "options": options.to_dict(),
        "clients": int(part.is_default.size),
        "proxies": proxies,
        "variants": [
            {"name": name, "figures": figures.against(reference)}
            for name, figures in found.items()
        ],
        "persons": counts(ground.persons) | {"figures": by_person.against(reference)},
    }


_STEPS = {
    "without_proxies": "Without the first proxies of gender",
    "without_protected": "Without protected features",
    "reweighed": "Reweighed by gender",
    "with_gender": "With gender as a feature",
    "by_person": "Folds that keep persons together",
}


def proxies_of_gender(ground: Ground) -> list[str]:
    """Name the features that tell men from others best, whatever their outcome."""
    found = separation(
        ground.part.matrix,
        ground.part.table.features,
        ground.is_man,
        ground.options.seed,
    )
    count = min(DROPPED_PROXIES, int(DROPPED_SHARE * len(ground.part.table.features)))
    strongest = found["features"][:count] if found else []
    return [str(row["name"]) for row in strongest]


def variants(ground: Ground, proxies: list[str]) -> Iterator[Variant]:
    """Yield the models to compare with the one as it is."""
    part = ground.part
    protected = {one.name for one in part.table.features if one.is_protected}
    yield _without(part, "without_proxies", set(proxies))
    yield _without(part, "without_protected", protected)
    with_gender = np.column_stack((part.matrix, ground.gender))
    yield Variant("reweighed", with_gender, ReweighedTrees(part.trees))
    directions = part.trees.monotone_directions
    free = replace(part.trees, monotone_directions=(*directions, 0))
    yield Variant("with_gender", with_gender, free if directions else part.trees)
    yield Variant("by_person", part.matrix, part.trees, ground.persons)


def _without(part: Development, name: str, dropped: set[str]) -> Variant:
    kept = np.array(
        [i for i, f in enumerate(part.table.features) if f.name not in dropped],
        dtype=np.intp,
    )
    return Variant(name, part.matrix[:, kept], on_columns(part.trees, kept))

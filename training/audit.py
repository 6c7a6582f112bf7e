"""What fairness would cost, what gender would bring, what the split by person changes.

Every answer takes further models, trained on the same folds as the model itself. So
this is no part of a run: it is asked for, and the next report tells what it found.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring import CostMatrix
from training.cross_validation import out_of_fold
from training.evaluation.audit import age_bands
from training.evaluation.group_thresholds import equal_approval
from training.evaluation.mitigation import Comparison, Figures
from training.evaluation.persons import counts, person_groups
from training.evaluation.scored import Scored
from training.evaluation.separation import separation
from training.feature_table import FeatureTable
from training.learners import BoostedTrees, Learner, Matrix
from training.learners.reweighed import ReweighedTrees
from training.method import method_digest, trees_of
from training.progress import Progress
from training.protocol import split_held_out
from training.recipe import Recipe
from training.selection import on_columns

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
class Plan:
    """How the audit cross-validates, and what wrong decisions cost."""

    costs: CostMatrix
    folds: int
    seeds: tuple[int, ...]
    recipe: Recipe | None = None


@dataclass(frozen=True)
class Ground:
    """The development part, with what the audit alone may know."""

    table: FeatureTable
    development: NDArray[np.bool_]
    persons: NDArray[np.intp]
    learner: BoostedTrees
    plan: Plan
    workers: int

    @property
    def matrix(self) -> Matrix:
        """Feature rows."""
        return self.table.labelled[self.development]

    @property
    def is_default(self) -> NDArray[np.bool_]:
        """Outcomes."""
        return self.table.is_default[self.development]

    @property
    def is_man(self) -> NDArray[np.bool_]:
        """Who is known to be a man."""
        return np.asarray(self.table.genders[self.development] == MEN)

    @property
    def gender(self) -> NDArray[np.float32]:
        """1 for men, 0 for others, NaN where unknown: a column like any other."""
        genders = self.table.genders[self.development].tolist()
        return np.array(
            [np.nan if one is None else float(one == MEN) for one in genders],
            np.float32,
        )

    @property
    def is_young(self) -> NDArray[np.bool_]:
        """Who is in the youngest band."""
        bands = age_bands(self.table.ages[self.development])
        return np.asarray(bands == YOUNGEST)

    def scored(self, variant: Variant) -> Scored:
        """Cross-validate a variant on every seed."""
        repeats = [
            out_of_fold(
                variant.learner,
                variant.matrix,
                self.is_default,
                self.plan.folds,
                seed,
                self.workers,
                variant.persons,
            )
            for seed in self.plan.seeds
        ]
        return Scored.of(repeats, self.is_default, self.plan.seeds[0])


def ground_of(
    table: FeatureTable,
    years: NDArray[np.float64],
    plan: Plan,
    processors: int,
) -> Ground:
    """Take the development part of the labelled clients.

    Parameters
    ----------
    table : FeatureTable
    years : ndarray of shape (n_clients, 4)
        As ``read_person_years`` gives them.
    plan : Plan
    processors : int
        Folds trained at a time, where one fit uses one processor.
    """
    labelled = table.is_default.size
    development = ~split_held_out(table.client_ids[:labelled])
    rows = int(development.sum())
    learner = trees_of(table, rows, processors, plan.recipe)
    persons = person_groups(years[:labelled][development], table.genders[development])
    return Ground(
        table=table,
        development=development,
        persons=persons,
        learner=learner,
        plan=plan,
        workers=max(1, processors // learner.threads),
    )


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
    with progress.step("The model as it is"):
        scored = ground.scored(Variant("as_is", ground.matrix, ground.learner))
    comparison = Comparison(
        ground.is_default,
        ground.plan.costs,
        {"men": ground.is_man, "youngest": ground.is_young},
        scored.replicates,
    )
    reference = comparison.figures(scored.probability)
    proxies = proxies_of_gender(ground)
    found: dict[str, Figures] = {"as_is": reference}
    for variant in variants(ground, proxies):
        with progress.step(_STEPS[variant.name]):
            found[variant.name] = comparison.figures(ground.scored(variant).probability)
    refused = equal_approval(scored, ground.is_man, ground.plan.costs)
    found["equal_approval"] = comparison.figures(scored.probability, refused)
    by_person = found.pop("by_person")
    return {
        "data_fingerprint": ground.table.fingerprint,
        "method": method_digest(ground.learner, ground.plan.costs, ground.plan.folds),
        "options": asdict(ground.plan),
        "clients": int(ground.is_default.size),
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
        ground.matrix, ground.table.features, ground.is_man, ground.plan.seeds[0]
    )
    count = min(DROPPED_PROXIES, int(DROPPED_SHARE * len(ground.table.features)))
    strongest = found["features"][:count] if found else []
    return [str(row["name"]) for row in strongest]


def variants(ground: Ground, proxies: list[str]) -> Iterator[Variant]:
    """Yield the models to compare with the one as it is."""
    features = ground.table.features
    protected = {feature.name for feature in features if feature.is_protected}
    yield _without(ground, "without_proxies", set(proxies))
    yield _without(ground, "without_protected", protected)
    with_gender = np.column_stack((ground.matrix, ground.gender))
    yield Variant("reweighed", with_gender, ReweighedTrees(ground.learner))
    directions = ground.learner.monotone_directions
    free = replace(ground.learner, monotone_directions=(*directions, 0))
    yield Variant("with_gender", with_gender, free if directions else ground.learner)
    yield Variant("by_person", ground.matrix, ground.learner, ground.persons)


def _without(ground: Ground, name: str, dropped: set[str]) -> Variant:
    kept = np.array(
        [i for i, f in enumerate(ground.table.features) if f.name not in dropped],
        dtype=np.intp,
    )
    return Variant(name, ground.matrix[:, kept], on_columns(ground.learner, kept))

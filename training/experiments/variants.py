"""Changes of the recipe, each measured against the recipe as it is.

All are cross-validated on the same folds of the development part, with the same seeds;
what they choose or fit, they do on training rows.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from scoring import CostMatrix, Feature, to_json
from training.data.constraints import FAMILIES, Family, monotone_directions
from training.learners import BoostedTrees, Learner, Matrix, Outcomes
from training.learners.cross_validation import OutOfFold
from training.learners.selection import SELECTORS, SelectedPredictor, SelectedTrees
from training.options import TrainingOptions
from training.progress import Progress
from training.registry.files import write_whole
from training.validation.development import read_development
from training.validation.method import method_digest
from training.validation.paired import paired_figures
from training.validation.protocol import repeated_out_of_fold


@dataclass(frozen=True)
class Protocol:
    """The development part and how learners are judged on it.

    Attributes
    ----------
    matrix : ndarray of shape (n_clients, n_features)
    is_default : ndarray of shape (n_clients,)
    features : tuple of Feature
    costs : CostMatrix
    folds : int
    seeds : tuple of int
    workers : int
        Folds trained at the same time.
    """

    matrix: Matrix
    is_default: Outcomes
    features: tuple[Feature, ...]
    costs: CostMatrix
    folds: int
    seeds: tuple[int, ...]
    workers: int = 1

    def scores(self, learner: Learner) -> tuple[OutOfFold, ...]:
        """Cross-validate a learner once per seed."""
        return repeated_out_of_fold(
            learner, self.matrix, self.is_default, self.folds, self.seeds, self.workers
        )

    def against(
        self, reference: Sequence[OutOfFold], changed: Sequence[OutOfFold]
    ) -> dict[str, Any]:
        """Compare with the recipe as it is."""
        return paired_figures(reference, changed, self.is_default, self.costs)


def run_variants(options: TrainingOptions, runs_dir: Path, console: Console) -> Path:
    """Measure the variants of a recipe, by default the usual one, and write them.

    Returns
    -------
    Path
        Of the figures.
    """
    progress = Progress(console)
    part = read_development(progress, options.recipe)
    table, costs = part.table, options.cost_matrix
    protocol = Protocol(
        part.matrix,
        part.is_default,
        table.features,
        costs,
        options.folds,
        options.seeds,
        part.workers,
    )
    measured = measure_variants(
        part.trees, protocol, table.expected_directions, progress
    )
    document = {
        "data_fingerprint": table.fingerprint,
        "method": method_digest(part.trees, costs, options.folds),
        "clients": len(part.matrix),
        "columns": len(table.features),
        "folds": options.folds,
        "seeds": list(options.seeds),
        "false_positive_cost": costs.false_positive_cost,
        "false_negative_cost": costs.false_negative_cost,
        **measured,
    }
    path = variants_path(runs_dir, table.fingerprint)
    write_whole(path, to_json(document))
    return path


def variants_path(runs_dir: Path, data_fingerprint: str) -> Path:
    """Return where the figures for these data are kept."""
    return runs_dir / "variants" / f"{data_fingerprint[:16]}.json"


def variant_figures(
    runs_dir: Path, data_fingerprint: str, method: str, kind: str
) -> dict[str, Any] | None:
    """Return what the report tells of ``selection`` or ``constraints``.

    Returns
    -------
    dict or None
        With ``is_other_method``, whether trees, costs or folds were others than of the
        digest ``method``; None where they have not been measured on these data.
    """
    path = variants_path(runs_dir, data_fingerprint)
    if not path.exists():
        return None
    document = json.loads(path.read_bytes())
    return {
        "is_other_method": document.get("method") != method,
        "columns": document["columns"],
        "folds": document["folds"],
        "seeds": document["seeds"],
        "rows": document[kind],
    }


def measure_variants(
    trees: BoostedTrees,
    part: Protocol,
    expected_directions: Mapping[str, int],
    progress: Progress,
) -> dict[str, list[dict[str, Any]]]:
    """Measure selections of columns and monotone constraints.

    Parameters
    ----------
    trees : BoostedTrees
        The recipe as it is.
    part : Protocol
    expected_directions : mapping of str to int
        As the catalogue has them.
    progress : Progress

    Returns
    -------
    dict
        ``selection`` and ``constraints``: rows ready for JSON.
    """
    with progress.step("The recipe as it is") as step:
        reference = part.scores(trees)
        step.detail = f"{len(part.features)} columns"
    selection = []
    for name, selector in SELECTORS.items():
        with progress.step(f"Selection: {name}") as step:
            scores = part.scores(SelectedTrees(trees, selector))
            row = part.against(reference, scores) | _kept(scores)
            selection.append({"name": name, **row})
            step.detail = f"{row['columns']['mean']:.0f} columns, {_told(row)}"
    constraints, measured = [], {_directions_of(trees, part)}
    for name, families in _groups().items():
        directions = monotone_directions(part.features, expected_directions, families)
        if directions in measured:
            continue
        measured.add(directions)
        with progress.step(f"Constraints: {name}") as step:
            constrained = replace(trees, monotone_directions=directions)
            row = part.against(reference, part.scores(constrained))
            columns = sum(direction != 0 for direction in directions)
            labels = _labels(families)
            constraints.append({"name": name, **labels, "columns": columns, **row})
            step.detail = f"{columns} columns, {_told(row)}"
    return {"selection": selection, "constraints": constraints}


def _groups() -> dict[str, tuple[Family, ...]]:
    return {"none": (), "all": FAMILIES} | {
        family.name: (family,) for family in FAMILIES
    }


def _directions_of(trees: BoostedTrees, part: Protocol) -> tuple[int, ...]:
    return trees.monotone_directions or (0,) * len(part.features)


def _labels(families: tuple[Family, ...]) -> dict[str, str]:
    if not families:
        return {"label_fr": "Aucune", "label_en": "None"}
    if len(families) == 1:
        return {"label_fr": families[0].label_fr, "label_en": families[0].label_en}
    return {"label_fr": "Toutes ces familles", "label_en": "All these families"}


def _kept(repeats: Sequence[OutOfFold]) -> dict[str, Any]:
    """How many columns the folds kept, and how far they agree on them."""
    kept = [
        frozenset(predictor.positions.tolist())
        for scores in repeats
        for predictor in scores.predictors
        if isinstance(predictor, SelectedPredictor)
    ]
    sizes = [len(columns) for columns in kept]
    return {
        "columns": {
            "mean": float(np.mean(sizes)),
            "min": min(sizes),
            "max": max(sizes),
        },
        "in_every_fold": len(frozenset.intersection(*kept)),
        "in_some_fold": len(frozenset.union(*kept)),
    }


def _told(row: Mapping[str, Any]) -> str:
    auc, cost = row["auc"]["difference"], row["cost_per_client"]["difference"]
    return (
        f"AUC {auc['value']:+.4f} [{auc['low']:+.4f}, {auc['high']:+.4f}], "
        f"cost {cost['value']:+.4f} [{cost['low']:+.4f}, {cost['high']:+.4f}]"
    )

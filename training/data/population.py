"""The present feature table against the population that a champion learned from."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

from scoring import (
    ArtefactError,
    Feature,
    Population,
    ScoringModel,
    load_model,
    stability_index,
    worst_verdict,
)
from training.data.feature_table import FeatureTable
from training.errors import RegistryError
from training.evaluation.drift import verdicts
from training.evaluation.feature_drift import feature_drift
from training.evaluation.profile import sampled_rows

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Champion:
    """A model with the counts of its training population.

    Attributes
    ----------
    folder : Path
    model : ScoringModel
    reference : Population
    """

    folder: Path
    model: ScoringModel
    reference: Population


def read_champion(folder: Path) -> Champion:
    """Load a champion and what it keeps of its training population.

    Raises
    ------
    RegistryError
        If there is no champion that loads, or it keeps no population.
    """
    try:
        model = load_model(folder)
    except ArtefactError as error:
        raise RegistryError(str(error)) from error
    if model.population is None:
        raise RegistryError(
            f"{model.version} does not tell which population it learned from. Train "
            "one that does: python -m training run"
        )
    return Champion(folder, model, model.population)


def population_drift(
    champion: Champion, table: FeatureTable, *, everyone: bool = False
) -> dict[str, Any]:
    """Compare clients of the feature table with the champion's training population.

    Parameters
    ----------
    champion : Champion
    table : FeatureTable
    everyone : bool, default=False
        Compare all clients, not those alone whose outcome is not known yet. Where all
        are known, everyone is compared anyhow.

    Returns
    -------
    dict
        ``model_version``, ``clients``, ``score`` (of clients without an outcome alone,
        since the model scores those it learned from too well; None where there are
        none), ``features`` (most moved first), ``verdicts``, ``absent`` and ``new``
        features, the worst ``verdict``.
    """
    model, reference = champion.model, champion.reference
    rows = table.matrix if everyone or not len(table.unlabelled) else table.unlabelled
    rows = sampled_rows(rows)
    unseen = sampled_rows(table.unlabelled)
    features = feature_drift(reference.features, rows, table.features)
    score = None
    if len(unseen):
        booster = lightgbm.Booster(model_file=str(champion.folder / "model.txt"))
        wanted = aligned(unseen, table.features, model.features)
        margins = booster.predict(wanted, raw_score=True, num_threads=1)
        probability = model.manifest.calibrator.probability(np.asarray(margins))
        counts = reference.score.count(probability)
        score = asdict(stability_index(reference.score.counts, counts))
    judged = features if score is None else [*features, score]
    present = {feature.name for feature in table.features}
    return {
        "model_version": model.version,
        "data_fingerprint": table.fingerprint,
        "clients": len(rows),
        "clients_before": reference.clients,
        "score": score,
        "features": features,
        "verdicts": verdicts(features),
        "absent": sorted(set(model.feature_names) - present),
        "new": sorted(present - set(model.feature_names)),
        "verdict": worst_verdict([row["verdict"] for row in judged]),
    }


def aligned(
    matrix: Matrix, present: Sequence[Feature], wanted: Sequence[Feature]
) -> Matrix:
    """Put a table's columns and codes into the order that a model knows.

    Parameters
    ----------
    matrix : ndarray of shape (n_clients, n_present)
    present, wanted : sequence of Feature
        Of the matrix, and of the model.

    Returns
    -------
    ndarray of shape (n_clients, n_wanted)
        What the table lacks, and codes that the model never saw, are NaN.
    """
    places = {feature.name: index for index, feature in enumerate(present)}
    found = np.full((len(matrix), len(wanted)), np.nan, dtype=np.float32)
    for position, feature in enumerate(wanted):
        if feature.name not in places:
            continue
        column = matrix[:, places[feature.name]]
        if feature.categories:
            column = _recoded(column, present[places[feature.name]], feature)
        found[:, position] = column
    return found


def _recoded(
    column: NDArray[np.float32], present: Feature, wanted: Feature
) -> NDArray[np.float32]:
    index = {category.code: float(i) for i, category in enumerate(wanted.categories)}
    codes = [index.get(category.code, np.nan) for category in present.categories]
    table = np.array([*codes, np.nan], dtype=np.float32)
    place = np.where(np.isnan(column), len(codes), column).astype(np.intp)
    return table[place]

"""A version in scikit-learn's form, for notebooks.

Serving never reads it: its artefact is text that cannot run. A file of joblib is a
pickle, which runs whatever is in it; skops names the types that it builds.
"""

import json
import tempfile
from pathlib import Path
from typing import Literal

import numpy as np

from scoring import load_model
from scoring.artefact import GOLDEN_FILE, MODEL_FILE, PROBABILITY_TOLERANCE
from training.errors import ExportError
from training.registry.estimator import CreditScoringClassifier

Format = Literal["skops", "joblib"]

TRUSTED = ["training.registry.estimator.CreditScoringClassifier"]


def estimator_of(folder: Path) -> CreditScoringClassifier:
    """Return a verified model folder as a classifier.

    Raises
    ------
    ArtefactError
        If the folder does not verify.
    """
    model = load_model(folder)
    text = (folder.resolve() / MODEL_FILE).read_text()
    return CreditScoringClassifier(model.manifest.to_dict(), text)


def write_estimator(folder: Path, target: Path, form: Format) -> None:
    """Write a version as a classifier, read it back, and let it score golden rows.

    Parameters
    ----------
    folder : Path
        Of the version.
    target : Path
        Replaced when it exists.
    form : {"skops", "joblib"}

    Raises
    ------
    ExportError
        If what was written scores otherwise than the artefact.
    """
    estimator = estimator_of(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=target.parent) as scratch:
        written = Path(scratch) / target.name
        _dump(estimator, written, form)
        _verify(_load(written, form), folder)
        written.replace(target)


def _dump(estimator: CreditScoringClassifier, path: Path, form: Format) -> None:
    if form == "skops":
        from skops.io import dump

        dump(estimator, path)
    else:
        import joblib

        joblib.dump(estimator, path)


def _load(path: Path, form: Format) -> CreditScoringClassifier:
    if form == "skops":
        from skops.io import load

        loaded = load(path, trusted=TRUSTED)
    else:
        import joblib

        loaded = joblib.load(path)
    assert isinstance(loaded, CreditScoringClassifier)
    return loaded


def _verify(estimator: CreditScoringClassifier, folder: Path) -> None:
    golden = json.loads((folder / GOLDEN_FILE).read_bytes())["rows"]
    names = estimator.feature_names_in_
    table = [[row["features"][name] for name in names] for row in golden]
    expected = [row["expected"]["probability"] for row in golden]
    scored = estimator.predict_proba(table)[:, 1]
    if not np.allclose(scored, expected, rtol=0, atol=PROBABILITY_TOLERANCE):
        raise ExportError(
            f"The export of {folder.name} scores otherwise than the model; it was not "
            "written."
        )

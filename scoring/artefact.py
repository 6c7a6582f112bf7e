"""A model folder: written whole, verified whole.

::

    <version>/
        model.txt        the booster, LightGBM's text form
        manifest.json    everything else that scoring needs
        golden.json      synthetic rows and the scores they must get
        population.json  the clients of training in counts, which drift is told from
        checksums.json   SHA-256 of these

The population may be absent, as it is where an earlier program trained: scores need
none. Text and JSON only: nothing in the folder can run. Further files, such as the
training report, may lie beside these; they are not read and not needed. The checksums
guard against accidents and careless edits. They are no signature: who can write the
folder can write them too, so the folder is to be protected like the program.
"""

import hashlib
import math
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scoring.booster import Booster
from scoring.errors import ArtefactError, FeatureRowError
from scoring.manifest import Manifest, from_json, to_json
from scoring.model import Score, ScoringModel
from scoring.population import Population

MODEL_FILE = "model.txt"
MANIFEST_FILE = "manifest.json"
GOLDEN_FILE = "golden.json"
POPULATION_FILE = "population.json"
CHECKSUMS_FILE = "checksums.json"
_SERVED_FILES = (MODEL_FILE, MANIFEST_FILE, GOLDEN_FILE)

PROBABILITY_TOLERANCE = 1e-9
POINTS_TOLERANCE = 1e-6


def load_model(directory: Path | str) -> ScoringModel:
    """Load a model folder after verifying it.

    Parameters
    ----------
    directory : path
        A version's folder, or a link to it.

    Returns
    -------
    ScoringModel

    Raises
    ------
    ArtefactError
        If a file is missing or altered, the manifest's schema is another, the booster
        does not fit the manifest, or a golden row gets another score.
    """
    # Resolved once: a champion replaced meanwhile cannot mix two versions.
    folder = Path(directory).resolve()
    if not folder.is_dir():
        raise ArtefactError(
            f"There is no model folder {directory}. Train one with "
            "`python -m training run`, or set MODEL_DIR to another."
        )
    content = {name: _read(folder, name) for name in _SERVED_FILES}
    checksums = from_json(_read(folder, CHECKSUMS_FILE), CHECKSUMS_FILE)
    if POPULATION_FILE in checksums:
        content[POPULATION_FILE] = _read(folder, POPULATION_FILE)
    _verify_checksums(content, checksums)
    model = _assemble(content)
    _verify_golden_rows(model, from_json(content[GOLDEN_FILE], GOLDEN_FILE))
    return model


def write_artefact(
    models_dir: Path,
    manifest: Manifest,
    model_text: str,
    golden_rows: Sequence[Mapping[str, object]],
    *,
    population: Population | None = None,
    attachments: Mapping[str, bytes] | None = None,
) -> Path:
    """Write ``models_dir/<version>/``, all of it or nothing.

    The folder is made beside its final place, loaded as a server would load it, and
    then renamed.

    Parameters
    ----------
    models_dir : Path
        Created when absent.
    manifest : Manifest
    model_text : str
        The booster in LightGBM's text form.
    golden_rows : sequence of mapping
        Synthetic feature rows; their scores are computed here. Never real clients.
    population : Population, optional
        The clients of training, which later ones are compared with.
    attachments : mapping of str to bytes, optional
        Further files by relative path, such as ``report/report.html``.

    Returns
    -------
    Path
        The new folder.

    Raises
    ------
    ArtefactError
        If the version exists already or the folder does not verify.
    """
    target = models_dir / manifest.version
    if target.exists():
        raise ArtefactError(f"The model version {manifest.version} exists already.")
    content = {MODEL_FILE: model_text.encode(), MANIFEST_FILE: _encode(manifest)}
    if population is not None:
        content[POPULATION_FILE] = to_json(population.to_dict())
    model = _assemble(content)
    content[GOLDEN_FILE] = to_json(_golden_document(model, golden_rows))
    content[CHECKSUMS_FILE] = to_json(
        {name: _sha256(data) for name, data in content.items()}
    )
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=models_dir) as scratch:
            folder = Path(scratch) / manifest.version
            for name, data in (content | dict(attachments or {})).items():
                _write_durably(folder / name, data)
            load_model(folder)
            folder.rename(target)
    except OSError as error:
        raise ArtefactError(f"{target} cannot be written: {error}") from error
    return target


def _encode(manifest: Manifest) -> bytes:
    return to_json(manifest.to_dict())


def _assemble(content: Mapping[str, bytes]) -> ScoringModel:
    manifest = Manifest.from_dict(from_json(content[MANIFEST_FILE], MANIFEST_FILE))
    try:
        text = content[MODEL_FILE].decode()
    except UnicodeDecodeError as error:
        raise ArtefactError(f"{MODEL_FILE} is not text: {error}") from error
    booster = Booster(text)
    if booster.feature_count != len(manifest.features):
        raise ArtefactError(
            f"The booster has {booster.feature_count} features and the manifest "
            f"{len(manifest.features)}: they are not of the same training run."
        )
    return ScoringModel(manifest, booster, _population(content, manifest))


def _population(content: Mapping[str, bytes], manifest: Manifest) -> Population | None:
    if POPULATION_FILE not in content:
        return None
    document = from_json(content[POPULATION_FILE], POPULATION_FILE)
    population = Population.from_dict(document)
    if set(population.features) != {feature.name for feature in manifest.features}:
        raise ArtefactError(
            f"{POPULATION_FILE} counts other features than the manifest has: they are "
            "not of the same training run."
        )
    return population


def _read(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError:
        raise ArtefactError(f"The model folder {folder.name} lacks {name}.") from None
    except OSError as error:
        raise ArtefactError(
            f"{name} of {folder.name} cannot be read: {error}"
        ) from error


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _verify_checksums(
    content: Mapping[str, bytes], expected: Mapping[str, object]
) -> None:
    for name, data in content.items():
        if expected.get(name) != _sha256(data):
            raise ArtefactError(
                f"{name} does not match its checksum: it was changed after training, "
                "or copied in part. Deploy the folder again."
            )


def _golden_document(
    model: ScoringModel, rows: Sequence[Mapping[str, object]]
) -> dict[str, Any]:
    answered = [(row, model.score(row)) for row in rows]
    golden = [
        {
            "features": {name: row[name] for name in model.feature_names},
            "expected": _golden_answer(score),
        }
        for row, score in answered
        if _is_clear_cut(score, model)
    ]
    if not golden:
        raise ArtefactError("An artefact needs golden rows.")
    return {"rows": golden}


def _is_clear_cut(score: Score, model: ScoringModel) -> bool:
    """Whether the last digits of floating point cannot change points or decision."""
    to_half_point = abs(score.unrounded_points % 1.0 - 0.5)
    to_decision = min(abs(score.probability - end) for end in model.review_band)
    return to_half_point > 1e-3 and to_decision > 1e-6


def _golden_answer(score: Score) -> dict[str, Any]:
    return {
        "probability": score.probability,
        "points": score.points,
        "rating": score.rating,
        "decision": score.decision,
        "contributions": {part.theme: part.points for part in score.contributions},
    }


def _verify_golden_rows(model: ScoringModel, document: Mapping[str, Any]) -> None:
    rows = document.get("rows")
    if not isinstance(rows, list) or not rows:
        raise ArtefactError(f"{GOLDEN_FILE} holds no golden rows.")
    for number, row in enumerate(rows, start=1):
        try:
            score = model.score(row["features"])
            answer = _golden_answer(score)
            is_same = _is_same_answer(answer, row["expected"])
            is_additive = _adds_up(score)
        except (FeatureRowError, AttributeError, KeyError, TypeError) as error:
            raise ArtefactError(
                f"Golden row {number} cannot be scored: {error}"
            ) from error
        if not (is_same and is_additive):
            raise ArtefactError(
                f"Golden row {number} of {model.version} does not get the score that "
                "training recorded. The folder was altered, or this machine's "
                "libraries compute otherwise; do not serve it."
            )


def _is_same_answer(answer: Mapping[str, Any], expected: Mapping[str, Any]) -> bool:
    """Compare, leaving the last digits of floating point to the machine."""
    contributions, expected_contributions = (
        answer["contributions"],
        expected["contributions"],
    )
    return (
        math.isclose(
            answer["probability"],
            expected["probability"],
            rel_tol=0.0,
            abs_tol=PROBABILITY_TOLERANCE,
        )
        and all(
            answer[name] == expected[name] for name in ("points", "rating", "decision")
        )
        and contributions.keys() == expected_contributions.keys()
        and all(
            math.isclose(
                points, expected_contributions[theme], abs_tol=POINTS_TOLERANCE
            )
            for theme, points in contributions.items()
        )
    )


def _adds_up(score: Score) -> bool:
    total = score.base_points + sum(part.points for part in score.contributions)
    return math.isclose(total, score.unrounded_points, abs_tol=POINTS_TOLERANCE)


def _write_durably(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pytest

from scoring import ArtefactError, load_model, write_artefact
from scoring.manifest import SCHEMA_VERSION
from tests.scoring.synthetic import golden_rows, make_artefact

# Written by the synthetic model's own program at revision 114669e, with 20 trees.
FIRST_RELEASE = Path(__file__).parent / "first_release"
SERVED = ("model.txt", "manifest.json", "golden.json", "population.json")


@pytest.fixture
def folder(synthetic_model_dir: Path, tmp_path: Path) -> Path:
    return shutil.copytree(synthetic_model_dir, tmp_path / "copy")


def seal(folder: Path) -> None:
    """Write checksums that fit, as a careful forger would."""
    sums = {n: hashlib.sha256((folder / n).read_bytes()).hexdigest() for n in SERVED}
    (folder / "checksums.json").write_text(json.dumps(sums))


def edit(folder: Path, name: str, change: Callable[[dict[str, Any]], object]) -> None:
    document = json.loads((folder / name).read_text())
    change(document)
    (folder / name).write_text(json.dumps(document))
    seal(folder)


def test_a_folder_holds_text_and_nothing_else(synthetic_model_dir: Path) -> None:
    names = {path.name for path in synthetic_model_dir.iterdir()}
    assert names == {*SERVED, "checksums.json"}
    for path in synthetic_model_dir.iterdir():
        path.read_bytes().decode("utf-8")


@pytest.mark.parametrize("name", [*SERVED, "checksums.json"])
def test_a_missing_file_is_refused_by_name(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ArtefactError, match=name):
        load_model(folder)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match="no model folder"):
        load_model(tmp_path / "absent")


@pytest.mark.parametrize("name", SERVED)
def test_a_changed_file_is_refused_by_name(folder: Path, name: str) -> None:
    with (folder / name).open("a") as file:
        file.write("\n")
    with pytest.raises(ArtefactError, match=f"{name} does not match its checksum"):
        load_model(folder)


@pytest.mark.parametrize("version", [SCHEMA_VERSION - 1, SCHEMA_VERSION + 1, None])
def test_another_schema_version_is_refused_with_what_to_do(
    folder: Path, version: int | None
) -> None:
    edit(folder, "manifest.json", lambda m: m.update(schema_version=version))
    with pytest.raises(ArtefactError) as refusal:
        load_model(folder)
    told = str(refusal.value)
    assert f"schema version {version}; this program reads" in told
    assert f"version {SCHEMA_VERSION}. Train the model again or deploy" in told


def test_a_model_of_the_first_release_still_gets_the_scores_of_its_training() -> None:
    model = load_model(FIRST_RELEASE)
    assert model.population is None
    golden = json.loads((FIRST_RELEASE / "golden.json").read_text())["rows"]
    scores = [model.score(row["features"]) for row in golden]
    assert [score.points for score in scores] == [
        row["expected"]["points"] for row in golden
    ]
    assert any(score.reasons for score in scores)


def test_a_manifest_of_another_booster_is_refused(folder: Path) -> None:
    edit(folder, "manifest.json", lambda m: m["features"].pop())
    with pytest.raises(ArtefactError, match="12 features and the manifest 11"):
        load_model(folder)


def test_a_population_of_another_training_is_refused(folder: Path) -> None:
    edit(folder, "population.json", lambda p: p["features"].popitem())
    with pytest.raises(ArtefactError, match="counts other features"):
        load_model(folder)


def test_trees_changed_under_fitting_checksums_are_refused(folder: Path) -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(400, 12))
    other = lightgbm.train(
        {"objective": "binary", "verbosity": -1, "num_threads": 1},
        lightgbm.Dataset(matrix, label=matrix[:, 0] > 0),
        num_boost_round=3,
    )
    (folder / "model.txt").write_text(other.model_to_string())
    seal(folder)
    with pytest.raises(ArtefactError, match="Golden row 1"):
        load_model(folder)


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m["calibrator"].update(knots=[[-4.0, -4.000001], [0.0, 0.0]]),
        lambda m: m["points"].update(pdo=41.0),
        lambda m: m.update(base_value=m["base_value"] + 1e-4),
        lambda m: m["features"].reverse(),
        lambda m: m["features"][6]["categories"].reverse(),
        lambda m: [band.update(name="F") for band in m["ratings"]],
        lambda m: m.update(review_band=[0.0, 1.0]),
    ],
    ids=[
        "calibrator",
        "points",
        "base value",
        "feature order",
        "category order",
        "ratings",
        "review band",
    ],
)
def test_a_changed_meaning_is_refused_by_the_golden_rows(
    folder: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    edit(folder, "manifest.json", change)
    with pytest.raises(ArtefactError, match="Golden row"):
        load_model(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m.pop("threshold"), "threshold is absent"),
        (lambda m: m.update(threshold="low"), "must be a finite number"),
        (lambda m: m.update(base_value=True), "must be a finite number"),
        (lambda m: m.update(features=[]), "features"),
        (lambda m: m["features"].append(m["features"][0]), "each once"),
        (lambda m: m["features"][0].update(unit="euros"), "unknown unit"),
        (lambda m: m["features"][0].update(data_type="text"), "unknown data type"),
        (lambda m: m["features"][0].update(is_protected=1), "true or false"),
        (lambda m: m["features"][0].update(theme="luck"), "lack luck"),
        (lambda m: m["features"][6].update(categories=[]), "needs categories"),
        (lambda m: m["ratings"].pop(), "no floor"),
        (lambda m: m["ratings"].insert(0, m["ratings"][1]), "most points"),
        (lambda m: m.update(review_band=[0.5, 0.6]), "review band"),
        (lambda m: m["cost_matrix"].update(false_positive_cost=0), "positive"),
        (lambda m: m["calibrator"].update(knots=[[0, 0]]), "two knots"),
        (lambda m: m["calibrator"].update(knots=[[0, 0, 0]]), "pairs"),
        (lambda m: m.update(themes=[]), "must be an object"),
    ],
)
def test_a_faulty_manifest_is_refused_with_its_fault(
    folder: Path, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    edit(folder, "manifest.json", change)
    with pytest.raises(ArtefactError, match=message):
        load_model(folder)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"a": NaN}', "\udcff"])
def test_a_manifest_that_is_no_json_object_is_refused(
    folder: Path, content: str
) -> None:
    data = content.encode(errors="surrogateescape")
    (folder / "manifest.json").write_bytes(data)
    seal(folder)
    with pytest.raises(ArtefactError, match=r"manifest\.json"):
        load_model(folder)


def test_a_booster_that_is_no_booster_is_refused(folder: Path) -> None:
    (folder / "model.txt").write_text("cos\nsystem\n(S'true'\ntR.")
    seal(folder)
    with pytest.raises(ArtefactError, match="LightGBM refuses the booster"):
        load_model(folder)


def test_a_booster_that_is_no_text_is_refused(folder: Path) -> None:
    (folder / "model.txt").write_bytes(b"\xff\xfe")
    seal(folder)
    with pytest.raises(ArtefactError, match=r"model\.txt is not text"):
        load_model(folder)


@pytest.mark.parametrize("part", ["features", "expected"])
def test_a_golden_row_of_another_form_is_refused(folder: Path, part: str) -> None:
    edit(folder, "golden.json", lambda document: document["rows"][0].update({part: []}))
    with pytest.raises(ArtefactError, match="Golden row 1"):
        load_model(folder)


def test_golden_contributions_of_another_form_are_refused(folder: Path) -> None:
    def change(document: dict[str, Any]) -> None:
        document["rows"][0]["expected"]["contributions"] = []

    edit(folder, "golden.json", change)
    with pytest.raises(ArtefactError, match="Golden row 1"):
        load_model(folder)


def test_golden_rows_cannot_be_left_out(folder: Path) -> None:
    edit(folder, "golden.json", lambda document: document.update(rows=[]))
    with pytest.raises(ArtefactError, match="no golden rows"):
        load_model(folder)


def test_further_files_are_not_needed_and_not_read(
    synthetic_model_dir: Path, tmp_path: Path
) -> None:
    model = load_model(synthetic_model_dir)
    text = (synthetic_model_dir / "model.txt").read_text()
    written = write_artefact(
        tmp_path,
        model.manifest,
        text,
        golden_rows(0),
        attachments={"report/report.html": b"<p>"},
    )
    assert (written / "report" / "report.html").read_bytes() == b"<p>"
    shutil.rmtree(written / "report")
    assert load_model(written).version == model.version
    assert load_model(written).population is None


def test_a_version_is_never_overwritten(tmp_path: Path) -> None:
    make_artefact(tmp_path, clients=400)
    with pytest.raises(ArtefactError, match="exists already"):
        make_artefact(tmp_path, clients=400)


def test_a_failed_write_leaves_nothing(
    synthetic_model_dir: Path, tmp_path: Path
) -> None:
    manifest = load_model(synthetic_model_dir).manifest
    text = (synthetic_model_dir / "model.txt").read_text()
    with pytest.raises(ArtefactError, match="golden rows"):
        write_artefact(tmp_path / "models", manifest, text, [])
    with pytest.raises(ArtefactError, match="cannot be written"):
        write_artefact(
            tmp_path / "models",
            manifest,
            text,
            golden_rows(0),
            attachments={"": b"not a file"},
        )
    assert list((tmp_path / "models").iterdir()) == []


def test_the_champion_s_link_is_followed(
    synthetic_model_dir: Path, tmp_path: Path
) -> None:
    link = tmp_path / "champion"
    link.symlink_to(synthetic_model_dir)
    assert load_model(link).version == synthetic_model_dir.name


def test_a_manifest_is_read_as_it_was_written(synthetic_model_dir: Path) -> None:
    manifest = load_model(synthetic_model_dir).manifest
    assert type(manifest).from_dict(manifest.to_dict()) == manifest

"""The whole command on outcomes that nothing explains, and on a feature that knows."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.running import run_module
from tests.training.synthetic_warehouse import SyntheticWarehouse

SHUFFLE = """
    update marts.dim_client set is_default = shuffled.is_default
    from (
        select client_id, lag(is_default, 7) over by_chance as is_default
        from marts.dim_client
        where is_default is not null
        window by_chance as (order by md5(client_id::text))
    ) as shuffled
    where dim_client.client_id = shuffled.client_id
"""

PLANT_A_LEAK = """
    update features.client_features
    set application_credit_amount
        = is_default::int + hashint8(dim_client.client_id) % 100 / 150.0
    from marts.dim_client
    where dim_client.client_id = client_features.client_id
"""


def train(
    warehouse: SyntheticWarehouse, models: Path, statement: str
) -> subprocess.CompletedProcess[str]:
    """Train after a change of the tables."""
    warehouse.fill(clients=500)
    warehouse.execute(statement)
    return run_module(
        "training",
        "run",
        *("--folds", "3", "--seeds", "0"),
        *("--models-dir", str(models), "--runs-dir", str(models.parent / "runs")),
        **warehouse.environment,
    )


def test_shuffled_outcomes_give_no_model_or_one_that_ranks_by_chance(
    training_warehouse: SyntheticWarehouse, tmp_path: Path
) -> None:
    finished = train(training_warehouse, tmp_path, SHUFFLE)
    manifests = list(tmp_path.glob("2*/manifest.json"))
    if finished.returncode:
        assert "do not tell clients who default" in finished.stderr
        assert manifests == []
        return
    report = json.loads(
        (manifests[0].parent / "report" / "report.json").read_text(encoding="utf-8")
    )
    # Ranks that mean nothing still spread around one half, by Mann and Whitney's
    # formula; a run is refused unless they lean to the right side.
    rows = report["training"]["rows"]
    bad, good = rows["defaults"], rows["labelled"] - rows["defaults"]
    spread = ((bad + good + 1) / (12 * bad * good)) ** 0.5
    assert abs(report["metrics"]["auc"]["value"] - 0.5) < 4 * spread


def test_a_feature_that_knows_the_outcome_raises_the_alarm(
    training_warehouse: SyntheticWarehouse, tmp_path: Path
) -> None:
    finished = train(training_warehouse, tmp_path, PLANT_A_LEAK)
    assert finished.returncode == 0, finished.stderr
    assert "too good to be true" in " ".join(finished.stdout.split())
    (page,) = tmp_path.glob("2*/report/report.html")
    assert "Too good to be true." in page.read_text()
    assert "Trop beau pour être vrai." in page.read_text()

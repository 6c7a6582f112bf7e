"""The candidates' run, from the feature table to the table that compares them."""

import json
from pathlib import Path
from typing import Any

from psycopg2 import extensions

from scoring import to_json
from training.candidates.bench import Bench
from training.candidates.document import candidates_table
from training.candidates.roster import roster
from training.data.feature_table import read_feature_table
from training.data.fingerprint import digest_of
from training.options import TrainingOptions
from training.progress import Progress
from training.registry.files import write_whole
from training.validation.method import method_digest

FOLDER = "candidates"


def run_candidates(
    connection: extensions.connection,
    options: TrainingOptions,
    runs_dir: Path,
    progress: Progress,
    only: tuple[str, ...] = (),
) -> tuple[dict[str, Any], Path]:
    """Measure the candidates and write the table that compares them.

    Parameters
    ----------
    connection : connection
        Of the role ``trainer``, outside any transaction.
    options : TrainingOptions
    runs_dir : Path
        The table goes to ``candidates/<fingerprint>.json`` in it, the out-of-fold
        scores beside it; what was measured with the same data, folds and code before
        is not measured again.
    progress : Progress
    only : tuple of str, optional
        Names of candidates; all when empty.

    Returns
    -------
    document : dict
    path : Path

    Raises
    ------
    TrainingError
        If the data cannot be learnt from or a candidate is not possible.
    """
    with progress.step("Reading the feature table") as step:
        table = read_feature_table(connection)
        bench = Bench.of(table, options.folds, options.recipe)
        part = bench.part
        step.detail = (
            f"{part.is_default.size:,} clients of the development part "
            f"({part.is_default.mean():.1%} default), {len(table.features)} features"
        )
    chosen = roster(table.features, part.trees, options.cost_matrix, only)
    for name, reason in chosen.left_out.items():
        progress.say(f"  {name} is left out. {reason}")
    folder = runs_dir / FOLDER
    measured = bench.measure_all(chosen.learners, options.seeds, folder, progress)
    with progress.step("Comparing on the same clients"):
        document = {
            "data_fingerprint": table.fingerprint,
            "measured_with": bench.fingerprint,
            "method": method_digest(part.trees, options.cost_matrix, options.folds),
            "options": options.to_dict(),
            "rows": {
                "development": int(part.is_default.size),
                "defaults": int(part.is_default.sum()),
                "held_out": int((~part.mask).sum()),
            },
            "left_out": dict(chosen.left_out),
            **candidates_table(measured, part.is_default, options.cost_matrix),
        }
    fingerprint = digest_of(bench.fingerprint, options.to_dict(), sorted(measured))
    path = folder / f"{fingerprint[:16]}.json"
    write_whole(path, to_json(document))
    return document, path


def newest_table(
    runs_dir: Path, data_fingerprint: str, method: str
) -> dict[str, Any] | None:
    """Return the newest table of the most candidates measured on these data.

    Parameters
    ----------
    runs_dir : Path
    data_fingerprint : str
    method : str
        Digest of trees, costs and folds; tables of the same come first.

    Returns
    -------
    dict or None
        With ``is_other_method``, whether trees, costs or folds were others; None where
        candidates were not measured on these data.
    """
    fitting = []
    for path in (runs_dir / FOLDER).glob("*.json"):
        document = json.loads(path.read_bytes())
        if document["data_fingerprint"] == data_fingerprint:
            is_same, breadth = document.get("method") == method, document["candidates"]
            rank = (is_same, len(breadth), path.stat().st_mtime_ns)
            fitting.append((rank, document | {"is_other_method": not is_same}))
    return max(fitting, key=lambda found: found[0])[1] if fitting else None

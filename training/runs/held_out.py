"""The held-out part, read once at the end of a run; every reading is counted.

Nothing depends on what is read here. A reader who sees many readings of the same
clients knows that somebody may have chosen by them all the same.
"""

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from training.evaluation import metrics
from training.evaluation.paired import repeated_estimate
from training.report.result import RunResult

READINGS_FILE = "held_out.jsonl"
# Fewer of either outcome give intervals that say nothing.
_FEWEST = 10

_METRICS: dict[str, metrics.Metric] = {
    "auc": metrics.auc,
    "ks": metrics.ks,
    "average_precision": metrics.precision,
    "brier": metrics.brier,
    "log_loss": metrics.log_loss,
}


def read_held_out(result: RunResult, version: str) -> dict[str, Any] | None:
    """Judge the recipe on the clients that had no part in any choice.

    The shipped trees know these clients, so the same recipe is trained once more on
    the development part alone.

    Parameters
    ----------
    result : RunResult
    version : str
        Who reads.

    Returns
    -------
    dict or None
        ``clients``, ``defaults``, ``readings`` of these clients so far, this one
        included, and ``metrics`` as in the manifest; None where too few clients of
        either outcome are held out.
    """
    held_out = ~result.part.mask
    is_default = result.table.is_default[held_out]
    defaults = int(is_default.sum())
    if min(defaults, is_default.size - defaults) < _FEWEST:
        return None
    readings = _count_reading(result, version)
    options = result.options
    trees = result.part.trees.fit_rounds(
        result.matrix, result.is_default, options.seed, result.trees.rounds
    )
    probability = result.evaluation.calibrator.probability(
        trees.margins(result.table.labelled[held_out])
    )
    cost = metrics.cost_at_threshold(options.cost_matrix)
    measured = _METRICS | {"cost_per_client": cost}
    return {
        "clients": int(is_default.size),
        "defaults": defaults,
        "readings": readings,
        "metrics": {
            name: repeated_estimate(
                metric, probability, is_default, options.seed
            ).to_dict()
            for name, metric in measured.items()
        },
    }


def _count_reading(result: RunResult, version: str) -> int:
    """Note the reading before it happens, and count those of the same clients."""
    clients = _fingerprint(result)
    line = {
        "read_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": version,
        "clients": clients,
        "data_fingerprint": result.table.fingerprint,
    }
    path = result.runs_dir / READINGS_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return count_readings(path, clients)


def count_readings(path: Path, clients: str) -> int:
    """Count the lines of a file of readings that are of the same clients."""
    lines = path.read_text().splitlines() if path.exists() else []
    return sum(json.loads(line)["clients"] == clients for line in lines)


def _fingerprint(result: RunResult) -> str:
    """Hash who is held out, whatever their features have become meanwhile."""
    held_out = ~result.part.mask
    ids = result.table.client_ids[: held_out.size][held_out]
    order = np.argsort(ids)
    digest = hashlib.sha256(ids[order].astype("<i8").tobytes())
    digest.update(result.table.is_default[held_out][order].tobytes())
    return digest.hexdigest()

"""The folder of runs: what each training has used and found, for the bank alone.

``runs/<version>/`` holds what a reader needs to repeat and to judge a run, and the
out-of-fold rows of its clients, by which two versions are compared. Clients' rows are
why the folder stays in the bank; ``models/<version>/`` has none and is what is shipped.
"""

import io
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.errors import ComparisonError, TrainingError

OUT_OF_FOLD_FILE = "out_of_fold.npz"


@dataclass(frozen=True)
class OutOfFoldRows:
    """Calibrated out-of-fold probabilities of one version.

    Attributes
    ----------
    client_ids : ndarray of shape (n_clients,), int64
    is_default : ndarray of shape (n_clients,), bool
    probability : ndarray of shape (n_seeds, n_clients), float64
    fold : ndarray of shape (n_seeds, n_clients), int
    """

    client_ids: NDArray[np.int64]
    is_default: NDArray[np.bool_]
    probability: NDArray[np.float64]
    fold: NDArray[np.intp]

    def to_bytes(self) -> bytes:
        """Write the rows as NumPy's archive, which holds no objects."""
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer,
            allow_pickle=False,
            client_ids=self.client_ids,
            is_default=self.is_default,
            probability=self.probability,
            fold=self.fold.astype(np.int16),
        )
        return buffer.getvalue()


def read_out_of_fold(runs_dir: Path, version: str) -> OutOfFoldRows:
    """Read the rows of a version.

    Raises
    ------
    ComparisonError
        If they are not there or cannot be read.
    """
    path = runs_dir / version / OUT_OF_FOLD_FILE
    try:
        with np.load(path, allow_pickle=False) as rows:
            return OutOfFoldRows(
                rows["client_ids"],
                rows["is_default"],
                rows["probability"],
                rows["fold"].astype(np.intp),
            )
    except FileNotFoundError:
        raise ComparisonError(
            f"There are no out-of-fold rows of {version} in {runs_dir}: it was trained "
            "elsewhere, or its run was removed."
        ) from None
    except (OSError, ValueError, KeyError) as error:
        raise ComparisonError(f"{path} cannot be read: {error}") from error


def write_run(runs_dir: Path, version: str, files: Mapping[str, bytes]) -> Path:
    """Write ``runs_dir/<version>/``, all of it or nothing.

    Parameters
    ----------
    runs_dir : Path
        Created when absent.
    version : str
    files : mapping of str to bytes
        By path within the folder.

    Raises
    ------
    TrainingError
        If the folder cannot be written.
    """
    target = runs_dir / version
    try:
        runs_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=runs_dir) as scratch:
            folder = Path(scratch) / version
            for name, content in files.items():
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            folder.rename(target)
    except OSError as error:
        raise TrainingError(f"The run {target} cannot be written: {error}") from error
    return target

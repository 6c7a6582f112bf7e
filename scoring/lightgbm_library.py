"""LightGBM by its own C interface: the calls that scoring needs, and no more.

LightGBM's Python package is for training: its import takes longer than all else that a
start does, brings SciPy (and pandas and scikit-learn where they are), and each
prediction prepares anew what never changes. The library inside is the same.

References
----------
https://lightgbm.readthedocs.io/en/stable/C-API.html
"""

import ctypes
from enum import IntEnum
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scoring.errors import ArtefactError

# One thread per call: a row is too little work to share, and a server has its own
# threads.
_OPTIONS = b"num_threads=1"

_FLOAT32 = 0
_ROW_AFTER_ROW = 1
_FROM_THE_FIRST_TREE = 0
_ALL_TREES = -1

_POINTER = ctypes.c_void_p
_INT = ctypes.c_int
_SIGNATURES = {
    "LGBM_BoosterLoadModelFromString": [ctypes.c_char_p, _POINTER, _POINTER],
    "LGBM_BoosterGetNumFeature": [_POINTER, _POINTER],
    "LGBM_BoosterGetNumClasses": [_POINTER, _POINTER],
    "LGBM_BoosterNumModelPerIteration": [_POINTER, _POINTER],
    "LGBM_BoosterPredictForMat": [
        *(_POINTER, _POINTER, _INT, ctypes.c_int32, ctypes.c_int32, _INT),
        *(_INT, _INT, _INT, ctypes.c_char_p, _POINTER, _POINTER),
    ],
    "LGBM_BoosterFree": [_POINTER],
}


class Prediction(IntEnum):
    """What is predicted, as the C interface numbers it."""

    RAW_SCORE = 1
    CONTRIBUTIONS = 3


class Trees:
    """A model in LightGBM's memory, for as long as this object lives.

    Parameters
    ----------
    model_text : str

    Attributes
    ----------
    feature_count : int
        Number of columns that the trees expect.

    Raises
    ------
    ArtefactError
        If the text is no LightGBM model of one score.
    """

    def __init__(self, model_text: str) -> None:
        self._handle = _POINTER()
        self._library = _library()
        self._call(
            "LGBM_BoosterLoadModelFromString",
            model_text.encode(),
            ctypes.byref(_INT()),
            ctypes.byref(self._handle),
        )
        self.feature_count = self._count("LGBM_BoosterGetNumFeature")
        # Room for the results is measured for one; a text states the two by themselves.
        for scores in ("LGBM_BoosterGetNumClasses", "LGBM_BoosterNumModelPerIteration"):
            if self._count(scores) != 1:
                raise ArtefactError("The booster has several scores for a client.")

    def __del__(self) -> None:
        """Free the trees; not when Python ends, since threads may be predicting."""
        if self._handle:
            self._library.LGBM_BoosterFree(self._handle)

    def predict(
        self, matrix: NDArray[np.float32], what: Prediction
    ) -> NDArray[np.float64]:
        """Return what is predicted of rows, safe to call from several threads.

        LightGBM predicts under a shared lock of its own.

        Parameters
        ----------
        matrix : ndarray of shape (n_rows, feature_count)
        what : Prediction

        Returns
        -------
        ndarray of shape (n_rows, 1) for raw scores, (n_rows, feature_count + 1) else

        Raises
        ------
        ValueError
            If the matrix has another number of columns.
        ArtefactError
            If LightGBM refuses, for instance the contributions of linear trees.
        """
        row_count, column_count = matrix.shape
        if column_count != self.feature_count:
            raise ValueError(
                f"The trees read {self.feature_count} columns, not {column_count}."
            )
        rows = np.ascontiguousarray(matrix, dtype=np.float32)
        width = 1 if what is Prediction.RAW_SCORE else column_count + 1
        predicted = np.empty((row_count, width), dtype=np.float64)
        self._call(
            "LGBM_BoosterPredictForMat",
            self._handle,
            rows.ctypes.data,
            _FLOAT32,
            row_count,
            column_count,
            _ROW_AFTER_ROW,
            what,
            _FROM_THE_FIRST_TREE,
            _ALL_TREES,
            _OPTIONS,
            ctypes.byref(ctypes.c_int64()),
            predicted.ctypes.data,
        )
        return predicted

    def _count(self, question: str) -> int:
        count = _INT()
        self._call(question, self._handle, ctypes.byref(count))
        return count.value

    def _call(self, function: str, *arguments: object) -> None:
        if getattr(self._library, function)(*arguments) != 0:
            reason = self._library.LGBM_GetLastError().decode(errors="replace")
            raise ArtefactError(f"LightGBM refuses the booster: {reason}")


@cache
def _library() -> ctypes.CDLL:
    """Load the library from where LightGBM's package is installed."""
    package = find_spec("lightgbm")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("LightGBM is not installed.", name="lightgbm")
    # In a folder and under an ending of the machine's own.
    folder = Path(package.origin).parent
    path = next(folder.glob("*/lib_lightgbm.*"), None)
    if path is None:
        raise ModuleNotFoundError(
            f"LightGBM's library is missing below {folder}. Install the package again.",
            name="lightgbm",
        )
    library = ctypes.CDLL(str(path))
    library.LGBM_GetLastError.restype = ctypes.c_char_p
    for name, argument_types in _SIGNATURES.items():
        getattr(library, name).argtypes = argument_types
    return library

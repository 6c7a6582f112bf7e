"""A version of the model as a scikit-learn classifier, for notebooks."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin

from scoring import FeatureEncoder, FeatureRowError, Manifest
from scoring.booster import Booster


class CreditScoringClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A trained and calibrated model; it scores exactly as serving does.

    Parameters
    ----------
    manifest : dict
        The version's manifest, as JSON reads it.
    model_text : str
        Its booster in LightGBM's text form.

    Attributes
    ----------
    classes_ : ndarray of shape (2,)
        0 for clients who repay, 1 for those who default.
    feature_names_in_ : ndarray of shape (n_features,), object
    n_features_in_ : int

    Notes
    -----
    It is trained already: ``fit`` leaves it as it is, as that of scikit-learn's
    ``FrozenEstimator`` does.
    """

    def __init__(self, manifest: dict[str, Any], model_text: str) -> None:
        self.manifest = manifest
        self.model_text = model_text

    def fit(self, X: Any, y: Any = None) -> "CreditScoringClassifier":  # noqa: N803
        """Return the classifier unchanged."""
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:  # noqa: N803
        """Return the calibrated probabilities of repaying and of default.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_clients, n_features)
            Columns of the feature table; a DataFrame may have more, in any order.
            None and NaN are missing, categories are codes in text.

        Returns
        -------
        ndarray of shape (n_clients, 2)

        Raises
        ------
        FeatureRowError
            If a feature is absent or of the wrong kind.
        """
        margins = self._booster.margins(self._encoded(X))
        default = self._manifest.calibrator.probability(margins)
        return np.stack((1 - default, default), axis=1)

    def predict(self, X: Any) -> NDArray[np.intp]:  # noqa: N803
        """Return 1 for clients whom it is cheaper to refuse, else 0.

        The review band is left aside: it is a person's.
        """
        threshold = self._manifest.decision_rule.threshold
        return (self.predict_proba(X)[:, 1] >= threshold).astype(np.intp)

    @property
    def classes_(self) -> NDArray[np.intp]:
        """The two outcomes."""
        return np.array([0, 1])

    @property
    def feature_names_in_(self) -> NDArray[np.object_]:
        """The inputs, in their order."""
        names = [feature.name for feature in self._manifest.features]
        return np.array(names, dtype=np.object_)

    @property
    def n_features_in_(self) -> int:
        """Number of inputs."""
        return len(self._manifest.features)

    def __sklearn_is_fitted__(self) -> bool:
        """Tell scikit-learn that there is nothing to fit."""
        return True

    def __getstate__(self) -> dict[str, Any]:
        """Keep text and JSON alone; the booster is read again from them."""
        return {"manifest": self.manifest, "model_text": self.model_text}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take back what was kept."""
        self.__dict__.update(state)

    @cached_property
    def _manifest(self) -> Manifest:
        return Manifest.from_dict(self.manifest)

    @cached_property
    def _booster(self) -> Booster:
        return Booster(self.model_text)

    def _encoded(self, X: Any) -> NDArray[np.float32]:  # noqa: N803
        features = self._manifest.features
        names = [feature.name for feature in features]
        columns = self._columns(X, names)
        rows = [
            dict(zip(names, values, strict=True))
            for values in zip(*columns, strict=True)
        ]
        return FeatureEncoder(features).encode_many(rows)

    def _columns(self, X: Any, names: Sequence[str]) -> list[list[object]]:  # noqa: N803
        if hasattr(X, "columns") or isinstance(X, Mapping):
            absent = [name for name in names if name not in X]
            if absent:
                raise FeatureRowError(
                    f"The table lacks {len(absent)} of {len(names)} features "
                    f"({', '.join(absent[:5])})."
                )
            return [_known(X[name]) for name in names]
        matrix = np.asarray(X, dtype=np.object_)
        if matrix.ndim != 2 or matrix.shape[1] != len(names):
            raise FeatureRowError(
                f"The table must have {len(names)} columns; it is of shape "
                f"{matrix.shape}."
            )
        return [_known(column) for column in matrix.T]


def _known(column: Any) -> list[object]:
    """Return the values of a column with None where nothing is known."""
    values = np.asarray(column, dtype=np.object_)
    return [None if value != value else value for value in values.tolist()]

"""Serve one of the peers; run by the environment that has them.

`peer_server.py WAY MODEL_DIR ROWS PORT`: WAY is explainerdashboard or shapash, ROWS a
CSV file of `is_default` and the model's features.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd


class Trees:
    """The booster as a classifier of scikit-learn's kind."""

    classes_ = np.array([0, 1])
    _estimator_type = "classifier"

    def __init__(self, booster: lightgbm.Booster) -> None:
        self.booster = booster

    def predict_proba(self, rows: pd.DataFrame) -> Any:
        """Return the probability of repaying and of not."""
        risk = np.asarray(self.booster.predict(np.asarray(rows, dtype=float)))
        return np.column_stack([1 - risk, risk])

    def predict(self, rows: pd.DataFrame) -> Any:
        """Return the likelier class."""
        return (self.predict_proba(rows)[:, 1] > 0.5).astype(int)


def serve_explainerdashboard(
    trees: Trees, rows: pd.DataFrame, labels: pd.Series, port: int
) -> None:
    """Serve with exact TreeSHAP of the same trees."""
    from explainerdashboard import (  # type: ignore[import-not-found]
        ClassifierExplainer,
        ExplainerDashboard,
    )

    explainer = ClassifierExplainer(trees, rows, labels)
    import shap

    values = shap.TreeExplainer(trees.booster).shap_values(rows.to_numpy(dtype=float))
    values = values[1] if isinstance(values, list) else values
    explainer.set_shap_values([0.0, 0.0], [-values, values])
    ExplainerDashboard(
        explainer, shap_interaction=False, whatif=False, decision_trees=False
    ).run(port=port, host="127.0.0.1")


def serve_shapash(
    trees: Trees, rows: pd.DataFrame, labels: pd.Series, port: int
) -> None:
    """Serve the web app of a SmartExplainer."""
    import shap
    from shapash import SmartExplainer  # type: ignore[import-not-found]

    values = shap.TreeExplainer(trees.booster).shap_values(rows.to_numpy(dtype=float))
    values = values[1] if isinstance(values, list) else values
    explainer = SmartExplainer(model=trees)
    explainer.compile(
        x=rows,
        contributions=[
            pd.DataFrame(-values, columns=rows.columns, index=rows.index),
            pd.DataFrame(values, columns=rows.columns, index=rows.index),
        ],
        y_pred=pd.DataFrame({"pred": trees.predict(rows)}, index=rows.index),
        y_target=pd.DataFrame({"target": labels}, index=rows.index),
    )
    explainer.init_app()
    explainer.smartapp.app.run(debug=False, host="127.0.0.1", port=port)


def main() -> None:
    """Read the rows and serve."""
    way, model_dir, path, port = sys.argv[1:]
    rows = pd.read_csv(path)
    labels = rows.pop("is_default")
    for name in rows.columns:
        if not pd.api.types.is_numeric_dtype(rows[name]):
            rows[name] = rows[name].astype("category").cat.codes.astype(float)
    [text] = Path(model_dir).glob("*.txt")
    trees = Trees(lightgbm.Booster(model_file=str(text)))
    serve = {
        "explainerdashboard": serve_explainerdashboard,
        "shapash": serve_shapash,
    }[way]
    serve(trees, rows, labels, int(port))


if __name__ == "__main__":
    main()
